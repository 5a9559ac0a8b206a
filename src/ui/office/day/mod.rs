//! The day: sales and receipts, charts, the cash drawer, X and Z reports.
//!
//! Four pages under one head. They paint a [`DayView`] and return a [`DayCommand`]; what is typed lives in a
//! [`DayState`] until it is sent.

mod cash;
mod charts;
mod receipt;
mod reports;
mod sales;
pub mod view;

use eframe::egui::{Rect, Ui};

use crate::{
    domain::{cash::Counted, line::LineId, money::Money, sale::PaymentMethod, time::Timestamp},
    ui::{
        office::OfficeCommand,
        theme::{TOUCH, space},
        widgets::{Cx, form::pick_one_ui, take_top},
        words::{DayWord, Lang},
    },
};

pub use view::DayView;
use view::{ChartPeriod, DayTab, SalesWanted};

/// What is asked for on the pages of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayCommand {
    /// Show this page.
    Open(DayTab),
    /// List these receipts.
    Filter(Box<SalesWanted>),
    /// Go to the page with older receipts.
    Older,
    /// Go to the page with newer receipts.
    Newer,
    /// Open a receipt.
    OpenReceipt(u64),
    /// Close it.
    CloseReceipt,
    /// Save the open receipt again, as text and PDF.
    Reprint,
    /// Begin to give money back for the open receipt.
    BeginRefund,
    /// Begin to void it.
    BeginVoid,
    /// So much of a line is given back.
    SetPart {
        /// Which line.
        line: LineId,
        /// Pieces, or grams.
        number: u32,
    },
    /// All that is left is given back.
    TakeAll,
    /// The money goes back in this way.
    SetMethod(PaymentMethod),
    /// Give nothing back.
    CancelRefund,
    /// Give it back.
    ConfirmRefund {
        /// Why.
        reason: String,
    },
    /// Show these days in the charts.
    ShowPeriod(ChartPeriod),
    /// Put the float in.
    PutFloat(Money),
    /// Put money in besides.
    PayIn {
        /// How much.
        amount: Money,
        /// Why.
        reason: String,
    },
    /// Take money out besides.
    PayOut {
        /// How much.
        amount: Money,
        /// Why.
        reason: String,
    },
    /// The drawer was counted.
    Count {
        /// Notes and coins.
        counted: Counted,
        /// Why there is a difference.
        reason: String,
    },
    /// Make an X report.
    MakeX,
    /// Close the day.
    CloseDay,
    /// Show an earlier Z report.
    ShowZ(u64),
    /// Save the report that shows, as text and PDF.
    SaveReport,
    /// Save the sales of the days that are listed as a table.
    Export {
        /// Before the decimals.
        decimal: char,
    },
}

/// What is typed and chosen on the pages; lives between passes.
#[derive(Debug, Default)]
pub struct DayState {
    sales: sales::SalesState,
    receipt: receipt::ReceiptState,
    cash: cash::CashState,
    reports: reports::ReportsState,
}

/// Paints the page into `area`.
pub fn day_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &DayView, state: &mut DayState) {
    let mut area = area;
    let tabs = take_top(&mut area, TOUCH, space::L);
    let tabs = Rect::from_min_size(tabs.min, eframe::egui::vec2(tabs.width().min(900.0), TOUCH));
    let options = [
        (DayTab::Sales, cx.words.say(DayWord::Sales)),
        (DayTab::Charts, cx.words.say(DayWord::Charts)),
        (DayTab::Cash, cx.words.say(DayWord::Cash)),
        (DayTab::Reports, cx.words.say(DayWord::Reports)),
    ];
    if let Some(tab) = pick_one_ui(ui, cx, tabs, (&options, view.tab)) {
        send(cx, DayCommand::Open(tab));
    }
    match view.tab {
        DayTab::Sales => sales::sales_ui(ui, cx, area, view, state),
        DayTab::Charts => charts::charts_ui(ui, cx, area, &view.charts),
        DayTab::Cash => cash::cash_ui(ui, cx, area, view, &mut state.cash),
        DayTab::Reports => reports::reports_ui(ui, cx, area, view, &mut state.reports),
    }
}

fn send(cx: &mut Cx<'_>, command: DayCommand) {
    cx.office(OfficeCommand::Day(command));
}

/// A date that a person typed: "2026-01-31" or "31.1.2026", as midnight of that date in UTC.
fn parse_day(text: &str) -> Option<Timestamp> {
    let numbers = |sign: char| -> Option<Vec<i64>> {
        let parts: Vec<i64> = text
            .trim()
            .split(sign)
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        (parts.len() == 3).then_some(parts)
    };
    if let Some(parts) = numbers('-') {
        return Timestamp::from_utc_date(*parts.first()?, *parts.get(1)?, *parts.get(2)?);
    }
    let parts = numbers('.')?;
    Timestamp::from_utc_date(*parts.get(2)?, *parts.get(1)?, *parts.first()?)
}

/// A date as the language writes it.
fn day_text(day: Timestamp, lang: Lang) -> String {
    let date = day.to_utc();
    match lang {
        Lang::English => format!("{:04}-{:02}-{:02}", date.year, date.month, date.day),
        Lang::German => format!("{:02}.{:02}.{:04}", date.day, date.month, date.year),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_both_languages_write_them() {
        let day = Timestamp::from_utc_date(2026, 1, 31);
        assert!(day.is_some());
        for text in ["2026-01-31", "31.01.2026", " 31.1.2026 "] {
            assert_eq!(parse_day(text), day, "{text}");
        }
        for text in ["", "31", "2026-02-30", "31.1.", "1.2.3.4", "a-b-c"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
        for lang in Lang::ALL {
            assert_eq!(day.map(|day| parse_day(&day_text(day, lang))), Some(day));
        }
    }
}
