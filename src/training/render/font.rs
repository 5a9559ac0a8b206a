//! Our own letters for printing on packages: strokes between the points of a small grid.

use super::linear::smoothstep;
use crate::geom::cast::floor_index;

/// Strokes of a letter: pairs of digits are points (column 0 to 4, row 0 to 6 from the top), lines join
/// neighbours, `|` lifts the pen.
fn strokes(letter: char) -> &'static [u8] {
    match letter {
        'A' => b"062046|0535",
        'B' => b"06003041423303|3344453606",
        'C' => b"4130100105163645",
        'D' => b"06003041453606",
        'E' => b"40000646|0333",
        'F' => b"400006|0333",
        'G' => b"4130100105163645432343",
        'H' => b"0006|4046|0343",
        'I' => b"2026",
        'J' => b"3035261605",
        'K' => b"0006|4003|0346",
        'L' => b"000646",
        'M' => b"0600234046",
        'N' => b"06004640",
        'O' => b"103041453616050110",
        'P' => b"06003041423303",
        'R' => b"06003041423303|2346",
        'S' => b"413010010213334445361605",
        'T' => b"0040|2026",
        'U' => b"000516364540",
        'V' => b"002640",
        'W' => b"0016233640",
        'Z' => b"00400646",
        '0' => b"103041453616050110",
        '1' => b"112026",
        '2' => b"01103041420646",
        '4' => b"3036|300444",
        '6' => b"30100105163645443303",
        '7' => b"004016",
        '8' => b"13334241301001021304051636454433",
        '9' => b"16364541301001021343",
        'Q' => b"103041453616050110|3446",
        'X' => b"0046|4006",
        'Y' => b"0023|4023|2326",
        '.' => b"2526",
        '-' => b"1333",
        '3' => b"01103041423323|334445361605",
        '5' => b"4000021232434445361605",
        '%' => b"4006|0010110100|3545463635",
        ',' => b"2516",
        _ => b"",
    }
}

/// Half the thickness of a stroke, in grid steps.
const PEN: f32 = 0.68;

/// Ink at a place of a line of text, 0 to 1: `x` in letter widths from the left edge of the first letter
/// (a letter and its gap are 1 wide), `y` in letter heights from the top.
#[must_use]
pub fn ink(text: &str, x: f32, y: f32) -> f32 {
    if x < 0.0 || !(0.0..1.0).contains(&y) {
        return 0.0;
    }
    let Some(letter) = text.chars().nth(floor_index(x)) else {
        return 0.0;
    };
    let place = [x.fract() * 6.6 - 0.9, y * 7.2 - 0.6];
    let number = |digit: u8| f32::from(digit.saturating_sub(b'0'));
    let mut nearest = f32::INFINITY;
    for stroke in strokes(letter).split(|&mark| mark == b'|') {
        let (points, _) = stroke.as_chunks::<2>();
        for (&[x0, y0], &[x1, y1]) in points.iter().zip(points.iter().skip(1)) {
            nearest = nearest.min(distance(
                place,
                [number(x0), number(y0)],
                [number(x1), number(y1)],
            ));
        }
    }
    smoothstep(PEN + 0.06, PEN - 0.06, nearest)
}

/// Distance from a point to the line between two others.
fn distance(p: [f32; 2], a: [f32; 2], b: [f32; 2]) -> f32 {
    let (along, away) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
    let square = along[0] * along[0] + along[1] * along[1];
    let t = if square > 0.0 {
        ((away[0] * along[0] + away[1] * along[1]) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (away[0] - along[0] * t).hypot(away[1] - along[1] * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_where_their_strokes_are() {
        // L: a post on the left, a foot, nothing in the upper right.
        assert!(ink("L", 0.9 / 6.6, 0.4) > 0.9);
        assert!(ink("L", 2.9 / 6.6, 6.6 / 7.2) > 0.9);
        assert!(ink("L", 3.9 / 6.6, 0.2) < 0.1);
        assert!(
            ink("LL", 1.0 + 0.9 / 6.6, 0.4) > 0.9,
            "the second letter stands one letter further"
        );
        assert!(ink("L", 1.2, 0.4) < 0.1 && ink("L", -0.1, 0.4) < 0.1);
    }

    #[test]
    fn every_stroke_is_made_of_pairs_on_the_grid() {
        for letter in "ABCDEFGHIJKLMNOPRSTUVWZ0135%,".chars() {
            assert!(!strokes(letter).is_empty(), "{letter} has strokes");
            for stroke in strokes(letter).split(|&mark| mark == b'|') {
                let (points, rest) = stroke.as_chunks::<2>();
                assert!(rest.is_empty() && points.len() > 1, "{letter} has whole points");
                assert!(
                    points
                        .iter()
                        .all(|p| p[0] <= b'4' && p[1] <= b'6' && p[1] >= b'0'),
                    "{letter} stays on the grid"
                );
            }
        }
    }
}
