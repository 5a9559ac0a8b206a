//! Decides what a scene shows: which kind of scene, how many items and how large.

use super::settings::ComposerSettings;
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
    /// One kind from edge to edge, as a crate in a shop is.
    Crate,
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
            settings.crate_share,
        ];
        let rest = 1.0 - shares.iter().sum::<f32>();
        let [empty, single, pile, negative, hand, garden, full] = shares;
        let shares = [empty, single, pile, negative, hand, garden, full, rest.max(0.0)];
        let choice = dice.weighted(&shares);
        let is_negative = choice == 3;
        let choice = if is_negative {
            // As the others, with more that is large and near: that is where false finds are.
            [1, 2, 4, 5, 6, 7][dice.weighted(&[0.45, 0.18, 0.05, 0.06, 0.04, 0.22])]
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
            6 => Subject::Crate,
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
        Subject::Rows | Subject::Crate => (dice.whole(3, max_items.max(3)), 0),
        Subject::Heap => (dice.whole(1, 5), dice.whole(1, 5)),
        Subject::Mixed => (1 + few(dice, max_items.saturating_sub(1).min(7)), few(dice, 5)),
        Subject::Hand => (1, sometimes(dice, 0.3, 3)),
        Subject::Garden => (1 + few(dice, 5), 0),
    };
    let own = own.min(max_items);
    (own, others.min(max_items - own))
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
            Subject::Crate => (dice.log_range(0.23, 0.65), 0.06),
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
            | Subject::Crate
            | Subject::Heap
            | Subject::Mixed
            | Subject::Garden => self.draw(dice),
        }
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Subject; 10] = [
        Subject::Empty,
        Subject::Single,
        Subject::Few,
        Subject::Pile,
        Subject::Rows,
        Subject::Crate,
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
}
