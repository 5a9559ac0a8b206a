//! Everything that `tillsight eval` says of a model on a set, as JSON and as a table.

use std::{collections::BTreeMap, io::Write};

use serde_json::{Map, Value, json};

use crate::{
    geom::ClassId,
    training::{
        evaluate::{Details, Evaluation},
        metrics::{
            BasketScore, Confusion, CurvePoint, VocAp, best_f1, confusion, precision_recall, score_baskets,
            voc_ap,
        },
    },
};

/// Overlap from which a detection is on an object.
const OVERLAP: f64 = 0.5;

/// What was measured, put together.
pub(super) struct Figures<'a> {
    measured: &'a Evaluation,
    details: &'a Details,
    threshold: f32,
    /// Name and curve of each class.
    pub(super) curves: Vec<(String, Vec<CurvePoint>)>,
    /// Which class is taken for which.
    pub(super) confusion: Confusion,
    voc: Vec<Option<VocAp>>,
    baskets: Option<BasketScore>,
    has_prices: bool,
}

impl<'a> Figures<'a> {
    pub(super) fn new(
        measured: &'a Evaluation,
        details: &'a Details,
        prices: &BTreeMap<ClassId, u32>,
        threshold: f32,
    ) -> Self {
        let (truth, found) = (measured.tally.truth(), measured.tally.found());
        let ids: Vec<ClassId> = measured.classes.ids().collect();
        let curve = |id: &ClassId| {
            let name = measured.classes.name(*id).unwrap_or("?").to_owned();
            (name, precision_recall(truth, found, *id, OVERLAP))
        };
        Self {
            measured,
            details,
            threshold,
            curves: ids.iter().map(curve).collect(),
            confusion: confusion(truth, found, &ids, (f64::from(threshold), OVERLAP)),
            voc: ids.iter().map(|id| voc_ap(truth, found, *id, OVERLAP)).collect(),
            baskets: score_baskets(&details.baskets, prices),
            has_prices: !prices.is_empty(),
        }
    }

    /// Mean over the classes that can be measured.
    fn voc_mean(&self, value: fn(&VocAp) -> f64) -> Option<f64> {
        let values: Vec<f64> = self.voc.iter().flatten().map(value).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// One object; fields are added, never renamed.
    pub(super) fn as_json(&self) -> Value {
        let f = &self.measured.figures;
        let total = self.confusion.total();
        let per_box = self.details.per_box.map(|b| {
            json!({
                "accuracy": b.accuracy, "log_loss": b.log_loss,
                "offset_mae": b.offset_mae, "offset_mae_all": b.offset_mae_all,
            })
        });
        let baskets = self.baskets.map(|b| {
            json!({
                "accuracy": b.accuracy, "counting_distance": b.counting_distance,
                "wrong_charge_minor": self.has_prices.then_some(b.wrong_charge_minor),
            })
        });
        json!({
            "ap": f.ap, "ap50": f.ap50, "ap75": f.ap75,
            "ap_small": f.ap_small, "ap_medium": f.ap_medium, "ap_large": f.ap_large,
            "ar1": f.ar1, "ar10": f.ar10, "ar100": f.ar100,
            "classes": self.classes_json(), "pictures": self.measured.tally.images(),
            "threshold": self.threshold,
            "precision": total.precision(), "recall": total.recall(), "micro_f1": total.f1(),
            "voc": {
                "eleven_point": self.voc_mean(|v| v.eleven_point),
                "all_points": self.voc_mean(|v| v.all_points),
            },
            "confusion": self.confusion_json(),
            "false_alarms": {"pictures": self.details.empty.0, "alarms": self.details.empty.1},
            "baskets": baskets,
            "per_box": per_box,
        })
    }

    fn classes_json(&self) -> Map<String, Value> {
        let per_class = self.measured.figures.per_class.iter();
        per_class
            .zip(self.curves.iter().zip(&self.voc))
            .map(|(c, ((name, curve), voc))| {
                let counts = self.confusion.counts(c.class);
                let best = best_f1(curve);
                let value = json!({
                    "ap": c.ap, "ap50": c.ap50, "ap75": c.ap75,
                    "precision": counts.precision(), "recall": counts.recall(), "f1": counts.f1(),
                    "best_f1": best.and_then(|p| p.counts.f1()), "best_f1_score": best.map(|p| p.score),
                    "voc_eleven_point": voc.map(|v| v.eleven_point),
                    "voc_all_points": voc.map(|v| v.all_points),
                });
                (name.clone(), value)
            })
            .collect()
    }

    /// A row for what is there, a column for what was said; nothing is the last of both.
    fn confusion_json(&self) -> Value {
        let mut ids: Vec<Option<ClassId>> = self.confusion.classes().iter().copied().map(Some).collect();
        ids.push(None);
        let row = |there: &Option<ClassId>| {
            let counts = ids.iter().map(|said| self.confusion.count(*there, *said));
            counts.collect::<Vec<usize>>()
        };
        let mut names: Vec<&str> = self.curves.iter().map(|(name, _)| name.as_str()).collect();
        names.push("nothing");
        json!({"classes": names, "counts": ids.iter().map(row).collect::<Vec<_>>()})
    }

    /// The same for people.
    pub(super) fn table(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let number = |value: Option<f64>| value.map_or_else(|| "     -".to_owned(), |v| format!("{v:.4}"));
        let f = &self.measured.figures;
        let pictures = self.measured.tally.images();
        writeln!(out, "{pictures} pictures of {}", self.measured.dataset)?;
        let line = |name: &str, values: [Option<f64>; 6]| {
            let [ap, ap50, ap75, precision, recall, f1] = values.map(number);
            format!("{name:<12} {ap:>7} {ap50:>7} {ap75:>7} {precision:>9} {recall:>7} {f1:>7}")
        };
        writeln!(
            out,
            "{:<12} {:>7} {:>7} {:>7} {:>9} {:>7} {:>7}",
            "", "AP", "AP50", "AP75", "precision", "recall", "F1"
        )?;
        let all = self.confusion.total();
        let totals = [f.ap, f.ap50, f.ap75, all.precision(), all.recall(), all.f1()];
        writeln!(out, "{}", line("all", totals))?;
        for (c, (name, _)) in f.per_class.iter().zip(&self.curves) {
            let own = self.confusion.counts(c.class);
            let values = [c.ap, c.ap50, c.ap75, own.precision(), own.recall(), own.f1()];
            writeln!(out, "{}", line(name, values))?;
        }
        writeln!(
            out,
            "AR1 {}  AR10 {}  AR100 {}  VOC 11 points {}  VOC all points {}",
            number(f.ar1),
            number(f.ar10),
            number(f.ar100),
            number(self.voc_mean(|v| v.eleven_point)),
            number(self.voc_mean(|v| v.all_points))
        )?;
        let (empty, alarms) = self.details.empty;
        writeln!(
            out,
            "precision, recall and F1 (of all: micro-F1 without background) at score {}; something found on {alarms} \
             of {empty} pictures without objects",
            self.threshold
        )?;
        if let Some(b) = self.baskets {
            write!(
                out,
                "baskets: {:.4} exactly right, {:.3} items off",
                b.accuracy, b.counting_distance
            )?;
            if self.has_prices {
                write!(out, ", {:.1} minor units wrongly charged", b.wrong_charge_minor)?;
            }
            writeln!(out, " a basket")?;
        }
        if let Some(b) = self.details.per_box {
            writeln!(
                out,
                "default boxes: accuracy {:.4}, log loss {:.4}, offsets off by {} (positive) or {:.5} (all)",
                b.accuracy,
                b.log_loss,
                number(b.offset_mae),
                b.offset_mae_all
            )?;
        }
        Ok(())
    }
}
