//! `tillsight model info`: what a network is made of and what it costs, without making it.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;

use crate::{
    app::models,
    vision::{
        Architecture, ModelBundle,
        architecture::{Counted, Plan, PresetSettings},
    },
};

/// Arguments of `tillsight model info`.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// Name of a preset, folder of a bundle, or description of a network as JSON; the model in use if not
    /// given.
    model: Option<String>,
    /// Width multiplier of a MobileNetV2 preset, 0.35 to 1.4.
    #[arg(long)]
    width: Option<f32>,
    /// Side of the input of a MobileNetV2 preset in pixels: 224, 300 or 320 for example.
    #[arg(long)]
    input: Option<usize>,
    /// Take the scales that SSD300 has for COCO in place of those for VOC.
    #[arg(long)]
    coco_scales: bool,
    /// Class names in order, for a preset; those that it was published with if not given.
    #[arg(long, value_delimiter = ',')]
    classes: Vec<String>,
    /// List every layer with its costs.
    #[arg(long)]
    layers: bool,
    /// Write the whole description as JSON into this file, as a start for one of your own.
    #[arg(long)]
    save: Option<PathBuf>,
}

impl InfoArgs {
    fn settings(&self) -> PresetSettings {
        PresetSettings {
            width: self.width,
            input: self.input,
            coco_scales: self.coco_scales,
        }
    }

    fn is_for_presets(&self) -> bool {
        self.settings() != PresetSettings::default() || !self.classes.is_empty()
    }
}

/// A network by name: a preset with settings, or a file with a description. No classes means those that the
/// preset was published with.
///
/// # Errors
/// One sentence saying what is wrong with the name, the settings or the file.
pub fn architecture(
    name: &str,
    classes: &[String],
    settings: &PresetSettings,
) -> anyhow::Result<Architecture> {
    if let Some(published) = Architecture::published_classes(name) {
        let given: Vec<&str> = classes.iter().map(String::as_str).collect();
        let classes = if given.is_empty() { published } else { &given[..] };
        return Architecture::preset_with(name, classes, settings).map_err(anyhow::Error::msg);
    }
    let path = Path::new(name);
    if !path.is_file() {
        bail!(
            "{name} is neither a preset ({}) nor a model nor a description",
            Architecture::PRESETS.join(", ")
        );
    }
    if *settings != PresetSettings::default() {
        bail!("width, input and COCO scales are settings of presets; {name} is a file, change it there");
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let mut architecture = Architecture::from_json(&text)
        .map_err(|reason| anyhow::anyhow!("the network {name} cannot be built: {reason}"))?;
    if !classes.is_empty() {
        architecture.classes = classes.to_vec();
        architecture.check().map_err(anyhow::Error::msg)?;
    }
    Ok(architecture)
}

/// What is described, and the bundle if it is one.
fn described(args: &InfoArgs, data: Option<&Path>) -> anyhow::Result<(Architecture, Option<ModelBundle>)> {
    let folder = match args.model.as_deref() {
        Some(name) if !Path::new(name).is_dir() => {
            return Ok((architecture(name, &args.classes, &args.settings())?, None));
        }
        Some(name) if Architecture::PRESETS.contains(&name) => {
            return Ok((architecture(name, &args.classes, &args.settings())?, None));
        }
        Some(folder) => PathBuf::from(folder),
        None => models::current(data)?,
    };
    if args.is_for_presets() {
        bail!(
            "{} is a model whose network is fixed; width, input, classes and COCO scales are for presets",
            folder.display()
        );
    }
    let bundle = ModelBundle::load(&folder)?;
    Ok((bundle.architecture.clone(), Some(bundle)))
}

/// Describes a preset, a bundle or a file.
///
/// # Errors
/// One sentence saying what cannot be described.
pub fn run(args: &InfoArgs, json: bool, data: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let (architecture, bundle) = described(args, data)?;
    let plan = architecture.plan().map_err(anyhow::Error::msg)?;
    if let Some(file) = &args.save {
        let text = serde_json::to_string_pretty(&architecture)?;
        std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let name = bundle.as_ref().map_or(&architecture.name, |bundle| &bundle.name);
    if json {
        print_json(name, &architecture, &plan, bundle.as_ref(), out)
    } else {
        print_table(name, &architecture, &plan, bundle.as_ref(), out)?;
        if args.layers {
            print_layers(&plan, out)?;
        }
        Ok(())
    }
}

/// `parameters` and `trainable_parameters` are of the part that the network's publication counts, which
/// `counted` names; `total_parameters` are of all of it.
fn print_json(
    name: &str,
    architecture: &Architecture,
    plan: &Plan,
    bundle: Option<&ModelBundle>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let (published, all) = (plan.published_costs(architecture), plan.costs());
    let maps: Vec<_> = plan
        .maps
        .iter()
        .map(|map| {
            let (side, per_cell) = (map.shape.side, map.per_cell);
            json!({"side": side, "per_cell": per_cell, "boxes": side * side * per_cell,
                "channels": map.shape.channels})
        })
        .collect();
    let layers: Vec<_> = plan
        .layer_costs()
        .into_iter()
        .map(|layer| {
            json!({"path": layer.path, "parameters": layer.costs.parameters,
                "multiply_adds": layer.costs.multiply_adds})
        })
        .collect();
    let description = json!({
        "name": name, "preset": architecture.name, "input": architecture.input,
        "classes": architecture.classes,
        "parameters": published.parameters, "trainable_parameters": published.trainable_parameters,
        "counted": architecture.counted, "total_parameters": all.parameters,
        "boxes": architecture.box_count(), "maps": maps, "multiply_adds": all.multiply_adds,
        "layers": layers,
        "thresholds": bundle.map(|b| &b.class_thresholds),
        "metrics": bundle.map(|b| &b.metrics),
    });
    writeln!(out, "{description}")?;
    Ok(())
}

fn print_table(
    name: &str,
    architecture: &Architecture,
    plan: &Plan,
    bundle: Option<&ModelBundle>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let [width, height] = architecture.input;
    let (published, all) = (plan.published_costs(architecture), plan.costs());
    writeln!(out, "{name}: input {width} x {height}")?;
    writeln!(
        out,
        "classes: {} ({})",
        architecture.classes.len(),
        architecture.classes.join(", ")
    )?;
    writeln!(
        out,
        "parameters: {} ({} of them trained)",
        published.parameters, published.trainable_parameters
    )?;
    match architecture.counted {
        Counted::Network => {}
        Counted::FeatureExtractor => writeln!(
            out,
            "  up to the feature map, as published; {} with the heads",
            all.parameters
        )?,
    }
    for map in &plan.maps {
        let side = map.shape.side;
        writeln!(
            out,
            "  map {side:>2} x {side:<2} {:>4} channels {} boxes a cell {:>6}",
            map.shape.channels,
            map.per_cell,
            side * side * map.per_cell
        )?;
    }
    writeln!(out, "default boxes: {}", architecture.box_count())?;
    writeln!(out, "multiply-adds: {}", all.multiply_adds)?;
    for metrics in bundle.iter().flat_map(|b| &b.metrics) {
        writeln!(
            out,
            "{}: AP {:.4} AP50 {:.4}",
            metrics.dataset, metrics.ap, metrics.ap50
        )?;
    }
    Ok(())
}

fn print_layers(plan: &Plan, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "{:<36} {:>12} {:>14}",
        "layer", "parameters", "multiply-adds"
    )?;
    for layer in plan.layer_costs() {
        writeln!(
            out,
            "{:<36} {:>12} {:>14}",
            layer.path, layer.costs.parameters, layer.costs.multiply_adds
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn args(model: &str) -> InfoArgs {
        InfoArgs {
            model: Some(model.to_owned()),
            width: None,
            input: None,
            coco_scales: false,
            classes: Vec::new(),
            layers: false,
            save: None,
        }
    }

    fn described_as_json(args: &InfoArgs) -> Value {
        let mut out = Vec::new();
        run(args, true, None, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn every_preset_is_described_with_its_published_figures() {
        for (name, boxes, parameters) in [
            ("checkout", 5250, None),
            ("checkout-dense", 6300, None),
            ("ssd300-vgg16", 8732, Some((26_285_486, 26_285_486))),
            ("mobilenetv2-ssd-cifar", 798, Some((3_004_928, 2_995_520))),
            ("mobilenetv2-ssd-cifar-improved", 4722, None),
            ("ena24", 1521, Some((5_987_000, 5_982_300))),
        ] {
            let info = described_as_json(&args(name));
            assert_eq!(info["name"], name);
            assert_eq!(info["boxes"], boxes, "{name}");
            let sum: u64 = info["maps"]
                .as_array()
                .unwrap()
                .iter()
                .map(|map| map["boxes"].as_u64().unwrap())
                .sum();
            assert_eq!(sum, boxes, "{name}");
            if let Some((all, trained)) = parameters {
                assert_eq!(info["parameters"], all, "{name}");
                assert_eq!(info["trainable_parameters"], trained, "{name}");
            }
            assert!(info["multiply_adds"].as_u64().unwrap() > 100_000_000, "{name}");
        }
    }

    #[test]
    fn width_and_input_change_the_figures() {
        let full = described_as_json(&args("checkout"));
        let half = described_as_json(&InfoArgs {
            width: Some(0.5),
            input: Some(320),
            ..args("checkout")
        });
        assert_eq!(half["input"], json!([320, 320]));
        assert_eq!(half["maps"][0]["side"], 40);
        assert!(half["parameters"].as_u64() < full["parameters"].as_u64());
    }

    #[test]
    fn a_saved_description_can_be_described_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("my.json");
        let first = described_as_json(&InfoArgs {
            save: Some(file.clone()),
            ..args("ena24")
        });
        assert_eq!(described_as_json(&args(&file.display().to_string())), first);
    }

    #[test]
    fn bad_input_gives_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bad.json");
        std::fs::write(&file, "{\"version\": 2}").unwrap();
        let said = |args: &InfoArgs| {
            let message = format!("{:#}", run(args, true, None, &mut Vec::new()).unwrap_err());
            assert!(!message.contains('\n') && !message.is_empty(), "{message}");
            message
        };
        assert!(said(&args("yolo")).contains("neither a preset"));
        assert!(said(&args(&file.display().to_string())).contains("cannot be built"));
        assert!(
            said(&InfoArgs {
                width: Some(0.5),
                ..args("ena24")
            })
            .contains("MobileNetV2 presets")
        );
        assert!(
            said(&InfoArgs {
                classes: vec![String::new()],
                ..args("ena24")
            })
            .contains("needs a name")
        );
    }
}
