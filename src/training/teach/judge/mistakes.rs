//! The mistakes that a shop would notice, the dearest first.

use serde::{Deserialize, Serialize};

use super::{JudgePhoto, JudgeSettings, corners, figures::Measured};
use crate::{
    geom::{CornerBox, Detection},
    training::dataset::{ClassNames, LabelledBox},
};

/// Overlap from which something found is on an object.
const OVERLAP: f32 = 0.5;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// It was taken for something else.
    Mistaken,
    /// It was not seen.
    Missed,
    /// Something was seen where nothing is, or twice.
    Imagined,
}

/// One mistake on one photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    /// Number of the photo.
    pub photo: i64,
    /// What went wrong.
    pub fault: Fault,
    /// What is there.
    pub there: Option<String>,
    /// What was said.
    pub said: Option<String>,
    /// Where: left, top, right, bottom, as parts of the photo's sides.
    pub bbox: [f32; 4],
    /// How sure the model was; 0 for what it missed.
    pub score: f32,
    /// What it would have cost the shopper or the shop, in minor units.
    pub cost_minor: u32,
}

pub(super) fn worst(
    measured: &Measured,
    photos: &[JudgePhoto],
    names: &ClassNames,
    settings: &JudgeSettings,
) -> Vec<Mistake> {
    let mut found: Vec<Mistake> = measured
        .found
        .iter()
        .zip(photos)
        .flat_map(|(found, photo)| of_photo(found, photo, names, settings))
        .collect();
    found.sort_by(|a, b| b.cost_minor.cmp(&a.cost_minor).then(b.score.total_cmp(&a.score)));
    found.truncate(settings.mistakes);
    found
}

/// Right pairs are formed first, then mistaken ones; what is left was missed or imagined.
fn of_photo(
    found: &[Detection],
    photo: &JudgePhoto,
    names: &ClassNames,
    settings: &JudgeSettings,
) -> Vec<Mistake> {
    let mut open: Vec<&LabelledBox> = photo.labelled.boxes.iter().collect();
    let mut left: Vec<&Detection> = found.iter().collect();
    pair(&mut open, &mut left, |there, said| there.class == said.class);
    // What lies on something hard to see is no mistake, whatever it is called.
    left.retain(|said| {
        !open
            .iter()
            .any(|there| there.difficult && there.bbox.iou(said.bbox) >= OVERLAP)
    });
    open.retain(|there| !there.difficult);
    let mistaken = pair(&mut open, &mut left, |_, _| true);
    let name = |class| names.name(class).map(str::to_owned);
    let price = |class: Option<&String>| {
        class
            .and_then(|name| settings.prices_minor.get(name))
            .copied()
            .unwrap_or(0)
    };
    let make = |fault, there: Option<String>, said: Option<String>, bbox: CornerBox, score| Mistake {
        photo: photo.id,
        fault,
        cost_minor: price(there.as_ref()).abs_diff(price(said.as_ref())),
        there,
        said,
        bbox: corners(bbox),
        score,
    };
    let mistaken = mistaken.into_iter().map(|(there, said)| {
        make(
            Fault::Mistaken,
            name(there.class),
            name(said.class),
            there.bbox,
            said.score,
        )
    });
    let missed = open
        .iter()
        .map(|there| make(Fault::Missed, name(there.class), None, there.bbox, 0.0));
    let imagined = left
        .iter()
        .map(|said| make(Fault::Imagined, None, name(said.class), said.bbox, said.score));
    mistaken.chain(missed).chain(imagined).collect()
}

/// Takes the pairs out that fit and overlap, the surest detection first.
fn pair<'a>(
    open: &mut Vec<&'a LabelledBox>,
    left: &mut Vec<&'a Detection>,
    fits: impl Fn(&LabelledBox, &Detection) -> bool,
) -> Vec<(&'a LabelledBox, &'a Detection)> {
    left.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut pairs = Vec::new();
    left.retain(|said| {
        let best = open
            .iter()
            .enumerate()
            .filter(|(_, there)| fits(there, said))
            .map(|(at, there)| (at, there.bbox.iou(said.bbox)))
            .filter(|(_, overlap)| *overlap >= OVERLAP)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((at, _)) = best else { return true };
        pairs.push((open.remove(at), *said));
        false
    });
    pairs
}
