//! Training and measuring on small pictures on black canvases, from folders of single objects.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    app::data::open_set,
    training::{
        dataset::{CanvasChanges, CanvasDataset, CanvasStream, ClassNames, Dataset},
        trainer::SampleFn,
    },
};

/// Seed of the fixed places; the same for everyone, so that figures can be compared.
const PLACES_SEED: u64 = 10;

/// Training pictures on canvases.
#[derive(Debug, Args)]
pub(super) struct CanvasArgs {
    /// Folder with one folder of small pictures for each class, for example the training pictures of CIFAR-10:
    /// each is shown enlarged on a black canvas. Takes the place of all other training pictures, and the
    /// folders' names that of `--classes`.
    #[arg(long)]
    canvases: Option<PathBuf>,
    /// Use only so many of them, about as many of each class.
    #[arg(long)]
    canvas_count: Option<usize>,
    /// Mirror half of the small pictures.
    #[arg(long)]
    canvas_mirror: bool,
    /// Draw the place on the canvas anew each time; else each picture keeps its place.
    #[arg(long)]
    canvas_move: bool,
}

impl CanvasArgs {
    /// The stream of canvases and their classes, if canvases are wanted.
    ///
    /// # Errors
    /// One sentence saying what is wrong with the folder.
    pub(super) fn stream(&self, seed: u64) -> anyhow::Result<Option<(SampleFn, ClassNames)>> {
        let Some(folder) = &self.canvases else {
            return Ok(None);
        };
        let dataset = CanvasDataset::open(folder, self.canvas_count, PLACES_SEED)?;
        let classes = dataset.classes().clone();
        let changes = CanvasChanges {
            mirror: self.canvas_mirror,
            place: self.canvas_move,
        };
        let stream = CanvasStream::new(dataset, changes, seed);
        Ok(Some((Arc::new(move |index| stream.sample(index)), classes)))
    }
}

/// Opens a set to be measured on: `canvas:DIR` or `canvas:DIR:COUNT` here, everything else as
/// [`open_set`] does.
///
/// # Errors
/// One sentence saying what is wrong with it.
pub(in crate::app::cli) fn open_measured(
    spec: &str,
    classes: &ClassNames,
) -> anyhow::Result<Box<dyn Dataset>> {
    let Some(rest) = spec.strip_prefix("canvas:") else {
        return open_set(spec, classes);
    };
    let (folder, count) = match rest.rsplit_once(':') {
        Some((folder, count)) if count.bytes().all(|b| b.is_ascii_digit()) => {
            let count = count
                .parse()
                .with_context(|| format!("{spec} has no count at its end"))?;
            (folder, Some(count))
        }
        Some(_) | None => (rest, None),
    };
    let dataset = CanvasDataset::open(folder.as_ref(), count, PLACES_SEED)?;
    if dataset.classes() != classes {
        bail!(
            "{folder} has the classes {}, the model {}",
            dataset.classes().names().join(","),
            classes.names().join(",")
        );
    }
    Ok(Box::new(dataset))
}
