//! A judgement as the page shows it, in the words of the language.

use std::collections::BTreeMap;

use crate::{
    app::office::{Desk, class_names::product_name},
    domain::money::Money,
    geom::CornerBox,
    training::teach::judge::{
        ClassFigures, CurveDot, Fault, Judgement, Mistake, ModelFigures, Reason, Verdict,
    },
    ui::{
        office::models::view::{
            ClassFigure, ConfusionView, Figure, FigureRow, JudgedView, MistakeView, Said,
        },
        view::Photo,
        words::ModelsWord,
    },
};

/// The verdict's word for the page.
pub(super) fn said(verdict: &Verdict) -> Said {
    match verdict {
        Verdict::Better { .. } => Said::Better,
        Verdict::AsGood => Said::AsGood,
        Verdict::Worse { .. } => Said::Worse,
        Verdict::CannotTell => Said::CannotTell,
    }
}

pub(super) fn view(judgement: &Judgement, photos: &BTreeMap<i64, Photo>, desk: &Desk) -> JudgedView {
    let reasons = judgement.verdict.reasons().iter();
    // Without photos of the shop the drawn trays speak.
    let (live, new) = if judgement.photos > 0 {
        (&judgement.live, &judgement.candidate)
    } else {
        (&judgement.live_trays, &judgement.candidate_trays)
    };
    JudgedView {
        live: judgement.live.model.clone(),
        photos: judgement.photos,
        flatters: judgement.on_learned_photos,
        said: said(&judgement.verdict),
        reasons: reasons
            .map(|found| (found.is_against(), reason(found, desk)))
            .collect(),
        figures: figures(live, new, desk),
        classes: classes(judgement, desk),
        confusion: confusion(new, desk),
        worst: judgement
            .worst
            .iter()
            .map(|found| mistake(found, photos, desk))
            .collect(),
    }
}

fn amount(minor: f64, desk: &Desk) -> String {
    let whole = crate::geom::cast::round_i32(crate::geom::cast::narrow_f32(minor));
    desk.words().money(Money::new(i64::from(whole), desk.currency()))
}

fn reason(found: &Reason, desk: &Desk) -> String {
    let percent = |value: &f64| format!("{:.0}", value * 100.0);
    let say = |word, args: &[(&str, String)]| {
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.words().with(word, &args)
    };
    let product = |class: &String| ("product", product_name(desk, class));
    match found {
        Reason::Learned { class, ap50 } => {
            let args = [product(class), ("after", percent(ap50))];
            say(ModelsWord::ReasonLearned, &args)
        }
        Reason::NotLearned { class, ap50 } => {
            let args = [product(class), ("after", percent(ap50))];
            say(ModelsWord::ReasonNotLearned, &args)
        }
        Reason::Forgotten { class, before, after } => {
            let args = [
                product(class),
                ("before", percent(before)),
                ("after", percent(after)),
            ];
            say(ModelsWord::ReasonForgotten, &args)
        }
        Reason::Improved { class, before, after } => {
            let args = [
                product(class),
                ("before", percent(before)),
                ("after", percent(after)),
            ];
            say(ModelsWord::ReasonImproved, &args)
        }
        Reason::ChargesWorse { before, after } => {
            let args = [("before", amount(*before, desk)), ("after", amount(*after, desk))];
            say(ModelsWord::ReasonCharges, &args)
        }
        Reason::MoreFalseAlarms { before, after } => {
            let args = [("before", before.to_string()), ("after", after.to_string())];
            say(ModelsWord::ReasonAlarms, &args)
        }
    }
}

/// Whether a figure got better by more than `least`.
fn better(live: Option<f64>, new: Option<f64>, (least, up): (f64, bool)) -> Option<bool> {
    let (live, new) = (live?, new?);
    ((new - live).abs() >= least).then_some((new > live) == up)
}

fn figures(live: &ModelFigures, new: &ModelFigures, desk: &Desk) -> Vec<FigureRow> {
    let none = || "\u{2013}".to_owned();
    let point = desk.lang().decimal().to_string();
    let percent = |value: Option<f64>| {
        value.map_or_else(none, |value| {
            format!("{:.1} %", value * 100.0).replace('.', &point)
        })
    };
    let number =
        |value: Option<f64>| value.map_or_else(none, |value| format!("{value:.2}").replace('.', &point));
    let money = |value: Option<f64>| value.map_or_else(none, |value| amount(value, desk));
    let alarms = |(pictures, alarms): (usize, usize)| {
        if pictures == 0 {
            none()
        } else {
            format!("{alarms} / {pictures}")
        }
    };
    let row = |figure, live: String, new: String, better| FigureRow {
        figure,
        live,
        new,
        better,
    };
    let share = |(pictures, alarms): (usize, usize)| (pictures > 0).then(|| alarms as f64 / pictures as f64);
    vec![
        row(
            Figure::Found,
            percent(live.ap50),
            percent(new.ap50),
            better(live.ap50, new.ap50, (0.005, true)),
        ),
        row(
            Figure::Tight,
            percent(live.ap),
            percent(new.ap),
            better(live.ap, new.ap, (0.005, true)),
        ),
        row(
            Figure::Baskets,
            percent(live.baskets_right),
            percent(new.baskets_right),
            better(live.baskets_right, new.baskets_right, (0.005, true)),
        ),
        row(
            Figure::WrongCharge,
            money(live.wrong_charge_minor),
            money(new.wrong_charge_minor),
            better(live.wrong_charge_minor, new.wrong_charge_minor, (0.5, false)),
        ),
        row(
            Figure::ItemsOff,
            number(live.items_off),
            number(new.items_off),
            better(live.items_off, new.items_off, (0.01, false)),
        ),
        row(
            Figure::FalseAlarms,
            alarms(live.empty),
            alarms(new.empty),
            better(share(live.empty), share(new.empty), (0.005, false)),
        ),
    ]
}

/// Products on the shop's photos; of those that are only on the drawn trays, these.
fn classes(judgement: &Judgement, desk: &Desk) -> Vec<ClassFigure> {
    let mut found: BTreeMap<&String, (Option<&ClassFigures>, Option<&ClassFigures>)> = BTreeMap::new();
    let trays = (&judgement.live_trays, &judgement.candidate_trays);
    let photos = (&judgement.live, &judgement.candidate);
    // What the photos say goes over what the trays say.
    for (live, new) in [trays, photos] {
        for name in live.classes.keys().chain(new.classes.keys()) {
            found.insert(name, (live.classes.get(name), new.classes.get(name)));
        }
    }
    let percent = |figures: Option<&ClassFigures>| figures?.ap50.map(|ap50| ap50 * 100.0);
    let curve = |figures: Option<&ClassFigures>| {
        let dot = |dot: &CurveDot| [dot.recall * 100.0, dot.precision * 100.0];
        figures.map_or_else(Vec::new, |figures| figures.curve.iter().map(dot).collect())
    };
    let rows = found.into_iter().map(|(name, (live, new))| ClassFigure {
        name: product_name(desk, name),
        objects: new.or(live).map_or(0, |figures| figures.objects),
        live: percent(live),
        new: percent(new),
        curve: curve(new),
        live_curve: curve(live),
    });
    rows.collect()
}

fn confusion(figures: &ModelFigures, desk: &Desk) -> ConfusionView {
    let mut names: Vec<&String> = figures
        .confusion
        .iter()
        .flat_map(|found| [found.there.as_ref(), found.said.as_ref()])
        .flatten()
        .collect();
    names.sort();
    names.dedup();
    let count = names.len() + 1;
    let mut counts = vec![vec![0; count]; count];
    let place = |name: Option<&String>| {
        let found = name.and_then(|name| names.iter().position(|known| *known == name));
        found.unwrap_or(count - 1)
    };
    for found in &figures.confusion {
        let row = counts.get_mut(place(found.there.as_ref()));
        if let Some(cell) = row.and_then(|row| row.get_mut(place(found.said.as_ref()))) {
            *cell += found.count;
        }
    }
    ConfusionView {
        names: names.into_iter().map(|name| product_name(desk, name)).collect(),
        counts,
    }
}

fn mistake(found: &Mistake, photos: &BTreeMap<i64, Photo>, desk: &Desk) -> MistakeView {
    let words = desk.words();
    let name = |class: Option<&String>| class.map_or_else(String::new, |class| product_name(desk, class));
    let (there, said) = (name(found.there.as_ref()), name(found.said.as_ref()));
    let [x0, y0, x1, y1] = found.bbox;
    MistakeView {
        photo: photos.get(&found.photo).cloned(),
        bbox: CornerBox { x0, y0, x1, y1 },
        words: match found.fault {
            Fault::Mistaken => words.with(ModelsWord::Mistaken, &[("there", &there), ("said", &said)]),
            Fault::Missed => words.with(ModelsWord::Missed, &[("there", &there)]),
            Fault::Imagined => words.with(ModelsWord::Imagined, &[("said", &said)]),
        },
        cost: if found.cost_minor == 0 {
            words.say(ModelsWord::CostNothing)
        } else {
            let amount = amount(f64::from(found.cost_minor), desk);
            words.with(ModelsWord::Cost, &[("amount", &amount)])
        },
    }
}
