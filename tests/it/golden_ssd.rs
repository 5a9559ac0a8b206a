//! Whole architectures against PyTorch: their counts, and the activations of torchvision's SSD300.

use std::path::PathBuf;

use burn::{
    module::{Module as _, ModuleMapper, Param},
    tensor::{Device, Tensor, TensorData},
};
use serde_json::Value;
use tillsight::{
    geom::cast::narrow_f32,
    vision::{
        Architecture, DefaultBoxes, Ssd,
        architecture::{Layer, LayerKind, MapBoxes, PoolSpec, PresetSettings, Shapes},
    },
};

fn golden(file: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(file);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn count(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn number(value: &Value) -> f32 {
    narrow_f32(value.as_f64().unwrap())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

#[test]
fn counts_of_every_preset_equal_those_of_pytorch() {
    for network in list(&golden("architectures/figures.json")["networks"]) {
        let name = network["preset"].as_str().unwrap();
        let settings = PresetSettings {
            width: network.get("width").map(number),
            input: network.get("input").map(count),
            coco_scales: false,
        };
        let classes = Architecture::published_classes(name).unwrap();
        let architecture = Architecture::preset_with(name, classes, &settings).unwrap();
        let costs = architecture.plan().unwrap().costs();
        let what = format!("{name} {settings:?}");
        assert_eq!(Some(costs.parameters), network["parameters"].as_u64(), "{what}");
        assert_eq!(
            Some(costs.trainable_parameters),
            network["trainable_parameters"].as_u64(),
            "{what}"
        );
        assert_eq!(
            Some(costs.multiply_adds),
            network["multiply_adds"].as_u64(),
            "{what}"
        );
    }
}

/// The same values as `made_up` in `tests/golden/ssd300/make.py`.
fn made_up(name: &str, count: usize, bound: f64) -> Vec<f32> {
    let seed = name.bytes().fold(2_166_136_261u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(16_777_619)
    });
    (0..u32::try_from(count).unwrap())
        .map(|place| {
            let mut x = place.wrapping_add(seed);
            for (shift, factor) in [(16, 0x7feb_352d), (15, 0x846c_a68b)] {
                x = (x ^ (x >> shift)).wrapping_mul(factor);
            }
            x ^= x >> 16;
            narrow_f32((f64::from(x) / 2f64.powi(31) - 1.0) * bound)
        })
        .collect()
}

/// Fills a network with made-up weights by the paths of its parameters.
#[derive(Default)]
struct MakeUp {
    path: Vec<String>,
}

impl ModuleMapper for MakeUp {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (path, shape) = (self.path.join("."), param.lazy_shape());
        let values = match self.path.last().map(String::as_str) {
            Some("weight") => {
                let fan_in: usize = shape[1..].iter().product();
                made_up(&path, shape.num_elements(), (6.0 / fan_in as f64).sqrt())
            }
            Some("bias") => made_up(&path, shape.num_elements(), 0.1),
            Some("scale") => made_up(&path, shape.num_elements(), 5.0)
                .into_iter()
                .map(|value| 20.0 + value)
                .collect(),
            other => panic!("{other:?} of {path} is not known"),
        };
        let tensor = Tensor::from_data(TensorData::new(values, shape), &param.lazy_device());
        let id = param.id;
        param.transform_for_load(tensor, id)
    }
}

/// Compares picked values, and the mean and deviation of all, relative to the spread of the values.
fn assert_like(values: &[f32], golden: &Value, what: &str) {
    let wanted: usize = list(&golden["shape"]).iter().map(count).product();
    assert_eq!(values.len(), wanted, "{what}");
    let spread = number(&golden["deviation"]);
    for (place, want) in list(&golden["places"]).iter().zip(list(&golden["values"])) {
        let (got, want) = (values[count(place)], number(want));
        assert!(
            (got - want).abs() <= 1e-4 * spread.max(1.0),
            "{what}[{place}]: {got} is not {want}"
        );
    }
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
    assert!(
        (mean - golden["mean"].as_f64().unwrap()).abs() < 1e-4 * f64::from(spread.max(1.0)),
        "mean of {what}"
    );
}

/// All 26 million weights, all layers: dilation, a pool that rounds up, the L2 normalisation, the heads and
/// the order of their outputs.
#[test]
fn ssd300_gives_the_activations_of_torchvision() {
    let golden = golden("ssd300/activations.json");
    let architecture = Architecture::published("ssd300-vgg16").unwrap();
    let device = Device::flex();
    let network = Ssd::new(&architecture, &device).map(&mut MakeUp::default());
    assert_eq!(network.num_params(), count(&golden["parameters"]));
    let picture = || {
        let values = made_up("input", 3 * 300 * 300, 1.0);
        Tensor::<4>::from_data(TensorData::new(values, [1, 3, 300, 300]), &device)
    };
    let maps = network.feature_maps(picture());
    for (index, (map, want)) in maps.iter().zip(list(&golden["maps"])).enumerate() {
        let values = map.to_data().try_to_vec::<f32>().unwrap();
        assert_like(&values, want, &format!("map {index}"));
    }
    let output = network.predict(&maps);
    // torchvision's boxes of a cell are not reordered here: the heads give what their weights say.
    for (values, key) in [(output.logits, "logits"), (output.offsets, "offsets")] {
        assert_like(
            &values.into_data().try_to_vec::<f32>().unwrap(),
            &golden[key],
            key,
        );
    }
}

#[test]
fn default_boxes_of_ssd300_equal_torchvision() {
    let golden = &golden("ssd300/activations.json")["boxes"];
    let boxes = DefaultBoxes::new(&Architecture::published("ssd300-vgg16").unwrap());
    assert_eq!(boxes.len(), count(&golden["count"]));
    for row in list(&golden["picked"]) {
        let got = boxes.corners()[count(&row[0])];
        let want: Vec<f32> = list(&row[1]).iter().map(number).collect();
        for (got, want) in [got.x0, got.y0, got.x1, got.y1].iter().zip(&want) {
            assert!((got - want).abs() < 2e-6, "box {}: {got} is not {want}", row[0]);
        }
    }
}

#[test]
fn pools_equal_pytorch() {
    let device = Device::flex();
    for case in list(&golden("ssd300/activations.json")["pools"]) {
        let spec = PoolSpec {
            kernel: count(&case["kernel"]),
            stride: count(&case["stride"]),
            padding: count(&case["padding"]),
            ceil: case["ceil"].as_bool().unwrap(),
        };
        let flat = |value: &Value| -> Vec<f32> {
            list(value)
                .iter()
                .flat_map(|plane| list(plane).iter().flat_map(|row| list(row).iter().map(number)))
                .collect()
        };
        let side = list(&case["input"][0]).len();
        let input = TensorData::new(flat(&case["input"]), [1, 2, side, side]);
        let pooled = tillsight::vision::network::block::max_pool(Tensor::from_data(input, &device), spec);
        let got = pooled.into_data().try_to_vec::<f32>().unwrap();
        let want = flat(&case["output"]);
        assert_eq!(got.len(), want.len(), "{spec:?}");
        for (got, want) in got.iter().zip(&want) {
            assert!((got - want).abs() < 1e-6, "{spec:?}: {got} is not {want}");
        }
    }
}

/// A network of one's own: what a description can say beyond the presets.
#[test]
fn a_description_of_ones_own_gives_a_network() {
    let mut architecture = Architecture::published("ena24").unwrap();
    architecture.input = [96; 2];
    architecture.backbone.push(Layer {
        name: "pool".to_owned(),
        kind: LayerKind::MaxPool(PoolSpec {
            kernel: 3,
            stride: 2,
            padding: 1,
            ceil: true,
        }),
    });
    architecture.maps[0].layer = "backbone.pool".to_owned();
    architecture.boxes.maps = vec![MapBoxes::even(3, Shapes::Listed(vec![[0.3, 1.0]]))];
    let message = architecture.check().unwrap_err();
    assert!(
        message.contains("3 x 3") && message.contains("4 x 4"),
        "{message}"
    );
    architecture.boxes.maps[0].side = 4;
    architecture.check().unwrap();
    let output = Ssd::new(&architecture, &Device::flex())
        .valid()
        .forward(Tensor::zeros([2, 3, 96, 96], &Device::flex()));
    assert_eq!(output.logits.dims(), [2, 16, 24]);
    assert_eq!(output.offsets.dims(), [2, 16, 4]);
}
