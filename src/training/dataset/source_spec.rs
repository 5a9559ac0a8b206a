//! How a data set is named: `coco:ANNOTATIONS:IMAGES`, `voc:ROOT[:LIST]`, `csv:TABLE:IMAGES`, `folder:DIR`,
//! `set:DIR[:SPLIT]`, or a plain path whose kind is found out. The one parser for every command.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    ClassNames, DatasetError, LabelSet,
    files::{is_hidden, pictures_below},
    label_dataset::LabelDataset,
    manifest,
    voc::label_folder,
};

/// A format of labels to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelFormat {
    /// Pascal VOC, or a folder as LabelImg leaves it.
    Voc,
    /// COCO JSON.
    Coco,
    /// One table.
    Csv,
    /// Pictures only.
    Folder,
    /// A data set as `dataset import` writes it.
    Set,
}

impl LabelFormat {
    /// The word for it in names of data sets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Voc => "voc",
            Self::Coco => "coco",
            Self::Csv => "csv",
            Self::Folder => "folder",
            Self::Set => "set",
        }
    }
}

/// Where a data set is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetSpec {
    /// A VOC folder and one of its lists, or all of it.
    Voc {
        /// The folder that holds `Annotations`, or pictures with XML files beside them.
        root: PathBuf,
        /// Name of a list in `ImageSets/Main`.
        list: Option<String>,
    },
    /// A COCO file.
    Coco {
        /// The JSON file.
        annotations: PathBuf,
        /// The folder of the pictures.
        images: PathBuf,
    },
    /// A table.
    Csv {
        /// The CSV file.
        table: PathBuf,
        /// The folder of the pictures.
        images: PathBuf,
    },
    /// All COCO files, or all tables, of a folder and its `annotations`, one split each.
    Files {
        /// What they are: [`LabelFormat::Coco`] or [`LabelFormat::Csv`].
        format: LabelFormat,
        /// The folder.
        folder: PathBuf,
    },
    /// A folder of pictures, with one subfolder a class or none.
    Folder(PathBuf),
    /// A data set of ours and one of its splits, or all of it.
    Set {
        /// The folder that holds `dataset.json`.
        folder: PathBuf,
        /// Name of a split.
        split: Option<String>,
    },
}

impl fmt::Display for SetSpec {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |part: &Option<String>| part.as_ref().map_or_else(String::new, |part| format!(":{part}"));
        match self {
            Self::Voc { root, list } => write!(out, "voc:{}{}", root.display(), part(list)),
            Self::Coco { annotations, images } => {
                write!(out, "coco:{}:{}", annotations.display(), images.display())
            }
            Self::Csv { table, images } => write!(out, "csv:{}:{}", table.display(), images.display()),
            Self::Files { format, folder } => write!(out, "{}:{}", format.name(), folder.display()),
            Self::Folder(folder) => write!(out, "folder:{}", folder.display()),
            Self::Set { folder, split } => write!(out, "set:{}{}", folder.display(), part(split)),
        }
    }
}

impl SetSpec {
    /// Understands the name of a data set.
    ///
    /// # Errors
    /// [`DatasetError::Request`] if it is none of the forms, or a plain path of unknown kind.
    pub fn parse(text: &str) -> Result<Self, DatasetError> {
        let parts = split_at_colons(text);
        let path = |part: &str| PathBuf::from(part);
        let spec = match parts.as_slice() {
            ["coco", path] => Self::of_files(Path::new(path), LabelFormat::Coco)?,
            ["coco", annotations, images] => Self::Coco {
                annotations: path(annotations),
                images: path(images),
            },
            ["voc", root] => Self::Voc {
                root: path(root),
                list: None,
            },
            ["voc", root, list] => Self::Voc {
                root: path(root),
                list: Some((*list).to_owned()),
            },
            ["csv", path] => Self::of_files(Path::new(path), LabelFormat::Csv)?,
            ["csv", table, images] => Self::Csv {
                table: path(table),
                images: path(images),
            },
            ["folder", folder] => Self::Folder(path(folder)),
            ["set", folder] => Self::Set {
                folder: path(folder),
                split: None,
            },
            ["set", folder, split] => Self::Set {
                folder: path(folder),
                split: Some((*split).to_owned()),
            },
            [plain] if !plain.is_empty() => return Self::of_path(Path::new(plain), None),
            _ => {
                return Err(DatasetError::Request {
                    reason: format!(
                        "the set \"{text}\" is not understood; use coco:ANNOTATIONS:IMAGES, voc:ROOT:LIST, \
                         csv:TABLE:IMAGES, folder:DIR or set:DIR"
                    ),
                });
            }
        };
        Ok(spec)
    }

    /// The data set at a path, of this format or of the one that is found there.
    ///
    /// # Errors
    /// [`DatasetError`] if there is nothing, or nothing that is known.
    pub fn of_path(path: &Path, format: Option<LabelFormat>) -> Result<Self, DatasetError> {
        let format = match format {
            Some(format) => format,
            None => guess(path)?,
        };
        Ok(match format {
            LabelFormat::Voc => Self::Voc {
                root: path.to_owned(),
                list: None,
            },
            LabelFormat::Coco | LabelFormat::Csv => Self::of_files(path, format)?,
            LabelFormat::Folder => Self::Folder(path.to_owned()),
            LabelFormat::Set => Self::Set {
                // The manifest itself may be named, too.
                folder: match path.parent() {
                    Some(parent) if path.is_file() => parent.to_owned(),
                    Some(_) | None => path.to_owned(),
                },
                split: None,
            },
        })
    }

    /// A label file with its pictures beside it, or a folder of such files.
    fn of_files(path: &Path, format: LabelFormat) -> Result<Self, DatasetError> {
        if !path.is_dir() {
            return Ok(Self::file(path, format));
        }
        let files = label_files(path, format)?;
        match files.as_slice() {
            [] => Err(DatasetError::Nothing {
                path: path.to_owned(),
                what: format!("no {} files", format.name()),
            }),
            [file] => Ok(Self::file(file, format)),
            [_, _, ..] => Ok(Self::Files {
                format,
                folder: path.to_owned(),
            }),
        }
    }

    fn file(file: &Path, format: LabelFormat) -> Self {
        let images = images_beside(file);
        if format == LabelFormat::Csv {
            Self::Csv {
                table: file.to_owned(),
                images,
            }
        } else {
            Self::Coco {
                annotations: file.to_owned(),
                images,
            }
        }
    }

    /// Reads the labels.
    ///
    /// # Errors
    /// [`DatasetError`] if nothing there can be used.
    pub fn read(&self) -> Result<LabelSet, DatasetError> {
        match self {
            Self::Voc { root, list } => LabelSet::voc(root, list.as_deref()),
            Self::Coco { annotations, images } => LabelSet::coco(annotations, images, ""),
            Self::Csv { table, images } => LabelSet::csv(table, images),
            Self::Files { format, folder } => read_files(folder, *format),
            Self::Folder(folder) => LabelSet::folder(folder),
            Self::Set { folder, split } => manifest::read_set(folder, split.as_deref()),
        }
    }

    /// Opens it for training or measuring with these classes.
    ///
    /// # Errors
    /// [`DatasetError`] if nothing there can be used.
    pub fn open(&self, classes: &ClassNames) -> Result<LabelDataset, DatasetError> {
        Ok(LabelDataset::new(self.read()?, classes))
    }
}

/// Splits at colons, but not at that of a Windows drive.
fn split_at_colons(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(':') {
        let letter = text.get(start..at).unwrap_or_default();
        let after = text.get(at + 1..).unwrap_or_default();
        let is_drive = letter.len() == 1
            && letter.bytes().all(|byte| byte.is_ascii_alphabetic())
            && after.starts_with(['\\', '/']);
        if !is_drive {
            parts.push(letter);
            start = at + 1;
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// The folder of the pictures of a label file: `images`, `JPEGImages` or `val2017`-like beside it or one
/// level up, else its own.
fn images_beside(labels: &Path) -> PathBuf {
    let own = labels.parent().map_or_else(|| PathBuf::from("."), Path::to_owned);
    let stem = labels.file_stem().unwrap_or_default().to_string_lossy();
    let year = stem.rsplit('_').next().unwrap_or_default().to_owned();
    let up = own.join("..");
    let found = [&own, &up].into_iter().find_map(|base| {
        let places = ["images", "JPEGImages", year.as_str()].map(|name| base.join(name));
        places.into_iter().find(|folder| folder.is_dir())
    });
    found.unwrap_or(own)
}

/// The label files of a folder: in it and in its `annotations`; of COCO's own only those of instances.
fn label_files(folder: &Path, format: LabelFormat) -> Result<Vec<PathBuf>, DatasetError> {
    let ending = if format == LabelFormat::Csv { "csv" } else { "json" };
    let mut files = with_ending(folder, ending)?;
    let below = folder.join("annotations");
    if below.is_dir() {
        files.extend(with_ending(&below, ending)?);
    }
    let is_of_instances = |file: &PathBuf| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        stem.starts_with("instances")
    };
    if files.iter().any(is_of_instances) {
        files.retain(is_of_instances);
    }
    Ok(files)
}

/// Reads every label file of a folder as one split, named by what its name says.
fn read_files(folder: &Path, format: LabelFormat) -> Result<LabelSet, DatasetError> {
    let mut set = LabelSet::default();
    for file in label_files(folder, format)? {
        let stem = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let known = ["train", "val", "test"]
            .into_iter()
            .find(|name| stem.contains(name));
        let split: Arc<str> = known.unwrap_or(&stem).into();
        let mut one = SetSpec::file(&file, format).read()?;
        for picture in &mut one.pictures {
            picture.split = Arc::clone(&split);
        }
        set.append(one);
    }
    Ok(set)
}

pub(super) fn with_ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, DatasetError> {
    let io = |source| DatasetError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_file()
            && !is_hidden(&path)
            && path
                .extension()
                .is_some_and(|known| known.eq_ignore_ascii_case(ending))
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn guess(path: &Path) -> Result<LabelFormat, DatasetError> {
    if path.is_file() {
        let ending = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        return match ending.as_str() {
            "json" if path.file_name().is_some_and(|name| name == manifest::FILE) => Ok(LabelFormat::Set),
            "json" => Ok(LabelFormat::Coco),
            "csv" | "tsv" => Ok(LabelFormat::Csv),
            _ => Err(DatasetError::Request {
                reason: format!("{} is neither .json nor .csv; say --format", path.display()),
            }),
        };
    }
    if path.join(manifest::FILE).is_file() {
        return Ok(LabelFormat::Set);
    }
    if label_folder(path).is_some() {
        return Ok(LabelFormat::Voc);
    }
    let pictures = pictures_below(path)?;
    if pictures
        .iter()
        .any(|picture| picture.with_extension("xml").is_file())
    {
        return Ok(LabelFormat::Voc);
    }
    for format in [LabelFormat::Coco, LabelFormat::Csv] {
        if !label_files(path, format)?.is_empty() {
            return Ok(format);
        }
    }
    if pictures.is_empty() {
        return Err(DatasetError::Nothing {
            path: path.to_owned(),
            what: "neither labels nor pictures".to_owned(),
        });
    }
    Ok(LabelFormat::Folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_understood_and_printed_as_it_was() {
        for text in [
            "coco:a.json:img",
            "voc:root:val",
            "voc:root",
            "csv:t.csv:img",
            "folder:x",
            "set:x",
            "set:x:val",
            "coco:C:\\a.json:D:/img",
        ] {
            assert_eq!(SetSpec::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "coco", "voc:a:b:c", "what:a:b", "set:"] {
            let parsed = SetSpec::parse(text);
            assert!(parsed.is_err() || text == "set:", "{text}: {parsed:?}");
        }
    }

    #[test]
    fn a_plain_path_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert!(SetSpec::of_path(path, None).is_err(), "empty");
        std::fs::write(path.join("a.jpg"), "x").unwrap();
        assert!(matches!(
            SetSpec::of_path(path, None).unwrap(),
            SetSpec::Folder(_)
        ));
        std::fs::write(path.join("t.csv"), "x").unwrap();
        assert!(matches!(
            SetSpec::of_path(path, None).unwrap(),
            SetSpec::Csv { .. }
        ));
        std::fs::write(path.join("t.json"), "x").unwrap();
        assert!(matches!(
            SetSpec::of_path(path, None).unwrap(),
            SetSpec::Coco { .. }
        ));
        std::fs::write(path.join("a.xml"), "x").unwrap();
        assert!(matches!(
            SetSpec::of_path(path, None).unwrap(),
            SetSpec::Voc { .. }
        ));
        assert!(matches!(
            SetSpec::of_path(path, Some(LabelFormat::Folder)).unwrap(),
            SetSpec::Folder(_)
        ));
        std::fs::write(path.join("u.csv"), "x").unwrap();
        assert!(matches!(
            SetSpec::of_path(path, Some(LabelFormat::Csv)).unwrap(),
            SetSpec::Files { .. }
        ));
        std::fs::create_dir(path.join("images")).unwrap();
        let beside = SetSpec::parse(&format!("csv:{}", path.join("t.csv").display())).unwrap();
        assert!(beside.to_string().ends_with("images"), "{beside}");
        assert!(SetSpec::of_path(&path.join("missing"), None).is_err());
        let kaggle = path.join("kaggle");
        std::fs::create_dir_all(kaggle.join("annotations")).unwrap();
        std::fs::write(kaggle.join("annotations/a.xml"), "x").unwrap();
        assert!(matches!(
            SetSpec::of_path(&kaggle, None).unwrap(),
            SetSpec::Voc { .. }
        ));
    }
}
