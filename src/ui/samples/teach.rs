//! Pages of teaching: photos, boxes, a picture to try.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{name, sku};
use crate::{
    frame::{Frame, FrameId, GrayImage, Luma, RgbImage, imageops},
    geom::{ClassId, CornerBox},
    ui::{
        office::{
            labels::{
                BoxRow, ClassChoice, LabelFilter, LabelsView, OpenPhoto, PhotoRow, PhotoState, Proposal,
            },
            photos::{Guidance, ImportReport, Mode, Overlay, PhotosView, ProductCount, Subject, TrayStatus},
            try_picture::{Timings, Tried, TryBox, TryView},
        },
        view::Photo,
        words::Lang,
    },
};

const NAMES: [(&str, &str); 6] = [
    ("Apples, loose", "Äpfel, lose"),
    ("Bananas", "Bananen"),
    ("Milk, 1 l", "Milch, 1 l"),
    ("Mango", "Mango"),
    ("Oat drink", "Haferdrink"),
    ("Potatoes, waxy", "Kartoffeln, festkochend"),
];

/// The page of boxes with a photo open; `boxes` lie on its picture, the last of them is only proposed.
pub(crate) fn labels(lang: Lang, picture: &Arc<RgbImage>, boxes: &[(u16, CornerBox)]) -> LabelsView {
    let classes = NAMES
        .into_iter()
        .zip(1u16..)
        .map(|((english, german), class)| ClassChoice {
            class: ClassId(class),
            name: name(lang, english, german),
            boxes: u64::from(class) * 37 % 90,
        });
    let rows = (1..=40).map(|id| PhotoRow {
        id,
        state: PhotoState::ALL[usize::try_from(id * 7 / 5 % 3).unwrap_or(0)],
        boxes: (id % 4).unsigned_abs(),
        is_correction: id % 9 == 4,
        uncertainty: (id % 3 == 0).then_some(0.62),
    });
    let small = imageops::thumbnail(picture.as_ref(), 176, 132);
    let thumb = |id: i64| Photo {
        key: format!("sample thumb {id}"),
        pixels: Arc::new(small.clone()),
    };
    let (drawn, proposed) = boxes.split_at(boxes.len().saturating_sub(1));
    let drawn = drawn.iter().zip(11..).map(|((class, bbox), id)| BoxRow {
        id,
        class: ClassId(*class),
        bbox: *bbox,
        difficult: false,
    });
    let proposals = proposed.iter().map(|(class, bbox)| Proposal {
        class: ClassId(*class),
        bbox: *bbox,
        score: 0.81,
    });
    LabelsView {
        classes: Arc::new(classes.collect()),
        photos: Arc::new(rows.collect()),
        thumbs: Arc::new((1..=12).map(|id| (id, thumb(id))).collect::<BTreeMap<_, _>>()),
        filter: LabelFilter::default(),
        counts: [12, 17, 10, 1],
        open: Some(Box::new(OpenPhoto {
            id: 2,
            picture: Some(Photo {
                key: "sample photo".to_owned(),
                pixels: Arc::clone(picture),
            }),
            missing: None,
            size: picture.dimensions(),
            taken_at: "2026-11-20 09:41".to_owned(),
            boxes: drawn.collect(),
            proposals: proposals.collect(),
            state: PhotoState::Labelled,
            nothing_here: false,
            deleted: false,
        })),
        asking: false,
    }
}

fn products(lang: Lang) -> Vec<ProductCount> {
    NAMES
        .into_iter()
        .zip([41, 38, 30, 12, 3, 0])
        .map(|((english, german), photos)| ProductCount {
            sku: sku(&english.to_lowercase().replace([',', ' '], "-")),
            name: name(lang, english, german),
            photos,
        })
        .collect()
}

/// The page of photos with a product on the tray.
pub(crate) fn photos(lang: Lang, picture: &Arc<RgbImage>, bbox: CornerBox) -> PhotosView {
    let products = products(lang);
    let subject = Subject::Product(products[3].sku.clone());
    let (w, h) = picture.dimensions();
    let mask = GrayImage::from_fn(w / 3, h / 3, |x, y| {
        let at = |pixel: u32, all: u32, low: f32, high: f32| {
            let place = (pixel as f32 * 3.0 / all as f32 - low) / (high - low);
            2.0 * place - 1.0
        };
        let (dx, dy) = (at(x, w, bbox.x0, bbox.x1), at(y, h, bbox.y0, bbox.y1));
        Luma([if dx * dx + dy * dy < 1.0 { 255 } else { 0 }])
    });
    let small = Arc::new(imageops::thumbnail(picture.as_ref(), 240, 180));
    PhotosView {
        products: Arc::new(products),
        negatives: 9,
        subject,
        live: Some(Frame::new(
            (**picture).clone(),
            FrameId(7),
            Duration::from_secs(7),
        )),
        tray: TrayStatus::Ready,
        guidance: Some(Guidance::Good),
        overlay: Some(Overlay {
            stamp: 1,
            mask: Arc::new(mask),
            boxes: vec![bbox],
            confidence: 0.92,
        }),
        mode: Mode::Live,
        recent: (0..5)
            .map(|at| Photo {
                key: format!("sample recent {at}"),
                pixels: Arc::clone(&small),
            })
            .collect(),
        import: None,
    }
}

/// The same with a photo that is to be confirmed.
pub(crate) fn shot(lang: Lang, picture: &Arc<RgbImage>, bbox: CornerBox) -> PhotosView {
    PhotosView {
        guidance: Some(Guidance::CheckOutline),
        mode: Mode::Shot {
            picture: Photo {
                key: "sample shot".to_owned(),
                pixels: Arc::clone(picture),
            },
        },
        ..photos(lang, picture, bbox)
    }
}

/// What came of an import.
pub(crate) fn import_report() -> ImportReport {
    ImportReport {
        done: (24, 24),
        added: 19,
        same: 3,
        alike: 2,
        refused: vec![
            "IMG_2041.HEIC is a HEIC photo, which cannot be read here; set the telephone to \"most compatible\" or save the photo as JPEG".to_owned(),
            "the picture mango7.jpg is empty (0 bytes); take it again or choose another".to_owned(),
        ],
    }
}

/// The page of a picture to try.
pub(crate) fn tried(lang: Lang, picture: &Arc<RgbImage>, boxes: &[(u16, CornerBox)]) -> TryView {
    let found = boxes
        .iter()
        .zip([0.98, 0.96, 0.91, 0.74, 0.38, 0.22])
        .map(|((class, bbox), score)| {
            let (english, german) = NAMES[usize::from(*class - 1)];
            TryBox {
                name: name(lang, english, german),
                bbox: *bbox,
                score,
            }
        });
    TryView {
        tried: Some(Box::new(Tried {
            name: "06-full-basket.jpg".to_owned(),
            picture: Photo {
                key: "sample tried".to_owned(),
                pixels: Arc::clone(picture),
            },
            size: picture.dimensions(),
            boxes: found.collect(),
            model: "checkout-256".to_owned(),
            timings: Timings {
                read_ms: 12.4,
                detect_ms: 31.8,
            },
        })),
        busy: false,
        has_camera: true,
    }
}
