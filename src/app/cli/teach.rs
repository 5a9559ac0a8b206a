//! `tillsight teach`: teaches new products to the model in use, from photos with boxes and cut-outs, and judges
//! the candidate.
//!
//! The lane starts the same command as a process of low priority and watches its lines.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;

use crate::{
    app::models,
    training::{
        dataset::{ClassNames, Dataset as _, SetSpec},
        teach::{
            Stage, Taught, TeachBox, TeachCutout, TeachJob, TeachPhoto, TeachProgress, TeachSettings,
            TeachSplit, Teacher, Wish, candidate_folder,
            judge::{JudgeSettings, Judgement, judge},
        },
    },
    vision::ModelBundle,
};

/// Name of the file that asks a run to rest or to end.
pub const WISH: &str = "wish";
/// Name of the file with what came of judging, as JSON.
pub const JUDGEMENT: &str = "judgement.json";
/// Name of the file with everything that was reported while learning, one JSON object a line.
pub const CURVES: &str = "progress.jsonl";

/// Arguments of `tillsight teach`.
#[derive(Debug, Args)]
pub struct TeachArgs {
    /// Folder of the run: the job, its checkpoint and the candidate. A file named `wish` put into it with the
    /// word `pause` or `stop` ends the run.
    #[arg(long)]
    pub out: PathBuf,
    /// Go on with the run in that folder.
    #[arg(long)]
    pub resume: bool,
    /// The model to teach; the one in use if not given.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Name of the new model.
    #[arg(long)]
    pub name: Option<String>,
    /// Labelled photos to learn from: any SET that `eval` takes, e.g. `coco:ANNOTATIONS:IMAGES`. May be given
    /// several times.
    #[arg(long)]
    pub photos: Vec<String>,
    /// Labelled photos to judge by, kept out of learning.
    #[arg(long)]
    pub val: Vec<String>,
    /// `index.csv` of cut-outs of the products (columns file, class, split); those of the split `train` are used.
    #[arg(long)]
    pub cutouts: Vec<PathBuf>,
    /// Photos of the empty tray: files or folders.
    #[arg(long)]
    pub tray: Vec<PathBuf>,
    /// Settings as JSON; missing ones are as usual.
    #[arg(long)]
    pub settings: Option<PathBuf>,
    /// How often all pictures are gone through.
    #[arg(long)]
    pub rounds: Option<u32>,
    /// Composed scenes.
    #[arg(long)]
    pub scenes: Option<u32>,
    /// Seed of everything random.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Do not compare the candidate with the live model.
    #[arg(long)]
    pub no_judging: bool,
    /// Rest as soon as standard input ends: the program that started this one is gone.
    #[arg(long, hide = true)]
    pub watched: bool,
}

/// Runs the command.
///
/// # Errors
/// One sentence saying what is missing or wrong.
pub fn run(args: &TeachArgs, json: bool, data: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let job = if args.resume {
        TeachJob::load(&args.out)?
    } else {
        job(args, data)?
    };
    if !args.resume {
        job.save(&args.out)?;
    }
    let live = ModelBundle::load(&job.live)?;
    for complaint in job.complaints(&live.architecture) {
        if json {
            writeln!(out, "{}", json!({"complaint": complaint.sentence()}))?;
        } else {
            writeln!(out, "note: {}", complaint.sentence())?;
        }
    }
    let left = watch_parent(args.watched);
    // A run that was cut off while it was judged has its candidate already.
    let taught = match candidate(&args.out).filter(|_| args.resume) {
        Some(_) => Taught::Candidate(candidate_folder(&args.out)),
        None => learn(args, &job, json, &left, out)?,
    };
    match taught {
        Taught::Paused => say(json, out, "paused", "paused; go on with --resume"),
        Taught::Stopped => say(json, out, "stopped", "given up"),
        Taught::Candidate(folder) => {
            let words = format!("the candidate is in {}", folder.display());
            if args.no_judging {
                return say(json, out, "candidate", &words);
            }
            let settings = JudgeSettings {
                prices_minor: job.prices_minor.clone(),
                ..JudgeSettings::default()
            };
            let go_on = |_| !left.load(Ordering::Relaxed);
            let judgement = judge(&job, &live, &ModelBundle::load(&folder)?, &settings, &mut {
                go_on
            })?;
            write_judgement(&args.out, &judgement)?;
            judged(&judgement, json, out)?;
            say(json, out, "candidate", &words)
        }
    }
}

fn learn(
    args: &TeachArgs,
    job: &TeachJob,
    json: bool,
    left: &AtomicBool,
    out: &mut dyn Write,
) -> anyhow::Result<Taught> {
    let mut teacher = Teacher::open(&args.out, job.clone())?;
    let mut failed = None;
    let taught = teacher.run(&mut |progress| {
        let written = keep(&args.out, progress).and_then(|()| report(progress, json, out));
        if let Err(error) = written {
            failed = Some(error);
            return Wish::Pause;
        }
        if left.load(Ordering::Relaxed) {
            Wish::Pause
        } else {
            wish_in(&args.out)
        }
    })?;
    failed.map_or(Ok(taught), Err)
}

/// Adds what was reported to the run's folder, for curves after a restart. Looking at pictures is no curve.
fn keep(folder: &Path, progress: &TeachProgress) -> anyhow::Result<()> {
    if progress.stage == Stage::Preparing {
        return Ok(());
    }
    let path = folder.join(CURVES);
    let mut line = serde_json::to_string(progress)?;
    line.push('\n');
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(line.as_bytes()))
        .with_context(|| {
            format!(
                "cannot write {}; the training can go on once it can",
                path.display()
            )
        })
}

/// Puts the judgement into the run's folder, whole or not at all.
fn write_judgement(folder: &Path, judgement: &Judgement) -> anyhow::Result<()> {
    let (path, part) = (folder.join(JUDGEMENT), folder.join("judgement.part"));
    std::fs::write(&part, serde_json::to_vec_pretty(judgement)?)
        .and_then(|()| std::fs::rename(&part, &path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// The wish that lies in the folder of a run; it is taken away, so that the run can go on later.
#[must_use]
pub fn wish_in(folder: &Path) -> Wish {
    let path = folder.join(WISH);
    let Ok(word) = std::fs::read_to_string(&path) else {
        return Wish::GoOn;
    };
    if let Err(error) = std::fs::remove_file(&path) {
        tracing::warn!("the wish in {} stays: {error}", path.display());
    }
    match word.trim() {
        "stop" => Wish::Stop,
        _ => Wish::Pause,
    }
}

/// Set when nobody is at the other end of standard input any more.
fn watch_parent(watched: bool) -> Arc<AtomicBool> {
    let gone = Arc::new(AtomicBool::new(false));
    if watched {
        let tell = Arc::clone(&gone);
        let body = move || {
            for line in std::io::stdin().lock().lines() {
                if line.is_err() {
                    break;
                }
            }
            tell.store(true, Ordering::Relaxed);
        };
        if let Err(error) = std::thread::Builder::new()
            .name("tillsight-parent".to_owned())
            .spawn(body)
        {
            tracing::warn!("the end of the program that started this one will not be seen: {error}");
        }
    }
    gone
}

/// The job that the arguments describe.
fn job(args: &TeachArgs, data: Option<&Path>) -> anyhow::Result<TeachJob> {
    let live = args.model.clone().map_or_else(|| models::current(data), Ok)?;
    let mut settings: TeachSettings = match &args.settings {
        Some(file) => serde_json::from_slice(
            &std::fs::read(file).with_context(|| format!("cannot read the settings {}", file.display()))?,
        )
        .with_context(|| format!("the settings {} are not understood", file.display()))?,
        None => TeachSettings::default(),
    };
    settings.rounds = args.rounds.unwrap_or(settings.rounds);
    settings.scenes = args.scenes.unwrap_or(settings.scenes);
    settings.seed = args.seed.unwrap_or(settings.seed);
    let mut photos = Vec::new();
    for (sets, split) in [(&args.photos, TeachSplit::Train), (&args.val, TeachSplit::Val)] {
        for set in sets {
            read_set(set, split, &mut photos)?;
        }
    }
    if photos.is_empty() && args.cutouts.is_empty() {
        bail!("there is nothing to teach; give --photos or --cutouts");
    }
    let mut cutouts = Vec::new();
    for index in &args.cutouts {
        read_index(index, &mut cutouts)?;
    }
    let mut tray = Vec::new();
    for path in &args.tray {
        tray.extend(if path.is_dir() {
            crate::training::dataset::files::pictures_below(path)?
        } else {
            vec![path.clone()]
        });
    }
    Ok(TeachJob {
        name: args.name.clone().unwrap_or_else(|| "candidate".to_owned()),
        live,
        photos,
        cutouts,
        tray,
        data_set: None,
        prices_minor: BTreeMap::new(),
        settings,
    })
}

fn read_set(spec: &str, split: TeachSplit, photos: &mut Vec<TeachPhoto>) -> anyhow::Result<()> {
    let spec = SetSpec::parse(spec)?;
    let names = ClassNames::new(spec.read()?.classes);
    let set = spec.open(&names)?;
    for index in 0..set.len() {
        let Some(file) = set.path(index) else { continue };
        let file = file.to_owned();
        let labelled = set.get(index)?;
        let boxes = labelled.boxes.iter().filter_map(|b| {
            Some(TeachBox {
                class: names.name(b.class)?.to_owned(),
                bbox: [b.bbox.x0, b.bbox.y0, b.bbox.x1, b.bbox.y1],
                difficult: b.difficult,
            })
        });
        let id = i64::try_from(photos.len()).unwrap_or(i64::MAX);
        photos.push(TeachPhoto {
            id,
            file,
            split,
            boxes: boxes.collect(),
        });
    }
    Ok(())
}

fn read_index(index: &Path, cutouts: &mut Vec<TeachCutout>) -> anyhow::Result<()> {
    let mut reader =
        csv::Reader::from_path(index).with_context(|| format!("cannot read the list {}", index.display()))?;
    let folder = index.parent().unwrap_or_else(|| Path::new("."));
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.with_context(|| format!("the list {} is not understood", index.display()))?;
        let (Some(file), Some(class)) = (row.get("file"), row.get("class")) else {
            bail!("the list {} lacks the column file or class", index.display());
        };
        if row.get("split").is_none_or(|split| split == "train") {
            cutouts.push(TeachCutout {
                file: folder.join(file),
                class: class.clone(),
            });
        }
    }
    Ok(())
}

fn report(progress: &TeachProgress, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", json!({ "progress": progress }))?;
        out.flush()?;
        return Ok(());
    }
    match progress.stage {
        Stage::Preparing if progress.done.is_multiple_of(64) || progress.done == progress.total => {
            writeln!(out, "looked at {} of {} pictures", progress.done, progress.total)?;
        }
        Stage::Preparing => {}
        Stage::Learning => {
            let classes: Vec<String> = progress
                .ap50
                .iter()
                .map(|(name, ap)| format!("{name} {ap:.3}"))
                .collect();
            writeln!(
                out,
                "step {}/{}  labels {:.4}  kept {:.4}  {:.0} s left  {}",
                progress.done,
                progress.total,
                progress.loss,
                progress.kept,
                progress.seconds_left,
                classes.join(", ")
            )?;
        }
        Stage::Finished => writeln!(out, "done after {:.0} s", progress.seconds)?,
    }
    out.flush()?;
    Ok(())
}

fn judged(judgement: &Judgement, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", json!({ "judgement": judgement }))?;
        return Ok(());
    }
    for (what, live, candidate) in [
        ("photos", &judgement.live, &judgement.candidate),
        ("trays", &judgement.live_trays, &judgement.candidate_trays),
    ] {
        for (class, figures) in &candidate.classes {
            let before = live
                .classes
                .get(class)
                .and_then(|figures| figures.ap50)
                .unwrap_or(0.0);
            let after = figures.ap50.unwrap_or(0.0);
            writeln!(
                out,
                "{what:<7} {class:<24} AP50 {before:.3} -> {after:.3} ({} objects)",
                figures.objects
            )?;
        }
    }
    writeln!(out, "verdict: {}", judgement.verdict.word())?;
    for reason in judgement.verdict.reasons() {
        writeln!(out, "  {}", reason.sentence())?;
    }
    Ok(())
}

fn say(json: bool, out: &mut dyn Write, outcome: &str, words: &str) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", json!({ "outcome": outcome }))?;
    } else {
        writeln!(out, "{words}")?;
    }
    Ok(())
}

/// The candidate of the run in `folder`, if it is whole.
#[must_use]
pub fn candidate(folder: &Path) -> Option<ModelBundle> {
    ModelBundle::load(&candidate_folder(folder)).ok()
}
