//! What a model remembers of the products that it came with: how they look to its backbone.
//!
//! A shop has no pictures of the old products, and rendered ones are not quite like them. So a model may carry
//! a few hundred small pieces of feature maps, 3 x 3 cells each, taken where its old products lay. They are no
//! pictures, and they stay true as long as the backbone is frozen, which it is in teaching. While new products
//! are taught the heads must go on saying of these pieces what the live model says of them.
//!
//! # Source
//! Pellegrini et al. 2020, "Latent Replay for Real-Time Continual Learning".

use std::{fs, path::Path};

use burn::tensor::{Device, Tensor, TensorData};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use sha2::{Digest as _, Sha256};

use super::{
    cache::{Record, Shapes},
    error::TeachError,
    material::Portion,
    student::maps_of,
};
use crate::{
    geom::{ClassId, cast::round_u8},
    training::trainer::SampleFn,
    vision::{
        Architecture, DefaultBoxes, ModelBundle, Ssd,
        loss::{Targets, Truth},
        preprocess,
        weights::{self, Dictionary, Naming},
    },
};

/// File beside the weights of a bundle.
const FILE: &str = "memory.safetensors";
/// A piece is so many cells wide and high: what a head sees of a map for one cell.
const PIECE: usize = 3;
/// How many pieces are kept of each map, of the largest map first.
const PIECES: [usize; 4] = [360, 240, 144, 72];
/// A piece is worth keeping when the model has an idea what it shows: those it is not sure of are forgotten
/// first.
const SURE: f32 = 0.15;
/// Pictures looked at together.
const LOOK_AT: u64 = 8;

/// Pieces of one map, put together as maps of the usual size.
#[derive(Debug, Clone, PartialEq)]
struct Sheets {
    side: usize,
    channels: usize,
    /// What a stored 1 stands for.
    step: f32,
    /// Sheet by sheet, row by row, the channels of a cell together.
    values: Vec<u8>,
    /// For each cell, 1 in the middle of a piece.
    middles: Vec<u8>,
}

impl Sheets {
    fn count(&self) -> usize {
        self.middles.len() / (self.side * self.side).max(1)
    }
}

/// What a model remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct Memory {
    sheets: Vec<Sheets>,
    /// Digest of the backbone that it is true for.
    key: String,
}

/// One batch entry made of memory.
#[derive(Debug, Clone)]
pub(super) struct Recalled {
    /// Maps and what the live model says of them.
    pub record: Record,
    /// For each default box, whether it is at the middle of a piece.
    pub asked: Vec<bool>,
}

/// A piece on its way into a sheet.
struct Piece {
    map: usize,
    values: Vec<f32>,
    /// The cell within the values that the heads are asked about.
    middle: usize,
}

impl Memory {
    /// What the bundle in `folder` remembers; nothing if it carries no memory, or one of another backbone.
    #[must_use]
    pub fn load(folder: &Path, bundle: &ModelBundle) -> Option<Self> {
        let bytes = fs::read(folder.join(FILE)).ok()?;
        let memory = Self::from_bytes(&bytes);
        if memory.is_none() {
            tracing::warn!(folder = %folder.display(), "the memory of the model is damaged and is left out");
        }
        memory.filter(|memory| key_of(bundle).is_some_and(|key| key == memory.key))
    }

    /// Puts it beside the bundle in `folder`.
    ///
    /// # Errors
    /// [`TeachError::File`] or [`TeachError::DiskFull`].
    pub fn save(&self, folder: &Path) -> Result<(), TeachError> {
        let (path, part) = (folder.join(FILE), folder.join("memory.part"));
        let bytes = self.to_bytes()?;
        fs::write(&part, &bytes)
            .and_then(|()| fs::rename(&part, &path))
            .map_err(|source| TeachError::file(&path, source, bytes.len() as u64))
    }

    /// Lets a bundle in `to` remember what the one in `from` does. Its backbone is the same.
    ///
    /// # Errors
    /// [`TeachError::File`] or [`TeachError::DiskFull`].
    pub fn carry(from: &Path, to: &Path) -> Result<(), TeachError> {
        let (source, target) = (from.join(FILE), to.join(FILE));
        if !source.exists() || source == target {
            return Ok(());
        }
        fs::copy(&source, &target)
            .map(|_| ())
            .map_err(|error| TeachError::file(&target, error, 4_000_000))
    }

    /// How many pieces there are.
    #[must_use]
    pub fn pieces(&self) -> usize {
        let middles = self.sheets.iter().flat_map(|sheets| &sheets.middles);
        middles.filter(|middle| **middle == 1).count()
    }

    /// Looks at the labelled pictures 0 to `pictures` of a stream and remembers the objects on them, as many of
    /// each class.
    ///
    /// # Errors
    /// [`TeachError`] if a picture cannot be made or the weights do not fit.
    pub fn make(bundle: &ModelBundle, sample: &SampleFn, pictures: u64) -> Result<Self, TeachError> {
        let architecture = &bundle.architecture;
        let device = Device::flex();
        let mut network = Ssd::new(architecture, &device);
        weights::load_bytes(&mut network, bundle.weights.clone(), Naming::Native, &bundle.name)?;
        let network = network.folded();
        let shapes = Shapes::of(&network, architecture.input[0], &device);
        let wanted =
            |map: usize| PIECES[map.min(PIECES.len() - 1)].div_ceil(architecture.classes.len().max(1));
        let mut pieces: Vec<Piece> = Vec::new();
        let mut kept = vec![vec![0; architecture.classes.len()]; shapes.maps.len()];
        for from in (0..pictures).step_by(8) {
            for (class, piece) in look(bundle, &network, sample, from..(from + LOOK_AT).min(pictures))? {
                let count = &mut kept[piece.map][class];
                if *count < wanted(piece.map) {
                    *count += 1;
                    pieces.push(piece);
                }
            }
        }
        let sheets = shapes
            .maps
            .iter()
            .enumerate()
            .map(|(map, shape)| lay_out(*shape, pieces.iter().filter(|piece| piece.map == map)));
        Ok(Self {
            sheets: sheets.collect(),
            key: key_of(bundle).unwrap_or_default(),
        })
    }

    /// Batch entries of all pieces, with what the live model says of them.
    pub(super) fn recall(
        &self,
        network: &Ssd,
        shapes: &Shapes,
        architecture: &Architecture,
    ) -> Vec<Recalled> {
        let fits = self.sheets.iter().map(|sheets| (sheets.side, sheets.channels));
        if !fits.eq(shapes.maps.iter().copied()) {
            return Vec::new();
        }
        let count = self.sheets.iter().map(Sheets::count).max().unwrap_or(0);
        (0..count)
            .map(|number| {
                let (mut maps, mut asked) = (Vec::with_capacity(shapes.map_values()), Vec::new());
                for (sheets, boxes) in self.sheets.iter().zip(&architecture.boxes.maps) {
                    let cells = sheets.side * sheets.side;
                    let at = number % sheets.count().max(1);
                    let values = cells * sheets.channels;
                    let own = sheets.values.get(at * values..(at + 1) * values).unwrap_or(&[]);
                    maps.extend(own.iter().map(|value| f32::from(*value) * sheets.step));
                    let a_cell = boxes.count() / cells;
                    let middles = sheets.middles.get(at * cells..(at + 1) * cells).unwrap_or(&[]);
                    asked.extend(middles.iter().flat_map(|m| std::iter::repeat_n(*m == 1, a_cell)));
                }
                recalled(network, shapes, maps, asked)
            })
            .collect()
    }

    fn to_bytes(&self) -> Result<Vec<u8>, TeachError> {
        let unwritable = |error: safetensors::SafeTensorError| TeachError::Settings(error.to_string());
        let steps: Vec<[u8; 4]> = self
            .sheets
            .iter()
            .map(|sheets| sheets.step.to_le_bytes())
            .collect();
        let mut views = vec![(
            "key".to_owned(),
            TensorView::new(Dtype::U8, vec![self.key.len()], self.key.as_bytes()).map_err(unwritable)?,
        )];
        for (map, (sheets, step)) in self.sheets.iter().zip(&steps).enumerate() {
            let Sheets { side, channels, .. } = *sheets;
            let (count, side) = (sheets.count(), side);
            let values = TensorView::new(Dtype::U8, vec![count, side, side, channels], &sheets.values);
            let middles = TensorView::new(Dtype::U8, vec![count, side, side], &sheets.middles);
            let step = TensorView::new(Dtype::F32, vec![1], step);
            views.push((format!("values.{map}"), values.map_err(unwritable)?));
            views.push((format!("middles.{map}"), middles.map_err(unwritable)?));
            views.push((format!("step.{map}"), step.map_err(unwritable)?));
        }
        safetensors::serialize(views, None).map_err(unwritable)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let file = SafeTensors::deserialize(bytes).ok()?;
        let key = String::from_utf8(file.tensor("key").ok()?.data().to_vec()).ok()?;
        let mut sheets = Vec::new();
        while let Ok(values) = file.tensor(&format!("values.{}", sheets.len())) {
            let map = sheets.len();
            let [_, side, _, channels] = *values.shape() else {
                return None;
            };
            let middles = file.tensor(&format!("middles.{map}")).ok()?.data().to_vec();
            let step = file.tensor(&format!("step.{map}")).ok()?;
            let step = f32::from_le_bytes(*step.data().first_chunk::<4>()?);
            let values = values.data().to_vec();
            if !step.is_finite() || values.len() != middles.len() * channels {
                return None;
            }
            sheets.push(Sheets {
                side,
                channels,
                step,
                values,
                middles,
            });
        }
        Some(Self { sheets, key })
    }
}

/// What the live model says of maps that were put together.
fn recalled(network: &Ssd, shapes: &Shapes, maps: Vec<f32>, asked: Vec<bool>) -> Recalled {
    let mut record = Record {
        portion: Portion::Scene,
        boxes: Vec::new(),
        counts: Vec::new(),
        maps,
        logits: Vec::new(),
        offsets: Vec::new(),
    };
    let said = network.predict(&maps_of(std::slice::from_ref(&record), shapes, &Device::flex()));
    record.logits = host(said.logits);
    record.offsets = host(said.offsets);
    Recalled { record, asked }
}

/// The pieces of some pictures, each with the number of its class from 0.
fn look(
    bundle: &ModelBundle,
    network: &Ssd,
    sample: &SampleFn,
    numbers: std::ops::Range<u64>,
) -> Result<Vec<(usize, Piece)>, TeachError> {
    let architecture = &bundle.architecture;
    let (side, defaults) = (architecture.input[0], DefaultBoxes::new(architecture));
    let mut found = Vec::new();
    for number in numbers {
        let labelled = sample(number)?;
        let input = preprocess::to_input(&labelled.picture, side, architecture.normalisation);
        let maps = network.feature_maps(Tensor::from_data(
            TensorData::new(input, [1, 3, side, side]),
            &Device::flex(),
        ));
        let likely = burn::tensor::activation::softmax(network.predict(&maps).logits, 2);
        let likely = host(likely);
        let outputs = architecture.class_outputs();
        for labelled in &labelled.boxes {
            let ClassId(class) = labelled.class;
            let class = usize::from(class);
            if class == 0 || class > architecture.classes.len() || labelled.difficult {
                continue;
            }
            let truth = [Truth {
                class: labelled.class,
                bbox: labelled.bbox,
                difficult: false,
            }];
            let targets = Targets::new(&truth, &defaults, architecture.loss.thresholds);
            let best = (0..defaults.len())
                .filter(|at| targets.classes[*at] > 0)
                .map(|at| (at, likely[at * outputs + class]))
                .max_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((at, _)) = best.filter(|(_, sure)| *sure >= SURE) {
                found.push((class - 1, piece_at(at, architecture, &maps)));
            }
        }
    }
    Ok(found)
}

/// What the heads see of the map for default box `at`.
fn piece_at(at: usize, architecture: &Architecture, maps: &[Tensor<4>]) -> Piece {
    let (mut map, mut left) = (0, at);
    while left >= architecture.boxes.maps[map].count() {
        left -= architecture.boxes.maps[map].count();
        map += 1;
    }
    let [_, channels, side, _] = maps[map].dims();
    let cell = left / (architecture.boxes.maps[map].count() / (side * side));
    let values = host(maps[map].clone().permute([0, 2, 3, 1]));
    if side < PIECE {
        return Piece {
            map,
            values,
            middle: cell,
        };
    }
    let (row, column) = (cell / side, cell % side);
    let mut piece = Vec::with_capacity(PIECE * PIECE * channels);
    for down in 0..PIECE {
        for across in 0..PIECE {
            // Beyond the edge lie zeros, as the convolutions see it.
            let inside = (row + down).checked_sub(1).zip((column + across).checked_sub(1));
            match inside.filter(|(y, x)| *y < side && *x < side) {
                Some((y, x)) => {
                    piece
                        .extend_from_slice(&values[(y * side + x) * channels..(y * side + x + 1) * channels]);
                }
                None => piece.resize(piece.len() + channels, 0.0),
            }
        }
    }
    Piece {
        map,
        values: piece,
        middle: PIECE * PIECE / 2,
    }
}

/// Puts pieces beside each other on sheets as large as the map.
fn lay_out<'a>((side, channels): (usize, usize), pieces: impl Iterator<Item = &'a Piece>) -> Sheets {
    let across = (side / PIECE).max(1);
    let width = side.min(PIECE);
    let pieces: Vec<&Piece> = pieces.collect();
    let largest = pieces
        .iter()
        .flat_map(|piece| &piece.values)
        .copied()
        .fold(0.0, f32::max);
    let step = if largest > 0.0 { largest / 255.0 } else { 1.0 };
    let count = pieces.len().div_ceil(across * across).max(1);
    let cells = side * side;
    let mut sheets = Sheets {
        side,
        channels,
        step,
        values: vec![0; count * cells * channels],
        middles: vec![0; count * cells],
    };
    for (number, piece) in pieces.iter().enumerate() {
        let (sheet, place) = (number / (across * across), number % (across * across));
        let (top, left) = (place / across * PIECE, place % across * PIECE);
        for (at, cell) in piece.values.chunks_exact(channels).enumerate() {
            let into = sheet * cells + (top + at / width) * side + left + at % width;
            for (stored, value) in sheets.values[into * channels..(into + 1) * channels]
                .iter_mut()
                .zip(cell)
            {
                *stored = round_u8((value / step).clamp(0.0, 255.0));
            }
            if at == piece.middle {
                sheets.middles[into] = 1;
            }
        }
    }
    sheets
}

fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor
        .into_data()
        .try_to_vec::<f32>()
        .expect("the network computes in f32")
}

/// Digest of everything but the heads.
fn key_of(bundle: &ModelBundle) -> Option<String> {
    let read = Dictionary::from_safetensors(&bundle.weights, &bundle.name).ok()?;
    let mut digest = Sha256::new();
    for (name, tensor) in read.iter().filter(|(name, _)| !name.contains("_heads.")) {
        digest.update(name.as_bytes());
        tensor
            .values
            .iter()
            .for_each(|value| digest.update(value.to_le_bytes()));
    }
    Some(
        digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    )
}
