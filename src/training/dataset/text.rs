//! Label files as text: bounded in size, whatever their encoding.

use std::{fs::File, io::Read as _, path::Path};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::DatasetError;

/// Reads at most `limit` bytes.
///
/// # Errors
/// [`DatasetError::Io`] or [`DatasetError::TooLarge`].
pub(super) fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, DatasetError> {
    let io = |source| DatasetError::Io {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    // Not by the file's length alone: pipes and growing files have none.
    File::open(path)
        .map_err(io)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(io)?;
    if bytes.len() as u64 > limit {
        return Err(DatasetError::TooLarge {
            path: path.to_owned(),
            limit_mib: limit >> 20,
        });
    }
    Ok(bytes)
}

/// A decoded text and whether it was in another encoding than UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) was_other: bool,
}

/// Decodes by byte order mark; else UTF-16 where every other byte is mostly zero; else UTF-8; else as
/// `declared` says; else Windows-1252. Bytes that fit nothing become replacement characters.
pub(super) fn decode(bytes: Vec<u8>, declared: Option<&[u8]>) -> Text {
    let encoding = guess(&bytes, declared);
    if encoding == UTF_8 {
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        return Text {
            text,
            was_other: false,
        };
    }
    let (text, _, _) = encoding.decode(&bytes);
    Text {
        text: text.into_owned(),
        was_other: true,
    }
}

fn guess(bytes: &[u8], declared: Option<&[u8]>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let start = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let zeros = |offset: usize| {
        let places = start.iter().skip(offset).step_by(2);
        places.filter(|byte| **byte == 0).count()
    };
    let (even, odd, many) = (zeros(0), zeros(1), start.len() / 6);
    if odd > many && even < odd {
        return UTF_16LE;
    }
    if even > many && odd < even {
        return UTF_16BE;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    declared
        .and_then(Encoding::for_label)
        // A file that is not UTF-8 cannot be what it declares then, nor UTF-16.
        .filter(|encoding| ![UTF_8, UTF_16BE, UTF_16LE].contains(encoding))
        .unwrap_or(WINDOWS_1252)
}

/// The encoding that an XML declaration names, e.g. `ISO-8859-1`.
pub(super) fn xml_encoding(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.get(..bytes.len().min(200))?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let head = head.get(..end)?;
    let after = head.windows(9).position(|window| window == b"encoding=")? + 9;
    let quote = *head.get(after)?;
    let rest = head.get(after + 1..)?;
    let length = rest.iter().position(|byte| *byte == quote)?;
    rest.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "filename,class\nä.jpg,Käse\n";

    #[test]
    fn every_encoding_reads_the_same() {
        let little: Vec<u8> = WORDS.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = WORDS.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (name, bytes, was_other) in [
            ("plain", WORDS.as_bytes().to_vec(), false),
            ("mark", [b"\xef\xbb\xbf", WORDS.as_bytes()].concat(), false),
            ("utf-16 le", [b"\xff\xfe".as_slice(), &little].concat(), true),
            ("utf-16 be", [b"\xfe\xff".as_slice(), &big].concat(), true),
            ("utf-16 le without mark", little.clone(), true),
            ("utf-16 be without mark", big.clone(), true),
            ("windows", WINDOWS_1252.encode(WORDS).0.into_owned(), true),
        ] {
            let read = decode(bytes, None);
            assert_eq!((read.text.as_str(), read.was_other), (WORDS, was_other), "{name}");
        }
    }

    #[test]
    fn a_declared_encoding_is_used_when_it_is_needed() {
        let xml = "<?xml version='1.0' encoding=\"GBK\"?><name>牛奶</name>";
        let bytes = encoding_rs::GBK.encode(xml).0.into_owned();
        let declared = xml_encoding(&bytes).map(<[u8]>::to_vec);
        assert_eq!(declared.as_deref(), Some(b"GBK".as_slice()));
        assert_eq!(decode(bytes, declared.as_deref()).text, xml);
        assert_eq!(xml_encoding(b"<?xml version='1.0'?>"), None);
        assert_eq!(xml_encoding(b"<?xml encoding="), None);
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused_without_reading_it_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("big.xml");
        // A hole of 200 MB takes no room on the disk.
        File::create(&path).unwrap().set_len(200 << 20).unwrap();
        assert!(matches!(
            read_bytes(&path, 8 << 20),
            Err(DatasetError::TooLarge { limit_mib: 8, .. })
        ));
        assert!(read_bytes(&folder.path().join("missing"), 1).is_err());
    }
}
