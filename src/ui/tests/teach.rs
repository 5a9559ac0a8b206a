//! The pages of teaching: photos, boxes, a picture to try.

use std::sync::Arc;

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2};
use egui_kittest::{Harness, kittest::Queryable as _};

use super::{Bench, LANDSCAPE, PORTRAIT, bench, lane, press};
use crate::{
    frame::{Rgb, RgbImage},
    geom::{ClassId, CornerBox},
    ui::{
        command::Command,
        office::{
            OfficeCommand, PageView,
            labels::{LabelEdit, LabelFilter, LabelsCommand, LabelsView, PhotoRow, PhotoState},
            photos::{Guidance, Mode, PhotosCommand, PhotosView, Subject, TrayStatus},
            try_picture::TryCommand,
        },
        samples::{office_page, sku, teach},
        view::{LaneView, Screen},
        words::Lang,
    },
};

const LEFT: CornerBox = CornerBox::new(0.1, 0.2, 0.3, 0.6);
const RIGHT: CornerBox = CornerBox::new(0.6, 0.3, 0.8, 0.7);
const THIRD: CornerBox = CornerBox::new(0.4, 0.7, 0.5, 0.9);

fn picture() -> Arc<RgbImage> {
    Arc::new(RgbImage::from_pixel(640, 480, Rgb([180, 175, 170])))
}

fn labels_view() -> LabelsView {
    teach::labels(Lang::English, &picture(), &[(1, LEFT), (2, RIGHT), (3, THIRD)])
}

fn office(page: PageView) -> LaneView {
    lane(Screen::Office(office_page(page)))
}

fn labels() -> LaneView {
    office(PageView::Labels(labels_view()))
}

fn photos() -> PhotosView {
    teach::photos(Lang::English, &picture(), LEFT)
}

/// What the page of boxes was asked for.
fn wishes(harness: &mut Harness<'_, Bench>) -> Vec<LabelsCommand> {
    let out = std::mem::take(&mut harness.state_mut().out);
    out.into_iter()
        .filter_map(|wish| {
            let Command::Office(OfficeCommand::Labels(wish)) = wish else {
                return None;
            };
            (!matches!(wish, LabelsCommand::Look(_))).then_some(wish)
        })
        .collect()
}

/// Where the photo lies on the screen: within the canvas, as large as it goes.
fn place(harness: &Harness<'_, Bench>) -> Rect {
    let room = harness.get_by_label("Photo: drag to draw a box").rect();
    let scale = (room.width() / 640.0).min(room.height() / 480.0);
    Rect::from_center_size(room.center(), eframe::egui::vec2(640.0, 480.0) * scale)
}

fn at(place: Rect, x: f32, y: f32) -> Pos2 {
    place.min + eframe::egui::vec2(x * place.width(), y * place.height())
}

fn button(harness: &mut Harness<'_, Bench>, pos: Pos2, pressed: bool) {
    harness.event(Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(1);
}

fn drag(harness: &mut Harness<'_, Bench>, from: Pos2, to: Pos2) {
    harness.event(Event::PointerMoved(from));
    harness.run_steps(1);
    button(harness, from, true);
    for step in [0.3, 0.7, 1.0] {
        harness.event(Event::PointerMoved(from + (to - from) * step));
        harness.run_steps(1);
    }
    button(harness, to, false);
    harness.run_steps(1);
}

fn click(harness: &mut Harness<'_, Bench>, pos: Pos2) {
    harness.event(Event::PointerMoved(pos));
    harness.run_steps(1);
    button(harness, pos, true);
    button(harness, pos, false);
    harness.run_steps(1);
}

fn near(a: CornerBox, b: CornerBox) -> bool {
    a.iou(b) > 0.98
}

#[test]
fn a_drag_on_the_photo_draws_a_box_of_the_chosen_class() {
    let mut harness = bench(labels(), LANDSCAPE);
    harness.key_press(Key::Num3);
    harness.run_steps(2);
    let place = place(&harness);
    drag(&mut harness, at(place, 0.35, 0.1), at(place, 0.5, 0.25));
    let wishes = wishes(&mut harness);
    let [LabelsCommand::Edit(edits)] = wishes.as_slice() else {
        panic!("{wishes:?}");
    };
    let [LabelEdit::Add { class, bbox }] = edits.as_slice() else {
        panic!("{edits:?}");
    };
    assert_eq!(*class, ClassId(3));
    assert!(near(*bbox, CornerBox::new(0.35, 0.1, 0.5, 0.25)), "{bbox:?}");
}

#[test]
fn a_box_is_chosen_moved_resized_named_and_removed() {
    let mut harness = bench(labels(), LANDSCAPE);
    let place = place(&harness);
    click(&mut harness, at(place, 0.2, 0.4));
    drag(&mut harness, at(place, 0.2, 0.4), at(place, 0.3, 0.4));
    let moved = CornerBox::new(0.2, 0.2, 0.4, 0.6);
    match wishes(&mut harness).as_slice() {
        [LabelsCommand::Edit(edits)] => match edits.as_slice() {
            [LabelEdit::Move { id: 11, bbox }] => assert!(near(*bbox, moved), "{bbox:?}"),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
    drag(&mut harness, at(place, 0.3, 0.6), at(place, 0.35, 0.7));
    let larger = CornerBox::new(0.1, 0.2, 0.35, 0.7);
    match wishes(&mut harness).as_slice() {
        [LabelsCommand::Edit(edits)] => match edits.as_slice() {
            [LabelEdit::Move { id: 11, bbox }] => assert!(near(*bbox, larger), "{bbox:?}"),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
    harness.key_press(Key::Num2);
    harness.run_steps(2);
    let named = LabelEdit::SetClass {
        id: 11,
        class: ClassId(2),
    };
    assert_eq!(wishes(&mut harness), [LabelsCommand::Edit(vec![named])]);
    harness.key_press(Key::Delete);
    harness.run_steps(2);
    let removed = LabelsCommand::Edit(vec![LabelEdit::Remove { id: 11 }]);
    assert_eq!(wishes(&mut harness), [removed]);
}

#[test]
fn keys_of_the_page_of_boxes() {
    let proposal = labels_view().open.unwrap().proposals[0];
    let edit = |edit| LabelsCommand::Edit(vec![edit]);
    let expected = [
        (Key::Enter, LabelsCommand::CheckAndStep),
        (Key::D, LabelsCommand::Step(1)),
        (Key::A, LabelsCommand::Step(-1)),
        (Key::PageDown, LabelsCommand::Step(1)),
        (Key::C, LabelsCommand::CopyToNext),
        (Key::P, LabelsCommand::Propose),
        (Key::Y, edit(LabelEdit::Accept(proposal))),
        (Key::N, edit(LabelEdit::NothingHere(true))),
        (Key::X, edit(LabelEdit::SetState(PhotoState::Ignored))),
    ];
    let mut harness = bench(labels(), LANDSCAPE);
    for (key, wanted) in expected {
        harness.key_press(key);
        harness.run_steps(2);
        assert_eq!(wishes(&mut harness), [wanted], "{key:?}");
    }
    harness.key_press(Key::B);
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    match wishes(&mut harness).as_slice() {
        [LabelsCommand::Edit(edits)] => match edits.as_slice() {
            // One of 640 pixels.
            [LabelEdit::Move { id: 11, bbox }] => assert!((bbox.x0 - LEFT.x0 - 1.0 / 640.0).abs() < 1e-5),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_keys_are_shown_on_demand() {
    let mut harness = bench(labels(), LANDSCAPE);
    assert!(harness.query_by_label("Copy boxes to the next photo").is_none());
    harness.event(Event::Text("?".to_owned()));
    harness.run_steps(3);
    harness.get_by_label("Copy boxes to the next photo");
    harness.get_by_label("Close keys").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Copy boxes to the next photo").is_none());
}

#[test]
fn a_click_takes_a_proposal_over() {
    let proposal = labels_view().open.unwrap().proposals[0];
    let mut harness = bench(labels(), LANDSCAPE);
    let place = place(&harness);
    click(&mut harness, at(place, 0.45, 0.8));
    let taken = LabelsCommand::Edit(vec![LabelEdit::Accept(proposal)]);
    assert_eq!(wishes(&mut harness), [taken]);
}

#[test]
fn zoomed_in_a_drag_means_the_same_place() {
    let mut harness = bench(labels(), LANDSCAPE);
    let place = place(&harness);
    harness.event(Event::PointerMoved(place.center()));
    harness.run_steps(1);
    // Twice as large around the middle: what lies at 0.55 is now at 0.6.
    harness.event(Event::Zoom(2.0));
    harness.run_steps(2);
    drag(&mut harness, at(place, 0.2, 0.1), at(place, 0.4, 0.2));
    let wishes = wishes(&mut harness);
    let [LabelsCommand::Edit(edits)] = wishes.as_slice() else {
        panic!("{wishes:?}");
    };
    let [LabelEdit::Add { bbox, .. }] = edits.as_slice() else {
        panic!("{edits:?}");
    };
    assert!(near(*bbox, CornerBox::new(0.35, 0.3, 0.45, 0.35)), "{bbox:?}");
}

#[test]
fn photos_are_filtered_opened_and_checked_by_name() {
    let boxes = |wish: LabelsCommand| vec![Command::Office(OfficeCommand::Labels(wish))];
    let without_look = |label: &str| {
        let mut out = press(&labels(), label);
        out.retain(|wish| {
            !matches!(
                wish,
                Command::Office(OfficeCommand::Labels(LabelsCommand::Look(_)))
            )
        });
        out
    };
    let filter = LabelFilter {
        state: Some(PhotoState::Checked),
        ..LabelFilter::default()
    };
    assert_eq!(
        without_look("Checked 10"),
        boxes(LabelsCommand::SetFilter(filter))
    );
    assert_eq!(without_look("Check, next"), boxes(LabelsCommand::CheckAndStep));
    assert_eq!(without_look("Copy to next"), boxes(LabelsCommand::CopyToNext));
    assert_eq!(without_look("Delete photo"), boxes(LabelsCommand::Delete));
    assert_eq!(
        without_look("Photo 3, Labelled, 3 boxes"),
        boxes(LabelsCommand::Open(3))
    );
}

#[test]
fn ten_thousand_photos_cost_no_more_than_those_in_sight() {
    let mut view = labels_view();
    let row = |id: i64| PhotoRow {
        id,
        state: PhotoState::New,
        boxes: 0,
        is_correction: false,
        uncertainty: None,
    };
    view.photos = Arc::new((1..=10_000).map(row).collect());
    view.thumbs = Arc::default();
    let mut harness = bench(office(PageView::Labels(view)), LANDSCAPE);
    harness.run_steps(2);
    assert!(harness.query_by_label("Photo 1, New, no box").is_some());
    assert!(
        harness.query_by_label("Photo 60, New, no box").is_none(),
        "out of sight"
    );
}

#[test]
fn a_photo_that_is_gone_says_so() {
    let mut view = labels_view();
    let open = view.open.as_mut().unwrap();
    open.picture = None;
    open.missing = Some("The file is gone.".to_owned());
    let harness = bench(office(PageView::Labels(view)), PORTRAIT);
    harness.get_by_label("The file is gone.");
}

#[test]
fn photos_are_taken_and_confirmed_by_one_key() {
    let office_wish = |wish: PhotosCommand| Command::Office(OfficeCommand::Photos(wish));
    let live = office(PageView::Photos(photos()));
    assert_eq!(press(&live, "Take photo"), [office_wish(PhotosCommand::Take)]);
    assert_eq!(super::key(&live, Key::Enter), [office_wish(PhotosCommand::Take)]);
    assert_eq!(
        super::key(&live, Key::T),
        [office_wish(PhotosCommand::Turn(true))]
    );
    assert_eq!(
        press(&live, "Tray is empty"),
        [office_wish(PhotosCommand::EmptyTray)]
    );
    assert_eq!(
        press(&live, "Import photos"),
        [office_wish(PhotosCommand::ChooseFiles)]
    );
    let mango = Subject::Product(sku("oat-drink"));
    assert_eq!(
        press(&live, "Photograph Oat drink"),
        [office_wish(PhotosCommand::Choose(mango))]
    );
    let shot = office(PageView::Photos(teach::shot(Lang::English, &picture(), LEFT)));
    assert_eq!(
        super::key(&shot, Key::Enter),
        [office_wish(PhotosCommand::Confirm)]
    );
    assert_eq!(
        super::key(&shot, Key::Escape),
        [office_wish(PhotosCommand::Discard)]
    );
    assert_eq!(press(&shot, "Confirm"), [office_wish(PhotosCommand::Confirm)]);
}

#[test]
fn every_obstacle_is_one_sentence() {
    let sentences = [
        (Guidance::TooDark, "Too dark. Switch on more light."),
        (
            Guidance::HandAway,
            "Take your hand away, or move the product to the middle.",
        ),
        (Guidance::Turn, "Turn it a little."),
        (
            Guidance::CameraMoved,
            "The camera has moved. Empty the tray and photograph it again.",
        ),
    ];
    for (guidance, sentence) in sentences {
        let mut view = photos();
        view.guidance = Some(guidance);
        bench(office(PageView::Photos(view)), LANDSCAPE).get_by_label(sentence);
    }
}

#[test]
fn without_the_empty_tray_nothing_is_turned() {
    let mut view = photos();
    view.tray = TrayStatus::Missing;
    let live = office(PageView::Photos(view));
    assert_eq!(super::key(&live, Key::T), []);
    let mut turning = photos();
    turning.mode = Mode::Turning {
        seconds_left: 12,
        taken: 9,
    };
    let turning = office(PageView::Photos(turning));
    let stop = Command::Office(OfficeCommand::Photos(PhotosCommand::Turn(false)));
    assert_eq!(press(&turning, "Stop"), [stop]);
}

#[test]
fn the_brush_draws_over_the_photo() {
    let shot = office(PageView::Photos(teach::shot(Lang::English, &picture(), LEFT)));
    let mut harness = bench(shot, LANDSCAPE);
    let place = harness.get_by_label("Photo: drag to mend the outline").rect();
    drag(&mut harness, at(place, 0.5, 0.5), at(place, 0.7, 0.5));
    let strokes: Vec<(bool, bool, f32)> = harness
        .state()
        .out
        .iter()
        .filter_map(|wish| {
            let Command::Office(OfficeCommand::Photos(PhotosCommand::Brush { stroke, first })) = wish else {
                return None;
            };
            Some((*first, stroke.adds, stroke.to.0))
        })
        .collect();
    assert!(strokes.len() >= 2, "{strokes:?}");
    assert!(
        strokes[0].0 && strokes[1..].iter().all(|stroke| !stroke.0),
        "one step: {strokes:?}"
    );
    assert!(strokes.iter().all(|stroke| stroke.1));
    assert!((strokes[strokes.len() - 1].2 - 0.7).abs() < 0.01, "{strokes:?}");
}

#[test]
fn the_slider_hides_boxes_without_asking_the_model() {
    let boxes = [(1, LEFT), (2, RIGHT), (3, THIRD), (4, LEFT), (5, RIGHT)];
    let view = teach::tried(Lang::English, &picture(), &boxes);
    let mut harness = bench(office(PageView::TryPicture(view)), LANDSCAPE);
    harness.get_by_label("4 things found");
    harness.get_by_label("32 ms");
    let name = "Show what the model is at least this sure of";
    let slider = harness
        .get_all_by_label(name)
        .max_by(|a, b| a.rect().min.y.total_cmp(&b.rect().min.y));
    let rect = slider.unwrap().rect();
    click(&mut harness, pos2(rect.max.x - 3.0, rect.center().y));
    harness.run_steps(2);
    harness.get_by_label("Nothing found");
    click(&mut harness, pos2(rect.min.x + 3.0, rect.center().y));
    harness.run_steps(2);
    harness.get_by_label("5 things found");
    let asked = harness
        .state()
        .out
        .iter()
        .any(|wish| matches!(wish, Command::Office(_)));
    assert!(!asked, "the detector does not run again");
}

#[test]
fn a_picture_is_chosen_in_three_ways() {
    let view = teach::tried(Lang::English, &picture(), &[(1, LEFT)]);
    let page = office(PageView::TryPicture(view));
    let wish = |wish: TryCommand| vec![Command::Office(OfficeCommand::TryPicture(wish))];
    assert_eq!(press(&page, "Choose a picture"), wish(TryCommand::ChooseFile));
    assert_eq!(
        press(&page, "Take it from the camera"),
        wish(TryCommand::FromCamera)
    );
    assert_eq!(press(&page, "Show an example"), wish(TryCommand::Demo));
}

#[test]
fn the_report_of_an_import_keeps_the_keys_to_itself() {
    let mut view = photos();
    view.import = Some(Box::new(teach::import_report()));
    let page = office(PageView::Photos(view));
    let close = [Command::Office(OfficeCommand::Photos(PhotosCommand::CloseImport))];
    assert_eq!(
        super::key(&page, Key::Enter),
        close,
        "no photo is taken behind it"
    );
    assert_eq!(super::key(&page, Key::Escape), close);
    assert_eq!(super::key(&page, Key::E), []);
}

#[test]
fn an_import_tells_of_duplicates_and_refusals() {
    let mut view = photos();
    view.import = Some(Box::new(teach::import_report()));
    let page = office(PageView::Photos(view));
    let close = Command::Office(OfficeCommand::Photos(PhotosCommand::CloseImport));
    assert_eq!(press(&page, "Done"), [close]);
    let harness = bench(page, LANDSCAPE);
    harness.get_by_label("19 new photos");
    harness.get_by_label("3 are here already and were left out");
    harness.get_by_label("2 new photos look almost like ones that are here");
}
