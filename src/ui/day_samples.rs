//! Views of the day and of the settings, to look at and to test with.
//!
//! Compiled for tests and for the maker of screenshots only.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    domain::{
        cash::{CashUp, Drawer, denominations},
        line::LineId,
        money::{Currency, Money},
        quantity::Quantity,
        receipt::{ReceiptRow, RowKind},
        sale::PaymentMethod,
        staff::Permission,
        time::Timestamp,
    },
    frame::{Frame, FrameId, RgbImage},
    geom::CornerBox,
    ui::office::{
        day::view::{
            BarView, CashView, ChartPeriod, ChartsView, DayTab, DayView, DrawerEntryKind, DrawerEntryView,
            LeftLine, ReceiptPane, RefundDraft, ReportPaper, ReportsView, SaleKind, SaleRowView, SalesView,
            SalesWanted, ZRowView,
        },
        settings::view::{
            BackupRow, ClassView, Device, SeenBox, Setting, SettingsTab, SettingsView, SightView, TaxView,
            TestResult,
        },
    },
};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn row(kind: RowKind, left: &str, right: &str) -> ReceiptRow {
    ReceiptRow {
        kind,
        left: left.to_owned(),
        right: right.to_owned(),
    }
}

/// A receipt as it is printed.
pub(crate) fn paper() -> Vec<ReceiptRow> {
    vec![
        row(RowKind::Header, "Obst Meyer", ""),
        row(RowKind::Header, "Am Markt 3, 20095 Hamburg", ""),
        row(RowKind::Meta, "Receipt 1042", "2026-11-21 11:48"),
        row(RowKind::Rule, "", ""),
        row(RowKind::Item, "Apple", "1.18 B"),
        row(RowKind::Detail, "2 x 0.59", ""),
        row(RowKind::Item, "Grapes, seedless, from the region", "1.74 B"),
        row(RowKind::Detail, "0.435 kg x 3.99/kg", ""),
        row(RowKind::Item, "Whole milk 1 l", "1.19 B"),
        row(RowKind::Rule, "", ""),
        row(RowKind::Total, "Total", "4.11 EUR"),
        row(RowKind::Tender, "Card", "4.11"),
        row(RowKind::Rule, "", ""),
        row(RowKind::Tax, "B 7 % net 3.84", "VAT 0.27"),
        row(RowKind::Footer, "Thank you. Keep the receipt for returns.", ""),
    ]
}

fn sale_row(number: u64) -> SaleRowView {
    let kind = match number {
        1_039 => SaleKind::Refund,
        1_035 => SaleKind::Void,
        _ => SaleKind::Sale,
    };
    let cents = i64::try_from(number * 37 % 4_000).unwrap_or(0) + 59;
    SaleRowView {
        number,
        when: format!("2026-11-21 11:{:02}", number % 60),
        kind,
        method: Some(if number.is_multiple_of(3) {
            PaymentMethod::Attendant
        } else {
            PaymentMethod::Card
        }),
        lines: number % 7 + 1,
        total: eur(cents),
        given_back: (number == 1_038).then(|| eur(59)),
        model: "checkout-1".to_owned(),
    }
}

/// The list of sales, with a receipt beside it.
pub(crate) fn sales() -> SalesView {
    SalesView {
        currency: Currency::EUR,
        rows: (1_003..=1_042).rev().map(sale_row).collect(),
        count: 1_042,
        first: 1,
        has_newer: false,
        has_older: true,
        today: Timestamp(1_795_219_200_000),
        wanted: SalesWanted::default(),
        products: Arc::new(vec![
            ("4011".to_owned(), "Apple".to_owned()),
            ("4012".to_owned(), "Banana".to_owned()),
        ]),
        models: vec!["checkout-1".to_owned()],
        open: Some(pane()),
    }
}

/// A receipt with all that can be done with it.
pub(crate) fn pane() -> ReceiptPane {
    ReceiptPane {
        number: 1_042,
        kind: SaleKind::Sale,
        paper: paper(),
        model: Some("checkout-1".to_owned()),
        refund_of: None,
        refunds: Vec::new(),
        can_refund: true,
        can_void: true,
        saved_to: None,
        draft: None,
    }
}

/// Money that is about to be given back.
pub(crate) fn draft() -> RefundDraft {
    let line = |line, name: &str, left, unit_price, chosen| LeftLine {
        line: LineId(line),
        name: name.to_owned(),
        left,
        unit_price: eur(unit_price),
        chosen,
    };
    RefundDraft {
        is_void: false,
        method: PaymentMethod::Card,
        lines: vec![
            line(1, "Apple", Quantity::Count(2), 59, 1),
            line(2, "Grapes", Quantity::Weight { grams: 435 }, 399, 0),
            line(3, "Whole milk 1 l", Quantity::Count(1), 119, 0),
        ],
        amount: Some(eur(59)),
    }
}

fn charts() -> ChartsView {
    let per_hour = [
        0, 0, 0, 0, 0, 0, 0, 1_250, 4_830, 6_120, 7_415, 9_980, 12_340, 8_210, 5_530, 6_045, 9_870, 14_225,
        11_060, 6_340, 2_115, 0, 0, 0,
    ];
    let hour = |(hour, cents): (usize, &i64)| BarView {
        label: format!("{hour} to {} o'clock", hour + 1),
        amount: eur(*cents),
        count: format!("{} sales", cents / 411),
    };
    let products = [
        ("Whole milk 1 l", 24_115),
        ("Banana", 18_990),
        ("Apple", 16_225),
        ("Grapes, seedless, from the region", 9_935),
        ("Wholegrain bread", 8_410),
        ("Butter", 6_225),
        ("Tomatoes", 5_180),
        ("Mineral water", 3_960),
    ];
    ChartsView {
        period: ChartPeriod::Today,
        currency: Currency::EUR,
        hours: per_hour.iter().enumerate().map(hour).collect(),
        products: products
            .into_iter()
            .map(|(name, cents)| BarView {
                label: name.to_owned(),
                amount: eur(cents),
                count: format!("{} \u{d7}", cents / 119),
            })
            .collect(),
        total: eur(per_hour.iter().sum()),
        count: 248,
    }
}

/// A drawer with 85.84 in it.
pub(crate) fn cash() -> CashView {
    let drawer = Drawer {
        float: eur(10_000),
        taken: eur(584),
        given_back: eur(0),
        pay_ins: eur(0),
        pay_outs: eur(2_000),
    };
    let entry = |kind, amount, difference: Option<i64>, reason: &str| DrawerEntryView {
        when: "2026-11-21 11:48".to_owned(),
        who: "Kim".to_owned(),
        kind,
        amount: eur(amount),
        difference: difference.map(eur),
        reason: reason.to_owned(),
    };
    CashView {
        currency: Currency::EUR,
        drawer: Some(drawer),
        denominations: denominations(Currency::EUR),
        entries: vec![
            entry(DrawerEntryKind::PayOut, 2_000, None, "bank"),
            entry(DrawerEntryKind::Count, 10_344, Some(-4), "4 cents are missing"),
            entry(DrawerEntryKind::Float, 10_000, None, ""),
        ],
        counted: CashUp::of(drawer, eur(8_580)).ok(),
        done: 3,
    }
}

fn reports() -> ReportsView {
    let z_row = |number: u64| ZRowView {
        number,
        when: format!("2026-11-{:02} 20:05", number % 28 + 1),
        who: "Mona".to_owned(),
        count: 180 + number * 7 % 90,
        net: eur(80_000 + i64::try_from(number).unwrap_or(0) * 1_733),
    };
    let mut rows = vec![
        row(RowKind::Header, "Obst Meyer", ""),
        row(RowKind::Header, "Z report 20", ""),
        row(RowKind::Rule, "", ""),
        row(RowKind::Meta, "Since", "2026-11-20 20:05"),
        row(RowKind::Meta, "Until", "2026-11-21 20:05"),
        row(RowKind::Meta, "By", "Mona"),
        row(RowKind::Rule, "", ""),
        row(RowKind::Item, "Sales (248)", "1053.30"),
        row(RowKind::Item, "Refunds (2)", "-3.17"),
        row(RowKind::Item, "Voids (0)", "0.00"),
        row(RowKind::Total, "Net", "1050.13 EUR"),
        row(RowKind::Rule, "", ""),
        row(RowKind::Tax, "19 % of 241.55 net", "45.89"),
        row(RowKind::Tax, "7 % of 712.79 net", "49.90"),
    ];
    rows.push(row(RowKind::Header, "Since the beginning", ""));
    rows.push(row(RowKind::Subtotal, "Net", "21480.44"));
    ReportsView {
        list: (1..=20).rev().map(z_row).collect(),
        shown: Some(ReportPaper {
            number: Some(20),
            rows,
            saved_to: Some("/srv/tillsight/reports/z-00020.pdf".to_owned()),
        }),
    }
}

/// The day, as a manager sees it.
pub(crate) fn day(tab: DayTab) -> DayView {
    DayView {
        tab,
        allowed: Permission::ALL.to_vec(),
        sales: Box::new(sales()),
        charts: Box::new(charts()),
        cash: Box::new(cash()),
        reports: Box::new(reports()),
    }
}

fn seen(class: usize, percent: u16, [x0, y0, x1, y1]: [f32; 4]) -> SeenBox {
    SeenBox {
        class,
        percent,
        bbox: CornerBox { x0, y0, x1, y1 },
    }
}

fn values() -> BTreeMap<Setting, String> {
    [
        (
            Setting::Header,
            "Obst Meyer\nAm Markt 3\n20095 Hamburg\nUSt-IdNr. DE123456789",
        ),
        (Setting::Footer, "Thank you. Keep the receipt for returns."),
        (Setting::PriceMode, "inclusive"),
        (Setting::Language, "en"),
        (Setting::Theme, "light"),
        (Setting::Motion, "on"),
        (Setting::Scan, "auto"),
        (Setting::Engine, "auto"),
        (Setting::Terminal, "approve"),
        (Setting::Source, "camera"),
        (Setting::ReceiptFolder, "/srv/tillsight/receipts"),
        (Setting::Printer, "192.168.1.20:9100"),
        (Setting::LockMinutes, "5"),
        (Setting::Corrections, "on"),
        (Setting::KeepDays, "30"),
        (Setting::BackupFolder, "/media/stick/backups"),
        (Setting::BackupHours, "24"),
    ]
    .map(|(setting, value)| (setting, value.to_owned()))
    .into()
}

/// The settings, as a manager sees them; with a picture to see things in.
pub(crate) fn settings(tab: SettingsTab, picture: Option<&RgbImage>) -> SettingsView {
    let class = |class: &str, name: &str, usual, threshold| ClassView {
        class: class.to_owned(),
        name: name.to_owned(),
        usual,
        threshold,
    };
    let tests = [
        (Device::Camera, true, "Works: HD Pro Webcam C920, 1280 x 720."),
        (
            Device::Printer,
            false,
            "the printer 192.168.1.20:9100 does not take the page (timed out): check that it is on and has paper",
        ),
    ];
    let backup = |when: &str, outcome: &str, is_made| BackupRow {
        when: when.to_owned(),
        path: "/media/stick/backups/tillsight-20261121-040000.db".to_owned(),
        outcome: outcome.to_owned(),
        is_made,
    };
    SettingsView {
        tab,
        values: Arc::new(values()),
        currency: "EUR".to_owned(),
        currencies: ["EUR", "USD", "GBP", "CHF"].map(str::to_owned).to_vec(),
        taxes: [("standard", 1_900, 28), ("reduced", 700, 64)]
            .map(|(id, basis_points, products)| TaxView {
                id: id.to_owned(),
                basis_points,
                products,
            })
            .to_vec(),
        classes: vec![
            class("apple", "Apple", 50, 50),
            class("banana", "Banana", 50, 35),
            class("milk", "Whole milk 1 l", 50, 60),
        ],
        zone: [8, 5, 95, 92],
        sight: picture.map(|picture| SightView {
            frame: Frame::new(picture.clone(), FrameId(9), Duration::ZERO),
            boxes: vec![
                seen(0, 96, [0.400, 0.118, 0.541, 0.310]),
                seen(0, 91, [0.280, 0.246, 0.435, 0.452]),
                seen(1, 88, [0.398, 0.268, 0.715, 0.518]),
                seen(2, 55, [0.287, 0.462, 0.770, 0.843]),
                seen(0, 18, [0.118, 0.632, 0.285, 0.840]),
            ],
        }),
        cameras: vec![("camera".to_owned(), "The first camera".to_owned())],
        tests: tests
            .map(|(device, works, sentence)| {
                let sentence = sentence.to_owned();
                (device, TestResult { works, sentence })
            })
            .into(),
        kept: Some(17),
        backups: vec![
            backup("2026-11-21 04:00", "2.4 MB", true),
            backup("2026-11-20 04:00", "the disk is full", false),
        ],
        is_backing_up: false,
        about: [
            ("Version", "0.1.0"),
            ("Model in use", "checkout-1"),
            ("Computed by", "Processor"),
            ("Data folder", "/srv/tillsight"),
            ("Database", "2.4 MB"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        licences: "Tillsight is under the MIT licence.\n\nburn: MIT or Apache 2.0\negui: MIT or Apache 2.0\n",
        diagnostics: None,
    }
}
