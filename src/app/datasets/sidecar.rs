//! What label formats cannot say of a photo, in one file beside the labels: review state, session, when and
//! how it was taken. Without it nothing is lost that other programs know.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    domain::time::Timestamp,
    store::photos::{PhotoSource, ReviewState},
};

/// Name of the file.
pub(super) const FILE: &str = "tillsight-photos.json";
/// A line of some hundred bytes for each photo of a very large shop.
const MAX_BYTES: u64 = 64 << 20;
const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Sidecar {
    version: u32,
    photos: BTreeMap<String, Remark>,
}

/// What is said of one photo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Remark {
    state: String,
    /// Whether somebody has said that nothing is there.
    pub(super) nothing_here: bool,
    /// The session in which it was taken.
    pub(super) session: String,
    taken_at: i64,
    source: String,
    /// The class it was taken for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) class_hint: Option<String>,
}

impl Remark {
    /// A remark on a photo.
    #[must_use]
    pub(super) fn new(
        (state, nothing_here): (ReviewState, bool),
        (session, taken_at): (&str, Timestamp),
        source: PhotoSource,
        class_hint: Option<String>,
    ) -> Self {
        Self {
            state: state.code().to_owned(),
            nothing_here,
            session: session.to_owned(),
            taken_at: taken_at.0,
            source: source.code().to_owned(),
            class_hint,
        }
    }

    /// How far its labels are; none if the word is not known.
    #[must_use]
    pub(super) fn state(&self) -> Option<ReviewState> {
        ReviewState::ALL
            .into_iter()
            .find(|state| state.code() == self.state)
    }

    /// How it came to the shop it was exported from.
    #[must_use]
    pub(super) fn source(&self) -> Option<PhotoSource> {
        PhotoSource::ALL
            .into_iter()
            .find(|source| source.code() == self.source)
    }

    /// When it was taken.
    #[must_use]
    pub(super) fn taken_at(&self) -> Timestamp {
        Timestamp(self.taken_at)
    }
}

impl Sidecar {
    /// The remarks on photos by file name.
    #[must_use]
    pub(super) fn new(photos: BTreeMap<String, Remark>) -> Self {
        Self {
            version: VERSION,
            photos,
        }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// None that happens.
    pub(super) fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }

    /// Reads the file that belongs to labels: beside them, or one folder up. None if there is none, or none
    /// that can be understood: the labels are worth having without it.
    #[must_use]
    pub(super) fn beside(labels: &Path) -> Option<Self> {
        let own = if labels.is_dir() { labels } else { labels.parent()? };
        let places = [Some(own), own.parent()];
        let path = places
            .into_iter()
            .flatten()
            .map(|folder| folder.join(FILE))
            .find(|path| path.is_file())?;
        let is_small = std::fs::metadata(&path).is_ok_and(|found| found.len() <= MAX_BYTES);
        let bytes = std::fs::read(&path).ok().filter(|_| is_small)?;
        let read: Self = serde_json::from_slice(&bytes)
            .inspect_err(|error| tracing::warn!("{} is left out: {error}", path.display()))
            .ok()?;
        (read.version <= VERSION).then_some(read)
    }

    /// The remark on a photo.
    #[must_use]
    pub(super) fn of(&self, file: &Path) -> Option<&Remark> {
        self.photos.get(file.file_name()?.to_str()?)
    }
}
