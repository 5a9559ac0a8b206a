//! The pixels of photos: the open one and the next ones large, those in sight small; read in the background.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use super::LabelsPage;
use crate::{
    app::{office::Desk, photo_files::PhotoFolder},
    frame::{
        RgbImage, imageops,
        picture::{self, PictureError},
    },
    ui::{view::Photo, words::LabelsWord},
};

/// The longest side of the open photo: more is not seen, and graphics cards take no more.
const LARGE: u32 = 2048;
/// The longest side of a small copy.
const SMALL: u32 = 176;
/// Small copies read in one go.
const BATCH: usize = 8;
/// Small copies that are kept.
const MOST_SMALL: usize = 800;
/// Large pictures that are kept.
const MOST_LARGE: usize = 6;

/// The pixels that are there.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    large: Vec<(i64, Photo)>,
    small: Arc<BTreeMap<i64, Photo>>,
    wanted: Vec<i64>,
    /// Those that cannot be read are not tried again.
    broken: BTreeSet<i64>,
    reading: BTreeSet<i64>,
    is_reading_small: bool,
}

impl Pictures {
    pub(super) fn of(&self, id: i64) -> Option<Photo> {
        let found = self.large.iter().find(|(known, _)| *known == id);
        found.map(|(_, photo)| photo.clone())
    }

    pub(super) fn thumbs(&self) -> Arc<BTreeMap<i64, Photo>> {
        Arc::clone(&self.small)
    }

    /// These are in sight now; what was wanted before is not any more.
    pub(super) fn want(&mut self, ids: &[i64]) {
        self.wanted = ids
            .iter()
            .copied()
            .filter(|id| !self.small.contains_key(id) && !self.broken.contains(id))
            .collect();
    }

    fn take_large(&mut self, id: i64, pixels: RgbImage) {
        self.large.retain(|(known, _)| *known != id);
        self.large.push((
            id,
            Photo {
                key: format!("photo {id}"),
                pixels: Arc::new(pixels),
            },
        ));
        if self.large.len() > MOST_LARGE {
            self.large.remove(0);
        }
    }

    fn take_small(&mut self, read: Vec<(i64, Option<RgbImage>)>) {
        let small = Arc::make_mut(&mut self.small);
        if small.len() > MOST_SMALL {
            small.clear();
        }
        for (id, pixels) in read {
            match pixels {
                Some(pixels) => {
                    let photo = Photo {
                        key: format!("thumb {id}"),
                        pixels: Arc::new(pixels),
                    };
                    small.insert(id, photo);
                }
                None => {
                    self.broken.insert(id);
                }
            }
        }
    }
}

/// A copy whose longer side is at most `longest`.
pub(in crate::app::office) fn at_most(picture: RgbImage, longest: u32) -> RgbImage {
    let side = picture.width().max(picture.height());
    if side <= longest {
        return picture;
    }
    let scaled = |length: u32| {
        let exact = u64::from(length) * u64::from(longest) / u64::from(side);
        u32::try_from(exact).unwrap_or(longest).max(1)
    };
    imageops::thumbnail(&picture, scaled(picture.width()), scaled(picture.height()))
}

fn is_gone(error: &PictureError) -> bool {
    matches!(error, PictureError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
}

impl LabelsPage {
    /// Reads the open photo and, so that going on is quick, the next.
    pub(super) fn read_pictures(&mut self, desk: &mut Desk) {
        let Some(open) = &self.open else { return };
        let (id, file) = (open.photo.id, open.photo.of.file_name.clone());
        self.read_picture(id, &file, desk);
        let next = self.neighbour(1);
        if let Some(next) = next.filter(|next| self.pictures.of(*next).is_none()) {
            desk.read(
                move |store| store.photo(next),
                |office, desk, photo| office.labels.read_picture(photo.id, &photo.of.file_name, desk),
            );
        }
    }

    fn read_picture(&mut self, id: i64, file: &str, desk: &mut Desk) {
        if self.pictures.of(id).is_some() || !self.pictures.reading.insert(id) {
            return;
        }
        let path = PhotoFolder::new(desk.data()).path(file);
        desk.work(
            "photos",
            move || picture::read(&path).map(|pixels| at_most(pixels, LARGE)),
            move |office, desk, done| {
                let page = &mut office.labels;
                page.pictures.reading.remove(&id);
                let sentence = match done {
                    Ok(Ok(pixels)) => {
                        page.pictures.take_large(id, pixels);
                        return;
                    }
                    Ok(Err(error)) if is_gone(&error) => desk.words().say(LabelsWord::Gone),
                    Ok(Err(error)) => error.to_string(),
                    Err(trouble) => trouble.sentence,
                };
                if let Some(open) = page.open.as_mut().filter(|open| open.photo.id == id) {
                    open.missing = Some(sentence);
                }
            },
        );
    }

    /// Reads the next small copies that are in sight.
    pub(super) fn read_thumbs(&mut self, desk: &mut Desk) {
        if self.pictures.is_reading_small || self.pictures.wanted.is_empty() {
            return;
        }
        self.pictures.is_reading_small = true;
        let count = self.pictures.wanted.len().min(BATCH);
        let ids: Vec<i64> = self.pictures.wanted.drain(..count).collect();
        let folder = PhotoFolder::new(desk.data());
        desk.store(
            move |store, _| {
                let files = ids
                    .iter()
                    .filter_map(|id| Some((*id, store.photo(*id).ok()?.of.file_name)));
                Ok(files.collect::<Vec<_>>())
            },
            move |office, desk, files| {
                let Ok(files) = files else {
                    office.labels.pictures.is_reading_small = false;
                    return;
                };
                let files: Vec<(i64, PathBuf)> = files
                    .into_iter()
                    .map(|(id, file)| (id, folder.path(&file)))
                    .collect();
                desk.work(
                    "thumbnails",
                    move || {
                        let read = |path: &PathBuf| Some(at_most(picture::read(path).ok()?, SMALL));
                        files
                            .iter()
                            .map(|(id, path)| (*id, read(path)))
                            .collect::<Vec<_>>()
                    },
                    |office, _, done| {
                        let pictures = &mut office.labels.pictures;
                        pictures.is_reading_small = false;
                        pictures.take_small(done.unwrap_or_default());
                    },
                );
            },
        );
    }
}
