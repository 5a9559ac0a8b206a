//! `tillsight model`: what models there are and what they are made of.

pub mod calibrate;
pub mod export;
pub mod info;
pub mod remember;

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use burn::tensor::Device;
use clap::Subcommand;
use serde_json::json;

use crate::{
    app::{
        data::open_set,
        models,
        pricing::{data_folder, now, open_store},
        teaching,
    },
    store::models::PromoteRequest,
    training::{dataset::ClassNames, evaluate::evaluate},
    vision::{
        Detector, Engine, ModelBundle, Ssd,
        architecture::PresetSettings,
        average::average,
        decode::DecodeSettings,
        weights::{load_any, to_bytes},
    },
};

/// What to do with models.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// List the models that are here and say which one is in use.
    List,
    /// Describe a preset, a model bundle or a network of your own.
    Info(info::InfoArgs),
    /// Write a model for other programs, as ONNX or as one weight file.
    Export(export::ExportArgs),
    /// Make a bundle of a preset with random weights.
    #[command(hide = true)]
    Sample(export::SampleArgs),
    /// Write what the network says of pictures, before and after NMS.
    #[command(hide = true)]
    Outputs(export::OutputsArgs),
    /// Measure a bundle, and make it the model in use.
    Promote {
        /// Folder of the bundle, for example `best` of a training run.
        bundle: PathBuf,
        /// Name under which it is kept.
        #[arg(long)]
        name: String,
        /// The `models` folder; the one in the data folder if not given.
        #[arg(long)]
        models: Option<PathBuf>,
        /// Score from which each class counts on the lane.
        #[arg(long, default_value_t = 0.5)]
        threshold: f32,
        /// Labelled sets to measure it on: `NAME=coco:ANNOTATIONS:IMAGES` or `NAME=voc:ROOT:LIST`.
        #[arg(long)]
        measure: Vec<String>,
    },
    /// Mix two models of one architecture, weight by weight: a model and what training made of it. Where only one
    /// of them has distractors, the other's heads get outputs for them first.
    Average {
        /// Folder of the first bundle.
        first: PathBuf,
        /// Folder of the second bundle.
        second: PathBuf,
        /// Share of the second, 0 to 1.
        #[arg(long, default_value_t = 0.5)]
        share: f32,
        /// Folder of the new bundle.
        #[arg(long)]
        out: PathBuf,
    },
    /// Make a model so careful that it seldom finds something on pictures without its classes.
    Calibrate(calibrate::CalibrateArgs),
    /// Let a model carry pieces of what it saw of its products, so that teaching new ones forgets none of them.
    Remember(Box<remember::RememberArgs>),
    /// Go back to the model that was in use before.
    Rollback {
        /// The `models` folder; the one in the data folder if not given.
        #[arg(long)]
        models: Option<PathBuf>,
    },
    /// Make a bundle of weights from elsewhere: of a detector that was trained in PyTorch under the names of
    /// this network's layers, of a classification network (torchvision's MobileNetV2 or VGG-16,
    /// Keras' MobileNetV2), which becomes the backbone of an untrained detector, or of a weight file that `model
    /// export` wrote, which says preset and classes itself.
    Import {
        /// The weights: .safetensors, .pth, .h5 or .keras.
        weights: PathBuf,
        /// Folder of the new bundle.
        #[arg(long)]
        out: PathBuf,
        /// Network preset that the weights are of, or a description as JSON.
        #[arg(long, default_value = "checkout-dense")]
        preset: String,
        /// Class names in order.
        #[arg(long, value_delimiter = ',', default_value = "apple,banana,milk")]
        classes: Vec<String>,
    },
}

/// Runs one of the model commands.
///
/// # Errors
/// One sentence saying which model cannot be used.
pub fn run(
    command: &ModelCommand,
    json: bool,
    data: Option<&Path>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match command {
        ModelCommand::List => list(json, data, out),
        ModelCommand::Info(args) => info::run(args, json, data, out),
        ModelCommand::Export(args) => export::export(args, json, data, out),
        ModelCommand::Sample(args) => export::sample(args, json, out),
        ModelCommand::Outputs(args) => export::outputs(args, json, data, out),
        ModelCommand::Promote {
            bundle,
            name,
            models,
            threshold,
            measure,
        } => {
            let bundle = prepared(bundle, name, *threshold, measure)?;
            match models {
                Some(models) => models::promote(&bundle, &models_folder(Some(models), data)?)?,
                None => promote_in_shop(&bundle, &data_folder(data)?)?,
            }
            say(json, out, &bundle.name, "is in use now")
        }
        ModelCommand::Average {
            first,
            second,
            share,
            out: folder,
        } => {
            average(&ModelBundle::load(first)?, &ModelBundle::load(second)?, *share)?.save(folder)?;
            say(json, out, &folder.display().to_string(), "is made")
        }
        ModelCommand::Remember(args) => remember::run(args, json, out),
        ModelCommand::Calibrate(args) => calibrate::run(args, json, out),
        ModelCommand::Rollback { models } => {
            let name = match models {
                Some(models) => models::rollback(&models_folder(Some(models), data)?)?,
                None => roll_back_in_shop(&data_folder(data)?)?,
            };
            say(json, out, &name, "is in use again")
        }
        ModelCommand::Import {
            weights,
            out: folder,
            preset,
            classes,
        } => {
            import(weights, preset, classes, folder)?;
            if json {
                writeln!(out, "{}", json!({"folder": folder}))?;
            } else {
                writeln!(out, "The model is in {}.", folder.display())?;
            }
            Ok(())
        }
    }
}

fn say(json: bool, out: &mut dyn Write, name: &str, what: &str) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", json!({"current": name}))?;
    } else {
        writeln!(out, "The model {name} {what}.")?;
    }
    Ok(())
}

/// Under this name the database knows what was done on the command line.
const ACTOR: &str = "command line";

/// Puts a bundle live in the shop: its files, the database's list and journal go together.
fn promote_in_shop(bundle: &ModelBundle, data: &Path) -> anyhow::Result<()> {
    let store = open_store(data)?;
    let by = (ACTOR, now());
    teaching::add(&store, data, bundle, by)?;
    let request = PromoteRequest {
        model: &bundle.name,
        reason: "",
        overridden: false,
    };
    teaching::promote(&store, data, &request, by)?;
    Ok(())
}

fn roll_back_in_shop(data: &Path) -> anyhow::Result<String> {
    let store = open_store(data)?;
    let switched = teaching::roll_back(&store, data, "", (ACTOR, now()))?;
    Ok(switched.promotion.model)
}

fn models_folder(given: Option<&Path>, data: Option<&Path>) -> anyhow::Result<PathBuf> {
    let folder = given.map_or_else(
        || Ok(data_folder(data)?.join("models")),
        |folder| anyhow::Ok(folder.to_owned()),
    )?;
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    Ok(folder)
}

/// The bundle under its new name, with thresholds for the lane and with its figures.
fn prepared(folder: &Path, name: &str, threshold: f32, sets: &[String]) -> anyhow::Result<ModelBundle> {
    if name.is_empty()
        || !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    {
        bail!("the name {name} is not possible; use letters, digits, - and _");
    }
    let mut bundle = ModelBundle::load(folder)?;
    name.clone_into(&mut bundle.name);
    bundle.class_thresholds = bundle
        .architecture
        .classes
        .iter()
        .map(|class| (class.clone(), threshold))
        .collect();
    let detector = Detector::new(bundle.clone(), Engine::Cpu)?;
    let classes = ClassNames::new(bundle.architecture.classes.iter().cloned());
    bundle.metrics.clear();
    for set in sets {
        let Some((name, spec)) = set.split_once('=') else {
            bail!("the set {set} has no name; write NAME=coco:ANNOTATIONS:IMAGES or NAME=voc:ROOT:LIST");
        };
        bundle
            .metrics
            .push(evaluate(&detector, open_set(spec, &classes)?.as_ref(), name)?.metrics());
    }
    Ok(bundle)
}

fn import(weights: &Path, preset: &str, classes: &[String], folder: &Path) -> anyhow::Result<()> {
    if export::import_portable(weights, folder)? {
        return Ok(());
    }
    let architecture = info::architecture(preset, classes, &PresetSettings::default())?;
    let mut network = Ssd::new(&architecture, &Device::flex());
    let kind = load_any(&mut network, &architecture, weights)?;
    let bundle = ModelBundle {
        name: folder
            .file_name()
            .map_or_else(|| preset.to_owned(), |name| name.to_string_lossy().into_owned()),
        architecture,
        decode: DecodeSettings::LANE,
        class_thresholds: BTreeMap::new(),
        dataset_version: format!(
            "imported from {}, {kind}",
            weights.file_name().unwrap_or_default().to_string_lossy()
        ),
        metrics: Vec::new(),
        weights: to_bytes(&network)?,
    };
    bundle.save(folder)?;
    Ok(())
}

fn list(json: bool, data: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let current = models::current(data).ok();
    let mut rows = Vec::new();
    for folder in models::all(data) {
        let in_use = current.as_ref() == Some(&folder);
        let (name, problem) = match ModelBundle::load(&folder) {
            Ok(bundle) => (bundle.name, None),
            Err(error) => (
                folder
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                Some(error.to_string()),
            ),
        };
        rows.push((name, folder, in_use, problem));
    }
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, folder, in_use, problem)| json!({"name": name, "folder": folder, "current": in_use, "problem": problem}))
            .collect();
        writeln!(out, "{}", json!({"models": rows}))?;
        return Ok(());
    }
    if rows.is_empty() {
        writeln!(out, "There is no model here.")?;
    }
    for (name, folder, in_use, problem) in rows {
        let mark = if in_use { "in use" } else { "" };
        writeln!(
            out,
            "{name:<20} {mark:<7} {}  {}",
            folder.display(),
            problem.unwrap_or_default()
        )?;
    }
    Ok(())
}
