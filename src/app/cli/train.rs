//! `tillsight train`: start or resume a training run and print how it goes.

use std::{io::Write, path::PathBuf};

use anyhow::{Context as _, bail};
use burn::tensor::Device;
use clap::Args;
use serde_json::json;

use crate::{
    app::data::{DataArgs, open_set},
    training::trainer::{
        Control, NormMode, Outcome, Progress, Start, TrainSettings, Trainer, Validation, run_exists,
    },
    vision::{
        Architecture, Classifier, ModelBundle, Ssd,
        distractors::grow_class_heads,
        weights::{Naming, load_bytes, load_file},
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
    /// What to start from: `imagenet:FILE` (torchvision's `mobilenet_v2` as safetensors), `detector:FILE`
    /// (a detector as safetensors under PyTorch's names), `bundle:DIR` (a model of ours) or `random`.
    #[arg(long, default_value = "random")]
    from: String,
    /// Network preset.
    #[arg(long, default_value = "checkout-dense")]
    preset: String,
    #[command(flatten)]
    data: DataArgs,
    /// Validation sets: `coco:ANNOTATIONS:IMAGES` or `voc:ROOT:LIST`.
    #[arg(long)]
    val: Vec<String>,
    /// Epochs at most.
    #[arg(long)]
    epochs: Option<u32>,
    /// Pictures in an epoch.
    #[arg(long)]
    pictures: Option<u32>,
    /// Pictures in a batch.
    #[arg(long)]
    batch: Option<u32>,
    /// Highest learning rate.
    #[arg(long)]
    rate: Option<f64>,
    /// The backbone's learning rate as a part of `--rate`.
    #[arg(long)]
    backbone_rate: Option<f64>,
    /// First blocks that stay as they are: 0 to 6, or `none` to train everything.
    #[arg(long)]
    frozen_blocks: Option<String>,
    /// Batch norms: `batch-statistics`, `frozen-backbone` or `frozen`.
    #[arg(long)]
    norms: Option<String>,
    /// Epochs without gain after which the run stops.
    #[arg(long)]
    patience: Option<u32>,
    /// Threads that prepare pictures.
    #[arg(long)]
    threads: Option<usize>,
}

impl TrainArgs {
    /// `usual` with what was given on the command line in its place.
    fn settings(&self, usual: &TrainSettings) -> anyhow::Result<TrainSettings> {
        let frozen_blocks = match self.frozen_blocks.as_deref() {
            None => usual.frozen_blocks,
            Some("none") => None,
            Some(number) => Some(
                number
                    .parse()
                    .context("--frozen-blocks takes a number from 0 to 6, or none")?,
            ),
        };
        let norms = match self.norms.as_deref() {
            None => usual.norms,
            Some("batch-statistics") => NormMode::BatchStatistics,
            Some("frozen-backbone") => NormMode::FrozenBackbone,
            Some("frozen") => NormMode::Frozen,
            Some(other) => {
                bail!("--norms {other} is not known; use batch-statistics, frozen-backbone or frozen")
            }
        };
        Ok(TrainSettings {
            epochs: self.epochs.unwrap_or(usual.epochs),
            pictures_per_epoch: self.pictures.unwrap_or(usual.pictures_per_epoch),
            batch: self.batch.unwrap_or(usual.batch),
            rate: self.rate.unwrap_or(usual.rate),
            backbone_rate: self.backbone_rate.unwrap_or(usual.backbone_rate),
            frozen_blocks,
            norms,
            patience: self.patience.unwrap_or(usual.patience),
            loader_threads: self.threads.unwrap_or(usual.loader_threads),
            ..usual.clone()
        })
    }
}

/// Runs the training until it ends, or until a file `stop` appears in the run's folder, which writes a
/// checkpoint first. A killed run loses what came after its last checkpoint.
///
/// # Errors
/// One sentence saying which argument, file or step is wrong.
pub fn run(args: &TrainArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let stop_file = args.out.join("stop");
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("cannot make the folder {}", args.out.display()))?;
    let classes = args.data.class_names();
    let sample = args.data.sampler()?;
    let mut validation = Vec::new();
    for spec in &args.val {
        validation.push(Validation {
            name: spec.clone(),
            dataset: open_set(spec, &classes)?,
        });
    }
    let mut trainer = if args.resume {
        let mut trainer = Trainer::resume(&args.out, sample, validation)?;
        trainer.change_settings(args.settings(&trainer.state().settings)?)?;
        trainer
    } else {
        if run_exists(&args.out) {
            bail!(
                "{} already holds a run; add --resume to go on with it, or choose another folder",
                args.out.display()
            );
        }
        Trainer::new(
            &args.out,
            start(args)?,
            args.settings(&TrainSettings {
                seed: args.data.seed,
                ..TrainSettings::default()
            })?,
            sample,
            validation,
        )?
    };
    let mut log = RunLog::open(&args.out)?;
    let mut failed = None;
    let outcome = trainer.run(|progress| {
        if let Err(error) = report(progress, json, out).and_then(|()| log.write(progress)) {
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
        let summary = json!({"outcome": words, "steps": state.step, "seconds": state.seconds, "best_ap": state.best_ap});
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

/// The network to start from.
fn start(args: &TrainArgs) -> anyhow::Result<Start> {
    let classes = args.data.class_names();
    let names: Vec<&str> = classes.names().iter().map(String::as_str).collect();
    let Some(mut architecture) = Architecture::preset(&args.preset, &names) else {
        bail!(
            "the preset {} is not known; there are {}",
            args.preset,
            Architecture::PRESETS.join(", ")
        );
    };
    architecture.distractors = args.data.distractor_names();
    let device = Device::flex().autodiff();
    let mut network = Ssd::new(&architecture, &device);
    match args.from.split_once(':') {
        None if args.from == "random" => {}
        Some(("imagenet", file)) => {
            let mut classifier = Classifier::new(1000, &device);
            load_file(&mut classifier, file.as_ref(), Naming::TorchvisionClassifier)?;
            network = network.with_backbone(classifier.backbone);
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
            let asked = architecture.distractors.clone();
            architecture = bundle.architecture.clone();
            let weights = if architecture.distractors == asked {
                bundle.weights
            } else if architecture.distractors.is_empty() {
                architecture.distractors.clone_from(&asked);
                grow_class_heads(&bundle, asked.len())?
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
        "epoch {}/{} step {}/{}  classification {:.4}  localisation {:.4}  rate {:.2e}  {:.1} pictures/s  {} left",
        p.epoch,
        p.epochs,
        p.step,
        p.total_steps,
        p.classification,
        p.localisation,
        p.rate,
        p.pictures_per_second,
        minutes(p.seconds_left),
    )?;
    for set in p.measured.iter().flatten() {
        let classes: Vec<String> = set
            .class_ap50
            .iter()
            .map(|(name, ap)| format!("{name} {ap:.4}"))
            .collect();
        let best = if p.is_best { "  best so far" } else { "" };
        writeln!(
            out,
            "  {}: AP {:.4}  AP50 {:.4}  ({}){best}",
            set.dataset,
            set.ap,
            set.ap50,
            classes.join(", ")
        )?;
    }
    out.flush()?;
    Ok(())
}

fn minutes(seconds: f64) -> String {
    if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

/// `log.csv` in the run's folder: one row a report.
struct RunLog {
    writer: csv::Writer<std::fs::File>,
}

impl RunLog {
    fn open(folder: &std::path::Path) -> anyhow::Result<Self> {
        let path = folder.join("log.csv");
        let is_new = !path.exists();
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(file);
        if is_new {
            writer.write_record([
                "epoch",
                "step",
                "classification",
                "localisation",
                "rate",
                "pictures_per_second",
                "ap",
                "ap50",
            ])?;
        }
        Ok(Self { writer })
    }

    fn write(&mut self, p: &Progress) -> anyhow::Result<()> {
        let mean = |value: fn(&crate::vision::ModelMetrics) -> f64| {
            p.measured
                .as_ref()
                .filter(|m| !m.is_empty())
                .map_or_else(String::new, |sets| {
                    format!("{:.4}", sets.iter().map(value).sum::<f64>() / sets.len() as f64)
                })
        };
        self.writer.write_record([
            p.epoch.to_string(),
            p.step.to_string(),
            format!("{:.5}", p.classification),
            format!("{:.5}", p.localisation),
            format!("{:.6}", p.rate),
            format!("{:.2}", p.pictures_per_second),
            mean(|m| m.ap),
            mean(|m| m.ap50),
        ])?;
        self.writer.flush()?;
        Ok(())
    }
}
