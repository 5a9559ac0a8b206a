//! What a surface looks like at one point, and which recipe says so.

use super::{
    ground::Ground,
    linear::{Vec3, vec3},
    noise,
    print::Print,
    skin::{AppleSkin, BananaSkin, PeelSkin},
};

/// A point on an item, in the item's own place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) local: Vec3,
    pub(super) uv: [f32; 2],
}

/// The answer to light.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Colour of scattered light, linear, 0 to 1.
    pub(super) color: Vec3,
    /// 0 mirrors, 1 is chalk.
    pub(super) rough: f32,
    /// Share of light mirrored head-on: 0.04 for wax and paper, more for metal.
    pub(super) mirror: f32,
    /// How far light creeps round into the shade, as it does in flesh.
    pub(super) creep: f32,
    /// Added to the normal before it is made a unit again.
    pub(super) bump: Vec3,
}

impl Look {
    /// A smooth surface without depth.
    pub(super) const fn new(color: Vec3, rough: f32) -> Self {
        Self {
            color,
            rough,
            mirror: 0.04,
            creep: 0.0,
            bump: Vec3::ZERO,
        }
    }
}

/// A recipe for [`Look`]s.
#[derive(Debug, Clone)]
pub(super) enum Surface {
    /// One colour.
    Plain {
        color: Vec3,
        rough: f32,
        mirror: f32,
    },
    /// Woody stems, of apples and bananas.
    Stem {
        color: Vec3,
        seed: u32,
    },
    Apple(AppleSkin),
    Banana(BananaSkin),
    Peel(PeelSkin),
    Print(Print),
    Ground(Ground),
}

impl Surface {
    pub(super) const fn plain(color: Vec3, rough: f32) -> Self {
        Self::Plain {
            color,
            rough,
            mirror: 0.04,
        }
    }

    pub(super) fn look(&self, spot: Spot) -> Look {
        match self {
            Self::Plain { color, rough, mirror } => Look {
                mirror: *mirror,
                ..Look::new(*color, *rough)
            },
            Self::Stem { color, seed } => {
                let p = vec3(spot.local.x * 9.0, spot.local.y * 2.5, spot.local.z * 9.0);
                Look::new(*color * (0.55 + 0.9 * noise::fractal(p, 3, *seed)), 0.8)
            }
            Self::Apple(skin) => skin.look(spot),
            Self::Banana(skin) => skin.look(spot),
            Self::Peel(skin) => skin.look(spot),
            Self::Print(print) => print.look(spot),
            Self::Ground(ground) => ground.look(spot),
        }
    }
}
