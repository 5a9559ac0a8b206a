//! Masks made clean: squares that grow and shrink, holes, connected parts.

use super::plane::Plane;

/// True where something is, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mask {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) set: Vec<bool>,
}

/// One connected part of a mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// Its number in the map of parts, from 1.
    pub(super) label: u32,
    /// Pixels.
    pub(super) area: usize,
    /// Left, top, and one past right and bottom.
    pub(super) extent: (usize, usize, usize, usize),
}

impl Mask {
    pub(super) fn from_fn((width, height): (usize, usize), set: impl FnMut(usize) -> bool) -> Self {
        Self {
            width,
            height,
            set: (0..width * height).map(set).collect(),
        }
    }

    pub(super) fn area(&self) -> usize {
        self.set.iter().filter(|set| **set).count()
    }

    /// The share of the square around every pixel that is set.
    fn filled(&self, radius: usize) -> Plane {
        Plane::from_fn((self.width, self.height), |at| f32::from(u8::from(self.set[at]))).mean(radius)
    }

    /// Every pixel with something within `radius`, in squares.
    pub(super) fn grown(&self, radius: usize) -> Self {
        let filled = self.filled(radius);
        Self::from_fn((self.width, self.height), |at| filled.values[at] > 1e-6)
    }

    /// Every pixel with nothing missing within `radius`.
    pub(super) fn shrunk(&self, radius: usize) -> Self {
        let filled = self.filled(radius);
        Self::from_fn((self.width, self.height), |at| filled.values[at] > 1.0 - 1e-6)
    }

    /// Without what is thinner than twice the radius.
    pub(super) fn opened(&self, radius: usize) -> Self {
        self.shrunk(radius).grown(radius)
    }

    /// With gaps up to twice the radius closed. What touches the rim does not grow along it.
    pub(super) fn closed(&self, radius: usize) -> Self {
        let closed = self.grown(radius).shrunk(radius);
        // Beyond the rim nothing is known, so nothing is added so close to it that it would matter.
        let is_inner = |at: usize| {
            let (x, y) = (at % self.width, at / self.width);
            x >= radius && y >= radius && x + radius < self.width && y + radius < self.height
        };
        Self::from_fn((self.width, self.height), |at| {
            self.set[at] || closed.set[at] && is_inner(at)
        })
    }

    /// Numbers of connected parts (neighbours across edges and corners), 0 where nothing is; and the parts.
    pub(super) fn parts(&self) -> (Vec<u32>, Vec<Part>) {
        let mut labels = vec![0u32; self.set.len()];
        let mut parts = Vec::new();
        let mut waiting = Vec::new();
        for start in 0..self.set.len() {
            if !self.set[start] || labels[start] != 0 {
                continue;
            }
            let label = crate::geom::cast::saturating_u32(parts.len() + 1);
            let mut part = Part {
                label,
                area: 0,
                extent: (usize::MAX, usize::MAX, 0, 0),
            };
            labels[start] = label;
            waiting.push(start);
            while let Some(at) = waiting.pop() {
                let (x, y) = (at % self.width, at / self.width);
                part.area += 1;
                let (x0, y0, x1, y1) = part.extent;
                part.extent = (x0.min(x), y0.min(y), x1.max(x + 1), y1.max(y + 1));
                for row in y.saturating_sub(1)..(y + 2).min(self.height) {
                    for column in x.saturating_sub(1)..(x + 2).min(self.width) {
                        let other = row * self.width + column;
                        if self.set[other] && labels[other] == 0 {
                            labels[other] = label;
                            waiting.push(other);
                        }
                    }
                }
            }
            parts.push(part);
        }
        (labels, parts)
    }

    /// With every hole filled that does not reach the rim and is at most `largest` pixels.
    pub(super) fn without_holes(&self, largest: usize) -> Self {
        let outside = Self::from_fn((self.width, self.height), |at| !self.set[at]);
        let (labels, parts) = outside.parts();
        let reaches_rim = |part: &Part| {
            let (x0, y0, x1, y1) = part.extent;
            x0 == 0 || y0 == 0 || x1 == self.width || y1 == self.height
        };
        let fill: Vec<bool> = parts
            .iter()
            .map(|part| !reaches_rim(part) && part.area <= largest)
            .collect();
        Self::from_fn((self.width, self.height), |at| {
            self.set[at]
                || (labels[at] as usize)
                    .checked_sub(1)
                    .is_some_and(|part| fill[part])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(rows: [&str; 5]) -> Mask {
        let set: Vec<bool> = rows
            .iter()
            .flat_map(|row| row.bytes().map(|b| b == b'#'))
            .collect();
        Mask {
            width: rows[0].len(),
            height: 5,
            set,
        }
    }

    #[test]
    fn opening_takes_specks_and_closing_fills_gaps() {
        let specks = mask(["#......", ".###...", ".###...", ".###..#", "......."]);
        assert_eq!(
            specks.opened(1),
            mask([".......", ".###...", ".###...", ".###...", "......."])
        );
        let gap = mask([".......", ".##.##.", ".##.##.", ".##.##.", "......."]);
        assert_eq!(
            gap.closed(1),
            mask([".......", ".#####.", ".#####.", ".#####.", "......."])
        );
    }

    #[test]
    fn holes_and_parts() {
        let ring = mask(["###....", "#.#..#.", "###....", ".......", "##....."]);
        let (_, mut parts) = ring.parts();
        parts.sort_by_key(|part| part.area);
        let areas: Vec<usize> = parts.iter().map(|part| part.area).collect();
        assert_eq!(areas, [1, 2, 8]);
        assert_eq!(parts[2].extent, (0, 0, 3, 3));
        assert_eq!(ring.without_holes(9).area(), 12);
        assert_eq!(ring.without_holes(0).area(), 11, "larger holes stay");
    }
}
