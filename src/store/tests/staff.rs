//! PINs that cannot be guessed, and settings.

use super::*;
use crate::domain::staff::Permission;
use crate::store::audit::AuditFilter;
use crate::store::staff::{PinCheck, Role, SignOn};

#[test]
fn wrong_pins_lock_for_longer_each_time() {
    let store = Store::in_memory().unwrap();
    assert!(!store.has_pin().unwrap());
    store
        .set_pin("anna", "2468", Role::Manager, ("setup", NOW))
        .unwrap();
    assert!(store.has_pin().unwrap());
    assert_eq!(
        store.check_pin("anna", "2468", NOW).unwrap(),
        PinCheck::Accepted(Role::Manager)
    );
    assert_eq!(store.check_pin("bert", "2468", NOW).unwrap(), PinCheck::Wrong);
    let mut now = NOW;
    for lock_ms in [60_000, 120_000] {
        for _ in 0..4 {
            assert_eq!(store.check_pin("anna", "1111", now).unwrap(), PinCheck::Wrong);
        }
        let until = now.plus_ms(lock_ms);
        assert_eq!(
            store.check_pin("anna", "1111", now).unwrap(),
            PinCheck::Locked { until }
        );
        let early = store.check_pin("anna", "2468", until.plus_ms(-1)).unwrap();
        assert_eq!(early, PinCheck::Locked { until }, "not even the right one");
        now = until;
    }
    assert_eq!(
        store.check_pin("anna", "2468", now).unwrap(),
        PinCheck::Accepted(Role::Manager)
    );
    let hash: String = store
        .conn
        .query_row("SELECT hash FROM staff", [], |row| row.get(0))
        .unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    assert!(
        store
            .audit_log(100)
            .unwrap()
            .iter()
            .any(|row| row.detail == "wrong PIN")
    );
}

#[test]
fn a_pin_has_digits_and_enough_of_them() {
    let store = Store::in_memory().unwrap();
    for pin in ["", "123", "12a4", "1234567890123", "١٢٣٤"] {
        assert!(matches!(
            store.set_pin("anna", pin, Role::Clerk, ("x", NOW)),
            Err(StoreError::BadPin)
        ));
    }
}

#[test]
fn settings_are_kept_and_audited() {
    let store = Store::in_memory().unwrap();
    assert_eq!(store.setting("language").unwrap(), None);
    store.set_setting("language", "de", ("anna", NOW)).unwrap();
    store.set_setting("language", "en", ("anna", NOW)).unwrap();
    assert_eq!(store.setting("language").unwrap().as_deref(), Some("en"));
    let row = store.audit_log(1).unwrap().remove(0);
    assert_eq!(row.detail, "en");
    assert_eq!(
        (row.before.as_deref(), row.after.as_deref()),
        (Some("de"), Some("en"))
    );
    store.set_setting("language", "en", ("anna", NOW)).unwrap();
    store
        .set_settings(
            &[("language", None), ("theme", Some("dark"))],
            "new owner",
            ("anna", NOW),
        )
        .unwrap();
    assert_eq!(store.setting("language").unwrap(), None);
    assert_eq!(
        store.settings("the").unwrap(),
        [("theme".to_owned(), "dark".to_owned())]
    );
    let log = store.audit_log(10).unwrap();
    assert_eq!(log.len(), 4, "what stays as it was leaves no trace: {log:?}");
    assert_eq!(log[1].reason.as_deref(), Some("new owner"));
}

const PIN: [&str; 4] = ["2468", "1357", "9753", "8642"];

fn shop() -> Store {
    let store = Store::in_memory().unwrap();
    store.choose_first_pin("Mona", PIN[0], NOW).unwrap();
    let by = ("Mona", NOW);
    store.add_staff("Cleo", PIN[1], Role::Clerk, by).unwrap();
    store.add_staff("Theo", PIN[2], Role::Teacher, by).unwrap();
    store
}

#[test]
fn the_first_start_asks_for_a_manager_and_only_once() {
    let store = Store::in_memory().unwrap();
    assert!(store.needs_manager().unwrap());
    store.choose_first_pin("  Mona ", PIN[0], NOW).unwrap();
    assert!(!store.needs_manager().unwrap());
    let again = store.choose_first_pin("Eve", PIN[1], NOW).unwrap_err();
    assert_eq!(again.to_string(), "Eve may not manage staff: ask a manager");
    assert_eq!(store.staff().unwrap().len(), 1);
}

#[test]
fn a_pin_alone_says_who_it_is() {
    let store = shop();
    let SignOn::Accepted(found) = store.sign_on(PIN[2], NOW).unwrap() else {
        panic!()
    };
    assert_eq!((found.name.as_str(), found.role), ("Theo", Role::Teacher));
    assert!(matches!(
        store.add_staff("Eve", PIN[2], Role::Clerk, ("Mona", NOW)),
        Err(StoreError::PinTaken)
    ));
    store.set_staff_active("Theo", false, ("Mona", NOW)).unwrap();
    assert_eq!(
        store.sign_on(PIN[2], NOW).unwrap(),
        SignOn::Wrong { tries_left: 3 }
    );
    assert_eq!(store.check_pin("Theo", PIN[2], NOW).unwrap(), PinCheck::Wrong);
}

#[test]
fn a_hundred_wrong_pins_open_nothing_and_most_are_not_even_checked() {
    let disk = OnDisk::new();
    disk.store.choose_first_pin("Mona", PIN[0], NOW).unwrap();
    let mut store = Store::open(disk.path()).unwrap();
    let mut checked = 0;
    for attempt in 0..100_i64 {
        // One a second; the program is started anew now and then, which forgets nothing.
        let now = NOW.plus_ms(attempt * 1000);
        if attempt % 7 == 0 {
            store = Store::open(disk.path()).unwrap();
        }
        match store.sign_on("0000", now).unwrap() {
            SignOn::Accepted(member) => panic!("{member:?}"),
            SignOn::Wrong { .. } => checked += 1,
            SignOn::Locked { until } => assert!(until > now),
        }
    }
    // Four wrong, the fifth locks a minute; four wrong, the tenth locks two minutes.
    assert_eq!(checked, 8);
    assert!(matches!(
        store.sign_on(PIN[0], NOW.plus_ms(100_000)).unwrap(),
        SignOn::Locked { .. }
    ));
    assert!(
        matches!(
            store.check_pin("Mona", PIN[0], NOW.plus_ms(100_000)).unwrap(),
            PinCheck::Accepted(Role::Manager)
        ),
        "with the name the way is open"
    );
    assert_eq!(store.commit_sale(&sale(1)).unwrap(), 1, "the lane sells on");
    store.unlock_staff("Mona", ("Mona", NOW)).unwrap();
    assert!(matches!(store.sign_on(PIN[0], NOW).unwrap(), SignOn::Accepted(_)));
}

#[test]
fn a_try_counts_before_it_is_checked() {
    let store = shop();
    for _ in 0..5 {
        // The plug is pulled while the hash is computed.
        let _never_ended = store.begin_pin(Some("Cleo"), NOW).unwrap();
    }
    assert!(matches!(
        store.check_pin("Cleo", PIN[1], NOW).unwrap(),
        PinCheck::Locked { .. }
    ));
}

#[test]
fn the_last_manager_stays() {
    let store = shop();
    let by = ("Mona", NOW);
    for refused in [
        store.set_staff_active("Mona", false, by),
        store.set_role("Mona", Role::Clerk, by),
        store.set_pin("Mona", PIN[3], Role::Teacher, by),
    ] {
        assert!(matches!(refused, Err(StoreError::LastManager)), "{refused:?}");
    }
    store.set_role("Theo", Role::Manager, by).unwrap();
    store.set_staff_active("Mona", false, by).unwrap();
    assert!(matches!(
        store.set_role("Theo", Role::Clerk, by),
        Err(StoreError::LastManager)
    ));
    let row = store.audit_log(1).unwrap().remove(0);
    assert_eq!(
        (row.subject.as_str(), row.before.as_deref(), row.after.as_deref()),
        ("Mona", Some("enabled"), Some("disabled"))
    );
}

#[test]
fn names_change_and_permissions_follow_the_role() {
    let store = shop();
    let by = ("Mona", NOW);
    store.rename_staff("Theo", "Thea", by).unwrap();
    assert!(matches!(
        store.rename_staff("Thea", "Cleo", by),
        Err(StoreError::NameTaken { .. })
    ));
    assert!(matches!(
        store.rename_staff("Theo", "X", by),
        Err(StoreError::UnknownStaff { .. })
    ));
    assert!(matches!(
        store.rename_staff("Thea", " \n ", by),
        Err(StoreError::BadName { .. })
    ));
    store.authorise("Thea", Permission::LabelPhotos).unwrap();
    assert!(store.authorise("Thea", Permission::SetPrices).is_err());
    assert!(
        store.authorise("Theo", Permission::HelpAtLane).is_err(),
        "no such name now"
    );
    assert_eq!(
        store.change_own_pin("Cleo", "0000", "5555", NOW).unwrap(),
        PinCheck::Wrong
    );
    assert_eq!(
        store.change_own_pin("Cleo", PIN[1], "5555", NOW).unwrap(),
        PinCheck::Accepted(Role::Clerk)
    );
    assert!(matches!(store.sign_on("5555", NOW).unwrap(), SignOn::Accepted(who) if who.name == "Cleo"));
    let filter = AuditFilter {
        subject: Some("Cleo".to_owned()),
        action: Some("staff".to_owned()),
        ..AuditFilter::default()
    };
    let rows: Vec<String> = store
        .audit_page(&filter, 0, 10)
        .unwrap()
        .into_iter()
        .map(|row| row.detail)
        .collect();
    assert_eq!(rows, ["PIN set", "added as clerk"]);
    assert!(
        store
            .audit_page(
                &AuditFilter {
                    to: Some(NOW),
                    ..filter
                },
                0,
                10
            )
            .unwrap()
            .is_empty()
    );
}

#[test]
fn guessing_by_choosing_pins_locks_the_pad() {
    let store = shop();
    for _ in 0..5 {
        let taken = store.change_own_pin("Cleo", PIN[1], PIN[0], NOW);
        assert!(matches!(taken, Err(StoreError::PinTaken)), "{taken:?}");
    }
    let more = store.change_own_pin("Cleo", PIN[1], PIN[2], NOW);
    assert!(matches!(more, Err(StoreError::PadLocked)), "{more:?}");
}

#[test]
fn an_attendant_of_the_first_version_becomes_a_clerk() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("old.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../../migrations/01-first/up.sql"))
        .unwrap();
    old.execute_batch(
        "PRAGMA user_version = 1;
         INSERT INTO staff_pins VALUES ('staff', 'attendant', '$argon2id$x', 3, 17), ('boss', 'manager', '', 0, NULL);
         INSERT INTO audit (at, actor, action, subject, detail) VALUES (1, 'boss', 'pin', 'staff', 'PIN set');",
    )
    .unwrap();
    drop(old);
    let store = Store::open(&path).unwrap();
    let staff = store.staff().unwrap();
    let names: Vec<(&str, Role)> = staff
        .iter()
        .map(|member| (member.name.as_str(), member.role))
        .collect();
    assert_eq!(names, [("boss", Role::Manager), ("staff", Role::Clerk)]);
    assert_eq!(staff[1].locked_until, Some(Timestamp(17)));
    let row = store.audit_log(1).unwrap().remove(0);
    assert_eq!((row.detail.as_str(), row.reason), ("PIN set", None));
}
