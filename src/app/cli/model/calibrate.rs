//! `tillsight model calibrate`: a model made more careful, so that few pictures without its classes give an
//! alarm.

use std::{io::Write, path::PathBuf};

use anyhow::bail;
use clap::Args;
use serde_json::json;

use crate::{
    app::models,
    training::{
        calibrate::Calibration,
        dataset::{Dataset, FolderDataset},
    },
    vision::Engine,
};

/// Arguments of `tillsight model calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Folder of the bundle.
    model: PathBuf,
    /// Folders of pictures that show none of the model's classes.
    #[arg(long, required = true, num_args = 1..)]
    negatives: Vec<PathBuf>,
    /// Leave out pictures whose path contains this.
    #[arg(long)]
    exclude: Vec<String>,
    /// Something may be found on at most this share of them.
    #[arg(long, default_value_t = 0.05)]
    share: f64,
    /// Score from which something counts as found.
    #[arg(long, default_value_t = 0.5)]
    score: f32,
    /// Folder of the new bundle.
    #[arg(long)]
    out: PathBuf,
}

/// Measures, writes the new bundle and prints what was changed.
///
/// # Errors
/// One sentence saying which number, picture or folder cannot be used.
pub fn run(args: &CalibrateArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if !(0.0..=1.0).contains(&args.share) {
        bail!(
            "a share of {} is not between 0 and 1; 0.05 allows something on one picture in twenty",
            args.share
        );
    }
    if args.score <= 0.0 || args.score >= 1.0 || args.score.is_nan() {
        bail!(
            "a score of {} is not between 0 and 1; a lane counts from 0.5",
            args.score
        );
    }
    let detector = models::load(&args.model, Engine::Cpu)?;
    let mut sets = Vec::new();
    for folder in &args.negatives {
        sets.push(FolderDataset::open(folder)?.without(&args.exclude));
    }
    let sets: Vec<&dyn Dataset> = sets.iter().map(|set| set as &dyn Dataset).collect();
    if sets.iter().all(|set| set.is_empty()) {
        bail!("all pictures are left out by --exclude; leave fewer out");
    }
    let calibration = Calibration::measure(&detector, &sets, args.share, args.score)?;
    calibration.apply(detector.bundle())?.save(&args.out)?;
    let Calibration {
        delta,
        pictures,
        alarms_before,
        alarms_after,
        score,
    } = calibration;
    if json {
        let report = json!({
            "folder": args.out, "delta": delta, "score": score, "pictures": pictures,
            "alarms_before": alarms_before, "alarms_after": alarms_after,
        });
        writeln!(out, "{report}")?;
    } else {
        writeln!(
            out,
            "Something was found on {alarms_before} of {pictures} pictures at score {score}; with the class \
             logits lowered by {delta:.3} it is on {alarms_after}."
        )?;
        writeln!(out, "The model is in {}.", args.out.display())?;
    }
    Ok(())
}
