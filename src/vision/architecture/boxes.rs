//! How default (anchor) boxes are laid out, as data.

use serde::{Deserialize, Serialize};

/// Sizes of the default boxes in each cell of one map, in the order of the head's predictions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shapes {
    /// A scale with aspect ratios: `scale * sqrt(r)` wide and `scale / sqrt(r)` high for each ratio `r`; and
    /// last, where the scale of the next layer is given, a square of scale `sqrt(scale * next_scale)`.
    ///
    /// # Source
    /// Liu et al. 2016, section 2.2.
    Scaled {
        /// Scale, relative to the picture.
        scale: f32,
        /// Width to height ratios.
        aspect_ratios: Vec<f32>,
        /// Scale of the next layer, for the extra square. It alone may be larger than 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_scale: Option<f32>,
    },
    /// Pairs of scale and aspect ratio, written out.
    Listed(Vec<[f32; 2]>),
}

impl Shapes {
    /// Scale and aspect ratio of each box of a cell.
    #[must_use]
    pub fn scale_and_ratio(&self) -> Vec<[f32; 2]> {
        match self {
            Self::Listed(pairs) => pairs.clone(),
            Self::Scaled {
                scale,
                aspect_ratios,
                next_scale,
            } => aspect_ratios
                .iter()
                .map(|&ratio| [*scale, ratio])
                .chain(next_scale.map(|next| [(scale * next).sqrt(), 1.0]))
                .collect(),
        }
    }

    /// Boxes in a cell.
    #[must_use]
    pub fn per_cell(&self) -> usize {
        match self {
            Self::Listed(pairs) => pairs.len(),
            Self::Scaled {
                aspect_ratios,
                next_scale,
                ..
            } => aspect_ratios.len() + usize::from(next_scale.is_some()),
        }
    }
}

const fn half() -> f32 {
    0.5
}

/// The default boxes of one feature map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapBoxes {
    /// Side of the square map in cells.
    pub side: usize,
    /// Sizes of the boxes.
    pub shapes: Shapes,
    /// Pixels of the input between two centres. Where none are given the cells divide the picture evenly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<f32>,
    /// Place of the first centre, in steps.
    #[serde(default = "half")]
    pub offset: f32,
}

impl MapBoxes {
    /// Boxes whose centres divide the picture evenly.
    #[must_use]
    pub const fn even(side: usize, shapes: Shapes) -> Self {
        Self {
            side,
            shapes,
            step: None,
            offset: half(),
        }
    }

    /// Boxes in a cell.
    #[must_use]
    pub fn per_cell(&self) -> usize {
        self.shapes.per_cell()
    }

    /// Boxes of the whole map.
    #[must_use]
    pub fn count(&self) -> usize {
        self.side * self.side * self.per_cell()
    }
}

/// How the default boxes of one detector are laid out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultBoxSettings {
    /// The boxes of each map, in the order of the maps.
    pub maps: Vec<MapBoxes>,
    /// Whether boxes are cut at the picture's border.
    #[serde(default)]
    pub clip: bool,
    /// Divisors of the encoded offsets (cx, cy, w, h), called variances in the SSD code.
    pub variances: [f32; 4],
}

/// Scales `s_k = s_min + (s_max - s_min) / (m - 1) * (k - 1)` for `maps` layers, and one more step, at most 1.
///
/// # Source
/// Liu et al. 2016, equation 4.
#[must_use]
pub fn linear_scales(s_min: f32, s_max: f32, maps: usize) -> Vec<f32> {
    let step = (s_max - s_min) / (maps as f32 - 1.0);
    (0..=maps)
        .map(|k| step.mul_add(k as f32, s_min).min(1.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_scales() {
        let scales = linear_scales(0.2, 0.9, 6);
        for (scale, expected) in scales.iter().zip([0.2, 0.34, 0.48, 0.62, 0.76, 0.9, 1.0]) {
            assert!((scale - expected).abs() < 1e-6, "{scales:?}");
        }
    }

    #[test]
    fn the_extra_square_comes_last() {
        let shapes = Shapes::Scaled {
            scale: 0.1,
            aspect_ratios: vec![1.0, 2.0],
            next_scale: Some(0.4),
        };
        let pairs = shapes.scale_and_ratio();
        assert_eq!(pairs.len(), shapes.per_cell());
        assert!((pairs[2][0] - 0.2).abs() < 1e-7 && (pairs[2][1] - 1.0).abs() < 1e-7);
    }
}
