//! Text files from spreadsheets, in whatever encoding they were saved.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decodes a text file: by its byte order mark; else UTF-16 when every other byte is mostly zero; else
/// UTF-8 when it is that; else Windows-1252, in which older spreadsheets save. None when it is no text.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let encoding = guess(bytes);
    let (text, _, damaged) = encoding.decode(bytes);
    let is_text = !damaged && !text.contains('\0');
    is_text.then(|| text.into_owned())
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let zeros = |offset: usize| {
        bytes
            .iter()
            .skip(offset)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let many = bytes.len() / 6;
    if odd > many && even < odd {
        UTF_16LE
    } else if even > many && odd < even {
        UTF_16BE
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "sku,name\nKÄSE,Käse Grün\n";

    #[test]
    fn every_encoding_of_a_spreadsheet_reads_the_same() {
        let little: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let western = WINDOWS_1252.encode(TEXT).0.into_owned();
        assert!(std::str::from_utf8(&western).is_err());
        for (name, bytes) in [
            ("utf-8", TEXT.as_bytes().to_vec()),
            ("utf-8 with mark", [&[0xef, 0xbb, 0xbf], TEXT.as_bytes()].concat()),
            ("utf-16 le with mark", [&[0xff, 0xfe], little.as_slice()].concat()),
            ("utf-16 be with mark", [&[0xfe, 0xff], big.as_slice()].concat()),
            ("utf-16 le", little.clone()),
            ("utf-16 be", big.clone()),
            ("windows-1252", western),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Some(TEXT), "{name}");
        }
    }

    #[test]
    fn a_picture_is_no_text() {
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\xff\xff"), None);
        assert_eq!(decode(b""), Some(String::new()));
    }
}
