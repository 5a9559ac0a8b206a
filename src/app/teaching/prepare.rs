//! From the shop's labelled photos to a job.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context as _;

use super::run_folder;
use crate::{
    app::{models, pricing::now},
    domain::time::Timestamp,
    geom::ClassId,
    store::{
        Store,
        audit::By,
        datasets::{DataSetPhoto, FreezeRequest, Split},
        labels::BoxSource,
        photos::ReviewState,
        training_runs::TrainingRun,
    },
    training::teach::{
        Complaint, Severity, TeachBox, TeachCutout, TeachJob, TeachPhoto, TeachSettings, TeachSplit,
    },
    vision::ModelBundle,
};

/// Per cent of the photos that are kept out: to watch by, and to judge by.
const KEPT_OUT: (u8, u8) = (10, 15);
/// Where a product's photos are all of one sitting, each so many-th is kept out all the same.
const EVERY: usize = 5;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunRequest {
    /// What the run is called; what it teaches if nothing is said.
    pub name: Option<String>,
    /// How to teach.
    pub settings: TeachSettings,
    /// A frozen data set; the photos of now, frozen for this, if none.
    pub data_set: Option<u64>,
}

/// What the photos of now lack, the worst first; nothing is written.
///
/// # Errors
/// One sentence if the live model or the database cannot be read.
pub fn check(store: &Store, data: &Path) -> anyhow::Result<Vec<Complaint>> {
    let folder = models::current(Some(data))?;
    let live = ModelBundle::load(&folder)?;
    let photos = of_now(store)?;
    let job = job(
        store,
        data,
        (&folder, &live),
        &photos,
        (&RunRequest::default(), now()),
    )?;
    Ok(job.complaints(&live.architecture))
}

/// Freezes the photos if need be, writes the job and queues the run; also what could be better.
///
/// # Errors
/// One sentence saying what is missing; then nothing is queued.
pub fn prepare(
    store: &Store,
    data: &Path,
    request: &RunRequest,
    by: By<'_>,
) -> anyhow::Result<(TrainingRun, Vec<Complaint>)> {
    let folder = models::current(Some(data))?;
    let live = ModelBundle::load(&folder)?;
    // Looked at before anything is frozen: a data set that cannot be taught is of no use.
    let photos = match request.data_set {
        Some(number) => store.data_set(number)?,
        None => of_now(store)?,
    };
    let mut job = job(store, data, (&folder, &live), &photos, (request, by.1))?;
    let complaints = job.complaints(&live.architecture);
    if let Some(worst) = complaints.iter().find(|found| found.severity() == Severity::Stop) {
        anyhow::bail!("{}", worst.sentence());
    }
    request.settings.check().map_err(anyhow::Error::msg)?;
    let teaches = job.new_classes(&live.architecture);
    let name = request.name.clone().unwrap_or_else(|| {
        if teaches.is_empty() {
            "refresh".to_owned()
        } else {
            teaches.join(", ")
        }
    });
    let number = match request.data_set {
        Some(number) => number,
        None => store.freeze(&freezing(&name), by)?.number,
    };
    let settings = serde_json::to_string(&request.settings)?;
    let run = store.queue_run(&name, &settings, Some(number), by)?;
    job.name = free_name(data, run.id);
    job.data_set = Some(number);
    if request.data_set.is_none() {
        // The split is the frozen one from here on.
        job = self::job(
            store,
            data,
            (&folder, &live),
            &store.data_set(number)?,
            (request, by.1),
        )
        .map(|frozen| TeachJob {
            name: job.name.clone(),
            data_set: job.data_set,
            ..frozen
        })?;
    }
    job.save(&run_folder(data, run.id))?;
    Ok((run, complaints))
}

fn freezing(note: &str) -> FreezeRequest {
    FreezeRequest {
        states: vec![ReviewState::Labelled, ReviewState::Checked],
        val_percent: KEPT_OUT.0,
        test_percent: KEPT_OUT.1,
        note: note.to_owned(),
    }
}

/// The name of the model that a run makes: `shop-<run>`, and on if that was used for something else.
fn free_name(data: &Path, run: i64) -> String {
    let taken = |name: &String| super::models_folder(data).join(name).exists();
    let mut name = format!("shop-{run}");
    let mut next = 'b';
    while taken(&name) && next < 'z' {
        name = format!("shop-{run}{next}");
        next = char::from_u32(u32::from(next) + 1).unwrap_or('z');
    }
    name
}

/// The photos that would be frozen now, without freezing them.
fn of_now(store: &Store) -> anyhow::Result<Vec<DataSetPhoto>> {
    Ok(store.freezable(&[ReviewState::Labelled, ReviewState::Checked])?)
}

fn job(
    store: &Store,
    data: &Path,
    (folder, live): (&Path, &ModelBundle),
    photos: &[DataSetPhoto],
    (request, at): (&RunRequest, Timestamp),
) -> anyhow::Result<TeachJob> {
    let classes: BTreeMap<ClassId, String> = store
        .classes()?
        .into_iter()
        .map(|link| (link.class, link.name))
        .collect();
    let name_of = |class: ClassId| classes.get(&class).cloned();
    let catalog = store.catalog(at)?;
    let prices_minor = classes.values().filter_map(|name| {
        let product = catalog.by_class(name)?;
        Some((name.clone(), u32::try_from(product.price.minor()).ok()?))
    });
    let mut job = TeachJob {
        name: String::new(),
        live: folder.to_owned(),
        photos: Vec::new(),
        cutouts: Vec::new(),
        tray: Vec::new(),
        data_set: None,
        prices_minor: prices_minor.collect(),
        settings: request.settings.clone(),
    };
    for photo in photos.iter().filter(|photo| !photo.purged) {
        let file = data.join("photos").join(&photo.file_name);
        if !file.exists() {
            tracing::warn!(file = %file.display(), "a photo is not there any more and is left out");
            continue;
        }
        if photo.nothing_here && photo.boxes.is_empty() {
            job.tray.push(file.clone());
        }
        let boxes = photo.boxes.iter().filter_map(|labelled| {
            Some(TeachBox {
                class: name_of(labelled.class)?,
                bbox: [
                    labelled.bbox.x0,
                    labelled.bbox.y0,
                    labelled.bbox.x1,
                    labelled.bbox.y1,
                ],
                difficult: labelled.difficult,
            })
        });
        job.photos.push(TeachPhoto {
            id: photo.id,
            file,
            split: part(photo.split),
            boxes: boxes.collect(),
        });
        let cutouts = cutouts_of(store, data, photo)
            .with_context(|| format!("the cut-outs of photo {} cannot be looked for", photo.id))?;
        job.cutouts
            .extend(cutouts.into_iter().filter_map(|(file, class)| {
                Some(TeachCutout {
                    file,
                    class: name_of(class)?,
                })
            }));
    }
    share_out(&mut job.photos, &live.architecture.classes);
    // What is judged by is not learned from in another form either.
    let kept_out: Vec<String> = photos
        .iter()
        .filter(|photo| {
            let of_job = job.photos.iter().find(|known| known.id == photo.id);
            of_job.is_some_and(|known| known.split != TeachSplit::Train)
        })
        .map(|photo| photo.sha256.clone())
        .collect();
    job.cutouts.retain(|cutout| {
        let name = cutout
            .file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        name.is_none_or(|name| !kept_out.iter().any(|sha| name.starts_with(sha.as_str())))
    });
    Ok(job)
}

const fn part(split: Split) -> TeachSplit {
    match split {
        Split::Train => TeachSplit::Train,
        Split::Val => TeachSplit::Val,
        Split::Test => TeachSplit::Test,
    }
}

/// The cut-outs that were confirmed at capture: `<sha256 of the photo>-<n>.png`, one for each box that the
/// difference from the empty tray gave, in their order.
fn cutouts_of(
    store: &Store,
    data: &Path,
    photo: &DataSetPhoto,
) -> anyhow::Result<Vec<(std::path::PathBuf, ClassId)>> {
    let folder = data.join("cutouts");
    let file = |number: usize| folder.join(format!("{}-{number}.png", photo.sha256));
    if !file(1).exists() {
        return Ok(Vec::new());
    }
    let labels = store.labels(photo.id)?;
    let cut: Vec<ClassId> = labels
        .boxes
        .iter()
        .filter(|labelled| labelled.of.source == BoxSource::Cutout)
        .map(|labelled| labelled.of.class)
        .collect();
    let there = (1..).take_while(|number| file(*number).exists()).count();
    // After mending by hand boxes and cut-outs may not go together any more; of one class they always do.
    let one_class = cut
        .first()
        .filter(|first| cut.iter().all(|class| class == *first))
        .copied();
    Ok((1..=there)
        .filter_map(|number| {
            let class = if cut.len() == there {
                cut.get(number - 1).copied()
            } else {
                one_class
            };
            Some((file(number), class?))
        })
        .collect())
}

/// Sees to it that every new product is learned from and judged by, also where all its photos are of one
/// sitting and lie in one part: then each fifth photo is kept out.
fn share_out(photos: &mut [TeachPhoto], known: &[String]) {
    let mut names: Vec<String> = photos
        .iter()
        .flat_map(|photo| &photo.boxes)
        .map(|b| b.class.clone())
        .collect();
    names.sort();
    names.dedup();
    for name in names.iter().filter(|name| !known.contains(name)) {
        let mut own: Vec<&mut TeachPhoto> = photos
            .iter_mut()
            .filter(|photo| photo.boxes.iter().any(|b| b.class == *name))
            .collect();
        let learned = own
            .iter()
            .filter(|photo| photo.split == TeachSplit::Train)
            .count();
        let fine = learned * 2 >= own.len() && learned < own.len();
        if fine || own.len() < 2 {
            continue;
        }
        for (at, photo) in own.iter_mut().enumerate() {
            photo.split = if at % EVERY == EVERY - 1 {
                TeachSplit::Val
            } else {
                TeachSplit::Train
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(id: i64, class: &str, split: TeachSplit) -> TeachPhoto {
        TeachPhoto {
            id,
            file: std::path::PathBuf::new(),
            split,
            boxes: vec![TeachBox {
                class: class.to_owned(),
                bbox: [0.0, 0.0, 0.5, 0.5],
                difficult: false,
            }],
        }
    }

    #[test]
    fn photos_of_one_sitting_are_shared_out() {
        for split in [TeachSplit::Train, TeachSplit::Test] {
            let mut photos: Vec<TeachPhoto> = (0..12).map(|id| photo(id, "tea", split)).collect();
            share_out(&mut photos, &["apple".to_owned()]);
            let kept: Vec<i64> = photos
                .iter()
                .filter(|photo| photo.split == TeachSplit::Val)
                .map(|photo| photo.id)
                .collect();
            assert_eq!(kept, [4, 9]);
        }
        let mut old: Vec<TeachPhoto> = (0..12).map(|id| photo(id, "apple", TeachSplit::Train)).collect();
        share_out(&mut old, &["apple".to_owned()]);
        assert!(
            old.iter().all(|photo| photo.split == TeachSplit::Train),
            "what is known needs none"
        );
    }
}
