//! The pictures behind the screens, and the sample views with these pictures in them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    domain::quantity::Quantity,
    frame::{Frame, FrameId, RgbImage, picture},
    geom::CornerBox,
    samples, ui,
    ui::{
        view::{BoxState, BoxView, HelpReason, PaymentStage, Photo},
        words::Lang,
    },
};

/// The bundled pictures, by the names of their files; empty where there are none.
pub(crate) struct Demo {
    pub(crate) trays: BTreeMap<String, Arc<RgbImage>>,
    pub(crate) products: BTreeMap<String, Arc<RgbImage>>,
}

impl Demo {
    pub(crate) fn read(assets: &Path) -> Self {
        Self {
            trays: pictures(&assets.join("demo")),
            products: pictures(&assets.join("products")),
        }
    }

    pub(crate) fn photo(&self, product: &str) -> Option<Photo> {
        let pixels = Arc::clone(self.products.get(product)?);
        Some(Photo {
            key: format!("product {product}"),
            pixels,
        })
    }
}

pub(crate) fn pictures(folder: &Path) -> BTreeMap<String, Arc<RgbImage>> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let one = |path: PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        Some((name, Arc::new(picture::read(&path).ok()?)))
    };
    entries.filter_map(|entry| one(entry.ok()?.path())).collect()
}

/// The picture behind most shots, and where its items lie: left, top, right and bottom in thousandths.
pub(crate) const TRAY: &str = "06-full-basket";
pub(crate) const ITEMS: [(&str, [u16; 4]); 5] = [
    ("apple", [400, 118, 541, 310]),
    ("apple", [280, 246, 435, 452]),
    ("banana", [398, 268, 715, 518]),
    ("milk", [287, 462, 770, 843]),
    ("apple", [118, 632, 285, 840]),
];

/// The class of a sample line or tile, by its English or German name.
fn class_of(name: &str) -> &'static str {
    match name {
        "Apple" | "Apfel" => "apple",
        "Banana" | "Banane" => "banana",
        "Whole milk 1 l" | "Vollmilch 3,5 % 1 l" => "milk",
        _ => "",
    }
}

/// The sample basket with the photos that the product has, and as many pieces as lie on the tray.
pub(crate) fn basket_view(lang: Lang, demo: &Demo) -> ui::view::BasketView {
    let mut lines = samples::lines(lang);
    for line in &mut lines {
        let class = class_of(&line.name);
        line.photo = demo.photo(class);
        let pieces = ITEMS.iter().filter(|(item, _)| *item == class).count();
        if let Some(pieces) = u32::try_from(pieces).ok().filter(|pieces| *pieces > 0) {
            line.quantity = Quantity::Count(pieces);
            line.amount = samples::eur(line.unit_price.minor() * i64::from(pieces));
        }
    }
    samples::basket(lang, lines)
}

pub(crate) fn boxes(lang: Lang, demo: &Demo) -> Vec<BoxView> {
    if !demo.trays.contains_key(TRAY) {
        return samples::boxes(lang);
    }
    let lines = samples::lines(lang);
    let state_of = |class: &str| {
        let line = lines.iter().find(|line| class_of(&line.name) == class);
        line.map_or(BoxState::Unknown, |line| BoxState::Found {
            name: line.name.clone(),
            price: line.unit_price,
        })
    };
    let at = |value: u16| f32::from(value) / 1000.0;
    let boxes = ITEMS
        .iter()
        .zip(1_u64..)
        .map(|((class, [x0, y0, x1, y1]), track)| BoxView {
            track,
            bbox: CornerBox {
                x0: at(*x0),
                y0: at(*y0),
                x1: at(*x1),
                y1: at(*y1),
            },
            state: state_of(class),
            confidence: 0.97 - f32::from(u8::try_from(track).unwrap_or(0)) * 0.02,
        });
    boxes.collect()
}

pub(crate) fn scan_view(lang: Lang, demo: &Demo) -> ui::view::ScanView {
    let mut scan = samples::scan(lang);
    scan.basket = basket_view(lang, demo);
    if let Some(last) = scan.basket.lines.last_mut() {
        last.fresh = true;
    }
    scan.picture.boxes = boxes(lang, demo);
    if let Some(picture) = demo.trays.get(TRAY) {
        scan.picture.frame = Some(Frame::new(picture.as_ref().clone(), FrameId(1), Duration::ZERO));
    }
    scan
}

/// The last apple is not clear.
pub(crate) fn unsure_view(lang: Lang, demo: &Demo) -> ui::view::ScanView {
    let mut scan = scan_view(lang, demo);
    if let Some(item) = scan.picture.boxes.last_mut() {
        item.state = BoxState::Unsure;
    }
    scan
}

pub(crate) fn question_view(lang: Lang, demo: &Demo) -> ui::view::ScanView {
    let mut scan = unsure_view(lang, demo);
    let mut question = samples::question(lang);
    question.bbox = scan.picture.boxes.last().map(|item| item.bbox);
    question.choices = tiles(lang, demo);
    scan.question = Some(question);
    scan
}

/// What is bought often: the products with photos, then the others.
pub(crate) fn tiles(lang: Lang, demo: &Demo) -> Vec<ui::view::TileView> {
    let pictured = samples::lines(lang).into_iter().rev().filter_map(|line| {
        let photo = demo.photo(class_of(&line.name))?;
        let sku = samples::sku(class_of(&line.name));
        Some(ui::view::TileView {
            sku,
            name: line.name,
            photo: Some(photo),
            price: line.unit_price,
            by_weight: false,
        })
    });
    let others = samples::tiles(lang).into_iter().map(|tile| ui::view::TileView {
        photo: tile.photo.filter(|_| demo.products.is_empty()),
        ..tile
    });
    pictured.chain(others).collect()
}

pub(crate) fn attract_view(demo: &Demo) -> ui::view::AttractView {
    let mut attract = samples::attract();
    let names = [TRAY, "02-apples-banana", "05-bunch-milk"];
    let photos = names.into_iter().filter_map(|name| {
        Some(Photo {
            key: name.to_owned(),
            pixels: Arc::clone(demo.trays.get(name)?),
        })
    });
    let photos: Vec<Photo> = photos.collect();
    if !photos.is_empty() {
        attract.photos = photos;
    }
    attract
}

pub(crate) fn review_view(lang: Lang, demo: &Demo) -> ui::view::ReviewView {
    ui::view::ReviewView {
        basket: basket_view(lang, demo),
        ..samples::review(lang)
    }
}

pub(crate) fn paying_view(lang: Lang, demo: &Demo, stage: PaymentStage) -> ui::view::PayingView {
    ui::view::PayingView {
        basket: basket_view(lang, demo),
        ..samples::paying(lang, stage)
    }
}

pub(crate) fn help_view(lang: Lang, demo: &Demo, reason: HelpReason) -> ui::view::HelpView {
    ui::view::HelpView {
        basket: Some(basket_view(lang, demo)),
        ..samples::help(lang, reason)
    }
}

pub(crate) fn receipt_view(demo: &Demo) -> ui::view::ReceiptView {
    ui::view::ReceiptView {
        total: basket_view(Lang::English, demo).total,
        ..samples::receipt()
    }
}
