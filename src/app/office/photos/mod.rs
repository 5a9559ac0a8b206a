//! The page of photos: looks at the camera's pictures against the empty tray, says what to do, and keeps
//! photos with their boxes and cut-outs.
//!
//! Looking, writing files and reading imports happen on threads in the background, one picture at a time:
//! the newest wins. A photo that was kept is never lost: its file is written before the store hears of it.

mod importing;
mod looking;
mod saving;
mod shot;
#[cfg(test)]
mod tests;

use std::{collections::VecDeque, path::PathBuf, sync::Arc};

use crate::{
    app::office::{Desk, PageDesk},
    domain::{codes::Sku, staff::Permission, time::Timestamp},
    frame::Frame,
    geom::ClassId,
    store::photos::PhotoFilter,
    training::tray::{Appearance, Obstacle},
    ui::{
        office::photos::{
            Guidance, ImportReport, Mode, PhotosCommand, PhotosView, ProductCount, Subject, TARGET,
            TrayStatus,
        },
        view::Photo,
    },
};

/// How long a product is turned.
const TURN_MS: i64 = 30_000;
/// Small copies of the last photos that are shown.
const RECENT: usize = 12;

/// A product that is being turned.
#[derive(Debug, Clone, Copy)]
struct Turning {
    until: Timestamp,
    taken: u32,
}

/// The page's memory.
#[derive(Debug, Default)]
pub struct PhotosPage {
    is_open: bool,
    subject: Subject,
    products: Arc<Vec<ProductCount>>,
    negatives: u64,
    /// Photos taken in one go are never divided between training and test.
    session: String,
    live: Option<Frame>,
    tray: looking::Tray,
    /// What the last picture showed.
    seen: Option<looking::Seen>,
    last: Option<Appearance>,
    shot: Option<shot::Shot>,
    turning: Option<Turning>,
    recent: VecDeque<Photo>,
    saving: u32,
    import: Option<ImportReport>,
    waiting: VecDeque<PathBuf>,
    importing: bool,
    counter: u64,
}

impl PhotosPage {
    /// Counts the photos of every product anew.
    fn recount(&self, desk: &mut Desk) {
        desk.read(
            |store| {
                let mut counts = Vec::new();
                for link in store.classes()? {
                    let filter = PhotoFilter {
                        class: Some(link.class),
                        ..PhotoFilter::default()
                    };
                    counts.push((link.class, link.name, link.sku, store.photo_count(&filter)?));
                }
                let nothing = PhotoFilter {
                    nothing_here: Some(true),
                    ..PhotoFilter::default()
                };
                Ok((counts, store.photo_count(&nothing)?))
            },
            |office, desk, (counts, negatives)| office.photos.take_counts(&counts, negatives, desk),
        );
    }

    fn take_counts(&mut self, counts: &[(ClassId, String, Option<Sku>, u64)], negatives: u64, desk: &Desk) {
        let lang = desk.lang().code();
        let mut products: Vec<ProductCount> = desk
            .catalog()
            .products()
            .iter()
            .filter(|product| product.active)
            .map(|product| {
                let of = |(_, name, sku, _): &&(ClassId, String, Option<Sku>, u64)| {
                    product.class.as_deref() == Some(name) || sku.as_ref() == Some(&product.sku)
                };
                ProductCount {
                    sku: product.sku.clone(),
                    name: product.name_in(lang).to_owned(),
                    photos: counts.iter().find(of).map_or(0, |count| count.3),
                }
            })
            .collect();
        products.sort_by_cached_key(|product| product.name.to_lowercase());
        self.products = Arc::new(products);
        self.negatives = negatives;
    }

    fn choose(&mut self, subject: Subject, now: Timestamp) {
        if self.turning.is_some() {
            return;
        }
        let name = match &subject {
            Subject::Product(sku) => sku.as_str(),
            Subject::Nothing | Subject::None => "nothing",
        };
        self.session = format!("capture-{}-{name}", now.0);
        self.subject = subject;
        self.shot = None;
        self.last = None;
    }

    fn count(&self) -> u64 {
        match &self.subject {
            Subject::None => 0,
            Subject::Nothing => self.negatives,
            Subject::Product(sku) => {
                let found = self.products.iter().find(|product| product.sku == *sku);
                found.map_or(0, |product| product.photos)
            }
        }
    }

    fn guidance(&self) -> Guidance {
        if let Some(shot) = &self.shot {
            return if self.lacks_outline(shot) {
                Guidance::NoOutline
            } else {
                Guidance::CheckOutline
            };
        }
        if self.live.is_none() {
            return Guidance::NoCamera;
        }
        if self.tray.is_learning() {
            return Guidance::KeepEmpty;
        }
        if self.subject == Subject::None {
            return Guidance::Choose;
        }
        if self.subject == Subject::Nothing {
            return Guidance::Good;
        }
        if self.tray.status() == TrayStatus::Missing {
            return Guidance::EmptyTray;
        }
        let Some(seen) = &self.seen else {
            return Guidance::PutDown;
        };
        match seen.obstacle {
            Some(Obstacle::CameraMoved) => Guidance::CameraMoved,
            Some(Obstacle::TooDark) => Guidance::TooDark,
            Some(Obstacle::TooBright) => Guidance::TooBright,
            Some(Obstacle::Nothing) => Guidance::PutDown,
            Some(Obstacle::OverTheRim) => Guidance::HandAway,
            Some(Obstacle::Blurred) => Guidance::Blurred,
            Some(Obstacle::NotTurned) if self.count() >= TARGET => Guidance::Enough,
            Some(Obstacle::NotTurned) => Guidance::Turn,
            None if !seen.is_clear() => Guidance::Unclear,
            None => Guidance::Good,
        }
    }

    fn turn(&mut self, on: bool, desk: &mut Desk) {
        let is_product = matches!(self.subject, Subject::Product(_));
        if !on {
            self.turning = None;
            self.recount(desk);
        } else if is_product && self.tray.status() == TrayStatus::Ready && desk.check(Permission::TakePhotos)
        {
            self.shot = None;
            self.turning = Some(Turning {
                until: desk.now().plus_ms(TURN_MS),
                taken: 0,
            });
        }
    }

    fn mode(&self, now: Timestamp) -> Mode {
        if let Some(shot) = &self.shot {
            return Mode::Shot {
                picture: shot.photo.clone(),
            };
        }
        self.turning.map_or(Mode::Live, |turning| {
            let left = turning.until.checked_since(now).unwrap_or(0).max(0);
            Mode::Turning {
                seconds_left: u32::try_from(left.saturating_add(999) / 1000).unwrap_or(0),
                taken: turning.taken,
            }
        })
    }

    fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}

impl PageDesk for PhotosPage {
    type Command = PhotosCommand;
    type View = PhotosView;

    fn opened(&mut self, desk: &mut Desk) {
        self.is_open = true;
        self.recount(desk);
        self.read_tray(desk);
    }

    fn catalog_changed(&mut self, desk: &mut Desk) {
        if self.is_open {
            self.recount(desk);
        }
    }

    fn tick(&mut self, desk: &mut Desk) {
        self.import_next(desk);
        if !self.is_open {
            return;
        }
        self.live = desk.frame().cloned();
        if self.turning.is_some_and(|turning| desk.now() >= turning.until) {
            self.turn(false, desk);
        }
        self.look(desk);
    }

    fn view(&self, desk: &Desk) -> PhotosView {
        PhotosView {
            products: Arc::clone(&self.products),
            negatives: self.negatives,
            subject: self.subject.clone(),
            live: self.live.clone(),
            tray: self.tray.status(),
            guidance: Some(self.guidance()),
            overlay: match &self.shot {
                Some(shot) => shot.overlay(),
                None if matches!(self.subject, Subject::Product(_)) => {
                    self.seen.as_ref().and_then(|seen| seen.overlay.clone())
                }
                None => None,
            },
            mode: self.mode(desk.now()),
            recent: self.recent.iter().cloned().collect(),
            import: self.import.clone().map(Box::new),
        }
    }

    fn apply(&mut self, command: PhotosCommand, desk: &mut Desk) {
        match command {
            PhotosCommand::Choose(subject) => self.choose(subject, desk.now()),
            PhotosCommand::EmptyTray => self.learn_tray(desk),
            PhotosCommand::Take => self.take(desk),
            PhotosCommand::Confirm => self.confirm(desk),
            PhotosCommand::Discard => self.shot = None,
            PhotosCommand::Brush { stroke, first } => self.brush(stroke, first),
            PhotosCommand::Turn(on) => self.turn(on, desk),
            PhotosCommand::ChooseFiles => Self::choose_files(desk),
            PhotosCommand::Import(files) => self.begin_import(files, desk),
            PhotosCommand::CloseImport => self.close_import(),
        }
    }

    fn can_undo(&self) -> bool {
        self.shot.as_ref().is_some_and(shot::Shot::can_undo)
    }

    fn undo(&mut self, _desk: &mut Desk) {
        let stamp = self.next_number();
        if let Some(shot) = &mut self.shot {
            shot.undo(stamp);
        }
    }
}
