//! Vectors and rotations of three numbers, as small as the renderer needs them.

use std::ops::{Add, Mul, Neg, Sub};

/// A point, a direction or a linear-light colour.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Vec3 {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) z: f32,
}

/// Shorthand constructor.
pub(super) const fn vec3(x: f32, y: f32, z: f32) -> Vec3 {
    Vec3 { x, y, z }
}

impl Vec3 {
    pub(super) const ZERO: Self = vec3(0.0, 0.0, 0.0);
    pub(super) const UP: Self = vec3(0.0, 1.0, 0.0);

    pub(super) const fn splat(value: f32) -> Self {
        vec3(value, value, value)
    }

    pub(super) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub(super) fn cross(self, other: Self) -> Self {
        vec3(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    pub(super) fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// The direction of `self`; straight up for a vector without length.
    pub(super) fn normalized(self) -> Self {
        let length = self.length();
        if length > 1e-12 {
            self * (1.0 / length)
        } else {
            Self::UP
        }
    }

    /// Component by component, as light takes the colour of what it meets.
    pub(super) fn times(self, other: Self) -> Self {
        vec3(self.x * other.x, self.y * other.y, self.z * other.z)
    }

    pub(super) fn lerp(self, other: Self, t: f32) -> Self {
        self * (1.0 - t) + other * t
    }

    /// Two unit vectors that stand on `self` (a unit vector) and on each other.
    pub(super) fn basis(self) -> (Self, Self) {
        let helper = if self.y.abs() > 0.9 {
            vec3(1.0, 0.0, 0.0)
        } else {
            Self::UP
        };
        let u = helper.cross(self).normalized();
        (u, self.cross(u))
    }
}

impl Add for Vec3 {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        vec3(self.x + o.x, self.y + o.y, self.z + o.z)
    }
}

impl Sub for Vec3 {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        vec3(self.x - o.x, self.y - o.y, self.z - o.z)
    }
}

impl Mul<f32> for Vec3 {
    type Output = Self;
    fn mul(self, k: f32) -> Self {
        vec3(self.x * k, self.y * k, self.z * k)
    }
}

impl Neg for Vec3 {
    type Output = Self;
    fn neg(self) -> Self {
        vec3(-self.x, -self.y, -self.z)
    }
}

/// A rotation, as three rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn([Vec3; 3]);

impl Turn {
    pub(super) fn about_x(angle: f32) -> Self {
        let (s, c) = angle.sin_cos();
        Self([vec3(1.0, 0.0, 0.0), vec3(0.0, c, -s), vec3(0.0, s, c)])
    }

    pub(super) fn about_y(angle: f32) -> Self {
        let (s, c) = angle.sin_cos();
        Self([vec3(c, 0.0, s), vec3(0.0, 1.0, 0.0), vec3(-s, 0.0, c)])
    }

    pub(super) fn about_z(angle: f32) -> Self {
        let (s, c) = angle.sin_cos();
        Self([vec3(c, -s, 0.0), vec3(s, c, 0.0), vec3(0.0, 0.0, 1.0)])
    }

    pub(super) fn apply(self, v: Vec3) -> Vec3 {
        vec3(self.0[0].dot(v), self.0[1].dot(v), self.0[2].dot(v))
    }

    /// First `self`, then `next`.
    pub(super) fn then(self, next: Self) -> Self {
        let [a, b, c] = self.0;
        let row = |r: Vec3| a * r.x + b * r.y + c * r.z;
        Self([row(next.0[0]), row(next.0[1]), row(next.0[2])])
    }
}

/// 0 below `a`, 1 above `b`, smooth between.
pub(super) fn smoothstep(a: f32, b: f32, x: f32) -> f32 {
    let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Straight line from `a` (at 0) to `b` (at 1).
pub(super) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// A colour written as people write it on screens (sRGB, 0 to 255), as linear light.
pub(super) fn srgb(r: u8, g: u8, b: u8) -> Vec3 {
    let linear = |c: u8| {
        let c = f32::from(c) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    vec3(linear(r), linear(g), linear(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_follow_the_right_hand() {
        let quarter = std::f32::consts::FRAC_PI_2;
        let close = |a: Vec3, b: Vec3| (a - b).length() < 1e-6;
        assert!(close(Turn::about_z(quarter).apply(vec3(1.0, 0.0, 0.0)), Vec3::UP));
        assert!(close(Turn::about_x(quarter).apply(Vec3::UP), vec3(0.0, 0.0, 1.0)));
        let both = Turn::about_z(quarter).then(Turn::about_x(quarter));
        assert!(close(both.apply(vec3(1.0, 0.0, 0.0)), vec3(0.0, 0.0, 1.0)));
    }

    #[test]
    fn a_basis_stands_on_its_direction() {
        for direction in [Vec3::UP, vec3(0.6, 0.0, 0.8), vec3(0.0, -0.8, 0.6)] {
            let (u, v) = direction.basis();
            assert!(u.dot(direction).abs() < 1e-6 && v.dot(direction).abs() < 1e-6 && u.dot(v).abs() < 1e-6);
        }
    }

    #[test]
    fn screen_white_is_full_light() {
        assert!((srgb(255, 255, 255).x - 1.0).abs() < 1e-6);
        assert!((srgb(188, 0, 0).x - 0.5029).abs() < 1e-3);
    }
}
