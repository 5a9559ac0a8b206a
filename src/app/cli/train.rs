//! `tillsight train`: start or resume a training run and print how it goes.

pub(super) mod canvases;
mod options;

#[cfg(test)]
mod tests;

use std::{
    io::Write,
    path::PathBuf,
    sync::atomic::Ordering,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, bail};
use burn::tensor::Device;
use clap::{Args, ValueEnum};
use serde_json::json;

use self::{
    canvases::{CanvasArgs, open_measured},
    options::RunOptions,
};
use crate::{
    app::{cli::model::info, data::DataArgs},
    training::{
        dataset::{ClassNames, FolderDataset},
        trainer::{
            ALARM_SCORE, Control, Measured, Outcome, Progress, RunLog, Start, TrainData, TrainSettings,
            Trainer, Validation, ValidationKind, run_exists,
        },
    },
    vision::{
        Engine, ModelBundle, Ssd,
        architecture::PresetSettings,
        distractors::grow_class_heads,
        weights::{Naming, load_backbone, load_bytes, load_file},
    },
};

/// Arguments of `tillsight train`.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Folder of the run: checkpoint, log and the best model so far. A file named `stop` put into it ends the
    /// run after the next report, with a checkpoint.
    #[arg(long)]
    out: PathBuf,
    /// Go on with the run in that folder, with its own settings where no other are given.
    #[arg(long)]
    resume: bool,
    /// What to start from: `imagenet:FILE` (torchvision's `mobilenet_v2` or
    /// `vgg16` as .pth or .safetensors, or Keras' MobileNetV2 as .h5 or .keras), `detector:FILE`
    /// (a detector as safetensors under PyTorch's names), `bundle:DIR` (a model of ours) or `random`.
    #[arg(long, default_value = "random")]
    from: String,
    /// Network preset, or a file with a description; `checkout-dense` if not given.
    #[arg(long)]
    preset: Option<String>,
    /// Width multiplier of a `MobileNetV2` preset.
    #[arg(long)]
    width: Option<f32>,
    /// Side of the input of a `MobileNetV2` preset in pixels.
    #[arg(long)]
    input: Option<usize>,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    canvas: CanvasArgs,
    /// Validation sets: any SET that `eval` takes, e.g. `coco:ANNOTATIONS:IMAGES` or `voc:ROOT:LIST`.
    #[arg(long)]
    val: Vec<String>,
    /// Folders of photographs that show none of the classes; on how many of them something is found at score
    /// 0.5 is measured after each epoch.
    #[arg(long)]
    val_negatives: Vec<PathBuf>,
    /// What computes: `cpu` with operators of our own, or `gpu` through wgpu. A run may be resumed on the other.
    #[arg(long, value_enum, default_value_t = DeviceArg::Cpu)]
    device: DeviceArg,
    #[command(flatten)]
    options: RunOptions,
}

/// What a run is computed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DeviceArg {
    /// The processor.
    Cpu,
    /// The graphics card.
    Gpu,
}

impl From<DeviceArg> for Engine {
    fn from(device: DeviceArg) -> Self {
        match device {
            DeviceArg::Cpu => Self::Cpu,
            DeviceArg::Gpu => Self::Gpu,
        }
    }
}

/// Runs the training until it ends, or until Ctrl-C or a file `stop` in the run's folder, which write a
/// checkpoint first. A killed run loses what came after its last checkpoint.
///
/// # Errors
/// One sentence saying which argument, file or step is wrong.
pub fn run(args: &TrainArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let stop_file = args.out.join("stop");
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("cannot make the folder {}", args.out.display()))?;
    let mut trainer = trainer(args)?.on(args.device.into())?;
    let classes = trainer.state().architecture.classes.clone();
    let mut log = RunLog::open(&args.out, &classes, now())?;
    let stop = trainer.stop_flag();
    // Where another part of the program handles it already, the stop file still works.
    if let Err(error) = ctrlc::set_handler(move || stop.store(true, Ordering::Relaxed)) {
        tracing::warn!("Ctrl-C will not end the run in order: {error}");
    }
    let mut failed = None;
    let outcome = trainer.run(|progress| {
        let written = report(progress, json, out).and_then(|()| Ok(log.write(progress, now())?));
        if let Err(error) = written {
            failed = Some(error);
            return Control::Cancel;
        }
        // Consumed, so that the resumed run does not stop at once.
        if std::fs::remove_file(&stop_file).is_ok() {
            Control::Cancel
        } else {
            Control::Continue
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    let words = match outcome {
        Outcome::Finished => "finished",
        Outcome::StoppedEarly => "stopped early: no epoch was better for a while",
        Outcome::Cancelled => "cancelled; go on with --resume",
    };
    let state = trainer.state();
    if json {
        let summary = json!({"outcome": words, "steps": state.step, "seconds": state.seconds, "best_score": state.best_score});
        writeln!(out, "{summary}")?;
    } else {
        writeln!(
            out,
            "{words} after {} steps and {:.0} s; the best model is in {}",
            state.step,
            state.seconds,
            args.out.join("best").display()
        )?;
    }
    Ok(())
}

/// The run, new or read back.
fn trainer(args: &TrainArgs) -> anyhow::Result<Trainer> {
    if !args.resume && run_exists(&args.out) {
        bail!(
            "{} already holds a run; add --resume to go on with it, or choose another folder",
            args.out.display()
        );
    }
    let (sample, negatives, classes) = match args.canvas.stream(args.data.seed)? {
        Some((sample, classes)) => (sample, None, classes),
        None => {
            let (sample, negatives) = args.data.sampler()?;
            (sample, negatives, args.data.class_names())
        }
    };
    let data = TrainData {
        sample,
        negatives,
        validation: validation(args, &classes)?,
    };
    if args.resume {
        let mut trainer = Trainer::resume(&args.out, data)?;
        let own = &trainer.state().architecture;
        if args.preset.as_ref().is_some_and(|preset| *preset != own.name) {
            bail!(
                "the run in {} trains a {} network; leave --preset out, or start a new run in another folder",
                args.out.display(),
                own.name
            );
        }
        if own.classes != classes.names() {
            bail!(
                "the run in {} knows the classes {}; give the same with --classes, or start a new run",
                args.out.display(),
                own.classes.join(",")
            );
        }
        trainer.change_settings(args.options.settings(&trainer.state().settings)?)?;
        return Ok(trainer);
    }
    let usual = TrainSettings {
        seed: args.data.seed,
        ..TrainSettings::default()
    };
    Ok(Trainer::new(
        &args.out,
        start(args, &classes)?,
        args.options.settings(&usual)?,
        data,
    )?)
}

/// The sets that the run is judged by.
fn validation(args: &TrainArgs, classes: &ClassNames) -> anyhow::Result<Vec<Validation>> {
    let mut sets = Vec::new();
    for spec in &args.val {
        sets.push(Validation {
            name: spec.clone(),
            dataset: open_measured(spec, classes)?,
            kind: ValidationKind::Labelled,
        });
    }
    for folder in &args.val_negatives {
        sets.push(Validation {
            name: folder.display().to_string(),
            dataset: Box::new(FolderDataset::open(folder)?),
            kind: ValidationKind::Negatives,
        });
    }
    Ok(sets)
}

/// The network to start from.
fn start(args: &TrainArgs, classes: &ClassNames) -> anyhow::Result<Start> {
    let preset = args.preset.as_deref().unwrap_or("checkout-dense");
    let sizes = PresetSettings {
        width: args.width,
        input: args.input,
        ..PresetSettings::default()
    };
    let mut architecture = info::architecture(preset, classes.names(), &sizes)?;
    architecture.distractors = args.data.distractor_names();
    let device = Device::flex().autodiff();
    let mut network = Ssd::new(&architecture, &device);
    match args.from.split_once(':') {
        None if args.from == "random" => {}
        Some(("imagenet", file)) => {
            load_backbone(&mut network, &architecture, file.as_ref())?;
        }
        Some(("detector", file)) => load_file(&mut network, file.as_ref(), Naming::TorchDetector)?,
        Some(("bundle", folder)) => {
            let bundle = ModelBundle::load(folder.as_ref())?;
            if bundle.architecture.classes != classes.names() {
                bail!(
                    "the model {folder} knows other classes ({})",
                    bundle.architecture.classes.join(", ")
                );
            }
            let asked = architecture.distractors;
            architecture = bundle.architecture.clone();
            let weights = if architecture.distractors == asked {
                bundle.weights
            } else if architecture.distractors.is_empty() {
                let grown = grow_class_heads(&bundle, asked.len())?;
                architecture.distractors = asked;
                grown
            } else {
                bail!(
                    "the model {folder} knows other distractors ({})",
                    architecture.distractors.join(", ")
                );
            };
            network = Ssd::new(&architecture, &device);
            load_bytes(&mut network, weights, Naming::Native, folder)?;
        }
        _ => bail!(
            "--from {} is not understood; use imagenet:FILE, detector:FILE, bundle:DIR or random",
            args.from
        ),
    }
    Ok(Start {
        network,
        architecture,
        description: args.from.clone(),
    })
}

fn report(progress: &Progress, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    // With --json only the summary goes to standard output.
    if json {
        return Ok(());
    }
    let p = progress;
    writeln!(
        out,
        "epoch {}/{} step {}/{}  classification {:.4}  localisation {:.4}  rate {:.2e}  {:.1} pictures/s  \
         waiting {:.0} %  updating {:.0} %  {} left",
        p.epoch,
        p.epochs,
        p.step,
        p.total_steps,
        p.classification,
        p.localisation,
        p.rate,
        p.pictures_per_second,
        p.waiting * 100.0,
        p.updating * 100.0,
        minutes(p.seconds_left),
    )?;
    if let Some(measured) = &p.measured {
        measured_lines(measured, out)?;
    }
    if let Some(round) = p.round {
        writeln!(
            out,
            "  hard negatives: something found on {} of {} photographs and {} of {} scenes without products",
            round.photo_alarms, round.photos, round.scene_alarms, round.scenes
        )?;
    }
    out.flush()?;
    Ok(())
}

fn measured_lines(measured: &Measured, out: &mut dyn Write) -> anyhow::Result<()> {
    for set in &measured.sets {
        let classes: Vec<String> = set
            .class_ap50
            .iter()
            .map(|(name, ap)| format!("{name} {ap:.4}"))
            .collect();
        let (ap, ap50) = (set.ap, set.ap50);
        writeln!(
            out,
            "  {}: AP {ap:.4}  AP50 {ap50:.4}  ({})",
            set.dataset,
            classes.join(", ")
        )?;
    }
    for set in &measured.alarms {
        writeln!(
            out,
            "  {}: something found on {} of {} pictures at score {ALARM_SCORE}",
            set.name, set.alarms, set.pictures
        )?;
    }
    if let Some(score) = measured.score {
        let best = if measured.is_best { "  best so far" } else { "" };
        writeln!(out, "  score {score:.4}{best}")?;
    }
    Ok(())
}

/// Seconds since 1970, for the event files.
fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}

fn minutes(seconds: f64) -> String {
    if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}
