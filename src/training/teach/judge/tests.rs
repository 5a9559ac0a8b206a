use super::*;
use crate::geom::{ClassId, Detection};

fn figures(classes: &[(&str, usize, f64)], wrong_charge: f64) -> ModelFigures {
    let classes = classes.iter().map(|(name, objects, ap50)| {
        let figures = ClassFigures {
            objects: *objects,
            ap50: Some(*ap50),
            ..ClassFigures::default()
        };
        ((*name).to_owned(), figures)
    });
    ModelFigures {
        classes: classes.collect(),
        wrong_charge_minor: Some(wrong_charge),
        ..ModelFigures::default()
    }
}

fn verdict(live: &ModelFigures, candidate: &ModelFigures) -> Verdict {
    let none = ModelFigures::default();
    verdict::of((live, candidate), (&none, &none), &["tea".to_owned()], 30)
}

#[test]
fn a_candidate_that_learned_and_forgot_nothing_is_better() {
    let live = figures(&[("apple", 40, 0.9), ("tea", 20, 0.0)], 120.0);
    let candidate = figures(&[("apple", 40, 0.89), ("tea", 20, 0.86)], 20.0);
    let found = verdict(&live, &candidate);
    assert!(found.is_offered());
    assert_eq!(
        found.reasons(),
        [Reason::Learned {
            class: "tea".to_owned(),
            ap50: 0.86
        }]
    );
}

#[test]
fn what_was_forgotten_or_not_learned_makes_it_worse() {
    let live = figures(&[("apple", 40, 0.9), ("tea", 20, 0.0)], 120.0);
    let forgot = verdict(&live, &figures(&[("apple", 40, 0.8), ("tea", 20, 0.9)], 20.0));
    assert!(!forgot.is_offered());
    assert_eq!(
        forgot.reasons()[0].sentence(),
        "apple is recognised less well than before (80 % instead of 90 %)"
    );
    let dull = verdict(&live, &figures(&[("apple", 40, 0.9), ("tea", 20, 0.2)], 120.0));
    assert_eq!(dull.word(), "worse");
    let dear = verdict(&live, &figures(&[("apple", 40, 0.9), ("tea", 20, 0.9)], 160.0));
    assert!(matches!(dear.reasons(), [Reason::ChargesWorse { .. }]));
    // Five apples are too few to say that something was forgotten.
    let few = figures(&[("apple", 5, 0.9), ("tea", 20, 0.0)], 120.0);
    assert!(verdict(&few, &figures(&[("apple", 5, 0.7), ("tea", 20, 0.9)], 20.0)).is_offered());
}

#[test]
fn without_anything_to_judge_by_nothing_is_said() {
    let none = ModelFigures::default();
    let found = verdict::of((&none, &none), (&none, &none), &[], 0);
    assert_eq!(found, Verdict::CannotTell);
    assert!(!found.is_offered());
}

#[test]
fn mistakes_are_told_apart_and_the_dearest_comes_first() {
    let names = ClassNames::new(["apple", "tea"]);
    let at = |x: f32| CornerBox::new(x, 0.0, x + 0.2, 0.2);
    let labelled = |class, x, difficult| LabelledBox {
        class: ClassId(class),
        bbox: at(x),
        difficult,
    };
    let found = |class, x| Detection {
        class: ClassId(class),
        score: 0.8,
        bbox: at(x),
    };
    let photo = JudgePhoto {
        id: 7,
        labelled: LabelledPicture {
            picture: crate::frame::RgbImage::new(4, 4),
            // Right, mistaken, missed, hard to see.
            boxes: vec![
                labelled(1, 0.0, false),
                labelled(1, 0.25, false),
                labelled(2, 0.5, false),
                labelled(2, 0.75, true),
            ],
        },
    };
    let measured = figures::Measured {
        figures: ModelFigures::default(),
        found: vec![vec![
            found(1, 0.0),
            found(2, 0.25),
            found(1, 0.75),
            found(2, 0.01),
        ]],
    };
    let settings = JudgeSettings {
        prices_minor: BTreeMap::from([("apple".to_owned(), 50), ("tea".to_owned(), 300)]),
        ..JudgeSettings::default()
    };
    let worst = mistakes::worst(&measured, &[photo], &names, &settings);
    let told: Vec<(Fault, u32)> = worst
        .iter()
        .map(|mistake| (mistake.fault, mistake.cost_minor))
        .collect();
    assert_eq!(told.len(), 3, "{worst:?}");
    assert!(told.contains(&(Fault::Missed, 300)));
    assert!(told.contains(&(Fault::Imagined, 300)), "seen twice");
    assert_eq!(told[2], (Fault::Mistaken, 250));
    assert_eq!(worst[2].there.as_deref(), Some("apple"));
    assert_eq!(worst[2].photo, 7);
}
