//! From what was read to what shows.

use std::sync::Arc;

use crate::{
    app::{
        office::{
            Desk,
            day::{DayPage, OpenReceipt, jobs, report},
        },
        receipts,
    },
    domain::{cash::denominations, money::Money, quantity::Quantity, refund, staff::Permission},
    store::{
        cash::{CashEntry, CashKind},
        day::DayReport,
        report::{ProductTally, Tally},
        sales_list::{ReceiptKind, SaleRow},
    },
    ui::{
        office::day::view::{
            BarView, CashView, ChartsView, DayView, DrawerEntryKind, DrawerEntryView, LeftLine, ReceiptPane,
            RefundDraft, RefundNoteView, ReportPaper, ReportsView, SaleKind, SaleRowView, SalesView,
            ZRowView,
        },
        words::DayWord,
    },
};

/// The view of the page.
pub(super) fn of(page: &DayPage, desk: &Desk) -> DayView {
    let allowed = Permission::ALL.into_iter().filter(|what| desk.may(*what));
    DayView {
        tab: page.tab,
        allowed: allowed.collect(),
        sales: Box::new(sales(page, desk)),
        charts: Box::new(charts(page, desk)),
        cash: Box::new(cash(page, desk)),
        reports: Box::new(reports(page, desk)),
    }
}

fn sales(page: &DayPage, desk: &Desk) -> SalesView {
    SalesView {
        currency: desk.currency(),
        rows: page
            .listed
            .rows
            .iter()
            .map(|(row, offset)| sale_row(row, *offset, desk))
            .collect(),
        count: page.listed.count,
        first: page.first(),
        has_newer: page.begins.len() > 1,
        has_older: page.has_older(),
        today: jobs::date_of(desk.now(), desk.utc_offset_ms()),
        wanted: page.wanted.clone(),
        products: Arc::clone(&page.products),
        models: page.listed.models.clone(),
        open: page.open.as_ref().map(|open| pane(open, desk)),
    }
}

/// SKU and name of all products, by name.
pub(super) fn products(desk: &Desk) -> Arc<Vec<(String, String)>> {
    let code = desk.lang().code();
    let mut products: Vec<(String, String)> = desk
        .catalog()
        .products()
        .iter()
        .map(|product| (product.sku.as_str().to_owned(), product.name_in(code).to_owned()))
        .collect();
    products.sort_by_cached_key(|(_, name)| name.to_lowercase());
    Arc::new(products)
}

fn kind_of(kind: ReceiptKind) -> SaleKind {
    match kind {
        ReceiptKind::Sale => SaleKind::Sale,
        ReceiptKind::Refund => SaleKind::Refund,
        ReceiptKind::Void => SaleKind::Void,
    }
}

fn sale_row(row: &SaleRow, utc_offset_ms: i64, desk: &Desk) -> SaleRowView {
    SaleRowView {
        number: row.receipt_number,
        when: receipts::local_time(row.completed_at, utc_offset_ms, desk.lang()),
        kind: kind_of(row.kind),
        method: row.method,
        lines: row.lines,
        total: row.total,
        given_back: Some(row.given_back).filter(|amount| amount.minor() != 0),
        model: row.model.clone().unwrap_or_default(),
    }
}

fn pane(open: &OpenReceipt, desk: &Desk) -> ReceiptPane {
    let view = &open.opened.view;
    let kind = match &view.refund_of {
        None => SaleKind::Sale,
        Some((_, note)) if note.void => SaleKind::Void,
        Some(_) => SaleKind::Refund,
    };
    let is_sale = kind == SaleKind::Sale;
    let lang = desk.lang();
    ReceiptPane {
        number: view.number,
        kind,
        paper: open.opened.paper.clone(),
        model: view.model.clone(),
        refund_of: view.refund_of.as_ref().map(|(number, _)| *number),
        refunds: view
            .refunds
            .iter()
            .map(|note| RefundNoteView {
                number: note.receipt_number,
                when: receipts::local_time(note.at, open.opened.utc_offset_ms, lang),
                who: note.actor.clone(),
                reason: note.reason.clone(),
                is_void: note.void,
                total: note.total,
            })
            .collect(),
        can_refund: is_sale && !view.left.is_empty(),
        can_void: is_sale && view.refunds.is_empty() && !view.left.is_empty(),
        saved_to: open.saved_to.as_ref().map(|path| path.display().to_string()),
        draft: open.draft.as_ref().map(|draft| RefundDraft {
            is_void: draft.is_void,
            method: draft.method,
            lines: left_lines(open, draft),
            amount: open.amount(draft),
        }),
    }
}

fn left_lines(open: &OpenReceipt, draft: &super::Draft) -> Vec<LeftLine> {
    let view = &open.opened.view;
    view.left
        .iter()
        .filter_map(|part| {
            let line = view.sale.lines.iter().find(|line| line.id == part.line)?;
            let chosen = draft.parts.iter().find(|chosen| chosen.line == part.line);
            Some(LeftLine {
                line: part.line,
                name: line.name.clone(),
                left: part.quantity,
                unit_price: line.unit_price,
                chosen: chosen.map_or(0, |chosen| refund::number(chosen.quantity)),
            })
        })
        .collect()
}

fn charts(page: &DayPage, desk: &Desk) -> ChartsView {
    let currency = desk.currency();
    let charted = page
        .charted
        .as_ref()
        .filter(|charted| charted.period == page.period);
    ChartsView {
        period: page.period,
        currency,
        hours: charted.map_or_else(Vec::new, |charted| {
            charted
                .hours
                .iter()
                .enumerate()
                .map(|(hour, tally)| hour_bar(hour, *tally, desk))
                .collect()
        }),
        products: charted.map_or_else(Vec::new, |charted| {
            charted
                .products
                .iter()
                .map(|product| product_bar(product, desk))
                .collect()
        }),
        total: charted.map_or_else(|| Money::zero(currency), |charted| charted.total.amount),
        count: charted.map_or(0, |charted| charted.total.count),
    }
}

fn hour_bar(hour: usize, tally: Tally, desk: &Desk) -> BarView {
    let (from, to) = (hour.to_string(), (hour + 1).to_string());
    let words = desk.words();
    BarView {
        label: words.with(DayWord::Hour, &[("from", &from), ("to", &to)]),
        amount: tally.amount,
        count: words.count(
            DayWord::SalesCount,
            usize::try_from(tally.count).unwrap_or(usize::MAX),
        ),
    }
}

fn product_bar(product: &ProductTally, desk: &Desk) -> BarView {
    let mut parts = Vec::new();
    if product.count > 0 {
        parts.push(format!("{} \u{d7}", product.count));
    }
    if let Some(grams) = u32::try_from(product.grams).ok().filter(|grams| *grams > 0) {
        parts.push(desk.words().quantity(Quantity::Weight { grams }));
    }
    BarView {
        label: product.name.clone(),
        amount: product.amount,
        count: parts.join(" + "),
    }
}

fn cash(page: &DayPage, desk: &Desk) -> CashView {
    let currency = desk.currency();
    CashView {
        currency,
        drawer: page.counted.as_ref().map(|counted| counted.drawer),
        denominations: denominations(currency),
        entries: page.counted.as_ref().map_or_else(Vec::new, |counted| {
            counted
                .entries
                .iter()
                .map(|(entry, offset)| drawer_entry(entry, *offset, desk))
                .collect()
        }),
        counted: page.up,
        done: page.entries_made,
    }
}

fn drawer_entry(entry: &CashEntry, utc_offset_ms: i64, desk: &Desk) -> DrawerEntryView {
    DrawerEntryView {
        when: receipts::local_time(entry.at, utc_offset_ms, desk.lang()),
        who: entry.actor.clone(),
        kind: match entry.kind {
            CashKind::Float => DrawerEntryKind::Float,
            CashKind::PayIn => DrawerEntryKind::PayIn,
            CashKind::PayOut => DrawerEntryKind::PayOut,
            CashKind::Count => DrawerEntryKind::Count,
        },
        amount: entry.amount,
        difference: entry
            .expected
            .and_then(|expected| entry.amount.checked_sub(expected).ok()),
        reason: entry.reason.clone().unwrap_or_default(),
    }
}

fn reports(page: &DayPage, desk: &Desk) -> ReportsView {
    let z_row = |(report, offset): &(DayReport, i64)| {
        Some(ZRowView {
            number: report.z_number?,
            when: receipts::local_time(report.at, *offset, desk.lang()),
            who: report.actor.clone(),
            count: report.sales.count,
            net: report.net,
        })
    };
    ReportsView {
        list: page.reports.iter().filter_map(z_row).collect(),
        shown: page.shown.as_ref().map(|shown| ReportPaper {
            number: shown.reported.report.z_number,
            rows: report::rows(&shown.reported, desk.words()),
            saved_to: shown.saved_to.as_ref().map(|path| path.display().to_string()),
        }),
    }
}
