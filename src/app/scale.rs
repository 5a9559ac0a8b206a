//! A scale on a serial line that sends its weight as text, as most shop scales can be set to.
//!
//! Opening or reading such a device may hang; it is done on a thread of its own that is left behind then.

use std::{fs::OpenOptions, io::Read as _, path::PathBuf, time::Duration};

use crate::pipeline::{Mailbox, Worker};

/// How long a weight is waited for.
const LIMIT: Duration = Duration::from_secs(3);
/// How often the device is looked at.
const EVERY: Duration = Duration::from_millis(50);
/// More than this without a weight is no scale.
const MOST: usize = 4096;

/// Reads one weight from the device, in grams.
///
/// # Errors
/// One sentence saying what to look at.
pub fn read(device: &str) -> Result<u32, String> {
    let answer: Mailbox<Result<u32, String>> = Mailbox::new();
    let (path, told) = (PathBuf::from(device), answer.clone());
    let worker = Worker::spawn(
        "scale",
        move |stop| {
            let mut text = String::new();
            let opened = OpenOptions::new().read(true).open(&path);
            let mut file = match opened {
                Ok(file) => file,
                Err(error) => {
                    told.put(Err(format!(
                        "the scale {} cannot be opened ({error}): check the cable and the name",
                        path.display()
                    )));
                    return;
                }
            };
            while text.len() < MOST {
                let mut bytes = [0; 64];
                match file.read(&mut bytes) {
                    Ok(count) => text.push_str(&String::from_utf8_lossy(&bytes[..count])),
                    Err(error) => {
                        told.put(Err(format!("the scale {} stopped ({error})", path.display())));
                        return;
                    }
                }
                if let Some(grams) = whole_lines(&text).and_then(weight) {
                    told.put(Ok(grams));
                    return;
                }
                if stop.wait(EVERY) {
                    return;
                }
            }
        },
        |reason| tracing::error!(reason, "reading the scale failed"),
    );
    let mut worker = worker.map_err(|error| error.to_string())?;
    let found = answer.take_within(LIMIT);
    worker.retire();
    found.unwrap_or_else(|| {
        Err(format!(
            "the scale {device} sends no weight: set it to send continuously"
        ))
    })
}

/// What was sent up to the last end of a line: a number in the making would be too small.
fn whole_lines(text: &str) -> Option<&str> {
    let end = text.rfind(['\n', '\r'])?;
    text.get(..end)
}

/// The newest weight in what a scale sent, such as "ST,GS,+  0.435kg".
fn weight(text: &str) -> Option<u32> {
    text.lines().rev().find_map(|line| {
        let start = line.find(|letter: char| letter.is_ascii_digit())?;
        let is_negative = line[..start].trim_end().ends_with('-');
        let rest = &line[start..];
        let end = rest
            .find(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ',')
            .unwrap_or(rest.len());
        let number = rest[..end].replace(',', ".");
        let unit = rest[end..].trim_start().to_ascii_lowercase();
        let (whole, decimals) = number.split_once('.').unwrap_or((&number, ""));
        let whole: u32 = whole.parse().ok()?;
        if is_negative {
            return None;
        }
        if unit.starts_with('g') {
            return Some(whole);
        }
        let milli: String = decimals.chars().chain("000".chars()).take(3).collect();
        whole.checked_mul(1000)?.checked_add(milli.parse().ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_as_scales_send_them() {
        for (text, grams) in [
            ("ST,GS,+  0.435kg", Some(435)),
            ("1,5 kg", Some(1_500)),
            ("  435 g", Some(435)),
            ("US,NT,-  0.020kg", None),
            ("hello", None),
            ("0.100kg\n0.200kg", Some(200)),
        ] {
            assert_eq!(weight(text), grams, "{text}");
        }
    }

    #[test]
    fn half_a_line_is_no_weight() {
        assert_eq!(whole_lines("0.4"), None);
        assert_eq!(whole_lines("0.435kg\r\n0.4").and_then(weight), Some(435));
    }

    #[test]
    fn a_file_stands_in_for_a_scale() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("scale");
        std::fs::write(&file, "ST,GS,+  1.250kg\r\n").unwrap();
        assert_eq!(read(&file.display().to_string()), Ok(1_250));
        let error = read(&folder.path().join("none").display().to_string()).unwrap_err();
        assert!(error.contains("check the cable"), "{error}");
    }
}
