//! `tillsight eval`: measure a model on a labelled set.

use std::{io::Write, path::Path};

use clap::Args;
use serde_json::{Map, Value, json};

use super::ModelArgs;
use crate::{
    app::data::open_set,
    frame::picture,
    training::{
        dataset::{ClassNames, files::pictures_below},
        evaluate::{Evaluation, evaluate},
    },
    vision::{Detector, decode::DecodeSettings},
};

/// Arguments of `tillsight eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The labelled set: `coco:ANNOTATIONS:IMAGES` or `voc:ROOT:LIST`; or `folder:DIR` with pictures that show
    /// none of the classes, to count false alarms.
    set: String,
    /// With `folder:`, leave out pictures whose path contains this.
    #[arg(long)]
    exclude: Vec<String>,
    /// With `folder:`, the score from which something counts as found.
    #[arg(long, default_value_t = 0.5)]
    score: f32,
    /// Which model, on which engine.
    #[command(flatten)]
    pub model: ModelArgs,
}

/// Measures and prints.
///
/// # Errors
/// One sentence saying which model, set or picture cannot be used.
pub fn run(args: &EvalArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let detector = args.model.detector()?;
    if let Some(folder) = args.set.strip_prefix("folder:") {
        return false_alarms(args, &detector, folder.as_ref(), json, out);
    }
    let classes = ClassNames::new(detector.bundle().architecture.classes.iter().cloned());
    let dataset = open_set(&args.set, &classes)?;
    let measured = evaluate(&detector, dataset.as_ref(), &args.set)?;
    if json {
        writeln!(out, "{}", as_json(&measured))?;
    } else {
        table(&measured, out)?;
    }
    Ok(())
}

fn as_json(measured: &Evaluation) -> Value {
    let f = &measured.figures;
    let classes: Map<String, Value> = f
        .per_class
        .iter()
        .filter_map(|c| {
            Some((
                measured.classes.name(c.class)?.to_owned(),
                json!({"ap": c.ap, "ap50": c.ap50}),
            ))
        })
        .collect();
    json!({
        "ap": f.ap, "ap50": f.ap50, "ap75": f.ap75,
        "ar1": f.ar1, "ar10": f.ar10, "ar100": f.ar100,
        "classes": classes, "pictures": measured.tally.images(),
    })
}

fn table(measured: &Evaluation, out: &mut dyn Write) -> std::io::Result<()> {
    let number = |value: Option<f64>| value.map_or_else(|| "     -".to_owned(), |v| format!("{v:.4}"));
    let f = &measured.figures;
    writeln!(
        out,
        "{} pictures of {}",
        measured.tally.images(),
        measured.dataset
    )?;
    writeln!(out, "{:<12} {:>7} {:>7} {:>7}", "", "AP", "AP50", "AP75")?;
    writeln!(
        out,
        "{:<12} {:>7} {:>7} {:>7}",
        "all",
        number(f.ap),
        number(f.ap50),
        number(f.ap75)
    )?;
    for c in &f.per_class {
        let name = measured.classes.name(c.class).unwrap_or("?");
        writeln!(
            out,
            "{name:<12} {:>7} {:>7} {:>7}",
            number(c.ap),
            number(c.ap50),
            number(c.ap75)
        )?;
    }
    writeln!(
        out,
        "AR1 {}  AR10 {}  AR100 {}",
        number(f.ar1),
        number(f.ar10),
        number(f.ar100)
    )
}

/// On how many pictures without any of the classes something is found all the same.
fn false_alarms(
    args: &EvalArgs,
    detector: &Detector,
    folder: &Path,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let settings = DecodeSettings {
        score_threshold: args.score,
        ..DecodeSettings::EVALUATION
    };
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
        args.score
    )?;
    Ok(())
}
