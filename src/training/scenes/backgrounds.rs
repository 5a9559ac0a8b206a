//! What items lie on: photographs of other things, cropped and blurred, or a drawn surface.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{canvas::Canvas, textures};
use crate::{
    frame::{RgbImage, imageops, picture},
    geom::cast::{floor_index, round_u32},
    training::dataset::{DatasetError, Dice, files::pictures_below},
};

/// Background photos in memory; without any, every background is drawn.
#[derive(Debug, Clone, Default)]
pub struct Backgrounds {
    photos: Vec<RgbImage>,
}

impl Backgrounds {
    /// Drawn surfaces only.
    #[must_use]
    pub const fn procedural() -> Self {
        Self { photos: Vec::new() }
    }

    /// Reads photos from files and folders (with their subfolders), at most `max` evenly chosen ones, their
    /// shorter side made `side` pixels. Paths that contain one of `exclude` are left out.
    ///
    /// # Errors
    /// [`DatasetError`] if a folder or a photo cannot be read, or if no photo is left.
    pub fn with_photos(
        sources: &[PathBuf],
        side: u32,
        max: usize,
        exclude: &[&str],
    ) -> Result<Self, DatasetError> {
        let mut files = Vec::new();
        for source in sources {
            collect_pictures(source, &mut files)?;
        }
        files.retain(|file| {
            let name = file.to_string_lossy();
            !exclude.iter().any(|part| name.contains(part))
        });
        if files.is_empty() {
            return Err(DatasetError::Nothing {
                path: sources.first().cloned().unwrap_or_default(),
                what: "no background photos".to_owned(),
            });
        }
        let wanted = files.len().min(max.max(1));
        let chosen: Vec<&PathBuf> = (0..wanted)
            .filter_map(|number| files.get(number * files.len() / wanted))
            .collect();
        let photos = chosen
            .par_iter()
            .map(|file| Ok(fit(picture::read(file)?, side)))
            .collect::<Result<Vec<_>, DatasetError>>()?;
        Ok(Self { photos })
    }

    /// Adds one photo.
    pub fn push(&mut self, photo: RgbImage) {
        self.photos.push(photo);
    }

    /// How many photos there are.
    #[must_use]
    pub const fn photos(&self) -> usize {
        self.photos.len()
    }

    /// Paints a background; a photo in `photo_share` of the cases, if there is one.
    pub(super) fn paint(&self, side: usize, photo_share: f32, dice: &mut Dice) -> Canvas {
        let choice = self.photos.get(dice.below(self.photos.len()));
        match choice {
            Some(photo) if dice.chance(photo_share) => {
                let mut canvas = crop(photo, side, dice);
                if dice.chance(0.4) {
                    // Far behind, out of focus.
                    let radius = floor_index(side as f32 * dice.log_range(0.006, 0.05));
                    canvas.box_blur(radius);
                    canvas.box_blur(radius);
                }
                canvas
            }
            Some(_) | None => textures::paint(side, dice),
        }
    }
}

fn collect_pictures(source: &Path, files: &mut Vec<PathBuf>) -> Result<(), DatasetError> {
    if source.is_dir() {
        files.extend(pictures_below(source)?);
    } else {
        files.push(source.to_owned());
    }
    Ok(())
}

fn fit(photo: RgbImage, side: u32) -> RgbImage {
    let shorter = photo.width().min(photo.height());
    if shorter <= side || shorter == 0 {
        return photo;
    }
    let shrink = side as f32 / shorter as f32;
    let length = |pixels: u32| round_u32(pixels as f32 * shrink).max(1);
    imageops::resize(
        &photo,
        length(photo.width()),
        length(photo.height()),
        imageops::FilterType::Triangle,
    )
}

/// A random square of the photo, turned by quarters and mirrored.
pub(super) fn crop(photo: &RgbImage, side: usize, dice: &mut Dice) -> Canvas {
    let (width, height) = (photo.width() as f32, photo.height() as f32);
    let edge = width.min(height) * dice.range(0.45, 1.0);
    let (x0, y0) = (dice.range(0.0, width - edge), dice.range(0.0, height - edge));
    let step = edge / side.max(1) as f32;
    let (mirrored, turned) = (dice.chance(0.5), dice.chance(0.3));
    let (last_x, last_y) = (photo.width().saturating_sub(2), photo.height().saturating_sub(2));
    let raw = photo.as_raw();
    let stride = photo.width() as usize * 3;
    let mut canvas = Canvas::filled(side, [0.0; 3]);
    canvas.paint(|x, y| {
        let x = if mirrored { side - 1 - x } else { x };
        let (x, y) = if turned { (y, x) } else { (x, y) };
        let (u, v) = (x0 + x as f32 * step, y0 + y as f32 * step);
        let (column, row) = (
            floor_index(u).min(last_x as usize),
            floor_index(v).min(last_y as usize),
        );
        let (fx, fy) = ((u - column as f32).min(1.0), (v - row as f32).min(1.0));
        let at = row * stride + column * 3;
        let mut out = [0.0; 3];
        for (channel, value) in out.iter_mut().enumerate() {
            let texel = |offset: usize| {
                raw.get(at + offset + channel)
                    .map_or(0.0, |byte| f32::from(*byte))
            };
            let top = texel(0) * (1.0 - fx) + texel(3) * fx;
            let bottom = texel(stride) * (1.0 - fx) + texel(stride + 3) * fx;
            *value = top * (1.0 - fy) + bottom * fy;
        }
        out
    });
    canvas
}
