//! Decides what a scene shows: how many items, which, how large, where and how turned.

use super::{cutout::Cutout, settings::ComposerSettings, warp::Pose};
use crate::training::dataset::Dice;

/// What a scene is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// Nothing of ours.
    Empty,
    /// One product, often large.
    Single,
    /// Many of one kind, touching.
    Pile,
    /// A few products and other things.
    Mixed,
}

/// Chooses the subject by the shares of the settings.
pub(super) fn subject(settings: &ComposerSettings, dice: &mut Dice) -> Subject {
    let rest = 1.0 - settings.empty_share - settings.single_share - settings.pile_share;
    let shares = [
        settings.empty_share,
        settings.single_share,
        settings.pile_share,
        rest.max(0.0),
    ];
    match dice.weighted(&shares) {
        0 => Subject::Empty,
        1 => Subject::Single,
        2 => Subject::Pile,
        _ => Subject::Mixed,
    }
}

/// How many products and how many distractors.
pub(super) fn counts(subject: Subject, max_items: usize, dice: &mut Dice) -> (usize, usize) {
    let few = |dice: &mut Dice, most: usize| {
        // Half as likely for each further one, roughly.
        let weights: Vec<f32> = (0..=most).map(|count| 0.72f32.powf(count as f32)).collect();
        dice.weighted(&weights)
    };
    let (products, others) = match subject {
        Subject::Empty => (0, if dice.chance(0.75) { dice.whole(1, 8) } else { 0 }),
        Subject::Single => (1, if dice.chance(0.35) { few(dice, 3) } else { 0 }),
        Subject::Pile => (dice.whole(3, max_items.max(3)), few(dice, 3)),
        Subject::Mixed => (1 + few(dice, max_items.saturating_sub(1).min(7)), few(dice, 5)),
    };
    let products = products.min(max_items);
    (products, others.min(max_items - products))
}

/// A place already taken: middle and radius in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) center: (f32, f32),
    pub(super) radius: f32,
}

/// Size of an item as the side of a square of the same area, as a share of the picture's side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    base: f32,
    spread: f32,
}

impl Sizes {
    pub(super) fn new(subject: Subject, dice: &mut Dice) -> Self {
        // Areas of the whole picture, evenly over doublings.
        let (area, spread) = match subject {
            Subject::Single if dice.chance(0.25) => (dice.log_range(0.01, 0.07), 0.0),
            Subject::Single => (dice.log_range(0.07, 0.8), 0.0),
            Subject::Pile => (dice.log_range(0.018, 0.13), 0.12),
            Subject::Empty | Subject::Mixed => (dice.log_range(0.014, 0.2), 0.35),
        };
        Self {
            base: area.sqrt(),
            spread,
        }
    }

    pub(super) fn draw(self, dice: &mut Dice) -> f32 {
        (self.base * dice.around(self.spread).exp()).min(0.95)
    }
}

/// Puts an item of about `share` of the picture's side at a place that is free, if one is found soon.
pub(super) fn pose(cutout: &Cutout, side: f32, share: f32, upright: bool, dice: &mut Dice) -> (Pose, f32) {
    let (width, height) = cutout.size();
    let scale = side * share / (width * height).sqrt();
    let stretch = 1.0 + dice.around(0.06);
    let angle = if upright && dice.chance(0.82) {
        dice.around(0.52)
    } else {
        dice.around(std::f32::consts::PI)
    };
    let strong = if dice.chance(0.3) { 0.22 } else { 0.07 };
    let pose = Pose {
        center: (0.0, 0.0),
        scale: (scale * stretch, scale / stretch),
        angle,
        shear: dice.around(0.1),
        perspective: (dice.around(strong), dice.around(strong)),
        mirrored: dice.chance(0.5),
    };
    (
        pose,
        0.42 * scale * (width * height).sqrt().max(0.8 * width.max(height)),
    )
}

/// A place for an item of this radius.
pub(super) fn place(
    subject: Subject,
    side: f32,
    radius: f32,
    taken: &[Taken],
    dice: &mut Dice,
) -> (f32, f32) {
    if subject == Subject::Pile && !taken.is_empty() {
        return beside(side, radius, taken, dice);
    }
    // Single large items stay mostly inside; small ones go anywhere, a little beyond the edge too.
    let margin = if subject == Subject::Single {
        (radius * 0.75).min(side * 0.45)
    } else {
        (radius * dice.range(-0.1, 1.0)).clamp(side * 0.02, side * 0.45)
    };
    let mut best = ((side / 2.0, side / 2.0), f32::INFINITY);
    for _ in 0..8 {
        let center = (
            dice.range(margin, side - margin),
            dice.range(margin, side - margin),
        );
        let overlap = overlap(center, radius, taken);
        if overlap < best.1 {
            best = (center, overlap);
        }
        // Some items do cover each other.
        if overlap <= 0.0 || dice.chance(0.12) {
            break;
        }
    }
    best.0
}

/// How far circles at `center` reach into the taken ones, in pixels.
fn overlap(center: (f32, f32), radius: f32, taken: &[Taken]) -> f32 {
    let reach = |other: &Taken| {
        let (dx, dy) = (center.0 - other.center.0, center.1 - other.center.1);
        (radius + other.radius - (dx * dx + dy * dy).sqrt()).max(0.0)
    };
    taken.iter().map(reach).sum()
}

/// Next to one that lies there already, touching it or a little over it.
fn beside(side: f32, radius: f32, taken: &[Taken], dice: &mut Dice) -> (f32, f32) {
    let mut best = ((side / 2.0, side / 2.0), f32::INFINITY);
    for _ in 0..6 {
        let Some(neighbour) = taken.get(dice.below(taken.len())) else {
            return best.0;
        };
        let away = (radius + neighbour.radius) * dice.range(0.85, 1.2);
        let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
        let center = (neighbour.center.0 + away * cos, neighbour.center.1 + away * sin);
        let outside = [center.0, center.1, side - center.0, side - center.1];
        let beyond: f32 = outside.iter().map(|room| (radius * 0.4 - room).max(0.0)).sum();
        let cost = overlap(center, radius, taken) + 2.0 * beyond;
        if cost < best.1 {
            best = (center, cost);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_items_than_allowed() {
        let mut dice = Dice::new(1, 0);
        for subject in [Subject::Empty, Subject::Single, Subject::Pile, Subject::Mixed] {
            for _ in 0..300 {
                let (products, others) = counts(subject, 6, &mut dice);
                assert!(products + others <= 6);
                assert_eq!(products == 0, subject == Subject::Empty);
            }
        }
    }

    #[test]
    fn subjects_come_in_their_shares() {
        let settings = ComposerSettings::default();
        let mut dice = Dice::new(1, 1);
        let empty = (0..4000)
            .filter(|_| subject(&settings, &mut dice) == Subject::Empty)
            .count();
        assert!((500..700).contains(&empty), "15 % of 4000: {empty}");
    }
}
