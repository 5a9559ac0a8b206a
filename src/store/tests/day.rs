//! Refunds, cash, closing the day, lists and plots.

use super::*;
use crate::domain::cash::Counted;
use crate::domain::line::LineId;
use crate::domain::refund::{LinePart, Scope};
use crate::store::refunds::RefundRequest;
use crate::store::report::Tally;
use crate::store::sales_csv::CsvStyle;
use crate::store::sales_list::{ReceiptKind, SalesFilter};
use crate::store::series::{DAY_MS, HOUR_MS, SeriesRequest};

const BY: (&str, Timestamp) = ("Mona", Timestamp(NOW.0 + 1000));
const EVER: (Timestamp, Timestamp) = (Timestamp(0), Timestamp(i64::MAX));

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn tally(count: u64, minor: i64) -> Tally {
    Tally {
        count,
        amount: eur(minor),
    }
}

/// Two apples at 0.59 on line 1, a voided milk on line 2, 0.435 kg of grapes for 1.74 on line 3.
fn shop_with(sales: u128) -> Store {
    let store = Store::in_memory().unwrap();
    for seed in 1..=sales {
        store
            .commit_sale_seen_by(&sale(seed), Some("checkout-1"))
            .unwrap();
    }
    store
}

fn request(key: u128, original: u64, scope: Scope) -> RefundRequest {
    RefundRequest {
        key: SaleKey(key),
        original,
        scope,
        method: PaymentMethod::Attendant,
        reference: "till 1".to_owned(),
        reason: "bruised".to_owned(),
    }
}

fn one_apple() -> Scope {
    Scope::Parts(vec![LinePart {
        line: LineId(1),
        quantity: Quantity::Count(1),
    }])
}

#[test]
fn a_refund_is_a_receipt_of_its_own_and_never_more_than_was_sold() {
    let store = shop_with(2);
    let (number, steps) = cut_at_every_step(&store, |store| store.refund(&request(101, 1, one_apple()), BY));
    assert_eq!(number, 3);
    assert!(steps >= 7, "{steps}");
    assert_eq!(
        store.refund(&request(101, 1, one_apple()), BY).unwrap(),
        3,
        "the same again"
    );
    let reused = store.refund(&request(101, 2, one_apple()), BY).unwrap_err();
    assert!(matches!(reused, StoreError::KeyReused { .. }));
    let view = store.receipt_view(1).unwrap();
    assert_eq!(view.model.as_deref(), Some("checkout-1"));
    assert_eq!(view.left[0].quantity, Quantity::Count(1));
    assert_eq!(
        (view.refunds[0].receipt_number, view.refunds[0].total),
        (3, eur(59))
    );

    assert_eq!(store.refund(&request(102, 1, Scope::Everything), BY).unwrap(), 4);
    let nothing = store.refund(&request(103, 1, one_apple()), BY).unwrap_err();
    assert_eq!(nothing.to_string(), "only 0 of APPLE can be given back");
    let of_refund = store.refund(&request(104, 3, one_apple()), BY).unwrap_err();
    assert_eq!(
        of_refund.to_string(),
        "receipt 3 is a refund: choose the sale it is for"
    );
    let silent = RefundRequest {
        reason: " ".to_owned(),
        ..request(105, 2, one_apple())
    };
    assert!(matches!(
        store.refund(&silent, BY),
        Err(StoreError::ReasonMissing { .. })
    ));
    assert!(matches!(
        store.refund(&request(106, 99, one_apple()), BY),
        Err(StoreError::UnknownReceipt { number: 99 })
    ));
    let back = store.receipt_view(4).unwrap();
    assert_eq!(back.sale.totals.total, eur(59 + 174));
    assert_eq!(
        back.refund_of.map(|(original, note)| (original, note.reason)),
        Some((1, "bruised".to_owned()))
    );
    assert!(back.left.is_empty());
    assert!(store.verify().unwrap().is_ok());
    let report = store.report(EVER.0, EVER.1, Currency::EUR).unwrap();
    assert_eq!(
        (report.gross, report.refunds, report.voided_sales),
        (eur(584), tally(2, 292), tally(0, 0))
    );
}

#[test]
fn a_sale_is_voided_only_on_its_day_and_only_whole() {
    let store = shop_with(3);
    let by = ("Mona", BY.1);
    assert_eq!(store.void_sale(&request(201, 1, one_apple()), by).unwrap(), 4);
    assert_eq!(
        store.void_sale(&request(201, 1, one_apple()), by).unwrap(),
        4,
        "the same again"
    );
    assert_eq!(
        store.receipt_view(4).unwrap().sale.totals.total,
        eur(292),
        "all of it"
    );
    store.refund(&request(202, 2, one_apple()), by).unwrap();
    let partly = store
        .void_sale(&request(203, 2, Scope::Everything), by)
        .unwrap_err();
    assert!(matches!(partly, StoreError::TooLateToVoid { number: 2 }));
    let day = store.z_report(Currency::EUR, by).unwrap();
    assert_eq!(
        (day.sales, day.refunds, day.voided_sales),
        (tally(3, 876), tally(1, 59), tally(1, 292))
    );
    let late = store
        .void_sale(&request(204, 3, Scope::Everything), by)
        .unwrap_err();
    assert!(late.to_string().contains("make a refund"), "{late}");
}

#[test]
fn days_are_numbered_without_gaps_and_totals_never_reset() {
    let store = shop_with(2);
    store.refund(&request(301, 1, one_apple()), BY).unwrap();
    let x = store.x_report(Currency::EUR, BY).unwrap();
    let (z, steps) = cut_at_every_step(&store, |store| store.z_report(Currency::EUR, BY));
    assert!(steps >= 2, "{steps}");
    assert_eq!((x.z_number, z.z_number), (None, Some(1)));
    assert_eq!(
        (x.sales, x.net, x.grand),
        (z.sales, z.net, z.grand),
        "an X report changes nothing"
    );
    // Two sales of 2.92 with 0.19 of tax each, less 0.59 with 0.04 (0.0386) of tax, which is what is left
    // between 0.19 for the whole and 0.15 (0.1524) for the rest.
    assert_eq!((z.net, z.receipts), (eur(525), Some((1, 3))));
    let reduced = &z.taxes[0];
    assert_eq!(
        (z.taxes.len(), reduced.gross, reduced.tax),
        (1, eur(525), eur(38 - 4))
    );
    assert_eq!(reduced.net.checked_add(reduced.tax).unwrap(), reduced.gross);
    let methods: Vec<_> = z
        .methods
        .iter()
        .map(|row| (row.method, row.taken, row.given_back))
        .collect();
    assert_eq!(
        methods,
        [
            (PaymentMethod::Attendant, tally(0, 0), tally(1, 59)),
            (PaymentMethod::Card, tally(2, 584), tally(0, 0))
        ]
    );
    let empty = store.z_report(Currency::EUR, BY).unwrap();
    assert_eq!(
        (empty.z_number, empty.receipts, empty.net),
        (Some(2), None, eur(0))
    );
    assert_eq!(empty.grand, z.grand);
    store.commit_sale(&sale(3)).unwrap();
    let third = store.z_report(Currency::EUR, BY).unwrap();
    assert_eq!(
        (third.sales, third.net),
        (tally(1, 292), eur(292)),
        "no receipt counts twice"
    );
    assert_eq!(third.grand.sales, tally(3, 876));
    assert_eq!(
        (third.grand.given_back, third.grand.net),
        (tally(1, 59), eur(817))
    );
    assert_eq!(store.read_z_report(1).unwrap(), z);
    let numbers: Vec<_> = store.z_reports(10).unwrap().iter().map(|z| z.z_number).collect();
    assert_eq!(numbers, [Some(3), Some(2), Some(1)]);
    assert!(matches!(
        store.read_z_report(9),
        Err(StoreError::UnknownReport { number: 9 })
    ));
    assert!(store.verify().unwrap().is_ok());
}

#[test]
fn tampering_with_refunds_and_days_is_found() {
    for sql in [
        "UPDATE refunds SET reason = 'x'",
        "UPDATE refunds SET original = 2",
        "UPDATE refund_lines SET original_line = 3",
        "DELETE FROM refunds",
        "UPDATE sales SET kind = 'sale' WHERE receipt_number = 3",
        "UPDATE sales SET model = 'other' WHERE receipt_number = 1",
        "UPDATE z_reports SET body = replace(body, '525', '425')",
        "UPDATE z_reports SET last_receipt = 1",
        "DELETE FROM z_reports",
    ] {
        let store = shop_with(2);
        store.refund(&request(401, 1, one_apple()), BY).unwrap();
        store.z_report(Currency::EUR, BY).unwrap();
        assert!(store.verify().unwrap().is_ok());
        store.conn.execute_batch("PRAGMA foreign_keys = off").unwrap();
        if !sql.contains("model") {
            assert!(store.conn.execute(sql, []).is_err(), "{sql}");
        }
        let triggers: Vec<String> = store
            .conn
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for trigger in triggers {
            store
                .conn
                .execute_batch(&format!("DROP TRIGGER {trigger}"))
                .unwrap();
        }
        assert!(store.conn.execute(sql, []).unwrap() > 0, "{sql}");
        assert!(!store.verify().unwrap().is_ok(), "{sql}");
    }
}

#[test]
fn the_drawer_is_counted_against_what_should_be_in_it() {
    let store = shop_with(1);
    store.put_float(eur(10_000), BY).unwrap();
    let mut cash = sale(2);
    cash.tenders[0].method = PaymentMethod::Attendant;
    store.commit_sale(&cash).unwrap();
    store.refund(&request(501, 2, one_apple()), BY).unwrap();
    store.pay_in(eur(500), "change from the bank", BY).unwrap();
    store.pay_out(eur(1_000), "flowers", BY).unwrap();
    // 100.00 + 2.92 - 0.59 + 5.00 - 10.00 = 97.33; counted are 97.00.
    let counted = Counted([(5_000, 1), (2_000, 2), (500, 1), (200, 1)].into());
    let (up, _) = cut_at_every_step(&store, |store| store.count_cash(&counted, Currency::EUR, "", BY));
    assert_eq!(
        (up.expected, up.counted, up.difference),
        (eur(9_733), eur(9_700), eur(-33))
    );
    store.pay_in(eur(100), "found", BY).unwrap();
    assert_eq!(
        store.x_report(Currency::EUR, BY).unwrap().cash,
        Some(up),
        "as it was counted"
    );
    store.z_report(Currency::EUR, BY).unwrap();
    assert_eq!(
        store.z_report(Currency::EUR, BY).unwrap().cash,
        None,
        "that count was of yesterday"
    );
    store.put_float(eur(5_000), BY).unwrap();
    assert_eq!(
        store.drawer(Currency::EUR).unwrap().expected().unwrap(),
        eur(5_000)
    );
    let entries = store.cash_entries(10).unwrap();
    assert_eq!(entries.len(), 6);
    assert_eq!(
        (entries[2].expected, entries[2].counted.as_ref()),
        (Some(eur(9_733)), Some(&counted))
    );
    assert!(matches!(store.put_float(eur(-1), BY), Err(StoreError::BadCash)));
    assert!(matches!(
        store.pay_out(eur(1), "", BY),
        Err(StoreError::ReasonMissing { .. })
    ));
    let nonsense = Counted([(-5, 1)].into());
    assert!(matches!(
        store.count_cash(&nonsense, Currency::EUR, "", BY),
        Err(StoreError::BadCash)
    ));
    assert!(store.verify().unwrap().is_ok());
}

#[test]
fn sales_are_filtered_searched_and_paged() {
    let store = shop_with(4);
    let mut late = sale(5);
    late.completed_at = NOW.plus_ms(DAY_MS);
    late.tenders[0].method = PaymentMethod::Attendant;
    store.commit_sale(&late).unwrap();
    store.refund(&request(601, 2, one_apple()), BY).unwrap();
    store.void_sale(&request(602, 3, Scope::Everything), BY).unwrap();
    let all = SalesFilter::default();
    let numbers = |filter: &SalesFilter, before| -> Vec<u64> {
        let page = store.sales_page(filter, before, 3).unwrap();
        page.iter().map(|row| row.receipt_number).collect()
    };
    assert_eq!(numbers(&all, None), [7, 6, 5]);
    assert_eq!(numbers(&all, Some(5)), [4, 3, 2]);
    assert_eq!(numbers(&all, Some(2)), [1]);
    let only = |change: fn(&mut SalesFilter)| {
        let mut filter = SalesFilter::default();
        change(&mut filter);
        filter
    };
    let text = |text: &str| SalesFilter {
        text: text.to_owned(),
        ..all.clone()
    };
    for (filter, expected) in [
        (only(|filter| filter.from = Some(NOW.plus_ms(1))), 3),
        (only(|filter| filter.to = Some(NOW.plus_ms(1))), 4),
        (only(|filter| filter.least = Some(100)), 6),
        (only(|filter| filter.most = Some(59)), 1),
        (only(|filter| filter.kind = Some(ReceiptKind::Sale)), 5),
        (only(|filter| filter.kind = Some(ReceiptKind::Refund)), 1),
        (only(|filter| filter.kind = Some(ReceiptKind::Void)), 1),
        (only(|filter| filter.method = Some(PaymentMethod::Attendant)), 3),
        (only(|filter| filter.sku = Some("GRAPES".to_owned())), 6),
        (only(|filter| filter.sku = Some("MILK".to_owned())), 0),
        (only(|filter| filter.model = Some("checkout-1".to_owned())), 4),
        (text("4"), 1),
        (text("#6"), 1),
        (text("grap"), 6),
        (text("TILL"), 2),
        (text("100%_"), 0),
        (text("'; DROP TABLE sales"), 0),
        (all.clone(), 7),
    ] {
        assert_eq!(store.sales_count(&filter).unwrap(), expected, "{filter:?}");
    }
    let second = store.sales_page(&text("2"), None, 9).unwrap().pop().unwrap();
    assert_eq!(
        (second.given_back, second.lines, second.kind),
        (eur(59), 2, ReceiptKind::Sale)
    );
}

#[test]
fn plots_count_by_the_clock_on_the_wall() {
    let store = Store::in_memory().unwrap();
    // 22:13 UTC on a Tuesday, the same an hour and a half later, and a day later.
    for (seed, later) in [(1, 0), (2, HOUR_MS + HOUR_MS / 2), (3, DAY_MS)] {
        let mut sale = sale(seed);
        sale.completed_at = NOW.plus_ms(later);
        store.commit_sale(&sale).unwrap();
    }
    store.refund(&request(701, 1, Scope::Everything), BY).unwrap();
    let request = SeriesRequest {
        from: EVER.0,
        to: EVER.1,
        currency: Currency::EUR,
        utc_offset_ms: HOUR_MS,
    };
    let hours = store.sales_by_hour(&request).unwrap();
    assert_eq!(
        (hours[23], hours[0], hours[22]),
        (tally(2, 584), tally(1, 292), tally(0, 0))
    );
    let days = store.sales_series(&request, DAY_MS, None).unwrap();
    let of_days: Vec<_> = days
        .iter()
        .map(|point| (point.from.to_utc().to_string(), point.sold))
        .collect();
    assert_eq!(
        of_days,
        [
            ("2023-11-13 23:00:00".to_owned(), tally(1, 292)),
            ("2023-11-14 23:00:00".to_owned(), tally(2, 584)),
        ]
    );
    let apples = store.sales_series(&request, DAY_MS, Some("APPLE")).unwrap();
    assert_eq!(apples[1].sold, tally(4, 236));
}

#[test]
fn the_books_get_every_line_and_refunds_below_zero() {
    let store = shop_with(1);
    let formula = RefundRequest {
        reason: "=1+1".to_owned(),
        ..request(801, 1, one_apple())
    };
    store.refund(&formula, BY).unwrap();
    let mut file = Vec::new();
    let style = CsvStyle {
        decimal: ',',
        utc_offset_ms: 0,
    };
    assert_eq!(store.export_sales(EVER, style, &mut file).unwrap(), 3);
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[1],
        "1;2023-11-14 22:13:20;sale;;1;APPLE;APPLE;2;each;0,59;1,18;EUR;reduced;7;card;"
    );
    assert_eq!(
        lines[2],
        "1;2023-11-14 22:13:20;sale;;3;GRAPES;GRAPES;0,435;kg;3,99;1,74;EUR;reduced;7;card;"
    );
    assert_eq!(
        lines[3],
        "2;2023-11-14 22:13:21;refund;1;1;APPLE;APPLE;-1;each;0,59;-0,59;EUR;reduced;7;attendant;'=1+1"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(24))]
    /// Whatever is sold, given back and closed in whatever order: the perpetual total is what was sold less
    /// what was given back, and every receipt is in exactly one day.
    #[test]
    fn days_cover_everything_once(steps in proptest::collection::vec(0_u8..4, 1..30)) {
        let store = Store::in_memory().unwrap();
        let (mut sold, mut back, mut day_sum, mut receipts) = (0_i64, 0_i64, 0_i64, 0_u64);
        for (index, step) in (1_u128..).zip(steps) {
            match step {
                0 | 1 => {
                    store.commit_sale(&sale(index)).unwrap();
                    sold += 292;
                    receipts += 1;
                }
                2 => {
                    let original = u64::try_from(index % 5 + 1).unwrap();
                    if let Ok(number) = store.refund(&request(1000 + index, original, one_apple()), BY) {
                        back += store.sale(number).unwrap().totals.total.minor();
                        receipts += 1;
                    }
                }
                _ => {
                    let z = store.z_report(Currency::EUR, BY).unwrap();
                    day_sum += z.net.minor();
                    receipts -= z.sales.count + z.refunds.count;
                    proptest::prop_assert_eq!(receipts, 0);
                }
            }
        }
        let last = store.z_report(Currency::EUR, BY).unwrap();
        proptest::prop_assert_eq!(day_sum + last.net.minor(), sold - back);
        proptest::prop_assert_eq!(last.grand.net.minor(), sold - back);
        proptest::prop_assert!(store.verify().unwrap().is_ok());
    }
}
