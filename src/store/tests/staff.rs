//! PINs that cannot be guessed, and settings.

use super::*;
use crate::store::staff::{PinCheck, Role};

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
        .query_row("SELECT hash FROM staff_pins", [], |row| row.get(0))
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
            store.set_pin("anna", pin, Role::Attendant, ("x", NOW)),
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
    assert_eq!(store.audit_log(1).unwrap()[0].detail, "en");
}
