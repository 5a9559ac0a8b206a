//! Which part of a data set a capture session belongs to.

use std::collections::BTreeMap;

use rusqlite::Row;
use sha2::{Digest as _, Sha256};

use crate::store::error::Fault;
use crate::store::rows::get;

/// A part of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Split {
    /// To train on.
    Train,
    /// To judge by while training.
    Val,
    /// To test with afterwards.
    Test,
}

impl Split {
    const ALL: [Self; 3] = [Self::Train, Self::Val, Self::Test];

    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Val => "val",
            Self::Test => "test",
        }
    }

    pub(super) fn from_row(row: &Row<'_>) -> Result<Self, Fault> {
        let code: String = get(row, "split")?;
        let split = Self::ALL.into_iter().find(|split| split.code() == code);
        split.ok_or_else(|| Fault::row(format!("split {code}")))
    }
}

/// The part of each session, from how many photos each has. A session that had a part before keeps it. New
/// sessions go, in an order that looks random but never changes, to the part that lacks most; a part that is
/// wanted and still empty is served before there are no sessions left for it, training first.
pub(super) fn assign(
    sizes: &BTreeMap<String, usize>,
    earlier: &BTreeMap<String, Split>,
    (val_percent, test_percent): (u8, u8),
) -> BTreeMap<String, Split> {
    let (val, test) = (
        usize::from(val_percent.min(90)),
        usize::from(test_percent.min(90)),
    );
    let train = 100_usize.saturating_sub(val + test).max(1);
    let shares = [(Split::Train, train), (Split::Val, val), (Split::Test, test)];
    let all: usize = sizes.values().sum();
    let mut splits: BTreeMap<String, Split> = BTreeMap::new();
    let mut have: BTreeMap<Split, usize> = BTreeMap::new();
    for (session, size) in sizes {
        if let Some(split) = earlier.get(session) {
            splits.insert(session.clone(), *split);
            *have.entry(*split).or_default() += size;
        }
    }
    let mut new: Vec<(&String, usize)> = sizes
        .iter()
        .filter(|(session, _)| !earlier.contains_key(*session))
        .map(|(s, n)| (s, *n))
        .collect();
    new.sort_by_key(|(session, _)| Sha256::digest(session.as_bytes()).to_vec());
    let count = new.len();
    for (index, (session, size)) in new.into_iter().enumerate() {
        let got = |split: Split| have.get(&split).copied().unwrap_or(0);
        let empty = || {
            shares
                .iter()
                .filter(|(split, share)| *share > 0 && got(*split) == 0)
        };
        let split = if count - index <= empty().count() {
            empty().map(|(split, _)| *split).next()
        } else {
            // In hundredths of photos, so that nothing is rounded.
            let lacks = |(split, share): &(Split, usize)| (all * share).saturating_sub(got(*split) * 100);
            shares
                .iter()
                .rev()
                .max_by_key(|pair| lacks(pair))
                .map(|(split, _)| *split)
        };
        let split = split.unwrap_or(Split::Train);
        splits.insert(session.clone(), split);
        *have.entry(split).or_default() += size;
    }
    splits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sizes(of: &[usize]) -> BTreeMap<String, usize> {
        of.iter()
            .enumerate()
            .map(|(index, size)| (format!("session {index}"), *size))
            .collect()
    }

    fn photos(sizes: &BTreeMap<String, usize>, splits: &BTreeMap<String, Split>) -> [usize; 3] {
        Split::ALL.map(|split| {
            let of_split = sizes.iter().filter(|(session, _)| splits[*session] == split);
            of_split.map(|(_, size)| *size).sum()
        })
    }

    #[test]
    fn shares_are_met_and_one_session_trains() {
        let hundred = sizes(&[1; 100]);
        assert_eq!(
            photos(&hundred, &assign(&hundred, &BTreeMap::new(), (15, 15))),
            [70, 15, 15]
        );
        let one = sizes(&[30]);
        assert_eq!(
            photos(&one, &assign(&one, &BTreeMap::new(), (15, 15))),
            [30, 0, 0]
        );
        let two = sizes(&[30, 30]);
        assert_eq!(
            photos(&two, &assign(&two, &BTreeMap::new(), (15, 15))),
            [30, 30, 0]
        );
        let three = sizes(&[10, 10, 10]);
        assert_eq!(
            photos(&three, &assign(&three, &BTreeMap::new(), (15, 15))),
            [10, 10, 10]
        );
        assert_eq!(
            photos(&three, &assign(&three, &BTreeMap::new(), (0, 0))),
            [30, 0, 0]
        );
    }

    proptest! {
        #[test]
        fn a_session_keeps_its_part(of in proptest::collection::vec(1_usize..40, 1..20), more in 0_usize..10) {
            let before = sizes(&of);
            let first = assign(&before, &BTreeMap::new(), (20, 10));
            let mut grown = before.clone();
            grown.extend((0..more).map(|index| (format!("later {index}"), index + 1)));
            let second = assign(&grown, &first, (20, 10));
            prop_assert!(first.iter().all(|(session, split)| second[session] == *split));
            prop_assert_eq!(second.len(), grown.len());
            if of.len() >= 3 {
                prop_assert!(photos(&before, &first).iter().all(|count| *count > 0));
            }
        }
    }
}
