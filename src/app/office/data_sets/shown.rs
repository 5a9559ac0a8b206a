//! From what the store and the check know to what the page shows, in the words of the language.

use std::sync::Arc;

use crate::{
    app::{
        datasets::{
            incoming::Incoming,
            inspect::{Fault, Inspection},
            stored::StoredSet,
        },
        office::Desk,
    },
    geom::ClassId,
    store::{
        Store,
        datasets::DataSetSummary,
        error::StoreError,
        labels::ClassCount,
        photos::{PhotoFilter, ReviewState},
        products::ClassLink,
    },
    training::dataset::{Issue, SIZE_ENDS, SetStats, Severity},
    ui::{
        office::{
            Page,
            data_sets::view::{
                ClassRow, FaultGroup, IncomingView, Part, PartRow, PhotoCounts, StatsView, VersionRow,
            },
        },
        words::DataSetsWord,
    },
};

/// Places that are kept of a kind of fault.
const PLACES: usize = 200;

/// What there is, as the store says it.
#[derive(Debug, Default)]
pub(super) struct Overview {
    pub(super) counts: PhotoCounts,
    counted: Vec<ClassCount>,
    links: Vec<ClassLink>,
    versions: Vec<DataSetSummary>,
}

impl Overview {
    pub(super) fn read(store: &Store) -> Result<Self, StoreError> {
        let count = |filter: PhotoFilter| store.photo_count(&filter);
        let of = |state| {
            count(PhotoFilter {
                state: Some(state),
                ..PhotoFilter::default()
            })
        };
        Ok(Self {
            counts: PhotoCounts {
                photos: count(PhotoFilter::default())?,
                new: of(ReviewState::New)?,
                labelled: of(ReviewState::Labelled)?,
                checked: of(ReviewState::Checked)?,
                ignored: of(ReviewState::Ignored)?,
                nothing: count(PhotoFilter {
                    nothing_here: Some(true),
                    ..PhotoFilter::default()
                })?,
            },
            counted: store.class_counts()?,
            links: store.classes()?,
            versions: store.data_sets()?,
        })
    }

    /// What tells one state of the photos from another.
    pub(super) fn mark(&self) -> (u64, u64) {
        let boxes = self.counted.iter().map(|class| class.boxes).sum();
        let counts = self.counts;
        (counts.photos * 4 + counts.labelled + counts.checked * 2, boxes)
    }

    pub(super) fn classes(&self, desk: &Desk) -> Arc<[ClassRow]> {
        let is_taught = |class: &&ClassCount| {
            let link = self.links.iter().find(|link| link.class == class.class);
            class.boxes > 0 || link.is_some_and(|link| link.sku.is_some())
        };
        let rows = self.counted.iter().filter(is_taught).map(|class| ClassRow {
            name: product_name(&self.links, class.class, desk),
            photos: class.photos,
            boxes: class.boxes,
            checked: class.checked,
        });
        rows.collect()
    }

    pub(super) fn versions(&self, desk: &Desk, verified: &[(u64, bool)]) -> Arc<[VersionRow]> {
        let rows = self.versions.iter().map(|version| VersionRow {
            number: version.number,
            at: desk.date_and_clock(version.at),
            by: version.actor.clone(),
            note: version.note.clone(),
            photos: version.photos,
            boxes: version.boxes,
            purged: version.purged,
            sound: verified
                .iter()
                .rev()
                .find(|(number, _)| *number == version.number)
                .map(|(_, sound)| *sound),
        });
        rows.collect()
    }

    fn knows(&self, name: &str) -> bool {
        self.links.iter().any(|link| link.name == name)
    }

    fn name(&self, class: &str, desk: &Desk) -> String {
        let link = self.links.iter().find(|link| link.name == class);
        link.map_or_else(
            || class.to_owned(),
            |link| product_name(&self.links, link.class, desk),
        )
    }
}

/// The name of the product of a class, or of the class where none is linked.
fn product_name(links: &[ClassLink], class: ClassId, desk: &Desk) -> String {
    let Some(link) = links.iter().find(|link| link.class == class) else {
        return "?".to_owned();
    };
    let sku = link.sku.as_ref();
    let product = sku.and_then(|sku| desk.catalog().by_sku(sku));
    product.map_or_else(
        || link.name.clone(),
        |product| product.name_in(desk.lang().code()).to_owned(),
    )
}

fn part_of(split: &str) -> Part {
    match split {
        "val" => Part::Judge,
        "test" => Part::Test,
        _ => Part::Learn,
    }
}

/// The numbers behind the plots.
pub(super) fn stats(stats: &SetStats, overview: &Overview, desk: &Desk) -> StatsView {
    let mut splits: Vec<_> = stats.splits.iter().collect();
    splits.sort_by_key(|split| match part_of(&split.split) {
        Part::Learn => 0,
        Part::Judge => 1,
        Part::Test => 2,
    });
    let names: Vec<&String> = splits
        .first()
        .map(|split| split.classes.iter().map(|class| &class.class).collect())
        .unwrap_or_default();
    let classes = names.iter().enumerate().map(|(at, name)| {
        let boxes = splits
            .iter()
            .map(|split| split.classes.get(at).map_or(0.0, |class| class.boxes as f64));
        (overview.name(name, desk), boxes.collect())
    });
    let sizes = SIZE_ENDS
        .iter()
        .zip(stats.sizes)
        .map(|(end, count)| (format!("{:.0}", end * 100.0), vec![count as f64]));
    StatsView {
        parts: splits
            .iter()
            .map(|split| PartRow {
                part: part_of(&split.split),
                photos: split.pictures,
                boxes: split.boxes,
            })
            .collect(),
        classes: classes.collect(),
        sizes: sizes.collect(),
        places: stats.places.clone(),
    }
}

/// The page on which faults of a kind are mended by hand.
fn page_of(issue: Issue) -> Option<Page> {
    let by_photos = [
        Issue::FewBoxes,
        Issue::NoNegatives,
        Issue::Imbalance,
        Issue::ClassWithoutBoxes,
        Issue::ClassMissingInSplit,
    ];
    let by_boxes = [Issue::NoBoxes, Issue::Unlabelled, Issue::Clipped, Issue::EmptyBox];
    if by_photos.contains(&issue) {
        Some(Page::Photos)
    } else if by_boxes.contains(&issue) {
        Some(Page::Labels)
    } else {
        None
    }
}

/// The faults of a check, put together by kind.
pub(super) fn groups(found: &Inspection, stored: &StoredSet, desk: &Desk) -> Vec<FaultGroup> {
    let mut groups: Vec<FaultGroup> = Vec::new();
    for fault in &found.faults {
        let key = fault.issue.key();
        let at = groups.iter().position(|group| group.key == key);
        let at = at.unwrap_or_else(|| {
            groups.push(FaultGroup {
                key,
                is_bad: fault.severity() == Severity::Error,
                count: 0,
                places: Vec::new(),
                mendable: 0,
                page: page_of(fault.issue),
            });
            groups.len() - 1
        });
        let Some(group) = groups.get_mut(at) else { continue };
        // Photos that nobody has labelled come as one fault.
        let is_list = fault.issue == Issue::Unlabelled;
        group.count += if is_list { fault.photos.len() } else { 1 };
        group.mendable += usize::from(fault.mend.is_some());
        let room = PLACES.saturating_sub(group.places.len());
        group
            .places
            .extend(places(fault, (found, stored), desk).into_iter().take(room));
    }
    groups
}

/// Where a fault is, in words.
fn places(fault: &Fault, (found, stored): (&Inspection, &StoredSet), desk: &Desk) -> Vec<String> {
    let words = desk.words();
    let photo = |id: &i64| words.with(DataSetsWord::PhotoNumber, &[("number", &id.to_string())]);
    let product = fault
        .class
        .map(|class| product_name(&stored.classes, class, desk));
    if fault.issue == Issue::Unlabelled {
        return fault.photos.iter().map(photo).collect();
    }
    let photos: Vec<String> = fault.photos.iter().map(photo).collect();
    let Some(product) = product else {
        return if photos.is_empty() {
            Vec::new()
        } else {
            vec![photos.join(", ")]
        };
    };
    if !photos.is_empty() {
        return vec![format!("{}: {product}", photos.join(", "))];
    }
    if fault.issue == Issue::ClassMissingInSplit {
        let split = fault.words.rsplit(' ').next().unwrap_or_default();
        let part = words.say(match part_of(split) {
            Part::Learn => DataSetsWord::PartLearn,
            Part::Judge => DataSetsWord::PartJudge,
            Part::Test => DataSetsWord::PartTest,
        });
        return vec![format!("{product}: {part}")];
    }
    let name = fault
        .class
        .and_then(|class| stored.classes.iter().find(|link| link.class == class))
        .map_or("", |link| link.name.as_str());
    let of_class = found
        .stats
        .splits
        .iter()
        .flat_map(|split| &split.classes)
        .filter(|class| class.class == name);
    let boxes: usize = of_class.clone().map(|class| class.boxes).sum();
    let pictures: usize = of_class.map(|class| class.pictures).sum();
    let counts = words.with(
        DataSetsWord::ClassCounts,
        &[("photos", &pictures.to_string()), ("boxes", &boxes.to_string())],
    );
    vec![format!("{product}: {counts}")]
}

/// What is about to come in.
pub(super) fn incoming(incoming: &Incoming, overview: &Overview) -> IncomingView {
    let is_used = |place: usize| {
        incoming.photos.iter().any(|photo| {
            photo.row.hint == Some(place) || photo.row.boxes.iter().any(|drawn| drawn.class == place)
        })
    };
    let new_classes = incoming
        .classes
        .iter()
        .enumerate()
        .filter(|(place, name)| is_used(*place) && !overview.knows(name));
    let faults = incoming.report.notes().map(|(issue, note)| FaultGroup {
        key: issue.key(),
        is_bad: issue.severity() == Severity::Error,
        count: note.count,
        places: note.examples.iter().take(PLACES).cloned().collect(),
        mendable: 0,
        page: None,
    });
    let mut faults: Vec<FaultGroup> = faults.collect();
    faults.sort_by_key(|fault| !fault.is_bad);
    IncomingView {
        source: incoming.source.clone(),
        photos: incoming.photos.len(),
        boxes: incoming.boxes(),
        nothing: incoming.negatives(),
        unlabelled: incoming.unlabelled(),
        new_classes: new_classes.map(|(_, name)| name.clone()).collect(),
        faults,
    }
}
