use proptest::prelude::*;

use super::*;
use crate::domain::codes::Sku;
use crate::domain::line::Origin;
use crate::domain::money::Currency;
use crate::domain::quantity::Unit;
use crate::domain::tax::PriceMode;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn line(id: u64, quantity: Quantity, amount: i64, basis_points: u32) -> Line {
    Line {
        id: LineId(id),
        sku: Sku::new("A").unwrap(),
        name: format!("Thing {id}"),
        unit: match quantity {
            Quantity::Count(_) => Unit::Each,
            Quantity::Weight { .. } => Unit::Kilogram,
        },
        unit_price: eur(amount),
        tax: TaxRate::new(&format!("t{basis_points}"), basis_points).unwrap(),
        age_limit: None,
        quantity,
        tare_grams: 0,
        amount: eur(amount),
        origin: Origin::Search,
        tracks: Vec::new(),
        voided: false,
        changed_at: Timestamp(1),
    }
}

fn sale(price_mode: PriceMode, lines: Vec<Line>) -> Sale {
    let sold = lines
        .iter()
        .filter(|line| !line.voided)
        .map(|line| (&line.tax, line.amount));
    let totals = Totals::of(Currency::EUR, price_mode, sold).unwrap();
    let tenders = vec![Tender {
        method: PaymentMethod::Card,
        amount: totals.total,
        reference: String::new(),
    }];
    Sale {
        key: SaleKey(1),
        started_at: Timestamp(1),
        completed_at: Timestamp(2),
        currency: Currency::EUR,
        price_mode,
        lines,
        totals,
        tenders,
        age_checked: None,
    }
}

fn back() -> GivenBack {
    GivenBack {
        key: SaleKey(2),
        at: Timestamp(9),
        method: PaymentMethod::Card,
        reference: "r".to_owned(),
    }
}

fn pieces(line: u64, count: u32) -> LinePart {
    LinePart {
        line: LineId(line),
        quantity: Quantity::Count(count),
    }
}

#[test]
fn thirds_of_a_euro_add_up_again() {
    // Three for 1.00: 0.33, then 0.67 in all, then 1.00. With 19 % in it: 0.05, then 0.11, then 0.16 of tax.
    let sale = sale(
        PriceMode::TaxInclusive,
        vec![line(1, Quantity::Count(3), 100, 1900)],
    );
    let mut before = Vec::new();
    let mut given = Vec::new();
    for _ in 0..3 {
        let refund = plan(&sale, &before, &Scope::Parts(vec![pieces(1, 1)]), back()).unwrap();
        given.push((refund.sale.totals.total.minor(), refund.sale.totals.tax.minor()));
        before.push(pieces(1, 1));
    }
    assert_eq!(given, [(33, 5), (34, 6), (33, 5)]);
    let more = plan(&sale, &before, &Scope::Everything, back());
    assert_eq!(more, Err(RefundError::NothingLeft));
}

#[test]
fn no_more_than_was_sold_and_nothing_that_was_voided() {
    let voided = Line {
        voided: true,
        ..line(2, Quantity::Count(1), 50, 700)
    };
    let weighed = line(3, Quantity::Weight { grams: 435 }, 174, 700);
    let sale = sale(
        PriceMode::TaxInclusive,
        vec![line(1, Quantity::Count(2), 118, 700), voided, weighed],
    );
    let refused =
        |parts: Vec<LinePart>| plan(&sale, &[pieces(1, 1)], &Scope::Parts(parts), back()).unwrap_err();
    assert_eq!(
        refused(vec![pieces(1, 2)]).to_string(),
        "only 1 of Thing 1 can be given back"
    );
    assert_eq!(
        refused(vec![pieces(1, 1), pieces(1, 1)]).to_string(),
        "only 1 of Thing 1 can be given back"
    );
    assert_eq!(
        refused(vec![pieces(2, 1)]).to_string(),
        "there is no line 2 on this receipt"
    );
    assert_eq!(
        refused(vec![pieces(3, 435)]).to_string(),
        "only 0.435 kg of Thing 3 can be given back"
    );
    assert_eq!(refused(vec![pieces(1, 0)]), RefundError::NothingLeft);
    assert_eq!(refused(Vec::new()), RefundError::NothingLeft);
    let all = plan(&sale, &[pieces(1, 1)], &Scope::Everything, back()).unwrap();
    assert_eq!(all.sale.totals.total, eur(59 + 174));
    assert_eq!(all.origins, [LineId(1), LineId(3)]);
    assert_eq!(all.sale.tenders[0].amount, eur(233));
}

fn any_sale() -> impl Strategy<Value = Sale> {
    let any_line = (
        1_u32..6,
        0_i64..500,
        prop_oneof![Just(0_u32), Just(700), Just(1900)],
        any::<bool>(),
    );
    (proptest::collection::vec(any_line, 1..6), any::<bool>()).prop_map(|(rows, inclusive)| {
        let lines = (1..).zip(rows).map(|(id, (number, amount, tax, weighed))| {
            let quantity = if weighed {
                Quantity::Weight { grams: number }
            } else {
                Quantity::Count(number)
            };
            line(id, quantity, amount, tax)
        });
        let mode = if inclusive {
            PriceMode::TaxInclusive
        } else {
            PriceMode::TaxExclusive
        };
        sale(mode, lines.collect())
    })
}

proptest! {
    /// However a sale is taken apart, what was given back is never more than was paid, and in the end exactly
    /// that, tax by tax.
    #[test]
    fn parts_add_up_to_the_whole(sale in any_sale(), picks in proptest::collection::vec((0_usize..6, 1_u32..4), 0..12)) {
        let mut before: Vec<LinePart> = Vec::new();
        let (mut total, mut tax) = (0, 0);
        let mut give = |before: &mut Vec<LinePart>, scope: Scope| {
            let Ok(refund) = plan(&sale, before, &scope, back()) else { return Ok(()) };
            let totals = &refund.sale.totals;
            for group in &totals.taxes {
                prop_assert!(group.net.minor() >= 0 && group.tax.minor() >= 0);
            }
            total += totals.total.minor();
            tax += totals.tax.minor();
            prop_assert!(total <= sale.totals.total.minor());
            for (line, origin) in refund.sale.lines.iter().zip(&refund.origins) {
                before.push(LinePart { line: *origin, quantity: line.quantity });
            }
            Ok(())
        };
        for (index, count) in picks {
            let Some(line) = sale.lines.get(index) else { continue };
            let part = LinePart { line: line.id, quantity: like(line.quantity, count) };
            give(&mut before, Scope::Parts(vec![part]))?;
        }
        give(&mut before, Scope::Everything)?;
        prop_assert_eq!((total, tax), (sale.totals.total.minor(), sale.totals.tax.minor()));
        prop_assert!(left(&sale, &before).is_empty());
    }
}
