//! The figures of a run in `TensorBoard`'s file format, written without its library.
//!
//! A file is a list of records: the length of the data (64 bits), a masked CRC-32C of the length, the data, a
//! masked CRC-32C of the data, all little endian; the data are protocol buffers, of which only the few fields
//! that scalars need are declared here.
//!
//! # Source
//! TensorFlow's `core/util/event.proto`, `core/framework/summary.proto` and `core/lib/io/record_writer.h`.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
};

use prost::Message;

/// `tensorflow.Event`, of scalars.
#[derive(Clone, PartialEq, Message)]
struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

/// `tensorflow.Summary`.
#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Value>,
}

/// `tensorflow.Summary.Value`.
#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, tag = "2")]
    simple_value: f32,
}

/// CRC-32C as records store it: rotated and shifted, so that a CRC of data with CRCs in it stays sound.
fn masked_crc(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8)
}

fn record(event: &Event) -> Vec<u8> {
    let data = event.encode_to_vec();
    let length = (data.len() as u64).to_le_bytes();
    let mut bytes = Vec::with_capacity(data.len() + 16);
    bytes.extend(length);
    bytes.extend(masked_crc(&length).to_le_bytes());
    bytes.extend(&data);
    bytes.extend(masked_crc(&data).to_le_bytes());
    bytes
}

/// An event file, open for adding.
#[derive(Debug)]
pub(super) struct EventFile {
    file: File,
}

impl EventFile {
    /// Starts a file in `folder`. Each part of a run has its own; `TensorBoard` joins them by their steps. `now`
    /// is in seconds since 1970.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn create(folder: &Path, now: f64) -> io::Result<Self> {
        let path = folder.join(format!("events.out.tfevents.{now:010.0}.tillsight"));
        let mut file = File::options().create(true).append(true).open(path)?;
        file.write_all(&record(&Event {
            wall_time: now,
            file_version: Some("brain.Event:2".to_owned()),
            ..Event::default()
        }))?;
        Ok(Self { file })
    }

    /// Adds scalars of one step.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn add(&mut self, now: f64, step: u64, scalars: &[(String, f32)]) -> io::Result<()> {
        let value = scalars.iter().map(|(tag, value)| Value {
            tag: tag.clone(),
            simple_value: *value,
        });
        self.file.write_all(&record(&Event {
            wall_time: now,
            step: i64::try_from(step).unwrap_or(i64::MAX),
            file_version: None,
            summary: Some(Summary {
                value: value.collect(),
            }),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read back with `TensorBoard`'s own `EventAccumulator` by `tests/golden/tensorboard/check.py`.
    #[test]
    fn the_file_is_the_one_that_tensorboard_has_read() {
        let folder = tempfile::tempdir().unwrap();
        let mut events = EventFile::create(folder.path(), 1_700_000_000.0).unwrap();
        let scalars = |loss: f32| {
            [
                ("loss/classification".to_owned(), loss),
                ("rate".to_owned(), 0.001),
            ]
        };
        events.add(1_700_000_001.5, 10, &scalars(2.5)).unwrap();
        events.add(1_700_000_003.0, 20, &scalars(1.25)).unwrap();
        let name = "events.out.tfevents.1700000000.tillsight";
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        let golden =
            include_bytes!("../../../tests/golden/tensorboard/events.out.tfevents.1700000000.tillsight");
        assert_eq!(bytes, golden);
    }

    #[test]
    fn the_mask_by_hand() {
        // CRC-32C of "123456789" is 0xe3069283; rotated right by 15 it is 0x2507c60d.
        assert_eq!(
            masked_crc(b"123456789"),
            0x2507_c60d_u32.wrapping_add(0xa282_ead8)
        );
    }
}
