//! Reads descriptions of every version.
//!
//! Version 1 had no number and knew one network: `MobileNetV2` of full width with `SSDLite` heads, of which
//! only the extra layers and one list of aspect ratios for all maps were data. It becomes the same network in
//! today's words; its weights have the same names.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

use super::{
    Architecture, DESCRIPTION_VERSION, DefaultBoxSettings, Layer, MapBoxes, PresetSettings, Shapes, presets,
};

impl Serialize for Architecture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The derived function, which `remote = "Self"` makes a plain one.
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Architecture {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value.get("version") {
            None => VersionOne::deserialize(value)
                .map_err(D::Error::custom)
                .and_then(|old| old.into_current().map_err(D::Error::custom)),
            Some(version) if version.as_u64() == Some(u64::from(DESCRIPTION_VERSION)) => {
                Self::deserialize(value).map_err(D::Error::custom)
            }
            Some(version) => Err(D::Error::custom(format!(
                "a description of version {version}; this program knows versions 1 and {DESCRIPTION_VERSION}"
            ))),
        }
    }
}

#[derive(Deserialize)]
struct VersionOne {
    name: String,
    input: [usize; 2],
    classes: Vec<String>,
    #[serde(default)]
    distractors: Vec<String>,
    extras: Vec<ExtraLayer>,
    head: String,
    boxes: Boxes,
}

#[derive(Deserialize)]
struct ExtraLayer {
    reduce: usize,
    grow: usize,
}

#[derive(Deserialize)]
struct Boxes {
    sides: Vec<usize>,
    scales: Vec<f32>,
    aspect_ratios: Vec<f32>,
    extra_square: bool,
    clip: bool,
    variances: [f32; 4],
}

impl VersionOne {
    fn into_current(self) -> Result<Architecture, String> {
        if self.head != "depthwise-separable" {
            return Err(format!("the head {:?} is not known", self.head));
        }
        if self.boxes.scales.len() != self.boxes.sides.len() + 1 {
            return Err(format!(
                "{} box scales for {} maps; one more than maps is needed",
                self.boxes.scales.len(),
                self.boxes.sides.len()
            ));
        }
        let settings = PresetSettings {
            input: Some(self.input[0]),
            ..PresetSettings::default()
        };
        let base = Architecture::preset_with("checkout-dense", &["any"], &settings)?;
        let maps = self.boxes.sides.iter().zip(self.boxes.scales.windows(2));
        let maps = maps
            .map(|(&side, pair)| {
                let shapes = Shapes::Scaled {
                    scale: pair[0],
                    aspect_ratios: self.boxes.aspect_ratios.clone(),
                    next_scale: self.boxes.extra_square.then_some(pair[1]),
                };
                MapBoxes::even(side, shapes)
            })
            .collect();
        let extras: Vec<Layer> = self
            .extras
            .iter()
            .enumerate()
            .flat_map(|(index, layer)| presets::ssdlite_extra(index, layer.reduce, layer.grow))
            .collect();
        Ok(Architecture {
            name: self.name,
            input: self.input,
            classes: self.classes,
            distractors: self.distractors,
            maps: presets::ssdlite_maps(self.extras.len()),
            extras,
            boxes: DefaultBoxSettings {
                maps,
                clip: self.boxes.clip,
                variances: self.boxes.variances,
            },
            ..base
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As version 1 of this program wrote it into the bundle `checkout-1`.
    const OLD: &str = r#"{
        "name": "checkout-dense", "input": [224, 224], "classes": ["apple", "banana", "milk"],
        "extras": [{"reduce": 256, "grow": 512}, {"reduce": 128, "grow": 256}, {"reduce": 64, "grow": 128}],
        "head": "depthwise-separable",
        "boxes": {
            "sides": [28, 14, 7, 4, 2, 1], "scales": [0.1, 0.27, 0.44, 0.61, 0.78, 0.95, 1.0],
            "aspect_ratios": [1.0, 2.0, 3.0, 0.5, 0.33333334], "extra_square": true, "clip": false,
            "variances": [0.1, 0.1, 0.2, 0.2]
        }
    }"#;

    #[test]
    fn version_one_becomes_the_preset_that_it_was() {
        let read = Architecture::from_json(OLD).unwrap();
        assert_eq!(read, Architecture::published("checkout-dense").unwrap());
    }

    #[test]
    fn what_version_one_refused_is_still_refused() {
        let said = |from: &str, to: &str| Architecture::from_json(&OLD.replace(from, to)).unwrap_err();
        assert!(said("0.95, 1.0]", "0.95]").contains("6 box scales for 6 maps"));
        assert!(said("depthwise-separable", "dense").contains("dense"));
        assert!(said("[28, 14", "[29, 14").contains("29 x 29"));
        assert!(said("[224, 224]", "[300, 224]").contains("300"));
        assert!(said("\"grow\": 128", "\"grow\": 0").contains("0 channels"));
    }

    #[test]
    fn a_later_version_and_a_misspelt_field_are_refused_by_name() {
        let new = serde_json::to_string(&Architecture::published("ena24").unwrap()).unwrap();
        let said = |from: &str, to: &str| Architecture::from_json(&new.replacen(from, to, 1)).unwrap_err();
        assert!(said("\"version\":2", "\"version\":9").contains("version 9"));
        assert!(said("\"heads\"", "\"haeds\"").contains("haeds"));
        assert!(
            Architecture::from_json("[]")
                .unwrap_err()
                .contains("not a description")
        );
        assert!(
            Architecture::from_json("")
                .unwrap_err()
                .contains("not a description")
        );
    }
}
