//! `tillsight sales`: list, show, add up and check what was sold.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::app::cli::table::{Align, Table};
use crate::app::kiosk::settings::ShopSettings;
use crate::app::receipts;
use crate::domain::money::Currency;
use crate::domain::quantity::Quantity;
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::report::{ProductTally, SalesReport, Tally};

/// What to do with the sales.
#[derive(Debug, Subcommand)]
pub enum SalesCommand {
    /// Print one line per sale, newest first.
    List(ListArgs),
    /// Print the receipt of a sale.
    Show(ShowArgs),
    /// Add up a period: sales, tax, voids, refunds, products.
    Report(ReportArgs),
    /// Check that nothing that was written down has been touched.
    Verify,
}

/// A period of whole days.
#[derive(Debug, Args)]
pub struct PeriodArgs {
    /// First day, as 2026-01-31; without it, from the beginning.
    #[arg(long)]
    pub from: Option<String>,
    /// Last day, included; without it, up to now.
    #[arg(long)]
    pub to: Option<String>,
    /// How far the shop's clock is ahead of UTC, as +02:00 or -05:00.
    #[arg(long, default_value = "+00:00", allow_hyphen_values = true)]
    pub utc_offset: String,
}

/// Arguments of `tillsight sales list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The period.
    #[command(flatten)]
    pub period: PeriodArgs,
    /// How many at most.
    #[arg(long, default_value_t = 100)]
    pub limit: u32,
}

/// Arguments of `tillsight sales show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Number of the receipt.
    pub receipt: u64,
    /// Also save it again, as text and PDF, into this folder.
    #[arg(long)]
    pub save: Option<PathBuf>,
}

/// Arguments of `tillsight sales report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The period.
    #[command(flatten)]
    pub period: PeriodArgs,
    /// Currency of the amounts that are added up.
    #[arg(long, default_value = "EUR")]
    pub currency: String,
}

/// Runs a command on the sales.
///
/// # Errors
/// One sentence saying what is wrong with the arguments or the database, or which record was touched.
pub fn run(
    command: &SalesCommand,
    store: &Store,
    now: Timestamp,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match command {
        SalesCommand::List(args) => list(args, store, now, json, out),
        SalesCommand::Show(args) => show(args, store, json, out),
        SalesCommand::Report(args) => report(args, store, now, json, out),
        SalesCommand::Verify => verify(store, json, out),
    }
}

/// Beginning (included) and end (not included) of a period, and the clock it is told by.
struct Period {
    from: Timestamp,
    to: Timestamp,
    offset_ms: i64,
}

impl PeriodArgs {
    fn resolve(&self, now: Timestamp) -> anyhow::Result<Period> {
        let offset_ms = offset(&self.utc_offset)?;
        let midnight = |text: &String| anyhow::Ok(day(text)?.plus_ms(-offset_ms));
        let from = self
            .from
            .as_ref()
            .map(midnight)
            .transpose()?
            .unwrap_or(Timestamp(0));
        let to = self.to.as_ref().map(midnight).transpose()?;
        // The last millisecond of now belongs to the period, too.
        let to = to.map_or_else(
            || now.plus_ms(1).max(from),
            |last_day| last_day.plus_ms(86_400_000),
        );
        if to < from {
            bail!("the period ends before it begins: give --from the earlier day");
        }
        Ok(Period { from, to, offset_ms })
    }
}

impl Period {
    fn text(&self, time: Timestamp) -> String {
        time.plus_ms(self.offset_ms).to_utc().to_string()
    }
}

fn day(text: &str) -> anyhow::Result<Timestamp> {
    let parts: Vec<i64> = text.splitn(3, '-').filter_map(|part| part.parse().ok()).collect();
    let found = match parts[..] {
        [year, month, day] => Timestamp::from_utc_date(year, month, day),
        _ => None,
    };
    found.with_context(|| format!("\"{text}\" is not a day: write it like 2026-01-31"))
}

fn offset(text: &str) -> anyhow::Result<i64> {
    let wrong = || format!("\"{text}\" is not an offset from UTC: write it like +02:00");
    let (sign, digits) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(digits), _) => (1, digits),
        (_, Some(digits)) => (-1, digits),
        (None, None) => bail!(wrong()),
    };
    let (hours, minutes) = digits.split_once(':').with_context(wrong)?;
    let (hours, minutes): (u8, u8) = (
        hours.parse().with_context(wrong)?,
        minutes.parse().with_context(wrong)?,
    );
    anyhow::ensure!(hours <= 14 && minutes <= 59, wrong());
    Ok(sign * (i64::from(hours) * 60 + i64::from(minutes)) * 60_000)
}

fn list(
    args: &ListArgs,
    store: &Store,
    now: Timestamp,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let period = args.period.resolve(now)?;
    let sales = store.sales(period.from, period.to, args.limit)?;
    if json {
        let rows: Vec<Value> = sales
            .iter()
            .map(|sale| {
                json!({
                    "receipt_number": sale.receipt_number, "key": sale.key, "time": period.text(sale.completed_at),
                    "lines": sale.lines, "total": sale.total,
                })
            })
            .collect();
        return Ok(writeln!(out, "{}", json!({ "sales": rows }))?);
    }
    let columns = [
        ("receipt", Align::Right),
        ("time", Align::Left),
        ("lines", Align::Right),
        ("total", Align::Right),
    ];
    let mut table = Table::new(&columns);
    for sale in &sales {
        table.row([
            sale.receipt_number.to_string(),
            period.text(sale.completed_at),
            sale.lines.to_string(),
            sale.total.to_string(),
        ]);
    }
    table.print(out)?;
    Ok(writeln!(out, "{} sales", sales.len())?)
}

fn show(args: &ShowArgs, store: &Store, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let sale = store.sale(args.receipt)?;
    let lang = ShopSettings::read(store)?.lang;
    if let Some(folder) = &args.save {
        receipts::reprint(store, args.receipt, lang, folder)?;
    }
    if json {
        let mut object = serde_json::to_value(&sale)?;
        if let Some(fields) = object.as_object_mut() {
            fields.insert("receipt_number".to_owned(), json!(args.receipt));
        }
        return Ok(writeln!(out, "{object}")?);
    }
    // As it was printed: with the shop's header and footer, in its language, by the clock on its wall.
    let receipt = receipts::of(store, args.receipt, lang)?;
    let offset = store.utc_offset_ms(receipt.time)?;
    Ok(write!(out, "{}", receipts::text(&receipt, lang, offset))?)
}

fn report(
    args: &ReportArgs,
    store: &Store,
    now: Timestamp,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let period = args.period.resolve(now)?;
    let currency = Currency::from_code(&args.currency)?;
    let report = store.report(period.from, period.to, currency)?;
    if json {
        return Ok(writeln!(out, "{}", report_json(&report, &period))?);
    }
    writeln!(
        out,
        "from {} to before {}",
        period.text(report.from),
        period.text(report.to)
    )?;
    let mut sums = Table::new(&[
        ("", Align::Left),
        ("count", Align::Right),
        ("amount", Align::Right),
    ]);
    let tally =
        |name: &str, tally: Tally| [name.to_owned(), tally.count.to_string(), tally.amount.to_string()];
    sums.row(tally(
        "sales",
        Tally {
            count: report.count,
            amount: report.gross,
        },
    ));
    sums.row(["tax in them".to_owned(), String::new(), report.tax.to_string()]);
    sums.row(tally("voided lines", report.voided_lines));
    sums.row(tally("voided baskets", report.voided_baskets));
    sums.row(tally("refunds", report.refunds));
    sums.print(out)?;
    writeln!(out)?;
    let columns = [
        ("SKU", Align::Left),
        ("name", Align::Left),
        ("sold", Align::Right),
        ("amount", Align::Right),
    ];
    let mut products = Table::new(&columns);
    for product in &report.by_product {
        products.row([
            product.sku.clone(),
            product.name.clone(),
            sold(product),
            product.amount.to_string(),
        ]);
    }
    Ok(products.print(out)?)
}

fn sold(product: &ProductTally) -> String {
    if product.grams == 0 {
        return product.count.to_string();
    }
    let weight = u32::try_from(product.grams).map_or_else(
        |_| format!("{} g", product.grams),
        |grams| Quantity::Weight { grams }.to_string(),
    );
    if product.count == 0 {
        weight
    } else {
        format!("{} + {weight}", product.count)
    }
}

fn report_json(report: &SalesReport, period: &Period) -> Value {
    let tally = |tally: Tally| json!({ "count": tally.count, "amount": tally.amount });
    let by_product: Vec<Value> = report
        .by_product
        .iter()
        .map(|product| {
            json!({
                "sku": product.sku, "name": product.name, "count": product.count, "grams": product.grams,
                "amount": product.amount,
            })
        })
        .collect();
    json!({
        "from": period.text(report.from),
        "to": period.text(report.to),
        "count": report.count,
        "gross": report.gross,
        "tax": report.tax,
        "voids": { "lines": tally(report.voided_lines), "baskets": tally(report.voided_baskets) },
        "refunds": tally(report.refunds),
        "by_product": by_product,
    })
}

/// Prints what was found, and fails when something was touched, so that a script notices.
fn verify(store: &Store, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let found = store.verify()?;
    // A sale without a record is missing the one that should have come next.
    let number =
        |seq: Option<i64>| seq.unwrap_or_else(|| i64::try_from(found.records).unwrap_or(i64::MAX) + 1);
    let first_bad = found.first_bad.as_ref().map(|bad| number(bad.seq));
    let reason = found.first_bad.as_ref().map(|bad| bad.reason.as_str());
    if json {
        let report = json!({ "records": found.records, "ok": found.is_ok(), "first_bad": first_bad, "reason": reason });
        writeln!(out, "{report}")?;
    } else if found.is_ok() {
        writeln!(out, "{} records, all as they were written", found.records)?;
    }
    match (first_bad, reason) {
        (Some(seq), Some(reason)) => bail!("record {seq} of {} does not hold: {reason}", found.records),
        (Some(_) | None, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
