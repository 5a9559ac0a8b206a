//! What the pages of the day ask the database: each a function of the store, with no screen in it.

use crate::{
    app::{kiosk::settings::ShopSettings, receipts},
    domain::cash::Drawer,
    domain::{money::Currency, receipt::ReceiptRow, time::Timestamp},
    store::{
        Store,
        cash::CashEntry,
        day::DayReport,
        error::StoreError,
        refunds::ReceiptView,
        report::{ProductTally, Tally},
        sales_csv::CsvStyle,
        sales_list::{ReceiptKind, SaleRow, SalesFilter},
        series::{DAY_MS, SeriesRequest},
    },
    ui::{
        office::day::view::{ChartPeriod, SaleKind, SalesWanted},
        words::Lang,
    },
};

/// Receipts on one page of the list.
pub(super) const PAGE: u32 = 50;
/// Products in the chart.
const MOST_PRODUCTS: usize = 12;
/// Entries of the drawer that show.
const ENTRIES: u32 = 40;
/// Z reports that show.
const REPORTS: u32 = 400;

/// A page of the list.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Each with how far the clock on the wall was ahead of UTC when it was paid.
    pub(super) rows: Vec<(SaleRow, i64)>,
    /// How many there are on all pages.
    pub(super) count: u64,
    /// Models that sold something.
    pub(super) models: Vec<String>,
}

/// The filter of the store. A day begins and ends by the clock on the wall.
pub(super) fn filter(store: &Store, wanted: &SalesWanted) -> Result<SalesFilter, StoreError> {
    Ok(SalesFilter {
        from: wanted.from.map(|day| midnight(store, day)).transpose()?,
        to: wanted
            .to
            .map(|day| midnight(store, day.plus_ms(DAY_MS)))
            .transpose()?,
        least: wanted.least.map(crate::domain::money::Money::minor),
        most: wanted.most.map(crate::domain::money::Money::minor),
        kind: wanted.kind.map(|kind| match kind {
            SaleKind::Sale => ReceiptKind::Sale,
            SaleKind::Refund => ReceiptKind::Refund,
            SaleKind::Void => ReceiptKind::Void,
        }),
        method: wanted.method,
        text: wanted.text.clone(),
        sku: wanted.sku.clone(),
        model: wanted.model.clone(),
    })
}

/// When a date, given as midnight in UTC, begins by the clock on the wall.
pub(super) fn midnight(store: &Store, date: Timestamp) -> Result<Timestamp, StoreError> {
    // The zone of the moment that is meant: at a change of the clocks the first guess is an hour off.
    let guess = date.plus_ms(-store.utc_offset_ms(date)?);
    Ok(date.plus_ms(-store.utc_offset_ms(guess)?))
}

/// The date on the wall at a moment, as midnight in UTC.
pub(super) fn date_of(at: Timestamp, utc_offset_ms: i64) -> Timestamp {
    let local = at.plus_ms(utc_offset_ms);
    Timestamp(local.0 - local.0.rem_euclid(DAY_MS))
}

/// A page of the list: what comes before a receipt, or the newest.
pub(super) fn list(store: &Store, wanted: &SalesWanted, before: Option<u64>) -> Result<Listed, StoreError> {
    let filter = filter(store, wanted)?;
    let rows = store.sales_page(&filter, before, PAGE)?;
    let with_offset = |row: SaleRow| Ok((store.utc_offset_ms(row.completed_at)?, row));
    let rows = rows
        .into_iter()
        .map(|row| with_offset(row).map(|(offset, row)| (row, offset)))
        .collect::<Result<_, StoreError>>()?;
    let sold = store.sales_by_model()?;
    Ok(Listed {
        rows,
        count: store.sales_count(&filter)?,
        models: sold.into_iter().map(|(model, _)| model).collect(),
    })
}

/// The number of the last receipt.
pub(super) fn newest_receipt(store: &Store) -> Result<Option<u64>, StoreError> {
    let newest = store.sales_page(&SalesFilter::default(), None, 1)?;
    Ok(newest.first().map(|row| row.receipt_number))
}

/// A receipt with its rows as they are printed.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) view: ReceiptView,
    pub(super) paper: Vec<ReceiptRow>,
    pub(super) utc_offset_ms: i64,
}

/// Reads a receipt.
pub(super) fn open(store: &Store, number: u64, lang: Lang) -> Result<Opened, StoreError> {
    let view = store.receipt_view(number)?;
    let settings = ShopSettings::read(store)?;
    let receipt = receipts::of_view(&view, &settings, lang);
    let utc_offset_ms = store.utc_offset_ms(receipt.time)?;
    let time = receipts::local_time(receipt.time, utc_offset_ms, lang);
    Ok(Opened {
        paper: receipt.rows(&receipts::words(lang), &time),
        view,
        utc_offset_ms,
    })
}

/// Sales of some days, by hour and by product.
#[derive(Debug)]
pub(super) struct Charted {
    pub(super) period: ChartPeriod,
    pub(super) hours: [Tally; 24],
    pub(super) products: Vec<ProductTally>,
    pub(super) total: Tally,
}

/// First day (included) and the day after the last of a period, as midnight in UTC.
pub(super) fn days_of(period: ChartPeriod, today: Timestamp) -> (Timestamp, Timestamp) {
    let (back, length) = match period {
        ChartPeriod::Today => (0, 1),
        ChartPeriod::Yesterday => (1, 1),
        ChartPeriod::Week => (6, 7),
        ChartPeriod::Month => (29, 30),
    };
    let from = today.plus_ms(-back * DAY_MS);
    (from, from.plus_ms(length * DAY_MS))
}

/// Adds the charts up.
pub(super) fn chart(
    store: &Store,
    (period, now): (ChartPeriod, Timestamp),
    currency: Currency,
) -> Result<Charted, StoreError> {
    let utc_offset_ms = store.utc_offset_ms(now)?;
    let (first, end) = days_of(period, date_of(now, utc_offset_ms));
    let (from, to) = (midnight(store, first)?, midnight(store, end)?);
    let request = SeriesRequest {
        from,
        to,
        currency,
        utc_offset_ms,
    };
    let report = store.report(from, to, currency)?;
    Ok(Charted {
        period,
        hours: store.sales_by_hour(&request)?,
        products: report.by_product.into_iter().take(MOST_PRODUCTS).collect(),
        total: Tally {
            count: report.count,
            amount: report.gross,
        },
    })
}

/// The drawer and its newest entries, each with how far the clock was ahead of UTC.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) drawer: Drawer,
    pub(super) entries: Vec<(CashEntry, i64)>,
}

/// Reads the drawer.
pub(super) fn cash(store: &Store, currency: Currency) -> Result<Counted, StoreError> {
    let entries = store.cash_entries(ENTRIES)?;
    let entries = entries
        .into_iter()
        .map(|entry| store.utc_offset_ms(entry.at).map(|offset| (entry, offset)))
        .collect::<Result<_, _>>()?;
    Ok(Counted {
        drawer: store.drawer(currency)?,
        entries,
    })
}

/// A report, and what is printed around it.
#[derive(Debug, Clone)]
pub(super) struct Reported {
    pub(super) report: DayReport,
    pub(super) header: Vec<String>,
    pub(super) utc_offset_ms: i64,
}

/// Puts the shop's name over a report.
pub(super) fn reported(store: &Store, report: DayReport) -> Result<Reported, StoreError> {
    Ok(Reported {
        header: ShopSettings::read(store)?.receipt_header,
        utc_offset_ms: store.utc_offset_ms(report.at)?,
        report,
    })
}

/// The closed days, the newest first.
pub(super) fn reports(store: &Store) -> Result<Vec<(DayReport, i64)>, StoreError> {
    store
        .z_reports(REPORTS)?
        .into_iter()
        .map(|report| store.utc_offset_ms(report.at).map(|offset| (report, offset)))
        .collect()
}

/// The sales of the days that are listed as a table, and how many rows it has.
pub(super) fn export(
    store: &Store,
    wanted: &SalesWanted,
    (decimal, now): (char, Timestamp),
) -> Result<(Vec<u8>, u64), StoreError> {
    let filter = filter(store, wanted)?;
    let style = CsvStyle {
        decimal,
        utc_offset_ms: store.utc_offset_ms(now)?,
    };
    let mut bytes = Vec::new();
    let period = (
        filter.from.unwrap_or(Timestamp(0)),
        filter.to.unwrap_or(now.plus_ms(1)),
    );
    let rows = store.export_sales(period, style, &mut bytes)?;
    Ok((bytes, rows))
}
