//! `tillsight synth`: composes labelled pictures for training and says what they show.
//!
//! Without cut-outs and photos everything is rendered and drawn, so that a machine without any pictures
//! can train. The same seed and settings give the same pictures on any number of threads.

use std::{
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde_json::json;

use super::table::{Align, Table};
use crate::training::{
    dataset::{ClassNames, Dice, ExportFormat, Exporter, LabelledBox, LabelledPicture},
    render::{SceneSettings, scene},
    scenes::{
        Backgrounds, ClassStatistics, Composer, ComposerSettings, CutoutLibrary, PERCENTILES, SceneStatistics,
    },
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

/// Settings of the composer that replace those of `--settings` or the usual ones.
#[derive(Debug, Args)]
pub struct ComposerArgs {
    /// Composer settings as JSON, as the report prints them; missing ones are as usual.
    #[arg(long)]
    settings: Option<PathBuf>,
    /// Width and height of a picture in pixels.
    #[arg(long)]
    size: Option<u32>,
    /// Share of pictures with nothing on the background.
    #[arg(long)]
    empty_share: Option<f32>,
    /// Share of pictures with one product, or a few of a kind, large.
    #[arg(long)]
    single_share: Option<f32>,
    /// Share of pictures with piles and rows.
    #[arg(long)]
    pile_share: Option<f32>,
    /// Share of pictures with other things only.
    #[arg(long)]
    negative_share: Option<f32>,
    /// Share of pictures with a product in a hand.
    #[arg(long)]
    hand_share: Option<f32>,
    /// Share of pictures with products among leaves.
    #[arg(long)]
    garden_share: Option<f32>,
    /// Share of backgrounds that are photos.
    #[arg(long)]
    photo_share: Option<f32>,
    /// Share of items that are rendered where there are cut-outs as well.
    #[arg(long)]
    render_share: Option<f32>,
    /// Different renders of each class.
    #[arg(long)]
    renders: Option<u32>,
    /// Share of other things that are drawn.
    #[arg(long)]
    drawn_share: Option<f32>,
    /// Most products in a picture.
    #[arg(long)]
    max_items: Option<usize>,
    /// A product that shows less than this share of itself is taken out.
    #[arg(long)]
    min_visible: Option<f32>,
    /// Colour jitter a channel.
    #[arg(long)]
    colour_jitter: Option<f32>,
    /// Widest shape of the photographs to be expected.
    #[arg(long)]
    widest: Option<f32>,
}

impl ComposerArgs {
    fn settings(&self, seed: u64) -> anyhow::Result<ComposerSettings> {
        let usual: ComposerSettings = match &self.settings {
            None => ComposerSettings::default(),
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("cannot read {}", file.display()))?;
                serde_json::from_str(&text)
                    .with_context(|| format!("{} does not hold composer settings", file.display()))?
            }
        };
        Ok(ComposerSettings {
            seed,
            size: self.size.unwrap_or(usual.size),
            empty_share: self.empty_share.unwrap_or(usual.empty_share),
            single_share: self.single_share.unwrap_or(usual.single_share),
            pile_share: self.pile_share.unwrap_or(usual.pile_share),
            negative_share: self.negative_share.unwrap_or(usual.negative_share),
            hand_share: self.hand_share.unwrap_or(usual.hand_share),
            garden_share: self.garden_share.unwrap_or(usual.garden_share),
            photo_share: self.photo_share.unwrap_or(usual.photo_share),
            render_share: self.render_share.unwrap_or(usual.render_share),
            renders: self.renders.unwrap_or(usual.renders),
            drawn_share: self.drawn_share.unwrap_or(usual.drawn_share),
            max_items: self.max_items.unwrap_or(usual.max_items),
            min_visible: self.min_visible.unwrap_or(usual.min_visible),
            colour_jitter: self.colour_jitter.unwrap_or(usual.colour_jitter),
            widest: self.widest.unwrap_or(usual.widest),
            ..usual
        })
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

/// What was made, and how quickly.
struct Report<'a> {
    settings: ComposerSettings,
    folder: Option<&'a Path>,
    threads: usize,
    composing: Duration,
    all: Duration,
    statistics: SceneStatistics,
}

impl Report<'_> {
    fn scenes_per_second(&self) -> f64 {
        self.statistics.pictures() as f64 / self.composing.as_secs_f64().max(1e-9)
    }

    fn without_boxes(&self) -> usize {
        self.statistics.boxes_a_picture().first().copied().unwrap_or(0)
    }

    fn json(&self) -> serde_json::Value {
        let areas = |areas: Option<[f32; 7]>| {
            areas.map(|areas| {
                let entries = PERCENTILES.iter().zip(areas);
                entries
                    .map(|(percent, area)| (format!("p{percent}"), json!(area)))
                    .collect::<serde_json::Map<_, _>>()
            })
        };
        let class = |class: ClassStatistics| {
            let entry = json!({
                "boxes": class.boxes, "pictures": class.pictures, "area": areas(class.areas),
            });
            (class.name, entry)
        };
        let classes: serde_json::Map<_, _> = self.statistics.classes().into_iter().map(class).collect();
        json!({
            "folder": self.folder,
            "pictures": self.statistics.pictures(),
            "without_boxes": self.without_boxes(),
            "boxes_per_picture": self.statistics.boxes_a_picture(),
            "classes": classes,
            "area": areas(self.statistics.areas()),
            "threads": self.threads,
            "scenes_per_second": self.scenes_per_second(),
            "seconds": self.all.as_secs_f64(),
            "settings": self.settings,
        })
    }

    fn print(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let heads: Vec<String> = PERCENTILES.iter().map(|percent| format!("{percent} %")).collect();
        let mut columns = vec![
            ("class", Align::Left),
            ("boxes", Align::Right),
            ("pictures", Align::Right),
        ];
        columns.extend(heads.iter().map(|head| (head.as_str(), Align::Right)));
        let mut table = Table::new(&columns);
        let area = |areas: Option<[f32; 7]>| {
            areas.map_or_else(Vec::new, |areas| {
                areas.iter().map(|area| format!("{:.1}", area * 100.0)).collect()
            })
        };
        for class in self.statistics.classes() {
            let start = [class.name, class.boxes.to_string(), class.pictures.to_string()];
            table.row(start.into_iter().chain(area(class.areas)));
        }
        let boxes: usize = self.statistics.classes().iter().map(|class| class.boxes).sum();
        let with = self.statistics.pictures() - self.without_boxes();
        let start = ["all".to_owned(), boxes.to_string(), with.to_string()];
        table.row(start.into_iter().chain(area(self.statistics.areas())));
        table.print(out)?;
        writeln!(
            out,
            "(the last columns: areas in percent of the picture, that so many of the boxes do not exceed)"
        )?;
        writeln!(
            out,
            "{} pictures, {} of them without boxes; {:.1} scenes a second on {} threads, {:.1} s with writing",
            self.statistics.pictures(),
            self.without_boxes(),
            self.scenes_per_second(),
            self.threads,
            self.all.as_secs_f64()
        )?;
        if let Some(folder) = self.folder {
            writeln!(out, "wrote {}", folder.display())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::training::dataset::{CocoDataset, Dataset as _};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: SynthArgs,
    }

    fn run_line(words: &[&str]) -> anyhow::Result<serde_json::Value> {
        let line = Line::try_parse_from([&["synth"], words].concat())?;
        let mut out = Vec::new();
        run(&line.args, true, &mut out)?;
        Ok(serde_json::from_slice(&out)?)
    }

    #[test]
    fn pictures_without_any_input_can_be_read_back_as_they_were_reported() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("set");
        let to = target.to_str().unwrap();
        let words = [
            "--out",
            to,
            "--count",
            "8",
            "--size",
            "64",
            "--renders",
            "2",
            "--seed",
            "5",
        ];
        let report = run_line(&words).unwrap();
        assert_eq!(report["pictures"], 8);
        let names = ClassNames::new(["apple", "banana", "milk"]);
        let set =
            CocoDataset::open(&target.join("annotations.json"), &target.join("images"), &names).unwrap();
        assert_eq!(set.len(), 8);
        let boxes: usize = (0..8).map(|at| set.get(at).unwrap().boxes.len()).sum();
        let reported: u64 = ["apple", "banana", "milk"]
            .iter()
            .map(|name| report["classes"][name]["boxes"].as_u64().unwrap())
            .sum();
        assert_eq!(boxes as u64, reported);
        assert_eq!(set.get(0).unwrap().picture.dimensions(), (64, 64));
        let again = run_line(&words).unwrap_err().to_string();
        assert!(again.contains("already holds"), "{again}");
    }

    #[test]
    fn the_seed_and_not_the_threads_decide() {
        let line = |seed: &str, threads: &str| {
            let words = [
                "--dry-run",
                "--count",
                "12",
                "--size",
                "48",
                "--renders",
                "2",
                "--seed",
                seed,
                "--threads",
                threads,
                "--trays",
                "0.1",
            ];
            run_line(&words).unwrap()
        };
        let [one, two, other] = [line("3", "1"), line("3", "2"), line("4", "2")];
        assert_eq!(one["classes"], two["classes"]);
        assert_eq!(one["boxes_per_picture"], two["boxes_per_picture"]);
        assert_ne!(one["classes"], other["classes"]);
    }

    #[test]
    fn what_cannot_be_composed_is_said_in_one_sentence() {
        let says = |words: &[&str], part: &str| {
            let text = format!("{:#}", run_line(words).unwrap_err());
            assert!(text.contains(part), "{words:?}: {text}");
        };
        says(&["--dry-run", "--count", "0"], "--count");
        says(&["--dry-run", "--classes", "apple,tea"], "tea");
        says(&["--dry-run", "--single-share", "1.5"], "single_share");
        says(&["--dry-run", "--size", "7"], "32 to 2048");
        says(&["--dry-run", "--cutouts", "/no/such/index.csv"], "index.csv");
        says(&["--dry-run", "--trays", "2"], "--trays");
        assert!(
            Line::try_parse_from(["synth"]).is_err(),
            "neither --out nor --dry-run"
        );
    }
}
