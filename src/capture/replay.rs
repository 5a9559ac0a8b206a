//! Pictures from files in place of a camera: one picture, or a folder by name, in a loop or once.
//!
//! Between two pictures of a folder its picture of the empty place is shown (one whose name contains `empty`),
//! or a plain grey. Invariants: at most two pictures are in memory; a file that cannot be read is reported once and skipped; a
//! folder in which nothing can be read is an error, not a silent lane.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::frame::{Frame, FrameId, Rgb, RgbImage, imageops, picture};

use super::{CaptureError, Clock, FrameSource};

/// Longer sides are made smaller, so that showing a picture again and again costs little.
const MAX_SIDE: u32 = 1920;
/// Part of the name of the picture of the empty place.
const EMPTY_NAME: &str = "empty";
/// The empty place where there is no picture of it: a light that no product has.
const EMPTY: Rgb<u8> = Rgb([122, 122, 122]);

/// How pictures are replayed.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplaySettings {
    /// Time between two frames. Default 100 ms.
    pub period: Duration,
    /// How long each picture is shown. Default 6 s.
    pub hold: Duration,
    /// How long an empty picture is shown between two pictures, so that the items of one have left before
    /// those of the next come; a single picture is shown without a gap. Default 2.5 s.
    pub gap: Duration,
    /// Whether to begin again after the last picture. Default true.
    pub looped: bool,
}

impl Default for ReplaySettings {
    fn default() -> Self {
        Self {
            period: Duration::from_millis(100),
            hold: Duration::from_secs(6),
            gap: Duration::from_millis(2500),
            looped: true,
        }
    }
}

/// Replays pictures.
pub struct Replay {
    path: PathBuf,
    settings: ReplaySettings,
    clock: Clock,
    files: Vec<PathBuf>,
    next_file: usize,
    shown: RgbImage,
    /// When the picture shown now came up; `None` before the first frame.
    since: Option<Duration>,
    in_gap: bool,
    /// Shown between two pictures.
    empty: Option<RgbImage>,
    frames: u64,
    unreadable: BTreeSet<PathBuf>,
    notes: Vec<String>,
}

impl Replay {
    /// Opens a picture or a folder and reads the first picture.
    ///
    /// # Errors
    /// [`CaptureError::Picture`] for a file, [`CaptureError::Folder`] and [`CaptureError::NoPictures`] for a
    /// folder.
    pub fn open(path: &Path, settings: ReplaySettings, clock: Clock) -> Result<Self, CaptureError> {
        let is_folder = path.is_dir();
        let mut files = if is_folder {
            pictures_in(path)?
        } else {
            vec![path.to_owned()]
        };
        let empty = take_empty(&mut files);
        let mut replay = Self {
            path: path.to_owned(),
            settings,
            clock,
            files,
            next_file: 0,
            shown: RgbImage::new(0, 0),
            since: None,
            in_gap: false,
            empty,
            frames: 0,
            unreadable: BTreeSet::new(),
            notes: Vec::new(),
        };
        if is_folder {
            replay.show_next()?;
        } else {
            replay.shown = small_enough(picture::read(path)?);
            replay.next_file = 1;
        }
        Ok(replay)
    }

    /// Moves on if the picture or the gap was shown long enough.
    fn advance(&mut self, now: Duration) -> Result<(), CaptureError> {
        let Some(since) = self.since else {
            self.since = Some(now);
            return Ok(());
        };
        let time = if self.in_gap {
            self.settings.gap
        } else {
            self.settings.hold
        };
        if now.saturating_sub(since) < time {
            return Ok(());
        }
        if self.files.len() == 1 {
            return if self.settings.looped {
                Ok(())
            } else {
                Err(self.ended())
            };
        }
        self.since = Some(now);
        if !self.in_gap && self.settings.gap > Duration::ZERO && self.has_next() {
            let (width, height) = self.shown.dimensions();
            self.shown = match &self.empty {
                Some(empty) => empty.clone(),
                None => RgbImage::from_pixel(width, height, EMPTY),
            };
            self.in_gap = true;
            return Ok(());
        }
        self.in_gap = false;
        self.show_next()
    }

    fn has_next(&self) -> bool {
        self.settings.looped || self.next_file < self.files.len()
    }

    fn ended(&self) -> CaptureError {
        CaptureError::Ended {
            path: self.path.clone(),
        }
    }

    /// Reads the next picture that can be read; tries every file once.
    fn show_next(&mut self) -> Result<(), CaptureError> {
        for _ in 0..self.files.len() {
            if self.next_file >= self.files.len() {
                if !self.settings.looped {
                    return Err(self.ended());
                }
                self.next_file = 0;
            }
            let file = self.files[self.next_file].clone();
            self.next_file += 1;
            match picture::read(&file) {
                Ok(picture) => {
                    self.shown = small_enough(picture);
                    return Ok(());
                }
                Err(error) => {
                    if self.unreadable.insert(file) {
                        self.notes.push(error.to_string());
                    }
                }
            }
        }
        Err(CaptureError::NoPictures {
            path: self.path.clone(),
        })
    }
}

impl FrameSource for Replay {
    fn next_frame(&mut self) -> Result<Frame, CaptureError> {
        let now = (self.clock)();
        self.advance(now)?;
        let id = FrameId(self.frames);
        self.frames += 1;
        Ok(Frame::new(self.shown.clone(), id, now))
    }

    fn describe(&self) -> String {
        format!("pictures of {}", self.path.display())
    }

    fn pace(&self) -> Option<Duration> {
        Some(self.settings.period)
    }

    fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }
}

/// Files of a folder that have the ending of a picture, by name.
fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, CaptureError> {
    let failed = |source| CaptureError::Folder {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .map(str::to_ascii_lowercase);
        let is_picture = ending
            .is_some_and(|ending| ["jpg", "jpeg", "png", "webp", "gif", "bmp"].contains(&ending.as_str()));
        if is_picture && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Takes the picture of the empty place out of several; one that cannot be read stays, to be reported.
fn take_empty(files: &mut Vec<PathBuf>) -> Option<RgbImage> {
    let is_empty = |path: &PathBuf| {
        path.file_stem()
            .and_then(|stem| stem.to_str())
            .is_some_and(|stem| stem.contains(EMPTY_NAME))
    };
    let index = files.iter().position(is_empty).filter(|_| files.len() > 1)?;
    let picture = picture::read(&files[index]).ok()?;
    files.remove(index);
    Some(small_enough(picture))
}

fn small_enough(picture: RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    if longest <= MAX_SIDE {
        return picture;
    }
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(MAX_SIDE) / u64::from(longest);
        u32::try_from(side).unwrap_or(MAX_SIDE).max(1)
    };
    imageops::thumbnail(&picture, scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use super::*;

    /// A clock that a test sets, in milliseconds.
    fn test_clock() -> (Arc<AtomicU64>, Clock) {
        let millis = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&millis);
        (
            millis,
            Arc::new(move || Duration::from_millis(read.load(Ordering::SeqCst))),
        )
    }

    fn write(dir: &Path, name: &str, red: u8) {
        picture::write(&RgbImage::from_pixel(8, 4, Rgb([red, 0, 0])), &dir.join(name)).unwrap();
    }

    fn red_at(replay: &mut Replay, clock: &AtomicU64, millis: u64) -> u8 {
        clock.store(millis, Ordering::SeqCst);
        let frame = replay.next_frame().unwrap();
        assert_eq!(frame.captured_at(), Duration::from_millis(millis));
        frame.pixels().get_pixel(0, 0).0[0]
    }

    #[test]
    fn a_folder_plays_by_name_with_gaps_and_in_a_loop() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "b.png", 20);
        write(dir.path(), "a.png", 10);
        std::fs::write(dir.path().join("c.jpg"), b"no picture").unwrap();
        std::fs::write(dir.path().join("d.png"), b"").unwrap();
        std::fs::write(dir.path().join("notes.txt"), b"not shown").unwrap();
        let (millis, clock) = test_clock();
        let settings = ReplaySettings {
            hold: Duration::from_millis(1000),
            gap: Duration::from_millis(500),
            ..ReplaySettings::default()
        };
        let mut replay = Replay::open(dir.path(), settings, clock).unwrap();
        let mut seen = Vec::new();
        for at in [0, 900, 1000, 1400, 1500, 2500, 3000, 4000, 4500, 5500, 6000] {
            seen.push(red_at(&mut replay, &millis, at));
        }
        assert_eq!(seen, [10, 10, 122, 122, 20, 122, 10, 122, 20, 122, 10]);
        let notes = replay.take_notes();
        assert_eq!(notes.len(), 2, "each once: {notes:?}");
        assert!(notes[0].contains("c.jpg") && notes[1].contains("d.png"));
        assert!(replay.take_notes().is_empty());
    }

    #[test]
    fn once_through_and_then_it_ends() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.png", 10);
        write(dir.path(), "b.png", 20);
        let (millis, clock) = test_clock();
        let settings = ReplaySettings {
            hold: Duration::from_millis(1000),
            gap: Duration::ZERO,
            looped: false,
            ..ReplaySettings::default()
        };
        let mut replay = Replay::open(dir.path(), settings, clock).unwrap();
        assert_eq!(red_at(&mut replay, &millis, 0), 10);
        assert_eq!(red_at(&mut replay, &millis, 1000), 20);
        millis.store(2000, Ordering::SeqCst);
        assert!(replay.next_frame().unwrap_err().is_final());
    }

    #[test]
    fn one_picture_is_held() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.png", 10);
        let (millis, clock) = test_clock();
        let mut replay = Replay::open(&dir.path().join("a.png"), ReplaySettings::default(), clock).unwrap();
        assert_eq!(red_at(&mut replay, &millis, 0), 10);
        assert_eq!(red_at(&mut replay, &millis, 60_000), 10);
        assert_eq!(replay.frames, 2);
    }

    #[test]
    fn nothing_to_show_is_an_error_that_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let (_, clock) = test_clock();
        let open = |path: &Path| Replay::open(path, ReplaySettings::default(), clock.clone()).map(|_| ());
        assert!(matches!(open(dir.path()), Err(CaptureError::NoPictures { .. })));
        std::fs::write(dir.path().join("a.png"), b"no picture").unwrap();
        assert!(matches!(open(dir.path()), Err(CaptureError::NoPictures { .. })));
        assert!(matches!(
            open(&dir.path().join("a.png")),
            Err(CaptureError::Picture(_))
        ));
        assert!(matches!(
            open(&dir.path().join("none.png")),
            Err(CaptureError::Picture(_))
        ));
    }

    #[test]
    fn large_pictures_are_made_smaller() {
        let small = small_enough(RgbImage::new(3840, 1080));
        assert_eq!(small.dimensions(), (1920, 540));
        assert_eq!(small_enough(RgbImage::new(1, 19_200)).dimensions(), (1, 1920));
    }
}
