//! Which class a track is: votes weighted by score that fade with time.

use std::time::Duration;

use crate::geom::ClassId;

/// A track remembers this many classes; more are noise, and the weakest make room.
const MAX_CLASSES: usize = 8;

/// Score-weighted votes, heaviest class first.
#[derive(Debug, Clone, Default)]
pub(super) struct Votes {
    weights: Vec<(ClassId, f32)>,
}

impl Votes {
    /// Adds a vote; scores of 0 and below and NaN say nothing.
    pub(super) fn add(&mut self, class: ClassId, score: f32) {
        if score.is_nan() || score <= 0.0 {
            return;
        }
        match self.weights.iter_mut().find(|(voted, _)| *voted == class) {
            Some((_, weight)) => *weight += score,
            None => self.weights.push((class, score)),
        }
        self.tidy();
    }

    /// Takes over the votes of another track of the same item.
    pub(super) fn merge(&mut self, other: &Self) {
        for &(class, weight) in &other.weights {
            self.add(class, weight);
        }
    }

    /// Lets the votes fade: after `half_life` they weigh half.
    pub(super) fn fade(&mut self, elapsed: Duration, half_life: Duration) {
        let half_lives = elapsed.as_secs_f32() / half_life.as_secs_f32().max(1e-3);
        let factor = (-half_lives).exp2();
        for (_, weight) in &mut self.weights {
            *weight *= factor;
        }
    }

    /// The class with most votes.
    pub(super) fn leader(&self) -> Option<ClassId> {
        self.weights.first().map(|&(class, _)| class)
    }

    /// Share of a class in all votes, 0 to 1.
    pub(super) fn share(&self, class: ClassId) -> f32 {
        let found = self
            .shares(MAX_CLASSES)
            .into_iter()
            .find(|&(voted, _)| voted == class);
        found.map_or(0.0, |(_, share)| share)
    }

    /// The `most` best classes with their shares of all votes, best first.
    pub(super) fn shares(&self, most: usize) -> Vec<(ClassId, f32)> {
        let total: f32 = self.weights.iter().map(|&(_, weight)| weight).sum();
        let best = self.weights.iter().take(most);
        best.map(|&(class, weight)| (class, weight / total.max(f32::MIN_POSITIVE)))
            .collect()
    }

    /// The leader, if it has at least `min_share` of the votes and leads by at least `min_margin`.
    pub(super) fn settled(&self, min_share: f32, min_margin: f32) -> Option<ClassId> {
        let shares = self.shares(2);
        let &(class, first) = shares.first()?;
        let second = shares.get(1).map_or(0.0, |&(_, share)| share);
        (first >= min_share && first - second >= min_margin).then_some(class)
    }

    fn tidy(&mut self) {
        // Equal weights go by class, so that the order never depends on chance.
        self.weights
            .sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        self.weights.truncate(MAX_CLASSES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPLE: ClassId = ClassId(1);
    const PEAR: ClassId = ClassId(2);

    #[test]
    fn shares_by_hand() {
        let mut votes = Votes::default();
        votes.add(APPLE, 0.9);
        votes.add(PEAR, 0.6);
        votes.add(APPLE, 0.3);
        // 1.2 : 0.6.
        assert!((votes.share(APPLE) - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(votes.settled(0.5, 0.3), Some(APPLE));
        assert_eq!(votes.settled(0.5, 0.4), None, "the lead is a third");
        assert_eq!(votes.settled(0.7, 0.1), None, "the share is two thirds");
    }

    #[test]
    fn old_votes_fade() {
        let mut votes = Votes::default();
        votes.add(PEAR, 0.8);
        votes.fade(Duration::from_secs(2), Duration::from_secs(1));
        votes.add(APPLE, 0.8);
        // 0.2 : 0.8.
        assert!((votes.share(APPLE) - 0.8).abs() < 1e-6);
        assert_eq!(votes.leader(), Some(APPLE));
    }

    #[test]
    fn the_list_of_classes_is_bounded() {
        let mut votes = Votes::default();
        for class in 1..1000 {
            votes.add(ClassId(class), 0.5);
        }
        votes.add(ClassId(1), f32::NAN);
        assert_eq!(votes.weights.len(), MAX_CLASSES);
    }
}
