//! The page of settings over a database in memory.

use crate::{
    app::{
        kiosk::{checkout::LaneOrder, settings::ShopSettings},
        office::bench::Bench,
    },
    domain::{
        money::{Currency, Money},
        session::testing::piece,
        staff::Role,
        time::Timestamp,
    },
    store::{
        Store,
        photos::{NewPhoto, PhotoSource},
    },
    ui::office::{
        OfficeCommand, Page, PageView,
        settings::{
            SettingsCommand, SettingsView,
            view::{Device, Setting, SettingsTab},
        },
    },
};

fn bench(role: Role) -> Bench {
    let store = Store::in_memory().unwrap();
    let products = [piece("APPLE", 59), piece("MILK", 119)];
    store.import_products(&products, "test", Timestamp(0)).unwrap();
    Bench::over(store).signed_on(role, Page::Settings)
}

fn wish(bench: &mut Bench, command: SettingsCommand) {
    bench.wish(OfficeCommand::Settings(command));
}

fn view(bench: &Bench) -> SettingsView {
    let PageView::Settings(view) = bench.view().page else {
        panic!("another page is open");
    };
    *view
}

fn set(bench: &mut Bench, setting: Setting, value: &str) {
    let value = value.to_owned();
    wish(bench, SettingsCommand::Set { setting, value });
}

#[test]
fn a_setting_is_kept_audited_and_taken_up() {
    let mut bench = bench(Role::Manager);
    assert_eq!(view(&bench).value(Setting::Theme), "light");
    set(&mut bench, Setting::Theme, "dark");
    assert_eq!(view(&bench).value(Setting::Theme), "dark");
    assert_eq!(bench.reloads, 1, "the lane takes it up");
    let entry = &bench.store.audit_log(1).unwrap()[0];
    assert_eq!(
        (entry.actor.as_str(), entry.subject.as_str()),
        ("Kim", "lane.theme")
    );
    set(&mut bench, Setting::Header, "Obst Meyer\nAm Markt 3");
    set(&mut bench, Setting::Footer, "Danke");
    let read = ShopSettings::read(&bench.store).unwrap();
    assert_eq!(read.receipt_header, ["Obst Meyer", "Am Markt 3"]);
    set(&mut bench, Setting::Header, "");
    assert!(
        ShopSettings::read(&bench.store)
            .unwrap()
            .receipt_header
            .is_empty()
    );
}

#[test]
fn only_who_may_changes_settings() {
    let mut bench = bench(Role::Manager);
    set(&mut bench, Setting::Scan, "ask");
    // Somebody took the rights away meanwhile: the store asks again.
    let by = ("Kim", bench.now());
    bench.store.add_staff("Mona", "4711", Role::Manager, by).unwrap();
    let kim = bench
        .store
        .staff()
        .unwrap()
        .into_iter()
        .find(|who| who.name == "Kim")
        .unwrap();
    bench
        .store
        .set_role(&kim.name, Role::Clerk, ("Mona", bench.now()))
        .unwrap();
    set(&mut bench, Setting::Scan, "off");
    assert!(!bench.problem().is_empty());
    assert_eq!(bench.store.setting("lane.scan").unwrap().as_deref(), Some("ask"));
}

#[test]
fn thresholds_and_zone_reach_what_the_lane_reads() {
    let mut bench = bench(Role::Manager);
    bench.around.lane.classes = vec![("apple".to_owned(), 0.5), ("milk".to_owned(), 0.45)];
    wish(&mut bench, SettingsCommand::Open(SettingsTab::Sight));
    let class = || "apple".to_owned();
    let percent = Some(35);
    wish(
        &mut bench,
        SettingsCommand::SetThreshold {
            class: class(),
            percent,
        },
    );
    wish(&mut bench, SettingsCommand::SetZone([10, 5, 90, 95]));
    let shown = view(&bench);
    let classes: Vec<_> = shown
        .classes
        .iter()
        .map(|class| (class.usual, class.threshold))
        .collect();
    assert_eq!(classes, [(50, 35), (45, 45)]);
    assert_eq!(shown.zone, [10, 5, 90, 95]);
    let tuning = ShopSettings::read(&bench.store).unwrap().tuning;
    assert_eq!(tuning.thresholds.get("apple"), Some(&35));
    assert_eq!(tuning.zone, Some([10, 5, 90, 95]));
    let percent = None;
    wish(
        &mut bench,
        SettingsCommand::SetThreshold {
            class: class(),
            percent,
        },
    );
    wish(&mut bench, SettingsCommand::SetZone([0, 0, 100, 100]));
    let tuning = ShopSettings::read(&bench.store).unwrap().tuning;
    assert_eq!(tuning, crate::app::kiosk::tuning::Tuning::default());
}

#[test]
fn a_currency_keeps_the_numbers_and_asks_first() {
    let mut bench = bench(Role::Manager);
    wish(&mut bench, SettingsCommand::SetCurrency("CHF".to_owned()));
    assert_eq!(view(&bench).currency, "EUR");
    bench.confirm("");
    assert_eq!(view(&bench).currency, "CHF");
    let chf = Currency::from_code("CHF").unwrap();
    let catalog = bench.store.catalog(bench.now()).unwrap();
    assert!(
        catalog
            .products()
            .iter()
            .any(|product| product.price == Money::new(119, chf))
    );
    wish(&mut bench, SettingsCommand::SetCurrency("JPY".to_owned()));
    assert!(bench.view().confirm.is_none());
    assert!(bench.problem().contains("JPY"), "{}", bench.problem());
}

#[test]
fn a_tax_rate_changes_on_all_its_products() {
    let mut bench = bench(Role::Manager);
    let rate = view(&bench).taxes[0].clone();
    assert_eq!(rate.products, 2);
    let (id, basis_points) = (rate.id, 950);
    wish(&mut bench, SettingsCommand::SetTax { id, basis_points });
    bench.confirm("");
    let rate = &view(&bench).taxes[0];
    assert_eq!((rate.basis_points, rate.products), (950, 2));
    let (id, basis_points) = (rate.id.clone(), 20_000);
    wish(&mut bench, SettingsCommand::SetTax { id, basis_points });
    assert!(bench.view().confirm.is_none() || basis_points > 10_000);
}

fn correction(name: &str, taken_at: Timestamp) -> NewPhoto {
    NewPhoto {
        file_name: name.to_owned(),
        sha256: format!("{:064x}", taken_at.0),
        dhash: 1,
        width: 4,
        height: 4,
        taken_at,
        source: PhotoSource::Correction,
        session: "lane".to_owned(),
        class_hint: None,
    }
}

fn keep(bench: &Bench, name: &str, taken_at: Timestamp) -> std::path::PathBuf {
    bench
        .store
        .add_photo(&correction(name, taken_at), ("lane", taken_at))
        .unwrap();
    let folder = bench.data().join("photos");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), b"picture").unwrap();
    folder.join(name)
}

#[test]
fn a_purge_deletes_rows_and_files() {
    let mut bench = bench(Role::Manager);
    let file = keep(&bench, "a1.jpg", bench.now());
    let cutouts = bench.data().join("cutouts");
    std::fs::create_dir_all(&cutouts).unwrap();
    std::fs::write(cutouts.join("a1-1.png"), b"part").unwrap();
    std::fs::write(cutouts.join("a10-1.png"), b"of another").unwrap();
    wish(&mut bench, SettingsCommand::Open(SettingsTab::Keeping));
    assert_eq!(view(&bench).kept, Some(1));
    wish(&mut bench, SettingsCommand::Purge);
    bench.confirm("");
    assert!(file.exists(), "without a reason nothing is deleted");
    wish(&mut bench, SettingsCommand::Purge);
    bench.confirm("a shopper asked for it");
    assert!(!file.exists());
    assert!(!cutouts.join("a1-1.png").exists());
    assert!(cutouts.join("a10-1.png").exists());
    assert_eq!(view(&bench).kept, Some(0));
    assert!(bench.store.files_to_delete().unwrap().is_empty());
}

#[test]
fn what_was_kept_long_enough_goes_by_itself() {
    let mut bench = bench(Role::Manager);
    let day = 86_400_000;
    let old = keep(&bench, "old.jpg", bench.now().plus_ms(-8 * day));
    let new = keep(&bench, "new.jpg", bench.now().plus_ms(-6 * day));
    bench.tick();
    assert!(old.exists(), "for ever, as long as nothing is set");
    set(&mut bench, Setting::KeepDays, "7");
    bench.wait_ms(3_600_000);
    bench.tick();
    assert!(!old.exists());
    assert!(new.exists());
}

#[test]
fn backups_are_made_by_hand_and_on_schedule() {
    // A backup has a connection of its own, so this one lies in a file.
    let shop = tempfile::tempdir().unwrap();
    let mut bench = bench(Role::Manager);
    let path = bench.data().join(crate::app::pricing::DATABASE);
    bench.store = Store::open(&path).unwrap();
    bench.store.choose_first_pin("Kim", "1111", bench.now()).unwrap();
    let folder = shop.path().join("backups");
    set(&mut bench, Setting::BackupFolder, &folder.display().to_string());
    wish(&mut bench, SettingsCommand::Open(SettingsTab::Keeping));
    wish(&mut bench, SettingsCommand::BackUp);
    let made = view(&bench).backups;
    assert_eq!(made.len(), 1, "{}", bench.problem());
    assert!(made[0].is_made && std::path::Path::new(&made[0].path).exists());
    set(&mut bench, Setting::BackupHours, "6");
    let hour = 3_600_000;
    bench.wait_ms(5 * hour);
    bench.tick();
    assert_eq!(view(&bench).backups.len(), 1, "not yet");
    bench.wait_ms(hour);
    bench.tick();
    assert_eq!(view(&bench).backups.len(), 2);
    assert!(!view(&bench).is_backing_up);
}

#[test]
fn devices_are_tested_in_a_sentence() {
    let mut bench = bench(Role::Manager);
    wish(&mut bench, SettingsCommand::Open(SettingsTab::Devices));
    let result = |bench: &Bench, device| view(bench).tests.get(&device).cloned().unwrap();
    wish(&mut bench, SettingsCommand::Test(Device::Printer));
    assert!(!result(&bench, Device::Printer).works);
    let printer = bench.data().join("lp0").display().to_string();
    set(&mut bench, Setting::Printer, &printer);
    wish(&mut bench, SettingsCommand::Test(Device::Printer));
    assert!(result(&bench, Device::Printer).works);
    let page = std::fs::read(bench.data().join("lp0")).unwrap();
    assert!(page.windows(9).any(|part| part == b"Tillsight"));
    wish(&mut bench, SettingsCommand::Test(Device::ReceiptFolder));
    assert!(bench.data().join("receipts/test.pdf").exists());
    wish(&mut bench, SettingsCommand::Scanned("4006381333931".to_owned()));
    assert!(result(&bench, Device::Scanner).sentence.contains("4006381333931"));
}

#[test]
fn the_lane_is_told_what_to_show() {
    let mut bench = bench(Role::Manager);
    wish(&mut bench, SettingsCommand::ShowDemo);
    set(&mut bench, Setting::Source, "camera:C920");
    wish(&mut bench, SettingsCommand::ShowSource);
    let shown = LaneOrder::ShowSource("camera:C920".to_owned());
    assert_eq!(bench.orders, [LaneOrder::ShowDemo, shown]);
}
