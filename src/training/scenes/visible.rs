//! What of each item can be seen, and which items may not stay: the source of every box.

use super::{item::Item, warp::SOLID};
use crate::geom::PixelBox;

/// Marks a pixel that shows no item.
const NOBODY: u16 = u16::MAX;

/// What of an item can be seen in the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) pixels: usize,
    pub(super) x0: usize,
    pub(super) y0: usize,
    pub(super) x1: usize,
    pub(super) y1: usize,
}

impl Seen {
    /// The extent on pixel borders.
    pub(super) fn bbox(&self) -> PixelBox {
        PixelBox::new(self.x0 as f32, self.y0 as f32, self.x1 as f32, self.y1 as f32)
    }
}

/// Takes out, worst first, each product that shows less than `min_visible` of itself or less than
/// `min_side` pixels of width or height, and measures what is left. Distractors may be hidden as they like.
pub(super) fn remove_half_hidden(
    items: &mut Vec<Item>,
    side: usize,
    min_visible: f32,
    min_side: usize,
) -> Vec<Option<Seen>> {
    loop {
        let seen = look(items, side);
        let worst = items
            .iter()
            .zip(&seen)
            .enumerate()
            .filter(|(_, (item, _))| item.class.is_some())
            .map(|(at, (item, seen))| (at, visible_share(item, seen.as_ref(), min_side)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        match worst {
            Some((at, share)) if share < min_visible => {
                items.remove(at);
            }
            Some(_) | None => return seen,
        }
    }
}

/// Share of the item that shows; 0 if what shows is too small for a box.
fn visible_share(item: &Item, seen: Option<&Seen>, min_side: usize) -> f32 {
    let Some(seen) = seen else { return 0.0 };
    if seen.x1 - seen.x0 < min_side || seen.y1 - seen.y0 < min_side {
        return 0.0;
    }
    seen.pixels as f32 / item.solid.max(1) as f32
}

/// What of each item shows when all are laid down in order.
fn look(items: &[Item], side: usize) -> Vec<Option<Seen>> {
    let mut owner = vec![NOBODY; side * side];
    for (number, item) in (0u16..).zip(items) {
        item.patch.inside(side, |at, pixel| {
            if pixel[3] >= SOLID {
                owner[at] = number;
            }
        });
    }
    let mut seen: Vec<Option<Seen>> = vec![None; items.len()];
    for (y, row) in owner.chunks_exact(side.max(1)).enumerate() {
        for (x, number) in row.iter().enumerate() {
            if let Some(entry) = seen.get_mut(usize::from(*number)) {
                let seen = entry.get_or_insert(Seen {
                    pixels: 0,
                    x0: x,
                    y0: y,
                    x1: x,
                    y1: y,
                });
                seen.pixels += 1;
                seen.x0 = seen.x0.min(x);
                seen.x1 = seen.x1.max(x + 1);
                seen.y1 = y + 1;
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
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
            "the worst leaves, and then the other shows enough"
        );
        let left = seen[0].unwrap();
        assert_eq!((left.x0, left.x1), (20, 28));
    }
}
