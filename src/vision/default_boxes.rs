//! Default (anchor) boxes of all feature maps, in the order of the head's predictions.

use super::architecture::DefaultBoxSettings;
use crate::geom::{CenterBox, CornerBox};

/// The default boxes of a detector: map by map, row by row, column by column, box by box.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultBoxes {
    centers: Vec<CenterBox>,
    corners: Vec<CornerBox>,
    variances: [f32; 4],
}

impl DefaultBoxes {
    /// Lays the boxes out.
    ///
    /// # Source
    /// Liu et al. 2016, section 2.2: width `s_k * sqrt(r)`, height `s_k / sqrt(r)`, centres at
    /// `((i + 0.5) / f, (j + 0.5) / f)`.
    ///
    /// # Panics
    /// If there are not one more scales than maps; [`super::Architecture::check`] says so first.
    #[must_use]
    pub fn new(settings: &DefaultBoxSettings) -> Self {
        assert_eq!(
            settings.scales.len(),
            settings.sides.len() + 1,
            "one scale a map and one more"
        );
        let mut centers = Vec::new();
        for (&side, scales) in settings.sides.iter().zip(settings.scales.windows(2)) {
            let sizes = cell_sizes(settings, scales[0], scales[1]);
            let f = side as f32;
            for row in 0..side {
                for column in 0..side {
                    let (cx, cy) = ((column as f32 + 0.5) / f, (row as f32 + 0.5) / f);
                    for &(w, h) in &sizes {
                        let center = CenterBox::new(cx, cy, w, h);
                        centers.push(if settings.clip {
                            center.to_corners().clipped().to_center()
                        } else {
                            center
                        });
                    }
                }
            }
        }
        let corners = centers.iter().map(|b| b.to_corners()).collect();
        Self {
            centers,
            corners,
            variances: settings.variances,
        }
    }

    /// How many boxes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.centers.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.centers.is_empty()
    }

    /// The boxes by centre and size, normalised.
    #[must_use]
    pub fn centers(&self) -> &[CenterBox] {
        &self.centers
    }

    /// The boxes by their corners, normalised.
    #[must_use]
    pub fn corners(&self) -> &[CornerBox] {
        &self.corners
    }

    /// The four variances that the offsets are divided by.
    #[must_use]
    pub const fn variances(&self) -> [f32; 4] {
        self.variances
    }

    /// The third output of the network: a row of `[cx, cy, w, h, v_x, v_y, v_w, v_h]` for each box.
    ///
    /// # Shapes
    /// `len() * 8` values, row by row.
    #[must_use]
    pub fn priors(&self) -> Vec<f32> {
        let v = self.variances;
        self.centers
            .iter()
            .flat_map(|b| [b.cx, b.cy, b.w, b.h, v[0], v[1], v[2], v[3]])
            .collect()
    }
}

/// Widths and heights of the boxes in each cell of one map.
fn cell_sizes(settings: &DefaultBoxSettings, scale: f32, next_scale: f32) -> Vec<(f32, f32)> {
    let mut sizes: Vec<_> = settings
        .aspect_ratios
        .iter()
        .map(|ratio| (scale * ratio.sqrt(), scale / ratio.sqrt()))
        .collect();
    if settings.extra_square {
        let side = (scale * next_scale).sqrt();
        sizes.push((side, side));
    }
    sizes
}

/// Boxes that each cell of a map has.
#[must_use]
pub fn boxes_per_cell(settings: &DefaultBoxSettings) -> usize {
    settings.aspect_ratios.len() + usize::from(settings.extra_square)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::Architecture;

    #[test]
    fn checkout_has_5250_boxes_and_the_dense_preset_6300() {
        assert_eq!(
            DefaultBoxes::new(&Architecture::checkout(&["apple"]).boxes).len(),
            5250
        );
        assert_eq!(
            DefaultBoxes::new(&Architecture::checkout_dense(&["apple"]).boxes).len(),
            6300
        );
    }

    #[test]
    fn first_cell_by_hand() {
        let boxes = DefaultBoxes::new(&Architecture::checkout(&["apple"]).boxes);
        let first = boxes.centers()[0];
        // Centre of the first of 28 cells; a square of scale 0.2.
        assert!((first.cx - 0.5 / 28.0).abs() < 1e-7 && (first.cy - 0.5 / 28.0).abs() < 1e-7);
        assert!((first.w - 0.2).abs() < 1e-7 && (first.h - 0.2).abs() < 1e-7);
        // Ratio 2: 0.2 * 1.41421 wide, 0.2 / 1.41421 high.
        let second = boxes.centers()[1];
        assert!((second.w - 0.282_842_7).abs() < 1e-6 && (second.h - 0.141_421_36).abs() < 1e-6);
        // The next cell lies to the right, not below.
        assert!((boxes.centers()[5].cx - 1.5 / 28.0).abs() < 1e-7);
        assert!((boxes.centers()[5].cy - 0.5 / 28.0).abs() < 1e-7);
    }

    #[test]
    fn priors_carry_the_variances() {
        let boxes = DefaultBoxes::new(&Architecture::checkout_dense(&["apple"]).boxes);
        let priors = boxes.priors();
        assert_eq!(priors.len(), 6300 * 8);
        assert_eq!(priors[4..8], [0.1, 0.1, 0.2, 0.2]);
    }
}
