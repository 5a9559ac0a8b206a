//! The controller of the day: sales and receipts, charts, the cash drawer, X and Z reports.
//!
//! It keeps what was read last and what is about to be done; everything is read and written on the store's
//! thread, files on a thread of their own. Amounts to give back are worked out by the same rule as the
//! refund itself, so that the button never says another amount than the receipt.

mod files;
mod jobs;
mod report;
mod view;

#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc};

use crate::{
    app::office::{Desk, Office, PageDesk},
    domain::{
        line::LineId,
        money::Money,
        refund::{self, GivenBack, LinePart, Scope, like},
        sale::{PaymentMethod, SaleKey},
        staff::Permission,
        time::Timestamp,
    },
    store::{Store, audit::By, day::DayReport, error::StoreError, refunds::RefundRequest},
    ui::{
        office::{
            confirm::ConfirmView,
            day::{
                DayCommand,
                view::{ChartPeriod, DayTab, DayView, SalesWanted},
            },
        },
        words::DayWord,
    },
};

use jobs::{Charted, Counted, Listed, Opened, Reported};

/// So often the page looks whether something was sold, here or by another program.
const LOOK_MS: i64 = 3_000;

/// The page's memory.
#[derive(Debug)]
pub struct DayPage {
    tab: DayTab,
    wanted: SalesWanted,
    /// Where each page of the list up to this one begins.
    begins: Vec<Option<u64>>,
    listed: Listed,
    /// SKU and name of the products that can be asked for.
    products: Arc<Vec<(String, String)>>,
    open: Option<OpenReceipt>,
    period: ChartPeriod,
    charted: Option<Charted>,
    counted: Option<Counted>,
    up: Option<crate::domain::cash::CashUp>,
    entries_made: u64,
    reports: Vec<(DayReport, i64)>,
    shown: Option<ShownReport>,
    /// The last receipt there was, and when that was asked.
    newest: Option<u64>,
    asked_at: Option<Timestamp>,
}

impl Default for DayPage {
    fn default() -> Self {
        Self {
            tab: DayTab::default(),
            wanted: SalesWanted::default(),
            begins: vec![None],
            listed: Listed::default(),
            products: Arc::default(),
            open: None,
            period: ChartPeriod::default(),
            charted: None,
            counted: None,
            up: None,
            entries_made: 0,
            reports: Vec::new(),
            shown: None,
            newest: None,
            asked_at: None,
        }
    }
}

/// The receipt that is open.
#[derive(Debug)]
struct OpenReceipt {
    opened: Opened,
    saved_to: Option<PathBuf>,
    draft: Option<Draft>,
}

/// Money that is about to be given back. The key is drawn once: however often it is sent, it counts once.
#[derive(Debug, Clone)]
struct Draft {
    key: SaleKey,
    is_void: bool,
    method: PaymentMethod,
    parts: Vec<LinePart>,
}

/// The report that shows.
#[derive(Debug)]
struct ShownReport {
    reported: Reported,
    saved_to: Option<PathBuf>,
}

impl PageDesk for DayPage {
    type Command = DayCommand;
    type View = DayView;

    fn opened(&mut self, desk: &mut Desk) {
        self.products = view::products(desk);
        self.read_tab(desk);
    }

    fn tick(&mut self, desk: &mut Desk) {
        let now = desk.now();
        let age = self.asked_at.and_then(|at| now.checked_since(at));
        if age.is_some_and(|age| (0..LOOK_MS).contains(&age)) {
            return;
        }
        self.asked_at = Some(now);
        desk.read(jobs::newest_receipt, |office, desk, newest| {
            let before = std::mem::replace(&mut office.day.newest, newest);
            if before != newest {
                office.day.read_tab(desk);
            }
        });
    }

    fn catalog_changed(&mut self, desk: &mut Desk) {
        self.products = view::products(desk);
    }

    fn view(&self, desk: &Desk) -> DayView {
        view::of(self, desk)
    }

    fn apply(&mut self, command: DayCommand, desk: &mut Desk) {
        match command {
            DayCommand::Open(tab) => {
                self.tab = tab;
                self.read_tab(desk);
            }
            DayCommand::Filter(wanted) => {
                self.wanted = *wanted;
                self.begins = vec![None];
                self.read_list(desk);
            }
            DayCommand::Older => self.older(desk),
            DayCommand::Newer => {
                if self.begins.len() > 1 {
                    self.begins.pop();
                    self.read_list(desk);
                }
            }
            DayCommand::OpenReceipt(number) => open_receipt(desk, number),
            DayCommand::CloseReceipt => self.open = None,
            DayCommand::Reprint => self.reprint(desk),
            DayCommand::BeginRefund => self.begin(desk, Permission::Refund, false),
            DayCommand::BeginVoid => self.begin(desk, Permission::VoidSale, true),
            DayCommand::SetPart { line, number } => self.set_part(line, number),
            DayCommand::TakeAll => self.take_all(),
            DayCommand::SetMethod(method) => {
                if let Some(draft) = self.draft_mut() {
                    draft.method = method;
                }
            }
            DayCommand::CancelRefund => {
                if let Some(open) = &mut self.open {
                    open.draft = None;
                }
            }
            DayCommand::ConfirmRefund { reason } => self.give_back(reason, desk),
            DayCommand::ShowPeriod(period) => {
                self.period = period;
                self.read_charts(desk);
            }
            DayCommand::PutFloat(amount) => {
                self.enter(desk, move |store, by| store.put_float(amount, by).map(|()| None));
            }
            DayCommand::PayIn { amount, reason } => {
                self.enter(desk, move |store, by| {
                    store.pay_in(amount, &reason, by).map(|()| None)
                });
            }
            DayCommand::PayOut { amount, reason } => {
                self.enter(desk, move |store, by| {
                    store.pay_out(amount, &reason, by).map(|()| None)
                });
            }
            DayCommand::Count { counted, reason } => {
                let currency = desk.currency();
                self.enter(desk, move |store, by| {
                    store.count_cash(&counted, currency, &reason, by).map(Some)
                });
            }
            DayCommand::MakeX => make_report(desk, Permission::ReportX, Store::x_report),
            DayCommand::CloseDay => ask_to_close(desk),
            DayCommand::ShowZ(number) => desk.read(
                move |store| jobs::reported(store, store.read_z_report(number)?),
                |office, _, reported| office.day.show(reported),
            ),
            DayCommand::SaveReport => self.save_report(desk),
            DayCommand::Export { decimal } => self.export(decimal, desk),
        }
    }
}

impl DayPage {
    fn read_tab(&self, desk: &mut Desk) {
        match self.tab {
            DayTab::Sales => self.read_list(desk),
            DayTab::Charts => self.read_charts(desk),
            DayTab::Cash => read_cash(desk),
            DayTab::Reports => read_reports(desk),
        }
    }

    fn read_list(&self, desk: &mut Desk) {
        let wanted = self.wanted.clone();
        let before = self.begins.last().copied().flatten();
        desk.read(
            move |store| jobs::list(store, &wanted, before),
            |office, _, listed| office.day.listed = listed,
        );
    }

    fn older(&mut self, desk: &mut Desk) {
        let last = self.listed.rows.last().map(|(row, _)| row.receipt_number);
        if let Some(last) = last.filter(|_| self.has_older()) {
            self.begins.push(Some(last));
            self.read_list(desk);
        }
    }

    /// Place of the first row among all, from 1.
    fn first(&self) -> u64 {
        let before = self.begins.len().saturating_sub(1) as u64;
        before.saturating_mul(u64::from(jobs::PAGE)).saturating_add(1)
    }

    fn has_older(&self) -> bool {
        let shown = self.listed.rows.len() as u64;
        self.first().saturating_add(shown) <= self.listed.count
    }

    fn read_charts(&self, desk: &mut Desk) {
        let (period, now, currency) = (self.period, desk.now(), desk.currency());
        desk.read(
            move |store| jobs::chart(store, (period, now), currency),
            |office, _, charted| {
                // A slow answer to an earlier question is not shown under another name.
                if office.day.period == charted.period {
                    office.day.charted = Some(charted);
                }
            },
        );
    }

    fn draft_mut(&mut self) -> Option<&mut Draft> {
        self.open.as_mut()?.draft.as_mut()
    }

    fn begin(&mut self, desk: &mut Desk, permission: Permission, is_void: bool) {
        if !desk.check(permission) {
            return;
        }
        let Some(open) = &mut self.open else {
            return;
        };
        let method = open.opened.view.sale.tenders.first().map(|tender| tender.method);
        open.draft = Some(Draft {
            key: SaleKey(rand::random()),
            is_void,
            method: method.unwrap_or(PaymentMethod::Attendant),
            parts: if is_void {
                open.opened.view.left.clone()
            } else {
                Vec::new()
            },
        });
    }

    fn set_part(&mut self, line: LineId, number: u32) {
        let Some(open) = &mut self.open else {
            return;
        };
        let left = open.opened.view.left.iter().find(|part| part.line == line);
        let (Some(left), Some(draft)) = (left, &mut open.draft) else {
            return;
        };
        draft.parts.retain(|part| part.line != line);
        let number = number.min(refund::number(left.quantity));
        if number > 0 {
            draft.parts.push(LinePart {
                line,
                quantity: like(left.quantity, number),
            });
        }
    }

    fn take_all(&mut self) {
        if let Some(open) = &mut self.open
            && let Some(draft) = &mut open.draft
        {
            draft.parts.clone_from(&open.opened.view.left);
        }
    }

    fn give_back(&self, reason: String, desk: &mut Desk) {
        let Some((open, draft)) = self
            .open
            .as_ref()
            .and_then(|open| Some((open, open.draft.as_ref()?)))
        else {
            return;
        };
        let request = RefundRequest {
            key: draft.key,
            original: open.opened.view.number,
            scope: if draft.is_void {
                Scope::Everything
            } else {
                Scope::Parts(draft.parts.clone())
            },
            method: draft.method,
            reference: String::new(),
            reason,
        };
        let (permission, is_void) = if draft.is_void {
            (Permission::VoidSale, true)
        } else {
            (Permission::Refund, false)
        };
        desk.change(
            permission,
            move |store, by| {
                if is_void {
                    store.void_sale(&request, by)
                } else {
                    store.refund(&request, by)
                }
            },
            |office, desk, receipt| {
                // The new receipt opens, so that it can be printed and handed over.
                office.day.open = None;
                office.day.begins = vec![None];
                office.day.read_list(desk);
                open_receipt(desk, receipt);
            },
        );
    }

    /// An entry of the drawer.
    fn enter(
        &mut self,
        desk: &mut Desk,
        entry: impl FnOnce(&Store, By<'_>) -> Result<Option<crate::domain::cash::CashUp>, StoreError>
        + Send
        + 'static,
    ) {
        self.up = None;
        desk.change(Permission::CountCash, entry, |office, desk, up| {
            office.day.up = up;
            office.day.entries_made += 1;
            read_cash(desk);
        });
    }

    fn show(&mut self, reported: Reported) {
        self.shown = Some(ShownReport {
            reported,
            saved_to: None,
        });
    }
}

impl OpenReceipt {
    /// What the draft comes to; nothing when nothing is chosen.
    fn amount(&self, draft: &Draft) -> Option<Money> {
        let view = &self.opened.view;
        let back = GivenBack {
            key: draft.key,
            at: Timestamp(0),
            method: draft.method,
            reference: String::new(),
        };
        // What was given back before is what the lines had and no longer have.
        let before: Vec<LinePart> = view
            .sale
            .lines
            .iter()
            .filter(|line| !line.voided)
            .filter_map(|line| {
                let left = view.left.iter().find(|part| part.line == line.id);
                let left = left.map_or(0, |part| refund::number(part.quantity));
                let taken = refund::number(line.quantity).saturating_sub(left);
                (taken > 0).then(|| LinePart {
                    line: line.id,
                    quantity: like(line.quantity, taken),
                })
            })
            .collect();
        let scope = Scope::Parts(draft.parts.clone());
        refund::plan(&view.sale, &before, &scope, back)
            .ok()
            .map(|refund| refund.sale.totals.total)
    }
}

fn open_receipt(desk: &mut Desk, number: u64) {
    let lang = desk.lang();
    desk.read(
        move |store| jobs::open(store, number, lang),
        |office, _, opened| {
            office.day.open = Some(OpenReceipt {
                opened,
                saved_to: None,
                draft: None,
            });
        },
    );
}

fn read_cash(desk: &mut Desk) {
    let currency = desk.currency();
    desk.read(
        move |store| jobs::cash(store, currency),
        |office, _, counted| office.day.counted = Some(counted),
    );
}

fn read_reports(desk: &mut Desk) {
    desk.read(jobs::reports, |office, _, reports| office.day.reports = reports);
}

fn make_report(
    desk: &mut Desk,
    permission: Permission,
    make: impl FnOnce(&Store, crate::domain::money::Currency, By<'_>) -> Result<DayReport, StoreError>
    + Send
    + 'static,
) {
    let currency = desk.currency();
    desk.change(
        permission,
        move |store, by| jobs::reported(store, make(store, currency, by)?),
        |office: &mut Office, desk, reported| {
            office.day.show(reported);
            read_reports(desk);
        },
    );
}

fn ask_to_close(desk: &mut Desk) {
    if !desk.check(Permission::CloseDay) {
        return;
    }
    let words = desk.words();
    let question = ConfirmView {
        title: words.say(DayWord::CloseTitle),
        text: words.say(DayWord::CloseText),
        yes: words.say(DayWord::CloseYes),
        stops: false,
        wants_reason: false,
    };
    desk.confirm(question, |_, desk, _| {
        make_report(desk, Permission::CloseDay, Store::z_report);
    });
}
