//! Keeps a photo: its file and cut-outs first, then the store's row with boxes. What the store has never
//! heard of is only a file too many.

use super::PhotosPage;
use crate::{
    app::{
        office::Desk,
        photo_files::{KeptPhoto, PhotoFolder},
    },
    domain::{codes::Sku, staff::Permission, time::Timestamp},
    frame::{Frame, GrayImage, RgbImage},
    geom::{ClassId, CornerBox},
    store::{
        Store,
        audit::By,
        error::StoreError,
        labels::{BoxSource, LabelOp, NewBox},
        photos::{Added, NewPhoto, PhotoSource, ReviewState},
    },
    training::tray::cut_out,
    ui::office::photos::Subject,
};

/// A mask, and the boxes around its parts.
pub(super) type Parts = (GrayImage, Vec<CornerBox>);

/// Writes the file of a photo and those of its cut-outs.
fn keep(folder: &PhotoFolder, pixels: &RgbImage, parts: Option<&Parts>) -> Result<KeptPhoto, String> {
    let kept = folder.keep_picture(pixels).map_err(|error| error.to_string())?;
    if let Some((alpha, boxes)) = parts {
        for (at, bbox) in boxes.iter().enumerate() {
            if let Some(cut) = cut_out(pixels, alpha, *bbox) {
                folder
                    .keep_cutout(&kept.sha256, at + 1, &cut)
                    .map_err(|error| error.to_string())?;
            }
        }
    }
    Ok(kept)
}

/// The class of a product; one that the detector has never heard of gets one under its own number.
pub(super) fn class_of(store: &Store, sku: &Sku, by: By<'_>) -> Result<ClassId, StoreError> {
    let catalog = store.catalog(by.1)?;
    let product = catalog.by_sku(sku).ok_or_else(|| StoreError::UnknownProduct {
        sku: sku.as_str().to_owned(),
    })?;
    if let Some(name) = &product.class {
        return store.ensure_class(name);
    }
    let mut product = product.as_ref().clone();
    product.class = Some(sku.as_str().to_owned());
    let class = store.ensure_class(sku.as_str())?;
    store.put_product(&product, by.0, by.1)?;
    Ok(class)
}

/// Everything that the store is told of a photo.
struct Report {
    kept: KeptPhoto,
    subject: Subject,
    session: String,
    boxes: Vec<CornerBox>,
    is_confirmed: bool,
}

fn write_down(store: &Store, report: &Report, by: By<'_>) -> Result<Added, StoreError> {
    store.authorise(by.0, Permission::TakePhotos)?;
    let class = match &report.subject {
        Subject::Product(sku) => Some(class_of(store, sku, by)?),
        Subject::Nothing | Subject::None => None,
    };
    let (width, height) = report.kept.picture.dimensions();
    let added = store.add_photo(
        &NewPhoto {
            file_name: report.kept.file_name.clone(),
            sha256: report.kept.sha256.clone(),
            dhash: report.kept.dhash,
            width,
            height,
            taken_at: by.1,
            source: PhotoSource::Capture,
            session: report.session.clone(),
            class_hint: class,
        },
        by,
    )?;
    let Added::New { id } = added else {
        return Ok(added);
    };
    let mut ops = Vec::new();
    if let Some(class) = class {
        let drawn = report.boxes.iter().map(|bbox| {
            LabelOp::Add(NewBox {
                class,
                bbox: *bbox,
                source: BoxSource::Cutout,
                difficult: false,
                score: None,
            })
        });
        ops.extend(drawn);
    } else {
        ops.push(LabelOp::NothingHere(true));
    }
    // Somebody has looked at the outline; what the till took by itself is looked at once more.
    if report.is_confirmed && !ops.is_empty() {
        ops.push(LabelOp::SetState(ReviewState::Checked));
    }
    if !ops.is_empty() {
        store.edit_labels(id, &ops, by)?;
    }
    Ok(added)
}

/// The lane, in the audit: nobody is signed on when a shopper corrects it.
const LANE: &str = "lane";

/// What a shopper said of a picture, for the queue of those who check boxes.
fn write_correction(
    store: &Store,
    kept: &KeptPhoto,
    (sku, bbox): (&Sku, CornerBox),
    at: Timestamp,
) -> Result<(), StoreError> {
    let by = (LANE, at);
    let class = class_of(store, sku, by)?;
    let (width, height) = kept.picture.dimensions();
    let added = store.add_photo(
        &NewPhoto {
            file_name: kept.file_name.clone(),
            sha256: kept.sha256.clone(),
            dhash: kept.dhash,
            width,
            height,
            taken_at: at,
            source: PhotoSource::Correction,
            // Corrections of one hour show the same shoppers' items.
            session: format!("correction-{}", at.0 / 3_600_000),
            class_hint: Some(class),
        },
        by,
    )?;
    let (Added::New { id } | Added::Duplicate { of: id, .. }) = added;
    let drawn = LabelOp::Add(NewBox {
        class,
        bbox,
        source: BoxSource::Correction,
        difficult: false,
        score: None,
    });
    // Nobody of the staff has looked at it yet.
    store.edit_labels(id, &[drawn, LabelOp::SetState(ReviewState::New)], by)?;
    store.set_uncertainty(&[(id, 1.0)])
}

impl PhotosPage {
    /// Keeps the picture in which a shopper said what an item is. A failure is only logged: the sale goes on.
    pub(in crate::app) fn keep_correction(frame: Frame, bbox: CornerBox, sku: Sku, desk: &mut Desk) {
        let folder = PhotoFolder::new(desk.data());
        let bbox = bbox.clipped();
        if bbox.area() <= 0.0 {
            return;
        }
        desk.work(
            "photo files",
            move || keep(&folder, frame.pixels(), None),
            move |_, desk, done| match done {
                Ok(Ok(kept)) => desk.store(
                    move |store, by| write_correction(store, &kept, (&sku, bbox), by.1),
                    |_, _, done| {
                        if let Err(trouble) = done {
                            tracing::warn!(reason = trouble.sentence, "a correction was not kept");
                        }
                    },
                ),
                Ok(Err(reason)) => tracing::warn!(reason, "a correction was not kept"),
                Err(trouble) => tracing::warn!(reason = trouble.sentence, "a correction was not kept"),
            },
        );
    }

    /// Keeps a photo of what is chosen, with its parts if there are any.
    pub(super) fn save(
        &mut self,
        pixels: RgbImage,
        parts: Option<Parts>,
        is_confirmed: bool,
        desk: &mut Desk,
    ) {
        self.saving += 1;
        self.remember(&pixels);
        let folder = PhotoFolder::new(desk.data());
        let (subject, session) = (self.subject.clone(), self.session.clone());
        let boxes = parts.as_ref().map(|(_, boxes)| boxes.clone()).unwrap_or_default();
        desk.work(
            "photo files",
            move || keep(&folder, &pixels, parts.as_ref()),
            move |office, desk, done| {
                let kept = match done {
                    Ok(Ok(kept)) => kept,
                    Ok(Err(sentence)) => {
                        office.photos.not_saved(sentence, desk);
                        return;
                    }
                    Err(trouble) => {
                        office.photos.not_saved(trouble.sentence, desk);
                        return;
                    }
                };
                let report = Report {
                    kept,
                    subject,
                    session,
                    boxes,
                    is_confirmed,
                };
                desk.store(
                    move |store, by| write_down(store, &report, by),
                    |office, desk, done| match done {
                        Ok(Added::New { .. } | Added::Duplicate { .. }) => {
                            office.photos.saving = office.photos.saving.saturating_sub(1);
                            desk.saved();
                            office.photos.recount(desk);
                        }
                        Err(trouble) => office.photos.not_saved(trouble.sentence, desk),
                    },
                );
            },
        );
    }

    fn not_saved(&mut self, sentence: String, desk: &mut Desk) {
        self.saving = self.saving.saturating_sub(1);
        self.turning = None;
        self.recent.pop_front();
        desk.problem(sentence);
    }
}
