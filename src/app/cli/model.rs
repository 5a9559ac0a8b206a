//! `tillsight model`: what models there are and what they are made of.

use std::{io::Write, path::Path, path::PathBuf};

use anyhow::bail;
use burn::{module::Module as _, tensor::Device};
use clap::Subcommand;
use serde_json::json;

use crate::{
    app::models,
    vision::{Architecture, DefaultBoxes, ModelBundle, Ssd, default_boxes::boxes_per_cell},
};

/// What to do with models.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// List the models that are here and say which one is in use.
    List,
    /// Describe a preset or a model bundle.
    Info {
        /// Name of a preset, or folder of a bundle; the model in use if not given.
        model: Option<String>,
    },
}

/// Runs one of the model commands.
///
/// # Errors
/// One sentence saying which model cannot be used.
pub fn run(command: &ModelCommand, json: bool, data: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    match command {
        ModelCommand::List => list(json, data, out),
        ModelCommand::Info { model } => info(model.as_deref(), json, data, out),
    }
}

fn list(json: bool, data: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let current = models::current(data).ok();
    let mut rows = Vec::new();
    for folder in models::all(data) {
        let in_use = current.as_ref() == Some(&folder);
        let (name, problem) = match ModelBundle::load(&folder) {
            Ok(bundle) => (bundle.name, None),
            Err(error) => (folder.file_name().unwrap_or_default().to_string_lossy().into_owned(), Some(error.to_string())),
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
        writeln!(out, "{name:<20} {mark:<7} {}  {}", folder.display(), problem.unwrap_or_default())?;
    }
    Ok(())
}

fn info(model: Option<&str>, json: bool, data: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let (name, architecture, bundle) = match model {
        Some(preset) if Architecture::PRESETS.contains(&preset) => {
            let architecture = Architecture::preset(preset, &["apple", "banana", "milk"]);
            (preset.to_owned(), architecture.into_iter().next(), None)
        }
        other => {
            let folder = other.map_or_else(|| models::current(data), |folder| Ok(PathBuf::from(folder)))?;
            if !folder.exists() {
                bail!(
                    "{} is neither a preset ({}) nor the folder of a model",
                    folder.display(),
                    Architecture::PRESETS.join(", ")
                );
            }
            let bundle = ModelBundle::load(&folder)?;
            (bundle.name.clone(), Some(bundle.architecture.clone()), Some(bundle))
        }
    };
    let Some(architecture) = architecture else { bail!("the preset {name} is not known") };
    let network = Ssd::new(&architecture, &Device::flex());
    let statistics = network.running_statistics();
    let parameters = network.num_params();
    let boxes = DefaultBoxes::new(&architecture.boxes).len();
    let per_cell = boxes_per_cell(&architecture.boxes);
    let sides = &architecture.boxes.sides;
    let maps: Vec<_> = sides
        .iter()
        .map(|side| json!({"side": side, "per_cell": per_cell, "boxes": side * side * per_cell}))
        .collect();
    if json {
        let description = json!({
            "name": name, "input": architecture.input, "classes": architecture.classes,
            "parameters": parameters, "trainable_parameters": parameters - statistics,
            "boxes": boxes, "maps": maps,
            "thresholds": bundle.as_ref().map(|b| &b.class_thresholds),
            "metrics": bundle.as_ref().map(|b| &b.metrics),
        });
        writeln!(out, "{description}")?;
        return Ok(());
    }
    writeln!(out, "{name}: input {} x {}", architecture.input[0], architecture.input[1])?;
    writeln!(out, "classes: {}", architecture.classes.join(", "))?;
    writeln!(out, "parameters: {parameters} ({} of them trained)", parameters - statistics)?;
    for side in sides {
        writeln!(out, "  map {side:>2} x {side:<2} {per_cell} boxes a cell {:>6}", side * side * per_cell)?;
    }
    writeln!(out, "default boxes: {boxes}")?;
    for metrics in bundle.iter().flat_map(|b| &b.metrics) {
        writeln!(out, "{}: AP {:.4} AP50 {:.4}", metrics.dataset, metrics.ap, metrics.ap50)?;
    }
    Ok(())
}
