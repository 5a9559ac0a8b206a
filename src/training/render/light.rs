//! The lights of a shop: a softbox or window, ceiling tubes, a sky of walls; as samples and as mirrored.
//!
//! Shade is made by many small far lights, each with its own shadow map: together they give soft shadows,
//! and the darkness where things touch.

use super::{
    linear::{Vec3, mix, smoothstep, vec3},
    raster::{ShadowMap, Stage},
};
use rand::{Rng, RngExt as _};

/// A bright rectangle far away.
#[derive(Debug, Clone)]
struct Panel {
    towards: Vec3,
    right: Vec3,
    up: Vec3,
    /// Half width and half height as tangents.
    half: [f32; 2],
    radiance: Vec3,
}

/// All light that reaches the stage.
#[derive(Debug, Clone)]
pub(super) struct Rig {
    panels: Vec<Panel>,
    above: Vec3,
    horizon: Vec3,
    /// Light thrown back by the ground, by its colour.
    pub(super) ground: Vec3,
}

/// One far light and what it reaches.
#[derive(Debug)]
pub(super) struct Lamp {
    towards: Vec3,
    irradiance: Vec3,
    map: ShadowMap,
    is_panel: bool,
}

/// Light at a point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lit {
    /// Irradiance by what shines from above.
    pub(super) direct: Vec3,
    /// Share of the sky that is open, 0 to 1.
    pub(super) open: f32,
    /// Share of the panels that is open, 0 to 1.
    pub(super) panels_open: f32,
}

fn tint(warmth: f32) -> Vec3 {
    vec3(1.0 + 0.12 * warmth, 1.0, 1.0 - 0.16 * warmth)
}

impl Rig {
    /// A rig as shops and kitchens have them.
    pub(super) fn pick(rng: &mut impl Rng, ground: Vec3) -> Self {
        let warmth = rng.random_range(-0.5..1.0_f32);
        let mut panels = Vec::new();
        let mut add = |turn: f32, height: f32, half: [f32; 2], power: f32, warmth: f32| {
            let towards = vec3(turn.cos(), height, turn.sin()).normalized();
            let (right, up) = towards.basis();
            panels.push(Panel {
                towards,
                right,
                up,
                half,
                radiance: tint(warmth) * (power / (4.0 * half[0] * half[1])),
            });
        };
        let key = rng.random_range(0.0..std::f32::consts::TAU);
        let power = rng.random_range(1.7..3.0_f32);
        let size = rng.random_range(0.16..0.45_f32);
        add(
            key,
            rng.random_range(0.9..2.4),
            [size, size * rng.random_range(0.7..1.6)],
            power,
            warmth,
        );
        if rng.random_bool(0.6) {
            // Two tubes on the ceiling.
            let turn = rng.random_range(0.0..std::f32::consts::TAU);
            for side in [0.0, 2.6] {
                add(
                    turn + side,
                    rng.random_range(2.0..3.5),
                    [0.7, 0.06],
                    power * 0.28,
                    warmth * 0.5,
                );
            }
        } else {
            add(
                key + rng.random_range(2.0..4.2),
                rng.random_range(0.5..1.4),
                [0.5, 0.6],
                power * 0.25,
                -0.3,
            );
        }
        let sky = rng.random_range(0.2..0.42);
        Self {
            panels,
            above: tint(warmth * 0.4) * sky,
            horizon: tint(warmth * 0.3) * (sky * rng.random_range(0.45..0.8)),
            ground,
        }
    }

    fn sky(&self, direction: Vec3) -> Vec3 {
        self.horizon.lerp(self.above, direction.y.clamp(0.0, 1.0))
    }

    /// Irradiance of a floor in the open.
    pub(super) fn floor_irradiance(&self) -> Vec3 {
        let sky = self.horizon.lerp(self.above, 2.0 / 3.0) * std::f32::consts::PI;
        self.panels.iter().fold(sky, |sum, p| {
            sum + p.radiance * (4.0 * p.half[0] * p.half[1] * p.towards.y)
        })
    }

    /// What a surface of this roughness mirrors from `direction`: (sky and ground, panels).
    pub(super) fn mirrored(&self, direction: Vec3, rough: f32) -> (Vec3, Vec3) {
        let floor = self.ground.times(self.floor_irradiance()) * (1.0 / std::f32::consts::PI);
        let up = smoothstep(-0.12 - rough * 0.5, 0.12 + rough * 0.5, direction.y);
        let around = floor.lerp(self.sky(direction), up);
        let blur = 0.02 + rough * rough * 1.6;
        let mut bright = Vec3::ZERO;
        for panel in &self.panels {
            let ahead = direction.dot(panel.towards);
            if ahead > 0.05 {
                let along = |axis: Vec3, half: f32| {
                    let a = (direction.dot(axis) / ahead).abs();
                    // Blurring spreads the light: wider and weaker.
                    smoothstep(half + blur, half - blur, a) * (half / (half + blur * 0.5))
                };
                bright = bright
                    + panel.radiance * (along(panel.right, panel.half[0]) * along(panel.up, panel.half[1]));
            }
        }
        (around, bright)
    }

    /// `count` lamps that stand for the whole rig, spread anew by `rng`.
    pub(super) fn lamps(
        &self,
        rng: &mut impl Rng,
        stage: &Stage,
        ball: (Vec3, f32),
        (count, side): (u16, usize),
    ) -> Vec<Lamp> {
        let sky_count = (count / 2).max(1);
        let mut lamps = Vec::new();
        let mut push = |towards: Vec3, irradiance: Vec3, is_panel: bool| {
            lamps.push(Lamp {
                towards,
                irradiance,
                map: ShadowMap::new(stage, towards, ball, side),
                is_panel,
            });
        };
        let offset: [f32; 2] = [rng.random_range(0.0..1.0), rng.random_range(0.0..1.0)];
        for k in 0..sky_count {
            let [a, b] = spread(k, offset);
            let height = mix(0.06, 1.0, b);
            let flat = (1.0 - height * height).sqrt();
            let turn = a * std::f32::consts::TAU;
            let towards = vec3(flat * turn.cos(), height, flat * turn.sin());
            // A hemisphere of 2 pi, shared evenly.
            push(
                towards,
                self.sky(towards) * (2.0 * std::f32::consts::PI / f32::from(sky_count)),
                false,
            );
        }
        let each = ((count - sky_count) / u16::try_from(self.panels.len()).unwrap_or(1).max(1)).max(1);
        for (number, panel) in self.panels.iter().enumerate() {
            // The first panel is the key light and casts the shadow people see: it gets more lamps.
            let each = if number == 0 { each * 2 } else { (each / 2).max(1) };
            let power = panel.radiance * (4.0 * panel.half[0] * panel.half[1]);
            for k in 0..each {
                let [a, b] = spread(k, offset);
                let towards = panel.towards
                    + panel.right * (panel.half[0] * (2.0 * a - 1.0))
                    + panel.up * (panel.half[1] * (2.0 * b - 1.0));
                push(towards.normalized(), power * (1.0 / f32::from(each)), true);
            }
        }
        lamps
    }
}

/// Well-spread points of the unit square (the R2 sequence), moved by `offset`.
fn spread(k: u16, offset: [f32; 2]) -> [f32; 2] {
    let k = f32::from(k);
    [
        (offset[0] + k * 0.754_877_7).fract(),
        (offset[1] + k * 0.569_840_3).fract(),
    ]
}

/// Light of all lamps at `place`, with flesh letting some of it creep round by `creep`.
pub(super) fn gather(lamps: &[Lamp], place: Vec3, normal: Vec3, creep: f32) -> Lit {
    let mut lit = Lit {
        direct: Vec3::ZERO,
        open: 0.0,
        panels_open: 0.0,
    };
    let (mut sky, mut panel) = (0.0, 0.0);
    for lamp in lamps {
        let slope = normal.dot(lamp.towards);
        let facing = ((slope + creep) / (1.0 + creep)).max(0.0);
        let weight = slope.max(0.02);
        if lamp.is_panel {
            panel += weight;
        } else {
            sky += weight;
        }
        if facing <= 0.0 {
            continue;
        }
        let open = lamp.map.light_at(place, normal);
        lit.direct = lit.direct + lamp.irradiance * (facing * open);
        if lamp.is_panel {
            lit.panels_open += weight * open;
        } else {
            lit.open += weight * open;
        }
    }
    lit.open /= f32::max(sky, 1e-6);
    lit.panels_open /= f32::max(panel, 1e-6);
    lit
}
