//! Tax rates, and totals that always equal the sum of what is printed.
//!
//! The rounding rule, in full:
//!
//! 1. A line's amount is rounded once, half away from zero, when its quantity is priced
//!    ([`crate::domain::quantity::Quantity::amount`]). The rounded amount is what is printed.
//! 2. The rounded amounts of all lines with the same rate are added up exactly, and the tax of that group
//!    is rounded once, half away from zero:
//!    - prices that include tax: `tax = gross * rate / (1 + rate)`, and `net = gross - tax`;
//!    - prices that exclude tax: `tax = net * rate`, and `gross = net + tax`.
//! 3. The total is the exact sum of the groups' gross amounts. With prices that include tax it is the sum
//!    of the printed lines; with prices that exclude tax it is that sum plus the printed taxes.
//!
//! No amount is ever rounded a second time, so nothing printed can disagree by a cent.

use serde::{Deserialize, Serialize};

use crate::domain::money::{Currency, Money, MoneyError};

/// Basis points in one whole: 1900 of them are 19 %.
const BASIS_POINTS: i64 = 10_000;

/// A tax rate with the name it is known by in the shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawTaxRate")]
pub struct TaxRate {
    id: String,
    basis_points: u32,
}

/// A tax rate as read from a file, not yet checked.
#[derive(Deserialize)]
struct RawTaxRate {
    id: String,
    basis_points: u32,
}

impl TryFrom<RawTaxRate> for TaxRate {
    type Error = TaxError;

    fn try_from(raw: RawTaxRate) -> Result<Self, TaxError> {
        Self::new(&raw.id, raw.basis_points)
    }
}

/// What can be wrong with a tax rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxError {
    /// A rate above 100 %, or without a name.
    #[error("the tax rate \"{id}\" needs a short name and 0 to 10000 basis points, not {basis_points}")]
    OutOfRange {
        /// Name of the rate.
        id: String,
        /// Its basis points.
        basis_points: u32,
    },
}

impl TaxRate {
    /// A rate such as `("reduced", 700)` for 7 %.
    ///
    /// # Errors
    /// A rate above 100 %, or a name that is empty or longer than 32 characters.
    pub fn new(id: &str, basis_points: u32) -> Result<Self, TaxError> {
        let named = !id.trim().is_empty() && id.chars().count() <= 32;
        if named && i64::from(basis_points) <= BASIS_POINTS {
            Ok(Self {
                id: id.to_owned(),
                basis_points,
            })
        } else {
            Err(TaxError::OutOfRange {
                id: id.to_owned(),
                basis_points,
            })
        }
    }

    /// The name: "standard", "reduced".
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Hundredths of a per cent.
    #[must_use]
    pub fn basis_points(&self) -> u32 {
        self.basis_points
    }

    /// "19 %" or "10.5 %", with `separator` before the decimals.
    #[must_use]
    pub fn percent_text(&self, separator: char) -> String {
        let (whole, rest) = (self.basis_points / 100, self.basis_points % 100);
        match rest {
            0 => format!("{whole} %"),
            tenths if tenths % 10 == 0 => format!("{whole}{separator}{} %", tenths / 10),
            hundredths => format!("{whole}{separator}{hundredths:02} %"),
        }
    }
}

/// Whether the prices on the shelf include tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceMode {
    /// A price is what is paid.
    TaxInclusive,
    /// Tax is added to the price.
    TaxExclusive,
}

/// All lines of one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxGroup {
    /// The rate.
    pub rate: TaxRate,
    /// Amount without tax.
    pub net: Money,
    /// The tax, rounded once.
    pub tax: Money,
    /// Amount with tax.
    pub gross: Money,
}

/// The sums under a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Exact sum of the printed line amounts.
    pub goods: Money,
    /// One group per rate, highest rate first.
    pub taxes: Vec<TaxGroup>,
    /// Exact sum of the groups' taxes.
    pub tax: Money,
    /// What is to be paid: the exact sum of the groups' gross amounts.
    pub total: Money,
}

impl Totals {
    /// The totals of no lines at all.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        let nothing = Money::zero(currency);
        Self {
            goods: nothing,
            taxes: Vec::new(),
            tax: nothing,
            total: nothing,
        }
    }

    /// Adds up rounded line amounts by the rule at the head of this file.
    ///
    /// # Errors
    /// Mixed currencies, or a sum that does not fit.
    pub fn of<'a>(
        currency: Currency,
        mode: PriceMode,
        lines: impl Iterator<Item = (&'a TaxRate, Money)>,
    ) -> Result<Self, MoneyError> {
        let nothing = Money::zero(currency);
        let mut goods = nothing;
        let mut sums: Vec<(&TaxRate, Money)> = Vec::new();
        for (rate, amount) in lines {
            goods = goods.checked_add(amount)?;
            match sums.iter_mut().find(|(known, _)| *known == rate) {
                Some((_, sum)) => *sum = sum.checked_add(amount)?,
                None => sums.push((rate, nothing.checked_add(amount)?)),
            }
        }
        sums.sort_by(|(a, _), (b, _)| b.basis_points.cmp(&a.basis_points).then_with(|| a.id.cmp(&b.id)));
        let taxes = sums
            .into_iter()
            .map(|(rate, sum)| group(rate, sum, mode))
            .collect::<Result<Vec<_>, _>>()?;
        let (mut tax, mut total) = (nothing, nothing);
        for of_rate in &taxes {
            tax = tax.checked_add(of_rate.tax)?;
            total = total.checked_add(of_rate.gross)?;
        }
        Ok(Self {
            goods,
            taxes,
            tax,
            total,
        })
    }
}

fn group(rate: &TaxRate, sum: Money, mode: PriceMode) -> Result<TaxGroup, MoneyError> {
    let basis_points = i64::from(rate.basis_points);
    let rate = rate.clone();
    match mode {
        PriceMode::TaxInclusive => {
            let tax = sum.checked_scale(basis_points, BASIS_POINTS + basis_points)?;
            Ok(TaxGroup {
                rate,
                net: sum.checked_sub(tax)?,
                tax,
                gross: sum,
            })
        }
        PriceMode::TaxExclusive => {
            let tax = sum.checked_scale(basis_points, BASIS_POINTS)?;
            Ok(TaxGroup {
                rate,
                net: sum,
                tax,
                gross: sum.checked_add(tax)?,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn rates() -> [TaxRate; 3] {
        [("reduced", 700), ("standard", 1900), ("zero", 0)].map(|(id, bp)| TaxRate::new(id, bp).unwrap())
    }

    #[test]
    fn included_tax_is_taken_out_of_the_sum_of_a_rate() {
        let [reduced, standard, _] = rates();
        let lines = [(&reduced, eur(129)), (&standard, eur(119)), (&reduced, eur(85))];
        let totals = Totals::of(Currency::EUR, PriceMode::TaxInclusive, lines.into_iter()).unwrap();
        // 214 * 700 / 10700 = 14.0; 119 * 1900 / 11900 = 19.0
        assert_eq!(totals.total, eur(333));
        assert_eq!(totals.goods, eur(333));
        assert_eq!(totals.tax, eur(33));
        assert_eq!(totals.taxes[0].rate.id(), "standard");
        assert_eq!((totals.taxes[0].net, totals.taxes[0].tax), (eur(100), eur(19)));
        assert_eq!((totals.taxes[1].net, totals.taxes[1].tax), (eur(200), eur(14)));
    }

    #[test]
    fn excluded_tax_is_added_once_per_rate_not_per_line() {
        let [reduced, ..] = rates();
        // Per line 0.07 * 0.50 = 0.035 would round to 0.04 each, 0.12 in all; the group gives 0.105 -> 0.11.
        let lines = [(&reduced, eur(50)), (&reduced, eur(50)), (&reduced, eur(50))];
        let totals = Totals::of(Currency::EUR, PriceMode::TaxExclusive, lines.into_iter()).unwrap();
        assert_eq!(
            (totals.goods, totals.tax, totals.total),
            (eur(150), eur(11), eur(161))
        );
    }

    #[test]
    fn rates_print_as_people_write_them() {
        for (basis_points, text) in [
            (1900, "19 %"),
            (1050, "10,5 %"),
            (525, "5,25 %"),
            (0, "0 %"),
            (810, "8,1 %"),
        ] {
            assert_eq!(TaxRate::new("r", basis_points).unwrap().percent_text(','), text);
        }
        assert!(TaxRate::new("", 1900).is_err());
        assert!(TaxRate::new("r", 10_001).is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_adds_up(
            amounts in prop::collection::vec((0_usize..3, 0_i64..1_000_000), 0..40),
            exclusive in any::<bool>(),
        ) {
            let rates = rates();
            let mode = if exclusive { PriceMode::TaxExclusive } else { PriceMode::TaxInclusive };
            let lines = amounts.iter().map(|(rate, minor)| (&rates[*rate], eur(*minor)));
            let totals = Totals::of(Currency::EUR, mode, lines).unwrap();
            let printed: i64 = amounts.iter().map(|(_, minor)| minor).sum();
            let printed_taxes: i64 = totals.taxes.iter().map(|group| group.tax.minor()).sum();
            prop_assert_eq!(totals.tax.minor(), printed_taxes);
            let added = if exclusive { printed_taxes } else { 0 };
            prop_assert_eq!(totals.total.minor(), printed + added);
            for group in &totals.taxes {
                prop_assert_eq!(group.net.checked_add(group.tax).unwrap(), group.gross);
            }
        }
    }
}
