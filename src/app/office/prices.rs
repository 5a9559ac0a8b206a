//! The page of prices: planned ones, and many changed at once.

use std::sync::Arc;

use crate::{
    app::office::{
        Desk, PageDesk,
        files::{PathAsk, PathKind},
        products::import::read_file,
    },
    domain::{
        money::parse_decimal,
        product::Product,
        product_list,
        repricing::{self, Ending, PriceChange},
        staff::Permission,
        time::Timestamp,
    },
    store::{catalog_csv::CatalogCsvError, price_csv, prices::PendingPrice},
    ui::{
        office::{
            confirm::ConfirmView,
            prices::{PlannedRow, PreviewView, PricesCommand, PricesView},
        },
        words::{Lang, PricesWord, sentence},
    },
};

/// A larger file is none that a spreadsheet wrote.
const LARGEST: u64 = 200 * 1024 * 1024;
const DAY_MS: i64 = 86_400_000;

/// The page's memory.
#[derive(Debug, Default)]
pub struct PricesPage {
    planned: Arc<Vec<PlannedRow>>,
    departments: Arc<Vec<String>>,
    preview: Option<PreviewView>,
    refused: Option<String>,
    saved: u64,
}

/// What became of a file.
enum Read {
    Changes(Vec<PriceChange>),
    Wrong(Vec<(String, String)>),
    Refused(String),
}

impl PricesPage {
    fn read(desk: &mut Desk) {
        let now = desk.now();
        desk.read(
            move |store| store.pending_prices(now),
            |office, desk, planned| {
                let rows = planned.into_iter().map(|price| planned_row(price, desk));
                office.prices.planned = Arc::new(rows.collect());
            },
        );
    }

    fn preview(&mut self, department: Option<&str>, percent: &str, ending: Ending, desk: &Desk) {
        let wanted = percent_of(percent, desk.lang());
        let Some(basis_points) = wanted else {
            self.refused = Some(desk.words().say(PricesWord::PercentBad));
            return;
        };
        let products = desk.catalog().products().iter().map(AsRef::as_ref);
        let products =
            products.filter(|product: &&Product| department.is_none_or(|name| product.department == name));
        match repricing::by_percent(products, basis_points, ending) {
            Ok(changes) => {
                self.refused = None;
                self.preview = Some(PreviewView {
                    changes: Arc::new(changes),
                    wrong: Arc::default(),
                });
            }
            Err(error) => self.refused = Some(error.to_string()),
        }
    }

    fn import(desk: &mut Desk) {
        let words = desk.words();
        let ask = PathAsk {
            title: words.say(PricesWord::ImportAsk),
            yes: words.say(PricesWord::ShowPreview),
            kind: PathKind::Open {
                endings: vec!["csv".to_owned(), "txt".to_owned()],
            },
        };
        desk.ask_path(ask, |_, desk, path| {
            let catalog = Arc::clone(desk.catalog());
            let read = move || match read_file(&path, LARGEST) {
                Err(sentence) => Read::Refused(sentence),
                Ok(bytes) => match price_csv::parse(&bytes, &catalog) {
                    Ok(changes) => Read::Changes(changes),
                    Err(CatalogCsvError::Lines { problems }) => {
                        let lines = problems.into_iter();
                        Read::Wrong(
                            lines
                                .map(|line| (line.line.to_string(), sentence(&line.message)))
                                .collect(),
                        )
                    }
                    Err(error @ (CatalogCsvError::NotText | CatalogCsvError::Header { .. })) => {
                        Read::Refused(format!("{}: {error}", path.display()))
                    }
                },
            };
            desk.work("files", read, |office, desk, done| {
                let preview = match done {
                    Ok(Read::Changes(changes)) => PreviewView {
                        changes: Arc::new(changes),
                        wrong: Arc::default(),
                    },
                    Ok(Read::Wrong(lines)) => PreviewView {
                        changes: Arc::default(),
                        wrong: Arc::new(lines),
                    },
                    Ok(Read::Refused(sentence)) => return desk.problem(sentence),
                    Err(trouble) => return desk.problem(trouble.sentence),
                };
                office.prices.refused = None;
                office.prices.preview = Some(preview);
            });
        });
    }

    fn apply_preview(&mut self, from: &str, reason: String, desk: &mut Desk) {
        let Some(preview) = self.preview.clone() else {
            return;
        };
        let from = if from.is_empty() {
            Some(None)
        } else {
            local_time(from, desk.utc_offset_ms())
                .filter(|at| *at > desk.now())
                .map(Some)
        };
        let Some(from) = from else {
            self.refused = Some(desk.words().say(PricesWord::FromBad));
            return;
        };
        desk.change(
            Permission::SetPrices,
            move |store, by| {
                let from = from.unwrap_or(by.1);
                store.apply_prices(&preview.changes, from, &reason, by)
            },
            |office, desk, _| {
                office.prices.preview = None;
                office.prices.refused = None;
                office.prices.saved += 1;
                desk.reload_catalog();
                Self::read(desk);
            },
        );
    }

    fn cancel(&self, id: i64, desk: &mut Desk) {
        let Some(row) = self.planned.iter().find(|row| row.id == id) else {
            return;
        };
        let said = [("name", row.name.as_str()), ("time", row.from.as_str())];
        let words = desk.words();
        let view = ConfirmView {
            title: words.say(PricesWord::CancelAsk),
            text: words.with(PricesWord::CancelText, &said),
            yes: words.say(PricesWord::TakeBack),
            stops: true,
            wants_reason: true,
        };
        desk.confirm(view, move |_, desk, reason| {
            desk.change(
                Permission::SetPrices,
                move |store, by| store.cancel_price(id, &reason, by),
                |_, desk, ()| {
                    desk.reload_catalog();
                    Self::read(desk);
                },
            );
        });
    }
}

fn planned_row(price: PendingPrice, desk: &Desk) -> PlannedRow {
    PlannedRow {
        id: price.id,
        now: desk.catalog().by_sku(&price.sku).map(|product| product.price),
        sku: price.sku.as_str().to_owned(),
        name: price.name,
        from: desk.date_and_clock(price.effective_from),
        price: price.price,
    }
}

/// Hundredths of a per cent, from "5", "-2,5" or "3.25 %".
fn percent_of(text: &str, lang: Lang) -> Option<i64> {
    let text = text.trim().trim_end_matches('%').trim().trim_start_matches('+');
    let separator = if text.contains(lang.decimal()) {
        lang.decimal()
    } else {
        '.'
    };
    parse_decimal(text, separator, 2).ok().filter(|found| *found != 0)
}

/// A time as people write it, "2026-12-01 06:00" or only the day; on the clock of the shop.
pub(super) fn local_time(text: &str, utc_offset_ms: i64) -> Option<Timestamp> {
    let mut parts = text.split_whitespace();
    let day = parts.next()?;
    let clock = parts.next().unwrap_or("00:00");
    let day: Vec<i64> = day
        .split(['-', '.'])
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    // The year stands first, or last as in German.
    let (year, month, date) = match *day.as_slice() {
        [date, month, year] if year > 31 => (year, month, date),
        [year, month, date] => (year, month, date),
        _ => return None,
    };
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute) = (hour.parse::<i64>().ok()?, minute.parse::<i64>().ok()?);
    let fits = (2000..=2200).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&date)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && parts.next().is_none();
    let days = days_from_civil(year, month, date);
    let at = Timestamp(days * DAY_MS + (hour * 60 + minute) * 60_000);
    // A day that there is not, such as the 31st of June, reads back as another one.
    let back = at.to_utc();
    let same = back.month == month && back.day == date;
    (fits && same).then(|| at.plus_ms(-utc_offset_ms))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
///
/// # Source
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl PageDesk for PricesPage {
    type Command = PricesCommand;
    type View = PricesView;

    fn opened(&mut self, desk: &mut Desk) {
        self.departments = Arc::new(product_list::departments(desk.catalog()));
        self.refused = None;
        Self::read(desk);
    }

    fn catalog_changed(&mut self, desk: &mut Desk) {
        if !self.planned.is_empty() {
            Self::read(desk);
        }
    }

    fn view(&self, _desk: &Desk) -> PricesView {
        PricesView {
            planned: Arc::clone(&self.planned),
            departments: Arc::clone(&self.departments),
            preview: self.preview.clone(),
            refused: self.refused.clone(),
            saved: self.saved,
        }
    }

    fn apply(&mut self, command: PricesCommand, desk: &mut Desk) {
        match command {
            PricesCommand::Preview {
                department,
                percent,
                nines,
            } => {
                let ending = if nines { Ending::Nine } else { Ending::AsItIs };
                self.preview(department.as_deref(), &percent, ending, desk);
            }
            PricesCommand::Import => Self::import(desk),
            PricesCommand::Apply { from, reason } => self.apply_preview(&from, reason, desk),
            PricesCommand::Leave => {
                self.preview = None;
                self.refused = None;
            }
            PricesCommand::Cancel(id) => self.cancel(id, desk),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_time_is_on_the_clock_of_the_shop() {
        let hour = 3_600_000;
        // 2000-01-02 is day 10 958 of the era: 30 years with 7 leap days, and one day.
        let half_past = Timestamp(10_958 * DAY_MS + hour / 2);
        assert_eq!(local_time("2000-01-02 01:30", hour), Some(half_past));
        // 2026-12-01 is day 20 788 of the era: 56 years with 14 leap days, and 334 days.
        let day = 56 * 365 + 14 + 334;
        assert_eq!(local_time("2026-12-01", 0), Some(Timestamp(day * DAY_MS)));
        assert_eq!(local_time("1.12.2026", 0), Some(Timestamp(day * DAY_MS)));
        assert_eq!(
            local_time("01.12.2026 06:00", 0),
            Some(Timestamp(day * DAY_MS + 6 * hour))
        );
        for text in [
            "",
            "tomorrow",
            "2026-13-01",
            "2026-06-31",
            "31.06.2026",
            "01.12.",
            "2026-12-01 25:00",
            "2026-12-01 6",
        ] {
            assert_eq!(local_time(text, 0), None, "{text}");
        }
    }

    #[test]
    fn percentages_are_read_in_both_languages() {
        assert_eq!(percent_of("5", Lang::English), Some(500));
        assert_eq!(percent_of("-2,5 %", Lang::German), Some(-250));
        assert_eq!(percent_of("+3.25%", Lang::English), Some(325));
        for text in ["", "0", "five", "1,2,3"] {
            assert_eq!(percent_of(text, Lang::German), None, "{text}");
        }
    }
}
