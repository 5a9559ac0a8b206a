//! Each bad file gets one clear sentence, and nothing in it is changed.

use rusqlite::OpenFlags;

use super::*;

fn says(error: &StoreError, expected: &str) {
    let text = error.to_string();
    assert!(text.contains(expected), "{text}");
    assert!(!text.contains('\n'), "{text}");
}

#[test]
fn a_database_has_the_settings_that_survive_a_power_cut() {
    let disk = OnDisk::new();
    let pragma = |name: &str| -> String {
        disk.store
            .conn
            .pragma_query_value(None, name, |row| {
                row.get::<_, String>(0)
                    .or_else(|_| row.get::<_, i64>(0).map(|number| number.to_string()))
            })
            .unwrap()
    };
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("synchronous"), "2");
    assert_eq!(pragma("foreign_keys"), "1");
    assert_eq!(pragma("busy_timeout"), "3000");
    let orphan = disk
        .store
        .conn
        .execute("INSERT INTO barcodes VALUES ('1', 'NOBODY')", []);
    assert!(orphan.is_err(), "foreign keys hold");
}

#[test]
fn a_locked_database_is_named() {
    let disk = OnDisk::new();
    let other = disk.beside();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    disk.store.conn.busy_timeout(Duration::ZERO).unwrap();
    let error = disk.store.commit_sale(&sale(1)).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    says(&error, "is in use by another program");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(
        disk.store.commit_sale(&sale(1)).unwrap(),
        1,
        "the next try is written"
    );
}

#[test]
fn a_database_locked_as_a_whole_cannot_be_opened() {
    let disk = OnDisk::new();
    let path = disk.path().to_owned();
    drop(disk.store);
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE")
        .unwrap();
    let error = Store::open_with(&path, OpenFlags::default(), Duration::ZERO).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
}

#[test]
fn a_newer_database_is_left_alone() {
    let disk = OnDisk::new();
    let path = disk.path().to_owned();
    disk.beside().pragma_update(None, "user_version", 999).unwrap();
    drop(disk.store);
    let before = std::fs::read(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 999, .. }), "{error:?}");
    says(&error, "install the newer Tillsight");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_read_only_database_is_named() {
    let disk = OnDisk::new();
    let path = disk.path().to_owned();
    let error = Store::open_with(&path, OpenFlags::SQLITE_OPEN_READ_ONLY, Duration::ZERO).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
    says(&error, "is read-only");
    disk.store.conn.pragma_update(None, "query_only", true).unwrap();
    let error = disk.store.commit_sale(&sale(1)).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
}

#[test]
fn something_else_than_a_database_is_named_and_kept() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("holiday.jpg");
    let picture = b"not a database at all, but long enough to be read as a page. ".repeat(100);
    std::fs::write(&path, &picture).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    says(&error, "restore a backup");
    assert_eq!(std::fs::read(&path).unwrap(), picture);
}

#[test]
fn a_damaged_database_is_named() {
    let disk = OnDisk::new();
    for seed in 0..20 {
        disk.store.commit_sale(&sale(seed)).unwrap();
    }
    let path = disk.path().to_owned();
    let whole = disk.folder.path().join("whole.db");
    disk.store.backup(&whole).unwrap();
    let bytes = std::fs::read(&whole).unwrap();
    // Cut in the middle of a page, as a copy from a failing stick.
    std::fs::write(disk.folder.path().join("cut.db"), &bytes[..bytes.len() / 2 + 100]).unwrap();
    let mut scribbled = bytes;
    for byte in scribbled.iter_mut().skip(4096).step_by(7) {
        *byte ^= 0x5a;
    }
    std::fs::write(disk.folder.path().join("scribbled.db"), &scribbled).unwrap();
    for name in ["cut.db", "scribbled.db"] {
        let error = Store::open(&disk.folder.path().join(name)).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{name}: {error:?}");
    }
    drop(disk.store);
    assert!(Store::open(&path).is_ok(), "the live one is whole");
}

#[test]
fn a_full_disk_loses_nothing_and_the_next_try_is_written() {
    let disk = OnDisk::new();
    disk.store.save_basket(&basket(), NOW).unwrap();
    let pages: i64 = disk
        .store
        .conn
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    disk.store
        .conn
        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
    let mut written = 0;
    let full = (0..1_000).find_map(|seed| {
        let error = disk.store.commit_sale(&sale(seed)).err();
        written += u64::from(error.is_none());
        error.map(|error| (seed, error))
    });
    let (seed, error) = full.expect("the limit is reached");
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
    says(&error, "is full: make room");
    assert_eq!(
        u64::try_from(
            disk.store
                .sales(Timestamp(0), Timestamp(i64::MAX), 9_999)
                .unwrap()
                .len()
        )
        .unwrap(),
        written
    );
    assert!(disk.store.verify().unwrap().is_ok(), "nothing is half written");
    disk.store
        .conn
        .pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(()))
        .unwrap();
    assert_eq!(
        disk.store.commit_sale(&sale(seed)).unwrap(),
        written + 1,
        "no number is skipped"
    );
}

#[test]
fn a_folder_that_does_not_exist_is_named() {
    let folder = TempDir::new().unwrap();
    let error = Store::open(&folder.path().join("no/such/folder/shop.db")).unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error:?}");
    let error = Store::open(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error:?}");
}
