//! Finding and reading files of data sets, with errors that name them.

use std::path::{Path, PathBuf};

use super::DatasetError;

/// Endings of picture files, in lower case.
const PICTURE_ENDINGS: [&str; 6] = ["jpg", "jpeg", "png", "webp", "bmp", "gif"];

/// All picture files below a folder, in the order of their paths.
///
/// # Errors
/// [`DatasetError::Io`] if a folder cannot be read.
pub fn pictures_below(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let io = |source| DatasetError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        entries.push(entry.map_err(io)?.path());
    }
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            files.extend(pictures_below(&entry)?);
        } else if is_picture(&entry) {
            files.push(entry);
        }
    }
    Ok(files)
}

fn is_picture(file: &Path) -> bool {
    let ending = file
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| PICTURE_ENDINGS.contains(&ending.as_str()))
}

/// The picture in `folder` that has the name of `labels` but for the ending.
pub(super) fn picture_of_stem(folder: &Path, labels: &Path) -> Option<PathBuf> {
    let stem = labels.file_stem()?;
    let upper = PICTURE_ENDINGS.iter().map(|ending| ending.to_uppercase());
    let endings = PICTURE_ENDINGS
        .iter()
        .map(|ending| (*ending).to_owned())
        .chain(upper);
    endings
        .map(|ending| {
            // Not `with_extension`: a stem may hold dots of its own.
            let mut name = stem.to_owned();
            name.push(".");
            name.push(ending);
            folder.join(name)
        })
        .find(|file| file.is_file())
}

/// The text of a file.
pub(super) fn read_text(file: &Path) -> Result<String, DatasetError> {
    std::fs::read_to_string(file).map_err(|source| DatasetError::Io {
        path: file.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_pictures_in_order_and_by_stem() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["b/two.JPG", "a.v1.png", "notes.txt"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let found = pictures_below(folder.path()).unwrap();
        assert_eq!(
            found,
            [folder.path().join("a.v1.png"), folder.path().join("b/two.JPG")]
        );
        let by_stem = picture_of_stem(folder.path(), Path::new("elsewhere/a.v1.xml"));
        assert_eq!(by_stem, Some(folder.path().join("a.v1.png")));
        assert!(pictures_below(&folder.path().join("missing")).is_err());
    }
}
