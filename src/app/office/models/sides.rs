//! Two models on one picture, some times a second, on a thread in the background.
//!
//! Both run on the processor, so that the lane keeps its engine. Nothing runs while nobody looks.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    app::{
        kiosk::photos::demo_pictures,
        models,
        office::{Desk, class_names::product_name},
        teaching::models_folder,
    },
    domain::time::Timestamp,
    frame::{Frame, FrameId},
    geom::CornerBox,
    ui::{
        office::models::view::{SideView, SidesView},
        words::ModelsWord,
    },
    vision::{Detector, Engine},
};

/// The least time between two looks.
const EVERY_MS: i64 = 250;

/// What one model saw: where, which class, how sure in per cent; and how long it took.
type Seen = (Vec<(CornerBox, String, u32)>, u32);

/// The two detectors, on the thread that uses them.
type Pair = Arc<Mutex<Vec<(String, Detector)>>>;

/// Both models on one picture.
#[derive(Default)]
pub(super) struct Sides {
    pair: Pair,
    is_on: bool,
    uses_demo: bool,
    demo: usize,
    under_way: bool,
    looked_at: Option<Timestamp>,
    view: SidesView,
}

impl std::fmt::Debug for Sides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sides")
            .field("is_on", &self.is_on)
            .field("uses_demo", &self.uses_demo)
            .finish_non_exhaustive()
    }
}

impl Sides {
    pub(super) fn compare(&mut self, on: bool) {
        self.is_on = on;
        self.looked_at = None;
        self.view.problem = None;
    }

    pub(super) fn stop(&mut self) {
        self.is_on = false;
    }

    /// Shows the live picture, or the next demo picture.
    pub(super) fn use_live(&mut self, live: bool) {
        if !live && self.uses_demo {
            self.demo += 1;
        }
        self.uses_demo = !live;
        self.looked_at = None;
    }

    /// The models have changed.
    pub(super) fn forget(&mut self) {
        self.looked_at = None;
        self.view = SidesView::default();
    }

    pub(super) fn view(&self) -> SidesView {
        SidesView {
            is_live: !self.uses_demo,
            ..self.view.clone()
        }
    }

    /// Begins the next look when it is due.
    pub(super) fn tick(&mut self, (live, other): (Option<String>, Option<String>), desk: &mut Desk) {
        if !self.is_on || self.under_way {
            return;
        }
        let due = self.looked_at.is_none_or(|at| {
            let passed = desk.now().checked_since(at);
            passed.is_none_or(|passed| passed >= EVERY_MS)
        });
        let picture = if self.uses_demo || desk.frame().is_none() {
            demo_frame(self.demo)
        } else {
            desk.frame().cloned()
        };
        let (Some(frame), true) = (picture, due) else {
            return;
        };
        let same = |shown: &Frame| shown.id() == frame.id() && shown.captured_at() == frame.captured_at();
        let names = [live, other];
        let shown = [&self.view.live.model, &self.view.new.model];
        let is_known = names
            .iter()
            .zip(shown)
            .all(|(name, shown)| name.as_deref().unwrap_or_default() == shown);
        if self.view.frame.as_ref().is_some_and(same) && is_known {
            return;
        }
        self.looked_at = Some(desk.now());
        self.under_way = true;
        let pair = Arc::clone(&self.pair);
        let data = Arc::clone(desk.data());
        desk.work(
            "side by side",
            move || {
                let seen = look(&pair, &data, &names, &frame).map_err(|error| format!("{error:#}"));
                (seen, names, frame)
            },
            |office, desk, done| {
                let sides = &mut office.models.sides;
                sides.under_way = false;
                match done {
                    Ok((Ok(seen), names, frame)) => sides.seen(seen, names, frame, desk),
                    Ok((Err(sentence), ..)) => {
                        tracing::warn!(sentence, "two models side by side");
                        sides.is_on = false;
                        sides.view.problem = Some(desk.words().say(ModelsWord::NoFiles));
                    }
                    Err(trouble) => sides.view.problem = Some(trouble.sentence),
                }
            },
        );
    }

    fn seen(&mut self, seen: [Option<Seen>; 2], names: [Option<String>; 2], frame: Frame, desk: &Desk) {
        let mut sides = seen.into_iter().zip(names).map(|(seen, name)| {
            let (boxes, millis) = seen.map_or((Vec::new(), None), |(boxes, millis)| (boxes, Some(millis)));
            let boxes = boxes
                .into_iter()
                .map(|(bbox, class, score)| (bbox, product_name(desk, &class), score));
            SideView {
                model: name.unwrap_or_default(),
                boxes: boxes.collect(),
                millis,
            }
        });
        self.view = SidesView {
            frame: Some(frame),
            live: sides.next().unwrap_or_default(),
            new: sides.next().unwrap_or_default(),
            is_live: !self.uses_demo,
            problem: None,
        };
    }
}

fn demo_frame(number: usize) -> Option<Frame> {
    let pictures = demo_pictures();
    let at = number % pictures.len().max(1);
    let pixels = pictures.get(at)?.clone();
    // Numbers that no camera gives, so that each demo picture is a picture of its own.
    Some(Frame::new(pixels, FrameId(u64::MAX - at as u64), Duration::MAX))
}

fn look(
    pair: &Pair,
    data: &Path,
    names: &[Option<String>; 2],
    frame: &Frame,
) -> anyhow::Result<[Option<Seen>; 2]> {
    let mut loaded = pair.lock().unwrap_or_else(PoisonError::into_inner);
    loaded.retain(|(name, _)| names.iter().flatten().any(|wanted| wanted == name));
    let mut seen = [None, None];
    for (slot, name) in seen.iter_mut().zip(names) {
        let Some(name) = name else { continue };
        if !loaded.iter().any(|(known, _)| known == name) {
            let folder = models_folder(data).join(name);
            loaded.push((name.clone(), models::load(&folder, Engine::Cpu)?));
        }
        if let Some((_, detector)) = loaded.iter().find(|(known, _)| known == name) {
            *slot = Some(see(detector, frame)?);
        }
    }
    Ok(seen)
}

fn see(detector: &Detector, frame: &Frame) -> anyhow::Result<Seen> {
    let begun = Instant::now();
    let found = detector.detect(frame.pixels())?;
    let millis = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
    let boxes = found.into_iter().filter_map(|found| {
        let class = detector.class_name(found.class)?.to_owned();
        Some((
            found.bbox,
            class,
            crate::geom::cast::round_u32(found.score * 100.0),
        ))
    });
    Ok((boxes.collect(), millis))
}
