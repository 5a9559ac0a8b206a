//! `tillsight eval`: measure a model on a labelled set.

use std::io::Write;

use clap::Args;
use serde_json::{Map, Value, json};

use super::ModelArgs;
use crate::{
    app::data::open_set,
    training::{
        dataset::ClassNames,
        evaluate::{Evaluation, evaluate},
    },
};

/// Arguments of `tillsight eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The labelled set: `coco:ANNOTATIONS:IMAGES` or `voc:ROOT:LIST`.
    set: String,
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
    let classes = ClassNames::new(detector.bundle().architecture.classes.iter().cloned());
    let dataset = open_set(&args.set, &classes)?;
    let measured = evaluate(&detector, dataset.as_ref(), &args.set)?;
    if json {
        writeln!(out, "{}", as_json(&measured))?
    } else {
        table(&measured, out)?
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
