//! Looks at the camera's pictures: learns the empty tray, finds what lies on it, and keeps the tray for
//! tomorrow as two pictures.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::PhotosPage;
use crate::{
    app::office::{Desk, labels::at_most},
    domain::staff::Permission,
    frame::{Frame, GrayImage, RgbImage, imageops, picture},
    training::tray::{self, Appearance, EmptyTray, Finding, Obstacle, TrayError},
    ui::office::photos::{Overlay, Subject, TrayStatus},
};

/// Pictures of the empty tray that are taken together.
const LEARN: u32 = 10;
/// The mask on the screen is no finer than this.
const SHOWN: u32 = 480;
/// Below this the outline is not clear.
const CLEAR: f32 = 0.45;
/// More than this share of pixels changing means that something moves.
const STILL: f32 = 0.01;

/// What is known of the tray.
#[derive(Debug, Default)]
pub(super) struct Tray {
    known: Option<Arc<EmptyTray>>,
    learning: Option<Learning>,
    busy: bool,
    /// The last picture that was looked at.
    looked: Option<Frame>,
    was_read: bool,
}

#[derive(Debug, Default)]
struct Learning {
    tray: Option<EmptyTray>,
    last: Option<Frame>,
}

impl Tray {
    pub(super) fn is_learning(&self) -> bool {
        self.learning.is_some()
    }

    pub(super) fn status(&self) -> TrayStatus {
        match (&self.learning, &self.known) {
            (Some(learning), _) => {
                TrayStatus::Learning(learning.tray.as_ref().map_or(0, EmptyTray::frames), LEARN)
            }
            (None, Some(_)) => TrayStatus::Ready,
            (None, None) => TrayStatus::Missing,
        }
    }
}

/// What a picture showed.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) frame: Frame,
    pub(super) finding: Option<Arc<Finding>>,
    pub(super) obstacle: Option<Obstacle>,
    pub(super) overlay: Option<Overlay>,
    is_still: bool,
}

impl Seen {
    pub(super) fn is_clear(&self) -> bool {
        self.finding
            .as_ref()
            .is_some_and(|finding| finding.confidence >= CLEAR)
    }
}

/// A mask as it is shown.
pub(super) fn overlay(stamp: u64, alpha: &GrayImage, finding: (&[crate::geom::CornerBox], f32)) -> Overlay {
    let longest = alpha.width().max(alpha.height());
    let mask = if longest > SHOWN {
        let side = |length: u32| {
            u32::try_from(u64::from(length) * u64::from(SHOWN) / u64::from(longest))
                .unwrap_or(SHOWN)
                .max(1)
        };
        imageops::thumbnail(alpha, side(alpha.width()), side(alpha.height()))
    } else {
        alpha.clone()
    };
    Overlay {
        stamp,
        mask: Arc::new(mask),
        boxes: finding.0.to_vec(),
        confidence: finding.1,
    }
}

/// Where the tray is kept: what it looks like, and how much it wavers.
fn files(data: &Path) -> (PathBuf, PathBuf) {
    let folder = data.join("tray");
    (folder.join("empty.png"), folder.join("noise.png"))
}

fn read(data: &Path) -> Option<EmptyTray> {
    let (look, noise) = files(data);
    EmptyTray::from_pictures(&picture::read(&look).ok()?, &picture::read(&noise).ok()?).ok()
}

fn write(data: &Path, tray: &EmptyTray) -> Result<(), String> {
    let (look, noise) = files(data);
    let sentence = |reason: String| {
        format!("the picture of the empty tray cannot be kept for tomorrow: check the data folder ({reason})")
    };
    if let Some(folder) = look.parent() {
        std::fs::create_dir_all(folder).map_err(|error| sentence(error.to_string()))?;
    }
    let (of_look, of_noise) = tray.to_pictures();
    picture::write(&of_look, &look).map_err(|error| sentence(error.to_string()))?;
    picture::write(&of_noise, &noise).map_err(|error| sentence(error.to_string()))
}

type Looked = Result<(Option<Finding>, Option<Obstacle>, bool), TrayError>;

fn look_at(tray: &EmptyTray, now: &RgbImage, before: Option<&RgbImage>, last: Option<&Appearance>) -> Looked {
    let finding = tray::find(tray, now)?;
    let obstacle = tray::obstacle(tray, now, finding.as_ref(), last)?;
    let is_still = before.is_some_and(|before| tray::movement(before, now) < STILL);
    Ok((finding, obstacle, is_still))
}

impl PhotosPage {
    /// Reads the tray of yesterday, once.
    pub(super) fn read_tray(&mut self, desk: &mut Desk) {
        if self.tray.was_read {
            return;
        }
        self.tray.was_read = true;
        let data = Arc::clone(desk.data());
        desk.work(
            "tray",
            move || read(&data),
            |office, _, known| {
                let tray = &mut office.photos.tray;
                if tray.known.is_none() {
                    tray.known = known.ok().flatten().map(Arc::new);
                }
            },
        );
    }

    /// The tray is empty now.
    pub(super) fn learn_tray(&mut self, desk: &mut Desk) {
        if desk.check(Permission::TakePhotos) && self.turning.is_none() {
            self.shot = None;
            self.seen = None;
            self.last = None;
            self.tray.learning = Some(Learning::default());
        }
    }

    /// Looks at the newest picture, unless the one before is still being looked at.
    pub(super) fn look(&mut self, desk: &mut Desk) {
        let Some(frame) = self.live.clone() else { return };
        let is_same = |known: &Option<Frame>| {
            known
                .as_ref()
                .is_some_and(|known| (known.id(), known.captured_at()) == (frame.id(), frame.captured_at()))
        };
        if let Some(learning) = &mut self.tray.learning {
            if !is_same(&learning.last) {
                learning.last = Some(frame.clone());
                self.learn(&frame, desk);
            }
            return;
        }
        let wanted = matches!(self.subject, Subject::Product(_)) && self.shot.is_none();
        let Some(known) = self.tray.known.clone().filter(|_| wanted && !self.tray.busy) else {
            return;
        };
        if is_same(&self.tray.looked) {
            return;
        }
        self.tray.busy = true;
        let before = self.tray.looked.replace(frame.clone());
        let last = self.last.clone();
        let seen = frame.clone();
        desk.work(
            "tray",
            move || {
                look_at(
                    &known,
                    frame.pixels(),
                    before.as_ref().map(Frame::pixels),
                    last.as_ref(),
                )
            },
            move |office, desk, done| {
                let page = &mut office.photos;
                page.tray.busy = false;
                match done {
                    Ok(Ok(looked)) => page.saw(seen, looked, desk),
                    Ok(Err(error)) => {
                        page.tray.known = None;
                        desk.problem(error.to_string());
                    }
                    Err(trouble) => desk.problem(trouble.sentence),
                }
            },
        );
    }

    fn learn(&mut self, frame: &Frame, desk: &mut Desk) {
        let Some(learning) = &mut self.tray.learning else {
            return;
        };
        let done = match &mut learning.tray {
            None => {
                learning.tray = Some(EmptyTray::new(frame.pixels()));
                1
            }
            Some(tray) => {
                if tray.learn(frame.pixels()).is_err() {
                    *tray = EmptyTray::new(frame.pixels());
                }
                tray.frames()
            }
        };
        if done < LEARN {
            return;
        }
        let Some(tray) = self.tray.learning.take().and_then(|learning| learning.tray) else {
            return;
        };
        let tray = Arc::new(tray);
        self.tray.known = Some(Arc::clone(&tray));
        let data = Arc::clone(desk.data());
        desk.work(
            "tray",
            move || write(&data, &tray),
            |_, desk, done| match done {
                Ok(Ok(())) => desk.saved(),
                Ok(Err(sentence)) => desk.problem(sentence),
                Err(trouble) => desk.problem(trouble.sentence),
            },
        );
    }

    fn saw(&mut self, frame: Frame, looked: (Option<Finding>, Option<Obstacle>, bool), desk: &mut Desk) {
        let (finding, obstacle, is_still) = looked;
        let stamp = self.next_number();
        let overlay = finding
            .as_ref()
            .map(|finding| overlay(stamp, &finding.alpha, (&finding.boxes, finding.confidence)));
        let seen = Seen {
            frame,
            finding: finding.map(Arc::new),
            obstacle,
            overlay,
            is_still,
        };
        let is_good = seen.obstacle.is_none() && seen.is_still && seen.is_clear();
        self.seen = Some(seen);
        // One at a time: the photo must be kept before the next can be told from it.
        if is_good && self.turning.is_some() && self.saving == 0 {
            self.take_by_itself(desk);
        }
    }

    fn take_by_itself(&mut self, desk: &mut Desk) {
        let Some(seen) = &self.seen else { return };
        let Some(finding) = seen.finding.clone() else {
            return;
        };
        let pixels = seen.frame.pixels().clone();
        if let Some(bbox) = finding.boxes.first() {
            self.last = Some(Appearance::of(&pixels, &finding.alpha, *bbox));
        }
        if let Some(turning) = &mut self.turning {
            turning.taken += 1;
        }
        let parts = finding.boxes.clone();
        self.save(pixels, Some((finding.alpha.clone(), parts)), false, desk);
    }

    /// A small copy for the strip of the last photos.
    pub(super) fn remember(&mut self, pixels: &RgbImage) {
        let number = self.next_number();
        self.recent.push_front(crate::ui::view::Photo {
            key: format!("taken {number}"),
            pixels: Arc::new(at_most(pixels.clone(), 240)),
        });
        self.recent.truncate(super::RECENT);
    }
}
