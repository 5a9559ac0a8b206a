//! X and Z reports as rows of paper: the same rows show on the screen and go into the files.

use crate::{
    app::{office::day::jobs::Reported, receipts},
    domain::{
        money::Money,
        receipt::{ReceiptRow, RowKind},
        sale::PaymentMethod,
        time::Timestamp,
    },
    store::{day::DayReport, report::Tally},
    ui::words::{DayWord, Words, decimal},
};

/// The rows of a report, top to bottom.
pub(super) fn rows(reported: &Reported, words: &Words) -> Vec<ReceiptRow> {
    let mut paper = Paper {
        words,
        rows: Vec::new(),
    };
    let report = &reported.report;
    for text in &reported.header {
        paper.put(RowKind::Header, text, "");
    }
    paper.head(report, reported.utc_offset_ms);
    paper.sales(report);
    paper.taxes(report);
    paper.methods(report);
    paper.voids(report);
    paper.cash(report);
    paper.grand(report);
    paper.rows
}

struct Paper<'a> {
    words: &'a Words,
    rows: Vec<ReceiptRow>,
}

impl Paper<'_> {
    fn put(&mut self, kind: RowKind, left: &str, right: &str) {
        self.rows.push(ReceiptRow {
            kind,
            left: left.to_owned(),
            right: right.to_owned(),
        });
    }

    fn rule(&mut self) {
        self.put(RowKind::Rule, "", "");
    }

    fn say(&self, word: DayWord) -> String {
        self.words.say(word)
    }

    /// Digits with the sign, as on a receipt: the currency stands once, beside the sum.
    fn digits(&self, amount: Money) -> String {
        let sign = if amount.is_negative() { "-" } else { "" };
        format!("{sign}{}", decimal(amount, self.words.lang(), false))
    }

    fn amount(&mut self, kind: RowKind, word: DayWord, amount: Money) {
        let (left, right) = (self.say(word), self.digits(amount));
        self.put(kind, &left, &right);
    }

    /// "Sales (12)" and what they amount to; what is given back is below zero.
    fn tally(&mut self, word: DayWord, tally: Tally, goes_out: bool) {
        let left = format!("{} ({})", self.say(word), tally.count);
        let sign = if goes_out && tally.amount.minor() != 0 {
            "-"
        } else {
            ""
        };
        let right = format!("{sign}{}", self.digits(tally.amount));
        self.put(RowKind::Item, &left, &right);
    }

    fn head(&mut self, report: &DayReport, utc_offset_ms: i64) {
        let title = match report.z_number {
            Some(number) => self
                .words
                .with(DayWord::ZTitle, &[("number", &number.to_string())]),
            None => self.say(DayWord::XTitle),
        };
        self.put(RowKind::Header, &title, "");
        if report.z_number.is_none() {
            let note = self.say(DayWord::PrintNotClosed);
            self.put(RowKind::Header, &note, "");
        }
        self.rule();
        let lang = self.words.lang();
        let time = |at: Timestamp| receipts::local_time(at, utc_offset_ms, lang);
        let since = match report.since {
            Some(at) => time(at),
            None => self.say(DayWord::PrintBeginning),
        };
        let (left, until) = (self.say(DayWord::PrintSince), time(report.at));
        self.put(RowKind::Meta, &left, &since);
        let left = self.say(DayWord::PrintUntil);
        self.put(RowKind::Meta, &left, &until);
        let left = self.say(DayWord::Who);
        self.put(RowKind::Meta, &left, &report.actor);
        let receipts = match report.receipts {
            Some((first, last)) => format!("{first} - {last}"),
            None => "-".to_owned(),
        };
        let left = self.say(DayWord::PrintReceipts);
        self.put(RowKind::Meta, &left, &receipts);
    }

    fn sales(&mut self, report: &DayReport) {
        self.rule();
        self.tally(DayWord::KindSales, report.sales, false);
        self.tally(DayWord::KindRefunds, report.refunds, true);
        self.tally(DayWord::KindVoids, report.voided_sales, true);
        let net = format!("{} {}", self.digits(report.net), report.currency);
        let left = self.say(DayWord::Net);
        self.put(RowKind::Total, &left, &net);
    }

    fn taxes(&mut self, report: &DayReport) {
        if report.taxes.is_empty() {
            return;
        }
        self.rule();
        let separator = self.words.lang().decimal();
        for group in &report.taxes {
            let rate = group.rate.percent_text(separator);
            let args = [("rate", rate.as_str()), ("net", &self.digits(group.net))];
            let left = self.words.with(DayWord::PrintTax, &args);
            let right = self.digits(group.tax);
            self.put(RowKind::Tax, &left, &right);
        }
    }

    fn methods(&mut self, report: &DayReport) {
        if report.methods.is_empty() {
            return;
        }
        self.rule();
        for method in &report.methods {
            let word = match method.method {
                PaymentMethod::Card => DayWord::Card,
                PaymentMethod::Attendant => DayWord::Till,
            };
            self.tally(word, method.taken, false);
            if method.given_back.count > 0 {
                let name = self.say(word);
                let back = self.words.with(DayWord::PrintBack, &[("method", &name)]);
                let left = format!("{back} ({})", method.given_back.count);
                let right = format!("-{}", self.digits(method.given_back.amount));
                self.put(RowKind::Item, &left, &right);
            }
        }
    }

    fn voids(&mut self, report: &DayReport) {
        self.rule();
        self.tally(DayWord::PrintVoidedLines, report.voided_lines, false);
        self.tally(DayWord::PrintVoidedBaskets, report.voided_baskets, false);
    }

    fn cash(&mut self, report: &DayReport) {
        let Some(up) = report.cash else {
            return;
        };
        self.rule();
        for (word, amount) in [
            (DayWord::Float, up.drawer.float),
            (DayWord::Taken, up.drawer.taken),
            (DayWord::GivenBack, up.drawer.given_back),
            (DayWord::PaidIn, up.drawer.pay_ins),
            (DayWord::PaidOut, up.drawer.pay_outs),
            (DayWord::Expected, up.expected),
            (DayWord::Counted, up.counted),
        ] {
            self.amount(RowKind::Item, word, amount);
        }
        self.amount(RowKind::Subtotal, DayWord::Difference, up.difference);
    }

    fn grand(&mut self, report: &DayReport) {
        self.rule();
        let title = self.say(DayWord::PrintGrand);
        self.put(RowKind::Header, &title, "");
        self.tally(DayWord::KindSales, report.grand.sales, false);
        self.tally(DayWord::GivenBack, report.grand.given_back, true);
        self.amount(RowKind::Subtotal, DayWord::Net, report.grand.net);
        if report.other_currencies > 0 {
            let count = usize::try_from(report.other_currencies).unwrap_or(usize::MAX);
            let note = self.words.count(DayWord::PrintOther, count);
            self.put(RowKind::Footer, &note, "");
        }
    }
}
