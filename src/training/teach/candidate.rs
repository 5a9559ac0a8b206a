//! The candidate that a run makes: the student as a model bundle, beside what the live model remembers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    checkpoint, error::TeachError, held_out::HeldOut, job::TeachJob, memory::Memory, student::Student,
};
use crate::{
    geom::cast::narrow_f32,
    vision::{ModelBundle, calibration::shift_class_biases},
};

/// The score from which a lane counts a class that was learned.
const COUNTED_FROM: f32 = 0.5;

/// The folder of the candidate that the run in `folder` makes.
#[must_use]
pub fn candidate_folder(folder: &Path) -> PathBuf {
    folder.join("candidate")
}

/// Writes the candidate of the run in `folder`; it is whole or not there.
///
/// A class that was learned from few pictures is rarely as sure of itself as the others. Its scores are shifted
/// so that the one from which it is best counted becomes the score from which a lane counts.
///
/// # Errors
/// [`TeachError`] if a file cannot be written.
pub(super) fn write(
    folder: &Path,
    (job, live): (&TeachJob, &ModelBundle),
    student: &Student,
    measured: &HeldOut,
) -> Result<PathBuf, TeachError> {
    let architecture = student.architecture();
    let new = job.new_classes(&live.architecture);
    let shift = |class: &String| {
        let turning = measured.turning_point(class).filter(|_| new.contains(class));
        turning.map_or(0.0, |turning| -narrow_f32(turning))
    };
    let shifts: Vec<f32> = architecture.classes.iter().map(shift).collect();
    let mut class_thresholds = live.class_thresholds.clone();
    class_thresholds.extend(new.iter().map(|name| (name.clone(), COUNTED_FROM)));
    let data = job
        .data_set
        .map_or_else(|| "photos".to_owned(), |number| format!("data set {number}"));
    let mut bundle = ModelBundle {
        name: job.name.clone(),
        architecture: architecture.clone(),
        decode: live.decode,
        class_thresholds,
        dataset_version: format!("{data}, taught to {}", live.name),
        metrics: Vec::new(),
        weights: student.averaged()?,
    };
    bundle.weights = shift_class_biases(&bundle, &shifts)?;
    let (target, part) = (candidate_folder(folder), folder.join("candidate.part"));
    let renamed = || -> std::io::Result<()> {
        checkpoint::remove(&target)?;
        fs::rename(&part, &target)
    };
    checkpoint::remove(&part).map_err(|source| TeachError::file(&part, source, 0))?;
    bundle.save(&part)?;
    Memory::carry(&job.live, &part)?;
    renamed().map_err(|source| TeachError::file(&target, source, bundle.weights.len() as u64))?;
    Ok(target)
}
