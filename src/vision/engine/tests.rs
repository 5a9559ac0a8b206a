//! The engine against burn, on networks as they are described and stored.

use std::collections::BTreeMap;

use burn::tensor::Device;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::{FastNetwork, Isa, NotCovered, testing::Random, translate};
use crate::{
    frame::{Rgb, RgbImage},
    vision::{
        Architecture, Detector, Engine, ModelBundle, Ssd,
        architecture::PresetSettings,
        decode::DecodeSettings,
        detector::CpuSettings,
        weights::{Dictionary, to_bytes},
    },
};

fn picture(width: u32, height: u32, seed: u64) -> RgbImage {
    let mut random = Random::new(seed);
    let noise: Vec<u8> = (0..width * height * 3)
        .map(|_| u8::try_from(random.bits() >> 8).unwrap())
        .collect();
    RgbImage::from_fn(width, height, |x, y| {
        let at = ((y * width + x) * 3) as usize;
        let slope = u8::try_from((x * 3 + y * 2) % 200).unwrap();
        Rgb([slope, 200 - slope, slope / 2]).map_with(&noise[at..at + 3])
    })
}

/// A little noise on a colour.
trait MapWith {
    fn map_with(self, noise: &[u8]) -> Self;
}

impl MapWith for Rgb<u8> {
    fn map_with(mut self, noise: &[u8]) -> Self {
        for (value, noise) in self.0.iter_mut().zip(noise) {
            *value += noise / 8;
        }
        self
    }
}

/// A bundle with random weights, norms included.
fn bundle(architecture: Architecture, seed: u64) -> ModelBundle {
    let network = Ssd::new(&architecture, &Device::flex());
    let dictionary = Dictionary::from_safetensors(&to_bytes(&network).unwrap(), "test").unwrap();
    let mut random = Random::new(seed);
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = dictionary
        .iter()
        .map(|(name, tensor)| {
            let inputs: usize = tensor.shape.iter().skip(1).product();
            let value = |random: &mut Random| match name.rsplit('.').next().unwrap() {
                "gamma" | "running_var" => 1.0 + 0.4 * random.number(),
                "weight" => random.number() * (3.0 / inputs as f32).sqrt(),
                _ => 0.3 * random.number(),
            };
            let bytes = (0..tensor.values.len())
                .flat_map(|_| value(&mut random).to_le_bytes())
                .collect();
            (name.to_owned(), tensor.shape.clone(), bytes)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap();
        (name.as_str(), view)
    });
    ModelBundle {
        name: "test".to_owned(),
        architecture,
        decode: DecodeSettings::LANE,
        class_thresholds: BTreeMap::new(),
        dataset_version: String::new(),
        metrics: Vec::new(),
        weights: safetensors::serialize(views, None).unwrap(),
    }
}

fn check_against_burn(bundle: &ModelBundle) {
    let burn = Detector::new(bundle.clone(), Engine::BurnCpu).unwrap();
    let frame = picture(181, 133, 5);
    let want = burn.raw_outputs(&frame).unwrap();
    for isa in Isa::available() {
        let cpu = CpuSettings { threads: 2, isa };
        let fast = Detector::with_cpu(bundle.clone(), Engine::Cpu, cpu).unwrap();
        assert_eq!(
            fast.engine(),
            Engine::Cpu,
            "{} is covered",
            bundle.architecture.name
        );
        let got = fast.raw_outputs(&frame).unwrap();
        for (got, want) in [(&got.0, &want.0), (&got.1, &want.1)] {
            assert_eq!(got.len(), want.len());
            for (got, want) in got.iter().zip(want) {
                let allowed = 1e-4 * want.abs().max(1.0);
                assert!(
                    (got - want).abs() <= allowed,
                    "{} on {}: {got} is not {want}",
                    bundle.name,
                    isa.name()
                );
            }
        }
        // The two decoders are compared bit by bit elsewhere; here the whole way.
        let (a, b) = (fast.detect(&frame).unwrap(), burn.detect(&frame).unwrap());
        assert_eq!(a.len(), b.len());
    }
}

#[test]
fn the_shipped_model_gives_what_burn_gives() {
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let current = std::fs::read_to_string(models.join("current")).unwrap();
    check_against_burn(&ModelBundle::load(&models.join(current.trim())).unwrap());
}

/// In 8-bit integers the shipped model finds the same items.
#[test]
fn the_shipped_model_finds_the_same_in_8_bits() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let current = std::fs::read_to_string(root.join("models/current")).unwrap();
    let bundle = ModelBundle::load(&root.join("models").join(current.trim())).unwrap();
    let [floats, bytes] = [Engine::Cpu, Engine::CpuInt8].map(|engine| {
        let detector = Detector::new(bundle.clone(), engine).unwrap();
        assert_eq!(detector.engine(), engine);
        detector
    });
    let frame = crate::frame::picture::read(&root.join("assets/demo/02-apples-banana.jpg")).unwrap();
    let (want, got) = (floats.detect(&frame).unwrap(), bytes.detect(&frame).unwrap());
    assert!(want.len() >= 3, "apples and a banana");
    assert_eq!(got.len(), want.len());
    for item in &want {
        let same = got
            .iter()
            .find(|other| other.class == item.class && other.bbox.iou(item.bbox) > 0.9);
        let same = same.unwrap_or_else(|| panic!("{item:?} is not among {got:?}"));
        assert!((same.score - item.score).abs() < 0.1, "{same:?} is not {item:?}");
    }
    assert_ne!(got, want, "bytes are in use");
}

#[test]
fn random_networks_of_several_widths_give_what_burn_gives() {
    for (name, width, input, seed) in [
        ("checkout", 0.35, 224, 1),
        ("checkout-dense", 1.0, 224, 2),
        ("checkout-dense", 0.5, 300, 3),
        ("checkout", 0.75, 320, 4),
    ] {
        let settings = PresetSettings {
            width: Some(width),
            input: Some(input),
            ..PresetSettings::default()
        };
        let architecture = Architecture::preset_with(name, &["apple", "milk"], &settings).unwrap();
        check_against_burn(&bundle(architecture, seed));
    }
}

#[test]
fn other_networks_run_on_burn_and_say_so() {
    let mut refused = 0;
    for name in Architecture::PRESETS {
        let architecture = Architecture::preset(name, &["apple"]).unwrap();
        let network = Ssd::new(&architecture, &Device::flex());
        let weights = Dictionary::from_safetensors(&to_bytes(&network).unwrap(), name).unwrap();
        match translate::network(&architecture, &weights) {
            Ok(network) => {
                assert!(FastNetwork::new(&network, Isa::best(), 1).is_ok(), "{name}");
            }
            Err(reason) => {
                assert!(matches!(reason, NotCovered::Layer(_)), "{name}: {reason}");
                assert!(reason.to_string().contains("burn computes"), "{reason}");
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "SSD300 on VGG is none of the family");
}

#[test]
fn a_model_with_weights_that_are_no_numbers_is_one_sentence() {
    let mut damaged = bundle(Architecture::checkout(&["apple"]), 11);
    let tensors = SafeTensors::deserialize(&damaged.weights).unwrap();
    let view = tensors.tensor("backbone.blocks.3.project.conv.weight").unwrap();
    let at = view.data().as_ptr() as usize - damaged.weights.as_ptr() as usize;
    damaged.weights[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    for engine in [Engine::Cpu, Engine::BurnCpu] {
        let said = Detector::new(damaged.clone(), engine).unwrap_err().to_string();
        assert!(said.contains("no numbers") && !said.contains('\n'), "{said}");
    }
}

#[test]
fn weights_that_do_not_fit_are_refused() {
    let good = bundle(Architecture::checkout(&["apple"]), 9);
    let dictionary = || Dictionary::from_safetensors(&good.weights, "test").unwrap();
    let reason = |dictionary: &Dictionary| {
        translate::network(&good.architecture, dictionary)
            .and_then(|network| FastNetwork::new(&network, Isa::best(), 1))
            .unwrap_err()
    };
    let name = "backbone.blocks.3.project.conv.weight";
    let mut missing = dictionary();
    missing.remove(name);
    assert!(reason(&missing).to_string().contains(name));
    let mut damaged = dictionary();
    let mut tensor = damaged.remove(name).unwrap();
    tensor.values[7] = f32::NAN;
    damaged.insert(name.to_owned(), tensor.clone());
    assert!(matches!(reason(&damaged), NotCovered::Weights(_)));
    tensor.values.truncate(10);
    let mut short = dictionary();
    short.insert(name.to_owned(), tensor.clone());
    assert!(matches!(reason(&short), NotCovered::Shape(_)));
    let mut more = dictionary();
    more.insert("other".to_owned(), tensor);
    assert!(matches!(reason(&more), NotCovered::Shape(_)));
}
