//! Labels for the shelf as data: which text and which bar lies where, in millimetres, without a page format.
//!
//! Whoever draws them adds nothing. Widths of letters are those of Helvetica, in which they are to be drawn.

use crate::domain::codes::Barcode;
use crate::domain::ean;
use crate::domain::money::{Money, MoneyError};
use crate::domain::product::Product;
use crate::domain::quantity::Unit;

/// White around everything.
const MARGIN: f32 = 3.0;
/// Height of the letters of the name.
const NAME: f32 = 4.0;
/// Height of the letters of the price.
const PRICE: f32 = 11.0;
/// Height of the smallest letters.
const SMALL: f32 = 2.6;
/// Width of one module of the barcode: nine tenths of the nominal 0.33 mm.
const MODULE: f32 = 0.297;
/// Height of the bars.
const BARS: f32 = 9.0;
/// The longest name: more lines would lie on the price.
const NAME_LINES: usize = 2;

/// How much a pack holds, for the price per kilogram or litre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Content {
    /// Grams or millilitres.
    pub amount: u32,
    /// Which of both.
    pub measure: Measure,
}

/// What a content is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Grams; the price is per kilogram.
    Gram,
    /// Millilitres; the price is per litre.
    Millilitre,
}

impl Measure {
    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Gram => "g",
            Self::Millilitre => "ml",
        }
    }

    /// Reads the word used in files.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Gram, Self::Millilitre]
            .into_iter()
            .find(|measure| measure.code() == code)
    }

    /// What the price by content is for: "kg" or "l".
    #[must_use]
    pub fn per(self) -> &'static str {
        match self {
            Self::Gram => "kg",
            Self::Millilitre => "l",
        }
    }
}

impl Content {
    /// What a kilogram or litre costs when the pack costs `price`, rounded half away from zero.
    ///
    /// # Errors
    /// An amount that does not fit.
    pub fn price_per_whole(self, price: Money) -> Result<Money, MoneyError> {
        price.checked_scale(1_000, i64::from(self.amount))
    }
}

/// What stands on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelfLabel {
    /// Name of the product.
    pub name: String,
    /// Price with its currency: "1,29 EUR", "3,99 EUR/kg".
    pub price: String,
    /// Price per kilogram or litre: "1 l = 1,29 EUR".
    pub unit_price: Option<String>,
    /// SKU and PLU.
    pub codes: String,
    /// The barcode.
    pub barcode: Option<Barcode>,
}

impl ShelfLabel {
    /// The label of a product in a language, with `separator` before the decimals.
    #[must_use]
    pub fn of(product: &Product, content: Option<Content>, language: &str, separator: char) -> Self {
        let text = |money: Money| format!("{} {}", money.to_decimal(separator), money.currency());
        let per_kilogram = match product.unit {
            Unit::Each => "",
            Unit::Kilogram => "/kg",
        };
        let unit_price = content.and_then(|content| {
            let price = content.price_per_whole(product.price).ok()?;
            Some(format!("1 {} = {}", content.measure.per(), text(price)))
        });
        let plu = product.plu.map_or_else(String::new, |plu| format!("  PLU {plu}"));
        Self {
            name: product.name_in(language).to_owned(),
            price: format!("{}{per_kilogram}", text(product.price)),
            unit_price,
            codes: format!("{}{plu}", product.sku),
            barcode: product.barcodes.first().copied(),
        }
    }
}

/// Size of a label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelSize {
    /// Width in millimetres.
    pub width: f32,
    /// Height in millimetres.
    pub height: f32,
}

impl Default for LabelSize {
    /// 24 of these are on a sheet of A4 as it is sold everywhere.
    fn default() -> Self {
        Self {
            width: 70.0,
            height: 36.0,
        }
    }
}

/// Something to be drawn; the origin is the upper left corner, y grows downwards, all in millimetres.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelItem {
    /// Letters.
    Text {
        /// Left end of the base line.
        x: f32,
        /// Height of the base line.
        y: f32,
        /// Size of the font.
        size: f32,
        /// Whether the letters are bold.
        bold: bool,
        /// What is written.
        text: String,
    },
    /// A black bar.
    Bar {
        /// Left edge.
        x: f32,
        /// Upper edge.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
    },
}

/// Lays a label out: name at the top, price at the right, barcode at the left below, codes at the bottom.
#[must_use]
pub fn lay_out(label: &ShelfLabel, size: LabelSize) -> Vec<LabelItem> {
    let inside = size.width - 2.0 * MARGIN;
    let mut items = Vec::new();
    for (line, text) in (1_u8..).zip(wrap(&label.name, NAME, inside)) {
        items.push(LabelItem::Text {
            x: MARGIN,
            y: MARGIN + NAME * f32::from(line),
            size: NAME,
            bold: true,
            text,
        });
    }
    let bottom = size.height - MARGIN;
    let modules = label.barcode.and_then(ean::bars).unwrap_or_default();
    let bars_width = modules.len() as f32 * MODULE;
    items.extend(drawn(&modules, MARGIN, bottom - SMALL - 0.8 - BARS));
    let foot = match label.barcode {
        Some(barcode) => format!("{barcode}  {}", label.codes),
        None => label.codes.clone(),
    };
    items.push(small(MARGIN, bottom, cut(&foot, SMALL, inside)));

    // The price takes what the bars leave, in letters as large as fit.
    let room = inside - bars_width - if modules.is_empty() { 0.0 } else { MARGIN };
    let wanted = width_of(&label.price, PRICE);
    let price_size = if wanted > room {
        PRICE * room / wanted
    } else {
        PRICE
    };
    let above = label.unit_price.as_ref().map_or(0.0, |_| SMALL + 1.0);
    items.push(LabelItem::Text {
        x: size.width - MARGIN - width_of(&label.price, price_size),
        y: bottom - SMALL - 0.8 - above,
        size: price_size,
        bold: true,
        text: label.price.clone(),
    });
    items.extend(label.unit_price.as_ref().map(|text| {
        let text = cut(text, SMALL, room);
        small(
            size.width - MARGIN - width_of(&text, SMALL),
            bottom - SMALL - 0.8,
            text,
        )
    }));
    items
}

fn small(x: f32, y: f32, text: String) -> LabelItem {
    LabelItem::Text {
        x,
        y,
        size: SMALL,
        bold: false,
        text,
    }
}

/// Neighbouring black modules are one bar, so that no hair of white lies between them.
fn drawn(modules: &[bool], left: f32, top: f32) -> Vec<LabelItem> {
    let mut bars = Vec::new();
    let mut start = None;
    for (at, black) in modules.iter().copied().chain([false]).enumerate() {
        match (start, black) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                bars.push(LabelItem::Bar {
                    x: left + from as f32 * MODULE,
                    y: top,
                    width: (at - from) as f32 * MODULE,
                    height: BARS,
                });
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    bars
}

/// Where the upper left corners of labels lie on a page, row by row; none when a label is larger than it.
#[must_use]
pub fn places(page: LabelSize, label: LabelSize) -> Vec<(f32, f32)> {
    // A hundredth of a millimetre forgives what was lost in the arithmetic.
    let fit = |whole: f32, part: f32| {
        let mut count = 0_u8;
        while count < 100 && f32::from(count + 1) * part <= whole + 0.01 {
            count += 1;
        }
        count
    };
    if !(label.width > 0.0 && label.height > 0.0) {
        return Vec::new();
    }
    let (columns, rows) = (fit(page.width, label.width), fit(page.height, label.height));
    let left = (page.width - f32::from(columns) * label.width) / 2.0;
    let top = (page.height - f32::from(rows) * label.height) / 2.0;
    let row = |row: u8| {
        (0..columns).map(move |column| {
            (
                left + f32::from(column) * label.width,
                top + f32::from(row) * label.height,
            )
        })
    };
    (0..rows).flat_map(row).collect()
}

/// Width of a text in Helvetica at a size; bold letters of a price are as wide.
#[must_use]
pub fn width_of(text: &str, size: f32) -> f32 {
    text.chars().map(|letter| letter_width(letter) * size).sum()
}

/// Width of a letter as a share of the size, from the font metrics that Adobe publishes; letters with accents
/// are as wide as without.
fn letter_width(letter: char) -> f32 {
    let thousandths = match letter {
        'i' | 'j' | 'l' => 222.0,
        ' ' | '!' | ',' | '.' | '/' | ':' | ';' | 'I' | 'f' | 't' | '[' | ']' => 278.0,
        '(' | ')' | '-' | 'r' | '`' => 333.0,
        'J' | 'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' => 500.0,
        '<' | '=' | '>' | '+' => 584.0,
        'F' | 'T' | 'Z' => 611.0,
        'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' | '&' | '\u{c4}' => 667.0,
        'C' | 'D' | 'H' | 'N' | 'R' | 'U' | 'w' | '\u{dc}' => 722.0,
        'G' | 'O' | 'Q' | '\u{d6}' => 778.0,
        'M' | 'm' => 833.0,
        '%' => 889.0,
        'W' => 944.0,
        '@' => 1015.0,
        _ => 556.0,
    };
    thousandths / 1000.0
}

/// Breaks between words; what is too long for the last line ends in dots.
fn wrap(text: &str, size: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if lines_fit(line, word, size, width) => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    if lines.len() > NAME_LINES {
        let rest = lines.split_off(NAME_LINES - 1).join(" ");
        lines.push(rest);
    }
    lines.iter().map(|line| cut(line, size, width)).collect()
}

fn lines_fit(line: &str, word: &str, size: f32, width: f32) -> bool {
    width_of(line, size) + width_of(" ", size) + width_of(word, size) <= width
}

/// The text, or as much of it as fits, with dots.
fn cut(text: &str, size: f32, width: f32) -> String {
    if width_of(text, size) <= width {
        return text.to_owned();
    }
    let mut kept: String = text.to_owned();
    while !kept.is_empty() && width_of(&kept, size) + width_of("...", size) > width {
        kept.pop();
    }
    format!("{}...", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::codes::Plu;
    use crate::domain::money::Currency;
    use crate::domain::session::testing::{by_weight, piece};

    fn texts(items: &[LabelItem]) -> Vec<&str> {
        let text = |item: &'_ LabelItem| match item {
            LabelItem::Text { .. } => true,
            LabelItem::Bar { .. } => false,
        };
        items
            .iter()
            .filter(|item| text(item))
            .map(|item| match item {
                LabelItem::Text { text, .. } => text.as_str(),
                LabelItem::Bar { .. } => "",
            })
            .collect()
    }

    #[test]
    fn a_label_says_name_price_unit_price_and_codes() {
        let milk = Product {
            name: "Milk 1.5 l".to_owned(),
            barcodes: vec![Barcode::parse("4006381333931").unwrap()],
            ..piece("MILK", 129)
        };
        let content = Content {
            amount: 1500,
            measure: Measure::Millilitre,
        };
        let label = ShelfLabel::of(&milk, Some(content), "en", ',');
        // 1.29 for 1.5 l are 0.86 a litre.
        assert_eq!(label.unit_price.as_deref(), Some("1 l = 0,86 EUR"));
        let items = lay_out(&label, LabelSize::default());
        assert_eq!(
            texts(&items),
            ["Milk 1.5 l", "4006381333931  MILK", "1,29 EUR", "1 l = 0,86 EUR"]
        );
        let bars = items
            .iter()
            .filter(|item| matches!(item, LabelItem::Bar { .. }))
            .count();
        assert_eq!(bars, 30);

        let grapes = Product {
            plu: Some(Plu::new(4022).unwrap()),
            ..by_weight("GRAPES", 399, 0)
        };
        let label = ShelfLabel::of(&grapes, None, "en", '.');
        assert_eq!(
            (label.price.as_str(), label.codes.as_str()),
            ("3.99 EUR/kg", "GRAPES  PLU 4022")
        );
    }

    #[test]
    fn a_sheet_of_a4_holds_twenty_four() {
        let a4 = LabelSize {
            width: 210.0,
            height: 297.0,
        };
        let places = places(a4, LabelSize::default());
        assert_eq!(places.len(), 24);
        assert_eq!(places.first(), Some(&(0.0, 4.5)));
        assert_eq!(places.last(), Some(&(140.0, 4.5 + 7.0 * 36.0)));
        assert!(super::places(LabelSize::default(), a4).is_empty());
        assert!(
            super::places(
                a4,
                LabelSize {
                    width: 0.0,
                    height: 1.0
                }
            )
            .is_empty()
        );
    }

    #[test]
    fn prices_by_content_are_rounded_once() {
        let price = |amount| {
            let content = Content {
                amount,
                measure: Measure::Gram,
            };
            content
                .price_per_whole(Money::new(199, Currency::EUR))
                .unwrap()
                .minor()
        };
        // 1.99 for 250 g are 7.96, for 375 g 5.3066..., for 400 g 4.975.
        assert_eq!([250, 375, 400].map(price), [796, 531, 498]);
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_label(name in "[A-Za-z ]{0,80}", minor in 0_i64..10_000_000, coded: bool) {
            let product = Product {
                name,
                barcodes: if coded { vec![Barcode::parse("4006381333931").unwrap()] } else { Vec::new() },
                ..piece("A-LONG-SKU-OF-32-LETTERS-AND-NOX", minor.min(9_999_999))
            };
            let size = LabelSize::default();
            for item in lay_out(&ShelfLabel::of(&product, None, "en", '.'), size) {
                let (left, right, bottom) = match &item {
                    LabelItem::Text { x, y, size, text, .. } => (*x, x + width_of(text, *size), *y),
                    LabelItem::Bar { x, y, width, height } => (*x, x + width, y + height),
                };
                prop_assert!(left >= MARGIN - 0.01 && right <= size.width - MARGIN + 0.01, "{item:?}");
                prop_assert!(bottom <= size.height - MARGIN + 0.01, "{item:?}");
            }
        }
    }
}
