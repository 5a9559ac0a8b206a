//! The pages of the day over a database in memory, with sums worked by hand.

use crate::{
    app::office::bench::{Bench, NOON},
    domain::{
        basket::Basket,
        cash::Counted,
        line::{LineId, Origin},
        money::{Currency, Money},
        quantity::Quantity,
        sale::{PaymentMethod, Sale, SaleKey, Tender},
        session::testing::{by_weight, piece},
        staff::{Permission, Role},
        tax::PriceMode,
        time::Timestamp,
    },
    store::Store,
    ui::office::{
        OfficeCommand, Page, PageView,
        day::{
            DayCommand,
            view::{ChartPeriod, DayTab, DayView, SaleKind, SalesWanted},
        },
    },
};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// Two apples at 0.59 and 0.435 kg of grapes at 3.99: 1.18 + 1.74 = 2.92.
fn sale(key: u128, at: Timestamp, method: PaymentMethod) -> Sale {
    let mut basket = Basket::new(SaleKey(key), at, Currency::EUR, PriceMode::TaxInclusive);
    basket
        .add(&piece("APPLE", 59), Quantity::Count(2), Origin::Search, at)
        .unwrap();
    basket
        .add(
            &by_weight("GRAPES", 399, 10),
            Quantity::Weight { grams: 445 },
            Origin::Plu,
            at,
        )
        .unwrap();
    Sale {
        key: basket.key(),
        started_at: at,
        completed_at: at,
        currency: basket.currency(),
        price_mode: basket.price_mode(),
        lines: basket.lines().to_vec(),
        totals: basket.totals().clone(),
        tenders: vec![Tender {
            method,
            amount: basket.total(),
            reference: "1".to_owned(),
        }],
        age_checked: None,
    }
}

fn shop(sales: u32) -> Store {
    let store = Store::in_memory().unwrap();
    let products = [piece("APPLE", 59), by_weight("GRAPES", 399, 10)];
    store.import_products(&products, "test", Timestamp(0)).unwrap();
    for number in 0..sales {
        let at = NOON.plus_ms(i64::from(number) * 1_000 - 7_200_000);
        let method = if number % 2 == 0 {
            PaymentMethod::Card
        } else {
            PaymentMethod::Attendant
        };
        store
            .commit_sale_seen_by(&sale(u128::from(number) + 1, at, method), Some("checkout-1"))
            .unwrap();
    }
    store
}

fn bench(sales: u32, role: Role) -> Bench {
    Bench::over(shop(sales)).signed_on(role, Page::Day)
}

fn wish(bench: &mut Bench, command: DayCommand) {
    bench.wish(OfficeCommand::Day(command));
}

fn view(bench: &Bench) -> DayView {
    let PageView::Day(view) = bench.view().page else {
        panic!("another page is open");
    };
    view
}

fn numbers(bench: &Bench) -> Vec<u64> {
    view(bench).sales.rows.iter().map(|row| row.number).collect()
}

fn filter(bench: &mut Bench, change: impl FnOnce(&mut SalesWanted)) {
    let mut wanted = SalesWanted::default();
    change(&mut wanted);
    wish(bench, DayCommand::Filter(Box::new(wanted)));
}

#[test]
fn the_list_goes_back_and_forth() {
    let mut bench = bench(120, Role::Clerk);
    let sales = view(&bench).sales;
    assert_eq!((sales.count, sales.first, sales.rows.len()), (120, 1, 50));
    assert_eq!((sales.rows[0].number, sales.rows[49].number), (120, 71));
    assert!(!sales.has_newer && sales.has_older);
    wish(&mut bench, DayCommand::Older);
    wish(&mut bench, DayCommand::Older);
    let sales = view(&bench).sales;
    assert_eq!((sales.first, sales.rows.len()), (101, 20));
    assert!(sales.has_newer && !sales.has_older);
    wish(&mut bench, DayCommand::Older);
    assert_eq!(numbers(&bench).first(), Some(&20), "there is nothing older");
    wish(&mut bench, DayCommand::Newer);
    assert_eq!(numbers(&bench).first(), Some(&70));
    wish(&mut bench, DayCommand::Newer);
    wish(&mut bench, DayCommand::Newer);
    assert_eq!(numbers(&bench).first(), Some(&120));
}

#[test]
fn what_is_sold_meanwhile_comes_into_the_list_by_itself() {
    let mut bench = bench(2, Role::Clerk);
    bench.tick();
    bench
        .store
        .commit_sale_seen_by(&sale(99, NOON, PaymentMethod::Card), None)
        .unwrap();
    bench.wait_ms(500);
    bench.tick();
    assert_eq!(numbers(&bench), [2, 1], "it looks every few seconds only");
    bench.wait_ms(5_000);
    bench.tick();
    assert_eq!(numbers(&bench), [3, 2, 1]);
}

#[test]
fn the_filter_restricts_what_is_listed() {
    let mut bench = bench(4, Role::Clerk);
    filter(&mut bench, |wanted| {
        wanted.method = Some(PaymentMethod::Attendant);
    });
    assert_eq!(numbers(&bench), [4, 2]);
    filter(&mut bench, |wanted| wanted.least = Some(eur(293)));
    assert!(numbers(&bench).is_empty());
    filter(&mut bench, |wanted| wanted.text = "3".to_owned());
    assert_eq!(numbers(&bench), [3]);
    filter(&mut bench, |wanted| wanted.sku = Some("GRAPES".to_owned()));
    assert_eq!(numbers(&bench).len(), 4);
    filter(&mut bench, |wanted| wanted.model = Some("another".to_owned()));
    assert!(numbers(&bench).is_empty());
    let today = view(&bench).sales.today;
    assert_eq!(today.to_utc().to_string(), "2023-11-15 00:00:00");
    filter(&mut bench, |wanted| wanted.from = Some(today.plus_ms(86_400_000)));
    assert!(numbers(&bench).is_empty(), "tomorrow nothing was sold");
    filter(&mut bench, |wanted| {
        (wanted.from, wanted.to) = (Some(today), Some(today));
    });
    assert_eq!(numbers(&bench).len(), 4, "the last day belongs to the period");
}

#[test]
fn one_apple_goes_back_and_no_more_than_two() {
    let mut bench = bench(1, Role::Manager);
    wish(&mut bench, DayCommand::OpenReceipt(1));
    wish(&mut bench, DayCommand::BeginRefund);
    let draft = |bench: &Bench| view(bench).sales.open.unwrap().draft.unwrap();
    assert_eq!(draft(&bench).amount, None, "nothing is chosen yet");
    assert_eq!(draft(&bench).method, PaymentMethod::Card, "as it was paid");
    let line = LineId(1);
    wish(&mut bench, DayCommand::SetPart { line, number: 9 });
    assert_eq!(draft(&bench).amount, Some(eur(118)), "two were sold");
    wish(&mut bench, DayCommand::SetPart { line, number: 1 });
    assert_eq!(draft(&bench).amount, Some(eur(59)));
    let reason = "bruised".to_owned();
    wish(&mut bench, DayCommand::ConfirmRefund { reason });
    let open = view(&bench).sales.open.unwrap();
    assert_eq!(
        (open.number, open.kind, open.refund_of),
        (2, SaleKind::Refund, Some(1))
    );
    let header = &open.paper[1];
    assert_eq!(header.left, "Refund of receipt 1");
    assert_eq!(open.paper[2].left, "bruised");

    wish(&mut bench, DayCommand::OpenReceipt(1));
    let open = view(&bench).sales.open.unwrap();
    assert_eq!((open.refunds[0].number, open.refunds[0].total), (2, eur(59)));
    assert!(!open.can_void, "a part went back before");
    wish(&mut bench, DayCommand::BeginRefund);
    wish(&mut bench, DayCommand::TakeAll);
    // 2.92 less the apple that went back.
    assert_eq!(draft(&bench).amount, Some(eur(233)));
    let reason = "all of it".to_owned();
    wish(&mut bench, DayCommand::ConfirmRefund { reason });
    wish(&mut bench, DayCommand::OpenReceipt(1));
    assert!(!view(&bench).sales.open.unwrap().can_refund, "nothing is left");
}

#[test]
fn a_clerk_gives_nothing_back() {
    let mut bench = bench(1, Role::Clerk);
    assert!(!view(&bench).may(Permission::Refund));
    wish(&mut bench, DayCommand::OpenReceipt(1));
    wish(&mut bench, DayCommand::BeginRefund);
    assert!(view(&bench).sales.open.unwrap().draft.is_none());
    assert!(!bench.problem().is_empty());
    wish(&mut bench, DayCommand::CloseDay);
    assert!(bench.view().confirm.is_none());
}

#[test]
fn a_sale_is_voided_on_its_day_only() {
    let mut bench = bench(2, Role::Manager);
    let void = |bench: &mut Bench, number| {
        wish(bench, DayCommand::OpenReceipt(number));
        wish(bench, DayCommand::BeginVoid);
        let reason = "wrong shopper".to_owned();
        wish(bench, DayCommand::ConfirmRefund { reason });
    };
    void(&mut bench, 1);
    assert_eq!(view(&bench).sales.open.unwrap().kind, SaleKind::Void);
    assert_eq!(bench.store.receipt_view(3).unwrap().sale.totals.total, eur(292));
    wish(&mut bench, DayCommand::CloseDay);
    bench.confirm("");
    void(&mut bench, 2);
    assert!(!bench.problem().is_empty(), "the day is closed");
    assert!(view(&bench).sales.open.is_some_and(|open| open.draft.is_some()));
}

#[test]
fn the_drawer_is_counted_against_what_should_be_there() {
    // Sales 2 and 4 were paid in cash: 5.84.
    let mut bench = bench(0, Role::Clerk);
    wish(&mut bench, DayCommand::Open(DayTab::Cash));
    wish(&mut bench, DayCommand::PutFloat(eur(10_000)));
    for number in 1..=4_u32 {
        bench.wait_ms(1_000);
        let method = if number % 2 == 0 {
            PaymentMethod::Attendant
        } else {
            PaymentMethod::Card
        };
        bench
            .store
            .commit_sale(&sale(u128::from(number), bench.now(), method))
            .unwrap();
    }
    let (amount, reason) = (eur(2_000), "bank".to_owned());
    wish(&mut bench, DayCommand::PayOut { amount, reason });
    let cash = view(&bench).cash;
    assert_eq!(cash.done, 2);
    // 100.00 + 5.84 - 20.00.
    assert_eq!(cash.drawer.unwrap().expected(), Ok(eur(8_584)));
    let counted = Counted(
        [
            (5_000, 1),
            (2_000, 1),
            (1_000, 1),
            (500, 1),
            (50, 1),
            (20, 1),
            (10, 1),
        ]
        .into(),
    );
    let reason = "4 cents are missing".to_owned();
    wish(&mut bench, DayCommand::Count { counted, reason });
    let cash = view(&bench).cash;
    assert_eq!(cash.counted.unwrap().difference, eur(-4));
    assert_eq!(cash.entries[0].difference, Some(eur(-4)));
    assert_eq!(cash.entries[0].reason, "4 cents are missing");
}

#[test]
fn a_report_adds_up_and_a_day_is_closed_once_asked() {
    let mut bench = bench(3, Role::Manager);
    wish(&mut bench, DayCommand::Open(DayTab::Reports));
    wish(&mut bench, DayCommand::MakeX);
    let shown = view(&bench).reports.shown.unwrap();
    assert_eq!(shown.number, None);
    let rows: Vec<String> = shown
        .rows
        .iter()
        .map(|row| format!("{}|{}", row.left, row.right))
        .collect();
    for expected in [
        "X report|",
        "Receipts|1 - 3",
        "Sales (3)|8.76",
        "Refunds (0)|0.00",
        "Net|8.76 EUR",
        "Card (2)|5.84",
        "Cash (1)|2.92",
        // 2.92 at 7 % holds 0.19 tax, three times.
        "7 % of 8.19 net|0.57",
    ] {
        assert!(rows.iter().any(|row| row == expected), "{expected} in {rows:#?}");
    }
    wish(&mut bench, DayCommand::CloseDay);
    assert_eq!(view(&bench).reports.list.len(), 0, "not before yes");
    bench.confirm("");
    let reports = view(&bench).reports;
    assert_eq!((reports.list[0].number, reports.list[0].net), (1, eur(876)));
    assert_eq!(reports.shown.as_ref().unwrap().number, Some(1));
    wish(&mut bench, DayCommand::SaveReport);
    let saved = std::fs::read_to_string(bench.data().join("reports/z-00001.txt")).unwrap();
    assert!(saved.contains("Z report 1"), "{saved}");
    assert!(bench.data().join("reports/z-00001.pdf").exists());
}

#[test]
fn charts_show_the_hour_and_the_products() {
    let mut bench = bench(3, Role::Clerk);
    wish(&mut bench, DayCommand::Open(DayTab::Charts));
    let charts = view(&bench).charts;
    // Two hours before noon.
    assert_eq!(charts.hours[10].amount, eur(876));
    assert_eq!(charts.hours[10].label, "10 to 11 o'clock");
    assert_eq!(charts.hours[10].count, "3 sales");
    assert_eq!(charts.hours[11].amount, eur(0));
    assert_eq!(
        (charts.products[0].label.as_str(), charts.products[0].amount),
        ("GRAPES", eur(522))
    );
    assert_eq!(charts.products[0].count, "1.305\u{a0}kg");
    assert_eq!(charts.products[1].count, "6 \u{d7}");
    wish(&mut bench, DayCommand::ShowPeriod(ChartPeriod::Yesterday));
    assert_eq!(view(&bench).charts.count, 0);
    wish(&mut bench, DayCommand::ShowPeriod(ChartPeriod::Week));
    assert_eq!(
        (view(&bench).charts.count, view(&bench).charts.total),
        (3, eur(876))
    );
}

#[test]
fn a_receipt_is_printed_again_and_sales_go_into_a_table() {
    let mut bench = bench(2, Role::Clerk);
    wish(&mut bench, DayCommand::OpenReceipt(2));
    wish(&mut bench, DayCommand::Reprint);
    let saved = view(&bench).sales.open.unwrap().saved_to.unwrap();
    assert!(saved.ends_with("receipt-000002.pdf"), "{saved}");
    let (bytes, rows) =
        super::jobs::export(&bench.store, &SalesWanted::default(), (',', bench.now())).unwrap();
    assert_eq!(rows, 4, "two lines of two sales");
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.lines().nth(1).unwrap().contains(";1,18;EUR;"), "{text}");
}
