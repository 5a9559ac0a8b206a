//! The stillness gate: while nothing moves in view the detector rests, and what it found last still holds.
//!
//! A picture is reduced to the mean colours of a coarse grid, which camera noise hardly moves and anything that
//! enters, leaves or shifts by two pixels does. It is compared with the picture that began the rest and not
//! with the one before, so that slow changes add up. It must not decide what is in view: it only says whether
//! looking again could give another answer, and errs on the side of looking.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    frame::{Frame, RgbImage},
    geom::Detection,
};

use super::detect_loop::DetectFn;

/// Cells of the grid, across and down.
const GRID: [usize; 2] = [32, 18];
/// Every so many pixels of a row, and rows, are looked at.
const STRIDE: usize = 4;

/// When the detector may rest.
#[derive(Debug, Clone, PartialEq)]
pub struct StillnessSettings {
    /// A cell whose mean in any colour moved by more than this many levels of 255 has changed. Default 4.
    pub levels: u32,
    /// How long after a change every picture is still looked at, for tracks to settle and split votes to
    /// become questions. Default 1.5 s.
    pub settle: Duration,
    /// How often a resting detector looks all the same. Default 500 ms.
    pub look_again: Duration,
}

impl Default for StillnessSettings {
    fn default() -> Self {
        Self {
            levels: 4,
            settle: Duration::from_millis(1500),
            look_again: Duration::from_millis(500),
        }
    }
}

/// What is left of a picture.
#[derive(Debug, Default)]
struct Signature {
    size: (u32, u32),
    cells: Vec<Cell>,
}

/// Of one cell: the sum of each colour, and of how many pixels.
type Cell = ([u32; 3], u32);

/// Tells from the pictures whether the detector must look.
#[derive(Debug)]
pub struct Stillness {
    settings: StillnessSettings,
    /// What the view looked like when it last changed.
    reference: Signature,
    /// The newest picture; kept for its memory.
    newest: Signature,
    changed_at: Option<Duration>,
    looked_at: Duration,
}

impl Stillness {
    /// A gate that has seen nothing.
    #[must_use]
    pub fn new(settings: StillnessSettings) -> Self {
        Self {
            settings,
            reference: Signature::default(),
            newest: Signature::default(),
            changed_at: None,
            looked_at: Duration::ZERO,
        }
    }

    /// Whether the detector must look at this picture. Pictures come in order of time.
    pub fn must_look(&mut self, frame: &Frame) -> bool {
        let at = frame.captured_at();
        self.newest.read(frame.pixels());
        let is_still = self.newest.resembles(&self.reference, self.settings.levels);
        let Some(changed_at) = self.changed_at.filter(|&changed| is_still && changed <= at) else {
            std::mem::swap(&mut self.reference, &mut self.newest);
            self.changed_at = Some(at);
            self.looked_at = at;
            return true;
        };
        let must = at.saturating_sub(changed_at) < self.settings.settle
            || at.saturating_sub(self.looked_at) >= self.settings.look_again;
        if must {
            self.looked_at = at;
        }
        must
    }

    /// Forgets what it saw: the next picture must be looked at.
    pub const fn forget(&mut self) {
        self.changed_at = None;
    }
}

impl Signature {
    /// Reads a picture in place of the last one.
    fn read(&mut self, picture: &RgbImage) {
        self.size = picture.dimensions();
        self.cells.clear();
        self.cells.resize(GRID[0] * GRID[1], ([0; 3], 0));
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        if width == 0 || height == 0 {
            return;
        }
        let lines = picture.as_raw().chunks_exact(width * 3).enumerate();
        for (y, line) in lines.step_by(STRIDE) {
            let row = y * GRID[1] / height * GRID[0];
            let (pixels, _) = line.as_chunks::<3>();
            let cells = &mut self.cells[row..row + GRID[0]];
            for (column, cell) in cells.iter_mut().enumerate() {
                // The first looked-at pixel whose cell this is, and the first of the next.
                let first = |column: usize| (column * width).div_ceil(GRID[0]).next_multiple_of(STRIDE);
                let of_cell = &pixels[first(column).min(width)..first(column + 1).min(width)];
                for pixel in of_cell.iter().step_by(STRIDE) {
                    for (sum, &value) in cell.0.iter_mut().zip(pixel) {
                        *sum += u32::from(value);
                    }
                    cell.1 += 1;
                }
            }
        }
    }

    /// Whether no cell differs by more than so many levels.
    fn resembles(&self, other: &Self, levels: u32) -> bool {
        let alike = |(a, b): (&Cell, &Cell)| {
            a.0.iter()
                .zip(b.0)
                .all(|(a_sum, b_sum)| a_sum.abs_diff(b_sum) <= levels * a.1)
        };
        self.size == other.size && self.cells.iter().zip(&other.cells).all(alike)
    }
}

/// Says that nothing moves in view, so that the window need not be painted as often as the camera sends.
#[derive(Debug, Clone, Default)]
pub struct RestSign(Arc<AtomicBool>);

impl RestSign {
    /// Says whether nothing moves.
    pub fn set(&self, is_still: bool) {
        self.0.store(is_still, Ordering::Relaxed);
    }

    /// Whether nothing moves.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A detector that rests while nothing moves, says so, and then gives what it found last.
#[must_use]
pub fn resting(mut detect: DetectFn, settings: StillnessSettings, rest: RestSign) -> DetectFn {
    let mut gate = Stillness::new(settings);
    let mut last: Vec<Detection> = Vec::new();
    Box::new(move |frame: &Frame| {
        let looks = gate.must_look(frame);
        rest.set(!looks);
        if looks {
            let found = detect(frame);
            match &found {
                Ok(found) => last.clone_from(found),
                // What failed once is tried with the next picture, not after a rest.
                Err(_) => gate.forget(),
            }
            found
        } else {
            Ok(last.clone())
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{cell, rc::Rc};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        frame::{FrameId, Rgb},
        geom::{ClassId, CornerBox},
    };

    fn frame(picture: &RgbImage, at: u64) -> Frame {
        Frame::new(picture.clone(), FrameId(at), Duration::from_millis(at))
    }

    fn tray() -> RgbImage {
        RgbImage::from_fn(320, 180, |x, y| {
            Rgb([40, 60, 80].map(|v: u8| v + u8::try_from((x / 20 + y / 20) % 30).unwrap()))
        })
    }

    /// A tray with a grey square of 24 pixels at a column.
    fn with_item(column: u32) -> RgbImage {
        let mut picture = tray();
        for y in 70..94 {
            for x in column..column + 24 {
                picture.put_pixel(x, y, Rgb([150; 3]));
            }
        }
        picture
    }

    /// Whether the gate looks at each of the pictures, one every 100 ms from `from` on.
    fn looks(gate: &mut Stillness, picture: &RgbImage, from: u64, to: u64) -> Vec<bool> {
        (from..to)
            .step_by(100)
            .map(|at| gate.must_look(&frame(picture, at)))
            .collect()
    }

    #[test]
    fn it_looks_until_all_is_settled_then_twice_a_second() {
        let mut gate = Stillness::new(StillnessSettings::default());
        assert!(looks(&mut gate, &tray(), 0, 1500).iter().all(|&look| look));
        // The last look was at 1400, so the next ones are at 1900 and 2400.
        let resting = looks(&mut gate, &tray(), 1500, 2500);
        assert_eq!(
            resting,
            [false, false, false, false, true, false, false, false, false, true]
        );
    }

    #[test]
    fn a_change_wakes_it_at_once() {
        let mut gate = Stillness::new(StillnessSettings::default());
        looks(&mut gate, &tray(), 0, 2000);
        assert!(!gate.must_look(&frame(&tray(), 2000)));
        assert!(gate.must_look(&frame(&with_item(100), 2033)), "an item came");
        assert!(
            looks(&mut gate, &with_item(100), 2066, 3533)
                .iter()
                .all(|&look| look)
        );
        assert!(!gate.must_look(&frame(&with_item(100), 3600)));
        assert!(
            gate.must_look(&frame(&with_item(103), 3633)),
            "it was pushed a little"
        );
        looks(&mut gate, &with_item(103), 3700, 5700);
        assert!(!gate.must_look(&frame(&with_item(103), 5733)));
        assert!(gate.must_look(&frame(&tray(), 5766)), "it was taken away");
    }

    #[test]
    fn what_creeps_adds_up() {
        let settings = StillnessSettings {
            look_again: Duration::MAX,
            ..StillnessSettings::default()
        };
        let mut gate = Stillness::new(settings);
        looks(&mut gate, &RgbImage::from_pixel(64, 48, Rgb([100; 3])), 0, 2000);
        let woken = (1..20u8).find(|&more| {
            let lighter = RgbImage::from_pixel(64, 48, Rgb([100 + more; 3]));
            gate.must_look(&frame(&lighter, 2000 + u64::from(more)))
        });
        assert_eq!(
            woken,
            Some(5),
            "the first that is more than four levels from where it began"
        );
    }

    #[test]
    fn noise_does_not_wake_it() {
        let mut gate = Stillness::new(StillnessSettings::default());
        let mut state = 1u32;
        let mut noisy = || {
            let mut picture = RgbImage::from_pixel(640, 360, Rgb([90; 3]));
            for pixel in picture.pixels_mut() {
                for value in &mut pixel.0 {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    *value += u8::try_from(state >> 29).unwrap();
                }
            }
            picture
        };
        let looked = (0..40)
            .filter(|i| gate.must_look(&frame(&noisy(), i * 100)))
            .count();
        // 15 to settle, then at 1900, 2400, 2900, 3400 and 3900.
        assert_eq!(looked, 20);
    }

    #[test]
    fn a_resting_detector_repeats_what_it_found_and_a_failing_one_is_asked_again() {
        let calls = Rc::new(cell::Cell::new(0u16));
        let counted = Rc::clone(&calls);
        let detect: DetectFn = Box::new(move |_| {
            counted.set(counted.get() + 1);
            if counted.get() == 18 {
                return Err("out of order".to_owned());
            }
            Ok(vec![Detection {
                class: ClassId(counted.get()),
                score: 0.9,
                bbox: CornerBox::new(0.1, 0.1, 0.2, 0.2),
            }])
        });
        let rest = RestSign::default();
        let mut detect = resting(detect, StillnessSettings::default(), rest.clone());
        let class =
            |detect: &mut DetectFn, at: u64| detect(&frame(&tray(), at)).map(|found| found[0].class.0);
        for at in 0..15 {
            assert_eq!(class(&mut detect, at * 100), Ok(u16::try_from(at).unwrap() + 1));
        }
        for at in 15..19 {
            assert_eq!(class(&mut detect, at * 100), Ok(15), "it rests");
            assert!(rest.is_set(), "and says so");
        }
        assert_eq!(class(&mut detect, 1900), Ok(16));
        assert!(!rest.is_set(), "it looked");
        assert_eq!(class(&mut detect, 2400), Ok(17));
        assert!(class(&mut detect, 2900).is_err());
        assert_eq!(class(&mut detect, 2933), Ok(19), "no rest after a failure");
        assert_eq!(calls.get(), 19);
    }

    #[test]
    fn another_size_and_another_clock_are_changes() {
        let mut gate = Stillness::new(StillnessSettings::default());
        looks(&mut gate, &tray(), 5000, 7000);
        assert!(!gate.must_look(&frame(&tray(), 7000)));
        assert!(gate.must_look(&frame(&RgbImage::new(3, 1), 7100)));
        looks(&mut gate, &RgbImage::new(3, 1), 7200, 9500);
        assert!(!gate.must_look(&frame(&RgbImage::new(3, 1), 9450)));
        assert!(
            gate.must_look(&frame(&RgbImage::new(3, 1), 100)),
            "a source that counts anew"
        );
    }

    proptest! {
        #[test]
        fn every_looked_at_pixel_is_in_one_cell(width in 0u32..300, height in 0u32..100) {
            let mut signature = Signature::default();
            signature.read(&RgbImage::from_pixel(width, height, Rgb([1, 2, 3])));
            let wanted = if width == 0 { 0 } else { width.div_ceil(4) * height.div_ceil(4) };
            prop_assert_eq!(signature.cells.iter().map(|cell| cell.1).sum::<u32>(), wanted);
            prop_assert!(signature.cells.iter().all(|cell| cell.0 == [cell.1, 2 * cell.1, 3 * cell.1]));
        }
    }
}
