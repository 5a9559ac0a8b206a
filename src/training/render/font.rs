//! Our own five by seven letters for printing on packages.

use super::linear::smoothstep;
use crate::geom::cast::floor_index;

/// Rows from the top, bit 4 is the leftmost column.
fn glyph(letter: char) -> [u8; 7] {
    match letter {
        'A' => [14, 17, 17, 31, 17, 17, 17],
        'B' => [30, 17, 17, 30, 17, 17, 30],
        'C' => [14, 17, 16, 16, 16, 17, 14],
        'D' => [30, 17, 17, 17, 17, 17, 30],
        'E' => [31, 16, 16, 30, 16, 16, 31],
        'F' => [31, 16, 16, 30, 16, 16, 16],
        'G' => [14, 17, 16, 23, 17, 17, 14],
        'H' => [17, 17, 17, 31, 17, 17, 17],
        'I' => [14, 4, 4, 4, 4, 4, 14],
        'J' => [7, 2, 2, 2, 2, 18, 12],
        'K' => [17, 18, 20, 24, 20, 18, 17],
        'L' => [16, 16, 16, 16, 16, 16, 31],
        'M' => [17, 27, 31, 21, 17, 17, 17],
        'N' => [17, 25, 29, 21, 23, 19, 17],
        'O' => [14, 17, 17, 17, 17, 17, 14],
        'P' => [30, 17, 17, 30, 16, 16, 16],
        'R' => [30, 17, 17, 30, 20, 18, 17],
        'S' => [15, 16, 16, 14, 1, 1, 30],
        'T' => [31, 4, 4, 4, 4, 4, 4],
        'U' => [17, 17, 17, 17, 17, 17, 14],
        'V' => [17, 17, 17, 17, 17, 10, 4],
        'W' => [17, 17, 17, 21, 31, 27, 17],
        'Z' => [31, 1, 2, 4, 8, 16, 31],
        '0' => [14, 17, 19, 21, 25, 17, 14],
        '1' => [4, 12, 4, 4, 4, 4, 14],
        '3' => [30, 1, 1, 14, 1, 1, 30],
        '5' => [31, 16, 30, 1, 1, 17, 14],
        '%' => [25, 26, 2, 4, 8, 11, 19],
        ',' => [0, 0, 0, 0, 12, 4, 8],
        _ => [0; 7],
    }
}

/// Ink at a place of a line of text, 0 to 1: `x` in letter widths from the left edge of the first letter
/// (a letter and its gap are 1 wide), `y` in letter heights from the top.
pub(super) fn ink(text: &str, x: f32, y: f32) -> f32 {
    if x < 0.0 || !(0.0..1.0).contains(&y) {
        return 0.0;
    }
    let Some(letter) = text.chars().nth(floor_index(x)) else {
        return 0.0;
    };
    let rows = glyph(letter);
    let bit = |column: f32, row: f32| {
        if !(0.0..5.0).contains(&column) || !(0.0..7.0).contains(&row) {
            return 0.0;
        }
        let bits = rows[floor_index(row)];
        f32::from((bits >> (4 - floor_index(column).min(4))) & 1)
    };
    // Between the dots' middles the ink is interpolated and cut at half, which rounds the letters.
    let (cx, cy) = (x.fract() * 6.0 - 0.5, y * 7.0 - 0.5);
    let (fx, fy) = (cx.floor(), cy.floor());
    let (tx, ty) = (cx - fx, cy - fy);
    let upper = bit(fx, fy) * (1.0 - tx) + bit(fx + 1.0, fy) * tx;
    let lower = bit(fx, fy + 1.0) * (1.0 - tx) + bit(fx + 1.0, fy + 1.0) * tx;
    smoothstep(0.38, 0.5, upper * (1.0 - ty) + lower * ty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_where_their_dots_are() {
        // L: a post on the left, a foot, nothing in the upper right.
        assert!(ink("L", 0.5 / 6.0, 0.4) > 0.9);
        assert!(ink("L", 2.5 / 6.0, 6.5 / 7.0) > 0.9);
        assert!(ink("L", 3.5 / 6.0, 0.2) < 0.1);
        assert!(ink("LL", 1.0 + 0.5 / 6.0, 0.4) > 0.9, "the second letter stands one letter further");
        assert!(ink("L", 1.2, 0.4) < 0.1 && ink("L", -0.1, 0.4) < 0.1);
    }
}
