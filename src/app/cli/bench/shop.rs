//! `tillsight bench --shop`: how long things take in a shop of full size.
//!
//! The shop is made in a folder of its own in the data folder, so on the disk that the real one lies on, and
//! removed at the end.

mod photos;
mod products;
mod sales;
mod window;

use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::Context as _;
use serde_json::json;

use super::BenchArgs;
use crate::{
    app::{
        cli::table::{Align, Table},
        pricing,
    },
    domain::time::Timestamp,
    store::Store,
};

/// The folder of the made-up shop.
const FOLDER: &str = "bench-shop";
/// When the shop opened.
const OPENED: Timestamp = Timestamp(1_760_000_000_000);

/// How large the shop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    products: u32,
    sales: u32,
    photos: u32,
}

impl Size {
    /// A share of a shop of full size.
    fn percent(percent: u8) -> Self {
        let of = |whole: u32| (whole * u32::from(percent) / 100).max(20);
        Self {
            products: of(100_000),
            sales: of(1_000_000),
            photos: of(10_000),
        }
    }
}

/// The times that were taken, in order.
#[derive(Debug, Default)]
struct Times(Vec<Timed>);

/// One thing that was done, once or often.
#[derive(Debug)]
struct Timed {
    what: String,
    /// Milliseconds, sorted.
    times: Vec<f64>,
    /// What it should take at most, in milliseconds.
    goal: Option<f64>,
}

impl Times {
    /// Does something once.
    fn once<T>(
        &mut self,
        what: impl Into<String>,
        goal: Option<f64>,
        job: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let start = Instant::now();
        let done = job()?;
        self.add(what, goal, vec![start.elapsed().as_secs_f64() * 1000.0]);
        Ok(done)
    }

    /// Does something for each of several.
    fn each<I: IntoIterator>(
        &mut self,
        what: impl Into<String>,
        goal: Option<f64>,
        (items, mut job): (I, impl FnMut(I::Item) -> anyhow::Result<()>),
    ) -> anyhow::Result<()> {
        let mut times = Vec::new();
        for item in items {
            let start = Instant::now();
            job(item)?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        self.add(what, goal, times);
        Ok(())
    }

    fn add(&mut self, what: impl Into<String>, goal: Option<f64>, mut times: Vec<f64>) {
        times.sort_by(f64::total_cmp);
        let row = Timed {
            what: what.into(),
            times,
            goal,
        };
        tracing::info!(
            what = row.what,
            median_ms = row.at(50),
            p95_ms = row.at(95),
            "measured"
        );
        self.0.push(row);
    }
}

impl Timed {
    /// The time that so many percent are not above.
    fn at(&self, percent: usize) -> f64 {
        let last = self.times.len().saturating_sub(1);
        let place = (self.times.len() * percent / 100).min(last);
        self.times.get(place).copied().unwrap_or(0.0)
    }
}

/// Makes the shop, measures it, and prints what came of it.
///
/// # Errors
/// One sentence if the folder cannot be written or the store fails.
pub(super) fn run(args: &BenchArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let size = Size::percent(args.percent);
    let folder = pricing::data_folder(args.model.data.as_deref())?.join(FOLDER);
    let shop = Shop::new(folder)?;
    let mut times = Times::default();
    let catalog = products::measure(&shop, size, &mut times)?;
    sales::measure(&shop, size, &mut times)?;
    photos::measure(&shop, size, &mut times)?;
    window::measure(&catalog, size, &mut times)?;
    print(&times, size, json, out)
}

fn print(times: &Times, size: Size, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        let rows: Vec<_> = times
            .0
            .iter()
            .map(|row| {
                json!({
                    "what": row.what, "times": row.times.len(), "median_ms": row.at(50), "p95_ms": row.at(95),
                    "slowest_ms": row.at(100), "goal_ms": row.goal,
                })
            })
            .collect();
        let report = json!({
            "products": size.products, "sales": size.sales, "photos": size.photos, "rows": rows,
        });
        writeln!(out, "{report}")?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("what", Align::Left),
        ("times", Align::Right),
        ("median ms", Align::Right),
        ("95th percentile", Align::Right),
        ("slowest", Align::Right),
        ("goal", Align::Right),
    ]);
    for row in &times.0 {
        table.row([
            row.what.clone(),
            row.times.len().to_string(),
            format!("{:.2}", row.at(50)),
            format!("{:.2}", row.at(95)),
            format!("{:.2}", row.at(100)),
            row.goal.map_or_else(String::new, |goal| format!("{goal:.0}")),
        ]);
    }
    table.print(out)?;
    writeln!(
        out,
        "A shop of {} products, {} sales and {} photos.",
        size.products, size.sales, size.photos
    )?;
    Ok(())
}

/// The made-up shop; its folder goes with it.
struct Shop {
    folder: PathBuf,
}

impl Shop {
    fn new(folder: PathBuf) -> anyhow::Result<Self> {
        let failed = || format!("cannot make the folder {}; check the disk", folder.display());
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(failed)?;
        }
        std::fs::create_dir_all(&folder).with_context(failed)?;
        Ok(Self { folder })
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn open(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.folder.join("shop.db"))?)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, "the made-up shop could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_what_was_timed() {
        let mut times = Times::default();
        times.add("x", None, vec![3.0, 1.0, 2.0, 4.0]);
        times.each("y", None, (0..7, |_| Ok(()))).unwrap();
        let row = &times.0[0];
        for (percent, wanted) in [(0, 1.0), (50, 3.0), (95, 4.0), (100, 4.0)] {
            assert!((row.at(percent) - wanted).abs() < f64::EPSILON);
        }
        assert_eq!(times.0[1].times.len(), 7);
    }

    #[test]
    fn a_tiny_shop_is_measured_in_every_part_and_removed() {
        let data = tempfile::TempDir::new().unwrap();
        let shop = Shop::new(data.path().join(FOLDER)).unwrap();
        let size = Size {
            products: 40,
            sales: 60,
            photos: 20,
        };
        let mut times = Times::default();
        let catalog = products::measure(&shop, size, &mut times).unwrap();
        sales::measure(&shop, size, &mut times).unwrap();
        photos::measure(&shop, size, &mut times).unwrap();
        window::measure(&catalog, size, &mut times).unwrap();
        drop(shop);
        assert!(!data.path().join(FOLDER).exists());
        let mut printed = Vec::new();
        print(&times, size, true, &mut printed).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&printed).unwrap();
        let goals = report["rows"].as_array().unwrap();
        let with_goal = goals.iter().filter(|row| !row["goal_ms"].is_null()).count();
        assert_eq!(
            with_goal, 7,
            "search, day report, sale, check, three lists: {goals:?}"
        );
    }
}
