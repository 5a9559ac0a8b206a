//! Sales count once, stay as they were written, and add up.

use super::*;
use crate::store::report::Tally;

const EVER: (Timestamp, Timestamp) = (Timestamp(0), Timestamp(i64::MAX));

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

#[test]
fn a_sale_reads_back_as_it_was_and_counts_once() {
    let store = Store::in_memory().unwrap();
    let first = sale(1);
    assert_eq!(store.commit_sale(&first).unwrap(), 1);
    assert_eq!(store.commit_sale(&first).unwrap(), 1, "the same sale again");
    assert_eq!(store.commit_sale(&sale(2)).unwrap(), 2);
    assert_eq!(store.sale(1).unwrap(), first);
    let list = store.sales(EVER.0, EVER.1, 10).unwrap();
    assert_eq!(
        list.iter().map(|row| row.receipt_number).collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!((list[1].lines, list[1].total), (2, eur(118 + 174)));
    assert!(matches!(
        store.sale(3),
        Err(StoreError::UnknownReceipt { number: 3 })
    ));
    assert!(store.verify().unwrap().is_ok());
}

#[test]
fn another_sale_under_a_known_key_is_refused() {
    let store = Store::in_memory().unwrap();
    store.commit_sale(&sale(1)).unwrap();
    let mut forged = sale(1);
    forged.completed_at = NOW.plus_ms(1);
    let error = store.commit_sale(&forged).unwrap_err();
    assert!(
        matches!(error, StoreError::KeyReused { key: SaleKey(1) }),
        "{error:?}"
    );
    let mut unpaid = sale(3);
    unpaid.tenders.clear();
    assert!(matches!(
        store.commit_sale(&unpaid),
        Err(StoreError::Unbalanced { .. })
    ));
    assert_eq!(store.sales(EVER.0, EVER.1, 10).unwrap().len(), 1);
}

#[test]
fn an_interrupted_basket_is_kept_until_it_is_sold() {
    let disk = OnDisk::new();
    let path = disk.path().to_owned();
    assert_eq!(disk.store.saved_basket().unwrap(), None);
    disk.store.save_basket(&basket(), NOW).unwrap();
    drop(disk.store);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.saved_basket().unwrap(), Some((basket(), NOW)));
    store.commit_sale(&sale(77)).unwrap();
    assert!(store.saved_basket().unwrap().is_some(), "that was another basket");
    store.commit_sale(&sale(5)).unwrap();
    assert_eq!(store.saved_basket().unwrap(), None, "its own sale ends it");
    store.save_basket(&basket(), NOW).unwrap();
    assert_eq!(
        store.saved_basket().unwrap(),
        None,
        "saved late, but sold already"
    );
    store.clear_saved_basket().unwrap();
}

#[test]
fn a_report_adds_up_a_period() {
    let store = Store::in_memory().unwrap();
    let given_up = vec![
        counted(1, &piece("APPLE", 59)),
        Event::BasketVoided {
            reason: VoidReason::Shopper,
        },
    ];
    for effect in visit(9, given_up).1 {
        if let Effect::Journal(entry) = effect {
            store.journal(&entry, NOW).unwrap();
        }
    }
    store.commit_sale(&sale(1)).unwrap();
    store.commit_sale(&sale(2)).unwrap();
    let report = store.report(NOW, NOW.plus_ms(1), Currency::EUR).unwrap();
    // Each: two apples at 0.59 and 0.435 kg at 3.99, 2.92 in all with 0.19 of tax at 7 %.
    assert_eq!((report.count, report.gross, report.tax), (2, eur(584), eur(38)));
    assert_eq!(
        report.voided_baskets,
        Tally {
            count: 1,
            amount: eur(59)
        }
    );
    assert_eq!(
        report.refunds,
        Tally {
            count: 0,
            amount: eur(0)
        }
    );
    let products: Vec<(&str, u64, u64, i64)> = report
        .by_product
        .iter()
        .map(|row| (row.sku.as_str(), row.count, row.grams, row.amount.minor()))
        .collect();
    assert_eq!(products, [("GRAPES", 0, 870, 348), ("APPLE", 4, 0, 236)]);
    assert_eq!(
        store.report(Timestamp(0), NOW, Currency::EUR).unwrap().count,
        0,
        "the end is not included"
    );
}

#[test]
fn tampering_is_found_at_the_first_bad_record() {
    for (what, sql, expected) in [
        (
            "a changed record",
            "UPDATE journal SET amount_minor = 1 WHERE seq = 2",
            Some(2),
        ),
        ("a removed record", "DELETE FROM journal WHERE seq = 2", Some(3)),
        (
            "a removed first record",
            "DELETE FROM journal WHERE seq = 1",
            Some(2),
        ),
        (
            "a changed line",
            "UPDATE sale_lines SET amount_minor = 1 WHERE receipt_number = 2 AND line_id = 1",
            Some(2),
        ),
        (
            "a line that cannot be",
            "UPDATE sale_lines SET sku = '?' WHERE receipt_number = 3",
            Some(3),
        ),
        (
            "a removed line",
            "DELETE FROM sale_lines WHERE receipt_number = 1 AND line_id = 2",
            Some(1),
        ),
        (
            "a sale turned refund",
            "UPDATE sales SET kind = 'refund' WHERE receipt_number = 2",
            Some(2),
        ),
        (
            "a changed payment",
            "UPDATE tenders SET reference = 'x' WHERE receipt_number = 2",
            Some(2),
        ),
        ("a removed last record", "DELETE FROM journal WHERE seq = 3", None),
    ] {
        let disk = OnDisk::new();
        for seed in 1..=3 {
            disk.store.commit_sale(&sale(seed)).unwrap();
        }
        assert!(
            disk.store.conn.execute(sql, []).is_err(),
            "{what}: the tables only grow"
        );
        let other = disk.beside();
        let triggers: Vec<String> = other
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for trigger in triggers {
            other.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
        }
        assert!(other.execute(sql, []).unwrap() > 0, "{what}");
        let found = disk.store.verify().unwrap();
        assert!(!found.is_ok(), "{what}");
        assert_eq!(found.first_bad.unwrap().seq, expected, "{what}");
    }
}

#[test]
fn a_backup_opens_and_never_replaces_what_it_must_not() {
    let disk = OnDisk::new();
    disk.store.commit_sale(&sale(1)).unwrap();
    let target = disk.folder.path().join("backup.db");
    disk.store.backup(&target).unwrap();
    disk.store.commit_sale(&sale(2)).unwrap();
    disk.store.backup(&target).unwrap();
    let copy = Store::open(&target).unwrap();
    assert_eq!(copy.sale(2).unwrap(), sale(2));
    assert!(copy.verify().unwrap().is_ok());

    let letter = disk.folder.path().join("letter.txt");
    std::fs::write(&letter, "dear all").unwrap();
    let detour = disk.folder.path().join("x/../shop.db");
    std::fs::create_dir(disk.folder.path().join("x")).unwrap();
    for target in [disk.path(), &detour, &letter, disk.folder.path()] {
        let error = disk.store.backup(target).unwrap_err();
        assert!(
            matches!(error, StoreError::BackupTarget { .. }),
            "{}",
            target.display()
        );
    }
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "dear all");
    assert!(
        disk.store
            .backup(&disk.folder.path().join("none/backup.db"))
            .is_err()
    );
    assert!(!disk.folder.path().join("backup.db.partial").exists());
}
