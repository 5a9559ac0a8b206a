//! The page of a picture to try: the model looks once, in the background; the slider is the page's own.

use std::{path::PathBuf, sync::Arc, time::Instant};

use crate::{
    app::{
        kiosk::photos::demo_picture,
        office::{
            Desk, PageDesk,
            files::{PathAsk, PathKind},
            labels::at_most,
            seer::{Seen, Seer},
        },
    },
    domain::staff::Permission,
    frame::{RgbImage, picture},
    ui::{
        office::try_picture::{Timings, Tried, TryBox, TryCommand, TryView},
        view::Photo,
        words::TryWord,
    },
};

/// The slider's lowest: what is less sure is never shown.
const LOWEST: f32 = 0.1;
/// The longest side that is shown.
const SHOWN: u32 = 2048;

/// The page's memory.
#[derive(Debug, Default)]
pub struct TryPage {
    seer: Seer,
    tried: Option<Tried>,
    busy: bool,
    /// Counts pictures, also those that came with the program.
    number: usize,
}

/// What came of a picture.
struct Looked {
    pixels: RgbImage,
    size: (u32, u32),
    seen: Seen,
    read_ms: f32,
}

fn milliseconds(since: Instant) -> f32 {
    since.elapsed().as_secs_f32() * 1000.0
}

impl TryPage {
    /// Looks at a picture that `read` brings.
    fn look(
        &mut self,
        name: String,
        read: impl FnOnce() -> Result<RgbImage, String> + Send + 'static,
        desk: &mut Desk,
    ) {
        if self.busy || !desk.check(Permission::TryPicture) {
            return;
        }
        self.busy = true;
        self.number += 1;
        let (seer, data) = (self.seer.clone(), Arc::clone(desk.data()));
        desk.work(
            "try",
            move || {
                let began = Instant::now();
                let pixels = read()?;
                let read_ms = milliseconds(began);
                let seen = seer.look(&data, &pixels, LOWEST)?;
                Ok::<Looked, String>(Looked {
                    size: pixels.dimensions(),
                    pixels: at_most(pixels, SHOWN),
                    seen,
                    read_ms,
                })
            },
            move |office, desk, done| {
                let page = &mut office.try_picture;
                page.busy = false;
                match done {
                    Ok(Ok(looked)) => page.take(name, looked, desk),
                    Ok(Err(sentence)) => desk.problem(sentence),
                    Err(trouble) => desk.problem(trouble.sentence),
                }
            },
        );
    }

    fn take(&mut self, name: String, looked: Looked, desk: &Desk) {
        let lang = desk.lang().code();
        let mut boxes: Vec<TryBox> = looked
            .seen
            .detections
            .iter()
            .map(|detection| {
                let class = looked.seen.class_name(detection.class).unwrap_or("?");
                let product = desk.catalog().by_class(class);
                TryBox {
                    name: product.map_or(class, |product| product.name_in(lang)).to_owned(),
                    bbox: detection.bbox.clipped(),
                    score: detection.score,
                }
            })
            .collect();
        boxes.sort_by(|a, b| b.score.total_cmp(&a.score));
        self.tried = Some(Tried {
            name,
            picture: Photo {
                key: format!("tried {}", self.number),
                pixels: Arc::new(looked.pixels),
            },
            size: looked.size,
            boxes,
            model: looked.seen.model,
            timings: Timings {
                read_ms: looked.read_ms,
                detect_ms: looked.seen.took.as_secs_f32() * 1000.0,
            },
        });
    }

    fn open(&mut self, path: PathBuf, desk: &mut Desk) {
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let read = move || picture::read(&path).map_err(|error| error.to_string());
        self.look(name, read, desk);
    }
}

impl PageDesk for TryPage {
    type Command = TryCommand;
    type View = TryView;

    fn view(&self, desk: &Desk) -> TryView {
        TryView {
            tried: self.tried.clone().map(Box::new),
            busy: self.busy,
            has_camera: desk.frame().is_some(),
        }
    }

    fn apply(&mut self, command: TryCommand, desk: &mut Desk) {
        match command {
            TryCommand::ChooseFile => {
                let words = desk.words();
                let endings = ["jpg", "jpeg", "png", "webp", "bmp", "gif"];
                let ask = PathAsk {
                    title: words.say(TryWord::Choose),
                    yes: words.say(TryWord::ChooseYes),
                    kind: PathKind::Open {
                        endings: endings.map(str::to_owned).to_vec(),
                    },
                };
                desk.ask_path(ask, |office, desk, path| office.try_picture.open(path, desk));
            }
            TryCommand::Open(path) => self.open(path, desk),
            TryCommand::FromCamera => {
                let Some(frame) = desk.frame().cloned() else {
                    return;
                };
                let name = desk.words().say(TryWord::FromCamera);
                self.look(name, move || Ok(frame.pixels().clone()), desk);
            }
            TryCommand::Demo => {
                let (name, bytes) = demo_picture(self.number);
                let read = move || picture::decode(bytes, name).map_err(|error| error.to_string());
                self.look(name.to_owned(), read, desk);
            }
        }
    }
}
