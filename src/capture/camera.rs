//! A camera through `nokhwa`'s plain `Camera`: found, opened, set to its best mode, read picture by picture.
//!
//! It must stay on the thread that opened it. Any call may block for as long as the driver likes; the caller
//! watches from another thread and gives up on this one.

use nokhwa::{
    NokhwaError,
    utils::{ApiBackend, CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType},
};

use crate::frame::{Frame, FrameId};

use super::{CameraChoice, CaptureError, Clock, Encoding, FrameSource, VideoMode, mode::best_first, pixels};

/// So many modes are tried, best first, before the camera is given up.
const MAX_TRIES: usize = 8;
/// So many damaged pictures in a row are the camera's fault, not the cable's.
const MAX_BAD_FRAMES: u32 = 30;

/// Formats that can be decoded here; all that `nokhwa` knows.
const FORMATS: [FrameFormat; 6] = [
    FrameFormat::MJPEG,
    FrameFormat::YUYV,
    FrameFormat::NV12,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
    FrameFormat::GRAY,
];

/// A camera that the system knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraEntry {
    /// Its number.
    pub index: u32,
    /// Its name.
    pub name: String,
}

/// The cameras that the system knows, by number. One device may be listed twice: Linux makes a second entry
/// for what a camera says about its pictures.
///
/// # Errors
/// [`CaptureError::Driver`] if the system cannot say.
pub fn list_cameras() -> Result<Vec<CameraEntry>, CaptureError> {
    let found = nokhwa::query(ApiBackend::Auto).map_err(|error| explain("list", &error))?;
    let mut cameras: Vec<CameraEntry> = found
        .iter()
        .filter_map(|info| {
            Some(CameraEntry {
                index: info.index().as_index().ok()?,
                name: info.human_name(),
            })
        })
        .collect();
    cameras.sort_by_key(|camera| camera.index);
    Ok(cameras)
}

/// An open camera.
pub struct Camera {
    device: nokhwa::Camera,
    name: String,
    mode: VideoMode,
    clock: Clock,
    frames: u64,
    bad_frames: u32,
}

impl Camera {
    /// Opens the camera that is meant, in its best mode; of several that fit the first that works.
    ///
    /// # Errors
    /// [`CaptureError::NoCamera`], [`CaptureError::NotFound`], or why the first that fits does not work.
    pub fn open(choice: &CameraChoice, clock: &Clock) -> Result<Self, CaptureError> {
        let cameras = list_cameras()?;
        if cameras.is_empty() {
            return Err(CaptureError::NoCamera);
        }
        let mut first_error = None;
        for camera in cameras
            .iter()
            .filter(|camera| choice.fits(camera.index, &camera.name))
        {
            match Self::open_entry(camera, clock) {
                Ok(open) => return Ok(open),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        Err(first_error.unwrap_or_else(|| not_found(choice, &cameras)))
    }

    /// The mode in which it sends.
    #[must_use]
    pub const fn mode(&self) -> VideoMode {
        self.mode
    }

    fn open_entry(camera: &CameraEntry, clock: &Clock) -> Result<Self, CaptureError> {
        let name = &camera.name;
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
        let opened = nokhwa::Camera::new(CameraIndex::Index(camera.index), any);
        let mut device = opened.map_err(|error| explain(name, &error))?;
        choose_mode(&mut device, name)?;
        device.open_stream().map_err(|error| explain(name, &error))?;
        let mode = mode_of(device.camera_format());
        Ok(Self {
            device,
            name: name.clone(),
            mode,
            clock: Clock::clone(clock),
            frames: 0,
            bad_frames: 0,
        })
    }
}

impl FrameSource for Camera {
    fn next_frame(&mut self) -> Result<Frame, CaptureError> {
        let buffer = self.device.frame().map_err(|error| explain(&self.name, &error))?;
        let captured_at = (self.clock)();
        let size = buffer.resolution();
        let encoding = encoding_of(buffer.source_frame_format());
        match pixels::decode(encoding, size.width(), size.height(), buffer.buffer()) {
            Ok(picture) => {
                self.bad_frames = 0;
                let id = FrameId(self.frames);
                self.frames += 1;
                let decode_time = (self.clock)().saturating_sub(captured_at);
                Ok(Frame::new(picture, id, captured_at).decoded_in(decode_time))
            }
            Err(error) if self.bad_frames < MAX_BAD_FRAMES => {
                self.bad_frames += 1;
                Err(error)
            }
            Err(error) => Err(CaptureError::Driver {
                camera: self.name.clone(),
                reason: error.to_string(),
            }),
        }
    }

    fn describe(&self) -> String {
        format!("{}, {}", self.name, self.mode)
    }

    fn pace(&self) -> Option<std::time::Duration> {
        None
    }
}

/// Sets the best mode that the camera accepts. A camera that cannot list its modes keeps the one it has.
fn choose_mode(device: &mut nokhwa::Camera, name: &str) -> Result<(), CaptureError> {
    let listed = device.compatible_camera_formats().unwrap_or_default();
    if listed.is_empty() {
        return Ok(());
    }
    let mut last_error = None;
    for mode in best_first(listed.into_iter().map(mode_of).collect())
        .into_iter()
        .take(MAX_TRIES)
    {
        let exactly = RequestedFormatType::Exact(format_of(mode));
        match device.set_camera_requset(RequestedFormat::with_formats(exactly, &FORMATS)) {
            Ok(_) => return Ok(()),
            Err(error) => {
                let error = explain(name, &error);
                if matches!(error, CaptureError::Busy { .. } | CaptureError::Gone { .. }) {
                    return Err(error);
                }
                last_error = Some(error);
            }
        }
    }
    // What it was opened with still stands, unless the driver lost that too.
    match device.refresh_camera_format() {
        Ok(_) => Ok(()),
        Err(_) => Err(last_error.unwrap_or_else(|| CaptureError::NoUsableMode {
            camera: name.to_owned(),
        })),
    }
}

fn mode_of(format: CameraFormat) -> VideoMode {
    VideoMode {
        encoding: encoding_of(format.format()),
        width: format.width(),
        height: format.height(),
        fps: format.frame_rate(),
    }
}

fn format_of(mode: VideoMode) -> CameraFormat {
    let format = match mode.encoding {
        Encoding::Mjpeg => FrameFormat::MJPEG,
        Encoding::Yuyv => FrameFormat::YUYV,
        Encoding::Nv12 => FrameFormat::NV12,
        Encoding::Rgb => FrameFormat::RAWRGB,
        Encoding::Bgr => FrameFormat::RAWBGR,
        Encoding::Gray => FrameFormat::GRAY,
    };
    CameraFormat::new_from(mode.width, mode.height, format, mode.fps)
}

const fn encoding_of(format: FrameFormat) -> Encoding {
    match format {
        FrameFormat::MJPEG => Encoding::Mjpeg,
        FrameFormat::YUYV => Encoding::Yuyv,
        FrameFormat::NV12 => Encoding::Nv12,
        FrameFormat::RAWRGB => Encoding::Rgb,
        FrameFormat::RAWBGR => Encoding::Bgr,
        FrameFormat::GRAY => Encoding::Gray,
    }
}

fn not_found(choice: &CameraChoice, cameras: &[CameraEntry]) -> CaptureError {
    let available: Vec<String> = cameras
        .iter()
        .map(|camera| format!("{} ({})", camera.index, camera.name))
        .collect();
    CaptureError::NotFound {
        wanted: match choice {
            CameraChoice::First => "first".to_owned(),
            CameraChoice::Index(index) => index.to_string(),
            CameraChoice::Named(name) => name.clone(),
        },
        available: available.join(", "),
    }
}

/// Tells by the driver's words what is wrong: `nokhwa` passes system errors on as text only.
fn explain(camera: &str, error: &NokhwaError) -> CaptureError {
    let reason = error.to_string();
    let lower = reason.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let camera = camera.to_owned();
    // EBUSY; Windows: MF_E_VIDEO_RECORDING_DEVICE_PREEMPTED.
    if says(&["os error 16)", "busy", "0xc00d3ea3", "in use"]) {
        CaptureError::Busy { camera }
    // EACCES, EPERM; Windows: E_ACCESSDENIED.
    } else if says(&[
        "os error 13)",
        "os error 1)",
        "permission denied",
        "0x80070005",
        "not authorized",
    ]) {
        CaptureError::Denied { camera }
    // ENOENT, ENXIO, ENODEV; Windows: MF_E_VIDEO_RECORDING_DEVICE_INVALIDATED.
    } else if says(&[
        "os error 2)",
        "os error 6)",
        "os error 19)",
        "no such device",
        "0xc00d3ea2",
    ]) {
        CaptureError::Gone { camera }
    } else if says(&["failed to fufill", "failed to fulfill", "unsupported"]) {
        CaptureError::NoUsableMode { camera }
    } else {
        CaptureError::Driver { camera, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drivers_words_become_sentences() {
        let busy = NokhwaError::OpenStreamError("Device or resource busy (os error 16)".to_owned());
        assert!(matches!(explain("C920", &busy), CaptureError::Busy { .. }));
        let gone = NokhwaError::ReadFrameError("No such device (os error 19)".to_owned());
        assert!(matches!(explain("C920", &gone), CaptureError::Gone { .. }));
        let denied =
            NokhwaError::OpenDeviceError("0".to_owned(), "Permission denied (os error 13)".to_owned());
        assert!(matches!(explain("C920", &denied), CaptureError::Denied { .. }));
        let meta = NokhwaError::GetPropertyError {
            property: "CameraFormat".to_owned(),
            error: "Failed to Fufill".to_owned(),
        };
        assert!(matches!(
            explain("C920", &meta),
            CaptureError::NoUsableMode { .. }
        ));
        let other = NokhwaError::ReadFrameError("Input/output error (os error 5)".to_owned());
        let CaptureError::Driver { camera, reason } = explain("C920", &other) else {
            panic!("is a fault")
        };
        assert_eq!(camera, "C920");
        assert!(reason.contains("Input/output"));
    }

    #[test]
    fn modes_go_there_and_back() {
        for format in FORMATS {
            let there = CameraFormat::new_from(1280, 720, format, 30);
            assert_eq!(format_of(mode_of(there)), there);
        }
    }

    #[test]
    fn a_camera_that_is_not_there_names_those_that_are() {
        let cameras = [CameraEntry {
            index: 0,
            name: "C920".to_owned(),
        }];
        let error = not_found(&CameraChoice::Index(3), &cameras);
        assert_eq!(
            error.to_string(),
            "there is no camera \"3\"; choose one of these: 0 (C920)"
        );
    }
}
