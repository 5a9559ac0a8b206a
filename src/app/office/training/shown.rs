//! From runs and complaints to what the page shows, in the words of the language.

use super::{Curves, Facts};
use crate::{
    app::office::{Desk, class_names::product_name},
    store::{
        models::ModelRow,
        training_runs::{RunState, TrainingRun},
    },
    training::teach::{Complaint, Severity, Stage, TeachProgress},
    ui::{
        office::{
            Page,
            training::view::{ComplaintView, RunRow, RunStage, RunView, StepsView},
        },
        words::TrainingWord,
    },
};

/// Curves of single products that are shown beside that of all.
const PRODUCTS: usize = 3;

fn stage(run: &TrainingRun, progress: Option<&TeachProgress>) -> RunStage {
    match run.state {
        RunState::Queued => RunStage::Waiting,
        RunState::Running => match progress.map(|progress| progress.stage) {
            None | Some(Stage::Preparing) => RunStage::Preparing,
            Some(Stage::Learning) => RunStage::Learning,
            Some(Stage::Finished) => RunStage::Judging,
        },
        RunState::Paused => RunStage::Resting,
        RunState::Stopped => RunStage::Stopped,
        RunState::Done => RunStage::Done,
        RunState::Failed => RunStage::Failed,
    }
}

/// What a run is called: the products that it teaches.
fn name(run: &TrainingRun, desk: &Desk) -> String {
    let names = run.name.split(", ").map(|class| product_name(desk, class));
    names.collect::<Vec<_>>().join(", ")
}

pub(super) fn run(
    run: &TrainingRun,
    progress: Option<&TeachProgress>,
    curves: &Curves,
    desk: &Desk,
) -> RunView {
    let stored: Option<TeachProgress> = serde_json::from_str(&run.progress).ok();
    let progress = progress.or(stored.as_ref());
    let stage = stage(run, progress);
    let works = [RunStage::Preparing, RunStage::Learning, RunStage::Judging].contains(&stage);
    let is_mine = curves.run == run.id;
    let of_run = |curve: &Vec<[f64; 2]>| if is_mine { curve.clone() } else { Vec::new() };
    RunView {
        number: run.id,
        name: name(run, desk),
        stage,
        share: progress.map_or(0.0, |progress| progress.share),
        seconds_left: progress
            .map(|progress| progress.seconds_left)
            .filter(|seconds| works && *seconds > 0.0),
        message: run.message.clone(),
        loss: of_run(&curves.loss),
        kept: of_run(&curves.kept),
        found: if is_mine { found(curves, desk) } else { Vec::new() },
    }
}

/// The curve of all products, and of those that are found least.
fn found(curves: &Curves, desk: &Desk) -> Vec<(String, Vec<[f64; 2]>)> {
    let mut mean: Vec<[f64; 2]> = Vec::new();
    let rounds: std::collections::BTreeSet<u64> = curves
        .found
        .values()
        .flatten()
        .map(|[round, _]| round.to_bits())
        .collect();
    for round in rounds.into_iter().map(f64::from_bits) {
        let here = curves
            .found
            .values()
            .flatten()
            .filter(|[at, _]| at.total_cmp(&round).is_eq())
            .map(|[_, value]| *value);
        let (sum, count) = here.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        mean.push([round, sum / f64::max(count, 1.0)]);
    }
    if mean.is_empty() {
        return Vec::new();
    }
    let mut shown = vec![(desk.words().say(TrainingWord::All), mean)];
    let mut single: Vec<_> = curves.found.iter().collect();
    single.sort_by(|(_, a), (_, b)| {
        let last = |curve: &[[f64; 2]]| curve.last().map_or(0.0, |[_, value]| *value);
        last(a).total_cmp(&last(b))
    });
    if single.len() > 1 {
        let names = single.into_iter().take(PRODUCTS);
        shown.extend(names.map(|(class, curve)| (product_name(desk, class), curve.clone())));
    }
    shown
}

pub(super) fn row(run: &TrainingRun, desk: &Desk) -> RunRow {
    let at = run.ended_at.unwrap_or(run.created_at);
    // What a finished run says is the verdict's word, which the page of models tells.
    let message = run.message.clone().filter(|_| run.state == RunState::Failed);
    RunRow {
        number: run.id,
        name: name(run, desk),
        stage: stage(run, None),
        told: format!("{} \u{b7} {}", desk.date_and_clock(at), run.actor),
        message,
    }
}

/// The newest model that was never in use.
pub(super) fn candidate(models: &[ModelRow]) -> Option<String> {
    let is_new = |model: &&ModelRow| model.promoted_at.is_none() && model.removed_at.is_none();
    // A model that came before the one in use was put aside.
    let live_since = models.iter().filter_map(|model| model.promoted_at).max();
    let found = models.iter().find(is_new)?;
    live_since
        .is_none_or(|since| found.added_at >= since)
        .then(|| found.of.name.clone())
}

pub(super) fn steps(facts: &Facts, desk: &Desk) -> StepsView {
    let taught = || facts.counts.iter().filter(|class| class.photos > 0);
    let is_new = |class: &&crate::store::labels::ClassCount| !facts.known.contains(&class.name);
    let fewest = taught()
        .filter(is_new)
        .min_by_key(|class| class.photos)
        .or_else(|| taught().min_by_key(|class| class.photos));
    StepsView {
        photos: fewest.map(|class| (product_name(desk, &class.name), class.photos)),
        products: taught().filter(is_new).count(),
        unlabelled: facts.unlabelled,
        labelled: facts.labelled,
    }
}

pub(super) fn complaint(found: &Complaint, desk: &Desk) -> ComplaintView {
    let words = desk.words();
    let with = |word, class: &str, args: &[(&str, String)]| {
        let product = product_name(desk, class);
        let mut all = vec![("product", product.as_str())];
        all.extend(args.iter().map(|(name, value)| (*name, value.as_str())));
        words.with(word, &all)
    };
    let (said, page) = match found {
        Complaint::NothingNew => (words.say(TrainingWord::LackNothingNew), Page::Photos),
        Complaint::TooFew { class, found, least } => {
            let args = [
                ("found", found.to_string()),
                ("more", least.saturating_sub(*found).to_string()),
            ];
            (with(TrainingWord::LackTooFew, class, &args), Page::Photos)
        }
        Complaint::Few { class, found } => {
            let args = [("found", found.to_string())];
            (with(TrainingWord::LackFew, class, &args), Page::Photos)
        }
        Complaint::NoNegatives => (words.say(TrainingWord::LackNegatives), Page::Photos),
        Complaint::NothingToJudgeBy => (words.say(TrainingWord::LackJudge), Page::Photos),
        Complaint::NoCutouts { class } => (with(TrainingWord::LackCutouts, class, &[]), Page::Photos),
    };
    ComplaintView {
        stops: found.severity() == Severity::Stop,
        words: said,
        page: Some(page),
    }
}
