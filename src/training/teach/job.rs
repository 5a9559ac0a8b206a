//! What is to be taught, as a file: a run can be started, watched and resumed by another process.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{error::TeachError, settings::TeachSettings};
use crate::{geom::CornerBox, vision::Architecture};

/// Name of the file in the run's folder.
const FILE: &str = "job.json";

/// What is to be taught to which model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TeachJob {
    /// Name of the model that comes out.
    pub name: String,
    /// Folder of the live model.
    pub live: PathBuf,
    /// The shop's labelled photos: of the new products, of those taught before, and of nothing.
    pub photos: Vec<TeachPhoto>,
    /// Cut-outs of the shop's products, with alpha.
    pub cutouts: Vec<TeachCutout>,
    /// Photos of the empty tray.
    pub tray: Vec<PathBuf>,
    /// The data set that the photos are of, if it was frozen.
    pub data_set: Option<u64>,
    /// Price of each class by its name, in minor units, for judging.
    #[serde(default)]
    pub prices_minor: BTreeMap<String, u32>,
    /// How to teach.
    #[serde(default)]
    pub settings: TeachSettings,
}

/// A labelled photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TeachPhoto {
    /// Its number in the shop's database; any number where there is none.
    pub id: i64,
    /// The file.
    pub file: PathBuf,
    /// What it is for.
    pub split: TeachSplit,
    /// What is on it; nothing for a photo of the tray or of foreign things.
    pub boxes: Vec<TeachBox>,
}

/// A product on a photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TeachBox {
    /// Name of its class.
    pub class: String,
    /// Where it is: left, top, right, bottom, as parts of the photo's width and height.
    pub bbox: [f32; 4],
    /// Hard to see: counts neither as found nor as missed.
    #[serde(default)]
    pub difficult: bool,
}

impl TeachBox {
    /// The box, inside the photo.
    #[must_use]
    pub fn corners(&self) -> CornerBox {
        let [x0, y0, x1, y1] = self.bbox;
        CornerBox::new(x0, y0, x1, y1).clipped()
    }
}

/// What a photo is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TeachSplit {
    /// To learn from.
    Train,
    /// To judge by while learning.
    Val,
    /// To judge by afterwards.
    Test,
}

/// A picture of one product alone, transparent around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TeachCutout {
    /// The file: PNG or WebP with alpha.
    pub file: PathBuf,
    /// Name of its class.
    pub class: String,
}

/// How bad a complaint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It will work, less well.
    Advice,
    /// It cannot begin.
    Stop,
}

/// Something that the photos lack, for the people of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Complaint {
    /// Nothing is to be taught.
    NothingNew,
    /// A product has too few photos and cut-outs.
    TooFew {
        /// The product.
        class: String,
        /// What it has.
        found: u32,
        /// What it needs.
        least: u32,
    },
    /// A product has enough, but would do better with more.
    Few {
        /// The product.
        class: String,
        /// What it has.
        found: u32,
    },
    /// No photo shows an empty tray or foreign things.
    NoNegatives,
    /// No photo is kept for judging.
    NothingToJudgeBy,
    /// A product shows on the photos, and no cut-out of it is there.
    NoCutouts {
        /// The product.
        class: String,
    },
}

/// With so many photos a product is usually learned well.
const ENOUGH: u32 = 30;

impl Complaint {
    /// Whether teaching can begin all the same.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::NothingNew | Self::TooFew { .. } => Severity::Stop,
            Self::Few { .. } | Self::NoNegatives | Self::NothingToJudgeBy | Self::NoCutouts { .. } => {
                Severity::Advice
            }
        }
    }

    /// One sentence saying what is missing and what to do.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::NothingNew => {
                "there is nothing to teach: photograph and label a product first".to_owned()
            }
            Self::TooFew { class, found, least } => format!(
                "there are only {found} photos of {class}: take at least {} more, from other sides",
                least - found
            ),
            Self::Few { class, found } => format!(
                "there are {found} photos of {class}; with {ENOUGH} it would be recognised more surely"
            ),
            Self::NoNegatives => "no photo shows the empty tray: take a few, so that nothing is sold where nothing lies".to_owned(),
            Self::NothingToJudgeBy => {
                "all photos are learned from, and none is left to check with: take some more in another sitting".to_owned()
            }
            Self::NoCutouts { class } => format!(
                "{class} was never photographed alone on the tray: it is learned from the photos as they are, and less surely"
            ),
        }
    }
}

impl TeachJob {
    /// Names of the classes that the job has pictures of, in order: those that `live` knows not come last and
    /// are new.
    #[must_use]
    pub fn taught(&self, live: &Architecture) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let of_photos = self.photos.iter().flat_map(|photo| &photo.boxes);
        let of_photos = of_photos.map(|labelled| labelled.class.as_str());
        let of_cutouts = self.cutouts.iter().map(|cutout| cutout.class.as_str());
        for name in of_photos.chain(of_cutouts) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        let (mut old, mut new): (Vec<String>, Vec<String>) =
            names.into_iter().partition(|name| live.classes.contains(name));
        old.sort_by_key(|name| live.classes.iter().position(|class| class == name));
        new.sort();
        old.extend(new);
        old
    }

    /// What `live` does not know yet, in the order in which it will.
    #[must_use]
    pub fn new_classes(&self, live: &Architecture) -> Vec<String> {
        let mut taught = self.taught(live);
        taught.retain(|name| !live.classes.contains(name));
        taught
    }

    /// What the photos lack, the worst first.
    #[must_use]
    pub fn complaints(&self, live: &Architecture) -> Vec<Complaint> {
        let taught = self.taught(live);
        let mut found = Vec::new();
        if taught.is_empty() {
            found.push(Complaint::NothingNew);
        }
        let photos = self.photos_of_each();
        for class in &taught {
            let cutouts = self
                .cutouts
                .iter()
                .filter(|cutout| cutout.class == *class)
                .count();
            let cutouts = u32::try_from(cutouts).unwrap_or(u32::MAX);
            let count = photos.get(class.as_str()).copied().unwrap_or(0).max(cutouts);
            let least = self.settings.least_photos;
            // What the model knows already is only refreshed.
            let is_new = !live.classes.contains(class);
            if is_new && count < least {
                let class = class.clone();
                found.push(Complaint::TooFew {
                    class,
                    found: count,
                    least,
                });
            } else if is_new && count < ENOUGH {
                found.push(Complaint::Few {
                    class: class.clone(),
                    found: count,
                });
            }
            if is_new && cutouts == 0 {
                found.push(Complaint::NoCutouts { class: class.clone() });
            }
        }
        if !taught.is_empty() {
            if self.tray.is_empty() && self.photos.iter().all(|photo| !photo.boxes.is_empty()) {
                found.push(Complaint::NoNegatives);
            }
            if self.photos.iter().all(|photo| photo.split == TeachSplit::Train) {
                found.push(Complaint::NothingToJudgeBy);
            }
        }
        found.sort_by_key(|complaint| std::cmp::Reverse(complaint.severity()));
        found
    }

    /// On how many photos each class shows.
    fn photos_of_each(&self) -> BTreeMap<&str, u32> {
        let mut counts = BTreeMap::new();
        for photo in &self.photos {
            let mut names: Vec<&str> = photo.boxes.iter().map(|b| b.class.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                *counts.entry(name).or_insert(0) += 1;
            }
        }
        counts
    }

    /// Writes the job into the run's folder, which is made.
    ///
    /// # Errors
    /// [`TeachError::File`] or [`TeachError::DiskFull`].
    pub fn save(&self, folder: &Path) -> Result<(), TeachError> {
        let path = folder.join(FILE);
        let failed = |source| TeachError::file(&path, source, 1_000_000);
        let text = serde_json::to_vec_pretty(self).map_err(|source| failed(source.into()))?;
        fs::create_dir_all(folder).map_err(failed)?;
        let part = folder.join("job.json.part");
        let write = || {
            let mut file = fs::File::create(&part)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&part, &path)
        };
        write().map_err(failed)
    }

    /// Reads the job of a run.
    ///
    /// # Errors
    /// [`TeachError::File`] if there is none, [`TeachError::NotReady`] if it is damaged.
    pub fn load(folder: &Path) -> Result<Self, TeachError> {
        let path = folder.join(FILE);
        let bytes = fs::read(&path).map_err(|source| TeachError::file(&path, source, 0))?;
        serde_json::from_slice(&bytes).map_err(|source| {
            TeachError::NotReady(format!(
                "{} is damaged ({source}); start the training anew",
                path.display()
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(classes: &[&str], split: TeachSplit) -> TeachPhoto {
        TeachPhoto {
            id: 1,
            file: PathBuf::from("1.jpg"),
            split,
            boxes: classes
                .iter()
                .map(|class| TeachBox {
                    class: (*class).to_owned(),
                    bbox: [0.1, 0.1, 0.6, 0.5],
                    difficult: false,
                })
                .collect(),
        }
    }

    fn job(photos: Vec<TeachPhoto>) -> TeachJob {
        TeachJob {
            name: "checkout-3".to_owned(),
            live: PathBuf::from("models/checkout-1"),
            photos,
            cutouts: Vec::new(),
            tray: Vec::new(),
            data_set: Some(3),
            prices_minor: BTreeMap::new(),
            settings: TeachSettings::default(),
        }
    }

    #[test]
    fn new_classes_come_last_and_old_ones_keep_their_order() {
        let live = Architecture::checkout(&["apple", "banana", "milk"]);
        let photos = vec![
            photo(&["tea", "milk"], TeachSplit::Train),
            photo(&["apple", "bread"], TeachSplit::Val),
        ];
        assert_eq!(
            job(photos.clone()).taught(&live),
            ["apple", "milk", "bread", "tea"]
        );
        assert_eq!(job(photos).new_classes(&live), ["bread", "tea"]);
    }

    #[test]
    fn what_is_missing_is_said_the_worst_first() {
        let live = Architecture::checkout(&["apple"]);
        assert_eq!(job(Vec::new()).complaints(&live), [Complaint::NothingNew]);
        let few = job(vec![photo(&["tea"], TeachSplit::Train); 5]);
        let found = few.complaints(&live);
        assert_eq!(found[0].severity(), Severity::Stop);
        assert_eq!(
            found[0].sentence(),
            "there are only 5 photos of tea: take at least 3 more, from other sides"
        );
        assert!(found.contains(&Complaint::NoNegatives));
        assert!(found.contains(&Complaint::NothingToJudgeBy));
        let mut enough = vec![photo(&["tea", "tea"], TeachSplit::Train); 30];
        enough.push(photo(&[], TeachSplit::Test));
        let mut job = job(enough);
        job.cutouts = vec![TeachCutout {
            file: PathBuf::from("1.webp"),
            class: "tea".to_owned(),
        }];
        assert_eq!(job.complaints(&live), []);
    }

    #[test]
    fn a_job_comes_back_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("runs/1");
        let job = job(vec![photo(&["tea"], TeachSplit::Test)]);
        job.save(&run).unwrap();
        assert_eq!(TeachJob::load(&run).unwrap(), job);
        fs::write(run.join("job.json"), "{").unwrap();
        let error = TeachJob::load(&run).unwrap_err().to_string();
        assert!(error.contains("damaged"), "{error}");
    }
}
