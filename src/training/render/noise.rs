//! Repeatable noise over space: the same point and seed give the same value on every machine.

use super::linear::{Vec3, vec3};
use crate::geom::cast::round_i32;

/// Mixes a lattice point and a seed into 32 well-spread bits.
fn hash(x: i32, y: i32, z: i32, seed: u32) -> u32 {
    let mut h = seed
        ^ x.cast_unsigned().wrapping_mul(0x8da6_b343)
        ^ y.cast_unsigned().wrapping_mul(0xd816_3841)
        ^ z.cast_unsigned().wrapping_mul(0xcb1a_b31f);
    h ^= h >> 16;
    h = h.wrapping_mul(0x7feb_352d);
    h ^= h >> 15;
    h = h.wrapping_mul(0x846c_a68b);
    h ^ (h >> 16)
}

/// The upper 24 bits as a number from 0 to 1.
fn unit(bits: u32) -> f32 {
    (bits >> 8) as f32 / 16_777_216.0
}

/// Value noise, 0 to 1, features of about one unit.
pub(super) fn value(p: Vec3, seed: u32) -> f32 {
    let (fx, fy, fz) = (p.x.floor(), p.y.floor(), p.z.floor());
    let (x, y, z) = (round_i32(fx), round_i32(fy), round_i32(fz));
    let fade = |t: f32| t * t * (3.0 - 2.0 * t);
    let (tx, ty, tz) = (fade(p.x - fx), fade(p.y - fy), fade(p.z - fz));
    let at = |dx, dy, dz| {
        unit(hash(
            x.wrapping_add(dx),
            y.wrapping_add(dy),
            z.wrapping_add(dz),
            seed,
        ))
    };
    let along_x = |dy, dz| {
        let a = at(0, dy, dz);
        a + (at(1, dy, dz) - a) * tx
    };
    let along_y = |dz| {
        let a = along_x(0, dz);
        a + (along_x(1, dz) - a) * ty
    };
    let a = along_y(0);
    a + (along_y(1) - a) * tz
}

/// Sum of `octaves` of [`value`] noise, each finer by two and weaker by two; 0 to 1, mostly near 0.5.
pub(super) fn fractal(p: Vec3, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut weight, mut total, mut at) = (0.0, 1.0, 0.0, p);
    for octave in 0..octaves {
        sum += weight * value(at, seed.wrapping_add(octave));
        total += weight;
        weight *= 0.5;
        at = at * 2.03 + vec3(1.7, 9.2, 5.1);
    }
    sum / total
}

/// Distance to the nearest of scattered spots (about one a unit cube) and the spot's own number 0 to 1.
pub(super) fn spots(p: Vec3, seed: u32) -> (f32, f32) {
    // Spots stay within a quarter of their cell's middle, so the eight cells around `p` are enough.
    let corner = vec3((p.x - 0.5).floor(), (p.y - 0.5).floor(), (p.z - 0.5).floor());
    let mut nearest = (f32::INFINITY, 0.0);
    for dz in 0..2_i32 {
        for dy in 0..2_i32 {
            for dx in 0..2_i32 {
                let (x, y, z) = (
                    round_i32(corner.x).wrapping_add(dx),
                    round_i32(corner.y).wrapping_add(dy),
                    round_i32(corner.z).wrapping_add(dz),
                );
                let h = hash(x, y, z, seed);
                let part = |shift: u32| ((h >> shift) & 0xff) as f32 / 510.0 + 0.25;
                let spot = vec3(x as f32 + part(0), y as f32 + part(8), z as f32 + part(16));
                let away = (p - spot).length();
                if away < nearest.0 {
                    nearest = (away, unit(h.wrapping_mul(0x9e37_79b9)));
                }
            }
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_repeatable_bounded_and_continuous() {
        let mut last = value(Vec3::ZERO, 3);
        for step in 1..2000_u16 {
            let p = vec3(f32::from(step) * 0.01, 0.3, -f32::from(step) * 0.007);
            let now = value(p, 3);
            assert!((0.0..=1.0).contains(&now));
            assert!((now - last).abs() < 0.1 || step == 1, "jump at step {step}");
            assert!((now - value(p, 3)).abs() < f32::EPSILON);
            last = now;
        }
    }

    #[test]
    fn seeds_differ() {
        let p = vec3(0.4, 7.7, 2.1);
        assert!((value(p, 1) - value(p, 2)).abs() > 1e-6);
        assert!((spots(p, 1).0 - spots(p, 2).0).abs() > 1e-6);
    }
}
