//! Labels for the shelf as a PDF: sheets of A4 with as many labels as fit.
//!
//! What stands where on a label is decided in [`crate::domain::shelf_label`]; here it is only drawn, in the
//! built-in Helvetica, which every reader has.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

use crate::{
    app::pdf::{MM, windows_latin},
    domain::shelf_label::{LabelItem, LabelSize, ShelfLabel, lay_out, places},
};

/// A sheet as every office printer takes it, in millimetres.
const A4: LabelSize = LabelSize {
    width: 210.0,
    height: 297.0,
};
const REGULAR: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");

/// The labels as sheets of A4, row by row; a size that is larger than the sheet gives a PDF with one empty sheet.
#[must_use]
pub fn pdf(labels: &[ShelfLabel], size: LabelSize) -> Vec<u8> {
    let places = places(A4, size);
    let mut sheets: Vec<&[ShelfLabel]> = labels.chunks(places.len().max(1)).collect();
    if sheets.is_empty() {
        sheets.push(&[]);
    }
    let mut numbers = 1_i32..;
    let mut next = || Ref::new(numbers.next().unwrap_or(i32::MAX));
    let [catalog, pages, regular, bold, info] = [next(), next(), next(), next(), next()];
    let page_ids: Vec<(Ref, Ref)> = sheets.iter().map(|_| (next(), next())).collect();

    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    let count = i32::try_from(page_ids.len()).unwrap_or(i32::MAX);
    pdf.pages(pages)
        .kids(page_ids.iter().map(|(page, _)| *page))
        .count(count);
    for (font, base) in [(regular, &b"Helvetica"[..]), (bold, b"Helvetica-Bold")] {
        pdf.type1_font(font)
            .base_font(Name(base))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.document_info(info).producer(pdf_writer::TextStr(concat!(
        "Tillsight ",
        env!("CARGO_PKG_VERSION")
    )));
    for ((page_id, content_id), sheet) in page_ids.iter().zip(sheets) {
        let mut page = pdf.page(*page_id);
        page.media_box(Rect::new(0.0, 0.0, A4.width * MM, A4.height * MM));
        page.parent(pages).contents(*content_id);
        let mut resources = page.resources();
        let mut fonts = resources.fonts();
        fonts.pair(REGULAR, regular).pair(BOLD, bold);
        fonts.finish();
        resources.finish();
        page.finish();
        let mut content = Content::new();
        for (label, place) in sheet.iter().zip(&places) {
            for item in lay_out(label, size) {
                draw(&mut content, &item, *place);
            }
        }
        pdf.stream(*content_id, &content.finish());
    }
    pdf.finish()
}

/// A PDF counts from the lower left corner, a label from its upper left one.
fn draw(content: &mut Content, item: &LabelItem, (left, top): (f32, f32)) {
    let from_bottom = |y: f32| (A4.height - top - y) * MM;
    match item {
        LabelItem::Text {
            x,
            y,
            size,
            bold,
            text,
        } => {
            let bytes: Vec<u8> = text.chars().map(windows_latin).collect();
            content
                .begin_text()
                .set_font(if *bold { BOLD } else { REGULAR }, size * MM)
                .next_line((left + x) * MM, from_bottom(*y))
                .show(Str(&bytes))
                .end_text();
        }
        LabelItem::Bar { x, y, width, height } => {
            content
                .rect((left + x) * MM, from_bottom(y + height), width * MM, height * MM)
                .fill_nonzero();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Barcode;

    fn label(number: usize) -> ShelfLabel {
        ShelfLabel {
            name: format!("K\u{e4}se {number}"),
            price: "3,99 EUR".to_owned(),
            unit_price: None,
            codes: format!("CHEESE-{number}"),
            barcode: Barcode::parse("4006381333931").ok(),
        }
    }

    fn count(bytes: &[u8], what: &str) -> usize {
        String::from_utf8_lossy(bytes).matches(what).count()
    }

    #[test]
    fn twenty_five_labels_take_two_sheets() {
        let labels: Vec<ShelfLabel> = (0..25).map(label).collect();
        let bytes = pdf(&labels, LabelSize::default());
        assert!(bytes.starts_with(b"%PDF-"));
        assert_eq!(count(&bytes, "/MediaBox"), 2);
        // Thirty black bars in each EAN-13.
        assert_eq!(count(&bytes, " re\n"), 25 * 30);
        assert_eq!(count(&bytes, "(CHEESE-24)") + count(&bytes, "CHEESE-24)"), 1);
    }

    #[test]
    fn no_labels_are_one_empty_sheet() {
        for (labels, size) in [
            (Vec::new(), LabelSize::default()),
            (
                vec![label(1)],
                LabelSize {
                    width: 500.0,
                    height: 10.0,
                },
            ),
        ] {
            assert_eq!(count(&pdf(&labels, size), "/MediaBox"), 1);
        }
    }
}
