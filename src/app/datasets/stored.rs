//! The shop's own photos and frozen versions in the form that readers of files give.

use std::{path::Path, sync::Arc};

use crate::{
    domain::time::Timestamp,
    store::{
        Store,
        datasets::{DataSetPhoto, FreezeRequest},
        error::StoreError,
        photos::{PhotoSource, ReviewState},
        products::ClassLink,
    },
    training::dataset::{LabelSet, ObjectFlags, ObjectLabel, PictureLabels},
};

/// Which photos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Those of now, in the parts that freezing would give them. Photos that say nothing are left out.
    Now(FreezeRequest),
    /// Those of a frozen version.
    Version(u64),
}

impl Selection {
    /// Every photo of now that says something, whatever its state.
    #[must_use]
    pub fn everything() -> Self {
        Self::Now(FreezeRequest {
            states: ReviewState::ALL.to_vec(),
            ..FreezeRequest::default()
        })
    }
}

/// A photo with what a data set does not freeze.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPhoto {
    /// The photo and its boxes.
    pub of: DataSetPhoto,
    /// How far its labels are.
    pub state: ReviewState,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// How it came here.
    pub source: PhotoSource,
    /// The class it was taken for.
    pub hint: Option<String>,
}

/// Photos with the classes they may show.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StoredSet {
    /// Every class of the shop.
    pub classes: Vec<ClassLink>,
    /// The photos.
    pub photos: Vec<StoredPhoto>,
    /// Photos that nobody has labelled yet.
    pub unlabelled: Vec<i64>,
}

/// Reads photos from the store.
///
/// # Errors
/// Any [`StoreError`].
pub fn collect(store: &Store, selection: &Selection) -> Result<StoredSet, StoreError> {
    let classes = store.classes()?;
    let (photos, unlabelled) = match selection {
        Selection::Now(request) => (store.preview_freeze(request)?, unlabelled(store)?),
        Selection::Version(number) => (store.data_set(*number)?, Vec::new()),
    };
    let name = |class: crate::geom::ClassId| {
        let found = classes.iter().find(|link| link.class == class);
        found.map(|link| link.name.clone())
    };
    let mut stored = Vec::with_capacity(photos.len());
    for of in photos {
        // A photo that was purged since is in a version, but not in the list of photos.
        let row = if of.purged {
            None
        } else {
            Some(store.photo(of.id)?)
        };
        stored.push(StoredPhoto {
            state: row.as_ref().map_or(ReviewState::Labelled, |row| row.state),
            taken_at: row.as_ref().map_or(Timestamp(0), |row| row.of.taken_at),
            source: row.as_ref().map_or(PhotoSource::Import, |row| row.of.source),
            hint: row.and_then(|row| row.of.class_hint).and_then(name),
            of,
        });
    }
    Ok(StoredSet {
        classes,
        photos: stored,
        unlabelled,
    })
}

fn unlabelled(store: &Store) -> Result<Vec<i64>, StoreError> {
    let filter = crate::store::photos::PhotoFilter {
        state: Some(ReviewState::New),
        ..Default::default()
    };
    let page = store.photo_page(&filter, crate::store::photos::PhotoOrder::Oldest, 0, u32::MAX)?;
    Ok(page.into_iter().map(|photo| photo.id).collect())
}

impl StoredSet {
    /// The set as readers give it: classes that are used, in the order of their numbers; files in `folder`.
    /// A photo that was purged is left out, so places are those of [`StoredSet::present`].
    #[must_use]
    pub fn label_set(&self, folder: &Path) -> LabelSet {
        let used: Vec<&ClassLink> = self
            .classes
            .iter()
            .filter(|link| {
                let mut boxes = self.present().flat_map(|photo| &photo.of.boxes);
                boxes.any(|drawn| drawn.class == link.class)
            })
            .collect();
        let mut set = LabelSet {
            classes: used.iter().map(|link| link.name.clone()).collect(),
            ..LabelSet::default()
        };
        for photo in self.present() {
            let (width, height) = (f64::from(photo.of.width), f64::from(photo.of.height));
            let objects = photo.of.boxes.iter().filter_map(|drawn| {
                let bbox = drawn.bbox;
                let [x0, y0, x1, y1] = [bbox.x0, bbox.y0, bbox.x1, bbox.y1].map(f64::from);
                Some(ObjectLabel {
                    class: used.iter().position(|link| link.class == drawn.class)?,
                    bbox: [x0 * width, y0 * height, x1 * width, y1 * height],
                    flags: ObjectFlags {
                        difficult: drawn.difficult,
                        ..ObjectFlags::default()
                    },
                })
            });
            set.pictures.push(PictureLabels {
                file: folder.join(&photo.of.file_name),
                source: Arc::from(photo.of.file_name.as_str()),
                size: Some((width, height)),
                split: Arc::from(photo.of.split.code()),
                group: Some(photo.of.session.clone()),
                class: None,
                objects: objects.collect(),
                is_incomplete: false,
            });
        }
        set.report.pictures = set.pictures.len();
        set.report.boxes = set.pictures.iter().map(|picture| picture.objects.len()).sum();
        set
    }

    /// The photos whose files are still there.
    pub fn present(&self) -> impl Iterator<Item = &StoredPhoto> + '_ {
        self.photos.iter().filter(|photo| !photo.of.purged)
    }
}
