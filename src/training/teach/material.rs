//! The pictures of a run: the shop's photos, composed scenes, rendered trays. Each is fixed by its number.
//!
//! A machine without any pictures of its own can teach: everything but the taught products is rendered or
//! drawn. Nothing here is trained, and no file but the job's is read.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{
    error::TeachError,
    job::{TeachJob, TeachPhoto, TeachSplit},
    look::look_alikes,
};
use crate::{
    frame::{RgbImage, Rgba, RgbaImage, imageops, picture},
    geom::{ClassId, CornerBox, cast::round_u8},
    training::{
        augment::Augment,
        dataset::{
            ClassNames, Dataset as _, DatasetError, Dice, LabelledBox, LabelledPicture, RenderedDataset,
        },
        render::ItemKind,
        scenes::{Backgrounds, Composer, ComposerSettings, CutoutLibrary},
    },
    vision::Architecture,
};

/// Larger cut-outs are made to fit this many pixels.
const CUTOUT_SIDE: u32 = 192;
/// Photos are kept at most this large; the network sees them smaller still.
const PHOTO_SIDE: u32 = 448;
/// Scenes of the held-out kind have another seed.
const HELD_OUT: u64 = 0x4865_6c64;

/// What a picture of the run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portion {
    /// A photo to learn from, a little changed.
    Photo,
    /// A composed scene to learn from.
    Scene,
    /// A rendered tray with old products, to learn from.
    Tray,
    /// A composed scene to watch the run by.
    HeldOutScene,
    /// A photo to watch the run by, as it is.
    HeldOutPhoto,
}

impl Portion {
    /// Whether it is learned from.
    #[must_use]
    pub const fn is_learned(self) -> bool {
        match self {
            Self::Photo | Self::Scene | Self::Tray => true,
            Self::HeldOutScene | Self::HeldOutPhoto => false,
        }
    }
}

/// A picture of the run.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The picture with everything that is known to be on it.
    pub labelled: LabelledPicture,
    /// For each box, whether its label counts in learning; where not, the live model is asked.
    pub counts: Vec<bool>,
    /// What it is.
    pub portion: Portion,
}

/// The pictures of a run.
pub struct Material {
    composer: Composer,
    held_out: Composer,
    /// From the composer's class numbers to the network's.
    classes: Vec<ClassId>,
    trays: RenderedDataset,
    photos: Vec<LabelledPicture>,
    val_photos: Vec<LabelledPicture>,
    /// For each class of the network, whether the job has pictures of it.
    taught: Vec<bool>,
    augment: Augment,
    counts: Counts,
    seed: u64,
}

/// How many pictures of each kind there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    views: usize,
    scenes: usize,
    trays: usize,
    held_out: usize,
    photos: usize,
}

impl Material {
    /// Reads the job's photos and cut-outs for a network of this architecture, which knows the new classes
    /// already.
    ///
    /// # Errors
    /// [`TeachError::Data`] naming the file that cannot be read.
    pub fn open(
        job: &TeachJob,
        architecture: &Architecture,
        live: &Architecture,
    ) -> Result<Self, TeachError> {
        let names = ClassNames::new(architecture.classes.iter().cloned());
        let settings = &job.settings;
        let photos = |split: fn(TeachSplit) -> bool| -> Result<Vec<LabelledPicture>, TeachError> {
            let wanted: Vec<&TeachPhoto> = job.photos.iter().filter(|photo| split(photo.split)).collect();
            wanted.par_iter().map(|photo| read_photo(photo, &names)).collect()
        };
        let train = photos(|split| split == TeachSplit::Train)?;
        let val_photos = photos(|split| split == TeachSplit::Val)?;
        let taught_names = job.taught(live);
        let taught: Vec<bool> = names
            .names()
            .iter()
            .map(|name| taught_names.contains(name))
            .collect();
        let side = u32::try_from(architecture.input[0]).unwrap_or(224);
        let (library, classes) = library(job, &names, &train)?;
        let new = job.new_classes(live);
        let composer = composer_settings(
            &library,
            settings.seed,
            side,
            (&new, &taught_names),
            job.tray.is_empty(),
        );
        let ground = backgrounds(&job.tray)?;
        let held_out = ComposerSettings {
            seed: settings.seed ^ HELD_OUT,
            ..composer.clone()
        };
        // A rendered tray shows things of every kind; one that looks like a taught product must not pass for
        // nothing.
        let clear = taught_names.iter().all(|name| look_alikes(name).is_empty());
        let trays = if clear { settings.trays as usize } else { 0 };
        let views = (train.len() * settings.views_of_a_photo as usize).min(settings.most_views as usize);
        Ok(Self {
            held_out: Composer::new(library.clone(), ground.clone(), held_out)?,
            composer: Composer::new(library, ground, composer)?,
            classes,
            trays: RenderedDataset::new(settings.seed, side, trays, names),
            counts: Counts {
                views: if train.is_empty() { 0 } else { views },
                scenes: settings.scenes as usize,
                trays,
                held_out: settings.held_out as usize,
                photos: val_photos.len(),
            },
            photos: train,
            val_photos,
            taught,
            augment: Augment {
                size: Some(side),
                rotate: 0.12,
                ..Augment::default()
            },
            seed: settings.seed,
        })
    }

    /// How many pictures there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.counts.views + self.counts.scenes + self.counts.trays + self.counts.held_out + self.counts.photos
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What picture `index` is.
    #[must_use]
    pub const fn portion(&self, index: usize) -> Portion {
        let Counts {
            views,
            scenes,
            trays,
            held_out,
            ..
        } = self.counts;
        if index < views {
            Portion::Photo
        } else if index < views + scenes {
            Portion::Scene
        } else if index < views + scenes + trays {
            Portion::Tray
        } else if index < views + scenes + trays + held_out {
            Portion::HeldOutScene
        } else {
            Portion::HeldOutPhoto
        }
    }

    /// Picture `index`: the same for the same job, whichever thread asks.
    ///
    /// # Errors
    /// [`DatasetError::NoSuchPicture`] beyond the last.
    pub fn sample(&self, index: usize) -> Result<Sample, DatasetError> {
        let Counts {
            views, scenes, trays, ..
        } = self.counts;
        let portion = self.portion(index);
        let labelled = match portion {
            Portion::Photo => {
                // Every photo in turn, so that each has as many views as any other.
                let mut dice = Dice::new(self.seed, index as u64);
                let photo = self.photos.get(index % self.photos.len().max(1));
                let photo = photo.ok_or_else(|| self.beyond(index))?;
                self.augment.apply(photo, &mut dice)
            }
            Portion::Scene => self.renumbered(self.composer.scene(index as u64)),
            Portion::Tray => self.trays.get(index - views - scenes)?,
            Portion::HeldOutScene => self.renumbered(self.held_out.scene(index as u64)),
            Portion::HeldOutPhoto => {
                let at = index - views - scenes - trays - self.counts.held_out;
                self.val_photos
                    .get(at)
                    .cloned()
                    .ok_or_else(|| self.beyond(index))?
            }
        };
        let is_photo = matches!(portion, Portion::Photo | Portion::HeldOutPhoto);
        let counts = labelled
            .boxes
            .iter()
            .map(|labelled| is_photo || self.is_taught(labelled.class));
        Ok(Sample {
            counts: counts.collect(),
            labelled,
            portion,
        })
    }

    fn beyond(&self, index: usize) -> DatasetError {
        DatasetError::NoSuchPicture {
            index,
            count: self.len(),
        }
    }

    fn is_taught(&self, class: ClassId) -> bool {
        let at = usize::from(class.0).wrapping_sub(1);
        self.taught.get(at).copied().unwrap_or(false)
    }

    fn renumbered(&self, mut scene: LabelledPicture) -> LabelledPicture {
        scene.boxes.retain_mut(|labelled| {
            let at = usize::from(labelled.class.0).wrapping_sub(1);
            let known = self.classes.get(at).copied();
            labelled.class = known.unwrap_or(labelled.class);
            known.is_some()
        });
        scene
    }
}

fn read_photo(photo: &TeachPhoto, names: &ClassNames) -> Result<LabelledPicture, TeachError> {
    let mut pixels = picture::read(&photo.file).map_err(DatasetError::from)?;
    let longest = pixels.width().max(pixels.height());
    if longest > PHOTO_SIDE {
        let shrink = |side: u32| (side * PHOTO_SIDE / longest).max(1);
        let (width, height) = (shrink(pixels.width()), shrink(pixels.height()));
        pixels = imageops::thumbnail(&pixels, width, height);
    }
    let boxes = photo.boxes.iter().filter_map(|labelled| {
        Some(LabelledBox {
            class: names.id(&labelled.class)?,
            bbox: labelled.corners(),
            difficult: labelled.difficult,
        })
    });
    Ok(LabelledPicture {
        boxes: boxes.collect(),
        picture: pixels,
    })
}

/// The cut-outs of what can be shown, and the network's number of each of its classes.
fn library(
    job: &TeachJob,
    names: &ClassNames,
    photos: &[LabelledPicture],
) -> Result<(CutoutLibrary, Vec<ClassId>), TeachError> {
    let read: Vec<RgbaImage> = job
        .cutouts
        .par_iter()
        .map(|cutout| picture::read_rgba(&cutout.file).map_err(DatasetError::from))
        .collect::<Result<_, _>>()?;
    let rendered = |name: &str| ItemKind::ALL.iter().any(|kind| kind.class_name() == Some(name));
    let cut = |name: &str| job.cutouts.iter().any(|cutout| cutout.class == name);
    let shown: Vec<String> = names
        .names()
        .iter()
        .filter(|name| {
            let id = names.id(name);
            let on_photos = photos
                .iter()
                .flat_map(|photo| &photo.boxes)
                .any(|b| Some(b.class) == id);
            rendered(name) || cut(name) || on_photos
        })
        .cloned()
        .collect();
    let ids = shown.iter().filter_map(|name| names.id(name)).collect();
    let own = ClassNames::new(shown.iter().cloned());
    let mut library = CutoutLibrary::empty(own.clone(), CUTOUT_SIDE);
    for (number, (cutout, pixels)) in job.cutouts.iter().zip(&read).enumerate() {
        let class = own.id(&cutout.class);
        if class.is_some() && !library.push(class, pixels, &variety(class, number)) {
            tracing::warn!(file = %cutout.file.display(), "a cut-out without anything on it is left out");
        }
    }
    for name in shown.iter().filter(|name| !cut(name) && !rendered(name)) {
        let (class, id) = (own.id(name), names.id(name));
        for (number, photo) in photos.iter().enumerate() {
            for labelled in photo.boxes.iter().filter(|b| Some(b.class) == id && !b.difficult) {
                if let Some(rough) = rough_cutout(&photo.picture, labelled.bbox) {
                    library.push(class, &rough, &variety(class, number));
                }
            }
        }
    }
    Ok((library, ids))
}

/// A name for a cut-out; those of one class are of one variety, and no rule about file names means them.
fn variety(class: Option<ClassId>, number: usize) -> String {
    let letter = |digit: u16| char::from(b'a' + u8::try_from(digit % 26).unwrap_or(0));
    let class = class.map_or(0, |class| class.0);
    format!("taught-{}{}/{number}", letter(class / 26), letter(class))
}

/// What lies in a box, faded out towards its corners: better than nothing where no cut-out was made.
fn rough_cutout(photo: &RgbImage, bbox: CornerBox) -> Option<RgbaImage> {
    let bbox = bbox.to_pixels(photo.width(), photo.height());
    let whole = |value: f32| crate::geom::cast::round_u32(value.max(0.0));
    let (x0, y0) = (whole(bbox.x0), whole(bbox.y0));
    let (width, height) = (
        whole(bbox.x1).saturating_sub(x0),
        whole(bbox.y1).saturating_sub(y0),
    );
    if width < 8 || height < 8 {
        return None;
    }
    let crop = imageops::crop_imm(photo, x0, y0, width, height).to_image();
    let mut cutout = RgbaImage::new(crop.width(), crop.height());
    for (x, y, pixel) in crop.enumerate_pixels() {
        let away = |at: u32, side: u32| ((at as f32 + 0.5) / side as f32 * 2.0 - 1.0).abs();
        let (across, down) = (away(x, crop.width()), away(y, crop.height()));
        // A square with round corners: |x|^4 + |y|^4.
        let far = (across.powi(4) + down.powi(4)).powf(0.25);
        let alpha = ((1.0 - far) / 0.08).clamp(0.0, 1.0);
        let [red, green, blue] = pixel.0;
        cutout.put_pixel(x, y, Rgba([red, green, blue, round_u8(alpha * 255.0)]));
    }
    Some(cutout)
}

fn composer_settings(
    library: &CutoutLibrary,
    seed: u64,
    side: u32,
    (new, taught): (&[String], &[String]),
    no_tray: bool,
) -> ComposerSettings {
    let names = library.classes().names();
    // Half of what is shown is new, and of the rest the shop's own is as often as what came with the model.
    let weight = |name: &String| {
        if new.contains(name) {
            3.0 / new.len().max(1) as f32
        } else if taught.contains(name) {
            1.5 / taught.len().saturating_sub(new.len()).max(1) as f32
        } else {
            0.5
        }
    };
    let mut settings = ComposerSettings {
        size: side,
        seed,
        negative_share: 0.2,
        garden_share: 0.02,
        photo_share: if no_tray { 0.0 } else { 0.5 },
        renders: 60,
        class_weights: names.iter().map(weight).collect(),
        ..ComposerSettings::default()
    };
    for part in taught.iter().flat_map(|name| look_alikes(name)) {
        settings.weights.insert(0, (part.to_owned(), 0.0));
    }
    settings
}

fn backgrounds(tray: &[PathBuf]) -> Result<Backgrounds, TeachError> {
    let there: Vec<PathBuf> = tray.iter().filter(|file| Path::exists(file)).cloned().collect();
    if there.is_empty() {
        return Ok(Backgrounds::procedural());
    }
    Ok(Backgrounds::with_photos(&there, 256, 200, &[])?)
}
