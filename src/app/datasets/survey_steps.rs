//! Looking a set over some pictures at a time, so that it can be watched and stopped.

use anyhow::bail;

use super::Progress;
use crate::training::dataset::{Depth, LabelSet, PictureFault, Survey, survey};

/// Pictures that are looked over between two looks at the clock.
const STEP: usize = 32;
/// Names that are kept of each kind of fault.
const KEPT: usize = 200;

/// Looks a set over as [`survey`] does.
///
/// # Errors
/// If it was stopped.
pub(super) fn survey_in_steps(
    set: &LabelSet,
    depth: Depth,
    progress: Progress<'_>,
) -> anyhow::Result<Survey> {
    let mut whole = Survey::default();
    let mut part = LabelSet {
        classes: set.classes.clone(),
        ..LabelSet::default()
    };
    for (step, pictures) in set.pictures.chunks(STEP).enumerate() {
        if !progress(step * STEP, set.pictures.len()) {
            bail!("This was stopped before the end, and nothing was changed.");
        }
        part.pictures = pictures.to_vec();
        let seen = survey(&part, depth, KEPT);
        let counts = (
            whole.report.pictures + seen.report.pictures,
            whole.report.boxes + seen.report.boxes,
        );
        whole.report.absorb(seen.report);
        (whole.report.pictures, whole.report.boxes) = counts;
        whole.pictures.extend(seen.pictures);
        let faults = seen.faults.into_iter().map(|fault| PictureFault {
            picture: fault.picture + step * STEP,
            ..fault
        });
        whole.faults.extend(faults);
    }
    progress(set.pictures.len(), set.pictures.len());
    Ok(whole)
}
