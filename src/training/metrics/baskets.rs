//! What a shopper notices: is the whole basket right, how many items are off, and what does that cost?

use std::collections::BTreeMap;

use super::ratio;
use crate::geom::ClassId;

/// How many of each class a basket holds.
pub type BasketTally = BTreeMap<ClassId, u32>;

/// How well baskets were read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BasketScore {
    /// Share of baskets whose whole list with quantities is exactly right (checkout accuracy, cAcc).
    pub accuracy: f64,
    /// Items too many or too few, a basket, over all classes (average counting distance).
    pub counting_distance: f64,
    /// Money wrongly asked for or not asked for, in minor units (cents), a basket.
    pub wrong_charge_minor: f64,
}

/// Compares baskets with what was read; `prices_minor` are those of the classes. None without baskets.
///
/// # Source
/// Wei et al. 2019, "RPC: A Large-Scale Retail Product Checkout Dataset", section 4.1 for the first two.
#[must_use]
pub fn score_baskets(
    baskets: &[(BasketTally, BasketTally)],
    prices_minor: &BTreeMap<ClassId, u32>,
) -> Option<BasketScore> {
    let (mut exact, mut distance, mut charge) = (0usize, 0u64, 0u64);
    for (there, read) in baskets {
        let classes = there
            .keys()
            .chain(read.keys().filter(|class| !there.contains_key(class)));
        let mut off = 0u64;
        let (mut asked, mut right) = (0u64, 0u64);
        for class in classes {
            let (truth, seen) = (
                there.get(class).copied().unwrap_or(0),
                read.get(class).copied().unwrap_or(0),
            );
            let price = u64::from(prices_minor.get(class).copied().unwrap_or(0));
            off += u64::from(truth.abs_diff(seen));
            right += u64::from(truth) * price;
            asked += u64::from(seen) * price;
        }
        exact += usize::from(off == 0);
        distance += off;
        charge += asked.abs_diff(right);
    }
    let count = baskets.len();
    Some(BasketScore {
        accuracy: ratio(exact, count)?,
        counting_distance: distance as f64 / count as f64,
        wrong_charge_minor: charge as f64 / count as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_baskets_by_hand() {
        let basket = |items: &[(u16, u32)]| -> BasketTally {
            items
                .iter()
                .map(|(class, count)| (ClassId(*class), *count))
                .collect()
        };
        let prices = [(ClassId(1), 50), (ClassId(2), 120)].into();
        let baskets = [
            (basket(&[(1, 2), (2, 1)]), basket(&[(1, 2), (2, 1)])),
            // An apple too many and the milk missed: 70 minor units too little.
            (basket(&[(1, 1), (2, 1)]), basket(&[(1, 2)])),
        ];
        let score = score_baskets(&baskets, &prices).unwrap();
        assert!((score.accuracy - 0.5).abs() < 1e-12);
        assert!((score.counting_distance - 1.0).abs() < 1e-12);
        assert!((score.wrong_charge_minor - 35.0).abs() < 1e-12);
        assert_eq!(score_baskets(&[], &prices), None);
    }
}
