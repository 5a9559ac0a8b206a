//! Networks of the family with random weights, for tests.

use super::network::{Activation, Branch, Depthwise, Group, MapId, Network, Pointwise, Source, Target};

use crate::vision::preprocess::Normalisation;

/// Numbers that look random and are the same every time (Marsaglia 2003, xorshift).
#[derive(Debug)]
pub(in crate::vision) struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    #[must_use]
    pub(in crate::vision) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next 16 bits.
    pub(in crate::vision) fn bits(&mut self) -> u16 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40 & 0xFFFF) as u16
    }

    /// From -1 to 1.
    pub(in crate::vision) fn number(&mut self) -> f32 {
        f32::from(self.bits()) / 32767.5 - 1.0
    }

    /// From `low` to `high`, both possible.
    pub(in crate::vision) fn between(&mut self, low: usize, high: usize) -> usize {
        low + usize::from(self.bits()) % (high - low + 1)
    }

    /// So many numbers from `-scale` to `scale`.
    pub(in crate::vision) fn numbers(&mut self, count: usize, scale: f32) -> Vec<f32> {
        (0..count).map(|_| self.number() * scale).collect()
    }

    /// Weights that keep the size of what they see.
    pub(in crate::vision) fn pointwise(
        &mut self,
        inputs: usize,
        outputs: usize,
        activation: Activation,
    ) -> Pointwise {
        Pointwise {
            inputs,
            outputs,
            weights: self.numbers(inputs * outputs, (3.0 / inputs as f32).sqrt()),
            bias: self.numbers(outputs, 0.5),
            activation,
        }
    }

    /// Weights of a 3x3 convolution.
    pub(in crate::vision) fn depthwise(&mut self, channels: usize, stride: usize) -> Depthwise {
        Depthwise {
            stride,
            weights: self.numbers(channels * 9, 0.5),
            bias: self.numbers(channels, 0.5),
            activation: Activation::Relu6,
        }
    }
}

/// The class head and the box head of a map, for so many boxes a cell and class outputs a box.
fn heads(
    random: &mut Random,
    channels: usize,
    map: usize,
    (per_cell, class_outputs): (usize, usize),
) -> [Branch; 2] {
    let mut branch = |values: usize, target: Target| Branch {
        depthwise: random.depthwise(channels, 1),
        pointwise: random.pointwise(channels, per_cell * values, Activation::Linear),
        residual: None,
        target,
    };
    [
        branch(class_outputs, Target::Logits(map)),
        branch(4, Target::Offsets(map)),
    ]
}

/// Expansion, channels, repeats and stride of the stages (Sandler et al. 2018, table 2).
const STAGES: [(usize, f32, usize, usize); 7] = [
    (1, 16.0, 1, 1),
    (6, 24.0, 2, 2),
    (6, 32.0, 3, 2),
    (6, 64.0, 4, 2),
    (6, 96.0, 3, 1),
    (6, 160.0, 3, 2),
    (6, 320.0, 1, 1),
];

/// A `MobileNetV2` of a width with `SSDLite` heads on six maps.
#[must_use]
pub(in crate::vision) fn mobilenet(
    width: f32,
    side: usize,
    class_outputs: usize,
    per_cell: usize,
    seed: u64,
) -> Network {
    let mut random = Random::new(seed);
    let wide = |channels: f32| crate::geom::cast::floor_index((channels * width / 8.0 + 0.5).max(1.0)) * 8;
    let predictions = (per_cell, class_outputs);
    let mut groups = Vec::new();
    let mut channels = wide(32.0);
    let mut map = 0;
    let mut block = 0;
    for (expansion, output, repeats, stride) in STAGES {
        for repeat in 0..repeats {
            let stride = if repeat == 0 { stride } else { 1 };
            let output = wide(output);
            let hidden = channels * expansion;
            let source = if block == 0 {
                Source::Stem(random.pointwise(27, channels, Activation::Relu6))
            } else {
                Source::Pointwise(MapId(map), random.pointwise(channels, hidden, Activation::Relu6))
            };
            let mut branches = vec![Branch {
                depthwise: random.depthwise(hidden, stride),
                pointwise: random.pointwise(hidden, output, Activation::Linear),
                residual: (block > 0 && stride == 1 && channels == output).then_some(MapId(map)),
                target: Target::Map(MapId(map + 1)),
            }];
            if block == 6 || block == 13 {
                branches.extend(heads(&mut random, hidden, block / 7, predictions));
            }
            map += 1;
            groups.push(Group {
                name: format!("block {block}"),
                source,
                keep: None,
                branches,
            });
            channels = output;
            block += 1;
        }
    }
    let last = wide(1280.0).max(1280);
    groups.push(Group {
        name: "last".to_owned(),
        source: Source::Pointwise(MapId(map), random.pointwise(channels, last, Activation::Relu6)),
        keep: Some(MapId(map + 1)),
        branches: heads(&mut random, last, 2, predictions).into(),
    });
    map += 1;
    channels = last;
    for (index, (reduce, grow)) in [(256, 512), (128, 256), (64, 128)].into_iter().enumerate() {
        groups.push(Group {
            name: format!("extra {index}"),
            source: Source::Pointwise(MapId(map), random.pointwise(channels, reduce, Activation::Relu6)),
            keep: None,
            branches: vec![Branch {
                depthwise: random.depthwise(reduce, 2),
                pointwise: random.pointwise(reduce, grow, Activation::Relu6),
                residual: None,
                target: Target::Map(MapId(map + 1)),
            }],
        });
        map += 1;
        channels = grow;
        groups.push(Group {
            name: format!("heads {}", index + 3),
            source: Source::Map(MapId(map), channels),
            keep: None,
            branches: heads(&mut random, channels, index + 3, predictions).into(),
        });
    }
    Network {
        side,
        normalisation: Normalisation::SignedUnit,
        class_outputs,
        groups,
    }
}

/// A stem, then one group of the given channels with up to three branches: enough to meet every kernel.
#[must_use]
pub(in crate::vision) fn small(seed: u64) -> Network {
    const CHANNELS: [usize; 9] = [1, 3, 8, 17, 24, 33, 40, 96, 144];
    let mut random = Random::new(seed);
    let channels = |random: &mut Random| CHANNELS[random.between(0, CHANNELS.len() - 1)];
    let (first, middle, wide) = (
        channels(&mut random),
        channels(&mut random),
        channels(&mut random),
    );
    let side = random.between(1, 47);
    let class_outputs = random.between(2, 9);
    let stem = Group {
        name: "stem".to_owned(),
        source: Source::Stem(random.pointwise(27, first, Activation::Relu6)),
        keep: Some(MapId(0)),
        branches: vec![Branch {
            depthwise: {
                let stride = random.between(1, 2);
                random.depthwise(first, stride)
            },
            pointwise: random.pointwise(first, middle, Activation::Linear),
            residual: None,
            target: Target::Map(MapId(1)),
        }],
    };
    let copy = random.between(0, 2) == 0;
    let wide = if copy { middle } else { wide };
    let activation = if random.between(0, 1) == 0 {
        Activation::Relu6
    } else {
        Activation::Linear
    };
    let branch = |random: &mut Random, stride: usize, outputs: usize, target: Target| Branch {
        depthwise: random.depthwise(wide, stride),
        pointwise: random.pointwise(wide, outputs, activation),
        residual: None,
        target,
    };
    let narrow = Branch {
        residual: Some(MapId(1)),
        ..branch(&mut random, 1, middle, Target::Map(MapId(2)))
    };
    let halved = branch(&mut random, 2, 4 * class_outputs, Target::Logits(0));
    let plain = branch(&mut random, 1, 8, Target::Offsets(0));
    let group = Group {
        name: "wide".to_owned(),
        source: if copy {
            Source::Map(MapId(1), middle)
        } else {
            Source::Pointwise(MapId(1), random.pointwise(middle, wide, Activation::Relu6))
        },
        keep: Some(MapId(3)),
        branches: vec![narrow, halved, plain],
    };
    let end = |random: &mut Random, map: usize, channels: usize, target: Target| Group {
        name: format!("end of {map}"),
        source: Source::Map(MapId(map), channels),
        keep: None,
        branches: vec![Branch {
            depthwise: random.depthwise(channels, 1),
            pointwise: random.pointwise(channels, 7, Activation::Linear),
            residual: None,
            target,
        }],
    };
    let ends = [
        end(&mut random, 0, first, Target::Logits(1)),
        end(&mut random, 2, middle, Target::Offsets(1)),
        end(&mut random, 3, wide, Target::Offsets(2)),
    ];
    Network {
        side,
        normalisation: Normalisation::SignedUnit,
        class_outputs,
        groups: [stem, group].into_iter().chain(ends).collect(),
    }
}
