//! Hand-worked baskets.

use super::*;
use crate::domain::session::testing::{age_limited, by_weight, piece};

const NOW: Timestamp = Timestamp(1_000);

fn empty() -> Basket {
    Basket::new(SaleKey(7), NOW, Currency::EUR, PriceMode::TaxInclusive)
}

fn camera(track: u64) -> Origin {
    Origin::Camera {
        track: TrackKey(track),
    }
}

#[test]
fn pieces_of_one_product_share_a_line_and_keep_their_tracks() {
    let mut basket = empty();
    let apple = piece("APPLE", 59);
    let first = basket.add(&apple, Quantity::Count(1), camera(1), NOW).unwrap();
    let second = basket
        .add(&apple, Quantity::Count(1), camera(2), Timestamp(2_000))
        .unwrap();
    assert_eq!(first, second);
    let line = basket.line(first).unwrap();
    assert_eq!(line.quantity, Quantity::Count(2));
    assert_eq!(line.tracks, [TrackKey(1), TrackKey(2)]);
    assert_eq!(line.changed_at, Timestamp(2_000));
    assert_eq!(basket.total().minor(), 118);
    assert_eq!(basket.item_count(), 2);
}

#[test]
fn a_full_line_opens_another() {
    let mut basket = empty();
    let apple = piece("APPLE", 59);
    let full = basket
        .add(&apple, Quantity::Count(MAX_COUNT), camera(1), NOW)
        .unwrap();
    let next = basket.add(&apple, Quantity::Count(1), camera(2), NOW).unwrap();
    assert_ne!(full, next);
    assert_eq!(basket.add(&apple, Quantity::Count(1), camera(3), NOW), Ok(next));
    assert_eq!(basket.total().minor(), 59 * i64::from(MAX_COUNT + 2));
}

#[test]
fn a_track_is_charged_once_even_after_its_line_was_voided() {
    let mut basket = empty();
    let apple = piece("APPLE", 59);
    let line = basket.add(&apple, Quantity::Count(1), camera(1), NOW).unwrap();
    let again = basket.add(&apple, Quantity::Count(1), camera(1), NOW);
    assert_eq!(again, Err(BasketError::TrackCharged { track: TrackKey(1) }));
    basket.void_line(line, NOW).unwrap();
    let after_void = basket.add(&apple, Quantity::Count(1), camera(1), NOW);
    assert_eq!(after_void, Err(BasketError::TrackCharged { track: TrackKey(1) }));
    assert_eq!(basket.total().minor(), 0);
    assert_eq!(basket.lines().len(), 1, "a voided line stays");
    let new_track = basket.add(&apple, Quantity::Count(1), camera(2), NOW).unwrap();
    assert_ne!(new_track, line, "a voided line is not revived");
}

#[test]
fn a_changed_price_opens_a_new_line() {
    let mut basket = empty();
    basket
        .add(&piece("APPLE", 59), Quantity::Count(1), camera(1), NOW)
        .unwrap();
    basket
        .add(&piece("APPLE", 49), Quantity::Count(1), camera(2), NOW)
        .unwrap();
    assert_eq!(basket.lines().len(), 2);
    assert_eq!(basket.total().minor(), 108);
}

#[test]
fn weights_get_their_own_lines_without_the_tare() {
    let mut basket = empty();
    let grapes = by_weight("GRAPES", 399, 10);
    for gross in [260, 510] {
        basket
            .add(&grapes, Quantity::Weight { grams: gross }, Origin::Search, NOW)
            .unwrap();
    }
    let amounts: Vec<i64> = basket.lines().iter().map(|line| line.amount.minor()).collect();
    // 3.99 * 0.250 = 0.9975 and 3.99 * 0.500 = 1.995, halves away from zero.
    assert_eq!(amounts, [100, 200]);
    assert_eq!(basket.item_count(), 2);
}

#[test]
fn what_cannot_be_sold_is_refused_and_changes_nothing() {
    let mut basket = empty();
    let apple = piece("APPLE", 59);
    let grapes = by_weight("GRAPES", 399, 10);
    basket
        .add(&apple, Quantity::Count(998), Origin::Search, NOW)
        .unwrap();
    let before = basket.clone();
    let inactive = Product {
        active: false,
        ..piece("OLD", 100)
    };
    let negative = piece("NEG", -1);
    let dollars = Product {
        price: Money::new(1, Currency::from_code("USD").unwrap()),
        ..piece("USD", 1)
    };
    let dear = piece("DEAR", i64::MAX);
    for (product, quantity) in [
        (&apple, Quantity::Count(0)),
        (&apple, Quantity::Count(MAX_COUNT + 1)),
        (&apple, Quantity::Weight { grams: 100 }),
        (&grapes, Quantity::Count(1)),
        (&grapes, Quantity::Weight { grams: 10 }),
        (&grapes, Quantity::Weight { grams: MAX_GRAMS + 1 }),
        (&inactive, Quantity::Count(1)),
        (&negative, Quantity::Count(1)),
        (&dollars, Quantity::Count(1)),
        (&dear, Quantity::Count(1)),
    ] {
        let refused = basket.add(product, quantity, Origin::Search, NOW);
        assert!(refused.is_err(), "{} {quantity}", product.sku);
        assert_eq!(basket, before);
    }
    assert_eq!(
        basket.set_count(LineId(99), 1, NOW),
        Err(BasketError::UnknownLine { line: LineId(99) })
    );
    assert!(basket.set_count(LineId(1), MAX_COUNT + 1, NOW).is_err());
    assert_eq!(basket, before);
}

#[test]
fn an_age_is_asked_for_until_it_was_checked() {
    let mut basket = empty();
    basket
        .add(
            &age_limited("BEER", 99, 16),
            Quantity::Count(1),
            Origin::Search,
            NOW,
        )
        .unwrap();
    assert_eq!(basket.age_to_check(), Some(16));
    basket.clear_age(16);
    assert_eq!(basket.age_to_check(), None);
    let wine = basket
        .add(
            &age_limited("WINE", 499, 18),
            Quantity::Count(1),
            Origin::Search,
            NOW,
        )
        .unwrap();
    assert_eq!(basket.age_to_check(), Some(18));
    basket.void_line(wine, NOW).unwrap();
    assert_eq!(basket.age_to_check(), None);
}

#[test]
fn a_saved_basket_reads_back_and_a_forged_one_does_not() {
    let mut basket = empty();
    basket
        .add(&piece("APPLE", 59), Quantity::Count(2), camera(1), NOW)
        .unwrap();
    let text = serde_json::to_string(&basket).unwrap();
    assert_eq!(serde_json::from_str::<Basket>(&text).unwrap(), basket);
    let forged = text.replace("\"minor\":118", "\"minor\":-118");
    assert_ne!(forged, text);
    assert!(serde_json::from_str::<Basket>(&forged).is_err());
}
