//! Files as spreadsheets save them, good and bad.

use super::*;

const HEADER: &str =
    "sku,name,name_de,department,unit,price,currency,tax,tax_percent,plu,barcodes,tare_g,age,active,class";

fn file(lines: &[&str]) -> String {
    let mut text = HEADER.to_owned();
    for line in lines {
        text.push('\n');
        text.push_str(line);
    }
    text
}

#[test]
fn a_catalog_reads_and_writes_back() {
    let text = file(&[
        "APPLE,\"Apple, red\",Apfel,Fruit,each,0.59,EUR,reduced,7,4015,,,,yes,apple",
        "GRAPES,Grapes,Trauben,Fruit,kg,3.99,EUR,reduced,7 %,4022,,10,,,",
        "BEER,Beer \"Pils\",Bier,Drinks,each,0.99,EUR,standard,19,,4006381333931 96385074,,16,no,",
        "",
    ]);
    let products = parse(text.as_bytes()).unwrap();
    assert_eq!(products.len(), 3);
    assert_eq!(products[0].name, "Apple, red");
    assert_eq!(products[0].name_in("de"), "Apfel");
    assert_eq!(products[0].price.to_string(), "0.59 EUR");
    assert_eq!(products[0].class.as_deref(), Some("apple"));
    assert_eq!((products[1].unit, products[1].tare_grams), (Unit::Kilogram, 10));
    assert_eq!((products[2].age_limit, products[2].active), (Some(16), false));
    assert_eq!(products[2].barcodes.len(), 2);
    assert_eq!(parse(write(products.iter()).as_bytes()).unwrap(), products);
}

#[test]
fn a_german_spreadsheet_reads_the_same() {
    let text = "SKU;Name;Department;Unit;Price;Currency;Tax;Tax_percent\r\nKÄSE1;Käse;Kühlung;kg;12,90;EUR;reduced;7,0\r\n";
    let text = text.replace("KÄSE1", "KAESE1");
    let western = encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
    for bytes in [text.into_bytes(), western] {
        let products = parse(&bytes).unwrap();
        assert_eq!(products[0].name, "Käse");
        assert_eq!(
            (products[0].price.minor(), products[0].tax.basis_points()),
            (1290, 700)
        );
    }
}

#[test]
fn a_wrong_header_says_which_column() {
    for (text, message) in [
        ("", "the file is empty"),
        (
            "sku,name\nA,b",
            "department, unit, price, currency, tax, tax_percent is missing",
        ),
        (
            &HEADER.replace("price", "preis"),
            "\"preis\" is not a column of a catalog",
        ),
        (&HEADER.replace("plu", "price"), "\"price\" is there twice"),
    ] {
        let error = parse(text.as_bytes()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the first line must name the columns: {message}")
        );
    }
}

#[test]
fn every_bad_line_is_named_and_nothing_is_taken() {
    let good = "A,a,,Food,each,1.00,EUR,reduced,7,,,,,,";
    for (line, message) in [
        (
            "B,b,,Food,each,-1.00,EUR,reduced,7,,,,,,",
            "the price -1.00 is negative",
        ),
        (
            "B,b,,Food,each,free,EUR,reduced,7,,,,,,",
            "the price is wrong: \"free\" is not an amount: write it like 12.34",
        ),
        (
            "B,b,,Food,each,1.005,EUR,reduced,7,,,,,,",
            "the price is wrong: \"1.005\" has more than 2 decimals",
        ),
        (
            "B,b,,Food,each,,EUR,reduced,7,,,,,,",
            "the price is wrong: \"\" is not an amount: write it like 12.34",
        ),
        (
            "A,b,,Food,each,1.00,EUR,reduced,7,,,,,,",
            "SKU A is already on line 2",
        ),
        (
            "B B,b,,Food,each,1.00,EUR,reduced,7,,,,,,",
            "\"B B\" is not a SKU: use 1 to 32 of the letters A-Z a-z, digits, '-', '_' and '.'",
        ),
        (
            "B,b,,Food,each,1.00,EUR,reduced,7,,4006381333932,,,,",
            "the check digit of barcode \"4006381333932\" should be 1: read the number again",
        ),
        (
            "B,b,,Food,box,1.00,EUR,reduced,7,,,,,,",
            "unit \"box\" is neither each nor kg",
        ),
        (
            "B,b,,Food,each,1.00,EURO,reduced,7,,,,,,",
            "\"EURO\" is not a known currency code: use one of ISO 4217, such as EUR",
        ),
        (
            "B,b,,Food,each,1.00,EUR,reduced,-7,,,,,,",
            "the tax_percent -7 is out of range",
        ),
        (
            "B,b,,Food,each,1.00,EUR,reduced,7,0,,,,,",
            "\"0\" is not a PLU number: use 1 to 5 digits, not all zero",
        ),
        (
            "B,b,,Food,each,1.00,EUR,reduced,7,,,heavy,,,",
            "tare_g \"heavy\" is not a number from 0 to 100000",
        ),
        (
            "B,b,,Food,each,1.00,EUR,reduced,7,,,,,maybe,",
            "active \"maybe\" is neither yes nor no",
        ),
        ("B,,,Food,each,1.00,EUR,reduced,7,,,,,,", "name of B is empty"),
        ("B,b", "there are 2 cells, but 15 columns"),
    ] {
        let error = parse(file(&[good, line]).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), format!("line 3: {message}"));
    }
}

#[test]
fn all_problems_are_counted() {
    let line = "B,b,,Food,each,x,EUR,reduced,7,,,,,,";
    let error = parse(file(&[line, line, line]).as_bytes()).unwrap_err();
    assert!(error.to_string().ends_with("(and 2 more problems)"), "{error}");
    assert_eq!(parse(b"\x89PNG\x00\x01\x02\x03"), Err(CatalogCsvError::NotText));
}

#[test]
fn the_catalog_in_the_repository_is_a_catalog() {
    let products = parse(include_bytes!("../../../catalog/products.csv")).unwrap();
    assert!(products.len() >= 33, "{}", products.len());
    let catalog = crate::domain::catalog::Catalog::new(products).unwrap();
    for class in ["apple", "banana", "milk"] {
        let product = catalog.by_class(class).unwrap();
        assert_eq!(product.unit, Unit::Each);
    }
    assert!(
        catalog
            .products()
            .iter()
            .any(|product| product.unit == Unit::Kilogram && product.tare_grams > 0)
    );
    assert!(
        catalog
            .products()
            .iter()
            .any(|product| product.age_limit == Some(18))
    );
    assert!(
        catalog
            .products()
            .iter()
            .all(|product| product.names.contains_key("de"))
    );
    assert!(
        catalog
            .products()
            .iter()
            .all(|p| p.plu.is_some() || !p.barcodes.is_empty())
    );
}

#[test]
fn a_bad_line_of_a_windows_file_is_named_by_its_own_number() {
    let text = file(&[
        "A,A,,F,each,0.10,EUR,r,7,,,,,,",
        "",
        "B,B,,F,each,abc,EUR,r,7,,,,,,",
    ]);
    let CatalogCsvError::Lines { problems } = parse(text.replace('\n', "\r\n").as_bytes()).unwrap_err()
    else {
        panic!("another error");
    };
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].line, 4);
}
