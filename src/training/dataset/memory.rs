//! Data sets without label files: a folder of pictures without our products, and pictures held in memory.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Dataset, DatasetError, LabelledPicture, files::pictures_below};
use crate::frame::picture;

/// A folder of pictures in which nothing of ours is: negatives, or pictures to look at.
#[derive(Debug, Clone)]
pub struct FolderDataset {
    files: Vec<PathBuf>,
}

impl FolderDataset {
    /// Opens a folder with its subfolders.
    ///
    /// # Errors
    /// [`DatasetError`] if it cannot be read or holds no pictures.
    pub fn open(folder: &Path) -> Result<Self, DatasetError> {
        let files = pictures_below(folder)?;
        if files.is_empty() {
            return Err(DatasetError::Nothing {
                path: folder.to_owned(),
                what: "no pictures".to_owned(),
            });
        }
        Ok(Self { files })
    }

    /// The same folder without the pictures whose path contains one of these texts.
    #[must_use]
    pub fn without(mut self, parts: &[String]) -> Self {
        self.files.retain(|file| {
            let path = file.to_string_lossy();
            !parts.iter().any(|part| path.contains(part.as_str()))
        });
        self
    }

    /// The file of picture `index`.
    #[must_use]
    pub fn path(&self, index: usize) -> Option<&Path> {
        self.files.get(index).map(PathBuf::as_path)
    }
}

impl Dataset for FolderDataset {
    fn len(&self) -> usize {
        self.files.len()
    }

    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError> {
        let file = self.files.get(index).ok_or(DatasetError::NoSuchPicture {
            index,
            count: self.files.len(),
        })?;
        Ok(LabelledPicture {
            picture: picture::read(file)?,
            boxes: Vec::new(),
        })
    }
}

/// Pictures held in memory, so that every epoch reads them without decoding.
#[derive(Debug, Clone, Default)]
pub struct MemoryDataset {
    pictures: Vec<LabelledPicture>,
}

impl MemoryDataset {
    /// These pictures.
    #[must_use]
    pub const fn new(pictures: Vec<LabelledPicture>) -> Self {
        Self { pictures }
    }

    /// Reads all of another data set, on all cores.
    ///
    /// # Errors
    /// The first [`DatasetError`] in the order of the pictures.
    pub fn load(source: &dyn Dataset) -> Result<Self, DatasetError> {
        let pictures = (0..source.len()).into_par_iter().map(|index| source.get(index));
        Ok(Self {
            pictures: pictures.collect::<Result<_, _>>()?,
        })
    }

    /// All pictures.
    #[must_use]
    pub fn pictures(&self) -> &[LabelledPicture] {
        &self.pictures
    }
}

impl Dataset for MemoryDataset {
    fn len(&self) -> usize {
        self.pictures.len()
    }

    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError> {
        self.pictures
            .get(index)
            .cloned()
            .ok_or(DatasetError::NoSuchPicture {
                index,
                count: self.pictures.len(),
            })
    }
}
