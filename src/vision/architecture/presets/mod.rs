//! The published detectors, by name.

mod checkout;
mod cifar;
mod ena24;
mod mobilenet;
mod ssd300;

use super::Architecture;

pub(super) use checkout::{extra as ssdlite_extra, maps as ssdlite_maps};
pub use mobilenet::make_divisible;

/// What can be chosen about a preset.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PresetSettings {
    /// Width multiplier of a `MobileNetV2` preset, 0.35 to 1.4; 1 if not given.
    pub width: Option<f32>,
    /// Side of the input of a `MobileNetV2` preset in pixels, 224, 300 or 320 for example; 224 if not given.
    pub input: Option<usize>,
    /// Whether `ssd300-vgg16` takes the scales that its authors used on COCO in place of those for VOC.
    pub coco_scales: bool,
}

const VOC_CLASSES: [&str; 20] = [
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
];
const CIFAR_CLASSES: [&str; 10] = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
];
const ENA24_CLASSES: [&str; 23] = [
    "american black bear",
    "american crow",
    "bird",
    "bobcat",
    "chicken",
    "coyote",
    "dog",
    "domestic cat",
    "eastern chipmunk",
    "eastern cottontail",
    "eastern fox squirrel",
    "eastern gray squirrel",
    "grey fox",
    "horse",
    "human",
    "northern raccoon",
    "red fox",
    "striped skunk",
    "vehicle",
    "virginia opossum",
    "white-tailed deer",
    "wild turkey",
    "woodchuck",
];
const SHOP_CLASSES: [&str; 3] = ["apple", "banana", "milk"];

impl Architecture {
    /// Names that [`Architecture::preset`] knows.
    pub const PRESETS: [&'static str; 6] = [
        "checkout",
        "checkout-dense",
        "ssd300-vgg16",
        "mobilenetv2-ssd-cifar",
        "mobilenetv2-ssd-cifar-improved",
        "ena24",
    ];

    /// The preset of that name for some classes.
    #[must_use]
    pub fn preset(name: &str, classes: &[&str]) -> Option<Self> {
        Self::preset_with(name, classes, &PresetSettings::default()).ok()
    }

    /// The preset of that name for the classes that it was published with.
    #[must_use]
    pub fn published(name: &str) -> Option<Self> {
        Self::preset(name, Self::published_classes(name)?)
    }

    /// The classes that a preset was published with, without the background.
    #[must_use]
    pub fn published_classes(name: &str) -> Option<&'static [&'static str]> {
        match name {
            "checkout" | "checkout-dense" => Some(&SHOP_CLASSES),
            "ssd300-vgg16" => Some(&VOC_CLASSES),
            "mobilenetv2-ssd-cifar" | "mobilenetv2-ssd-cifar-improved" => Some(&CIFAR_CLASSES),
            "ena24" => Some(&ENA24_CLASSES),
            _ => None,
        }
    }

    /// The preset of that name for some classes, with settings.
    ///
    /// # Errors
    /// One sentence if there is no such preset, or if it does not have such a setting.
    pub fn preset_with(name: &str, classes: &[&str], settings: &PresetSettings) -> Result<Self, String> {
        let sized = settings.width.is_some() || settings.input.is_some();
        let mobile = || mobilenet::Size::new(settings);
        let architecture = match name {
            "checkout" => checkout::paper(classes, mobile()?),
            "checkout-dense" => checkout::dense(classes, mobile()?),
            "mobilenetv2-ssd-cifar" => cifar::baseline(classes, mobile()?),
            "mobilenetv2-ssd-cifar-improved" => cifar::improved(classes, mobile()?),
            "ssd300-vgg16" | "ena24" if sized => {
                return Err(format!(
                    "width and input are settings of the MobileNetV2 presets, and {name} is none"
                ));
            }
            "ssd300-vgg16" => ssd300::ssd300(classes, settings.coco_scales),
            "ena24" => ena24::ena24(classes),
            _ => {
                return Err(format!(
                    "the preset {name} is not known; there are {}",
                    Self::PRESETS.join(", ")
                ));
            }
        };
        if settings.coco_scales && name != "ssd300-vgg16" {
            return Err(format!(
                "the COCO scales are a setting of ssd300-vgg16, not of {name}"
            ));
        }
        architecture.check()?;
        Ok(architecture)
    }

    /// The `checkout` network with the paper's box settings: six maps, five boxes a cell, 5 250 in all.
    #[must_use]
    pub fn checkout(classes: &[&str]) -> Self {
        checkout::paper(classes, mobilenet::Size::default())
    }

    /// The `checkout` network with smaller scales, the extra square box and the usual variances: six boxes
    /// a cell, 6 300 in all. Finds small items better than the paper's settings.
    #[must_use]
    pub fn checkout_dense(classes: &[&str]) -> Self {
        checkout::dense(classes, mobilenet::Size::default())
    }
}

fn owned(classes: &[&str]) -> Vec<String> {
    classes.iter().map(|&name| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Plan;
    use super::*;

    fn planned(name: &str) -> (Architecture, Plan) {
        let architecture = Architecture::published(name).unwrap();
        let plan = architecture.plan().unwrap();
        (architecture, plan)
    }

    fn per_cell(architecture: &Architecture) -> Vec<usize> {
        architecture
            .boxes
            .maps
            .iter()
            .map(super::super::MapBoxes::per_cell)
            .collect()
    }

    fn sides(plan: &Plan) -> Vec<usize> {
        plan.maps.iter().map(|map| map.shape.side).collect()
    }

    #[test]
    fn checkout_as_published() {
        let (architecture, plan) = planned("checkout");
        assert_eq!(architecture.box_count(), 5250);
        assert_eq!(sides(&plan), [28, 14, 7, 4, 2, 1]);
        assert_eq!(per_cell(&architecture), [5; 6]);
        assert_eq!(planned("checkout-dense").0.box_count(), 6300);
    }

    #[test]
    fn ssd300_as_published() {
        let (architecture, plan) = planned("ssd300-vgg16");
        assert_eq!(architecture.box_count(), 8732);
        assert_eq!(sides(&plan), [38, 19, 10, 5, 3, 1]);
        assert_eq!(per_cell(&architecture), [4, 6, 6, 6, 4, 4]);
        assert_eq!(plan.costs().parameters, 26_285_486);
        assert_eq!(plan.costs().trainable_parameters, 26_285_486);
    }

    #[test]
    fn the_cifar_detector_as_published() {
        let (architecture, plan) = planned("mobilenetv2-ssd-cifar");
        assert_eq!(architecture.box_count(), 798);
        assert_eq!(sides(&plan), [14, 7, 4, 2, 1]);
        assert_eq!(plan.costs().parameters, 3_004_928);
        assert_eq!(plan.costs().trainable_parameters, 2_995_520);
        let (architecture, plan) = planned("mobilenetv2-ssd-cifar-improved");
        assert_eq!(architecture.box_count(), 4722);
        assert_eq!(sides(&plan), [28, 14, 7, 4, 2, 1]);
        assert_eq!(per_cell(&architecture), [4, 6, 6, 6, 4, 4]);
    }

    #[test]
    fn ena24_as_published() {
        let (architecture, plan) = planned("ena24");
        assert_eq!(architecture.box_count(), 1521);
        assert_eq!(sides(&plan), [13]);
        assert_eq!(plan.maps[0].shape.channels, 500);
        assert_eq!(plan.published_costs(&architecture).parameters, 5_987_000);
        assert!(plan.costs().parameters > 5_987_000, "the heads come on top");
    }

    #[test]
    fn width_and_input_are_settings_of_mobile_presets() {
        let of = |name: &str, width, input| {
            let settings = PresetSettings {
                width,
                input,
                coco_scales: false,
            };
            Architecture::preset_with(name, &["apple"], &settings)
        };
        for width in [0.35, 0.5, 0.75, 1.0, 1.3, 1.4] {
            for input in [224, 300, 320] {
                for name in ["checkout", "mobilenetv2-ssd-cifar"] {
                    let architecture = of(name, Some(width), Some(input)).unwrap();
                    assert_eq!(architecture.check(), Ok(()), "{name} {width} {input}");
                }
            }
        }
        let wide = of("checkout", None, Some(320)).unwrap();
        assert_eq!(sides(&wide.plan().unwrap()), [40, 20, 10, 5, 3, 2]);
        // The last layer never gets narrower (Sandler et al. 2018, section 5).
        let narrow = of("checkout", Some(0.5), None).unwrap().plan().unwrap();
        assert_eq!(narrow.maps[2].shape.channels, 1280);
        assert_eq!(narrow.steps[0].layer.output().channels, 16);
        for (name, width, input) in [
            ("checkout", Some(0.1), None),
            ("checkout", Some(f32::NAN), None),
            ("checkout", None, Some(7)),
            ("checkout", None, Some(usize::MAX)),
            ("ena24", Some(0.5), None),
            ("yolo", None, None),
        ] {
            let message = of(name, width, input).unwrap_err();
            assert!(message.len() < 200 && !message.contains('\n'), "{message}");
        }
    }
}
