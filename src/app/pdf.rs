//! What every PDF of this program shares: the unit of length, and letters in the encoding of the built-in fonts.

/// Points in a millimetre.
pub(super) const MM: f32 = 72.0 / 25.4;

/// A letter in the encoding of the PDF; what it does not have becomes a question mark.
pub(super) fn windows_latin(letter: char) -> u8 {
    match letter {
        '\u{20ac}' => 0x80,
        '\u{201a}' => 0x82,
        '\u{201e}' => 0x84,
        '\u{2026}' => 0x85,
        '\u{2018}' => 0x91,
        '\u{2019}' => 0x92,
        '\u{201c}' => 0x93,
        '\u{201d}' => 0x94,
        '\u{2022}' => 0x95,
        '\u{2013}' | '\u{2212}' => 0x96,
        '\u{2014}' => 0x97,
        '\u{0}'..='\u{7e}' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
        _ => b'?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_in_the_encoding_of_the_pdf() {
        for (letter, byte) in [
            ('A', 0x41),
            ('\u{20ac}', 0x80),
            ('\u{c4}', 0xc4),
            ('\u{df}', 0xdf),
            ('\u{a0}', 0xa0),
            ('\u{4e2d}', b'?'),
        ] {
            assert_eq!(windows_latin(letter), byte, "{letter}");
        }
    }
}
