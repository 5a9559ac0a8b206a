//! A training at work: how far it is, what it learns, and how to let it rest or give it up.

use eframe::egui::{Align2, Rect, Ui};

use super::view::{RunStage, RunView, TrainingCommand};
use crate::ui::{
    office::{
        OfficeCommand,
        plots::{Axes, Curve, curves_ui, progress_ui},
    },
    screens::is_landscape,
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        column, row, take_bottom, take_right, take_top,
        text::Text,
    },
    words::{TrainingWord, Words, sentence},
};

/// The word for how a training stands.
pub(super) fn stage_words(words: &Words, stage: RunStage) -> String {
    words.say(match stage {
        RunStage::Waiting => TrainingWord::StageWaiting,
        RunStage::Preparing => TrainingWord::StagePreparing,
        RunStage::Learning => TrainingWord::StageLearning,
        RunStage::Judging => TrainingWord::StageJudging,
        RunStage::Resting => TrainingWord::StageResting,
        RunStage::Done => TrainingWord::StageDone,
        RunStage::Stopped => TrainingWord::StageStopped,
        RunStage::Failed => TrainingWord::StageFailed,
    })
}

/// Seconds as people say them.
fn left_words(words: &Words, seconds: f64) -> String {
    let minutes = (seconds / 60.0).ceil().clamp(0.0, 1e6);
    if minutes <= 1.0 {
        return words.say(TrainingWord::LeftSoon);
    }
    if minutes < 90.0 {
        return words.with(TrainingWord::LeftMinutes, &[("count", &format!("{minutes:.0}"))]);
    }
    let hours = format!("{:.1}", minutes / 60.0);
    words.with(
        TrainingWord::LeftHours,
        &[("count", &hours.replace('.', &words.lang().decimal().to_string()))],
    )
}

pub(super) fn run_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut inner: Rect, run: &RunView) {
    let mut head = take_top(&mut inner, TOUCH, space::M);
    buttons_ui(ui, cx, &mut head, run);
    let title = cx.words.with(TrainingWord::Teaching, &[("name", &run.name)]);
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, head);
    let mut words = stage_words(cx.words, run.stage);
    if let Some(seconds) = run.seconds_left {
        words = format!("{words} \u{b7} {}", left_words(cx.words, seconds));
    }
    let percent = format!("{:.0} %", run.share * 100.0);
    let words = format!("{percent} \u{b7} {words}");
    progress_ui(ui, cx, take_top(&mut inner, TOUCH, space::M), run.share, &words);
    if let Some(message) = &run.message {
        let message = sentence(message);
        Text::new(&message, cx.theme.text)
            .rows(2)
            .align(Align2::LEFT_TOP)
            .label(ui, take_top(&mut inner, 56.0, space::S));
    }
    let hint = cx.words.say(TrainingWord::RunHint);
    Text::new(&hint, cx.theme.muted)
        .points(size::SMALL)
        .label(ui, take_bottom(&mut inner, 24.0, space::M));
    plots_ui(ui, cx, inner, run);
}

fn buttons_ui(ui: &Ui, cx: &mut Cx<'_>, head: &mut Rect, run: &RunView) {
    let cancel = cx.words.say(TrainingWord::Cancel);
    let place = take_right(head, 200.0, space::M);
    if Button::new(&cancel, Kind::Stop).show(ui, cx.theme, place) {
        cx.office(OfficeCommand::Training(TrainingCommand::Cancel(run.number)));
    }
    let place = take_right(head, 220.0, space::L);
    if run.stage == RunStage::Resting {
        let resume = cx.words.say(TrainingWord::Resume);
        if Button::new(&resume, Kind::Primary).show(ui, cx.theme, place) {
            cx.office(OfficeCommand::Training(TrainingCommand::Resume(run.number)));
        }
    } else {
        let pause = cx.words.say(TrainingWord::Pause);
        let works = run.stage != RunStage::Waiting;
        if Button::new(&pause, Kind::Second)
            .enabled(works)
            .show(ui, cx.theme, place)
        {
            cx.office(OfficeCommand::Training(TrainingCommand::Pause));
        }
    }
}

fn plots_ui(ui: &mut Ui, cx: &Cx<'_>, area: Rect, run: &RunView) {
    if area.height() < 160.0 {
        return;
    }
    let beside = is_landscape(ui.max_rect());
    let cell = |index| {
        if beside {
            column(area, index, 2, space::L)
        } else {
            row(area, index, 2, space::L)
        }
    };
    if run.loss.is_empty() {
        let words = cx.words.say(TrainingWord::PlotsLater);
        Text::new(&words, cx.theme.muted)
            .rows(2)
            .align(Align2::CENTER_CENTER)
            .label(ui, area);
        return;
    }
    let found: Vec<Curve<'_>> = run
        .found
        .iter()
        .map(|(name, points)| Curve { name, points })
        .collect();
    let title = cx.words.say(TrainingWord::PlotFound);
    let x = cx.words.say(TrainingWord::PlotRounds);
    let axes = Axes {
        title: &title,
        x: &x,
        range: Some((0.0, 100.0)),
    };
    curves_ui(ui, cx, cell(0), axes, &found);
    let names = [
        cx.words.say(TrainingWord::PlotNew),
        cx.words.say(TrainingWord::PlotOld),
    ];
    let curves = [
        Curve {
            name: &names[0],
            points: &run.loss,
        },
        Curve {
            name: &names[1],
            points: &run.kept,
        },
    ];
    let title = cx.words.say(TrainingWord::PlotLoss);
    let x = cx.words.say(TrainingWord::PlotMinutes);
    let axes = Axes {
        title: &title,
        x: &x,
        range: None,
    };
    curves_ui(ui, cx, cell(1), axes, &curves);
}
