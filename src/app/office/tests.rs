//! What the pages do to the store, driven as the screens drive them.

mod people;

use super::bench::Bench;
use crate::{
    domain::{codes::Sku, money::Money, product::Product, staff::Role},
    ui::office::{
        OfficeCommand, Page, PageView,
        prices::{PricesCommand, PricesView},
        products::{ProductField, ProductsCommand, ProductsView},
    },
};

const CATALOG: &str = "sku,name,name_de,department,unit,price,currency,tax,tax_percent,plu,active,class\n\
    APPLE,Apple,Apfel,Fruit,each,0.59,EUR,reduced,7,4011,yes,apple\n\
    PEAR,Pear,Birne,Fruit,kg,2.99,EUR,reduced,7,4012,yes,\n\
    SOAP,Soap,Seife,House,each,1.50,EUR,full,19,,no,\n";

fn sku(text: &str) -> Sku {
    Sku::new(text).unwrap()
}

fn products(bench: &Bench) -> ProductsView {
    let PageView::Products(view) = bench.page() else {
        panic!("another page")
    };
    view
}

fn prices(bench: &Bench) -> PricesView {
    let PageView::Prices(view) = bench.page() else {
        panic!("another page")
    };
    view
}

fn wish(bench: &mut Bench, command: ProductsCommand) {
    bench.wish(OfficeCommand::Products(command));
}

fn names(bench: &Bench) -> Vec<String> {
    let view = products(bench);
    view.rows.iter().map(|product| product.name.clone()).collect()
}

#[test]
fn the_list_is_filtered_and_sorted() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    let mut listing = products(&bench).listing;
    listing.by = crate::domain::product_list::SortBy::Price;
    wish(&mut bench, ProductsCommand::List(listing.clone()));
    assert_eq!(names(&bench), ["Apple", "Soap", "Pear"]);
    listing.filter.active = Some(true);
    listing.direction = crate::domain::product_list::Direction::Descending;
    wish(&mut bench, ProductsCommand::List(listing.clone()));
    assert_eq!(names(&bench), ["Pear", "Apple"]);
    listing.filter.recognised = Some(true);
    wish(&mut bench, ProductsCommand::List(listing));
    assert_eq!(names(&bench), ["Apple"]);
    let view = products(&bench);
    assert_eq!(
        (view.total, view.departments.as_slice()),
        (3, ["Fruit", "House"].map(str::to_owned).as_slice())
    );
}

#[test]
fn a_price_is_saved_shown_in_the_history_and_undone() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    wish(&mut bench, ProductsCommand::Choose(Some(sku("APPLE"))));
    let price = Money::new(69, bench.desk().currency());
    wish(
        &mut bench,
        ProductsCommand::SetPrice {
            sku: sku("APPLE"),
            price,
        },
    );
    assert_eq!(bench.around.catalog.by_sku(&sku("APPLE")).unwrap().price, price);
    let history = products(&bench).details.unwrap().history;
    let minors: Vec<i64> = history.iter().map(|point| point.price.minor()).collect();
    assert_eq!(minors, [59, 69]);
    let view = bench.view();
    assert!(view.can_undo && view.saved_at.is_some(), "{:?}", view.problem);
    bench.wish(OfficeCommand::Undo);
    assert_eq!(
        bench.around.catalog.by_sku(&sku("APPLE")).unwrap().price.minor(),
        59
    );
    assert!(bench.view().can_redo);
    bench.wish(OfficeCommand::Redo);
    assert_eq!(
        bench.around.catalog.by_sku(&sku("APPLE")).unwrap().price.minor(),
        69
    );
}

#[test]
fn who_may_not_set_prices_undoes_other_changes_but_no_price() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    let price = Money::new(69, bench.desk().currency());
    let apple = sku("APPLE");
    wish(
        &mut bench,
        ProductsCommand::SetPrice {
            sku: apple.clone(),
            price,
        },
    );
    let mut bench = bench.signed_on(Role::Teacher, Page::Products);
    wish(
        &mut bench,
        ProductsCommand::Set {
            sku: apple.clone(),
            field: ProductField::Department,
            text: "Orchard".to_owned(),
        },
    );
    bench.wish(OfficeCommand::Undo);
    let product = |bench: &Bench| Product::clone(bench.around.catalog.by_sku(&apple).unwrap());
    assert_eq!(product(&bench).department, "Fruit", "{}", bench.problem());
    bench.wish(OfficeCommand::Undo);
    assert_eq!(product(&bench).price, price);
    assert!(bench.problem().contains("Tia may not"), "{}", bench.problem());
    bench.wish(OfficeCommand::Redo);
    assert_eq!(product(&bench).department, "Orchard", "{}", bench.problem());
}

#[test]
fn a_field_that_makes_no_sense_is_refused_beside_it() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    let set = |field, text: &str| ProductsCommand::Set {
        sku: sku("APPLE"),
        field,
        text: text.to_owned(),
    };
    wish(&mut bench, set(ProductField::Age, "old"));
    let refused = products(&bench).refused.unwrap();
    assert_eq!(refused, (ProductField::Age, "Type years, 1 to 99.".to_owned()));
    wish(&mut bench, set(ProductField::Age, "16"));
    assert_eq!(products(&bench).refused, None);
    assert_eq!(
        bench.around.catalog.by_sku(&sku("APPLE")).unwrap().age_limit,
        Some(16)
    );
    // A number that another product has: the store says so in the strip.
    wish(&mut bench, set(ProductField::Plu, "4012"));
    let problem = bench.view().problem.unwrap();
    assert!(problem.contains("4012"), "{problem}");
    wish(&mut bench, set(ProductField::Content, "250 g"));
    wish(&mut bench, ProductsCommand::Choose(Some(sku("APPLE"))));
    assert_eq!(products(&bench).details.unwrap().content, "250 g");
}

#[test]
fn a_new_product_needs_a_free_number() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    let create = |number: &str| ProductsCommand::Create {
        sku: number.to_owned(),
        name: "Plum".to_owned(),
        department: "Fruit".to_owned(),
        price: "0.29".to_owned(),
    };
    wish(&mut bench, create("PEAR"));
    assert_eq!(products(&bench).refused.unwrap().0, ProductField::Sku);
    wish(&mut bench, create("PLUM"));
    let plum = bench.around.catalog.by_sku(&sku("PLUM")).unwrap();
    assert_eq!((plum.price.minor(), plum.tax.id()), (29, "reduced"));
    assert_eq!(products(&bench).details.unwrap().product.name, "Plum");
}

#[test]
fn an_import_shows_what_it_would_do_and_does_it_whole() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    let path = bench.data().join("new.csv");
    let text = CATALOG
        .replace("0.59", "0.65")
        .replace("SOAP,Soap", "CREAM,Cream");
    std::fs::write(&path, text).unwrap();
    wish(&mut bench, ProductsCommand::Import);
    assert!(bench.view().path.is_some());
    bench.wish(OfficeCommand::PathChosen(path.display().to_string()));
    let import = products(&bench).import.unwrap();
    assert_eq!(
        (import.added, import.changed, import.unchanged),
        (1, 1, 1),
        "{:?}",
        bench.view().problem
    );
    assert!(
        import.lines[0]
            .what
            .contains("\u{20ac}0.59 \u{2192} \u{20ac}0.65"),
        "{:?}",
        import.lines[0]
    );
    assert!(
        bench.around.catalog.by_sku(&sku("CREAM")).is_none(),
        "nothing is done yet"
    );
    wish(&mut bench, ProductsCommand::ApplyImport);
    assert_eq!(
        bench.around.catalog.by_sku(&sku("APPLE")).unwrap().price.minor(),
        65
    );
    assert!(bench.around.catalog.by_sku(&sku("CREAM")).is_some());
    assert!(products(&bench).import.is_none());
}

#[test]
fn wrong_lines_are_all_told_and_nothing_is_imported() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    let path = bench.data().join("wrong.csv");
    let text = CATALOG.replace("0.59", "cheap").replace(",19,", ",much,");
    std::fs::write(&path, text).unwrap();
    wish(&mut bench, ProductsCommand::Import);
    bench.wish(OfficeCommand::PathChosen(path.display().to_string()));
    let import = products(&bench).import.unwrap();
    let lines: Vec<&str> = import.lines.iter().map(|line| line.key.as_str()).collect();
    assert_eq!((import.wrong, lines), (true, vec!["2", "4"]));
    wish(&mut bench, ProductsCommand::CancelImport);
    wish(&mut bench, ProductsCommand::Import);
    bench.wish(OfficeCommand::PathChosen("/no/such/file.csv".to_owned()));
    let problem = bench.view().problem.unwrap();
    assert!(problem.contains("check its path"), "{problem}");
}

#[test]
fn the_list_and_the_shelf_labels_are_written() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    let list = bench.data().join("out.csv");
    wish(&mut bench, ProductsCommand::Export);
    bench.wish(OfficeCommand::PathChosen(list.display().to_string()));
    let written = std::fs::read(&list).unwrap();
    assert_eq!(crate::store::catalog_csv::parse(&written).unwrap().len(), 3);
    let sheet = bench.data().join("labels.pdf");
    wish(&mut bench, ProductsCommand::Labels(Some(sku("PEAR"))));
    bench.wish(OfficeCommand::PathChosen(sheet.display().to_string()));
    assert!(std::fs::read(&sheet).unwrap().starts_with(b"%PDF"));
}

#[test]
fn a_picture_is_shrunk_kept_and_shown() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    let path = bench.data().join("apple.png");
    let grey = crate::frame::RgbImage::from_pixel(1280, 640, crate::frame::Rgb([90, 120, 90]));
    crate::frame::picture::write(&grey, &path).unwrap();
    wish(&mut bench, ProductsCommand::Choose(Some(sku("APPLE"))));
    wish(&mut bench, ProductsCommand::ChoosePicture(sku("APPLE")));
    bench.wish(OfficeCommand::PathChosen(path.display().to_string()));
    let shown = products(&bench).details.unwrap().picture.unwrap();
    assert_eq!(shown.pixels.dimensions(), (640, 320));
    let listed = products(&bench).pictures.own[&sku("APPLE")].clone();
    assert_eq!(listed.pixels.dimensions(), (256, 128));
    wish(&mut bench, ProductsCommand::RemovePicture(sku("APPLE")));
    let details = products(&bench).details.unwrap();
    assert!(
        !details.has_own_picture,
        "what came with the program is not removed"
    );
    assert!(bench.store.picture(&sku("APPLE")).unwrap().is_none());
    assert!(products(&bench).pictures.own.is_empty());
}

#[test]
fn own_pictures_are_there_from_the_beginning() {
    let mut bench = Bench::new(CATALOG);
    let grey = crate::frame::RgbImage::from_pixel(64, 64, crate::frame::Rgb([90, 120, 90]));
    let jpeg = crate::frame::jpeg::encode(&grey, 86, "grey").unwrap();
    let picture = crate::store::pictures::ProductPicture {
        jpeg,
        width: 64,
        height: 64,
    };
    let by = ("Kim", bench.now());
    bench.store.set_picture(&sku("PEAR"), &picture, by).unwrap();
    bench.act(|_, desk| super::album::read_all(desk));
    let pictures = bench.office.album.pictures();
    let pear = bench.around.catalog.by_sku(&sku("PEAR")).unwrap();
    assert_eq!(pictures.of(pear).unwrap().pixels.dimensions(), (64, 64));
}

#[test]
fn a_teacher_may_edit_names_but_no_prices() {
    let mut bench = Bench::on(CATALOG, Role::Teacher, Page::Products);
    let view = products(&bench);
    assert!(view.may_edit && !view.may_price);
    assert!(!bench.view().pages.contains(&Page::Prices));
    let price = Money::new(1, bench.desk().currency());
    wish(
        &mut bench,
        ProductsCommand::SetPrice {
            sku: sku("APPLE"),
            price,
        },
    );
    assert_eq!(
        bench.around.catalog.by_sku(&sku("APPLE")).unwrap().price.minor(),
        59
    );
    let problem = bench.view().problem.unwrap();
    assert_eq!(problem, "Tia may not do this: ask a manager.");
    bench.wish(OfficeCommand::Open(Page::Prices));
    assert_eq!(bench.page().page(), Page::Products, "the page stays shut");
    let set = ProductsCommand::Set {
        sku: sku("APPLE"),
        field: ProductField::Name,
        text: "Red apple".to_owned(),
    };
    wish(&mut bench, set);
    assert_eq!(
        bench.around.catalog.by_sku(&sku("APPLE")).unwrap().name,
        "Red apple"
    );
}

#[test]
fn a_change_by_percentage_is_looked_at_planned_and_taken_back() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Prices);
    let wish = |bench: &mut Bench, command| bench.wish(OfficeCommand::Prices(command));
    let preview = |percent: &str| PricesCommand::Preview {
        department: Some("Fruit".to_owned()),
        percent: percent.to_owned(),
        nines: true,
    };
    wish(&mut bench, preview("lots"));
    assert_eq!(prices(&bench).refused.as_deref(), Some("Type such as 5 or -2.5."));
    wish(&mut bench, preview("10"));
    let changes = prices(&bench).preview.unwrap().changes;
    // 0.59 and a tenth is 0.649, which ends in 9 at 0.69 or 0.59; 2.99 becomes 3.289, so 3.29.
    let after: Vec<i64> = changes.iter().map(|change| change.after.minor()).collect();
    assert_eq!(after, [69, 329]);
    let apply = |from: &str| PricesCommand::Apply {
        from: from.to_owned(),
        reason: "spring".to_owned(),
    };
    wish(&mut bench, apply("yesterday"));
    assert!(prices(&bench).refused.is_some() && prices(&bench).preview.is_some());
    wish(&mut bench, apply("2023-12-24 06:00"));
    assert_eq!(
        bench.around.catalog.by_sku(&sku("APPLE")).unwrap().price.minor(),
        59,
        "not yet"
    );
    let planned = prices(&bench).planned;
    assert_eq!(planned.len(), 2, "{:?}", bench.view().problem);
    assert_eq!(planned[0].from, "2023-12-24 06:00");
    wish(&mut bench, PricesCommand::Cancel(planned[0].id));
    assert!(bench.view().confirm.is_some_and(|question| question.wants_reason));
    let reason = "a mistake".to_owned();
    bench.wish(OfficeCommand::Confirm { reason });
    assert_eq!(prices(&bench).planned.len(), 1);
}

#[test]
fn nothing_is_done_for_nobody() {
    let mut bench = Bench::on(CATALOG, Role::Manager, Page::Products);
    bench.office.close();
    assert!(bench.office.view(&bench.desk()).is_none());
    let price = Money::new(1, bench.desk().currency());
    wish(
        &mut bench,
        ProductsCommand::SetPrice {
            sku: sku("APPLE"),
            price,
        },
    );
    assert_eq!(
        bench.around.catalog.by_sku(&sku("APPLE")).unwrap().price.minor(),
        59
    );
}
