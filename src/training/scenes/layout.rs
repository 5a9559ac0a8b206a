//! Decides what a scene shows: which kind of scene, how many items, how large, where and how turned.

use super::{cutout::Cutout, settings::ComposerSettings, warp::Pose};
use crate::training::dataset::Dice;

/// What a scene looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// A background and nothing else.
    Empty,
    /// One item, mostly large.
    Single,
    /// Two to four of one kind, large.
    Few,
    /// Many of one kind, touching and covering each other.
    Pile,
    /// Many of one kind in rows, as on a shelf.
    Rows,
    /// Different things close together, as in a bowl.
    Heap,
    /// Different things here and there.
    Mixed,
    /// One item in a hand.
    Hand,
    /// One or more of a kind among leaves.
    Garden,
}

/// A kind of scene, and whether products of ours are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) subject: Subject,
    pub(super) ours: bool,
}

impl Plan {
    /// Chooses by the shares of the settings.
    pub(super) fn random(settings: &ComposerSettings, dice: &mut Dice) -> Self {
        let shares = [
            settings.empty_share,
            settings.single_share,
            settings.pile_share,
            settings.negative_share,
            settings.hand_share,
            settings.garden_share,
        ];
        let rest = 1.0 - shares.iter().sum::<f32>();
        let [empty, single, pile, negative, hand, garden] = shares;
        let shares = [empty, single, pile, negative, hand, garden, rest.max(0.0)];
        let choice = dice.weighted(&shares);
        let is_negative = choice == 3;
        let choice = if is_negative {
            // As the others, with more that is large and near: that is where false finds are.
            [1, 1, 1, 2, 4, 5, 6][dice.weighted(&[0.3, 0.1, 0.05, 0.2, 0.05, 0.06, 0.24])]
        } else {
            choice
        };
        let subject = match choice {
            0 => Subject::Empty,
            1 if dice.chance(0.28) => Subject::Few,
            1 => Subject::Single,
            2 if dice.chance(0.28) => Subject::Rows,
            2 => Subject::Pile,
            4 => Subject::Hand,
            5 => Subject::Garden,
            _ if dice.chance(0.4) => Subject::Heap,
            _ => Subject::Mixed,
        };
        Self {
            subject,
            ours: !is_negative && subject != Subject::Empty,
        }
    }
}

/// How many of the subject's own kind, and how many other things.
pub(super) fn counts(subject: Subject, max_items: usize, dice: &mut Dice) -> (usize, usize) {
    let few = |dice: &mut Dice, most: usize| {
        // Half as likely for each further one, roughly.
        let weights: Vec<f32> = (0..=most).map(|count| 0.72f32.powf(count as f32)).collect();
        dice.weighted(&weights)
    };
    let sometimes = |dice: &mut Dice, chance: f32, most: usize| {
        if dice.chance(chance) {
            1 + few(dice, most - 1)
        } else {
            0
        }
    };
    let (own, others) = match subject {
        Subject::Empty => (0, 0),
        Subject::Single => (1, sometimes(dice, 0.22, 3)),
        Subject::Few => (dice.whole(2, 4), sometimes(dice, 0.15, 2)),
        Subject::Pile => (dice.whole(4, max_items.max(4)), sometimes(dice, 0.25, 3)),
        Subject::Rows => (dice.whole(3, max_items.max(3)), 0),
        Subject::Heap => (dice.whole(1, 5), dice.whole(1, 5)),
        Subject::Mixed => (1 + few(dice, max_items.saturating_sub(1).min(7)), few(dice, 5)),
        Subject::Hand => (1, sometimes(dice, 0.3, 3)),
        Subject::Garden => (1 + few(dice, 5), 0),
    };
    let own = own.min(max_items);
    (own, others.min(max_items - own))
}

/// A place already taken: middle and radius in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) center: (f32, f32),
    pub(super) radius: f32,
}

/// Longer side of an item as a share of the picture's side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    base: f32,
    spread: f32,
}

impl Sizes {
    pub(super) fn new(subject: Subject, dice: &mut Dice) -> Self {
        let (base, spread) = match subject {
            Subject::Single => match dice.weighted(&[0.72, 0.16, 0.12]) {
                0 => (dice.range(0.35, 0.95), 0.0),
                1 => (dice.log_range(0.12, 0.35), 0.0),
                _ => (dice.log_range(0.95, 1.4), 0.0),
            },
            Subject::Few => (dice.range(0.25, 0.6), 0.1),
            Subject::Pile | Subject::Rows => (dice.log_range(0.13, 0.55), 0.12),
            Subject::Heap => (dice.log_range(0.16, 0.55), 0.25),
            Subject::Hand => (dice.range(0.35, 0.85), 0.0),
            Subject::Garden => (dice.log_range(0.14, 0.6), 0.15),
            Subject::Empty | Subject::Mixed => (dice.log_range(0.11, 0.5), 0.3),
        };
        Self { base, spread }
    }

    pub(super) fn draw(self, dice: &mut Dice) -> f32 {
        (self.base * dice.around(self.spread).exp()).min(1.4)
    }

    /// The size of what lies beside the subject.
    pub(super) fn beside(self, subject: Subject, dice: &mut Dice) -> f32 {
        match subject {
            Subject::Single | Subject::Hand => self.base.min(0.6) * dice.range(0.35, 1.0),
            Subject::Empty
            | Subject::Few
            | Subject::Pile
            | Subject::Rows
            | Subject::Heap
            | Subject::Mixed
            | Subject::Garden => self.draw(dice),
        }
    }
}

/// Turns an item and gives it `share` of the picture's side, at no place yet; and its radius in pixels.
pub(super) fn pose(cutout: &Cutout, side: f32, share: f32, upright: bool, dice: &mut Dice) -> (Pose, f32) {
    let (width, height) = cutout.size();
    let longest = width.max(height);
    // Long things would look small beside round ones of the same length.
    let slim = (longest / width.min(height).max(1.0)).min(3.0).powf(0.25);
    let scale = side * share * slim / longest;
    let stretch = 1.0 + dice.around(0.06);
    let angle = if upright && dice.chance(0.86) {
        let most = if dice.chance(0.6) { 0.15 } else { 0.52 };
        dice.around(most)
    } else {
        dice.around(std::f32::consts::PI)
    };
    let strong = if dice.chance(0.3) { 0.22 } else { 0.07 };
    let pose = Pose {
        scale: (scale * stretch, scale / stretch),
        angle,
        shear: dice.around(0.1),
        perspective: (dice.around(strong), dice.around(strong)),
        mirrored: dice.chance(0.5),
        ..Pose::default()
    };
    (pose, 0.42 * scale * (width * height).sqrt().max(0.8 * longest))
}

/// A place for an item of this radius.
pub(super) fn place(
    subject: Subject,
    side: f32,
    radius: f32,
    taken: &[Taken],
    dice: &mut Dice,
) -> (f32, f32) {
    let clumped = matches!(subject, Subject::Pile | Subject::Few | Subject::Heap);
    if clumped && !taken.is_empty() {
        return beside(subject, side, radius, taken, dice);
    }
    let margin = match subject {
        // Mostly inside, sometimes cut by the edge.
        Subject::Single if dice.chance(0.16) => (radius * 0.3).min(side * 0.45),
        Subject::Single | Subject::Few => (radius * 1.1).min(side * 0.46),
        Subject::Hand => side * 0.36,
        Subject::Empty | Subject::Pile | Subject::Rows | Subject::Heap | Subject::Mixed | Subject::Garden => {
            (radius * dice.range(-0.1, 1.1)).clamp(side * 0.02, side * 0.45)
        }
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

/// Where things in rows stand, back row first, in parts of the side; `share` is their longer side and
/// `tall` their height over their width.
pub(super) fn rows(count: usize, share: f32, tall: f32, dice: &mut Dice) -> Vec<(f32, f32)> {
    let across = share / tall.max(1.0) * dice.range(0.85, 1.15);
    let down = share * dice.range(0.7, 1.1);
    let (offset_x, offset_y) = (dice.range(0.0, across), dice.range(0.1, 0.6));
    let mut places = Vec::new();
    for row in 0..4u8 {
        for column in 0..16u8 {
            let x = offset_x + across * f32::from(column) + dice.around(across * 0.06);
            let y = offset_y + down * f32::from(row) + dice.around(down * 0.03);
            if x < 1.05 && y < 1.05 && places.len() < count {
                places.push((x, y));
            }
        }
    }
    places
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
fn beside(subject: Subject, side: f32, radius: f32, taken: &[Taken], dice: &mut Dice) -> (f32, f32) {
    let (near, far) = match subject {
        Subject::Pile => (0.72, 1.05),
        Subject::Heap => (0.75, 1.1),
        Subject::Empty
        | Subject::Single
        | Subject::Few
        | Subject::Rows
        | Subject::Mixed
        | Subject::Hand
        | Subject::Garden => (0.9, 1.3),
    };
    let mut best = ((side / 2.0, side / 2.0), f32::INFINITY);
    for _ in 0..6 {
        let Some(neighbour) = taken.get(dice.below(taken.len())) else {
            return best.0;
        };
        let away = (radius + neighbour.radius) * dice.range(near, far);
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

    const ALL: [Subject; 9] = [
        Subject::Empty,
        Subject::Single,
        Subject::Few,
        Subject::Pile,
        Subject::Rows,
        Subject::Heap,
        Subject::Mixed,
        Subject::Hand,
        Subject::Garden,
    ];

    #[test]
    fn never_more_items_than_allowed() {
        let mut dice = Dice::new(1, 0);
        for subject in ALL {
            for _ in 0..300 {
                let (own, others) = counts(subject, 6, &mut dice);
                assert!(own + others <= 6, "{subject:?}");
                assert_eq!(own == 0, subject == Subject::Empty, "{subject:?}");
            }
        }
    }

    #[test]
    fn kinds_come_in_their_shares() {
        let settings = ComposerSettings::default();
        let mut dice = Dice::new(1, 1);
        let plans: Vec<Plan> = (0..4000).map(|_| Plan::random(&settings, &mut dice)).collect();
        let share =
            |test: &dyn Fn(&Plan) -> bool| plans.iter().filter(|plan| test(plan)).count() as f32 / 4000.0;
        let near = |found: f32, expected: f32| (found - expected).abs() < 0.025;
        let without = share(&|plan| !plan.ours);
        assert!(
            near(without, settings.empty_share + settings.negative_share),
            "{without}"
        );
        let single = share(&|plan| plan.ours && matches!(plan.subject, Subject::Single | Subject::Few));
        assert!(near(single, settings.single_share), "{single}");
        let garden = share(&|plan| plan.ours && plan.subject == Subject::Garden);
        assert!(near(garden, settings.garden_share), "{garden}");
    }

    #[test]
    fn rows_stand_side_by_side() {
        let places = rows(6, 0.3, 2.0, &mut Dice::new(2, 1));
        assert!(!places.is_empty() && places.len() <= 6);
        for pair in places.windows(2) {
            let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
            assert!(dx > 0.08 || dy > 0.15, "{pair:?}");
        }
    }
}
