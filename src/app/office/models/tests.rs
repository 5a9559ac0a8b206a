//! The page over a store in memory.

use std::collections::BTreeMap;

use crate::{
    app::office::bench::Bench,
    domain::staff::Role,
    store::models::{NewModel, PromoteRequest},
    training::teach::judge::{
        ClassFigures, Confused, Fault, Judgement, Mistake, ModelFigures, Reason, Verdict,
    },
    ui::office::{
        OfficeCommand, Page, PageView,
        models::{
            ModelsCommand, ModelsView,
            view::{Figure, Said, Standing},
        },
    },
};

const CATALOG: &str = "sku,name,name_de,department,unit,price,currency,tax,tax_percent,plu,active,class\n\
    PLUM,Plum,Pflaume,Fruit,each,0.35,EUR,reduced,7,4040,yes,plum\n";

fn figures(model: &str, ap50: f64, wrong: f64) -> ModelFigures {
    let class = ClassFigures {
        objects: 9,
        ap50: Some(ap50),
        ..ClassFigures::default()
    };
    ModelFigures {
        model: model.to_owned(),
        ap50: Some(ap50),
        classes: BTreeMap::from([("plum".to_owned(), class)]),
        confusion: vec![
            Confused {
                there: Some("plum".to_owned()),
                said: Some("plum".to_owned()),
                count: 8,
            },
            Confused {
                there: Some("plum".to_owned()),
                said: None,
                count: 1,
            },
        ],
        wrong_charge_minor: Some(wrong),
        ..ModelFigures::default()
    }
}

fn judgement(verdict: Verdict) -> String {
    let judgement = Judgement {
        photos: 12,
        on_learned_photos: false,
        live: figures("old", 0.9, 10.0),
        candidate: figures("new", 0.7, 25.0),
        live_trays: ModelFigures::default(),
        candidate_trays: ModelFigures::default(),
        worst: vec![Mistake {
            photo: 99,
            fault: Fault::Missed,
            there: Some("plum".to_owned()),
            said: None,
            bbox: [0.1, 0.1, 0.5, 0.5],
            score: 0.0,
            cost_minor: 35,
        }],
        verdict,
    };
    serde_json::to_string(&judgement).unwrap()
}

fn worse() -> Verdict {
    Verdict::Worse {
        reasons: vec![Reason::Forgotten {
            class: "plum".to_owned(),
            before: 0.9,
            after: 0.7,
        }],
    }
}

/// A shop with a model in use and a new one, judged so.
fn bench(role: Role, verdict: Verdict) -> Bench {
    let mut bench = Bench::on(CATALOG, role, Page::Models);
    let by = ("Kim", bench.now());
    for (name, figures) in [("old", "{}".to_owned()), ("new", judgement(verdict))] {
        let model = NewModel {
            name: name.to_owned(),
            digest: name.to_owned(),
            run: None,
            data_set: None,
            figures,
        };
        bench.store.add_model(&model, by).unwrap();
    }
    let live = PromoteRequest {
        model: "old",
        reason: "",
        overridden: false,
    };
    bench.store.promote(&live, by).unwrap();
    bench.wish(OfficeCommand::Open(Page::Models));
    bench
}

fn view(bench: &Bench) -> ModelsView {
    let PageView::Models(view) = bench.page() else {
        panic!("another page is open");
    };
    view
}

#[test]
fn the_model_in_use_comes_first_and_the_new_one_is_shown() {
    let bench = bench(Role::Manager, worse());
    let shown = view(&bench);
    let rows: Vec<(&str, Standing, Option<Said>)> = shown
        .models
        .iter()
        .map(|row| (row.name.as_str(), row.standing, row.said))
        .collect();
    assert_eq!(
        rows,
        [
            ("old", Standing::Live, None),
            ("new", Standing::Candidate, Some(Said::Worse))
        ]
    );
    let chosen = shown.chosen.unwrap();
    assert_eq!(chosen.name, "new");
    let judged = chosen.judged.as_ref().unwrap();
    assert_eq!(
        judged.reasons,
        [(
            true,
            "Plum is recognised less well (70 % instead of 90 %)".to_owned()
        )]
    );
    let of = |figure| judged.figures.iter().find(|row| row.figure == figure).unwrap();
    assert_eq!(of(Figure::Found).better, Some(false));
    let wrong = of(Figure::WrongCharge);
    assert_eq!((wrong.live.as_str(), wrong.new.as_str()), ("€0.10", "€0.25"));
    assert_eq!(judged.confusion.names, ["Plum"]);
    assert_eq!(judged.confusion.counts, [vec![8, 1], vec![0, 0]]);
    assert_eq!(judged.worst[0].words, "Plum, not seen");
    assert_eq!(judged.worst[0].cost, "would cost €0.35");
}

#[test]
fn a_worse_model_asks_for_a_reason_and_a_better_one_does_not() {
    let better = Verdict::Better { reasons: Vec::new() };
    for (verdict, wants_reason) in [(worse(), true), (better, false), (Verdict::CannotTell, true)] {
        let mut bench = bench(Role::Manager, verdict);
        bench.wish(OfficeCommand::Models(ModelsCommand::Promote("new".to_owned())));
        let question = bench.view().confirm.unwrap();
        assert_eq!(question.wants_reason, wants_reason);
        bench.wish(OfficeCommand::Confirm {
            reason: "the plums are here".to_owned(),
        });
        // The files of this model are not there: one sentence, and the old one stays.
        assert!(bench.view().problem.is_some());
        assert_eq!(view(&bench).models[0].name, "old");
        assert!(!view(&bench).busy);
    }
}

#[test]
fn a_teacher_sees_the_figures_and_may_not_put_a_model_live() {
    let mut bench = bench(Role::Teacher, worse());
    assert!(!view(&bench).may_promote);
    bench.wish(OfficeCommand::Models(ModelsCommand::Promote("new".to_owned())));
    let shown = bench.view();
    assert!(shown.confirm.is_none() && shown.problem.is_some());
}

#[test]
fn going_back_names_the_model_that_comes() {
    let mut bench = bench(Role::Manager, worse());
    assert_eq!(view(&bench).earlier, None);
    let by = ("Kim", bench.now());
    let newer = PromoteRequest {
        model: "new",
        reason: "needed",
        overridden: true,
    };
    bench.store.promote(&newer, by).unwrap();
    bench.wish(OfficeCommand::Open(Page::Models));
    let shown = view(&bench);
    assert_eq!(shown.earlier.as_deref(), Some("old"));
    assert_eq!(shown.models[0].name, "new");
    assert!(shown.history[0].overridden);
    assert_eq!(shown.history[0].reason, "needed");
}
