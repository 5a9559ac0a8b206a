//! The CPU engine: whole networks and single blocks, for each instruction set.

use divan::{Bencher, counter::ItemsCount};
use tillsight::{
    frame::{Rgb, RgbImage},
    vision::{
        engine::{
            FastNetwork, Isa, Network, measure,
            network::{Activation, Branch, Depthwise, Group, MapId, Pointwise, Source, Target},
        },
        preprocess::Normalisation,
    },
};

/// Numbers that look random and are the same every time.
fn numbers(count: usize, scale: f32) -> Vec<f32> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / 8_388_608.0 - 1.0
    };
    (0..count).map(|_| next() * scale).collect()
}

fn pointwise(inputs: usize, outputs: usize, activation: Activation) -> Pointwise {
    Pointwise {
        inputs,
        outputs,
        weights: numbers(inputs * outputs, (3.0 / inputs as f32).sqrt()),
        bias: numbers(outputs, 0.5),
        activation,
    }
}

fn branch(
    (channels, outputs): (usize, usize),
    stride: usize,
    activation: Activation,
    target: Target,
) -> Branch {
    Branch {
        depthwise: Depthwise {
            stride,
            weights: numbers(channels * 9, 0.5),
            bias: numbers(channels, 0.5),
            activation: Activation::Relu6,
        },
        pointwise: pointwise(channels, outputs, activation),
        residual: None,
        target,
    }
}

/// A stem that makes a map of `side` with few channels, then one inverted residual, then small heads.
fn one_block(side: usize, [input, hidden, output]: [usize; 3], stride: usize) -> Network {
    let stem = Group {
        name: "stem".to_owned(),
        source: Source::Stem(pointwise(27, input, Activation::Relu6)),
        keep: Some(MapId(0)),
        branches: Vec::new(),
    };
    let block = Group {
        name: "block".to_owned(),
        source: Source::Pointwise(MapId(0), pointwise(input, hidden, Activation::Relu6)),
        keep: None,
        branches: vec![branch(
            (hidden, output),
            stride,
            Activation::Linear,
            Target::Map(MapId(1)),
        )],
    };
    let heads = Group {
        name: "heads".to_owned(),
        source: Source::Map(MapId(1), output),
        keep: None,
        branches: vec![
            branch((output, 4), 1, Activation::Linear, Target::Logits(0)),
            branch((output, 4), 1, Activation::Linear, Target::Offsets(0)),
        ],
    };
    Network {
        side: 2 * side,
        normalisation: Normalisation::SignedUnit,
        class_outputs: 4,
        groups: vec![stem, block, heads],
    }
}

fn picture(side: usize) -> RgbImage {
    let side = u32::try_from(side).unwrap();
    RgbImage::from_fn(side, side, |x, y| {
        Rgb([x * 3, y * 5, x + y].map(|v| u8::try_from(v % 256).unwrap()))
    })
}

/// Side of the map, channels in, hidden and out, and stride: the shapes of the checkout's backbone.
const BLOCKS: [(usize, [usize; 3], usize); 5] = [
    (56, [16, 96, 24], 2),
    (56, [24, 144, 24], 1),
    (28, [32, 192, 32], 1),
    (14, [64, 384, 64], 1),
    (7, [160, 960, 160], 1),
];

/// One block with its stem and heads, on one thread.
#[divan::bench(args = Isa::available().flat_map(|isa| BLOCKS.map(|block| format!("{} {block:?}", isa.name()))).collect::<Vec<_>>())]
fn block(bencher: Bencher<'_, '_>, name: &String) {
    let (isa, (side, channels, stride)) = Isa::available()
        .flat_map(|isa| BLOCKS.map(|block| (isa, block)))
        .find(|(isa, block)| format!("{} {block:?}", isa.name()) == *name)
        .unwrap();
    let network = one_block(side, channels, stride);
    let count: usize = [side, side, side.div_ceil(stride)]
        .iter()
        .zip(&network.groups)
        .map(|(&side, group)| group.multiply_adds(side))
        .sum();
    let fast = FastNetwork::new(&network, isa, 1).unwrap();
    let picture = picture(network.side);
    bencher
        .counter(ItemsCount::new(count))
        .bench_local(|| fast.run(&picture));
}

/// Multiply-adds in registers: what no block can pass.
#[divan::bench(args = Isa::available().map(Isa::name).collect::<Vec<_>>(), sample_count = 3, sample_size = 1)]
fn peak(name: &str) -> f64 {
    let isa = Isa::available().find(|isa| isa.name() == name).unwrap();
    measure::peak(isa, 1)
}
