//! Tests of devices: each ends in one sentence.

use std::path::PathBuf;

use crate::{
    app::{
        office::{
            Desk, Office,
            settings::{SettingsPage, files},
        },
        printer, scale,
    },
    capture,
    domain::quantity::Quantity,
    ui::{
        office::settings::view::{Device, Setting, TestResult},
        words::SettingsWord,
    },
};

/// Asks the system for its cameras.
pub(super) fn list_cameras(desk: &mut Desk) {
    desk.work("cameras", cameras, |office, _, found| {
        if let Ok(Ok(found)) = found {
            office.settings.cameras = found;
        }
    });
}

/// The names of the cameras, each once.
fn cameras() -> Result<Vec<String>, String> {
    let mut names: Vec<String> = capture::list_cameras()
        .map_err(|error| error.to_string())?
        .into_iter()
        .map(|camera| camera.name)
        .collect();
    names.dedup();
    Ok(names)
}

impl SettingsPage {
    fn tested(&mut self, device: Device, (works, sentence): (bool, String)) {
        self.tests.insert(device, TestResult { works, sentence });
    }

    /// A code came from the hand scanner: say what it is.
    pub(super) fn scanned(&mut self, code: &str, desk: &Desk) {
        let words = desk.words();
        let sentence = match desk.catalog().by_number(code) {
            Some(product) => {
                let name = product.name_in(words.lang().code());
                words.with(SettingsWord::ScannerWorks, &[("code", code), ("name", name)])
            }
            None => words.with(SettingsWord::ScannerUnknown, &[("code", code)]),
        };
        self.tested(Device::Scanner, (true, sentence));
    }

    /// Tests a device.
    pub(super) fn test(&mut self, device: Device, desk: &mut Desk) {
        let running = desk.words().say(SettingsWord::TestRunning);
        self.tested(device, (true, running));
        match device {
            Device::Camera => test_camera(desk),
            Device::ReceiptFolder => {
                let folder = match self.value(Setting::ReceiptFolder) {
                    "" => desk.data().join("receipts"),
                    folder => PathBuf::from(folder),
                };
                let text = desk.words().say(SettingsWord::TestPage);
                let job = move || {
                    files::test_receipt(&folder, &text)
                        .map(|path| path.display().to_string())
                        .map_err(|error| format!("{error:#}"))
                };
                told(desk, device, job, SettingsWord::FolderWorks, "path");
            }
            Device::Printer => self.test_printer(desk),
            Device::Scale => self.test_scale(desk),
            Device::Scanner => {}
        }
    }

    fn test_printer(&mut self, desk: &mut Desk) {
        let target = self.value(Setting::Printer).to_owned();
        if target.is_empty() {
            let sentence = desk.words().say(SettingsWord::PrinterNone);
            return self.tested(Device::Printer, (false, sentence));
        }
        let text = format!("{}\nTillsight\n", desk.words().say(SettingsWord::TestPage));
        let job = move || printer::send(&target, &text).map(|()| target);
        told(desk, Device::Printer, job, SettingsWord::PrinterWorks, "path");
    }

    fn test_scale(&mut self, desk: &mut Desk) {
        let target = self.value(Setting::Scale).to_owned();
        if target.is_empty() {
            let sentence = desk.words().say(SettingsWord::ScaleNone);
            return self.tested(Device::Scale, (false, sentence));
        }
        let sign = desk.lang().decimal();
        let job = move || {
            let grams = scale::read(&target)?;
            Ok(format!(
                "{} kg",
                Quantity::Weight { grams }.to_text(sign).trim_end_matches(" kg")
            ))
        };
        told(desk, Device::Scale, job, SettingsWord::ScaleWorks, "weight");
    }
}

/// Runs a test in the background and says what came of it.
fn told(
    desk: &mut Desk,
    device: Device,
    job: impl FnOnce() -> Result<String, String> + Send + 'static,
    word: SettingsWord,
    name: &'static str,
) {
    desk.work("devices", job, move |office: &mut Office, desk, outcome| {
        let result = match outcome.map_err(|trouble| trouble.sentence) {
            Ok(Ok(value)) => (true, desk.words().with(word, &[(name, &value)])),
            Ok(Err(sentence)) | Err(sentence) => (false, sentence),
        };
        office.settings.tested(device, result);
    });
}

/// The camera works when it is there and its pictures come.
fn test_camera(desk: &mut Desk) {
    desk.work("cameras", cameras, |office, desk, found| {
        let words = desk.words();
        let lane = desk.lane();
        let result = match found.map_err(|trouble| trouble.sentence) {
            Ok(Ok(names)) if names.is_empty() => (false, words.say(SettingsWord::CameraNone)),
            Ok(Ok(_)) if lane.is_replay => (false, words.say(SettingsWord::CameraDemo)),
            Ok(Ok(names)) => match desk.frame().filter(|_| lane.is_live) {
                Some(frame) => {
                    let (width, height) = frame.size();
                    let args = [
                        ("name", names.join(", ")),
                        ("width", width.to_string()),
                        ("height", height.to_string()),
                    ];
                    let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
                    (true, words.with(SettingsWord::CameraWorks, &args))
                }
                None => (false, words.say(SettingsWord::CameraSilent)),
            },
            Ok(Err(sentence)) | Err(sentence) => (false, sentence),
        };
        office.settings.tested(Device::Camera, result);
    });
}
