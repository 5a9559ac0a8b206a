//! From command-line arguments to training and validation data.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::bail;
use clap::Args;

use crate::frame::picture;
use crate::training::{
    augment::Augment,
    dataset::{
        ClassNames, Dataset, LabelledPicture, MemoryDataset, Mix, Part, RenderedDataset, SetSpec, Severity,
        Source, files::pictures_below,
    },
    scenes::{Backgrounds, Composer, ComposerSettings, CutoutLibrary},
    trainer::{NegativePool, SampleFn},
};

/// How many different rendered trays a run sees; each is changed every time it is drawn.
const RENDERS: usize = 1200;

/// Where training pictures come from.
#[derive(Debug, Args)]
pub struct DataArgs {
    /// Class names in order.
    #[arg(long, value_delimiter = ',', default_value = "apple,banana,milk")]
    pub classes: Vec<String>,
    /// `index.csv` of cut-outs (columns file, class, split) for composed scenes.
    #[arg(long)]
    pub cutouts: Option<PathBuf>,
    /// A kind of the other cut-outs that is learned and never reported: `NAME=PART,PART...`, where the file
    /// name contains one of the parts.
    #[arg(long = "distractor", value_parser = parse_distractor)]
    pub distractors: Vec<(String, Vec<String>)>,
    /// Folders of background photos for composed scenes.
    #[arg(long)]
    pub photos: Vec<PathBuf>,
    /// Leave out background photos whose path contains this.
    #[arg(long)]
    pub exclude: Vec<String>,
    /// Share of composed scenes among the training pictures.
    #[arg(long, default_value_t = 0.8)]
    pub composed_share: f32,
    /// Photographs with boxes: any SET that `dataset check` takes, e.g. `voc:ROOT:LIST`.
    #[arg(long)]
    pub photographs: Option<String>,
    /// Share of photographs among the training pictures.
    #[arg(long, default_value_t = 0.12)]
    pub photograph_share: f32,
    /// Folders of photographs that show none of the classes; `--exclude` holds here too.
    #[arg(long)]
    pub negatives: Vec<PathBuf>,
    /// Share of such photographs among the training pictures.
    #[arg(long, default_value_t = 0.15)]
    pub negative_share: f32,
    /// Share of rendered trays among the training pictures.
    #[arg(long, default_value_t = 0.0)]
    pub rendered_share: f32,
    /// Seed of everything random.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Reads `NAME=PART,PART...`.
fn parse_distractor(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, parts) = text
        .split_once('=')
        .ok_or_else(|| format!("{text} is not NAME=PART,PART"))?;
    let parts: Vec<String> = parts.split(',').map(str::to_owned).collect();
    if name.is_empty() || parts.iter().any(String::is_empty) {
        return Err(format!("{text} has an empty name or part"));
    }
    Ok((name.to_owned(), parts))
}

impl DataArgs {
    /// Names of the distractors in order.
    #[must_use]
    pub fn distractor_names(&self) -> Vec<String> {
        self.distractors.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The class list.
    #[must_use]
    pub fn class_names(&self) -> ClassNames {
        ClassNames::new(self.classes.iter().cloned())
    }

    /// The endless, deterministic source of training pictures, and the photographs without any of the
    /// classes that are in it.
    ///
    /// # Errors
    /// One sentence naming what cannot be read.
    pub fn sampler(&self) -> anyhow::Result<(SampleFn, Option<NegativePool>)> {
        let classes = self.class_names();
        let mut parts = Vec::new();
        let mut pool = None;
        if let Some(index) = &self.cutouts {
            let composer = Box::new(self.composer(index, &classes)?);
            parts.push(Part {
                share: self.composed_share,
                source: Source::Composed(composer),
            });
        }
        if let Some(spec) = &self.photographs {
            let dataset: Box<dyn Dataset> =
                Box::new(MemoryDataset::load(open_set(spec, &classes)?.as_ref())?);
            let augment = Some(Augment {
                size: Some(256),
                ..Augment::default()
            });
            parts.push(Part {
                share: self.photograph_share,
                source: Source::Pictures { dataset, augment },
            });
        }
        if !self.negatives.is_empty() {
            let shared: Arc<dyn Dataset> = Arc::new(self.negatives()?);
            let augment = Some(Augment {
                size: Some(256),
                ..Augment::default()
            });
            pool = Some(NegativePool {
                dataset: Arc::clone(&shared),
                augment: augment.clone(),
            });
            let dataset = Box::new(shared);
            parts.push(Part {
                share: self.negative_share,
                source: Source::Pictures { dataset, augment },
            });
        }
        if self.rendered_share > 0.0 {
            let dataset = Box::new(RenderedDataset::new(self.seed, 256, RENDERS, classes));
            let augment = Some(Augment {
                size: Some(256),
                flip_vertical: 0.0,
                ..Augment::default()
            });
            parts.push(Part {
                share: self.rendered_share,
                source: Source::Pictures { dataset, augment },
            });
        }
        if parts.is_empty() {
            bail!("there is nothing to train on; give --cutouts, --photographs or --rendered-share");
        }
        let mix = Mix::new(self.seed, parts)?;
        Ok((Arc::new(move |index| mix.sample(index)), pool))
    }

    fn negatives(&self) -> anyhow::Result<MemoryDataset> {
        let mut pictures = Vec::new();
        for folder in &self.negatives {
            for file in pictures_below(folder)? {
                let path = file.to_string_lossy();
                if !self.exclude.iter().any(|part| path.contains(part.as_str())) {
                    pictures.push(LabelledPicture {
                        picture: picture::read(&file)?,
                        boxes: Vec::new(),
                    });
                }
            }
        }
        Ok(MemoryDataset::new(pictures))
    }

    fn composer(&self, index: &Path, classes: &ClassNames) -> anyhow::Result<Composer> {
        let mut library = CutoutLibrary::load(index, "train", classes, 224)?;
        let counts = library.label_distractors(&self.distractors);
        if let Some(none) = counts.iter().position(|count| *count == 0) {
            bail!(
                "no cut-out belongs to the distractor {}; check its parts",
                self.distractors[none].0
            );
        }
        let exclude: Vec<&str> = self.exclude.iter().map(String::as_str).collect();
        let backgrounds = if self.photos.is_empty() {
            Backgrounds::procedural()
        } else {
            Backgrounds::with_photos(&self.photos, 256, 1200, &exclude)?
        };
        let settings = ComposerSettings {
            size: 256,
            seed: self.seed,
            ..ComposerSettings::default()
        };
        Ok(Composer::new(library, backgrounds, settings)?)
    }
}

/// Opens a labelled set: `coco:ANNOTATIONS:IMAGES`, `voc:ROOT:LIST`, `csv:TABLE:IMAGES`, `set:DIR:SPLIT`, or a
/// path whose kind is found out. What had to be left out is logged.
///
/// # Errors
/// One sentence saying what is wrong with it.
pub fn open_set(spec: &str, classes: &ClassNames) -> anyhow::Result<Box<dyn Dataset>> {
    let dataset = SetSpec::parse(spec)?.open(classes)?;
    for (issue, note) in dataset.report().notes() {
        let is_lost = issue.severity() == Severity::Error;
        if is_lost {
            let first = note.examples.first().map_or("", String::as_str);
            tracing::warn!("{spec}: {} x {} ({first})", note.count, issue.words());
        }
    }
    Ok(Box::new(dataset))
}
