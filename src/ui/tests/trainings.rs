//! The pages of teaching, by what they are called.

use std::sync::Arc;

use egui_kittest::kittest::Queryable as _;

use super::{LANDSCAPE, PORTRAIT, bench};
use crate::ui::{
    command::Command,
    office::{
        OfficeCommand, Page, PageView,
        data_sets::{
            DataSetsCommand,
            view::{DataSetsView, LabelStyle},
        },
        models::{ModelsCommand, view::Said},
        training::{
            TrainingCommand,
            view::{Effort, Hold, TrainingView, Wishes},
        },
    },
    samples, samples_teach,
    view::{LaneView, Screen},
    words::Lang,
};

fn on(page: PageView) -> LaneView {
    samples::lane(Lang::English, Screen::Office(samples::office_page(page)))
}

fn data_sets() -> LaneView {
    on(PageView::DataSets(samples_teach::data_sets(Lang::English)))
}

fn models(said: Said) -> LaneView {
    let tray = Arc::new(samples::tray(320, 240));
    on(PageView::Models(samples_teach::models(
        Lang::English,
        &tray,
        said,
    )))
}

/// Presses one control after the other, in both orientations, and gives what was asked for on the pages.
fn presses(view: &LaneView, labels: &[&str]) -> Vec<OfficeCommand> {
    let mut both = [LANDSCAPE, PORTRAIT].map(|size| {
        let mut harness = bench(view.clone(), size);
        for label in labels {
            harness.get_by_label(label).click();
            harness.run_steps(3);
        }
        let out = std::mem::take(&mut harness.state_mut().out);
        let wishes = out.into_iter().filter_map(|command| {
            if let Command::Office(wish) = command {
                Some(wish)
            } else {
                None
            }
        });
        wishes.collect::<Vec<_>>()
    });
    assert_eq!(both[0], both[1], "both orientations do the same on {labels:?}");
    std::mem::take(&mut both[0])
}

#[test]
fn photos_are_brought_in_by_folder_or_by_file() {
    for (labels, wanted) in [
        (
            vec!["Bring photos in", "Choose a folder"],
            DataSetsCommand::ChooseFolder { empty_place: false },
        ),
        (
            vec![
                "Bring photos in",
                "Photos without labels show none of the products",
                "Choose a label file",
            ],
            DataSetsCommand::ChooseFile { empty_place: true },
        ),
        (
            vec![
                "Write out",
                "Table (CSV)",
                "Only the eight usual columns",
                "Choose where",
            ],
            DataSetsCommand::WriteOut {
                style: LabelStyle::Table,
                plain: true,
                version: None,
            },
        ),
        (
            vec!["Versions", "Write version 2 out", "COCO (JSON)", "Choose where"],
            DataSetsCommand::WriteOut {
                style: LabelStyle::Coco,
                plain: false,
                version: Some(2),
            },
        ),
        (
            vec![
                "Versions",
                "Freeze a version",
                "Only photos that were checked",
                "Freeze",
            ],
            DataSetsCommand::Freeze {
                note: String::new(),
                checked_only: true,
                shares: (15, 15),
            },
        ),
        (vec!["Versions", "Verify version 2"], DataSetsCommand::Verify(2)),
        (vec!["Check", "Check now"], DataSetsCommand::Check),
        (vec!["Check", "Mend all 4"], DataSetsCommand::Mend(None)),
        (
            vec!["Check", "Mend 1: Tiny box"],
            DataSetsCommand::Mend(Some("tiny-box")),
        ),
    ] {
        assert_eq!(
            presses(&data_sets(), &labels),
            [OfficeCommand::DataSets(wanted)],
            "{labels:?}"
        );
    }
    let incoming = on(PageView::DataSets(samples_teach::incoming(Lang::English)));
    let taken = [OfficeCommand::DataSets(DataSetsCommand::BringIn)];
    assert_eq!(presses(&incoming, &["Take 42 photos in"]), taken);
    let left = [OfficeCommand::DataSets(DataSetsCommand::LeaveOut)];
    assert_eq!(presses(&incoming, &["Cancel"]), left);
    let working = on(PageView::DataSets(samples_teach::working(Lang::English)));
    let stopped = [OfficeCommand::DataSets(DataSetsCommand::Stop)];
    assert_eq!(presses(&working, &["Stop"]), stopped);
}

#[test]
fn faults_say_where_they_are_and_lead_to_where_they_are_mended() {
    let few = presses(
        &data_sets(),
        &["Check", "Photograph: Too few photos of a product"],
    );
    assert_eq!(few, [OfficeCommand::Open(Page::Photos)]);
    let mut harness = bench(data_sets(), LANDSCAPE);
    harness.get_by_label("Check").click();
    harness.run_steps(3);
    harness.get_by_label("Checked at 12:03: 1 to mend, 19 to look at");
    assert!(harness.query_by_label("photo 17").is_none());
    // The row and its title have one name; the row is what is pressed.
    let row = harness.get_all_by_label("Photo cannot be read").next().unwrap();
    row.click();
    harness.run_steps(3);
    harness.get_by_label("photo 17");
}

#[test]
fn an_empty_page_offers_the_first_step() {
    let empty = on(PageView::DataSets(DataSetsView::default()));
    let step = presses(&empty, &["Photograph a product"]);
    assert_eq!(step, [OfficeCommand::Open(Page::Photos)]);
}

#[test]
fn the_recipe_leads_through_its_steps_and_one_button_trains() {
    let ready = on(PageView::Training(samples_teach::training(Lang::English)));
    let usual = OfficeCommand::Training(TrainingCommand::Start(Wishes::default()));
    assert_eq!(presses(&ready, &["Train now"]), [usual]);
    let wishes = Wishes {
        effort: Effort::Quick,
        hold: Hold::Firm,
        version: Some(2),
    };
    let labels = [
        "How to train",
        "Quick try",
        "Firmly",
        "Version 2",
        "Done",
        "Train now",
    ];
    assert_eq!(
        presses(&ready, &labels),
        [OfficeCommand::Training(TrainingCommand::Start(wishes))]
    );
    let step = presses(&ready, &["1. Photograph: Lemon: 22 of 30 photos"]);
    assert_eq!(step, [OfficeCommand::Open(Page::Photos)]);
    let last = presses(&ready, &["4. Try it: Old and new side by side"]);
    assert_eq!(last, [OfficeCommand::Open(Page::Models)]);
    let again = presses(&ready, &["Try again: Lemon, Plum"]);
    assert_eq!(again, [OfficeCommand::Training(TrainingCommand::Again(4))]);
}

#[test]
fn nothing_trains_before_what_is_red_is_done() {
    let not_ready = on(PageView::Training(samples_teach::training_not_ready(
        Lang::English,
    )));
    assert_eq!(presses(&not_ready, &["Train now"]), []);
    let asked = presses(
        &not_ready,
        &["Photograph: Plum has only 5 photos. Take at least 3 more, from other sides."],
    );
    assert_eq!(asked, [OfficeCommand::Open(Page::Photos)]);
    let nobody = on(PageView::Training(TrainingView::default()));
    assert_eq!(presses(&nobody, &["Train now"]), []);
}

#[test]
fn a_training_at_work_rests_and_is_given_up() {
    let at_work = on(PageView::Training(samples_teach::training_at_work(Lang::English)));
    let rest = [OfficeCommand::Training(TrainingCommand::Pause)];
    assert_eq!(presses(&at_work, &["Let it rest"]), rest);
    let stop = [OfficeCommand::Training(TrainingCommand::Cancel(5))];
    assert_eq!(presses(&at_work, &["Give up"]), stop);
    let harness = bench(at_work, LANDSCAPE);
    harness.get_by_label("62 % \u{b7} learns \u{b7} about 4 minutes left");
}

#[test]
fn a_model_goes_live_and_back_and_is_looked_at() {
    let better = models(Said::Better);
    for (labels, wanted) in [
        (vec!["Put it live"], ModelsCommand::Promote("shop-5".to_owned())),
        (vec!["Go back to checkout-4"], ModelsCommand::RollBack),
        (
            vec!["shop-2, earlier"],
            ModelsCommand::Choose("shop-2".to_owned()),
        ),
    ] {
        assert_eq!(
            presses(&better, &labels),
            [OfficeCommand::Models(wanted)],
            "{labels:?}"
        );
    }
    let worse = models(Said::Worse);
    let promoted = [OfficeCommand::Models(ModelsCommand::Promote("shop-5".to_owned()))];
    assert_eq!(presses(&worse, &["Put it live all the same"]), promoted);
}

#[test]
fn figures_mix_ups_and_mistakes_have_names() {
    let mut harness = bench(models(Said::Better), LANDSCAPE);
    harness.get_by_label("Baskets all right (cAcc): 55.0 %, 88.3 %");
    harness.get_by_label("Lemon (10): \u{2013}, 96 %");
    harness.get_by_label("Mix-ups").click();
    harness.run_steps(3);
    harness.get_by_label("Pear Conference taken for Apple Elstar: 2");
    harness.get_by_label("Worst mistakes").click();
    harness.run_steps(3);
    harness.get_by_label("Whole milk 1 l, not seen");
    harness.get_by_label("Curves").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Apple Elstar (1 / 6)").is_some());
}

#[test]
fn old_and_new_stand_side_by_side_while_somebody_looks() {
    let labels = ["Side by side", "Demo picture", "Figures"];
    let wanted = [
        ModelsCommand::Compare(true),
        ModelsCommand::UseLive(false),
        ModelsCommand::Compare(false),
    ];
    assert_eq!(
        presses(&models(Said::Better), &labels),
        wanted.map(OfficeCommand::Models)
    );
}
