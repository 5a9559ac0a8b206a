//! Pictures that are there more than once: equal bytes, or almost the same look.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{LabelSet, survey::Survey};

/// Difference hashes of 128 signs that differ in at most this many are of pictures that look the same.
pub(super) const NEAR: u32 = 8;

/// Two pictures of a set by their places, the lower one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The earlier picture.
    pub first: usize,
    /// The later one.
    pub second: usize,
    /// Whether the files are equal byte by byte.
    pub is_exact: bool,
}

/// For each picture the first equal file before it, and the most alike one before it in its own split and in
/// another: as many pairs as pictures at most, or twice, however often one picture is there.
#[must_use]
pub fn pairs(set: &LabelSet, survey: &Survey) -> Vec<Pair> {
    let mut first_of: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    let mut pairs = Vec::new();
    let mut looks: Vec<(usize, u128)> = Vec::new();
    for (place, picture) in survey.pictures.iter().enumerate() {
        let Some(fingerprint) = picture.as_ref().and_then(|picture| picture.fingerprint) else {
            continue;
        };
        match first_of.get(&fingerprint.sha256) {
            Some(&first) => pairs.push(Pair {
                first,
                second: place,
                is_exact: true,
            }),
            None => {
                first_of.insert(fingerprint.sha256, place);
                looks.extend(fingerprint.look.map(|look| (place, look)));
            }
        }
    }
    // Quadratic, but only some instructions a pair: 10 000 pictures take a twentieth of a second.
    let near: Vec<Vec<Pair>> = (0..looks.len())
        .into_par_iter()
        .map(|at| alike(set, &looks, at))
        .collect();
    pairs.extend(near.into_iter().flatten());
    pairs
}

/// The pairs of one look with those before it.
fn alike(set: &LabelSet, looks: &[(usize, u128)], at: usize) -> Vec<Pair> {
    let (Some(&(second, look)), Some(before)) = (looks.get(at), looks.get(..at)) else {
        return Vec::new();
    };
    let split = |place: usize| set.pictures.get(place).map(|picture| &picture.split);
    // Distance and place of the nearest: in the same split, and in another.
    let mut nearest: [Option<(u32, usize)>; 2] = [None; 2];
    for &(first, other) in before {
        let distance = (look ^ other).count_ones();
        if distance <= NEAR {
            let [same, across] = &mut nearest;
            let slot = if split(first) == split(second) {
                same
            } else {
                across
            };
            *slot = Some(slot.map_or((distance, first), |known| known.min((distance, first))));
        }
    }
    let found = nearest.into_iter().flatten();
    found
        .map(|(_, first)| Pair {
            first,
            second,
            is_exact: false,
        })
        .collect()
}

/// A number for each picture, equal for those that a split must not tear apart: duplicates, and pictures of
/// one group.
#[must_use]
pub fn families(set: &LabelSet, pairs: &[Pair]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..set.pictures.len()).collect();
    let mut first_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, picture) in set.pictures.iter().enumerate() {
        if let Some(group) = picture.group.as_deref() {
            let first = *first_of.entry(group).or_insert(place);
            join(&mut parents, first, place);
        }
    }
    for pair in pairs {
        join(&mut parents, pair.first, pair.second);
    }
    (0..parents.len())
        .map(|place| root(&mut parents, place))
        .collect()
}

fn root(parents: &mut [usize], place: usize) -> usize {
    let mut at = place;
    while let Some(&parent) = parents.get(at) {
        if parent == at {
            break;
        }
        at = parent;
    }
    // Later look-ups take one step.
    if let Some(slot) = parents.get_mut(place) {
        *slot = at;
    }
    at
}

fn join(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    if let Some(slot) = parents.get_mut(a.max(b)) {
        *slot = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::dataset::{
        Orientation, PictureHeader, PictureLabels,
        survey::{Fingerprint, SurveyedPicture},
    };

    #[test]
    fn pairs_and_families() {
        let picture = |bytes: u8, look: u128| {
            Some(SurveyedPicture {
                header: PictureHeader {
                    stored: (1, 1),
                    orientation: Orientation::UPRIGHT,
                },
                objects: Vec::new(),
                fingerprint: Some(Fingerprint {
                    sha256: [bytes; 32],
                    look: Some(look),
                }),
            })
        };
        let survey = Survey {
            // The third is the first again, the fourth looks like the second, the sixth is unreadable.
            pictures: vec![
                picture(1, 0),
                picture(2, u128::MAX),
                picture(1, 0),
                picture(3, u128::MAX >> NEAR),
                picture(4, u128::MAX >> 60),
                None,
            ],
            ..Survey::default()
        };
        let labels = |group: Option<&str>| PictureLabels {
            file: "x".into(),
            source: "x".into(),
            size: None,
            split: "".into(),
            group: group.map(str::to_owned),
            class: None,
            objects: Vec::new(),
            is_incomplete: false,
        };
        let set = LabelSet {
            pictures: vec![
                labels(None),
                labels(Some("cam")),
                labels(None),
                labels(None),
                labels(Some("cam")),
                labels(None),
            ],
            ..LabelSet::default()
        };
        let found = pairs(&set, &survey);
        let pair = |first, second, is_exact| Pair {
            first,
            second,
            is_exact,
        };
        assert_eq!(found, [pair(0, 2, true), pair(1, 3, false)]);
        assert_eq!(families(&set, &found), [0, 1, 0, 1, 1, 5]);
    }
}
