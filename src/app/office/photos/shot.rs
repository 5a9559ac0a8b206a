//! A photo that was taken and is to be confirmed: its outline, mended with the brush step by step.

use std::sync::Arc;

use super::{PhotosPage, looking};
use crate::{
    app::office::Desk,
    domain::staff::Permission,
    frame::{GrayImage, RgbImage},
    geom::CornerBox,
    training::tray::{Appearance, Stroke, box_of, brush},
    ui::{
        office::photos::{BrushStroke, Overlay, Subject, TrayStatus},
        view::Photo,
        words::PhotosWord,
    },
};

/// Steps of the brush that can be taken back.
const STEPS: usize = 40;

/// The photo.
#[derive(Debug)]
pub(super) struct Shot {
    pub(super) photo: Photo,
    alpha: GrayImage,
    before: Vec<GrayImage>,
    /// The boxes that were found; one around everything once the brush was used.
    boxes: Vec<CornerBox>,
    is_mended: bool,
    confidence: f32,
    overlay: Option<Overlay>,
}

impl Shot {
    fn new(photo: Photo, found: Option<(GrayImage, Vec<CornerBox>, f32)>, stamp: u64) -> Self {
        let (w, h) = photo.pixels.dimensions();
        let (alpha, boxes, confidence) = found.unwrap_or_else(|| (GrayImage::new(w, h), Vec::new(), 0.0));
        let mut shot = Self {
            photo,
            alpha,
            before: Vec::new(),
            boxes,
            is_mended: false,
            confidence,
            overlay: None,
        };
        shot.refresh(stamp);
        shot
    }

    fn refresh(&mut self, stamp: u64) {
        if self.is_mended {
            self.boxes = box_of(&self.alpha).into_iter().collect();
            self.confidence = 1.0;
        }
        self.overlay = Some(looking::overlay(
            stamp,
            &self.alpha,
            (&self.boxes, self.confidence),
        ));
    }

    pub(super) fn overlay(&self) -> Option<Overlay> {
        self.overlay.clone()
    }

    pub(super) fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }

    /// Takes the last stroke back.
    pub(super) fn undo(&mut self, stamp: u64) {
        if let Some(alpha) = self.before.pop() {
            self.alpha = alpha;
            self.refresh(stamp);
        }
    }

    fn brush(&mut self, stroke: BrushStroke, first: bool, stamp: u64) {
        if first {
            self.before.push(self.alpha.clone());
            if self.before.len() > STEPS {
                self.before.remove(0);
            }
        }
        let (w, h) = (self.alpha.width() as f32, self.alpha.height() as f32);
        brush(
            &mut self.alpha,
            &Stroke {
                from: (stroke.from.0 * w, stroke.from.1 * h),
                to: (stroke.to.0 * w, stroke.to.1 * h),
                radius: stroke.radius * w,
                adds: stroke.adds,
            },
        );
        self.is_mended = true;
        self.refresh(stamp);
    }
}

impl PhotosPage {
    /// Takes a photo: the one whose outline is on the screen, or the newest picture where there is none.
    pub(super) fn take(&mut self, desk: &mut Desk) {
        if !desk.check(Permission::TakePhotos) || self.tray.is_learning() || self.shot.is_some() {
            return;
        }
        let Some(live) = self.live.clone() else { return };
        if self.subject == Subject::Nothing {
            // Nothing to cut out: the whole photo shows nothing of ours.
            self.save(live.pixels().clone(), None, true, desk);
            return;
        }
        let seen = self.seen.take();
        let found = seen.as_ref().and_then(|seen| {
            let finding = seen.finding.as_ref()?;
            Some((finding.alpha.clone(), finding.boxes.clone(), finding.confidence))
        });
        let pixels = seen.map_or(live, |seen| seen.frame).pixels().clone();
        let stamp = self.next_number();
        let photo = Photo {
            key: format!("shot {stamp}"),
            pixels: Arc::new(pixels),
        };
        self.shot = Some(Shot::new(photo, found, stamp));
    }

    /// Whether the till looked for the product and found none: a photo of it without it teaches nothing.
    pub(super) fn lacks_outline(&self, shot: &Shot) -> bool {
        shot.boxes.is_empty() && self.tray.status() == TrayStatus::Ready
    }

    /// Mends the outline.
    pub(super) fn brush(&mut self, stroke: BrushStroke, first: bool) {
        let stamp = self.next_number();
        if let Some(shot) = &mut self.shot {
            shot.brush(stroke, first, stamp);
        }
    }

    /// Keeps the photo with its outline.
    pub(super) fn confirm(&mut self, desk: &mut Desk) {
        if self.shot.as_ref().is_some_and(|shot| self.lacks_outline(shot)) {
            desk.problem(desk.words().say(PhotosWord::NoOutline));
            return;
        }
        let Some(shot) = self.shot.take() else { return };
        let pixels: RgbImage = (*shot.photo.pixels).clone();
        if let Some(bbox) = shot.boxes.first() {
            self.last = Some(Appearance::of(&pixels, &shot.alpha, *bbox));
        }
        let parts = (!shot.boxes.is_empty()).then_some((shot.alpha, shot.boxes));
        self.save(pixels, parts, true, desk);
    }
}
