//! Shapes and costs worked by hand.

use super::{
    layers::{plan_parallel, plan_pool, plan_residual},
    *,
};
use crate::vision::architecture::{BatchNormSpec, Layer, PredictSpec, ResidualSpec};

const MAP: MapShape = MapShape {
    channels: 16,
    side: 75,
};

fn pool_side(side: usize, kernel: usize, stride: usize, padding: usize, ceil: bool) -> usize {
    let spec = PoolSpec {
        kernel,
        stride,
        padding,
        ceil,
    };
    let input = MapShape { side, ..MAP };
    plan_pool("pool", spec, input).unwrap().output.side
}

#[test]
fn pools_round_as_pytorch_does() {
    assert_eq!(pool_side(75, 2, 2, 0, true), 38);
    assert_eq!(pool_side(75, 2, 2, 0, false), 37);
    assert_eq!(pool_side(19, 3, 1, 1, false), 19);
    // The fourth window would begin in the right padding, at 6 of 5 + 1 cells, and does not count.
    assert_eq!(pool_side(5, 2, 2, 1, true), 3);
    assert_eq!(pool_side(4, 3, 2, 0, true), 2);
}

#[test]
fn a_convolution_by_hand() {
    // 16 to 32 channels, 3x3, stride 2, on 75 x 75 cells: 38 x 38 outputs.
    let spec = ConvSpec {
        stride: 2,
        bias: true,
        norm: Some(BatchNormSpec::default()),
        ..ConvSpec::new(32, 3)
    };
    let conv = PlannedConv::new("c".to_owned(), &spec, MAP).unwrap();
    assert_eq!(conv.output.side, 38);
    assert_eq!(conv.parameters(), 32 * 16 * 9 + 32 + 4 * 32);
    assert_eq!(conv.running_statistics(), 64);
    assert_eq!(conv.multiply_adds(), 38 * 38 * 32 * 16 * 9);
    // Depthwise: one input for each output.
    let conv = PlannedConv::new("d".to_owned(), &ConvSpec::depthwise(1), MAP).unwrap();
    assert_eq!(conv.weight_shape(), [16, 1, 3, 3]);
    assert_eq!(conv.multiply_adds(), 75 * 75 * 16 * 9);
}

#[test]
fn a_dilated_convolution_keeps_the_size() {
    let spec = ConvSpec {
        dilation: 6,
        ..ConvSpec::new(1024, 3)
    };
    let conv = PlannedConv::new("fc6".to_owned(), &spec, MapShape { side: 19, ..MAP }).unwrap();
    assert_eq!((conv.padding, conv.output.side), (6, 19));
}

#[test]
fn an_inverted_residual_by_hand() {
    let spec = ResidualSpec {
        expansion: 6,
        channels: 16,
        stride: 1,
    };
    let block = plan_residual("b", spec, MAP).unwrap();
    assert!(block.shortcut);
    assert_eq!(block.depthwise.input.channels, 96);
    let widened = plan_residual("b", ResidualSpec { expansion: 1, ..spec }, MAP).unwrap();
    assert!(widened.expand.is_none());
    let halved = plan_residual("b", ResidualSpec { stride: 2, ..spec }, MAP).unwrap();
    assert!(!halved.shortcut && halved.project.output.side == 38);
}

#[test]
fn branches_of_different_sizes_cannot_be_put_together() {
    let valid = ConvSpec {
        padding: Some(0),
        ..ConvSpec::new(8, 3)
    };
    assert!(
        plan_parallel("p", &[ConvSpec::new(8, 3), valid], MAP)
            .unwrap_err()
            .contains("one size")
    );
    assert!(plan_parallel("p", &[], MAP).is_err());
    let both = plan_parallel("p", &[ConvSpec::new(8, 3), ConvSpec::new(4, 5)], MAP).unwrap();
    assert_eq!(PlannedLayer::Parallel(both).output().channels, 12);
}

#[test]
fn a_head_must_keep_the_size_of_its_map() {
    let head = Head {
        hidden: Vec::new(),
        predict: PredictSpec {
            kernel: 2,
            bias: false,
        },
    };
    assert!(
        plan_head("h.0", &head, MAP, [4, 4])
            .unwrap_err()
            .contains("75 x 75")
    );
}

/// 64 x 64 input: 8 channels by 3x3 of stride 2, then one map with two boxes and two classes.
#[test]
fn a_whole_small_network_by_hand() {
    let mut architecture = Architecture::checkout(&["apple", "milk"]);
    architecture.input = [64; 2];
    architecture.backbone = vec![Layer::conv("conv", ConvSpec::mobile(8, 3, 2))];
    architecture.extras.clear();
    architecture.maps = vec![FeatureMap {
        layer: "backbone.conv".to_owned(),
        point: TapPoint::Output,
        l2_norm: Some(20.0),
    }];
    architecture.boxes.maps = vec![MapBoxes::even(
        32,
        crate::vision::architecture::Shapes::Listed(vec![[0.1, 1.0], [0.2, 1.0]]),
    )];
    let head = Head {
        hidden: Vec::new(),
        predict: PredictSpec {
            kernel: 1,
            bias: true,
        },
    };
    architecture.heads.class = head.clone();
    architecture.heads.location = head;
    architecture.check().unwrap();
    let costs = architecture.plan().unwrap().costs();
    let cells = 32 * 32;
    // Two boxes of three logits, and two boxes of four offsets.
    assert_eq!(costs.multiply_adds, cells * (8 * 27 + 6 * 8 + 8 * 8));
    assert_eq!(costs.parameters, (8 * 27 + 32) + 8 + (6 * 8 + 6) + (8 * 8 + 8));
    assert_eq!(costs.trainable_parameters, costs.parameters - 16);
}
