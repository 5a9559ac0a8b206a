//! From triangles to light on a sensor, and from there to a picture.

use super::{
    light::{Lamp, Rig, gather},
    linear::{Vec3, smoothstep, vec3},
    raster::{Camera, NOTHING, Seen, Stage},
    surface::Spot,
};
use crate::{
    frame::{Rgb, RgbImage, Rgba, RgbaImage},
    geom::cast::{round_u8, saturating_u32},
};
use rand::{Rng, RngExt as _};

/// Linear light and coverage, summed over passes.
#[derive(Debug, Clone)]
pub(super) struct Sensor {
    pub(super) size: (u32, u32),
    light: Vec<Vec3>,
    cover: Vec<f32>,
    passes: f32,
}

impl Sensor {
    pub(super) fn new(size: (u32, u32)) -> Self {
        let count = size.0 as usize * size.1 as usize;
        Self {
            size,
            light: vec![Vec3::ZERO; count],
            cover: vec![0.0; count],
            passes: 0.0,
        }
    }

    /// Adds one look at the stage.
    pub(super) fn expose(
        &mut self,
        stage: &Stage,
        camera: &Camera,
        seen: &[Seen],
        (rig, lamps): (&Rig, &[Lamp]),
    ) {
        for ((light, cover), seen) in self.light.iter_mut().zip(&mut self.cover).zip(seen) {
            if seen.triangle != NOTHING {
                let color = shade(stage, camera.eye, seen, rig, lamps);
                // A lens and a sensor clip: one glint must not outshine its pixel's other samples.
                *light = *light + vec3(color.x.min(4.0), color.y.min(4.0), color.z.min(4.0));
                *cover += 1.0;
            }
        }
        self.passes += 1.0;
    }

    /// The picture a camera makes of it.
    pub(super) fn develop(&self, film: &Film, rng: &mut impl Rng) -> RgbImage {
        let mut picture = RgbImage::new(self.size.0, self.size.1);
        let (wide, high) = (self.size.0 as f32, self.size.1 as f32);
        for ((index, out), light) in picture.pixels_mut().enumerate().zip(&self.light) {
            let index = saturating_u32(index);
            let (x, y) = (
                (index % self.size.0) as f32 / wide - 0.5,
                (index / self.size.0) as f32 / high - 0.5,
            );
            let shade = 1.0 - film.vignette * (x * x + y * y);
            let color = film.tone(*light * (shade / self.passes.max(1.0)));
            let luma: f32 = rng.random_range(-1.0..1.0) * film.noise;
            let grain = |own: f32| luma + own * film.noise * 0.5;
            let [r, g, b] =
                [color.x, color.y, color.z].map(|c| round_u8(c * 255.0 + grain(rng.random_range(-1.0..1.0))));
            *out = Rgb([r, g, b]);
        }
        picture
    }

    /// The item alone, with its coverage as alpha.
    pub(super) fn cut_out(&self, film: &Film) -> RgbaImage {
        let mut picture = RgbaImage::new(self.size.0, self.size.1);
        for ((out, light), cover) in picture.pixels_mut().zip(&self.light).zip(&self.cover) {
            if *cover > 0.0 {
                let color = film.tone(*light * (1.0 / cover));
                let [r, g, b] = [color.x, color.y, color.z].map(|c| round_u8(c * 255.0));
                *out = Rgba([r, g, b, round_u8(cover / self.passes.max(1.0) * 255.0)]);
            }
        }
        picture
    }
}

/// How light becomes numbers.
#[derive(Debug, Clone)]
pub(super) struct Film {
    pub(super) exposure: f32,
    pub(super) balance: Vec3,
    pub(super) vignette: f32,
    /// Grain in steps of 255.
    pub(super) noise: f32,
}

impl Film {
    /// Exposes so that a floor of this irradiance, if it were mid grey, comes out mid grey.
    pub(super) fn pick(rng: &mut impl Rng, floor: Vec3, spread: f32) -> Self {
        let bright = (floor.x + floor.y + floor.z) / 3.0;
        // The camera balances white to the light, not perfectly.
        let balance = |own: f32, off: f32| (bright / own.max(1e-3)).powf(0.75) * (1.0 + off);
        Self {
            exposure: 2.75 / bright.max(1e-3) * (1.0 + rng.random_range(-1.0..1.0) * 0.22 * spread),
            balance: vec3(
                balance(floor.x, rng.random_range(-0.04..0.05) * spread),
                balance(floor.y, 0.0),
                balance(floor.z, rng.random_range(-0.06..0.06) * spread),
            ),
            vignette: rng.random_range(0.05..0.45),
            noise: rng.random_range(0.8..3.0) * spread.max(0.4),
        }
    }

    /// Film curve and gamma: 0 to 1 out.
    fn tone(&self, light: Vec3) -> Vec3 {
        let curve = |x: f32| {
            let x = x * self.exposure;
            // Straight through the darks and the middle, a soft shoulder for highlights.
            let y = if x < 0.55 {
                x
            } else {
                0.55 + 0.45 * (1.0 - (-(x - 0.55) / 0.45).exp())
            };
            if y <= 0.003_130_8 {
                y * 12.92
            } else {
                1.055 * y.powf(1.0 / 2.4) - 0.055
            }
        };
        let c = light.times(self.balance);
        vec3(curve(c.x), curve(c.y), curve(c.z))
    }
}

/// Light from one seen point towards the eye.
fn shade(stage: &Stage, eye: Vec3, seen: &Seen, rig: &Rig, lamps: &[Lamp]) -> Vec3 {
    let triangle = stage.triangles[seen.triangle as usize];
    let corners = triangle.corners.map(|c| &stage.vertices[c as usize]);
    let w = seen.weights;
    let blend = |f: fn(&super::mesh::Vertex) -> Vec3| {
        f(corners[0]) * w[0] + f(corners[1]) * w[1] + f(corners[2]) * w[2]
    };
    let place = blend(|v| v.place);
    let spot = Spot {
        local: blend(|v| v.local),
        uv: [0, 1].map(|k| corners[0].uv[k] * w[0] + corners[1].uv[k] * w[1] + corners[2].uv[k] * w[2]),
    };
    let look = stage.surfaces[usize::from(triangle.surface)].look(spot);
    let view = (eye - place).normalized();
    let smooth = blend(|v| v.normal).normalized();
    let smooth = if smooth.dot(view) < -0.15 { -smooth } else { smooth };
    let normal = (smooth + look.bump).normalized();
    let lit = gather(lamps, place, smooth, look.creep);
    // The ground throws light back at what faces it, less where it lies in its own shade.
    let lift = place.y.max(0.0);
    let bounce = rig.ground.times(rig.floor_irradiance())
        * ((1.0 - normal.y) * 0.5 * (0.12 + 0.88 * lift / (lift + 2.5)) * 0.8);
    let tilt = if look.bump == Vec3::ZERO {
        1.0
    } else {
        1.0 + look.bump.dot(vec3(1.0, 1.0, 1.0)) * 0.3
    };
    let scattered = look.color.times(lit.direct * tilt + bounce) * (1.0 / std::f32::consts::PI);
    let facing = normal.dot(view).clamp(0.0, 1.0);
    let fresnel =
        look.mirror + ((1.0 - look.mirror) * (1.0 - look.rough).powi(2) * 0.8) * (1.0 - facing).powi(5);
    let ray = normal * (2.0 * normal.dot(view)) - view;
    let (around, bright) = rig.mirrored(ray, look.rough);
    let near = smoothstep(0.0, 1.0, lit.open);
    scattered + (around * near + bright * lit.panels_open) * fresnel
}
