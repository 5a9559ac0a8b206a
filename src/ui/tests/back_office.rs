//! The frame, the questions, and the pages of products, prices and people, by what stands on their controls.

use eframe::egui::Key;
use egui_kittest::{Harness, kittest::Queryable as _};

use super::{Bench, LANDSCAPE, bench, lane, press, type_text};
use crate::{
    domain::staff::Role,
    ui::{
        back_office_samples as pages,
        command::Command,
        office::{
            OfficeCommand, OfficeView, Page, PageView,
            people::PeopleCommand,
            prices::PricesCommand,
            products::{ProductField, ProductsCommand},
        },
        samples,
        view::{LaneView, Panel, Screen},
        words::Lang,
    },
};

fn shown(office: Box<OfficeView>) -> LaneView {
    lane(Screen::Office(office))
}

fn people() -> LaneView {
    shown(samples::office_page(PageView::People(pages::people())))
}

fn office_wishes(harness: &mut Harness<'_, Bench>) -> Vec<OfficeCommand> {
    let out = std::mem::take(&mut harness.state_mut().out);
    let wish = |command| {
        if let Command::Office(wish) = command {
            return Some(wish);
        }
        assert_eq!(command, Command::Touched);
        None
    };
    out.into_iter().filter_map(wish).collect()
}

fn click(harness: &mut Harness<'_, Bench>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

fn fill(harness: &mut Harness<'_, Bench>, label: &str, text: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(2);
    type_text(harness, text);
}

#[test]
fn the_rail_offers_what_the_role_may_open() {
    let manager = shown(samples::office(Lang::English));
    for (label, page) in [
        ("Sales", Page::Day),
        ("Check boxes", Page::Labels),
        ("People", Page::People),
    ] {
        assert_eq!(
            press(&manager, label),
            [Command::Office(OfficeCommand::Open(page))]
        );
    }
    let mut office = samples::office(Lang::English);
    office.role = Role::Clerk;
    office.pages = vec![Page::Products, Page::Day, Page::People];
    let harness = bench(shown(office), LANDSCAPE);
    assert!(harness.query_by_label("Prices").is_none());
    assert!(harness.query_by_label("Train").is_none());
    harness.get_by_label("Kim, clerk");
}

#[test]
fn every_page_shows_its_keys_and_hears_none_of_them_meanwhile() {
    let view = shown(samples::office(Lang::English));
    let mut harness = bench(view.clone(), LANDSCAPE);
    harness.key_press(Key::F1);
    harness.run_steps(3);
    harness.get_by_label("Change the name");
    harness.get_by_label("Open a page, in their order");
    harness.state_mut().out.clear();
    harness.key_press(Key::ArrowDown);
    harness.run_steps(3);
    assert_eq!(office_wishes(&mut harness), []);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label("Close keys").is_none());
    click(&mut harness, "Show the keys");
    click(&mut harness, "Close keys");
    assert!(harness.query_by_label("Close keys").is_none());
    harness.state_mut().out.clear();
    harness.key_press_modifiers(eframe::egui::Modifiers::CTRL, Key::Num3);
    harness.run_steps(3);
    assert_eq!(office_wishes(&mut harness), [OfficeCommand::Open(Page::Day)]);
}

#[test]
fn one_arrow_leads_from_the_search_into_the_list() {
    let mut harness = bench(shown(samples::office(Lang::English)), LANDSCAPE);
    harness.key_press(Key::Slash);
    harness.run_steps(3);
    harness.state_mut().out.clear();
    harness.key_press(Key::ArrowDown);
    harness.run_steps(3);
    let wishes = office_wishes(&mut harness);
    let is_choice =
        |wish: &OfficeCommand| matches!(wish, OfficeCommand::Products(ProductsCommand::Choose(Some(_))));
    assert!(wishes.iter().any(is_choice), "{wishes:?}");
}

#[test]
fn a_sentence_in_the_strip_is_read_and_closed() {
    let mut office = samples::office(Lang::English);
    office.problem = Some("Tia may not do this: ask a manager.".to_owned());
    let view = shown(office);
    let harness = bench(view.clone(), LANDSCAPE);
    harness.get_by_label("Tia may not do this: ask a manager.");
    assert_eq!(
        press(&view, "Close the message"),
        [Command::Office(OfficeCommand::DismissProblem)]
    );
}

#[test]
fn a_question_wants_its_reason_first() {
    let mut office = samples::office(Lang::English);
    office.confirm = Some(pages::question());
    let view = shown(office);
    assert_eq!(
        press(&view, "Cancel"),
        [Command::Office(OfficeCommand::CancelConfirm)]
    );
    assert_eq!(press(&view, "Take back"), [], "no reason yet");
    let mut harness = bench(view, LANDSCAPE);
    type_text(&mut harness, "typing error");
    click(&mut harness, "Take back");
    let reason = "typing error".to_owned();
    assert_eq!(office_wishes(&mut harness), [OfficeCommand::Confirm { reason }]);
}

#[test]
fn a_path_is_typed_where_there_is_no_dialog() {
    let mut office = samples::office(Lang::English);
    office.path = Some(pages::path());
    let mut harness = bench(shown(office), LANDSCAPE);
    click(&mut harness, "Choose file");
    assert_eq!(office_wishes(&mut harness), [OfficeCommand::BrowsePath]);
    fill(&mut harness, "Path", "/tmp/new.csv");
    click(&mut harness, "Show what changes");
    let chosen = OfficeCommand::PathChosen("/tmp/new.csv".to_owned());
    assert_eq!(office_wishes(&mut harness), [chosen]);
}

#[test]
fn the_columns_sort_and_the_details_save_what_is_left() {
    let view = shown(samples::office_page(PageView::Products(
        samples::product_details(Lang::English),
    )));
    let mut harness = bench(view, LANDSCAPE);
    harness.get_by_label("from 2026-08-01 08:00");
    fill(&mut harness, "Age limit", "18");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let set = ProductsCommand::Set {
        sku: samples::sku("mango"),
        field: ProductField::Age,
        text: "18".to_owned(),
    };
    assert_eq!(office_wishes(&mut harness), [OfficeCommand::Products(set)]);
    // The filter above the table has the same words; the switch is the later one.
    harness.get_all_by_label("On sale").last().unwrap().click();
    harness.run_steps(3);
    assert!(!office_wishes(&mut harness).is_empty());
    click(&mut harness, "Close details");
    let closed = OfficeCommand::Products(ProductsCommand::Choose(None));
    assert_eq!(office_wishes(&mut harness), [closed]);
}

#[test]
fn a_new_product_is_typed_in() {
    let mut harness = bench(shown(samples::office(Lang::English)), LANDSCAPE);
    click(&mut harness, "New product");
    office_wishes(&mut harness);
    for (label, text) in [("Product number (SKU)", "LIME"), ("Department", "Fruit")] {
        let fields = harness.get_all_by_label(label);
        let last = fields.last().unwrap();
        last.click();
        harness.run_steps(2);
        type_text(&mut harness, text);
    }
    harness.get_by_label("Create product");
}

#[test]
fn an_import_is_done_after_it_was_looked_at() {
    let mut products = samples::products_view(Lang::English);
    products.import = Some(pages::import());
    let view = shown(samples::office_page(PageView::Products(products.clone())));
    let apply = Command::Office(OfficeCommand::Products(ProductsCommand::ApplyImport));
    assert_eq!(press(&view, "Import 3 products"), [apply]);
    let leave = Command::Office(OfficeCommand::Products(ProductsCommand::CancelImport));
    assert_eq!(press(&view, "Change nothing"), [leave]);
    products.import = Some(pages::wrong_import());
    let view = shown(samples::office_page(PageView::Products(products)));
    let harness = bench(view, LANDSCAPE);
    assert!(harness.query_by_label("Import 3 products").is_none());
    harness.get_by_label("3 lines are wrong. Mend them in the file and import again; nothing was changed.");
}

#[test]
fn planned_prices_are_taken_back_and_many_are_changed() {
    let view = shown(samples::office_page(PageView::Prices(pages::planned())));
    let back = Command::Office(OfficeCommand::Prices(PricesCommand::Cancel(2)));
    assert_eq!(press(&view, "Take back the price of Lemon"), [back]);
    let mut harness = bench(view, LANDSCAPE);
    click(&mut harness, "Change many");
    fill(&mut harness, "Percent, minus lowers", "5");
    click(&mut harness, "Show what changes");
    let preview = PricesCommand::Preview {
        department: None,
        percent: "5".to_owned(),
        nines: false,
    };
    assert_eq!(office_wishes(&mut harness), [OfficeCommand::Prices(preview)]);
    let view = shown(samples::office_page(PageView::Prices(pages::price_preview())));
    let mut harness = bench(view, LANDSCAPE);
    fill(&mut harness, "Reason", "advent");
    click(&mut harness, "Change prices");
    let apply = PricesCommand::Apply {
        from: String::new(),
        reason: "advent".to_owned(),
    };
    assert_eq!(office_wishes(&mut harness), [OfficeCommand::Prices(apply)]);
}

#[test]
fn somebody_is_chosen_and_changed() {
    let mut harness = bench(people(), LANDSCAPE);
    click(&mut harness, "Ada Brandt");
    click(&mut harness, "Unlock");
    click(&mut harness, "teacher");
    let name = "Ada Brandt".to_owned();
    let unlock = PeopleCommand::Unlock { name: name.clone() };
    let role = PeopleCommand::SetRole {
        name,
        role: Role::Teacher,
    };
    assert_eq!(
        office_wishes(&mut harness),
        [unlock, role].map(OfficeCommand::People)
    );
    for (label, text) in [("New PIN", "2468"), ("New PIN again", "2469")] {
        fill(&mut harness, label, text);
    }
    click(&mut harness, "Set this PIN");
    assert_eq!(office_wishes(&mut harness), [], "the two differ");
}

#[test]
fn the_audit_is_filtered() {
    let mut harness = bench(people(), LANDSCAPE);
    click(&mut harness, "Changes");
    // The column is called so, too; the field stands above it.
    harness.get_all_by_label("Who").next().unwrap().click();
    harness.run_steps(2);
    type_text(&mut harness, "K");
    let asked = office_wishes(&mut harness);
    let wanted = asked
        .iter()
        .any(|wish| matches!(wish, OfficeCommand::People(PeopleCommand::Audit(query)) if query.actor == "K"));
    assert!(wanted, "{asked:?}");
}

#[test]
fn the_first_manager_types_a_name() {
    let mut view = lane(Screen::Attract(samples::attract()));
    view.panel = Panel::FirstName;
    let mut harness = bench(view, LANDSCAPE);
    type_text(&mut harness, "kim");
    click(&mut harness, "Open");
    let name = Command::NameEntered("Kim".to_owned());
    assert!(harness.state().out.contains(&name), "{:?}", harness.state().out);
}
