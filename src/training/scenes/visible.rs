//! What of each item can be seen, and which items may not stay: the source of every box.

use super::{item::Item, warp::SOLID};
use crate::geom::PixelBox;

/// What of an item can be seen in the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pixels: usize,
    x0: usize,
    y0: usize,
    x1: usize,
    y1: usize,
    /// The same four of the whole item, what is covered included, as far as it lies in the picture.
    whole: [usize; 4],
}

impl Seen {
    /// The box on pixel borders: the visible extent for `covered_share` 0, the whole item's for 1, each
    /// side that share of the way between the two else.
    pub(super) fn bbox(&self, covered_share: f32) -> PixelBox {
        let between = |seen: usize, whole: usize| seen as f32 + (whole as f32 - seen as f32) * covered_share;
        let [x0, y0, x1, y1] = self.whole;
        PixelBox::new(
            between(self.x0, x0),
            between(self.y0, y0),
            between(self.x1, x1),
            between(self.y1, y1),
        )
    }
}

/// Takes out each product that shows less than `min_visible` of itself or less than `min_side` pixels of
/// width or height, and measures what is left. Distractors may be hidden as they like.
///
/// Goes from the front to the back: what covers an item is decided before the item is looked at.
pub(super) fn remove_half_hidden(
    items: &mut Vec<Item>,
    side: usize,
    min_visible: f32,
    min_side: usize,
) -> Vec<Option<Seen>> {
    let mut covered = vec![false; side * side];
    let mut verdicts: Vec<(bool, Option<Seen>)> = Vec::with_capacity(items.len());
    for item in items.iter().rev() {
        let seen = look(item, side, &covered);
        let stays = item.class.is_none() || visible_share(item, seen.as_ref(), min_side) >= min_visible;
        if stays {
            item.patch.inside(side, |at, pixel| {
                if pixel[3] >= SOLID {
                    covered[at] = true;
                }
            });
        }
        verdicts.push((stays, seen));
    }
    verdicts.reverse();
    let mut stays = verdicts.iter().map(|verdict| verdict.0);
    items.retain(|_| stays.next().unwrap_or(false));
    verdicts
        .into_iter()
        .filter_map(|(stays, seen)| stays.then_some(seen))
        .collect()
}

/// Share of the item that shows; 0 if what shows is too small for a box.
fn visible_share(item: &Item, seen: Option<&Seen>, min_side: usize) -> f32 {
    let Some(seen) = seen else { return 0.0 };
    if seen.x1 - seen.x0 < min_side || seen.y1 - seen.y0 < min_side {
        return 0.0;
    }
    seen.pixels as f32 / item.solid.max(1) as f32
}

/// What of an item shows where nothing covers it.
fn look(item: &Item, side: usize, covered: &[bool]) -> Option<Seen> {
    let mut found: Option<Seen> = None;
    let mut whole: Option<[usize; 4]> = None;
    item.patch.inside(side, |at, pixel| {
        if pixel[3] < SOLID {
            return;
        }
        let (x, y) = (at % side, at / side);
        let all = whole.get_or_insert([x, y, x, y]);
        *all = [all[0].min(x), all[1], all[2].max(x + 1), y + 1];
        if covered[at] {
            return;
        }
        let seen = found.get_or_insert(Seen {
            pixels: 0,
            x0: x,
            y0: y,
            x1: x,
            y1: y,
            whole: [0; 4],
        });
        seen.pixels += 1;
        seen.x0 = seen.x0.min(x);
        seen.x1 = seen.x1.max(x + 1);
        seen.y1 = y + 1;
    });
    Some(Seen {
        whole: whole?,
        ..found?
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::training::scenes::item::square;

    #[test]
    fn boxes_are_the_visible_extent() {
        // The second covers the right half of the first; the third reaches beyond the left edge.
        let mut items = vec![
            square(Some(1), 20, 20, 20),
            square(None, 30, 10, 40),
            square(Some(2), -5, 70, 10),
        ];
        let seen = remove_half_hidden(&mut items, 96, 0.3, 3);
        assert_eq!(items.len(), 3);
        let first = seen[0].unwrap();
        assert_eq!(
            (first.x0, first.y0, first.x1, first.y1, first.pixels),
            (20, 20, 30, 40, 200)
        );
        assert_eq!(first.bbox(0.0), PixelBox::new(20.0, 20.0, 30.0, 40.0));
        assert_eq!(
            first.bbox(0.5),
            PixelBox::new(20.0, 20.0, 35.0, 40.0),
            "half of the covered half"
        );
        assert_eq!(first.bbox(1.0), PixelBox::new(20.0, 20.0, 40.0, 40.0));
        let third = seen[2].unwrap();
        assert_eq!((third.x0, third.y0, third.x1, third.y1), (0, 70, 5, 80));
    }

    #[test]
    fn what_shows_too_little_leaves_and_uncovers_the_others() {
        // A quarter of the first shows; the second covers it and is itself all but covered by the third.
        let mut items = vec![
            square(Some(1), 20, 20, 20),
            square(Some(1), 25, 20, 20),
            square(None, 28, 15, 30),
        ];
        let seen = remove_half_hidden(&mut items, 96, 0.3, 3);
        assert_eq!(
            items.len(),
            2,
            "the front one leaves, and then the other shows enough"
        );
        let left = seen[0].unwrap();
        assert_eq!((left.x0, left.x1), (20, 28));
    }

    proptest! {
        /// What stays shows enough beneath all that stay in front of it, counted pixel by pixel, and its
        /// box holds exactly those pixels.
        #[test]
        fn what_stays_shows_enough(
            squares in prop::collection::vec((any::<bool>(), -10i32..60, -10i32..60, 4usize..30), 1..9),
        ) {
            let mut items: Vec<Item> = squares
                .iter()
                .map(|(ours, x, y, side)| square(ours.then_some(1), *x, *y, *side))
                .collect();
            let all = items.len();
            let seen = remove_half_hidden(&mut items, 64, 0.3, 2);
            prop_assert!(items.len() <= all && items.len() == seen.len());
            let mut owner = vec![usize::MAX; 64 * 64];
            for (number, item) in items.iter().enumerate() {
                item.patch.inside(64, |at, _| owner[at] = number);
            }
            for (number, (item, seen)) in items.iter().zip(&seen).enumerate() {
                let own: Vec<usize> = (0..owner.len()).filter(|at| owner[*at] == number).collect();
                prop_assert_eq!(seen.map_or(0, |seen| seen.pixels), own.len());
                if item.class.is_some() {
                    prop_assert!(own.len() as f32 / item.solid as f32 >= 0.3);
                    let seen = seen.unwrap();
                    prop_assert_eq!(own.iter().map(|at| at % 64).min(), Some(seen.x0));
                    prop_assert_eq!(own.iter().map(|at| at % 64 + 1).max(), Some(seen.x1));
                    prop_assert_eq!(own.iter().map(|at| at / 64).min(), Some(seen.y0));
                    prop_assert_eq!(own.iter().map(|at| at / 64 + 1).max(), Some(seen.y1));
                }
            }
        }
    }
}
