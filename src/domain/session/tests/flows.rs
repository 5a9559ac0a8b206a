//! Visits told from beginning to end.

use super::*;
use crate::domain::session::testing::{age_limited, by_weight, piece};

fn approved(attempt: PaymentAttempt) -> Event {
    Event::PaymentApproved {
        attempt,
        reference: "ok".to_owned(),
    }
}

#[test]
fn a_visit_from_the_first_item_to_the_receipt() {
    let mut told = Told::new();
    let effects = told.count(1, &piece("APPLE", 59));
    assert!(effects.contains(&Effect::Announce(Cue::Added { line: LineId(1) })));
    told.count(2, &piece("APPLE", 59));
    told.count(3, &piece("MILK", 129));
    assert_eq!((told.state(), told.total()), ("scanning", Some(247)));
    told.tell(Event::ReviewAsked);
    assert_eq!(told.state(), "reviewing");
    told.tell(Event::PaymentChosen {
        method: PaymentMethod::Card,
    });
    let attempt = told.attempt().unwrap();
    told.now = Timestamp(9_000);
    told.tell(approved(attempt));
    assert_eq!(told.state(), "committing");
    let sale = told.sales().remove(0);
    assert_eq!(
        (sale.totals.total.minor(), sale.completed_at),
        (247, Timestamp(9_000))
    );
    let effects = told.tell(Event::SaleCommitted {
        key: sale.key,
        receipt_number: 17,
    });
    assert_eq!(effects, [Effect::ClearSavedBasket, Effect::Announce(Cue::Paid)]);
    let receipt = told.session.receipt().unwrap();
    assert_eq!(
        (receipt.number, receipt.total.minor(), receipt.lines.len()),
        (17, 247, 2)
    );
    told.wait(7_999);
    assert_eq!(told.state(), "done");
    told.wait(1);
    assert_eq!(told.state(), "idle");
}

#[test]
fn what_was_paid_for_is_not_charged_to_the_next_shopper() {
    let mut told = Told::new();
    let attempt = told.pay(&piece("APPLE", 59));
    told.count(2, &piece("MILK", 129));
    told.tell(approved(attempt));
    let key = told.sales()[0].key;
    told.tell(Event::SaleCommitted {
        key,
        receipt_number: 1,
    });
    let not_charged = JournalEntry::ItemNotCharged {
        key,
        track: TrackKey(2),
        sku: crate::domain::codes::Sku::new("MILK").unwrap(),
    };
    assert!(
        told.journal().contains(&not_charged),
        "what came too late is in the journal"
    );
    told.count(1, &piece("APPLE", 59));
    told.count(2, &piece("MILK", 129));
    assert_eq!(told.state(), "done", "both belong to the sale that is over");
    told.count(3, &piece("BREAD", 199));
    assert_eq!((told.state(), told.total()), ("scanning", Some(199)));
    assert_ne!(told.session.basket().unwrap().key(), key);
}

#[test]
fn the_lane_asks_before_it_clears_however_late_a_tick_comes() {
    let mut told = Told::new();
    told.count(1, &piece("APPLE", 59));
    assert!(told.wait(44_999).is_empty());
    assert_eq!(told.session.idle_warning(told.now), None);
    assert_eq!(told.wait(1), [Effect::Announce(Cue::StillThere)]);
    assert_eq!(told.session.idle_warning(told.now), Some(20));
    told.wait(19_001);
    assert_eq!(told.session.idle_warning(told.now), Some(1));
    told.tell(Event::MoreTimeAsked);
    assert_eq!(told.session.idle_warning(told.now), None);
    // The machine slept for an hour: the question still comes first and stays its full time.
    assert_eq!(told.wait(3_600_000), [Effect::Announce(Cue::StillThere)]);
    told.wait(19_999);
    assert_eq!(told.state(), "scanning");
    told.wait(1);
    assert_eq!(told.state(), "idle");
    assert!(matches!(
        told.journal().last(),
        Some(JournalEntry::BasketVoided {
            reason: VoidReason::TimedOut,
            items: 1,
            ..
        })
    ));
    // What was left lying there does not start a visit by itself.
    told.count(1, &piece("APPLE", 59));
    assert_eq!(told.state(), "idle");
}

#[test]
fn a_clock_set_back_neither_clears_nor_waits_for_hours() {
    let mut told = Told::new();
    told.now = Timestamp(10_000_000);
    told.count(1, &piece("APPLE", 59));
    told.wait(-5_000_000);
    assert!(told.wait(44_999).is_empty());
    assert_eq!(told.wait(1), [Effect::Announce(Cue::StillThere)]);
}

#[test]
fn a_removed_item_does_not_come_back_by_itself() {
    let mut told = Told::new();
    told.count(1, &piece("APPLE", 59));
    told.tell(Event::LineRemoved { line: LineId(1) });
    told.count(1, &piece("APPLE", 59));
    assert_eq!(told.total(), Some(0));
    told.tell(Event::ReviewAsked);
    assert_eq!(told.state(), "scanning", "there is nothing to pay");
}

#[test]
fn a_declined_payment_leads_back_to_the_list_with_everything_on_it() {
    let mut told = Told::new();
    let attempt = told.pay(&piece("APPLE", 59));
    told.count(2, &piece("MILK", 129));
    assert_eq!(told.total(), Some(59), "the amount being paid stands still");
    told.tell(Event::PaymentDeclined {
        attempt,
        reason: "no cover".to_owned(),
    });
    assert_eq!((told.state(), told.total()), ("reviewing", Some(188)));
    told.tell(Event::PaymentChosen {
        method: PaymentMethod::Attendant,
    });
    let second = told.attempt().unwrap();
    assert_ne!(second, attempt);
    // The first attempt answers late: nothing changes, but somebody has to look.
    let before = told.session.clone();
    let effects = told.tell(approved(attempt));
    assert_eq!(told.session, before);
    assert!(matches!(
        effects[0],
        Effect::Journal(JournalEntry::LateApproval { .. })
    ));
    assert!(matches!(
        effects[1],
        Effect::CallAttendant {
            reason: HelpReason::PaymentUnclear { .. }
        }
    ));
    told.tell(Event::PaymentDeclined {
        attempt,
        reason: "late".to_owned(),
    });
    assert_eq!(told.session, before);
    told.tell(approved(second));
    assert_eq!(told.sales()[0].totals.total.minor(), 188);
    assert!(
        told.tell(approved(second)).is_empty(),
        "a repeated approval is no news"
    );
}

#[test]
fn a_payment_is_cancelled_while_it_can_be() {
    let mut told = Told::new();
    let attempt = told.pay(&piece("APPLE", 59));
    told.tell(Event::PaymentProgress {
        attempt,
        stage: PaymentStage::AskingBank,
    });
    assert!(
        told.tell(Event::PaymentCancelAsked).is_empty(),
        "the bank is being asked"
    );
    told.tell(Event::PaymentProgress {
        attempt,
        stage: PaymentStage::PresentCard,
    });
    assert_eq!(
        told.tell(Event::PaymentCancelAsked),
        [Effect::CancelPayment { attempt }]
    );
    assert!(told.tell(Event::PaymentCancelAsked).is_empty(), "once is enough");
    told.tell(Event::PaymentCancelled { attempt });
    assert_eq!((told.state(), told.total()), ("reviewing", Some(59)));
}

#[test]
fn nothing_times_out_while_money_moves() {
    let mut told = Told::new();
    let attempt = told.pay(&piece("APPLE", 59));
    assert!(told.wait(10_000_000).is_empty());
    assert_eq!(
        (told.state(), told.session.idle_warning(told.now)),
        ("paying", None)
    );
    told.tell(approved(attempt));
    assert!(told.wait(10_000_000).is_empty());
    assert_eq!(told.state(), "committing");
}

#[test]
fn a_sale_that_cannot_be_written_waits_and_is_written_once() {
    let mut told = Told::new();
    let attempt = told.pay(&piece("APPLE", 59));
    told.tell(approved(attempt));
    let key = told.sales()[0].key;
    told.tell(Event::CommitFailed {
        key,
        reason: "disk full".to_owned(),
    });
    assert_eq!((told.state(), told.total()), ("needs_assistance", Some(59)));
    told.tell(Event::BasketVoided {
        reason: VoidReason::Attendant,
    });
    assert_eq!(
        told.state(),
        "needs_assistance",
        "what is paid cannot be voided here"
    );
    told.tell(Event::CommitRetried);
    told.tell(Event::CommitFailed {
        key,
        reason: "disk full".to_owned(),
    });
    told.tell(Event::HelpResolved);
    assert_eq!(told.state(), "committing");
    let sales = told.sales();
    assert_eq!(sales.len(), 3);
    assert!(
        sales.iter().all(|sale| *sale == sales[0]),
        "each try writes the same sale"
    );
    told.tell(Event::SaleCommitted {
        key: SaleKey(9),
        receipt_number: 4,
    });
    assert_eq!(told.state(), "committing", "that was another sale");
    told.tell(Event::SaleCommitted {
        key,
        receipt_number: 5,
    });
    assert_eq!(told.state(), "done");
}

#[test]
fn an_age_is_checked_before_paying() {
    let mut told = Told::new();
    told.tell(Event::ItemAdded {
        product: Arc::new(age_limited("WINE", 499, 18)),
        quantity: Quantity::Count(1),
        origin: Origin::Barcode,
    });
    told.tell(Event::ReviewAsked);
    told.tell(Event::PaymentChosen {
        method: PaymentMethod::Card,
    });
    let Session::NeedsAssistance(waiting) = &told.session else {
        panic!("{:?}", told.session)
    };
    assert_eq!(waiting.reason(), &HelpReason::AgeCheck { age: 18 });
    assert_eq!(told.total(), Some(499));
    told.tell(Event::HelpResolved);
    told.tell(Event::PaymentChosen {
        method: PaymentMethod::Card,
    });
    let attempt = told.attempt().unwrap();
    told.tell(approved(attempt));
    assert_eq!(told.sales()[0].age_checked, Some(18));
}

#[test]
fn an_attendant_takes_out_what_must_not_be_sold() {
    let mut told = Told::new();
    told.count(1, &age_limited("BEER", 99, 16));
    told.tell(Event::ReviewAsked);
    told.tell(Event::PaymentChosen {
        method: PaymentMethod::Card,
    });
    told.tell(Event::LineRemoved { line: LineId(1) });
    told.tell(Event::HelpResolved);
    assert_eq!((told.state(), told.total()), ("scanning", Some(0)));
}

#[test]
fn a_basket_survives_assistance_and_no_time_runs_meanwhile() {
    let mut told = Told::new();
    told.count(1, &piece("APPLE", 59));
    told.tell(Event::HelpAsked {
        reason: HelpReason::SourceLost {
            reason: "unplugged".to_owned(),
        },
    });
    told.wait(3_600_000);
    told.count(2, &piece("MILK", 129));
    assert_eq!((told.state(), told.total()), ("needs_assistance", Some(188)));
    told.tell(Event::HelpResolved);
    assert_eq!((told.state(), told.total()), ("scanning", Some(188)));
    assert!(
        told.wait(44_999).is_empty(),
        "the shopper has the full time again"
    );
}

#[test]
fn what_is_sold_by_weight_is_weighed_before_paying() {
    let mut told = Told::new();
    let grapes = by_weight("GRAPES", 399, 10);
    let effects = told.count(1, &grapes);
    assert!(matches!(
        effects[0],
        Effect::AskWeight {
            track: TrackKey(1),
            ..
        }
    ));
    told.count(2, &piece("APPLE", 59));
    told.tell(Event::ReviewAsked);
    assert_eq!(told.state(), "scanning", "the grapes are not weighed yet");
    told.tell(Event::ItemAdded {
        product: Arc::new(grapes),
        quantity: Quantity::Weight { grams: 445 },
        origin: Origin::Camera { track: TrackKey(1) },
    });
    // 0.435 kg at 3.99 are 1.73565.
    assert_eq!(told.total(), Some(59 + 174));
    told.tell(Event::ReviewAsked);
    assert_eq!(told.state(), "reviewing");
}

#[test]
fn an_interrupted_basket_is_offered_and_what_lies_there_is_part_of_it() {
    let mut before = Told::new();
    before.count(1, &piece("APPLE", 59));
    let saved = before.session.basket().unwrap().clone();

    let mut told = Told::new();
    told.tell(Event::Recovered {
        basket: Box::new(saved.clone()),
    });
    assert_eq!(told.state(), "idle");
    told.count(1, &piece("APPLE", 59));
    told.tell(Event::Started);
    assert_eq!(told.state(), "idle", "the offer is answered first");
    let mut declined = Told {
        session: told.session.clone(),
        now: told.now,
        effects: Vec::new(),
    };
    told.tell(Event::RecoveryAccepted);
    assert_eq!((told.state(), told.total()), ("scanning", Some(59)));
    told.count(1, &piece("APPLE", 59));
    assert_eq!(told.total(), Some(59));
    told.count(2, &piece("APPLE", 59));
    assert_eq!(told.total(), Some(118), "new in this run");

    let effects = declined.tell(Event::RecoveryDeclined);
    assert!(effects.contains(&Effect::ResetTracker) && effects.contains(&Effect::ClearSavedBasket));
    declined.count(7, &piece("APPLE", 59));
    assert_eq!((declined.state(), declined.total()), ("scanning", Some(59)));
}

#[test]
fn a_basket_paid_before_a_power_cut_is_written_down_not_paid_again() {
    let mut before = Told::new();
    let attempt = before.pay(&piece("APPLE", 59));
    let effects = before.tell(approved(attempt));
    let saved = effects.iter().find_map(saved_by).cloned();
    let mut told = Told::new();
    told.now = Timestamp(99_999);
    told.tell(Event::Recovered {
        basket: Box::new(saved.unwrap()),
    });
    assert_eq!(told.state(), "committing");
    assert_eq!(
        told.sales(),
        before.sales(),
        "the very same sale, so that it counts once"
    );
}

#[test]
fn with_nothing_due_no_terminal_is_asked() {
    let mut told = Told::new();
    told.count(1, &piece("SAMPLE", 0));
    told.tell(Event::ReviewAsked);
    told.tell(Event::PaymentChosen {
        method: PaymentMethod::Card,
    });
    assert_eq!(told.state(), "committing");
    assert!(told.sales()[0].tenders.is_empty());
}

#[test]
fn help_during_a_payment_calls_somebody_and_stops_nothing() {
    let mut told = Told::new();
    told.pay(&piece("APPLE", 59));
    let before = told.session.clone();
    let effects = told.tell(Event::HelpAsked {
        reason: HelpReason::Asked,
    });
    assert!(effects.contains(&Effect::CallAttendant {
        reason: HelpReason::Asked
    }));
    assert_eq!(told.session, before);
}
