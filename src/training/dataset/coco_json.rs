//! The JSON of COCO and its kin, read entry by entry: one entry that cannot be understood spoils no other.
//!
//! Ids may be numbers or texts (camera traps), numbers may be texts, boxes may be missing where an outline
//! or a mask is there. Outlines are reduced to their bounds at once, so that memory holds boxes only.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};
use serde_json::Value;

use super::{
    ObjectFlags,
    voc_xml::{is_set, number},
};

/// A whole file.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Document {
    pub(super) images: Each<Image>,
    #[serde(default)]
    pub(super) annotations: Each<Annotation>,
    #[serde(default)]
    pub(super) categories: Each<Category>,
}

/// A list whose entries are turned into `T` one after the other; none where that is not possible.
#[derive(Debug)]
pub(super) struct Each<T>(pub(super) Vec<Option<T>>);

impl<T> Default for Each<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: FromEntry> Deserialize<'de> for Each<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);
        impl<'de, T: FromEntry> Visitor<'de> for List<T> {
            type Value = Each<T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Each<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(entry) = entries.next_element::<Value>()? {
                    list.push(T::from_entry(&entry));
                }
                Ok(Each(list))
            }

            fn visit_unit<E>(self) -> Result<Each<T>, E> {
                Ok(Each::default())
            }
        }
        deserializer.deserialize_any(List(PhantomData))
    }
}

/// What an entry of a list says.
pub(super) trait FromEntry: Sized {
    fn from_entry(entry: &Value) -> Option<Self>;
}

/// A picture.
#[derive(Debug, PartialEq)]
pub(super) struct Image {
    pub(super) id: String,
    pub(super) file_name: String,
    pub(super) size: Option<(f64, f64)>,
    /// Sequence, or camera, of a camera trap.
    pub(super) group: Option<String>,
}

impl FromEntry for Image {
    fn from_entry(entry: &Value) -> Option<Self> {
        let size = real(&entry["width"]).zip(real(&entry["height"]));
        Some(Self {
            id: id(&entry["id"])?,
            file_name: entry["file_name"]
                .as_str()
                .filter(|name| !name.is_empty())?
                .to_owned(),
            size: size.filter(|(width, height)| *width > 0.0 && *height > 0.0),
            group: id(&entry["seq_id"]).or_else(|| id(&entry["location"])),
        })
    }
}

/// A category.
#[derive(Debug, PartialEq)]
pub(super) struct Category {
    pub(super) id: String,
    pub(super) name: String,
}

impl FromEntry for Category {
    fn from_entry(entry: &Value) -> Option<Self> {
        let id = id(&entry["id"])?;
        let name = entry["name"]
            .as_str()
            .map(str::trim)
            .filter(|name| !name.is_empty());
        Some(Self {
            name: name.map_or_else(|| id.clone(), str::to_owned),
            id,
        })
    }
}

/// Where an object is: left, top, right, bottom, corners as given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// From `bbox`.
    Box([f64; 4]),
    /// Bounds of the outlines in `segmentation`.
    Outline([f64; 4]),
    /// Bounds of the run-length mask in `segmentation`.
    Mask([f64; 4]),
    /// Nothing is said.
    Nowhere,
    /// Something is said that makes no sense.
    Unclear,
}

/// An object.
#[derive(Debug, PartialEq)]
pub(super) struct Annotation {
    pub(super) id: Option<String>,
    pub(super) image: String,
    pub(super) category: Option<String>,
    pub(super) place: Place,
    pub(super) flags: ObjectFlags,
}

impl FromEntry for Annotation {
    fn from_entry(entry: &Value) -> Option<Self> {
        let more = &entry["attributes"];
        Some(Self {
            id: id(&entry["id"]),
            image: id(&entry["image_id"])?,
            category: id(&entry["category_id"]),
            place: place(&entry["bbox"], &entry["segmentation"]),
            flags: ObjectFlags {
                difficult: flag(&entry["ignore"]) || flag(&entry["difficult"]) || flag(&more["difficult"]),
                truncated: flag(&entry["truncated"]) || flag(&more["truncated"]),
                crowd: flag(&entry["iscrowd"]),
            },
        })
    }
}

fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => {
            let whole = number.as_f64().filter(|value| value.fract().abs() < f64::EPSILON);
            // 7.0 and 7 are one id.
            Some(match whole {
                Some(value) if value.abs() < 9e15 => format!("{value:.0}"),
                _ => number.to_string(),
            })
        }
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn real(value: &Value) -> Option<f64> {
    let parsed = value.as_f64().or_else(|| number(value.as_str()?));
    parsed.filter(|number| number.is_finite())
}

fn flag(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| {
        real(value).map_or_else(|| value.as_str().is_some_and(is_set), |number| number > 0.5)
    })
}

fn place(bbox: &Value, segmentation: &Value) -> Place {
    let numbers: Option<Vec<f64>> = bbox.as_array().map(|list| list.iter().filter_map(real).collect());
    let outline = || match segmentation {
        Value::Array(_) => outline_bounds(segmentation).map(Place::Outline),
        Value::Object(_) => mask_bounds(segmentation).map(Place::Mask),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    match numbers.as_deref() {
        Some(&[x, y, width, height]) => {
            let has_area = width.abs() > 0.0 && height.abs() > 0.0;
            let given = Place::Box([x, y, x + width, y + height]);
            if has_area {
                given
            } else {
                outline().unwrap_or(given)
            }
        }
        Some([]) | None if bbox.is_null() || bbox.is_array() => outline().unwrap_or(Place::Nowhere),
        Some(_) | None => outline().unwrap_or(Place::Unclear),
    }
}

/// Bounds of lists of x, y, x, y ...; none without a point.
fn outline_bounds(outlines: &Value) -> Option<[f64; 4]> {
    let lists = outlines.as_array()?;
    // A single outline is sometimes written without its outer list.
    let flat = std::slice::from_ref(outlines);
    let lists = if lists.first().is_some_and(Value::is_number) {
        flat
    } else {
        lists.as_slice()
    };
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for list in lists {
        let numbers: Vec<f64> = list.as_array()?.iter().map(real).collect::<Option<_>>()?;
        for point in numbers.chunks_exact(2) {
            if let [x, y] = *point {
                bounds = [
                    bounds[0].min(x),
                    bounds[1].min(y),
                    bounds[2].max(x),
                    bounds[3].max(y),
                ];
            }
        }
    }
    (bounds[2] > bounds[0] && bounds[3] > bounds[1]).then_some(bounds)
}

/// Bounds of a run-length mask: runs of zeros and ones in turn, down the columns, as numbers or packed.
///
/// # Source
/// cocoapi, `common/maskApi.c`, `rleFrString` and `rleToBbox`.
fn mask_bounds(mask: &Value) -> Option<[f64; 4]> {
    let height = mask["size"].get(0)?.as_i64().filter(|height| *height > 0)?;
    let width = mask["size"].get(1)?.as_i64().filter(|width| *width > 0)?;
    let runs: Vec<i64> = match &mask["counts"] {
        Value::Array(list) => list.iter().map(Value::as_i64).collect::<Option<_>>()?,
        Value::String(packed) => unpack(packed.as_bytes())?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    let mut bounds: Option<[i64; 4]> = None;
    let mut at = 0i64;
    for (index, run) in runs.into_iter().enumerate() {
        let end = at
            .checked_add(run)
            .filter(|end| run >= 0 && *end <= height.saturating_mul(width))?;
        if index % 2 == 1 && run > 0 {
            let (left, right) = (at / height, (end - 1) / height);
            let (top, bottom) = if left == right {
                (at % height, (end - 1) % height)
            } else {
                (0, height - 1)
            };
            let [x0, y0, x1, y1] = bounds.unwrap_or([left, top, right, bottom]);
            bounds = Some([x0.min(left), y0.min(top), x1.max(right), y1.max(bottom)]);
        }
        at = end;
    }
    let [x0, y0, x1, y1] = bounds?.map(|pixel| i32::try_from(pixel).map(f64::from));
    Some([x0.ok()?, y0.ok()?, x1.ok()? + 1.0, y1.ok()? + 1.0])
}

/// Runs from COCO's packed text: five bits a letter, the third run and later ones as differences.
fn unpack(text: &[u8]) -> Option<Vec<i64>> {
    let mut runs: Vec<i64> = Vec::new();
    let mut letters = text.iter();
    while let Some(mut letter) = letters.next() {
        let mut value = 0i64;
        let mut shift = 0;
        loop {
            let bits = i64::from(letter.checked_sub(48)?);
            value |= (bits & 0x1f) << shift;
            shift += 5;
            if bits & 0x20 == 0 {
                if bits & 0x10 != 0 {
                    value |= -1 << shift;
                }
                break;
            }
            // A run of more than 2^50 pixels is none.
            if shift > 50 {
                return None;
            }
            letter = letters.next()?;
        }
        if runs.len() > 2 {
            value = value.checked_add(*runs.get(runs.len() - 2)?)?;
        }
        runs.push(value);
    }
    Some(runs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_and_numbers_in_any_dress() {
        assert_eq!(id(&json!(7)), id(&json!("7")));
        assert_eq!(id(&json!(7.0)), Some("7".to_owned()));
        assert_eq!(
            id(&json!(9_007_199_254_740_993_u64)),
            Some("9007199254740993".to_owned())
        );
        assert_eq!(
            (id(&json!(null)), id(&json!(" ")), id(&json!([1]))),
            (None, None, None)
        );
        assert_eq!(real(&json!("12,5")), Some(12.5));
        assert!(flag(&json!(1)) && flag(&json!(true)) && flag(&json!("True")) && !flag(&json!(0)));
    }

    #[test]
    fn a_box_an_outline_or_a_mask() {
        let null = Value::Null;
        assert_eq!(
            place(&json!([1, 2, 3, 4]), &null),
            Place::Box([1.0, 2.0, 4.0, 6.0])
        );
        let outline = json!([[1.5, 2, 5, 2, 5, 9], [0, 4, 2, 4, 1, 6]]);
        assert_eq!(place(&null, &outline), Place::Outline([0.0, 2.0, 5.0, 9.0]));
        assert_eq!(
            place(&json!([3, 3, 0, 0]), &outline),
            Place::Outline([0.0, 2.0, 5.0, 9.0])
        );
        assert_eq!(
            place(&null, &json!([1, 2, 5, 2, 5, 9])),
            Place::Outline([1.0, 2.0, 5.0, 9.0])
        );
        assert_eq!(place(&null, &null), Place::Nowhere);
        assert_eq!(place(&json!([]), &json!([])), Place::Nowhere);
        assert_eq!(place(&json!([1, 2, 3]), &null), Place::Unclear);
        assert_eq!(place(&json!("1 2 3 4"), &null), Place::Unclear);
    }

    #[test]
    fn masks_by_numbers_and_packed_as_pycocotools_packs_them() {
        // Height 4, width 5; rows 1 and 2 of columns 1 to 3. pycocotools 2.0.11 packs it as `5220003`
        // and gives the box [1, 1, 3, 2].
        let runs = json!({"size": [4, 5], "counts": [5, 2, 2, 2, 2, 2, 5]});
        assert_eq!(mask_bounds(&runs), Some([1.0, 1.0, 4.0, 3.0]));
        let packed = json!({"size": [4, 5], "counts": PACKED});
        assert_eq!(mask_bounds(&packed), Some([1.0, 1.0, 4.0, 3.0]));
        // Two overlapping rectangles in 50 x 70 pixels: [11, 7, 49, 33].
        let packed = json!({"size": [50, 70], "counts": TWO_RECTANGLES});
        assert_eq!(mask_bounds(&packed), Some([11.0, 7.0, 60.0, 40.0]));
        for bad in [
            json!([1, -1]),
            json!([100]),
            json!("\u{1}"),
            json!("oooooooooooooo"),
            json!(null),
        ] {
            assert_eq!(mask_bounds(&json!({"size": [4, 5], "counts": bad})), None);
        }
        assert_eq!(mask_bounds(&json!({"size": [0, 5], "counts": [5]})), None);
    }

    const PACKED: &str = "5220003";
    const TWO_RECTANGLES: &str = concat!(
        "]a0j0h00000000000000000000000000000000000007I00000000I7000000000000",
        "00000000000000000000000000000000000]?"
    );
}
