//! Finding and reading files of data sets, with errors that name them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::DatasetError;

/// Endings of picture files, in lower case.
const PICTURE_ENDINGS: [&str; 6] = ["jpg", "jpeg", "png", "webp", "bmp", "gif"];

/// All picture files below a folder, in the order of their paths. Hidden files and folders are left out, as
/// are links that lead back up.
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
        let entry = entry.map_err(io)?;
        if !is_hidden(&entry.path()) && !leads_up(&entry, folder) {
            entries.push(entry.path());
        }
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

/// Files that begin with a dot, as macOS scatters them beside pictures on foreign disks.
pub(super) fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Whether an entry of `folder` is a link to a folder that it lies in.
fn leads_up(entry: &std::fs::DirEntry, folder: &Path) -> bool {
    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
    let target = || entry.path().canonicalize().ok().zip(folder.canonicalize().ok());
    is_link && target().is_some_and(|(target, inside)| inside.starts_with(target))
}

fn is_picture(file: &Path) -> bool {
    let ending = file
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| PICTURE_ENDINGS.contains(&ending.as_str()))
}

/// A file name without its ending, if that is one of pictures or of XML.
pub(super) fn without_ending(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let ending = ending.to_lowercase();
    (ending == "xml" || PICTURE_ENDINGS.contains(&ending.as_str())).then_some(stem)
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

/// Finds the pictures that labels name, however they name them, in one folder and nowhere else.
#[derive(Debug)]
pub(super) struct PictureFinder {
    folder: PathBuf,
    /// File name in lower case, and what it belongs to; none where two files share it.
    by_name: OnceLock<BTreeMap<String, Option<PathBuf>>>,
}

impl PictureFinder {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            by_name: OnceLock::new(),
        }
    }

    /// The file of the picture `name`, and whether it had to be looked for: the name may be absolute, of
    /// another machine, of Windows, or in the wrong case or with the wrong ending.
    pub(super) fn find(&self, name: &str) -> Option<(PathBuf, bool)> {
        let parts: Vec<&str> = name
            .split(['/', '\\'])
            .filter(|part| !part.is_empty() && *part != ".")
            .collect();
        let is_plain =
            !Path::new(name).is_absolute() && !parts.iter().any(|part| *part == ".." || part.contains(':'));
        for start in 0..parts.len() {
            let rest = parts.get(start..)?;
            if start == 0 && !is_plain || rest.contains(&"..") {
                continue;
            }
            let file = self.folder.join(rest.iter().collect::<PathBuf>());
            if file.is_file() {
                return Some((file, start > 0 || name.contains('\\')));
            }
        }
        let last = parts.last()?.to_lowercase();
        let names = self.by_name.get_or_init(|| names_below(&self.folder));
        let stem = last.rsplit_once('.').map_or(last.as_str(), |(stem, _)| stem);
        let found = names.get(&last).or_else(|| names.get(stem))?;
        found.clone().map(|file| (file, true))
    }
}

/// Names and stems of all pictures below a folder, in lower case.
fn names_below(folder: &Path) -> BTreeMap<String, Option<PathBuf>> {
    let mut names: BTreeMap<String, Option<PathBuf>> = BTreeMap::new();
    for file in pictures_below(folder).unwrap_or_default() {
        let parts = [file.file_name(), file.file_stem()];
        for name in parts.into_iter().flatten() {
            names
                .entry(name.to_string_lossy().to_lowercase())
                .and_modify(|known| {
                    // A file named twice under one name is no answer; its own name and stem may be equal.
                    if known.as_ref() != Some(&file) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(file.clone()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_pictures_in_order_and_by_stem() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), folder.path().join("b/up")).unwrap();
        for name in ["b/two.JPG", "a.v1.png", "notes.txt", "._a.v1.png"] {
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

    #[test]
    fn finds_what_labels_call_by_other_names_but_nothing_outside() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("set");
        std::fs::create_dir_all(inside.join("cam1")).unwrap();
        for name in [
            "set/cam1/Photo 1.JPG",
            "set/b.png",
            "set/cam1/c.png",
            "set/c.png",
            "secret.png",
        ] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let finder = PictureFinder::new(&inside);
        let name = |name: &str| {
            finder.find(name).map(|(file, mended)| {
                (
                    file.strip_prefix(&inside)
                        .unwrap()
                        .to_string_lossy()
                        .replace('\\', "/"),
                    mended,
                )
            })
        };
        let is = |file: &str, mended| Some((file.to_owned(), mended));
        assert_eq!(name("cam1/Photo 1.JPG"), is("cam1/Photo 1.JPG", false));
        assert_eq!(name("cam1\\Photo 1.JPG"), is("cam1/Photo 1.JPG", true));
        assert_eq!(
            name("C:\\Users\\me\\cam1\\photo 1.jpg"),
            is("cam1/Photo 1.JPG", true)
        );
        assert_eq!(name("/home/me/b.png"), is("b.png", true));
        assert_eq!(name("b.jpeg"), is("b.png", true), "converted after labelling");
        assert_eq!(name("B.PNG"), is("b.png", true));
        assert_eq!(
            name("other/c.png"),
            is("c.png", true),
            "the folder itself goes first"
        );
        assert_eq!(name("other/C.png"), None, "two could be meant");
        assert_eq!(name("../secret.png"), None);
        assert_eq!(name(folder.path().join("secret.png").to_str().unwrap()), None);
        assert_eq!((name(""), name("/"), name("..")), (None, None, None));
    }
}
