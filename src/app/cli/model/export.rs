//! `tillsight model export`: a model as ONNX or as one self-describing weight file; and two hidden commands
//! that the check of the export in other programs (`scripts/check-onnx`) is built on.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::super::ModelArgs;
use crate::{
    app::models,
    frame::picture,
    vision::{
        Architecture, DefaultBoxes, Engine, ModelBundle, box_coder,
        decode::{DecodeSettings, softmax},
        onnx::{self, ExportOptions, InputForm, portable, sample},
        weights::{Dictionary, NamedTensor},
    },
};

/// Arguments of `tillsight model export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// File to write: `.onnx` for the whole network, from pixels to scores and boxes, in standard operators;
    /// `.safetensors` for the weights alone (batch norm not folded) with classes and architecture.
    file: PathBuf,
    /// Folder or name of the model; the model in use if not given.
    #[arg(long)]
    model: Option<PathBuf>,
    /// Add outputs after non-maximum suppression with the model's thresholds. onnxruntime, tract and
    /// `OpenCV` 5 run them, `OpenCV` 4 does not.
    #[arg(long)]
    nms: bool,
    /// How pictures are fed to the ONNX network; values are 0 to 255, red first, either way.
    #[arg(long, value_enum, default_value_t = InputArg::Pixels)]
    input: InputArg,
    /// Pictures at a time in the ONNX network; chosen when it runs if not given.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    batch: Option<u16>,
}

/// Input forms by their names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum InputArg {
    /// Bytes as a picture lies in memory: uint8 [batch, height, width, 3].
    Pixels,
    /// Floats, a plane for each colour: float32 [batch, 3, height, width].
    Planes,
}

/// Writes a model for other programs.
///
/// # Errors
/// One sentence if the file's name says no format, there is no such model, its weights are unusable, or the
/// file cannot be written.
pub fn export(args: &ExportArgs, json: bool, data: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let extension = args
        .file
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let is_onnx = match extension.as_str() {
        "onnx" => true,
        "safetensors" if args.nms || args.batch.is_some() || args.input != InputArg::Pixels => {
            bail!("a .safetensors file holds weights only; --nms, --batch and --input are for a .onnx file")
        }
        "safetensors" => false,
        _ => bail!(
            "{} ends in neither .onnx nor .safetensors; give the file one of the two endings",
            args.file.display()
        ),
    };
    let bundle = chosen(args.model.as_deref(), data)?;
    let options = ExportOptions {
        input: match args.input {
            InputArg::Pixels => InputForm::Pixels,
            InputArg::Planes => InputForm::Planes,
        },
        batch: args.batch.map(usize::from),
        nms: args.nms,
    };
    let bytes = if is_onnx {
        onnx::to_onnx(&bundle, options)
    } else {
        portable::to_safetensors(&bundle)
    }
    .with_context(|| format!("the model {} is not exported", bundle.name))?;
    write_whole(&args.file, &bytes)?;
    let boxes = DefaultBoxes::new(&bundle.architecture).len();
    if json {
        let report = json!({
            "file": args.file, "format": extension, "model": bundle.name, "bytes": bytes.len(),
            "classes": bundle.architecture.classes, "input": bundle.architecture.input,
            "boxes": boxes, "nms": args.nms,
        });
        writeln!(out, "{report}")?;
    } else {
        let megabytes = bytes.len() as f64 / 1e6;
        let what = if is_onnx {
            format!("image in, scores and boxes of {boxes} default boxes out")
        } else {
            "weights with batch norm not folded".to_owned()
        };
        writeln!(
            out,
            "The model {} is in {} ({megabytes:.1} MB): {what}.",
            bundle.name,
            args.file.display()
        )?;
    }
    Ok(())
}

/// The model in a folder, of a name, or in use.
fn chosen(model: Option<&Path>, data: Option<&Path>) -> anyhow::Result<ModelBundle> {
    let Some(model) = model else {
        return Ok(ModelBundle::load(&models::current(data)?)?);
    };
    if model.is_dir() {
        return Ok(ModelBundle::load(model)?);
    }
    let named = models::all(data)
        .into_iter()
        .find(|folder| folder.file_name() == Some(model.as_os_str()));
    match named {
        Some(folder) => Ok(ModelBundle::load(&folder)?),
        None => bail!(
            "{} is neither the folder nor the name of a model; `tillsight model list` names those that are here",
            model.display()
        ),
    }
}

/// Makes a folder of a file that [`export`] wrote, and says whether the file was one.
///
/// # Errors
/// One sentence if the file is damaged or the folder cannot be written.
pub fn import_portable(file: &Path, folder: &Path) -> anyhow::Result<bool> {
    // A file that cannot be read is none of ours; whoever takes it next says why.
    let Some(bytes) = fs::read(file).ok().filter(|bytes| portable::is_portable(bytes)) else {
        return Ok(false);
    };
    portable::from_safetensors(bytes)
        .with_context(|| format!("{} cannot be imported", file.display()))?
        .save(folder)?;
    Ok(true)
}

/// Writes a file under a temporary name first: what has the final name is whole.
fn write_whole(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = fs::File::create(&part)
        .and_then(|mut open| {
            open.write_all(bytes)?;
            open.sync_all()
        })
        .and_then(|()| fs::rename(&part, file));
    if written.is_err() {
        // Nothing may have been made, or a full disk left a part of it.
        drop(fs::remove_file(&part));
    }
    written.with_context(|| {
        format!(
            "cannot write {}; is its folder there and writable?",
            file.display()
        )
    })
}

/// Arguments of the hidden `tillsight model sample`.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// Name of the preset.
    preset: String,
    /// Folder of the new bundle.
    #[arg(long)]
    out: PathBuf,
    /// Seed of the random weights.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Makes a bundle of a preset with random weights.
///
/// # Errors
/// One sentence if there is no such preset or the folder cannot be written.
pub fn sample(args: &SampleArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let Some(architecture) = Architecture::published(&args.preset) else {
        bail!(
            "the preset {} is not known; there are {}",
            args.preset,
            Architecture::PRESETS.join(", ")
        );
    };
    sample::random_bundle(architecture, args.seed)?.save(&args.out)?;
    if json {
        writeln!(out, "{}", json!({"folder": args.out}))?;
    } else {
        writeln!(out, "The model is in {}.", args.out.display())?;
    }
    Ok(())
}

/// Arguments of the hidden `tillsight model outputs`.
#[derive(Debug, Args)]
pub struct OutputsArgs {
    /// Pictures, best of the network's own size.
    #[arg(required = true)]
    pictures: Vec<PathBuf>,
    /// File to write: safetensors with `scores.I` `[boxes, classes + 1]`, `boxes.I` `[boxes, 4]` and
    /// `detections.I` `[n, 6]` (class, score, box) of picture `I`.
    #[arg(long)]
    out: PathBuf,
    /// Which model, on which engine.
    #[command(flatten)]
    pub model: ModelArgs,
}

/// Writes what the network says of pictures, before any threshold and after NMS.
///
/// # Errors
/// One sentence if a picture, the model or the engine cannot be used, or the file cannot be written.
pub fn outputs(
    args: &OutputsArgs,
    json: bool,
    data: Option<&Path>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let folder = args
        .model
        .model
        .clone()
        .map_or_else(|| models::current(data), Ok)?;
    let engine = args.model.engine.map_or(Engine::Cpu, Engine::from);
    let detector = models::load(&folder, engine)?;
    let bundle = detector.bundle();
    let defaults = DefaultBoxes::new(&bundle.architecture);
    let outputs = bundle.architecture.class_outputs();
    let thresholds = bundle.class_thresholds.values().copied();
    let lowest = DecodeSettings {
        score_threshold: thresholds.fold(bundle.decode.score_threshold, f32::min),
        ..bundle.decode
    };
    let mut tensors = Dictionary::default();
    for (index, path) in args.pictures.iter().enumerate() {
        let picture = picture::read(path)?;
        let (logits, offsets) = detector.raw_outputs(&picture)?;
        let scores: Vec<f32> = logits.chunks_exact(outputs).flat_map(softmax).collect();
        let boxes: Vec<f32> = offsets
            .chunks_exact(4)
            .zip(defaults.centers())
            .flat_map(|(o, &default)| {
                let decoded = box_coder::decode([o[0], o[1], o[2], o[3]], default, defaults.variances());
                let corners = decoded.to_corners();
                [corners.x0, corners.y0, corners.x1, corners.y1]
            })
            .collect();
        let mut found = detector.detect_with(&picture, &lowest)?;
        found.retain(|d| {
            let name = detector.class_name(d.class);
            name.is_some_and(|name| d.score >= bundle.threshold_of(name))
        });
        let rows: Vec<f32> = found
            .iter()
            .flat_map(|d| {
                let corners = d.bbox;
                [
                    f32::from(d.class.0),
                    d.score,
                    corners.x0,
                    corners.y0,
                    corners.x1,
                    corners.y1,
                ]
            })
            .collect();
        for (name, shape, values) in [
            ("scores", [defaults.len(), outputs], scores),
            ("boxes", [defaults.len(), 4], boxes),
            ("detections", [found.len(), 6], rows),
        ] {
            let shape = shape.to_vec();
            tensors.insert(format!("{name}.{index}"), NamedTensor { shape, values });
        }
    }
    write_whole(&args.out, &tensors.to_safetensors()?)?;
    if json {
        writeln!(
            out,
            "{}",
            json!({"file": args.out, "pictures": args.pictures.len()})
        )?;
    } else {
        writeln!(out, "The outputs are in {}.", args.out.display())?;
    }
    Ok(())
}
