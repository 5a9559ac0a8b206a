//! How a network is computed: packed weights, a place for every map, and the work of each step cut into items
//! that threads take in turn. Made once, when a network is loaded.
//!
//! Two ways to compute a group:
//! - *bands* of rows, for large maps: a thread makes a few rows of the wide map at a time, filters them and
//!   mixes the result, so that the wide map never leaves its cache;
//! - *panels* of channels, for small maps: a thread makes some channels of the whole wide map and filters
//!   them; after all have met, the mixing is shared out by outputs, so that weights are read once.
//!
//! Every output is computed by the same sequence of operations whichever way and however many threads, so
//! results do not depend on the number of threads.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Precision,
    aligned::{Aligned, lines},
    memory::Memory,
    network::{Activation, Branch, Group, MapId, Network, NotCovered, Pointwise, Source, Target},
    pack::{PackedDepthwise, PackedPointwise, Packer},
};

use crate::vision::preprocess::Normalisation;

/// What the planner needs to know of an instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KernelShape {
    /// Numbers in a register.
    pub(super) lanes: usize,
    /// Most rows of a tile 1, 2, 3 or 4 registers wide; 0 if there is none so wide.
    pub(super) max_rows: [usize; 4],
}

/// Where a square map lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MapPlace {
    pub(super) offset: usize,
    pub(super) side: usize,
    /// Numbers from pixel to pixel: the channels, padded to whole registers.
    pub(super) step: usize,
}

impl MapPlace {
    pub(super) const fn len(&self) -> usize {
        self.side * self.side * self.step
    }
}

/// Where the wide map of a group comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PlannedSource {
    /// From the padded picture.
    Stem(PackedPointwise),
    Pointwise(MapPlace, PackedPointwise),
    Map(MapPlace),
}

/// A planned [`Branch`].
#[derive(Debug)]
pub(super) struct PlannedBranch {
    pub(super) depthwise: PackedDepthwise,
    pub(super) pointwise: PackedPointwise,
    pub(super) residual: Option<MapPlace>,
    pub(super) out: MapPlace,
    /// The filtered map: in the shared memory for panels, in a thread's scratch for bands.
    pub(super) filtered: usize,
}

/// Outputs of some pixels of one branch: one item of mixing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MixItem {
    pub(super) branch: usize,
    pub(super) panel: usize,
    pub(super) pixels: Range<usize>,
}

/// How a group is computed.
#[derive(Debug)]
pub(super) enum Way {
    /// Bands of wide rows, each by one thread, a few rows at a time.
    Bands { bands: Vec<Range<usize>>, step: usize },
    /// Panels of channels, then items of mixing.
    Panels { mixes: Vec<MixItem> },
}

/// A planned [`Group`].
#[derive(Debug)]
pub(super) struct PlannedGroup {
    pub(super) name: String,
    pub(super) source: PlannedSource,
    /// Side of the wide map.
    pub(super) side: usize,
    /// Registers of channels of the wide map, and in a panel of it.
    pub(super) registers: usize,
    pub(super) panel: usize,
    pub(super) keep: Option<MapPlace>,
    pub(super) branches: Vec<PlannedBranch>,
    pub(super) way: Way,
    /// Rows of the wide map that are held for each panel.
    pub(super) ring_rows: usize,
    /// Of bytes: where the rows of the source lie in a thread's scratch, each as bytes and its scale and low.
    pub(super) quantised: usize,
    /// Whether what is filtered is kept as bytes.
    pub(super) filtered_bytes: bool,
    pub(super) multiply_adds: usize,
}

impl PlannedGroup {
    pub(super) const fn panels(&self) -> usize {
        self.registers.div_ceil(self.panel)
    }

    /// Rows of the source that are held as bytes.
    pub(super) const fn quantised_rows(&self) -> usize {
        match self.way {
            Way::Bands { .. } => self.ring_rows,
            Way::Panels { .. } => self.side,
        }
    }

    pub(super) fn width(&self, panel: usize) -> usize {
        self.panel.min(self.registers - panel * self.panel)
    }
}

/// The predictions of one feature map.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Predictions {
    pub(super) logits: Option<(MapPlace, usize)>,
    pub(super) offsets: Option<(MapPlace, usize)>,
}

/// A whole network, ready to run.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) side: usize,
    pub(super) normalisation: Normalisation,
    pub(super) class_outputs: usize,
    pub(super) lanes: usize,
    pub(super) precision: Precision,
    pub(super) groups: Vec<PlannedGroup>,
    pub(super) weights: Aligned,
    /// Where the picture with a border of one pixel starts.
    pub(super) picture: usize,
    /// Numbers that all threads share, and that each has for itself.
    pub(super) shared: usize,
    pub(super) scratch: usize,
    /// Numbers at the start of a thread's scratch that stay zero: the row above and below every map.
    pub(super) zeros: usize,
    /// Each feature map's logits and offsets: place and values a cell.
    pub(super) predictions: Vec<Predictions>,
}

/// Bytes of the first-level cache that the rows of one panel may fill, and numbers of the second-level cache
/// for what a band filters at a time.
const ROWS_BYTES: usize = 40 * 1024;
const FILTERED_NUMBERS: usize = 80 * 1024;
/// Bands thinner than this compute too many border rows twice.
const LEAST_BAND: usize = 10;

/// What a plan is made of while it grows.
struct Planner<'a> {
    network: &'a Network,
    precision: Precision,
    shape: KernelShape,
    threads: usize,
    packer: Packer,
    memory: Memory,
    maps: BTreeMap<MapId, (MapPlace, usize)>,
    predictions: Vec<Predictions>,
    scratch: usize,
    zeros: usize,
}

impl Plan {
    /// Plans a network for an instruction set and a number of threads.
    ///
    /// # Errors
    /// [`NotCovered`] if a part has no kernel or does not fit the others.
    pub(super) fn new(
        network: &Network,
        shape: KernelShape,
        (threads, precision): (usize, Precision),
    ) -> Result<Self, NotCovered> {
        if !(1..=2048).contains(&network.side) || network.class_outputs < 2 {
            return Err(NotCovered::Layer(format!(
                "a picture of {} pixels a side with {} class outputs",
                network.side, network.class_outputs
            )));
        }
        let mut planner = Planner {
            network,
            precision,
            shape,
            threads,
            packer: Packer::default(),
            memory: Memory::default(),
            maps: BTreeMap::new(),
            predictions: Vec::new(),
            scratch: 0,
            zeros: 0,
        };
        let bordered = network.side + 2;
        let picture = planner
            .memory
            .place(bordered * bordered * 3, 0, network.groups.len() + 1);
        let mut groups = Vec::with_capacity(network.groups.len());
        for (index, group) in network.groups.iter().enumerate() {
            group.check()?;
            groups.push(planner.group(group, index + 1)?);
        }
        let mut weights = Aligned::zeros(planner.packer.numbers.len());
        weights.as_mut_slice().copy_from_slice(&planner.packer.numbers);
        Ok(Self {
            side: network.side,
            normalisation: network.normalisation,
            class_outputs: network.class_outputs,
            lanes: shape.lanes,
            precision,
            groups,
            weights,
            picture,
            shared: planner.memory.len(),
            scratch: planner.zeros + lines(planner.scratch),
            zeros: planner.zeros,
            predictions: planner.predictions,
        })
    }
}

impl Planner<'_> {
    fn group(&mut self, group: &Group, step: usize) -> Result<PlannedGroup, NotCovered> {
        let lanes = self.shape.lanes;
        let channels = group.channels();
        let registers = channels.div_ceil(lanes);
        let side = match &group.source {
            Source::Stem(_) => self.network.side.div_ceil(2),
            Source::Pointwise(map, layer) => self.map(*map, layer.inputs, &group.name)?.side,
            Source::Map(map, channels) => self.map(*map, *channels, &group.name)?.side,
        };
        let in_bands = side / self.threads >= LEAST_BAND && !group.branches.is_empty();
        let panel = best_panel(self.shape, side, registers);
        let source = match &group.source {
            Source::Stem(layer) => PlannedSource::Stem(self.packer.pointwise(layer, lanes, panel)),
            Source::Pointwise(map, layer) => PlannedSource::Pointwise(
                self.map(*map, layer.inputs, &group.name)?,
                self.pointwise(layer, panel, self.precision == Precision::Bytes),
            ),
            Source::Map(map, channels) => PlannedSource::Map(self.map(*map, *channels, &group.name)?),
        };
        let rows = if in_bands {
            band_step(side, panel * lanes, registers * lanes)
        } else {
            side.next_multiple_of(2)
        };
        // The rows of the panels, then what is filtered.
        let row = (side + 2) * panel * lanes;
        self.zeros = self.zeros.max(lines(row));
        let ring_rows = rows + 2;
        let held = if in_bands { registers.div_ceil(panel) } else { 1 };
        let mut scratch = lines(held * ring_rows * row);
        let quantised = scratch;
        if let PlannedSource::Pointwise(map, layer) = &source
            && layer.bytes.is_some()
        {
            let rows = if in_bands { ring_rows } else { side };
            scratch += lines(rows * (map.side * map.step / 4 + 2));
        }
        let filtered_bytes = self.precision == Precision::Bytes
            && group
                .branches
                .iter()
                .all(|branch| branch.depthwise.activation == Activation::Relu6);
        let filtered_step = registers * lanes / if filtered_bytes { 4 } else { 1 };
        let keep = group.keep.map(|map| self.make(map, side, channels, step));
        let mut branches = Vec::with_capacity(group.branches.len());
        for branch in &group.branches {
            let out_side = side.div_ceil(branch.depthwise.stride);
            let filtered = if in_bands {
                let place = scratch;
                scratch += lines(rows.div_ceil(branch.depthwise.stride) * out_side * filtered_step);
                place
            } else {
                self.memory.place(out_side * out_side * filtered_step, step, step)
            };
            let place = (filtered, filtered_bytes);
            branches.push(self.branch(branch, out_side, place, step, &group.name)?);
        }
        self.scratch = self.scratch.max(scratch);
        let way = if in_bands {
            Way::Bands {
                bands: bands(side, self.threads),
                step: rows,
            }
        } else {
            Way::Panels {
                mixes: mix_items(&branches, self.shape, self.threads),
            }
        };
        Ok(PlannedGroup {
            name: group.name.clone(),
            source,
            side,
            registers,
            panel,
            keep,
            branches,
            way,
            ring_rows,
            quantised,
            filtered_bytes,
            multiply_adds: group.multiply_adds(side),
        })
    }

    fn branch(
        &mut self,
        branch: &Branch,
        side: usize,
        (filtered, bytes): (usize, bool),
        step: usize,
        name: &str,
    ) -> Result<PlannedBranch, NotCovered> {
        let outputs = branch.pointwise.outputs;
        let residual = branch
            .residual
            .map(|map| self.map(map, outputs, name))
            .transpose()?;
        if residual.is_some_and(|map| map.side != side) {
            return Err(NotCovered::Shape(format!("{name} adds a map of another size")));
        }
        let out = match branch.target {
            Target::Map(map) => self.make(map, side, outputs, step),
            Target::Logits(at) | Target::Offsets(at) => {
                let place = self.output(side, outputs, step);
                if self.predictions.len() <= at {
                    self.predictions.resize(at + 1, Predictions::default());
                }
                if matches!(branch.target, Target::Logits(_)) {
                    self.predictions[at].logits = Some((place, outputs));
                } else {
                    self.predictions[at].offsets = Some((place, outputs));
                }
                place
            }
        };
        let registers = outputs.div_ceil(self.shape.lanes);
        let panel = best_panel(self.shape, side * side, registers);
        Ok(PlannedBranch {
            depthwise: self.packer.depthwise(&branch.depthwise, self.shape.lanes),
            pointwise: self.pointwise(&branch.pointwise, panel, bytes),
            residual,
            out,
            filtered,
        })
    }

    fn pointwise(&mut self, layer: &Pointwise, panel: usize, bytes: bool) -> PackedPointwise {
        if bytes {
            self.packer.byte_pointwise(layer, self.shape.lanes, panel)
        } else {
            self.packer.pointwise(layer, self.shape.lanes, panel)
        }
    }

    /// A map made before, with so many channels.
    fn map(&self, id: MapId, channels: usize, name: &str) -> Result<MapPlace, NotCovered> {
        match self.maps.get(&id) {
            Some(&(place, made)) if made == channels => Ok(place),
            Some(&(_, made)) => Err(NotCovered::Shape(format!(
                "{name} reads {channels} channels of a map that has {made}"
            ))),
            None => Err(NotCovered::Shape(format!(
                "{name} reads a map that is not made before it"
            ))),
        }
    }

    /// A place for a map from the step that makes it to the last one that reads it.
    fn make(&mut self, id: MapId, side: usize, channels: usize, step: usize) -> MapPlace {
        let reads = |group: &Group| {
            let from_source = match &group.source {
                Source::Pointwise(map, _) | Source::Map(map, _) => *map == id,
                Source::Stem(_) => false,
            };
            from_source || group.branches.iter().any(|branch| branch.residual == Some(id))
        };
        let last = self.network.groups.iter().rposition(reads);
        let place = self.placed(
            side,
            channels,
            step,
            last.map_or(step, |index| index + 1).max(step),
        );
        self.maps.insert(id, (place, channels));
        place
    }

    /// A place for predictions, which stay to the end.
    fn output(&mut self, side: usize, channels: usize, step: usize) -> MapPlace {
        self.placed(side, channels, step, self.network.groups.len() + 1)
    }

    fn placed(&mut self, side: usize, channels: usize, first: usize, last: usize) -> MapPlace {
        let step = channels.next_multiple_of(self.shape.lanes);
        MapPlace {
            offset: self.memory.place(side * side * step, first, last),
            side,
            step,
        }
    }
}

/// The panel width that needs the least time for rows of `pixels`, by counting what a processor with two
/// multiply-adds and two loads a cycle must do.
pub(super) fn best_panel(shape: KernelShape, pixels: usize, registers: usize) -> usize {
    let cost = |panel: usize| {
        let one = |width: usize| {
            let tiles = pixels.div_ceil(shape.max_rows[width - 1]);
            let tile = |i: usize| {
                let rows = pixels * (i + 1) / tiles - pixels * i / tiles;
                // A loop that only loads or only waits for its sums is slower than one that computes.
                (rows * width * 10).max((rows + width) * 11).max(80)
            };
            (0..tiles).map(tile).sum::<usize>()
        };
        let rest = registers % panel;
        registers / panel * one(panel) + if rest > 0 { one(rest) } else { 0 }
    };
    let known = shape.max_rows.iter().take_while(|&&rows| rows > 0).count();
    (1..=known.min(registers))
        .min_by_key(|&panel| cost(panel))
        .unwrap_or(1)
}

/// Wide rows that a band makes at a time: an even number, as many as the caches hold.
fn band_step(side: usize, panel: usize, channels: usize) -> usize {
    let in_first = (ROWS_BYTES / size_of::<f32>() / ((side + 2) * panel)).saturating_sub(2);
    let in_second = FILTERED_NUMBERS / (side * channels);
    (in_first.min(in_second) / 2 * 2).clamp(2, side.next_multiple_of(2))
}

/// Bands of rows that start at even rows, one a thread.
fn bands(side: usize, threads: usize) -> Vec<Range<usize>> {
    let cut = |i: usize| match i {
        i if i == threads => side,
        i => side * i / threads / 2 * 2,
    };
    (0..threads)
        .map(|i| cut(i)..cut(i + 1))
        .filter(|band| !band.is_empty())
        .collect()
}

/// Panels of outputs by runs of pixels, a few items for each thread.
fn mix_items(branches: &[PlannedBranch], shape: KernelShape, threads: usize) -> Vec<MixItem> {
    let panels: usize = branches.iter().map(|b| b.pointwise.panels()).sum();
    let mut items = Vec::new();
    for (index, branch) in branches.iter().enumerate() {
        let pixels = branch.out.side * branch.out.side;
        let tile = shape.max_rows[branch.pointwise.panel - 1];
        let wanted = if threads == 1 {
            1
        } else {
            (threads * 4).div_ceil(panels)
        };
        let runs = wanted.min(pixels.div_ceil(tile));
        for panel in 0..branch.pointwise.panels() {
            for run in 0..runs {
                items.push(MixItem {
                    branch: index,
                    panel,
                    pixels: pixels * run / runs..pixels * (run + 1) / runs,
                });
            }
        }
    }
    items
}
