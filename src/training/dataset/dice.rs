//! Seeded chance: every random decision in training data comes from a number pair (seed, index).
//!
//! One stream of `ChaCha8` belongs to one index, so picture 7 is the same whoever asks for it, in whatever
//! order and on however many threads.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Random decisions of one picture.
#[derive(Debug, Clone)]
pub struct Dice {
    rng: ChaCha8Rng,
}

impl Dice {
    /// The decisions of picture `index` in the run `seed`.
    #[must_use]
    pub fn new(seed: u64, index: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(index);
        Self { rng }
    }

    /// 32 random bits.
    pub fn bits(&mut self) -> u32 {
        self.rng.next_u32()
    }

    /// Evenly spread over `0.0..1.0`.
    pub fn unit(&mut self) -> f32 {
        // 24 bits are what an f32 holds exactly, so 1.0 never comes out.
        (self.rng.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Evenly spread from `low` to `high`.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// From `low` to `high`, both positive, so that every doubling is equally likely.
    pub fn log_range(&mut self, low: f32, high: f32) -> f32 {
        (self.range(low.ln(), high.ln())).exp()
    }

    /// Evenly spread from `-spread` to `spread`.
    pub fn around(&mut self, spread: f32) -> f32 {
        self.range(-spread, spread)
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// One of `0..count`; 0 when `count` is 0.
    pub fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        // Multiply and shift: the bias is below 2^-32 for the counts that occur here.
        let pick = (u64::from(self.rng.next_u32()) * count.min(u64::from(u32::MAX))) >> 32;
        usize::try_from(pick).unwrap_or(0)
    }

    /// A whole number from `low` to `high`, both included.
    pub fn whole(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// The position of one of the weights, each as likely as it is heavy; 0 if none weighs anything.
    pub fn weighted(&mut self, weights: &[f32]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f32>();
        for (position, weight) in weights.iter().enumerate() {
            if left < *weight {
                return position;
            }
            left -= weight;
        }
        weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_index_same_numbers_other_index_others() {
        let draw = |seed, index| {
            let mut dice = Dice::new(seed, index);
            (0..4).map(|_| dice.bits()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, 7), draw(1, 7));
        assert_ne!(draw(1, 7), draw(1, 8));
        assert_ne!(draw(1, 7), draw(2, 7));
    }

    #[test]
    fn draws_stay_in_range_and_reach_all_of_it() {
        let mut dice = Dice::new(3, 0);
        let mut seen = [0u32; 4];
        for _ in 0..4000 {
            let number = dice.whole(2, 5);
            seen[number - 2] += 1;
            let value = dice.log_range(0.5, 8.0);
            assert!((0.499..8.01).contains(&value), "{value}");
        }
        assert!(
            seen.iter().all(|count| (850..1150).contains(count)),
            "even: {seen:?}"
        );
        assert_eq!(dice.below(0), 0);
    }

    #[test]
    fn weights_are_probabilities() {
        let mut dice = Dice::new(4, 0);
        let mut seen = [0u32; 3];
        for _ in 0..4000 {
            seen[dice.weighted(&[1.0, 0.0, 3.0])] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((850..1150).contains(&seen[0]), "a quarter: {seen:?}");
    }
}
