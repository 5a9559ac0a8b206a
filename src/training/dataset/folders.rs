//! A folder of pictures without label files: negatives, or one folder a class.

use std::{path::Path, sync::Arc};

use super::{DatasetError, LabelSet, PictureLabels, files::pictures_below};

impl LabelSet {
    /// Reads a folder of pictures. Pictures in a subfolder get the folder's name as the class of the whole
    /// picture (of nested folders the innermost counts); none gets a box. Folders named `train`, `val` and
    /// `test` at the top are splits, not classes.
    ///
    /// # Errors
    /// [`DatasetError`] if the folder cannot be read or holds no pictures.
    pub fn folder(folder: &Path) -> Result<Self, DatasetError> {
        let mut set = Self {
            is_pictures_only: true,
            ..Self::default()
        };
        let source: Arc<str> = folder.display().to_string().into();
        for file in pictures_below(folder)? {
            let inside = file.strip_prefix(folder).unwrap_or(&file);
            let mut names: Vec<String> = inside
                .parent()
                .into_iter()
                .flat_map(Path::components)
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            let is_split = names
                .first()
                .is_some_and(|name| ["train", "val", "test"].contains(&name.as_str()));
            let split: Arc<str> = if is_split {
                names.remove(0).into()
            } else {
                "".into()
            };
            let class = names.last().map(|name| set.class(name));
            set.pictures.push(PictureLabels {
                file,
                source: Arc::clone(&source),
                size: None,
                split,
                group: None,
                class,
                objects: Vec::new(),
                is_incomplete: false,
            });
        }
        if set.pictures.is_empty() {
            return Err(DatasetError::Nothing {
                path: folder.to_owned(),
                what: "no pictures".to_owned(),
            });
        }
        set.count();
        set.sort_classes();
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subfolders_are_classes_and_splits() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "train/Fruit/Apple/1.jpg",
            "train/Fruit/Pear/2.png",
            "val/Apple/3.jpg",
            "loose.jpg",
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let set = LabelSet::folder(folder.path()).unwrap();
        assert_eq!(set.classes, ["Apple", "Pear"]);
        let seen: Vec<(&str, Option<usize>)> = set
            .pictures
            .iter()
            .map(|picture| (picture.split.as_ref(), picture.class))
            .collect();
        assert_eq!(
            seen,
            [
                ("", None),
                ("train", Some(0)),
                ("train", Some(1)),
                ("val", Some(0))
            ]
        );
        assert!(LabelSet::folder(&folder.path().join("train/Fruit/Pear/none")).is_err());
    }
}
