//! The page of boxes over a store in memory.

use crate::{
    app::{
        office::bench::{Bench, NOON},
        photo_files::PhotoFolder,
    },
    domain::staff::Role,
    frame::{Rgb, RgbImage},
    geom::{ClassId, CornerBox},
    store::photos::{Added, NewPhoto, PhotoSource, ReviewState},
    ui::office::{
        OfficeCommand, Page, PageView,
        labels::{LabelEdit, LabelFilter, LabelsCommand, LabelsView, PhotoState, Proposal},
    },
};

const BOX: CornerBox = CornerBox::new(0.25, 0.25, 0.5, 0.75);

/// Takes photos into the folder and the store; gives their numbers, the oldest first.
fn photos(bench: &Bench, count: u8) -> Vec<i64> {
    let folder = PhotoFolder::new(&bench.around.data);
    let by = ("Kim", NOON);
    bench.store.ensure_class("apple").unwrap();
    (0..count)
        .map(|number| {
            let picture = RgbImage::from_fn(64, 48, |x, y| {
                Rgb([number, u8::try_from(x * 3).unwrap(), u8::try_from(y * 4).unwrap()])
            });
            let kept = folder.keep_picture(&picture).unwrap();
            let added = bench.store.add_photo(
                &NewPhoto {
                    file_name: kept.file_name,
                    sha256: kept.sha256,
                    dhash: kept.dhash,
                    width: 64,
                    height: 48,
                    taken_at: NOON,
                    source: PhotoSource::Import,
                    session: "test".to_owned(),
                    class_hint: None,
                },
                by,
            );
            match added.unwrap() {
                Added::New { id } => id,
                Added::Duplicate { of, .. } => of,
            }
        })
        .collect()
}

fn page(bench: &Bench) -> LabelsView {
    let PageView::Labels(view) = bench.page() else {
        panic!("another page is open");
    };
    view
}

fn wish(bench: &mut Bench, command: LabelsCommand) {
    bench.wish(OfficeCommand::Labels(command));
}

fn edit(bench: &mut Bench, edit: LabelEdit) {
    wish(bench, LabelsCommand::Edit(vec![edit]));
}

/// A manager at the machine of a shop with some products.
fn shop() -> Bench {
    Bench::on(crate::app::pricing::SEED_CATALOG, Role::Manager, Page::Products)
}

fn apple(bench: &Bench) -> ClassId {
    bench.store.ensure_class("apple").unwrap()
}

#[test]
fn boxes_are_saved_as_they_are_drawn_and_undone_one_by_one() {
    let mut bench = shop();
    let ids = photos(&bench, 2);
    bench.wish(OfficeCommand::Open(Page::Labels));
    let open = page(&bench).open.unwrap();
    assert_eq!(open.id, ids[1], "the newest first");
    assert!(open.picture.is_some() && open.missing.is_none());
    let class = apple(&bench);
    edit(&mut bench, LabelEdit::Add { class, bbox: BOX });
    let drawn = page(&bench).open.unwrap().boxes[0];
    assert!(drawn.id > 0 && drawn.bbox == BOX);
    let moved = CornerBox::new(0.3, 0.3, 0.6, 0.8);
    edit(
        &mut bench,
        LabelEdit::Move {
            id: drawn.id,
            bbox: moved,
        },
    );
    let stored = bench.store.labels(ids[1]).unwrap();
    assert_eq!((stored.boxes.len(), stored.boxes[0].of.bbox), (1, moved));
    assert_eq!(stored.boxes[0].actor, "Kim");
    assert!(bench.view().can_undo && !bench.view().can_redo);
    bench.wish(OfficeCommand::Undo);
    assert_eq!(page(&bench).open.unwrap().boxes[0].bbox, BOX);
    bench.wish(OfficeCommand::Undo);
    assert!(page(&bench).open.unwrap().boxes.is_empty());
    assert!(!bench.view().can_undo && bench.view().can_redo);
    bench.wish(OfficeCommand::Redo);
    bench.wish(OfficeCommand::Redo);
    assert_eq!(page(&bench).open.unwrap().boxes[0].bbox, moved);
    assert_eq!(page(&bench).photos[0].boxes, 1, "the list knows too");
}

#[test]
fn checking_wants_a_box_or_a_word_and_goes_on() {
    let mut bench = shop();
    let ids = photos(&bench, 3);
    bench.wish(OfficeCommand::Open(Page::Labels));
    wish(&mut bench, LabelsCommand::CheckAndStep);
    assert!(bench.problem().contains("no box"), "nothing is checked silently");
    assert_eq!(page(&bench).open.unwrap().id, ids[2]);
    edit(&mut bench, LabelEdit::NothingHere(true));
    wish(&mut bench, LabelsCommand::CheckAndStep);
    assert_eq!(bench.store.photo(ids[2]).unwrap().state, ReviewState::Checked);
    assert_eq!(page(&bench).open.unwrap().id, ids[1]);
    assert_eq!(page(&bench).counts, [2, 0, 1, 0]);
    let filter = LabelFilter {
        state: Some(PhotoState::Checked),
        ..LabelFilter::default()
    };
    wish(&mut bench, LabelsCommand::SetFilter(filter));
    let view = page(&bench);
    assert_eq!(view.photos.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[2]]);
    assert!(view.open.unwrap().nothing_here);
}

#[test]
fn boxes_are_copied_to_the_next_photo() {
    let mut bench = shop();
    let ids = photos(&bench, 2);
    let class = apple(&bench);
    bench.wish(OfficeCommand::Open(Page::Labels));
    edit(&mut bench, LabelEdit::Add { class, bbox: BOX });
    wish(&mut bench, LabelsCommand::CopyToNext);
    let open = page(&bench).open.unwrap();
    assert_eq!((open.id, open.boxes.len(), open.boxes[0].bbox), (ids[0], 1, BOX));
    wish(&mut bench, LabelsCommand::Step(1));
    assert!(bench.problem().contains("last photo"));
}

#[test]
fn a_proposal_that_is_taken_over_says_that_it_was_the_model_s() {
    let mut bench = shop();
    let ids = photos(&bench, 1);
    let class = apple(&bench);
    bench.wish(OfficeCommand::Open(Page::Labels));
    let proposal = Proposal {
        class,
        bbox: BOX,
        score: 0.8,
    };
    edit(&mut bench, LabelEdit::Accept(proposal));
    let stored = bench.store.labels(ids[0]).unwrap().boxes[0].of;
    assert_eq!(stored.source.code(), "model");
    assert_eq!(stored.score, Some(0.8));
}

#[test]
fn deleting_asks_and_can_be_taken_back() {
    let mut bench = shop();
    let ids = photos(&bench, 2);
    bench.wish(OfficeCommand::Open(Page::Labels));
    wish(&mut bench, LabelsCommand::Delete);
    assert!(bench.view().confirm.is_some());
    assert_eq!(page(&bench).photos.len(), 2, "not yet");
    bench.wish(OfficeCommand::Confirm {
        reason: String::new(),
    });
    assert_eq!(page(&bench).photos.len(), 1);
    assert_eq!(page(&bench).open.unwrap().id, ids[0]);
    let filter = LabelFilter {
        deleted: true,
        ..LabelFilter::default()
    };
    wish(&mut bench, LabelsCommand::SetFilter(filter));
    assert!(page(&bench).open.unwrap().deleted);
    wish(&mut bench, LabelsCommand::Restore);
    assert_eq!(bench.store.photo(ids[1]).unwrap().deleted_at, None);
}

#[test]
fn a_photo_whose_file_is_gone_keeps_its_boxes() {
    let mut bench = shop();
    let ids = photos(&bench, 1);
    let class = apple(&bench);
    let file = bench.store.photo(ids[0]).unwrap().of.file_name;
    std::fs::remove_file(PhotoFolder::new(&bench.around.data).path(&file)).unwrap();
    bench.wish(OfficeCommand::Open(Page::Labels));
    let open = page(&bench).open.unwrap();
    assert!(open.picture.is_none());
    assert!(open.missing.unwrap().contains("Its boxes are kept"));
    edit(&mut bench, LabelEdit::Add { class, bbox: BOX });
    assert_eq!(bench.store.labels(ids[0]).unwrap().boxes.len(), 1);
}

#[test]
fn small_copies_come_for_what_is_in_sight() {
    let mut bench = shop();
    let ids = photos(&bench, 3);
    bench.wish(OfficeCommand::Open(Page::Labels));
    wish(&mut bench, LabelsCommand::Look(ids[..2].to_vec()));
    bench.tick();
    let thumbs = page(&bench).thumbs;
    assert_eq!(thumbs.keys().copied().collect::<Vec<_>>(), ids[..2]);
}

#[test]
fn a_refused_change_shows_what_is_stored() {
    let mut bench = shop();
    photos(&bench, 1);
    bench.wish(OfficeCommand::Open(Page::Labels));
    let class = ClassId(999);
    edit(&mut bench, LabelEdit::Add { class, bbox: BOX });
    assert!(!bench.problem().is_empty());
    assert!(page(&bench).open.unwrap().boxes.is_empty());
}
