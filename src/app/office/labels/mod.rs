//! The page of boxes: which photos are listed, which one is open, and every change of its labels as one
//! small transaction of the store.
//!
//! A change shows at once and is confirmed by the store afterwards; what the store says wins. Pictures are
//! read and the model is asked on threads in the background.

mod edits;
mod pictures;
mod ranking;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

pub(in crate::app::office) use pictures::at_most;

use crate::{
    app::office::{Desk, PageDesk, seer::Seer},
    domain::staff::Permission,
    geom::ClassId,
    store::{
        Store,
        error::StoreError,
        labels::PhotoLabel,
        photos::{Photo as StoredPhoto, PhotoFilter, PhotoOrder, PhotoSource, ReviewState},
    },
    ui::{
        office::{
            confirm::ConfirmView,
            labels::{
                BoxRow, ClassChoice, LabelFilter, LabelOrder, LabelsCommand, LabelsView, OpenPhoto, PhotoRow,
                PhotoState, Proposal,
            },
        },
        words::LabelsWord,
    },
};

/// More photos than this are not listed at once; a filter finds the others.
const MOST_ROWS: u32 = 20_000;

/// The open photo.
#[derive(Debug)]
struct Opened {
    photo: StoredPhoto,
    label: PhotoLabel,
    can_undo: bool,
    can_redo: bool,
    proposals: Vec<Proposal>,
    /// Why its pixels cannot be shown.
    missing: Option<String>,
    /// Changes that the store has not confirmed yet.
    waiting: u32,
}

/// The page's memory.
#[derive(Debug, Default)]
pub struct LabelsPage {
    filter: LabelFilter,
    rows: Arc<Vec<PhotoRow>>,
    counts: [u64; 4],
    classes: Arc<Vec<ClassChoice>>,
    /// Classes by the names that models know.
    by_name: BTreeMap<String, ClassId>,
    open: Option<Opened>,
    pictures: pictures::Pictures,
    pub(in crate::app::office) seer: Seer,
    asking: bool,
    ranking: ranking::Ranking,
}

/// What the lists are made of.
struct Lists {
    rows: Vec<PhotoRow>,
    counts: [u64; 4],
    classes: Vec<(ClassId, String, Option<String>, u64)>,
}

/// A photo with its labels, and whether there is something to undo and to do again.
type Read = (StoredPhoto, PhotoLabel, (bool, bool));

fn state_of(state: ReviewState) -> PhotoState {
    match state {
        ReviewState::New => PhotoState::New,
        ReviewState::Labelled => PhotoState::Labelled,
        ReviewState::Checked => PhotoState::Checked,
        ReviewState::Ignored => PhotoState::Ignored,
    }
}

fn to_store(state: PhotoState) -> ReviewState {
    match state {
        PhotoState::New => ReviewState::New,
        PhotoState::Labelled => ReviewState::Labelled,
        PhotoState::Checked => ReviewState::Checked,
        PhotoState::Ignored => ReviewState::Ignored,
    }
}

fn row_of(photo: &StoredPhoto) -> PhotoRow {
    PhotoRow {
        id: photo.id,
        state: state_of(photo.state),
        boxes: photo.boxes,
        is_correction: photo.of.source == PhotoSource::Correction,
        uncertainty: photo.uncertainty,
    }
}

fn read_lists(store: &Store, filter: LabelFilter) -> Result<Lists, StoreError> {
    let wanted = PhotoFilter {
        state: filter.state.map(to_store),
        class: filter.class,
        deleted: filter.deleted,
        ..PhotoFilter::default()
    };
    let order = match filter.order {
        LabelOrder::Newest => PhotoOrder::Newest,
        LabelOrder::MostUnsure => PhotoOrder::MostUnsure,
    };
    let mut counts = [0; 4];
    for (count, state) in counts.iter_mut().zip(PhotoState::ALL) {
        *count = store.photo_count(&PhotoFilter {
            state: Some(to_store(state)),
            ..PhotoFilter::default()
        })?;
    }
    let boxes: BTreeMap<ClassId, u64> = store
        .class_counts()?
        .into_iter()
        .map(|count| (count.class, count.boxes))
        .collect();
    let classes = store.classes()?.into_iter().map(|link| {
        let sku = link.sku.map(|sku| sku.as_str().to_owned());
        (
            link.class,
            link.name,
            sku,
            boxes.get(&link.class).copied().unwrap_or(0),
        )
    });
    let page = store.photo_page(&wanted, order, 0, MOST_ROWS)?;
    Ok(Lists {
        rows: page.iter().map(row_of).collect(),
        counts,
        classes: classes.collect(),
    })
}

fn read_photo(store: &Store, id: i64) -> Result<Read, StoreError> {
    Ok((store.photo(id)?, store.labels(id)?, turns(store, id)?))
}

/// Whether there is something to undo and to do again.
fn turns(store: &Store, id: i64) -> Result<(bool, bool), StoreError> {
    let history = store.label_history(id)?;
    Ok((
        history.iter().any(|edit| !edit.undone),
        history.iter().any(|edit| edit.undone),
    ))
}

impl LabelsPage {
    /// Reads the lists again; opens the first photo where none is open.
    pub(in crate::app::office) fn reload(&self, desk: &mut Desk) {
        let filter = self.filter;
        desk.read(
            move |store| read_lists(store, filter),
            move |office, desk, lists| {
                let page = &mut office.labels;
                if page.filter == filter {
                    page.take_lists(lists, desk);
                }
            },
        );
    }

    fn take_lists(&mut self, lists: Lists, desk: &mut Desk) {
        let lang = desk.lang().code();
        self.by_name.clear();
        let mut classes = Vec::new();
        for (class, name, sku, boxes) in lists.classes {
            let product = desk.catalog().by_class(&name).cloned().or_else(|| {
                let products = desk.catalog().products();
                let sku = sku.as_deref()?;
                products
                    .iter()
                    .find(|product| product.sku.as_str() == sku)
                    .cloned()
            });
            let shown = product.map_or_else(|| name.clone(), |product| product.name_in(lang).to_owned());
            self.by_name.insert(name, class);
            classes.push(ClassChoice {
                class,
                name: shown,
                boxes,
            });
        }
        self.classes = Arc::new(classes);
        self.counts = lists.counts;
        self.rows = Arc::new(lists.rows);
        let open = self.open.as_ref().map(|open| open.photo.id);
        let is_listed = self.rows.iter().any(|row| Some(row.id) == open);
        match self.rows.first().map(|row| row.id) {
            Some(first) if !is_listed => Self::open_photo(first, desk),
            Some(_) => {}
            None => self.open = None,
        }
    }

    fn open_photo(id: i64, desk: &mut Desk) {
        desk.read(
            move |store| read_photo(store, id),
            move |office, desk, (photo, label, (can_undo, can_redo))| {
                let page = &mut office.labels;
                let wants_proposals = label.boxes.is_empty() && label.state == ReviewState::New;
                page.open = Some(Opened {
                    photo,
                    label,
                    can_undo,
                    can_redo,
                    proposals: Vec::new(),
                    missing: None,
                    waiting: 0,
                });
                page.read_pictures(desk);
                if wants_proposals {
                    page.propose(true, desk);
                }
            },
        );
    }

    /// The photo so many places further down the list; none at its ends.
    fn neighbour(&self, by: i32) -> Option<i64> {
        let id = self.open.as_ref()?.photo.id;
        let at = self.rows.iter().position(|row| row.id == id)?;
        let by = isize::try_from(by).ok()?;
        let next = at.checked_add_signed(by)?;
        self.rows.get(next).map(|row| row.id)
    }

    fn step(&self, by: i32, desk: &mut Desk) {
        match self.neighbour(by) {
            Some(id) => Self::open_photo(id, desk),
            None => {
                let sentence = desk.words().say(LabelsWord::LastPhoto);
                desk.problem(sentence);
            }
        }
    }

    fn set_filter(&mut self, filter: LabelFilter, desk: &mut Desk) {
        self.filter = filter;
        self.open = None;
        self.reload(desk);
    }

    fn delete(&self, desk: &mut Desk) {
        let Some(open) = &self.open else { return };
        let id = open.photo.id;
        let words = desk.words();
        let view = ConfirmView {
            title: words.say(LabelsWord::DeleteTitle),
            text: words.say(LabelsWord::DeleteText),
            yes: words.say(LabelsWord::Delete),
            stops: true,
            wants_reason: false,
        };
        desk.confirm(view, move |_, desk, _| {
            desk.change(
                Permission::LabelPhotos,
                move |store, by| store.delete_photos(&[id], by),
                |office, desk, _| {
                    let page = &mut office.labels;
                    let next = page.neighbour(1).or_else(|| page.neighbour(-1));
                    if let Some(next) = next {
                        Self::open_photo(next, desk);
                    }
                    page.reload(desk);
                },
            );
        });
    }

    fn restore(&self, desk: &mut Desk) {
        let Some(open) = &self.open else { return };
        let id = open.photo.id;
        desk.change(
            Permission::LabelPhotos,
            move |store, by| store.restore_photos(&[id], by),
            |office, desk, _| office.labels.reload(desk),
        );
    }

    fn view_open(&self, desk: &Desk) -> Option<Box<OpenPhoto>> {
        let open = self.open.as_ref()?;
        Some(Box::new(OpenPhoto {
            id: open.photo.id,
            picture: self.pictures.of(open.photo.id),
            missing: open.missing.clone(),
            size: (open.photo.of.width, open.photo.of.height),
            taken_at: desk.date_and_clock(open.photo.of.taken_at),
            boxes: open
                .label
                .boxes
                .iter()
                .map(|drawn| BoxRow {
                    id: drawn.id,
                    class: drawn.of.class,
                    bbox: drawn.of.bbox,
                    difficult: drawn.of.difficult,
                })
                .collect(),
            proposals: open.proposals.clone(),
            state: state_of(open.label.state),
            nothing_here: open.label.nothing_here,
            deleted: open.label.deleted_at.is_some(),
        }))
    }
}

impl PageDesk for LabelsPage {
    type Command = LabelsCommand;
    type View = LabelsView;

    fn opened(&mut self, desk: &mut Desk) {
        self.reload(desk);
    }

    fn tick(&mut self, desk: &mut Desk) {
        self.read_thumbs(desk);
        self.rank_next(desk);
    }

    fn view(&self, desk: &Desk) -> LabelsView {
        LabelsView {
            classes: Arc::clone(&self.classes),
            photos: Arc::clone(&self.rows),
            thumbs: self.pictures.thumbs(),
            filter: self.filter,
            counts: self.counts,
            open: self.view_open(desk),
            asking: self.asking,
        }
    }

    fn apply(&mut self, command: LabelsCommand, desk: &mut Desk) {
        match command {
            LabelsCommand::SetFilter(filter) => self.set_filter(filter, desk),
            LabelsCommand::Open(id) => Self::open_photo(id, desk),
            LabelsCommand::Step(by) => self.step(by, desk),
            LabelsCommand::Look(ids) => self.pictures.want(&ids),
            LabelsCommand::Edit(edits) => self.edit(&edits, desk),
            LabelsCommand::CheckAndStep => self.check_and_step(desk),
            LabelsCommand::CopyToNext => self.copy_to_next(desk),
            LabelsCommand::Propose => self.propose(false, desk),
            LabelsCommand::Rank => self.rank(),
            LabelsCommand::Delete => self.delete(desk),
            LabelsCommand::Restore => self.restore(desk),
        }
    }

    fn can_undo(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.can_undo)
    }

    fn can_redo(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.can_redo)
    }

    fn undo(&mut self, desk: &mut Desk) {
        self.turn(desk, Store::undo_labels);
    }

    fn redo(&mut self, desk: &mut Desk) {
        self.turn(desk, Store::redo_labels);
    }
}
