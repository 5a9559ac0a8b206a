//! Boxes as offsets from default boxes and back.
//!
//! # Source
//! Liu et al. 2016, equation 2, with the variances of the reference code:
//! `((cx_g - cx_d) / w_d / v_x, (cy_g - cy_d) / h_d / v_y, ln(w_g / w_d) / v_w, ln(h_g / h_d) / v_h)`.

use crate::geom::CenterBox;

/// Sides below this are taken as this before the logarithm, so that a degenerate truth stays finite.
const MIN_SIDE: f32 = 1e-6;

/// Offsets beyond this would decode to boxes 10 000 times their default; they are cut to it, as
/// torchvision's coder does with its own bound.
const MAX_LOG_SIDE: f32 = 9.21;

/// The offsets that turn `default` into `truth`.
#[must_use]
pub fn encode(truth: CenterBox, default: CenterBox, variances: [f32; 4]) -> [f32; 4] {
    [
        (truth.cx - default.cx) / default.w / variances[0],
        (truth.cy - default.cy) / default.h / variances[1],
        (truth.w.max(MIN_SIDE) / default.w).ln() / variances[2],
        (truth.h.max(MIN_SIDE) / default.h).ln() / variances[3],
    ]
}

/// The box that the offsets make of `default`: the exact inverse of [`encode`].
#[must_use]
pub fn decode(offsets: [f32; 4], default: CenterBox, variances: [f32; 4]) -> CenterBox {
    CenterBox {
        cx: (offsets[0] * variances[0]).mul_add(default.w, default.cx),
        cy: (offsets[1] * variances[1]).mul_add(default.h, default.cy),
        w: (offsets[2] * variances[2]).min(MAX_LOG_SIDE).exp() * default.w,
        h: (offsets[3] * variances[3]).min(MAX_LOG_SIDE).exp() * default.h,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn by_hand() {
        let default = CenterBox::new(0.5, 0.5, 0.2, 0.4);
        let truth = CenterBox::new(0.6, 0.4, 0.4, 0.2);
        let offsets = encode(truth, default, [0.1, 0.1, 0.2, 0.2]);
        // 0.1 / 0.2 / 0.1 = 5; -0.1 / 0.4 / 0.1 = -2.5; ln 2 / 0.2; ln 0.5 / 0.2.
        for (got, want) in offsets.iter().zip([5.0, -2.5, 3.465_736, -3.465_736]) {
            assert!((got - want).abs() < 1e-4, "{offsets:?}");
        }
    }

    #[test]
    fn no_offset_is_the_default_itself() {
        let default = CenterBox::new(0.3, 0.7, 0.1, 0.2);
        let decoded = decode([0.0; 4], default, [1.0; 4]);
        assert!((decoded.cx - 0.3).abs() < 1e-7 && (decoded.h - 0.2).abs() < 1e-7);
    }

    fn boxes() -> impl Strategy<Value = CenterBox> {
        (0.0f32..1.0, 0.0f32..1.0, 0.01f32..1.0, 0.01f32..1.0)
            .prop_map(|(cx, cy, w, h)| CenterBox::new(cx, cy, w, h))
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(truth in boxes(), default in boxes(), paper in any::<bool>()) {
            let variances = if paper { [1.0; 4] } else { [0.1, 0.1, 0.2, 0.2] };
            let back = decode(encode(truth, default, variances), default, variances);
            prop_assert!((back.cx - truth.cx).abs() < 1e-4 && (back.cy - truth.cy).abs() < 1e-4);
            prop_assert!((back.w - truth.w).abs() < 1e-4 && (back.h - truth.h).abs() < 1e-4);
        }
    }
}
