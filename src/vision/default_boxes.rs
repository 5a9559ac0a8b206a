//! Default (anchor) boxes of all feature maps, in the order of the head's predictions.
//!
//! A default box is a guess that costs nothing: some hundreds or thousands of boxes of fixed places and sizes
//! cover the picture, and the network only says of each what is in it and how to move it. Small boxes belong
//! to large maps, whose cells see little of the picture, and large boxes to small maps.

use super::architecture::{Architecture, MapBoxes};
use crate::geom::{CenterBox, CornerBox};

/// The default boxes of a detector: map by map, row by row, column by column, box by box.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultBoxes {
    centers: Vec<CenterBox>,
    corners: Vec<CornerBox>,
    variances: [f32; 4],
}

impl DefaultBoxes {
    /// Lays out the boxes of an architecture.
    ///
    /// # Source
    /// Liu et al. 2016, section 2.2: width `s_k * sqrt(r)`, height `s_k / sqrt(r)`, centres at
    /// `((i + 0.5) / f, (j + 0.5) / f)`; or, as in the authors' code, `(i + offset) * step` pixels from the
    /// edge where a step is given. torchvision orders the boxes of a cell otherwise: the square, the extra
    /// square, then each ratio and its inverse; here they come as the description lists them, the extra
    /// square last.
    #[must_use]
    pub fn new(architecture: &Architecture) -> Self {
        let settings = &architecture.boxes;
        let mut centers = Vec::with_capacity(architecture.box_count());
        for map in &settings.maps {
            let sizes = cell_sizes(map);
            let places = cell_centers(map, architecture.input[0]);
            for &cy in &places {
                for &cx in &places {
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

/// Normalised places of the centres along one axis.
fn cell_centers(map: &MapBoxes, input: usize) -> Vec<f32> {
    (0..map.side)
        .map(|cell| {
            let cell = cell as f32 + map.offset;
            match map.step {
                Some(step) => cell * step / input as f32,
                None => cell / map.side as f32,
            }
        })
        .collect()
}

/// Widths and heights of the boxes in each cell of one map.
fn cell_sizes(map: &MapBoxes) -> Vec<(f32, f32)> {
    map.shapes
        .scale_and_ratio()
        .into_iter()
        .map(|[scale, ratio]| (scale * ratio.sqrt(), scale / ratio.sqrt()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(preset: &str) -> DefaultBoxes {
        DefaultBoxes::new(&Architecture::published(preset).unwrap())
    }

    fn near(got: f32, want: f32) -> bool {
        (got - want).abs() < 1e-3
    }

    #[test]
    fn every_preset_has_its_published_number() {
        let published = [5250, 6300, 8732, 798, 4722, 1521];
        for (name, count) in Architecture::PRESETS.into_iter().zip(published) {
            assert_eq!(boxes(name).len(), count, "{name}");
        }
    }

    #[test]
    fn first_cell_by_hand() {
        let boxes = boxes("checkout");
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

    /// The figures that the authors' code gives for the first layer of SSD300, in pixels.
    #[test]
    fn the_first_layer_of_ssd300_in_pixels() {
        let boxes = boxes("ssd300-vgg16");
        let pixels: Vec<(f32, f32)> = boxes.centers()[..4]
            .iter()
            .map(|b| (b.w * 300.0, b.h * 300.0))
            .collect();
        let extra = (0.1f32 * 0.2).sqrt() * 300.0;
        let wanted = [(30.0, 30.0), (42.43, 21.21), (21.21, 42.43), (extra, extra)];
        for ((w, h), (want_w, want_h)) in pixels.into_iter().zip(wanted) {
            assert!(
                (w - want_w).abs() < 0.01 && (h - want_h).abs() < 0.01,
                "{w} x {h}"
            );
        }
        for (column, centre) in [(0, 4.0), (1, 12.0), (2, 20.0), (37, 300.0)] {
            let found = boxes.centers()[column * 4];
            assert!(
                near(found.cx * 300.0, centre) && near(found.cy * 300.0, 4.0),
                "{found:?}"
            );
        }
        let last = boxes.centers()[8731];
        assert!(near(last.cx * 300.0, 150.0) && near(last.cy * 300.0, 150.0));
    }

    #[test]
    fn the_boxes_of_ena24_have_its_sizes() {
        let boxes = boxes("ena24");
        assert!(near(boxes.centers()[5].w, 0.85) && near(boxes.centers()[5].h, 0.85));
        // 0.27 at ratio 2: 0.38184 wide, 0.19092 high.
        let wide = boxes.centers()[7];
        assert!(near(wide.w, 0.381_84) && near(wide.h, 0.190_92), "{wide:?}");
    }

    #[test]
    fn priors_carry_the_variances() {
        let boxes = boxes("checkout-dense");
        let priors = boxes.priors();
        assert_eq!(priors.len(), 6300 * 8);
        assert_eq!(priors[4..8], [0.1, 0.1, 0.2, 0.2]);
    }
}
