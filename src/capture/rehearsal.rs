//! A camera that is none: encoded pictures in memory, sent at a camera's pace and decoded like a camera's, so
//! that the whole way of a picture can be measured on a machine without one.

use std::{sync::Arc, time::Duration};

use crate::frame::{Frame, FrameId};

use super::{CaptureError, Clock, Encoding, FrameSource, decode};

/// What a rehearsal sends.
#[derive(Debug, Clone, PartialEq)]
pub struct RehearsalSettings {
    /// Encoded pictures, sent in order and again from the first.
    pub pictures: Arc<[Vec<u8>]>,
    /// How they are encoded.
    pub encoding: Encoding,
    /// Width and height of all of them in pixels.
    pub size: [u32; 2],
    /// Time between two.
    pub period: Duration,
}

/// Sends pictures in place of a camera.
pub struct Rehearsal {
    settings: RehearsalSettings,
    clock: Clock,
    frames: u64,
    next: usize,
}

impl Rehearsal {
    /// A camera that begins with the first picture.
    #[must_use]
    pub const fn new(settings: RehearsalSettings, clock: Clock) -> Self {
        Self {
            settings,
            clock,
            frames: 0,
            next: 0,
        }
    }
}

impl FrameSource for Rehearsal {
    fn next_frame(&mut self) -> Result<Frame, CaptureError> {
        let Some(bytes) = self.settings.pictures.get(self.next) else {
            return Err(CaptureError::NoCamera);
        };
        let captured_at = (self.clock)();
        let [width, height] = self.settings.size;
        let pixels = decode(self.settings.encoding, width, height, bytes)?;
        let decode_time = (self.clock)().saturating_sub(captured_at);
        let id = FrameId(self.frames);
        self.frames += 1;
        self.next = (self.next + 1) % self.settings.pictures.len();
        Ok(Frame::new(pixels, id, captured_at).decoded_in(decode_time))
    }

    fn describe(&self) -> String {
        "a rehearsal in place of a camera".to_owned()
    }

    fn pace(&self) -> Option<Duration> {
        Some(self.settings.period)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn pictures_come_in_turn_with_the_time_their_decoding_took() {
        let ticks = AtomicU64::new(0);
        let clock: Clock = Arc::new(move || Duration::from_millis(ticks.fetch_add(2, Ordering::Relaxed)));
        let settings = RehearsalSettings {
            pictures: Arc::from([vec![1; 12], vec![2; 12]]),
            encoding: Encoding::Rgb,
            size: [2, 2],
            period: Duration::from_millis(33),
        };
        let mut source = Rehearsal::new(settings, clock);
        for (number, value, at) in [(0, 1, 0), (1, 2, 4), (2, 1, 8)] {
            let frame = source.next_frame().unwrap();
            assert_eq!(frame.id(), FrameId(number));
            assert_eq!(frame.pixels().get_pixel(1, 1).0, [value; 3]);
            assert_eq!(frame.captured_at(), Duration::from_millis(at));
            assert_eq!(frame.decode_time(), Duration::from_millis(2));
        }
    }

    #[test]
    fn without_pictures_there_is_no_camera() {
        let settings = RehearsalSettings {
            pictures: Arc::from([]),
            encoding: Encoding::Rgb,
            size: [2, 2],
            period: Duration::ZERO,
        };
        let mut source = Rehearsal::new(settings, Arc::new(|| Duration::ZERO));
        assert!(matches!(source.next_frame(), Err(CaptureError::NoCamera)));
    }
}
