//! What the frozen part of the network sees in each picture, and what the live model says of it, on disk.
//!
//! Worked out once a picture, read again in every round. One file, one record a picture, all records of one
//! size, so that a run that was cut off goes on after the last whole record. Numbers are kept as 16-bit
//! floats. A file of another run or of other settings is never mixed in: it begins with the run's key.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use burn::tensor::{Device, Tensor, TensorData, f16};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{
    error::TeachError,
    material::{Portion, Sample},
};
use crate::{
    geom::{ClassId, CornerBox},
    training::dataset::LabelledBox,
    vision::preprocess::Normalisation,
    vision::{Ssd, preprocess},
};

/// More boxes than this are not kept of a picture; no tray holds so many things.
const MOST_BOXES: usize = 48;
/// Bytes of one box.
const BOX_BYTES: usize = 20;
/// Bytes before the first record.
const KEY_BYTES: usize = 32;

/// Everything about one picture that learning needs.
#[derive(Debug, Clone)]
pub struct Record {
    /// What the picture is.
    pub portion: Portion,
    /// What is on it.
    pub boxes: Vec<LabelledBox>,
    /// For each box, whether its label counts in learning.
    pub counts: Vec<bool>,
    /// The feature maps one after the other, each `[side, side, channels]`.
    pub maps: Vec<f32>,
    /// The live model's class logits, row by row.
    pub logits: Vec<f32>,
    /// The live model's offsets, row by row.
    pub offsets: Vec<f32>,
}

/// Sizes of what is kept of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shapes {
    /// Side and channels of each feature map.
    pub maps: Vec<(usize, usize)>,
    /// Values of the class logits.
    pub logits: usize,
    /// Values of the offsets.
    pub offsets: usize,
}

impl Shapes {
    /// What `network` gives for one picture of `side` pixels.
    #[must_use]
    pub fn of(network: &Ssd, side: usize, device: &Device) -> Self {
        let maps = network.feature_maps(Tensor::zeros([1, 3, side, side], device));
        let output = network.predict(&maps);
        Self {
            maps: maps
                .iter()
                .map(|map| {
                    let [_, channels, side, _] = map.dims();
                    (side, channels)
                })
                .collect(),
            logits: output.logits.dims().iter().product(),
            offsets: output.offsets.dims().iter().product(),
        }
    }

    /// Values of all maps together.
    #[must_use]
    pub fn map_values(&self) -> usize {
        self.maps
            .iter()
            .map(|(side, channels)| side * side * channels)
            .sum()
    }

    fn record_bytes(&self) -> usize {
        2 + MOST_BOXES * BOX_BYTES + 2 * (self.map_values() + self.logits + self.offsets)
    }
}

/// The file of records.
#[derive(Debug)]
pub struct FeatureCache {
    file: File,
    path: PathBuf,
    shapes: Shapes,
    records: usize,
}

impl FeatureCache {
    /// Opens the file for the run of this key, and keeps the whole records that it holds already.
    ///
    /// # Errors
    /// [`TeachError::File`].
    pub fn open(path: &Path, key: &[u8], shapes: Shapes) -> Result<Self, TeachError> {
        let failed = |source| TeachError::file(path, source, 0);
        let key: [u8; KEY_BYTES] = Sha256::digest(key).into();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        let mut found = [0; KEY_BYTES];
        let is_ours = file.read_exact(&mut found).is_ok() && found == key;
        if !is_ours {
            file.set_len(0).map_err(failed)?;
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            file.write_all(&key).map_err(failed)?;
        }
        let length = file.metadata().map_err(failed)?.len();
        let bytes = shapes.record_bytes() as u64;
        let records = length.saturating_sub(KEY_BYTES as u64) / bytes;
        let records = usize::try_from(records).unwrap_or(0);
        // Half a record is what a power cut leaves.
        file.set_len(KEY_BYTES as u64 + records as u64 * bytes)
            .map_err(failed)?;
        Ok(Self {
            file,
            path: path.to_owned(),
            shapes,
            records,
        })
    }

    /// How many records there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.records
    }

    /// Whether there are none yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Sizes of what is kept of a picture.
    #[must_use]
    pub const fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// Looks at pictures with the live model and adds their records. `left` pictures are still to come, for
    /// the sentence about a full disk.
    ///
    /// # Errors
    /// [`TeachError::DiskFull`] or [`TeachError::File`]; what was there before stays.
    pub fn add(
        &mut self,
        samples: &[Sample],
        (network, side, normalisation): (&Ssd, usize, Normalisation),
        left: usize,
    ) -> Result<(), TeachError> {
        let device = Device::flex();
        let input: Vec<f32> = samples
            .par_iter()
            .flat_map_iter(|sample| preprocess::to_input(&sample.labelled.picture, side, normalisation))
            .collect();
        let data = TensorData::new(input, [samples.len(), 3, side, side]);
        let maps = network.feature_maps(Tensor::from_data(data, &device));
        let output = network.predict(&maps);
        let mut parts: Vec<Vec<f32>> = maps
            .into_iter()
            .map(|map| host(map.permute([0, 2, 3, 1])))
            .collect();
        parts.push(host(output.logits));
        parts.push(host(output.offsets));
        let records: Vec<Vec<u8>> = (0..samples.len())
            .into_par_iter()
            .map(|at| self.encode(&samples[at], at, samples.len(), &parts))
            .collect();
        let start = KEY_BYTES as u64 + (self.records * self.shapes.record_bytes()) as u64;
        let needed = (self.shapes.record_bytes() * (samples.len() + left)) as u64;
        let write = |file: &mut File| {
            file.seek(SeekFrom::Start(start))?;
            records.iter().try_for_each(|record| file.write_all(record))?;
            file.flush()
        };
        write(&mut self.file).map_err(|source| TeachError::file(&self.path, source, needed))?;
        self.records += samples.len();
        Ok(())
    }

    fn encode(&self, sample: &Sample, at: usize, count: usize, parts: &[Vec<f32>]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.shapes.record_bytes());
        let boxes = sample.labelled.boxes.iter().zip(&sample.counts).take(MOST_BOXES);
        bytes.push(portion_code(sample.portion));
        bytes.push(u8::try_from(boxes.len()).unwrap_or(0));
        for (labelled, counts) in boxes {
            bytes.extend(labelled.class.0.to_le_bytes());
            bytes.extend([u8::from(labelled.difficult), u8::from(*counts)]);
            let CornerBox { x0, y0, x1, y1 } = labelled.bbox;
            bytes.extend([x0, y0, x1, y1].iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes.resize(2 + MOST_BOXES * BOX_BYTES, 0);
        for part in parts {
            let each = part.len() / count.max(1);
            let own = &part[at * each..(at + 1) * each];
            bytes.extend(own.iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()));
        }
        bytes
    }

    /// Reads one record.
    ///
    /// # Errors
    /// [`TeachError::File`].
    pub fn read(&mut self, index: usize) -> Result<Record, TeachError> {
        Ok(self.read_many(&[index])?.remove(0))
    }

    /// Reads records.
    ///
    /// # Errors
    /// [`TeachError::File`].
    pub fn read_many(&mut self, indices: &[usize]) -> Result<Vec<Record>, TeachError> {
        let size = self.shapes.record_bytes();
        let mut raw = vec![0; size * indices.len()];
        for (index, into) in indices.iter().zip(raw.chunks_exact_mut(size)) {
            let start = KEY_BYTES as u64 + (index * size) as u64;
            let read = self
                .file
                .seek(SeekFrom::Start(start))
                .and_then(|_| self.file.read_exact(into));
            read.map_err(|source| TeachError::file(&self.path, source, 0))?;
        }
        Ok(raw
            .par_chunks_exact(size)
            .map(|bytes| self.decode(bytes))
            .collect())
    }

    fn decode(&self, bytes: &[u8]) -> Record {
        let (head, values) = bytes.split_at(2 + MOST_BOXES * BOX_BYTES);
        let (kinds, boxes) = head.split_at(2);
        let mut record = Record {
            portion: portion_of(kinds[0]),
            boxes: Vec::new(),
            counts: Vec::new(),
            maps: Vec::new(),
            logits: Vec::new(),
            offsets: Vec::new(),
        };
        for one in boxes.chunks_exact(BOX_BYTES).take(usize::from(kinds[1])) {
            let (corners, _) = one[4..].as_chunks::<4>();
            let at = |side: usize| f32::from_le_bytes(corners[side]);
            record.boxes.push(LabelledBox {
                class: ClassId(u16::from_le_bytes([one[0], one[1]])),
                bbox: CornerBox::new(at(0), at(1), at(2), at(3)),
                difficult: one[2] != 0,
            });
            record.counts.push(one[3] != 0);
        }
        let (halves, _) = values.as_chunks::<2>();
        let mut floats = halves.iter().map(|half| f16::from_le_bytes(*half).to_f32());
        record.maps = floats.by_ref().take(self.shapes.map_values()).collect();
        record.logits = floats.by_ref().take(self.shapes.logits).collect();
        record.offsets = floats.take(self.shapes.offsets).collect();
        record
    }
}

fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor
        .into_data()
        .try_to_vec::<f32>()
        .expect("the network computes in f32")
}

const fn portion_code(portion: Portion) -> u8 {
    match portion {
        Portion::Photo => 0,
        Portion::Scene => 1,
        Portion::Tray => 2,
        Portion::HeldOutScene => 3,
        Portion::HeldOutPhoto => 4,
    }
}

const fn portion_of(code: u8) -> Portion {
    match code {
        0 => Portion::Photo,
        1 => Portion::Scene,
        2 => Portion::Tray,
        3 => Portion::HeldOutScene,
        _ => Portion::HeldOutPhoto,
    }
}
