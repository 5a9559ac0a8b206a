//! The receipt as data: what is printed, saved as text or PDF, or shown, without a word of layout.
//!
//! Everything on it comes from one [`Sale`], so what is printed adds up because the sale does.

use serde::{Deserialize, Serialize};

use crate::domain::line::Line;
use crate::domain::money::Money;
use crate::domain::quantity::{Quantity, Unit};
use crate::domain::sale::{PaymentMethod, Sale, SaleKey, Tender};
use crate::domain::tax::{PriceMode, TaxGroup, TaxRate};
use crate::domain::time::Timestamp;

/// One printed line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLine {
    /// Name of the product.
    pub name: String,
    /// Pieces or net weight.
    pub quantity: Quantity,
    /// What the unit price is for.
    pub unit: Unit,
    /// Price per piece or kilogram.
    pub unit_price: Money,
    /// Weight of the packing that was taken off, in grams.
    pub tare_grams: u32,
    /// What the line costs.
    pub amount: Money,
    /// Letter of its tax rate in the tax table.
    pub tax_letter: char,
}

/// One row of the tax table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptTax {
    /// The letter that the lines refer to.
    pub letter: char,
    /// Rate and amounts.
    pub group: TaxGroup,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Name and address of the shop, one entry per row.
    pub header: Vec<String>,
    /// Number of the receipt.
    pub number: u64,
    /// When it was paid.
    pub time: Timestamp,
    /// Key of the sale.
    pub key: SaleKey,
    /// What was bought; voided lines are not printed.
    pub lines: Vec<ReceiptLine>,
    /// Sum of the printed lines.
    pub goods: Money,
    /// Whether that sum includes tax.
    pub price_mode: PriceMode,
    /// Tax table, highest rate first.
    pub taxes: Vec<ReceiptTax>,
    /// What was paid.
    pub total: Money,
    /// How it was paid.
    pub tenders: Vec<Tender>,
    /// Thanks and returns policy, one entry per row.
    pub footer: Vec<String>,
}

/// What a row of a receipt is, for whoever draws it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// Shop header, centred.
    Header,
    /// Number and time.
    Meta,
    /// A product.
    Item,
    /// Quantity and unit price under a product.
    Detail,
    /// Sum before tax.
    Subtotal,
    /// The total.
    Total,
    /// A payment.
    Tender,
    /// Tax table.
    Tax,
    /// Footer, centred.
    Footer,
    /// A rule between parts.
    Rule,
}

/// One row: text at the left, an amount or a number at the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// What it is.
    pub kind: RowKind,
    /// Text at the left, or centred.
    pub left: String,
    /// Text at the right.
    pub right: String,
}

/// The words on a receipt, in one language, and how it writes numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptWords {
    /// Before the receipt number.
    pub receipt: String,
    /// Before the sum without tax.
    pub subtotal: String,
    /// Before the total.
    pub total: String,
    /// Before a tax rate.
    pub tax: String,
    /// Before an amount without tax.
    pub net: String,
    /// Before the weight of the packing.
    pub tare: String,
    /// A card payment.
    pub card: String,
    /// A payment at the attendant.
    pub attendant: String,
    /// '.' or ','.
    pub decimal_separator: char,
}

impl Default for ReceiptWords {
    fn default() -> Self {
        Self {
            receipt: "Receipt".to_owned(),
            subtotal: "Subtotal".to_owned(),
            total: "Total".to_owned(),
            tax: "Tax".to_owned(),
            net: "net".to_owned(),
            tare: "tare".to_owned(),
            card: "Card".to_owned(),
            attendant: "Paid at the attendant".to_owned(),
            decimal_separator: '.',
        }
    }
}

impl Receipt {
    /// The receipt of a sale that was written down under `number`.
    #[must_use]
    pub fn of(sale: &Sale, number: u64, header: &[String], footer: &[String]) -> Self {
        let taxes: Vec<ReceiptTax> = sale
            .totals
            .taxes
            .iter()
            .zip('A'..='Z')
            .map(|(group, letter)| ReceiptTax {
                letter,
                group: group.clone(),
            })
            .collect();
        let sold = sale.lines.iter().filter(|line| !line.voided);
        Self {
            header: header.to_vec(),
            number,
            time: sale.completed_at,
            key: sale.key,
            lines: sold.map(|line| printed(line, &taxes)).collect(),
            goods: sale.totals.goods,
            price_mode: sale.price_mode,
            taxes,
            total: sale.totals.total,
            tenders: sale.tenders.clone(),
            footer: footer.to_vec(),
        }
    }

    /// The rows to draw, top to bottom; `time_text` is the local date and time as the place writes it.
    #[must_use]
    pub fn rows(&self, words: &ReceiptWords, time_text: &str) -> Vec<ReceiptRow> {
        let separator = words.decimal_separator;
        let amount = |money: Money| money.to_decimal(separator);
        let mut rows: Vec<ReceiptRow> = self
            .header
            .iter()
            .map(|text| row(RowKind::Header, text, ""))
            .collect();
        rows.push(row(
            RowKind::Meta,
            &format!("{} {}", words.receipt, self.number),
            time_text,
        ));
        rows.push(row(RowKind::Rule, "", ""));
        for line in &self.lines {
            rows.push(row(
                RowKind::Item,
                &line.name,
                &format!("{} {}", amount(line.amount), line.tax_letter),
            ));
            rows.extend(detail(line, words).map(|text| row(RowKind::Detail, &text, "")));
        }
        rows.push(row(RowKind::Rule, "", ""));
        if self.price_mode == PriceMode::TaxExclusive {
            rows.push(row(RowKind::Subtotal, &words.subtotal, &amount(self.goods)));
            rows.extend(self.taxes.iter().map(|tax| {
                let left = format!(
                    "{} {} {}",
                    words.tax,
                    tax.letter,
                    tax.group.rate.percent_text(separator)
                );
                row(RowKind::Subtotal, &left, &amount(tax.group.tax))
            }));
        }
        let currency = self.total.currency();
        rows.push(row(
            RowKind::Total,
            &words.total,
            &format!("{} {currency}", amount(self.total)),
        ));
        rows.extend(self.tenders.iter().map(|tender| {
            let method = match tender.method {
                PaymentMethod::Card => &words.card,
                PaymentMethod::Attendant => &words.attendant,
            };
            row(RowKind::Tender, method, &amount(tender.amount))
        }));
        rows.push(row(RowKind::Rule, "", ""));
        rows.extend(self.taxes.iter().map(|tax| {
            let rate = tax.group.rate.percent_text(separator);
            let left = format!("{} {rate} {} {}", tax.letter, words.net, amount(tax.group.net));
            row(
                RowKind::Tax,
                &left,
                &format!("{} {}", words.tax, amount(tax.group.tax)),
            )
        }));
        rows.extend(self.footer.iter().map(|text| row(RowKind::Footer, text, "")));
        rows
    }
}

fn row(kind: RowKind, left: &str, right: &str) -> ReceiptRow {
    ReceiptRow {
        kind,
        left: left.to_owned(),
        right: right.to_owned(),
    }
}

fn printed(line: &Line, taxes: &[ReceiptTax]) -> ReceiptLine {
    let of_rate = |rate: &TaxRate| taxes.iter().find(|tax| tax.group.rate == *rate);
    ReceiptLine {
        name: line.name.clone(),
        quantity: line.quantity,
        unit: line.unit,
        unit_price: line.unit_price,
        tare_grams: line.tare_grams,
        amount: line.amount,
        // A shop with more than 26 rates prints the rest without a letter.
        tax_letter: of_rate(&line.tax).map_or(' ', |tax| tax.letter),
    }
}

/// "2 x 0.59" under a line with several pieces, "0.435 kg x 1.99 /kg" under a weighed one.
fn detail(line: &ReceiptLine, words: &ReceiptWords) -> Option<String> {
    let separator = words.decimal_separator;
    let price = line.unit_price.to_decimal(separator);
    match line.quantity {
        Quantity::Count(1) => None,
        Quantity::Count(count) => Some(format!("{count} x {price}")),
        weight @ Quantity::Weight { .. } => {
            let tare = Quantity::Weight {
                grams: line.tare_grams,
            }
            .to_text(separator);
            let suffix = if line.tare_grams > 0 {
                format!(" ({} {tare})", words.tare)
            } else {
                String::new()
            };
            Some(format!("{} x {price}/kg{suffix}", weight.to_text(separator)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::basket::Basket;
    use crate::domain::line::Origin;
    use crate::domain::money::Currency;
    use crate::domain::sale::Paid;
    use crate::domain::session::testing::{age_limited, by_weight, piece};

    fn sale(mode: PriceMode) -> Sale {
        let now = Timestamp(1_700_000_000_000);
        let mut basket = Basket::new(SaleKey(1), now, Currency::EUR, mode);
        basket
            .add(&piece("APPLE", 59), Quantity::Count(2), Origin::Search, now)
            .unwrap();
        let grapes = by_weight("GRAPES", 399, 10);
        basket
            .add(&grapes, Quantity::Weight { grams: 445 }, Origin::Plu, now)
            .unwrap();
        let gone = basket
            .add(&piece("SOUP", 250), Quantity::Count(1), Origin::Search, now)
            .unwrap();
        basket
            .add(
                &age_limited("BEER", 119, 16),
                Quantity::Count(1),
                Origin::Barcode,
                now,
            )
            .unwrap();
        basket.void_line(gone, now).unwrap();
        let tender = Tender {
            method: PaymentMethod::Card,
            amount: basket.total(),
            reference: "1".to_owned(),
        };
        basket.mark_paid(Paid {
            at: now,
            tenders: vec![tender],
        });
        Sale::of(&basket).unwrap()
    }

    fn rows(mode: PriceMode) -> Vec<String> {
        let receipt = Receipt::of(&sale(mode), 42, &["Shop".to_owned()], &["Thank you".to_owned()]);
        let words = ReceiptWords {
            decimal_separator: ',',
            ..ReceiptWords::default()
        };
        receipt
            .rows(&words, "14.11.2023 22:13")
            .iter()
            .map(|r| format!("{}|{}", r.left, r.right))
            .collect()
    }

    #[test]
    fn a_receipt_with_tax_included_prints_what_was_sold() {
        // 2 * 0.59 = 1.18; 0.435 kg * 3.99 = 1.73565 -> 1.74; beer 1.19. 2.92 at 7 % holds 0.19 tax.
        assert_eq!(
            rows(PriceMode::TaxInclusive),
            [
                "Shop|",
                "Receipt 42|14.11.2023 22:13",
                "|",
                "APPLE|1,18 B",
                "2 x 0,59|",
                "GRAPES|1,74 B",
                "0,435 kg x 3,99/kg (tare 0,010 kg)|",
                "BEER|1,19 A",
                "|",
                "Total|4,11 EUR",
                "Card|4,11",
                "|",
                "A 19 % net 1,00|Tax 0,19",
                "B 7 % net 2,73|Tax 0,19",
                "Thank you|",
            ]
        );
    }

    #[test]
    fn a_receipt_with_tax_added_prints_the_way_to_the_total() {
        // 2.92 * 7 % = 0.2044 and 1.19 * 19 % = 0.2261.
        let rows = rows(PriceMode::TaxExclusive);
        for expected in [
            "Subtotal|4,11",
            "Tax A 19 %|0,23",
            "Tax B 7 %|0,20",
            "Total|4,54 EUR",
        ] {
            assert!(rows.iter().any(|row| row == expected), "{expected} in {rows:#?}");
        }
    }
}
