//! The checkout without a window: what the lane and the shopper do, and what is in the database afterwards.

#![expect(
    clippy::unwrap_used,
    reason = "the bench is test code too: what fails there fails the test"
)]

mod bench;
mod faults;
mod office;
mod settings;

use std::path::Path;

use tempfile::TempDir;
use tillsight::{
    app::kiosk::{KioskOptions, runner::Runner},
    domain::{codes::Sku, sale::PaymentMethod, time::Timestamp},
    frame::Frame,
    geom::{CornerBox, Detection},
    pipeline::{DetectFn, LaneEventKind, Mailbox},
    tracking::{Candidate, ScanEvent, TrackId},
    ui::{
        command::Command,
        view::{Panel, PinPurpose, PinRefusal, Screen},
        words::Lang,
    },
    vision::Engine,
};

use crate::shopper::{buy, waker};
use bench::{APPLE, BANANA, Bench, MILK, approving, euro, info, second_time};

#[test]
fn items_in_view_become_a_sale_and_a_receipt() {
    let mut bench = Bench::new(approving);
    assert!(matches!(bench.view().screen, Screen::Attract(_)));
    for (track, class) in [(1, APPLE), (2, BANANA), (3, APPLE), (4, MILK)] {
        bench.count(track, class);
    }
    // Two apples at 0.59, a banana at 0.35, a carton of milk at 1.19.
    let Screen::Scan(scan) = bench.view().screen else {
        panic!("items start a visit")
    };
    assert_eq!(scan.basket.total, euro(272));
    assert_eq!(scan.basket.items, 4);
    let names: Vec<_> = scan.basket.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["Apple", "Banana", "Milk 1 l"]);
    assert!(scan.basket.lines.iter().all(|line| line.fresh));

    bench.wish(Command::ChooseLanguage(Lang::German));
    bench.pay(PaymentMethod::Card);
    assert!(matches!(bench.view().screen, Screen::Paying(_)));
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 272)]);
    let Screen::Receipt(receipt) = bench.view().screen else {
        panic!("the receipt shows")
    };
    assert_eq!((receipt.number.as_str(), receipt.total), ("1", euro(272)));
    assert!(receipt.qr_text.contains("2,72"), "{}", receipt.qr_text);
    let folder = bench.folder.path().join("receipts");
    let text = std::fs::read_to_string(folder.join("receipt-000001.txt")).unwrap();
    assert!(text.contains("2,72") && text.contains("Bon 1"), "{text}");
    assert!(
        std::fs::read(folder.join("receipt-000001.pdf"))
            .unwrap()
            .starts_with(b"%PDF-")
    );

    bench.pass(8_500);
    assert!(matches!(bench.view().screen, Screen::Attract(_)));
    assert_eq!(
        bench.view().lang,
        Lang::English,
        "the next shopper is greeted as usual"
    );
    bench.count(4, MILK);
    assert_eq!(bench.total(), 0, "what was sold is not charged again");
    bench.count(5, MILK);
    assert_eq!(bench.total(), 119);
    assert!(bench.store().verify().unwrap().is_ok());
}

#[test]
fn a_receipt_stays_a_moment_when_the_next_item_comes() {
    let mut bench = Bench::new(approving);
    bench.count(1, APPLE);
    bench.pay(PaymentMethod::Card);
    bench.until_state("done");
    bench.count(2, MILK);
    bench.pass(1_000);
    assert!(matches!(bench.view().screen, Screen::Receipt(_)));
    bench.pass(2_500);
    assert_eq!(bench.total(), 119, "and the item is not lost");
}

#[test]
fn a_declined_payment_is_tried_again_and_sold_once() {
    let mut bench = Bench::new(second_time);
    bench.count(1, APPLE);
    bench.pay(PaymentMethod::Card);
    bench.until_state("reviewing");
    let Screen::Review(review) = bench.view().screen else {
        panic!("back to the list")
    };
    assert!(review.problem.is_some());
    assert_eq!(bench.total(), 59);
    bench.wish(Command::ChoosePayment(PaymentMethod::Card));
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 59)]);
}

#[test]
fn an_attendant_takes_the_money_with_the_first_pin_there_ever_was() {
    let mut bench = Bench::new(approving);
    bench.count(1, APPLE);
    bench.pay(PaymentMethod::Attendant);
    bench.pass(100_000);
    assert_eq!(
        bench.checkout.session().state_name(),
        "paying",
        "nothing times out meanwhile"
    );
    bench.wish(Command::OpenPin(PinPurpose::Resume));
    bench.type_pin("4711");
    bench.type_pin("4712");
    let Panel::Pin { purpose, refused } = bench.view().panel else {
        panic!("asked again")
    };
    assert_eq!((purpose, refused), (PinPurpose::Choose, Some(PinRefusal::Wrong)));
    bench.type_pin("4711");
    bench.type_pin("4711");
    bench.type_name("Kim");
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 59)]);
}

#[test]
fn an_unclear_item_is_asked_about() {
    let mut bench = Bench::new(approving);
    let candidates = vec![
        Candidate {
            class: BANANA,
            share: 0.5,
        },
        Candidate {
            class: APPLE,
            share: 0.4,
        },
    ];
    let track = TrackId(7);
    bench.lane(LaneEventKind::Scan(ScanEvent::ClassUnsure { track, candidates }));
    let Screen::Scan(scan) = bench.view().screen else {
        panic!("it starts a visit")
    };
    let question = scan.question.unwrap();
    let choices: Vec<_> = question
        .choices
        .iter()
        .map(|tile| tile.sku.as_str().to_owned())
        .collect();
    assert_eq!(choices, ["BANANA", "APPLE"]);
    bench.wish(Command::AnswerItem {
        track: 7,
        sku: Sku::new("APPLE").unwrap(),
    });
    assert_eq!(bench.total(), 59);
    let Screen::Scan(scan) = bench.view().screen else {
        panic!("still scanning")
    };
    assert!(scan.question.is_none());
    bench.wish(Command::SomethingElse { track: 7 });
    bench.wish(Command::ChooseProduct(Sku::new("BANANA").unwrap()));
    assert_eq!(bench.total(), 59, "one item is charged once");
}

#[test]
fn a_demo_picture_is_sold_through_the_whole_lane() {
    let folder = TempDir::new().unwrap();
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/02-apples-banana.jpg");
    let options = KioskOptions {
        source: Some(picture.display().to_string()),
        data: Some(folder.path().to_owned()),
        ..KioskOptions::default()
    };
    let word = Mailbox::new();
    let told = word.clone();
    let make_builder = move |_: Option<Engine>| -> tillsight::pipeline::DetectorBuilder {
        let told = told.clone();
        Box::new(move || {
            told.put(info());
            let detect: DetectFn = Box::new(|_: &Frame| {
                let found = |class, x0| Detection {
                    class,
                    score: 0.9,
                    bbox: CornerBox::new(x0, 0.2, x0 + 0.2, 0.5),
                };
                Ok(vec![found(APPLE, 0.1), found(APPLE, 0.4), found(BANANA, 0.7)])
            });
            Ok(detect)
        })
    };
    let (wake, woken) = waker();
    let now = Timestamp(1_700_000_000_000);
    let mut runner = Runner::with_detector(&options, Box::new(make_builder), word, &wake, now).unwrap();
    assert_eq!(buy(&mut runner, &woken, now, 3), euro(2 * 59 + 35));
}
