//! `tillsight eval`: measure a model on a labelled set.

mod figures;

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;

use self::figures::Figures;
use super::{ModelArgs, train::canvases::open_measured};
use crate::{
    frame::picture,
    geom::ClassId,
    training::{
        dataset::{ClassNames, files::pictures_below},
        evaluate::evaluate_in_detail,
        metrics::plots,
    },
    vision::Detector,
};

/// Arguments of `tillsight eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The labelled set: `coco:ANNOTATIONS:IMAGES`, `voc:ROOT:LIST` or any other that `train --val` takes;
    /// `canvas:DIR:COUNT` for small pictures on canvases; or `folder:DIR` with pictures that show none of the
    /// classes, to count false alarms.
    set: String,
    /// With `folder:`, leave out pictures whose path contains this.
    #[arg(long)]
    exclude: Vec<String>,
    /// Score from which something counts as found, for everything but average precision.
    #[arg(long, alias = "score", default_value_t = 0.5)]
    threshold: f32,
    /// Price of a class in minor units, `CLASS=MINOR`, to say what wrong baskets would cost.
    #[arg(long)]
    price: Vec<String>,
    /// Write `precision-recall.png` and `confusion.png` into this folder.
    #[arg(long)]
    plots: Option<PathBuf>,
    /// Which model, on which engine.
    #[command(flatten)]
    pub model: ModelArgs,
}

/// Measures and prints.
///
/// # Errors
/// One sentence saying which model, set or picture cannot be used.
pub fn run(args: &EvalArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if !(0.0..=1.0).contains(&args.threshold) {
        bail!("a threshold of {} is not between 0 and 1", args.threshold);
    }
    let detector = args.model.detector()?;
    if let Some(folder) = args.set.strip_prefix("folder:") {
        return false_alarms(args, &detector, folder.as_ref(), json, out);
    }
    let classes = ClassNames::new(detector.bundle().architecture.classes.iter().cloned());
    let prices = prices(&args.price, &classes)?;
    let dataset = open_measured(&args.set, &classes)?;
    if dataset.is_empty() {
        bail!("{} holds no pictures; choose another set", args.set);
    }
    let (measured, details) = evaluate_in_detail(&detector, dataset.as_ref(), &args.set, args.threshold)?;
    let figures = Figures::new(&measured, &details, &prices, args.threshold);
    if let Some(folder) = &args.plots {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let curves = plots::precision_recall_plot(&figures.curves);
        picture::write(&curves, &folder.join("precision-recall.png"))?;
        let matrix = plots::confusion_plot(&figures.confusion, classes.names());
        picture::write(&matrix, &folder.join("confusion.png"))?;
    }
    if json {
        writeln!(out, "{}", figures.as_json())?;
    } else {
        figures.table(out)?;
    }
    Ok(())
}

fn prices(given: &[String], classes: &ClassNames) -> anyhow::Result<BTreeMap<ClassId, u32>> {
    let mut prices = BTreeMap::new();
    for price in given {
        let wrong =
            || format!("--price {price} is not understood; write CLASS=MINOR with a class of the model");
        let (class, minor) = price.split_once('=').with_context(wrong)?;
        let class = classes.id(class).with_context(wrong)?;
        prices.insert(class, minor.parse().with_context(wrong)?);
    }
    Ok(prices)
}

/// On how many pictures without any of the classes something is found all the same.
fn false_alarms(
    args: &EvalArgs,
    detector: &Detector,
    folder: &Path,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let settings = detector.bundle().architecture.decode.from_score(args.threshold);
    let mut pictures = 0;
    let mut alarms = Vec::new();
    for path in pictures_below(folder)? {
        let shown = path.to_string_lossy();
        if args.exclude.iter().any(|part| shown.contains(part.as_str())) {
            continue;
        }
        pictures += 1;
        let found = detector.detect_with(&picture::read(&path)?, &settings)?;
        if let Some(best) = found.first() {
            let class = detector.class_name(best.class).unwrap_or("?").to_owned();
            alarms.push((path.clone(), class, best.score));
        }
    }
    if json {
        let listed: Vec<_> = alarms
            .iter()
            .map(|(path, class, score)| json!({"path": path, "class": class, "score": score}))
            .collect();
        writeln!(
            out,
            "{}",
            json!({"pictures": pictures, "false_alarms": alarms.len(), "found": listed})
        )?;
        return Ok(());
    }
    for (path, class, score) in &alarms {
        writeln!(out, "{class:<12} {score:.2}  {}", path.display())?;
    }
    writeln!(
        out,
        "something found on {} of {pictures} pictures at score {}",
        alarms.len(),
        args.threshold
    )?;
    Ok(())
}
