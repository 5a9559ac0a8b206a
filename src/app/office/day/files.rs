//! What the pages of the day put on the disk: receipts and reports as text and PDF, and the table of sales.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::{
    app::{
        kiosk::{back_room::Trouble, settings::ShopSettings},
        office::{
            Desk, Office,
            day::{DayPage, jobs, report},
            files::{PathAsk, PathKind},
        },
        printer, receipts,
    },
    domain::{
        receipt::ReceiptRow,
        receipt_text::{RECEIPT_WIDTH, lay_out},
        staff::Permission,
    },
    ui::words::{DayWord, Words},
};

impl DayPage {
    /// Saves the open receipt again, where the lane saves its own.
    pub(super) fn reprint(&self, desk: &mut Desk) {
        let Some(open) = self.open.as_ref().filter(|_| desk.check(Permission::SeeSales)) else {
            return;
        };
        let (number, lang, data) = (open.opened.view.number, desk.lang(), desk.data().clone());
        desk.read(
            move |store| {
                let receipt = receipts::of(store, number, lang)?;
                let offset = store.utc_offset_ms(receipt.time)?;
                let settings = ShopSettings::read(store)?;
                let folder = settings.receipt_folder(&data);
                Ok((receipt, offset, (folder, settings.printer)))
            },
            move |_, desk, (receipt, offset, (folder, target))| {
                desk.work(
                    "files",
                    move || {
                        if let Some(target) = target {
                            printer::send(&target, &receipts::text(&receipt, lang, offset))?;
                        }
                        receipts::save(&receipt, lang, offset, &folder).map_err(|error| format!("{error:#}"))
                    },
                    move |office, desk, saved| {
                        saved_or_told(desk, saved, |files| {
                            let open = office.day.open.as_mut();
                            if let Some(open) = open.filter(|open| open.opened.view.number == number) {
                                open.saved_to = Some(files.pdf);
                            }
                        });
                    },
                );
            },
        );
    }

    /// Saves the report that shows, as text and PDF, in the folder `reports` beside the receipts.
    pub(super) fn save_report(&self, desk: &mut Desk) {
        let Some(shown) = &self.shown else {
            return;
        };
        let rows = report::rows(&shown.reported, &Words::new(desk.lang()));
        let name = report_name(shown.reported.report.z_number, shown.reported.report.at.0);
        let folder = desk.data().join("reports");
        desk.work(
            "files",
            move || save_rows(&rows, &folder, &name).map_err(|error| format!("{error:#}")),
            |office, desk, saved| {
                saved_or_told(desk, saved, |path| {
                    if let Some(shown) = &mut office.day.shown {
                        shown.saved_to = Some(path);
                    }
                });
            },
        );
    }

    /// Asks where to, then writes the sales of the days that are listed.
    pub(super) fn export(&self, decimal: char, desk: &mut Desk) {
        if !desk.check(Permission::SeeSales) {
            return;
        }
        let wanted = self.wanted.clone();
        let words = desk.words();
        let ask = PathAsk {
            title: words.say(DayWord::Export),
            yes: words.say(DayWord::ExportYes),
            kind: PathKind::Save {
                name: "sales.csv".to_owned(),
            },
        };
        desk.ask_path(ask, move |_, desk, path| write_table(desk, wanted, decimal, path));
    }
}

fn write_table(
    desk: &mut Desk,
    wanted: crate::ui::office::day::view::SalesWanted,
    decimal: char,
    path: PathBuf,
) {
    let now = desk.now();
    desk.read(
        move |store| jobs::export(store, &wanted, (decimal, now)),
        move |_: &mut Office, desk, (bytes, _)| {
            desk.work(
                "files",
                move || write(&path, &bytes).map_err(|error| format!("{error:#}")),
                |_, desk, saved| saved_or_told(desk, saved, |()| {}),
            );
        },
    );
}

fn saved_or_told<T>(desk: &mut Desk, saved: Result<Result<T, String>, Trouble>, then: impl FnOnce(T)) {
    match saved.map_err(|trouble| trouble.sentence) {
        Ok(Ok(done)) => {
            desk.saved();
            then(done);
        }
        Ok(Err(sentence)) | Err(sentence) => desk.problem(sentence),
    }
}

/// Name of a report's files, without the ending.
fn report_name(number: Option<u64>, at_ms: i64) -> String {
    match number {
        Some(number) => format!("z-{number:05}"),
        None => format!("x-{}", at_ms / 1000),
    }
}

/// The rows as text and as PDF; gives where the PDF is.
fn save_rows(rows: &[ReceiptRow], folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let text = lay_out(rows, RECEIPT_WIDTH);
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made: check the disk", folder.display()))?;
    let pdf = folder.join(format!("{name}.pdf"));
    write(&pdf, &receipts::pdf(&text))?;
    write(&folder.join(format!("{name}.txt")), text.as_bytes())?;
    Ok(pdf)
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| {
        format!(
            "{} cannot be written: choose another folder, or free some space",
            path.display()
        )
    })
}
