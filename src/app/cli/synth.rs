//! `tillsight synth`: composes labelled pictures for training and says what they show.
//!
//! Without cut-outs and photos everything is rendered and drawn, so that a machine without any pictures
//! can train. The same seed and settings give the same pictures on any number of threads.

mod options;
mod report;
#[cfg(test)]
mod tests;

use std::{
    io::Write,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use rayon::prelude::*;

use self::{options::ComposerArgs, report::Report};
use crate::training::{
    dataset::{ClassNames, Dice, ExportFormat, Exporter, LabelledBox, LabelledPicture},
    render::{SceneSettings, scene},
    scenes::{Backgrounds, Composer, CutoutLibrary, SceneStatistics},
};

/// Pictures that are composed at once before they are written.
const CHUNK: u64 = 64;

/// Larger cut-outs are made to fit this many pixels.
const CUTOUT_SIDE: u32 = 224;

/// Background photos: their shorter side in pixels, and how many at most.
const PHOTOS: (u32, usize) = (256, 1200);

/// Arguments of `tillsight synth`.
#[derive(Debug, Args)]
pub struct SynthArgs {
    /// Folder for the pictures and their labels; made if missing, refused if it holds a data set already.
    #[arg(long, required_unless_present = "dry_run")]
    out: Option<PathBuf>,
    /// How many pictures.
    #[arg(long, default_value_t = 100)]
    count: u64,
    /// Pictures of another seed have nothing in common.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Compose and summarise, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How the labels are written.
    #[arg(long, default_value = "coco")]
    format: SynthFormat,
    /// Name of the list in a VOC data set.
    #[arg(long, default_value = "train")]
    list: String,
    /// Class names in order; apple, banana and milk can be rendered, others need cut-outs.
    #[arg(long, value_delimiter = ',', default_value = "apple,banana,milk")]
    classes: Vec<String>,
    /// `index.csv` of cut-outs (columns file, class, split).
    #[arg(long)]
    cutouts: Option<PathBuf>,
    /// Which split of the cut-outs.
    #[arg(long, default_value = "train")]
    split: String,
    /// Folders of background photos that show none of the classes.
    #[arg(long)]
    photos: Vec<PathBuf>,
    /// Leave out background photos whose path contains this.
    #[arg(long)]
    exclude: Vec<String>,
    /// Share of pictures that are rendered as a whole: trays in space, slower than composed scenes.
    #[arg(long, default_value_t = 0.0)]
    trays: f32,
    /// Threads; as many as the machine has if not given.
    #[arg(long)]
    threads: Option<usize>,
    /// Settings of the composer.
    #[command(flatten)]
    composer: ComposerArgs,
}

/// Formats by their names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SynthFormat {
    /// `images` and `annotations.json`.
    Coco,
    /// `JPEGImages`, `Annotations` and `ImageSets`.
    Voc,
    /// `images` and `labels.csv`.
    Csv,
}

impl From<SynthFormat> for ExportFormat {
    fn from(format: SynthFormat) -> Self {
        match format {
            SynthFormat::Coco => Self::Coco,
            SynthFormat::Voc => Self::Voc,
            SynthFormat::Csv => Self::Csv,
        }
    }
}

/// Composes the pictures, writes them and reports what they show.
///
/// # Errors
/// One sentence saying which argument, file or folder is wrong.
pub fn run(args: &SynthArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if args.count == 0 {
        bail!("--count is 0; ask for at least one picture");
    }
    if !(0.0..=1.0).contains(&args.trays) {
        bail!("--trays is {}; take a share from 0 to 1", args.trays);
    }
    let classes = ClassNames::new(args.classes.iter().cloned());
    let exporter = exporter(args, &classes)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads.unwrap_or(0))
        .thread_name(|number| format!("synth-{number}"))
        .build()
        .context("cannot start the threads")?;
    let studio = pool.install(|| Studio::new(args, classes.clone()))?;
    let mut work = Work {
        statistics: SceneStatistics::new(&classes),
        exporter,
        composing: Duration::ZERO,
    };
    let started = Instant::now();
    for first in (0..args.count).step_by(usize::try_from(CHUNK)?) {
        let last = (first + CHUNK).min(args.count);
        work.chunk(&pool, &studio, first..last)?;
    }
    let report = Report {
        settings: studio.composer.settings().clone(),
        folder: args.out.as_deref().filter(|_| !args.dry_run),
        threads: pool.current_num_threads(),
        composing: work.composing,
        all: started.elapsed(),
        statistics: work.statistics,
    };
    if let Some(exporter) = work.exporter {
        exporter.finish()?;
    }
    if json {
        writeln!(out, "{}", report.json())?;
    } else {
        report.print(out)?;
    }
    Ok(())
}

/// The writer; none in a dry run.
fn exporter(args: &SynthArgs, classes: &ClassNames) -> anyhow::Result<Option<Exporter>> {
    let Some(folder) = args.out.as_deref().filter(|_| !args.dry_run) else {
        return Ok(None);
    };
    for taken in ["annotations.json", "labels.csv", "JPEGImages", "images"] {
        if folder.join(taken).exists() {
            bail!(
                "{} already holds a data set ({taken}); choose another folder",
                folder.display()
            );
        }
    }
    Ok(Some(Exporter::new(
        folder,
        args.format.into(),
        &args.list,
        classes,
    )?))
}

/// What pictures are made from.
struct Studio {
    composer: Composer,
    classes: ClassNames,
    trays: f32,
    seed: u64,
}

impl Studio {
    fn new(args: &SynthArgs, classes: ClassNames) -> anyhow::Result<Self> {
        let library = match &args.cutouts {
            Some(index) => CutoutLibrary::load(index, &args.split, &classes, CUTOUT_SIDE)?,
            None => CutoutLibrary::empty(classes.clone(), CUTOUT_SIDE),
        };
        let exclude: Vec<&str> = args.exclude.iter().map(String::as_str).collect();
        let backgrounds = if args.photos.is_empty() {
            Backgrounds::procedural()
        } else {
            Backgrounds::with_photos(&args.photos, PHOTOS.0, PHOTOS.1, &exclude)?
        };
        let composer = Composer::new(library, backgrounds, args.composer.settings(args.seed)?)?;
        Ok(Self {
            composer,
            classes,
            trays: args.trays,
            seed: args.seed,
        })
    }

    fn picture(&self, index: u64) -> LabelledPicture {
        // A seed of its own, so that the choice tells nothing about the scene.
        if self.trays > 0.0 && Dice::new(self.seed ^ 0x7a11, index).chance(self.trays) {
            return self.tray(index);
        }
        self.composer.scene(index)
    }

    fn tray(&self, index: u64) -> LabelledPicture {
        let seed = self.seed.wrapping_mul(1_000_000_007).wrapping_add(index);
        let settings = SceneSettings::training(self.composer.settings().size);
        let (picture, items) = scene(seed, &settings);
        let boxes = items.into_iter().filter_map(|(name, bbox)| {
            Some(LabelledBox {
                class: self.classes.id(name)?,
                bbox,
                difficult: false,
            })
        });
        LabelledPicture {
            boxes: boxes.collect(),
            picture,
        }
    }
}

/// What is done so far.
struct Work {
    statistics: SceneStatistics,
    exporter: Option<Exporter>,
    composing: Duration,
}

impl Work {
    fn chunk(
        &mut self,
        pool: &rayon::ThreadPool,
        studio: &Studio,
        indices: std::ops::Range<u64>,
    ) -> anyhow::Result<()> {
        let started = Instant::now();
        let pictures: Vec<LabelledPicture> = pool.install(|| {
            indices
                .clone()
                .into_par_iter()
                .map(|at| studio.picture(at))
                .collect()
        });
        self.composing += started.elapsed();
        for (index, labelled) in indices.zip(&pictures) {
            self.statistics.add(labelled);
            if let Some(exporter) = &mut self.exporter {
                exporter.add(&format!("scene-{index:06}"), "jpg", labelled)?;
            }
        }
        Ok(())
    }
}
