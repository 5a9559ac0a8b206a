//! What was typed about a product, read and checked: a product with the change, or a sentence.

use crate::{
    domain::{
        codes::{Barcode, Plu, Sku},
        money::Currency,
        product::Product,
        quantity::Unit,
        shelf_label::{Content, Measure},
        tax::TaxRate,
    },
    ui::{
        office::products::ProductField,
        words::{Lang, ProductsWord, Words, parse_money},
    },
};

/// The longest name and department, in letters.
const LONGEST: usize = 120;

/// A product with a field as it was typed.
///
/// # Errors
/// A sentence that says what to type.
pub(super) fn changed(
    product: &Product,
    (field, text): (ProductField, &str),
    taxes: &[TaxRate],
    words: &Words,
) -> Result<Product, String> {
    let text = text.trim();
    let mut product = product.clone();
    let bad = |word: ProductsWord| words.say(word);
    match field {
        ProductField::Name => product.name = filled(text).ok_or_else(|| bad(ProductsWord::NameBad))?,
        ProductField::GermanName => match filled(text) {
            Some(name) => {
                product.names.insert(Lang::German.code().to_owned(), name);
            }
            None => {
                product.names.remove(Lang::German.code());
            }
        },
        ProductField::Department => {
            product.department = filled(text).ok_or_else(|| bad(ProductsWord::NameBad))?;
        }
        ProductField::Price => {
            let currency = product.price.currency();
            product.price = parse_money(text, currency, words.lang())
                .ok_or_else(|| words.with(ProductsWord::PriceBad, &[("example", &example(words.lang()))]))?;
        }
        ProductField::Tax => {
            let rate = taxes.iter().find(|rate| rate.id() == text);
            product.tax = rate.cloned().ok_or_else(|| bad(ProductsWord::TaxBad))?;
        }
        ProductField::Plu => product.plu = optional(text, Plu::parse)?,
        ProductField::Barcodes => product.barcodes = barcodes(text)?,
        ProductField::Tare => {
            let grams = if text.is_empty() {
                Some(0)
            } else {
                text.parse().ok()
            };
            let fits = grams.filter(|grams| *grams <= 100_000);
            product.tare_grams = fits.ok_or_else(|| bad(ProductsWord::TareBad))?;
        }
        ProductField::Age => {
            let age = if text.is_empty() {
                Some(0)
            } else {
                text.parse::<u8>().ok()
            };
            let age = age
                .filter(|age| *age <= 99)
                .ok_or_else(|| bad(ProductsWord::AgeBad))?;
            product.age_limit = Some(age).filter(|age| *age > 0);
        }
        ProductField::Class => product.class = Some(text.to_owned()).filter(|class| !class.is_empty()),
        // The number is for ever, and the content lies beside the product.
        ProductField::Sku | ProductField::Content | ProductField::Planned => {}
    }
    Ok(product)
}

/// A new product of a piece, on sale, with the tax of its department or the first there is.
///
/// # Errors
/// The field that is wrong, and a sentence.
pub(super) fn new_product(
    (sku, name, department, price): (&str, &str, &str, &str),
    tax: TaxRate,
    currency: Currency,
    words: &Words,
) -> Result<Product, (ProductField, String)> {
    let sku = Sku::new(sku.trim()).map_err(|error| (ProductField::Sku, error.to_string()))?;
    let name_bad = || words.say(ProductsWord::NameBad);
    let price = parse_money(price, currency, words.lang()).ok_or_else(|| {
        let sentence = words.with(ProductsWord::PriceBad, &[("example", &example(words.lang()))]);
        (ProductField::Price, sentence)
    })?;
    Ok(Product {
        sku,
        name: filled(name).ok_or_else(|| (ProductField::Name, name_bad()))?,
        names: std::collections::BTreeMap::new(),
        department: filled(department).ok_or_else(|| (ProductField::Department, name_bad()))?,
        unit: Unit::Each,
        price,
        tax,
        plu: None,
        barcodes: Vec::new(),
        tare_grams: 0,
        age_limit: None,
        active: true,
        class: None,
    })
}

/// What a pack holds: "500 g", "1.5 l", "750 ml", "2 kg"; nothing for nobody knows.
///
/// # Errors
/// A sentence.
pub(super) fn content(text: &str, words: &Words) -> Result<Option<Content>, String> {
    let text = text.trim().to_lowercase().replace(',', ".");
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let (measure, thousands) = match unit.trim() {
        "g" => (Measure::Gram, false),
        "kg" => (Measure::Gram, true),
        "ml" => (Measure::Millilitre, false),
        "l" => (Measure::Millilitre, true),
        _ => return Err(words.say(ProductsWord::ContentBad)),
    };
    let decimals = if thousands { 3 } else { 0 };
    let amount = crate::domain::money::parse_decimal(number, '.', decimals).ok();
    let amount = amount.and_then(|amount| u32::try_from(amount).ok());
    let amount = amount.filter(|amount| (1..=1_000_000).contains(amount));
    let amount = amount.ok_or_else(|| words.say(ProductsWord::ContentBad))?;
    Ok(Some(Content { amount, measure }))
}

/// A content as it is typed.
pub(super) fn content_text(content: Option<Content>) -> String {
    content.map_or_else(String::new, |content| {
        format!("{} {}", content.amount, content.measure.code())
    })
}

fn example(lang: Lang) -> String {
    format!("1{}49", lang.decimal())
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    let letters = text.chars().count();
    let fits = (1..=LONGEST).contains(&letters) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

fn optional<T, E: std::fmt::Display>(
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    parse(text).map(Some).map_err(|error| error.to_string())
}

fn barcodes(text: &str) -> Result<Vec<Barcode>, String> {
    let mut codes = Vec::new();
    for part in text.split([' ', ',', ';']).filter(|part| !part.is_empty()) {
        let code = Barcode::parse(part).map_err(|error| error.to_string())?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::new(Lang::German)
    }

    fn apple() -> Product {
        let tax = TaxRate::new("reduced", 700).unwrap();
        new_product(("APPLE", "Apfel", "Obst", "0,59"), tax, Currency::EUR, &words()).unwrap()
    }

    #[test]
    fn fields_are_read_as_they_are_typed() {
        let taxes = [TaxRate::new("full", 1900).unwrap()];
        let set = |field, text| changed(&apple(), (field, text), &taxes, &words());
        assert_eq!(apple().price.minor(), 59);
        assert_eq!(set(ProductField::Price, "1,29").unwrap().price.minor(), 129);
        assert_eq!(set(ProductField::Age, "18").unwrap().age_limit, Some(18));
        assert_eq!(set(ProductField::Age, "").unwrap().age_limit, None);
        let codes = set(ProductField::Barcodes, "4006381333931, 96385074")
            .unwrap()
            .barcodes;
        let codes: Vec<u64> = codes.iter().map(|code| code.number()).collect();
        assert_eq!(codes, [4_006_381_333_931, 96_385_074]);
        assert_eq!(set(ProductField::Tax, "full").unwrap().tax.basis_points(), 1900);
        assert_eq!(set(ProductField::GermanName, "").unwrap().names.len(), 0);
    }

    #[test]
    fn nonsense_is_a_sentence_and_changes_nothing() {
        let set = |field, text| changed(&apple(), (field, text), &[], &words());
        for (field, text) in [
            (ProductField::Name, "  "),
            (ProductField::Price, "billig"),
            (ProductField::Price, "-1"),
            (ProductField::Plu, "x"),
            (ProductField::Barcodes, "4006381333932"),
            (ProductField::Tare, "1000000"),
            (ProductField::Age, "200"),
            (ProductField::Tax, "none"),
        ] {
            let refused = set(field, text).unwrap_err();
            assert!(refused.len() > 8, "{field:?} {text}: {refused}");
        }
    }

    #[test]
    fn contents_have_an_amount_and_a_unit() {
        let read = |text| content(text, &words()).map(content_text);
        assert_eq!(read("1,5 l").unwrap(), "1500 ml");
        assert_eq!(read("500g").unwrap(), "500 g");
        assert_eq!(read("").unwrap(), "");
        for text in ["5", "0 g", "5 pieces", "-3 kg", "1.5 g"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
