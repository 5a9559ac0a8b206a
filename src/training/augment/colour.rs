//! Saturation and hue by way of HSV, for one pixel at a time.

/// Multiplies the saturation and turns the hue by degrees; channels are red, green, blue from 0 to 255, but
/// may lie beyond, and grey stays grey.
pub(super) fn recolour(rgb: [f32; 3], saturation: f32, turn: f32) -> [f32; 3] {
    let (hue, chroma, value) = to_hue(rgb);
    from_hue(hue + turn, chroma * saturation, value)
}

/// Hue in degrees, chroma (largest less smallest channel) and value (the largest channel).
///
/// Chroma is saturation times value, so scaling it is scaling the saturation, also where the value is 0.
fn to_hue([r, g, b]: [f32; 3]) -> (f32, f32, f32) {
    let value = r.max(g).max(b);
    let chroma = value - r.min(g).min(b);
    if chroma < 1e-6 {
        return (0.0, 0.0, value);
    }
    let sixth = if r >= value {
        (g - b) / chroma
    } else if g >= value {
        2.0 + (b - r) / chroma
    } else {
        4.0 + (r - g) / chroma
    };
    (sixth * 60.0, chroma, value)
}

fn from_hue(hue: f32, chroma: f32, value: f32) -> [f32; 3] {
    let sixth = hue / 60.0;
    [5.0, 3.0, 1.0].map(|shift: f32| {
        let k = (shift + sixth).rem_euclid(6.0);
        value - chroma * k.min(4.0 - k).clamp(0.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_third_of_a_turn_makes_red_green() {
        let [r, g, b] = recolour([200.0, 20.0, 20.0], 1.0, 120.0);
        assert!((r - 20.0).abs() < 1e-3 && (g - 200.0).abs() < 1e-3 && (b - 20.0).abs() < 1e-3);
    }

    #[test]
    fn as_opencv_says() {
        // RGB to HSV on float32, saturation * 1.3, hue + 14 degrees, and back: tests/golden/augment/hsv.py,
        // which names the version.
        #[derive(serde::Deserialize)]
        struct Golden {
            rows: Vec<([f32; 3], [f32; 3])>,
        }
        let text = include_str!("../../../tests/golden/augment/hsv.json");
        let table = serde_json::from_str::<Golden>(text).unwrap().rows;
        assert!(table.len() >= 16, "the table is short");
        for (rgb, expected) in table {
            let found = recolour(rgb, 1.3, 14.0);
            for (found, expected) in found.iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 0.02,
                    "{rgb:?}: {found} instead of {expected}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn no_change_changes_nothing(r in 0.0f32..255.0, g in 0.0f32..255.0, b in 0.0f32..255.0) {
            let found = recolour([r, g, b], 1.0, 0.0);
            for (found, expected) in found.iter().zip([r, g, b]) {
                prop_assert!((found - expected).abs() < 1e-2);
            }
        }
    }
}
