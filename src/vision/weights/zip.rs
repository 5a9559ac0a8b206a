//! Finds a file within a zip archive that was stored without compression, as Keras writes `.keras` files.

/// What kind of record comes next in an archive.
const CENTRAL_ENTRY: [u8; 4] = *b"PK\x01\x02";
const END_OF_DIRECTORY: [u8; 4] = *b"PK\x05\x06";
/// Bytes of an end record without its comment, of a directory entry and of a local header without names.
const END_LENGTH: usize = 22;
const ENTRY_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;

/// The bytes of the entry of that name, or nothing if the archive has none.
///
/// # Errors
/// One sentence if the archive is damaged or the entry is compressed.
pub(super) fn stored_entry<'a>(archive: &'a [u8], wanted: &str) -> Result<Option<&'a [u8]>, String> {
    let damaged = || "the archive is damaged or incomplete".to_owned();
    // The end record is followed by a comment of at most 65 535 bytes.
    let end = archive
        .windows(4)
        .rposition(|window| window == END_OF_DIRECTORY)
        .filter(|end| archive.len() - end >= END_LENGTH)
        .ok_or_else(damaged)?;
    let entries = u16_at(archive, end + 10).ok_or_else(damaged)?;
    let mut at = u32_at(archive, end + 16).ok_or_else(damaged)?;
    for _ in 0..entries {
        let entry = archive
            .get(at..)
            .filter(|rest| rest.starts_with(&CENTRAL_ENTRY))
            .ok_or_else(damaged)?;
        let (name_length, extra, comment) = (u16_at(entry, 28), u16_at(entry, 30), u16_at(entry, 32));
        let (Some(name_length), Some(extra), Some(comment)) = (name_length, extra, comment) else {
            return Err(damaged());
        };
        let name = entry
            .get(ENTRY_LENGTH..ENTRY_LENGTH + name_length)
            .ok_or_else(damaged)?;
        if name == wanted.as_bytes() {
            if u16_at(entry, 10) != Some(0) {
                return Err(format!(
                    "{wanted} within it is compressed; unpack the archive and give that file"
                ));
            }
            let (size, local) = (u32_at(entry, 20), u32_at(entry, 42));
            return entry_bytes(archive, local, size).map(Some).ok_or_else(damaged);
        }
        at += ENTRY_LENGTH + name_length + extra + comment;
    }
    Ok(None)
}

fn entry_bytes(archive: &[u8], local: Option<usize>, size: Option<usize>) -> Option<&[u8]> {
    let local = local?;
    let header = archive.get(local..)?;
    let start = local + LOCAL_LENGTH + u16_at(header, 26)? + u16_at(header, 28)?;
    archive.get(start..start.checked_add(size?)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at..at + 2)?.first_chunk::<2>()?;
    Some(usize::from(u16::from_le_bytes(*word)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at..at + 4)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*word)).ok()
}

/// An archive of uncompressed files, for tests.
#[cfg(test)]
pub(super) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let offset = u32::try_from(out.len()).unwrap();
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        // Version, flags, method, time, date, checksum (not looked at), sizes, lengths of name and extra.
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(size);
        common.extend(size);
        common.extend(name_length);
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(*content);
        directory.extend(CENTRAL_ENTRY);
        directory.extend([20, 0]);
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = u32::try_from(out.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    out.extend(directory);
    out.extend(END_OF_DIRECTORY);
    out.extend([0; 4]);
    out.extend(count);
    out.extend(count);
    out.extend(length);
    out.extend(start);
    out.extend([0, 0]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_among_others() {
        let zip = archive(&[("config.json", b"{}"), ("model.weights.h5", b"weights")]);
        assert_eq!(
            stored_entry(&zip, "model.weights.h5").unwrap(),
            Some(&b"weights"[..])
        );
        assert_eq!(stored_entry(&zip, "other").unwrap(), None);
    }

    #[test]
    fn damaged_archives_are_refused() {
        let zip = archive(&[("a", b"12345")]);
        for length in 0..zip.len() {
            assert!(stored_entry(&zip[..length], "a").is_err(), "cut to {length}");
        }
        // Every byte changed in turn gives an answer or a sentence, never a panic.
        for at in 0..zip.len() {
            let mut changed = zip.clone();
            changed[at] ^= 0xff;
            drop(stored_entry(&changed, "a"));
        }
    }
}
