//! Receipts as files: text for every printer and editor, PDF in the width of a till roll.
//!
//! Both come from the same laid-out rows, so that screen, text and PDF never differ by a letter. The PDF uses
//! the built-in Courier, which every reader has, with the Windows Latin encoding for the euro sign and umlauts.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

use crate::{
    app::{
        kiosk::settings::ShopSettings,
        pdf::{MM, windows_latin},
    },
    domain::{
        receipt::{Receipt, ReceiptWords},
        receipt_text::{RECEIPT_WIDTH, lay_out},
        time::Timestamp,
    },
    store::{Store, error::StoreError, refunds::ReceiptView},
    ui::words::{Lang, Word, Words},
};

/// Width of a till roll.
const PAPER_WIDTH: f32 = 80.0 * MM;
/// White on each side of the letters.
const MARGIN: f32 = 4.0 * MM;
/// Width of a Courier letter as a share of its size.
const LETTER: f32 = 0.6;
/// Distance of two lines as a share of the size of the letters.
const LEADING: f32 = 1.25;

/// Where a receipt was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFiles {
    /// The text.
    pub text: PathBuf,
    /// The PDF.
    pub pdf: PathBuf,
}

/// The words of a receipt in a language.
#[must_use]
pub fn words(lang: Lang) -> ReceiptWords {
    let words = Words::new(lang);
    ReceiptWords {
        receipt: words.say(Word::BillReceipt),
        subtotal: words.say(Word::BillSubtotal),
        total: words.say(Word::BillTotal),
        tax: words.say(Word::BillTax),
        net: words.say(Word::BillNet),
        tare: words.say(Word::BillTare),
        card: words.say(Word::BillCard),
        attendant: words.say(Word::BillAttendant),
        decimal_separator: lang.decimal(),
    }
}

/// Date and time by the clock on the wall.
#[must_use]
pub fn local_time(at: Timestamp, utc_offset_ms: i64, lang: Lang) -> String {
    let local = at.plus_ms(utc_offset_ms).to_utc();
    let clock = format!("{:02}:{:02}", local.hour, local.minute);
    match lang {
        Lang::English => format!("{:04}-{:02}-{:02} {clock}", local.year, local.month, local.day),
        Lang::German => format!("{:02}.{:02}.{:04} {clock}", local.day, local.month, local.year),
    }
}

/// The receipt as lines of [`RECEIPT_WIDTH`] letters.
#[must_use]
pub fn text(receipt: &Receipt, lang: Lang, utc_offset_ms: i64) -> String {
    let time = local_time(receipt.time, utc_offset_ms, lang);
    lay_out(&receipt.rows(&words(lang), &time), RECEIPT_WIDTH)
}

/// The same lines as a PDF of one page, as long as it needs to be.
#[must_use]
pub fn pdf(text: &str) -> Vec<u8> {
    let size = (PAPER_WIDTH - 2.0 * MARGIN) / (RECEIPT_WIDTH as f32 * LETTER);
    let leading = size * LEADING;
    let lines: Vec<&str> = text.lines().collect();
    let height = 2.0 * MARGIN + leading * lines.len() as f32;
    let [catalog, pages, page_id, font, content_id, info] = [1, 2, 3, 4, 5, 6].map(Ref::new);
    let font_name = Name(b"F1");

    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page_id]).count(1);
    let mut page = pdf.page(page_id);
    page.media_box(Rect::new(0.0, 0.0, PAPER_WIDTH, height));
    page.parent(pages).contents(content_id);
    page.resources().fonts().pair(font_name, font);
    page.finish();
    pdf.type1_font(font)
        .base_font(Name(b"Courier"))
        .encoding_predefined(Name(b"WinAnsiEncoding"));
    pdf.document_info(info).producer(pdf_writer::TextStr(concat!(
        "Tillsight ",
        env!("CARGO_PKG_VERSION")
    )));

    let mut content = Content::new();
    content
        .begin_text()
        .set_font(font_name, size)
        .set_leading(leading);
    content.next_line(MARGIN, height - MARGIN - size);
    for line in lines {
        let bytes: Vec<u8> = line.chars().map(windows_latin).collect();
        content.show(Str(&bytes)).next_line_using_leading();
    }
    content.end_text();
    pdf.stream(content_id, &content.finish());
    pdf.finish()
}

/// Writes both files into `folder`, which is made if need be. The same receipt gives the same names.
///
/// # Errors
/// One sentence naming the file that could not be written.
pub fn save(
    receipt: &Receipt,
    lang: Lang,
    utc_offset_ms: i64,
    folder: &Path,
) -> anyhow::Result<ReceiptFiles> {
    let text = text(receipt, lang, utc_offset_ms);
    let files = ReceiptFiles {
        text: folder.join(format!("receipt-{:06}.txt", receipt.number)),
        pdf: folder.join(format!("receipt-{:06}.pdf", receipt.number)),
    };
    let failed = |path: &Path| {
        format!(
            "the receipt could not be written to {}: check the folder",
            path.display()
        )
    };
    std::fs::create_dir_all(folder).with_context(|| failed(folder))?;
    std::fs::write(&files.pdf, pdf(&text)).with_context(|| failed(&files.pdf))?;
    std::fs::write(&files.text, text).with_context(|| failed(&files.text))?;
    Ok(files)
}

/// The receipt of a sale that was written down before, with the shop's header and footer of now. One that
/// gives money back says in its header of which receipt, and why.
///
/// # Errors
/// One sentence if there is no such receipt or the database cannot be read.
pub fn of(store: &Store, number: u64, lang: Lang) -> Result<Receipt, StoreError> {
    let settings = ShopSettings::read(store)?;
    Ok(of_view(&store.receipt_view(number)?, &settings, lang))
}

/// The receipt of what is known of it.
#[must_use]
pub fn of_view(view: &ReceiptView, settings: &ShopSettings, lang: Lang) -> Receipt {
    let mut header = settings.receipt_header.clone();
    if let Some((original, note)) = &view.refund_of {
        let word = if note.void {
            Word::BillVoidOf
        } else {
            Word::BillRefundOf
        };
        let number = original.to_string();
        header.push(Words::new(lang).with(word, &[("number", &number)]));
        header.push(note.reason.clone());
    }
    Receipt::of(&view.sale, view.number, &header, &settings.receipt_footer)
}

/// Saves the receipt of an earlier sale anew.
///
/// # Errors
/// One sentence if there is no such receipt or a file cannot be written.
pub fn reprint(store: &Store, number: u64, lang: Lang, folder: &Path) -> anyhow::Result<ReceiptFiles> {
    let receipt = of(store, number, lang)?;
    let offset = store.utc_offset_ms(receipt.time)?;
    save(&receipt, lang, offset, folder)
}

/// What the QR code on the screen says: the receipt in short, so that a phone keeps it without a network.
#[must_use]
pub fn qr_text(receipt: &Receipt, lang: Lang, utc_offset_ms: i64) -> String {
    /// A code of more letters is too fine for a phone at arm's length.
    const MOST: usize = 300;
    let words = words(lang);
    let separator = words.decimal_separator;
    let head = receipt.header.first().map_or("", String::as_str);
    let mut lines = vec![
        head.to_owned(),
        format!("{} {}", words.receipt, receipt.number),
        local_time(receipt.time, utc_offset_ms, lang),
    ];
    let end = format!(
        "{} {} {}",
        words.total,
        receipt.total.to_decimal(separator),
        receipt.total.currency()
    );
    let mut room = MOST.saturating_sub(end.len() + lines.iter().map(|line| line.len() + 1).sum::<usize>());
    for line in &receipt.lines {
        let amount = line.amount.to_decimal(separator);
        let row = format!("{} {} {amount}", line.quantity.to_text(separator), line.name);
        let Some(left) = room.checked_sub(row.len() + 1).filter(|left| *left > 2) else {
            lines.push("\u{2026}".to_owned());
            break;
        };
        room = left;
        lines.push(row);
    }
    lines.push(end);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_as_long_as_the_receipt() {
        let height = |lines: usize| {
            let bytes = pdf(&"line\n".repeat(lines));
            assert!(bytes.starts_with(b"%PDF-"));
            let found = String::from_utf8_lossy(&bytes).into_owned();
            let start = found.find("/MediaBox [0 0 ").unwrap() + "/MediaBox [0 0 ".len();
            let numbers: Vec<f32> = found[start..]
                .split([' ', ']'])
                .take(2)
                .map(|number| number.parse().unwrap())
                .collect();
            assert!((numbers[0] - 226.77).abs() < 0.01, "80 mm wide");
            numbers[1]
        };
        // 72 mm hold 42 letters of 0.6 em: letters of 8.1 points, lines 10.12 points apart.
        assert!((height(30) - height(20) - 101.2).abs() < 0.2);
    }

    #[test]
    fn local_times_are_written_as_the_language_does() {
        let noon = Timestamp(1_700_000_000_000);
        assert_eq!(local_time(noon, 0, Lang::English), "2023-11-14 22:13");
        assert_eq!(local_time(noon, 7_200_000, Lang::German), "15.11.2023 00:13");
    }
}
