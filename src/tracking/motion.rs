//! Where a box will be: one Kalman filter per coordinate, with the real time between pictures.
//!
//! # Source
//! R. E. Kalman 1960; the filter of boxes follows SORT (Bewley et al. 2016, arXiv:1602.00763): centre with
//! velocity, size. Its matrices are block-diagonal, so four small filters in place of one with seven states
//! give the same numbers. What differs: noise is relative to the box's size (as in `DeepSORT`,
//! arXiv:1703.07402, section 2.1), the time step is real, with white-noise acceleration (Bar-Shalom,
//! Estimation with Applications to Tracking and Navigation, section 6.2.2), width and height are without
//! velocity, and velocity fades, because an item that is out of sight has most likely been put down.

use std::time::Duration;

use crate::geom::{CenterBox, CornerBox};

/// How far a detector's box strays, in box sizes.
const MEASURED_STD: f32 = 0.05;
/// How fast the speed of an item changes, in box sizes per second and square root of a second.
const SPEED_STD: f32 = 3.0;
/// How fast the size of a box changes, in box sizes per square root of a second.
const SIZE_STD: f32 = 0.3;
/// Speed known at the first sight of an item: none, give or take this many box sizes per second.
const FIRST_SPEED_STD: f32 = 3.0;
/// In how many seconds a speed fades to 1/e when nothing confirms it.
const FADE_S: f32 = 0.3;

/// Estimate of one coordinate and its speed, with their covariance.
#[derive(Debug, Clone, Copy)]
struct Axis {
    place: f32,
    speed: f32,
    place_var: f32,
    cross_var: f32,
    speed_var: f32,
}

impl Axis {
    fn new(place: f32, size: f32) -> Self {
        Self {
            place,
            speed: 0.0,
            place_var: (MEASURED_STD * size).powi(2),
            cross_var: 0.0,
            speed_var: (FIRST_SPEED_STD * size).powi(2),
        }
    }

    fn predict(&mut self, dt: f32, size: f32) {
        let fade = (-dt / FADE_S).exp();
        let reach = FADE_S * (1.0 - fade);
        let noise = (SPEED_STD * size).powi(2);
        self.place += self.speed * reach;
        self.speed *= fade;
        let (p, c, s) = (self.place_var, self.cross_var, self.speed_var);
        // F P F' + Q with F = [[1, reach], [0, fade]].
        self.place_var = p + 2.0 * reach * c + reach * reach * s + noise * dt.powi(3) / 3.0;
        self.cross_var = fade * (c + reach * s) + noise * dt.powi(2) / 2.0;
        self.speed_var = fade * fade * s + noise * dt;
    }

    fn correct(&mut self, measured: f32, size: f32) {
        let innovation_var = self.place_var + (MEASURED_STD * size).powi(2);
        if innovation_var <= 0.0 {
            return;
        }
        let place_gain = self.place_var / innovation_var;
        let speed_gain = self.cross_var / innovation_var;
        let surprise = measured - self.place;
        self.place += place_gain * surprise;
        self.speed += speed_gain * surprise;
        self.speed_var -= speed_gain * self.cross_var;
        self.cross_var *= 1.0 - place_gain;
        self.place_var *= 1.0 - place_gain;
    }
}

/// Estimate of a width or a height.
#[derive(Debug, Clone, Copy)]
struct Extent {
    size: f32,
    var: f32,
}

impl Extent {
    fn new(size: f32) -> Self {
        Self {
            size,
            var: (MEASURED_STD * size).powi(2),
        }
    }

    fn predict(&mut self, dt: f32) {
        self.var += (SIZE_STD * self.size).powi(2) * dt;
    }

    fn correct(&mut self, measured: f32) {
        let innovation_var = self.var + (MEASURED_STD * self.size).powi(2);
        if innovation_var <= 0.0 {
            return;
        }
        let gain = self.var / innovation_var;
        self.size += gain * (measured - self.size);
        self.var *= 1.0 - gain;
    }
}

/// A box in motion.
#[derive(Debug, Clone, Copy)]
pub(super) struct Motion {
    x: Axis,
    y: Axis,
    width: Extent,
    height: Extent,
}

impl Motion {
    /// Starts at a measured box, at rest.
    pub(super) fn new(measured: CornerBox) -> Self {
        let (cx, cy) = measured.center();
        Self {
            x: Axis::new(cx, measured.width()),
            y: Axis::new(cy, measured.height()),
            width: Extent::new(measured.width()),
            height: Extent::new(measured.height()),
        }
    }

    /// Moves the estimate on in time.
    pub(super) fn predict(&mut self, elapsed: Duration) {
        let dt = elapsed.as_secs_f32();
        self.x.predict(dt, self.width.size);
        self.y.predict(dt, self.height.size);
        self.width.predict(dt);
        self.height.predict(dt);
    }

    /// Takes in a measured box.
    pub(super) fn correct(&mut self, measured: CornerBox) {
        let (cx, cy) = measured.center();
        self.x.correct(cx, self.width.size);
        self.y.correct(cy, self.height.size);
        self.width.correct(measured.width());
        self.height.correct(measured.height());
    }

    /// The estimated box.
    pub(super) fn bbox(&self) -> CornerBox {
        CenterBox::new(self.x.place, self.y.place, self.width.size, self.height.size).to_corners()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(x: f32) -> CornerBox {
        CornerBox::new(x, 0.4, x + 0.1, 0.6)
    }

    #[test]
    fn gain_by_hand() {
        // Two equal variances: the estimate goes half of the way.
        let mut extent = Extent::new(1.0);
        extent.correct(2.0);
        assert!((extent.size - 1.5).abs() < 1e-6);
        assert!((extent.var - MEASURED_STD.powi(2) / 2.0).abs() < 1e-6);
    }

    #[test]
    fn follows_steady_motion_and_predicts_the_next_place() {
        let step = Duration::from_millis(100);
        let mut motion = Motion::new(at(0.1));
        for n in 1..20u8 {
            motion.predict(step);
            motion.correct(at(0.1 + 0.02 * f32::from(n)));
        }
        let last = at(0.1 + 0.02 * 19.0);
        motion.predict(step);
        let ahead = motion.bbox().center().0 - last.center().0;
        assert!((0.01..0.03).contains(&ahead), "predicts on: {ahead}");
    }

    #[test]
    fn an_unseen_box_comes_to_rest_near_by() {
        let mut motion = Motion::new(at(0.1));
        motion.predict(Duration::from_millis(100));
        motion.correct(at(0.15));
        let seen = motion.bbox().center().0;
        for _ in 0..100 {
            motion.predict(Duration::from_millis(100));
        }
        let rest = motion.bbox().center().0;
        assert!(
            rest > seen && rest - seen < 0.5 * FADE_S + 1e-3,
            "moved on by {}",
            rest - seen
        );
    }

    proptest! {
        #[test]
        fn estimates_stay_finite(
            steps in prop::collection::vec((0u64..5000, 0.0f32..1.0, 0.0f32..1.0, 0.0f32..1.0), 1..60),
        ) {
            let mut motion = Motion::new(CornerBox::new(0.0, 0.0, 0.0, 0.0));
            for (millis, x, y, size) in steps {
                motion.predict(Duration::from_millis(millis));
                motion.correct(CornerBox::new(x, y, x + size, y + size));
                let bbox = motion.bbox();
                prop_assert!([bbox.x0, bbox.y0, bbox.x1, bbox.y1].iter().all(|edge| edge.is_finite()));
                prop_assert!(motion.x.place_var >= 0.0 && motion.x.speed_var >= 0.0);
            }
        }
    }
}
