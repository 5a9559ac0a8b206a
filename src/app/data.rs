//! From command-line arguments to training and validation data.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::frame::picture;
use crate::training::{
    augment::Augment,
    dataset::{
        ClassNames, Dataset, LabelledPicture, MemoryDataset, Mix, Part, Pictures, RenderedDataset, SetSpec,
        Severity, Source, files::pictures_below,
    },
    scenes::{Backgrounds, Composer, ComposerSettings, CutoutLibrary},
    trainer::{NegativePool, SampleFn},
};

/// How many different rendered trays a run sees; each is changed every time it is drawn.
const RENDERS: usize = 1200;

/// Side of the training pictures; a network's own pre-processing makes them its size.
const SIDE: u32 = 256;

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
    /// Settings of the composed scenes as JSON, as `synth --json` prints them; missing ones are as usual.
    #[arg(long)]
    pub scenes: Option<PathBuf>,
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
    /// How all pictures that are not composed are changed each time: `mild`, `ssd` (of the original SSD), `report`
    /// (of the apple, banana and milk report) or `none`.
    #[arg(long, default_value = "mild", value_parser = parse_chain)]
    pub augment: Augment,
    /// Share of the photographs and rendered trays that are shown four in one.
    #[arg(long, default_value_t = 0.0)]
    pub mosaic_share: f32,
    /// Share of the photographs onto which cut-outs are pasted.
    #[arg(long, default_value_t = 0.0)]
    pub paste_share: f32,
    /// Seed of everything random.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Reads the name of a chain of changes.
fn parse_chain(name: &str) -> Result<Augment, String> {
    Augment::named(name).ok_or_else(|| format!("there are {}", Augment::CHAINS.join(", ")))
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
        self.check_shares()?;
        let composer = match &self.cutouts {
            Some(index) => Some(Arc::new(self.composer(index, &classes)?)),
            None => None,
        };
        let mut parts = Vec::new();
        let mut pool = None;
        if let Some(composer) = &composer {
            parts.push(Part {
                share: self.composed_share,
                source: Source::Composed(Arc::clone(composer)),
            });
        }
        if let Some(spec) = &self.photographs {
            let dataset = MemoryDataset::load(open_set(spec, &classes)?.as_ref())?;
            let paste = composer.as_ref().filter(|_| self.paste_share > 0.0);
            parts.push(Part {
                share: self.photograph_share,
                source: Source::Pictures(Pictures {
                    mosaic: self.mosaic_share,
                    paste: paste.map(|composer| (self.paste_share, Arc::clone(composer))),
                    ..Pictures::new(Box::new(dataset), self.chain())
                }),
            });
        }
        if !self.negatives.is_empty() {
            let shared: Arc<dyn Dataset> = Arc::new(self.negatives()?);
            pool = Some(NegativePool {
                dataset: Arc::clone(&shared),
                augment: Some(self.chain()),
            });
            parts.push(Part {
                share: self.negative_share,
                source: Source::Pictures(Pictures::new(Box::new(shared), self.chain())),
            });
        }
        if self.rendered_share > 0.0 {
            let dataset = RenderedDataset::new(self.seed, SIDE, RENDERS, classes);
            let upright = Augment {
                flip_vertical: 0.0,
                ..self.chain()
            };
            parts.push(Part {
                share: self.rendered_share,
                source: Source::Pictures(Pictures {
                    mosaic: self.mosaic_share,
                    ..Pictures::new(Box::new(dataset), upright)
                }),
            });
        }
        if parts.is_empty() {
            bail!("there is nothing to train on; give --cutouts, --photographs or --rendered-share");
        }
        let mix = Mix::new(self.seed, parts)?;
        Ok((Arc::new(move |index| mix.sample(index)), pool))
    }

    /// Refuses shares of pictures that are not there.
    fn check_shares(&self) -> anyhow::Result<()> {
        if self.paste_share > 0.0 && (self.cutouts.is_none() || self.photographs.is_none()) {
            bail!("--paste-share pastes cut-outs onto photographs; give --cutouts and --photographs with it");
        }
        if self.mosaic_share > 0.0 && self.photographs.is_none() && self.rendered_share <= 0.0 {
            bail!(
                "--mosaic-share puts photographs or rendered trays together; give --photographs or --rendered-share with it"
            );
        }
        Ok(())
    }

    /// How pictures that were not composed are changed.
    fn chain(&self) -> Augment {
        Augment {
            size: Some(SIDE),
            ..self.augment.clone()
        }
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
            Backgrounds::with_photos(&self.photos, SIDE, 1200, &exclude)?
        };
        let settings = ComposerSettings {
            size: SIDE,
            seed: self.seed,
            ..scene_settings(self.scenes.as_deref())?
        };
        Ok(Composer::new(library, backgrounds, settings)?)
    }
}

/// The settings of composed scenes in a JSON file; the usual ones without a file.
///
/// # Errors
/// One sentence if the file cannot be read or holds something else.
pub fn scene_settings(file: Option<&Path>) -> anyhow::Result<ComposerSettings> {
    let Some(file) = file else {
        return Ok(ComposerSettings::default());
    };
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} does not hold composer settings", file.display()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_scenes_are_read_or_refused_in_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("scenes.json");
        assert_eq!(scene_settings(None).unwrap(), ComposerSettings::default());
        std::fs::write(&file, r#"{"crate_share": 0.25}"#).unwrap();
        let settings = scene_settings(Some(&file)).unwrap();
        assert!((settings.crate_share - 0.25).abs() < 1e-6 && settings.max_items == 16);
        std::fs::write(&file, r#"{"crate_share": "much"}"#).unwrap();
        let error = format!("{:#}", scene_settings(Some(&file)).unwrap_err());
        assert!(
            error.contains("scenes.json does not hold composer settings"),
            "{error}"
        );
        let missing = folder.path().join("none.json");
        let error = format!("{:#}", scene_settings(Some(&missing)).unwrap_err());
        assert!(
            error.contains("cannot read") && error.contains("none.json"),
            "{error}"
        );
    }
}
