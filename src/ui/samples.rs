//! View models to look at and to test with: one of every screen, in each language.
//!
//! Compiled for tests and for the maker of screenshots only. Painted placeholders stand in for photos.

#[path = "samples/teach.rs"]
pub(crate) mod teach;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    domain::{
        codes::{Plu, Sku},
        line::LineId,
        money::{Currency, Money},
        product::Product,
        quantity::{Quantity, Unit},
        sale::PaymentMethod,
        staff::Role,
        tax::TaxRate,
    },
    frame::{Frame, FrameId, Rgb, RgbImage},
    geom::CornerBox,
    ui::{
        office::{
            OfficeView, Page, PageView,
            products::{DetailsView, PricePoint, ProductsView},
        },
        pictures::Pictures,
        theme::ThemeName,
        view::{
            AttractView, BasketView, BoxState, BoxView, HelpReason, HelpView, LaneView, LineView, Panel,
            PayingView, PaymentStage, Photo, PictureView, QuestionView, ReceiptView, ReviewView, ScanView,
            Screen, TileView,
        },
        words::Lang,
    },
};

/// An amount in euro cents.
pub(crate) fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::from_code("EUR").expect("EUR is in the list"))
}

/// A product number.
pub(crate) fn sku(text: &str) -> Sku {
    Sku::new(text).expect("the samples use legal numbers")
}

fn name(lang: Lang, english: &str, german: &str) -> String {
    match lang {
        Lang::English => english.to_owned(),
        Lang::German => german.to_owned(),
    }
}

/// A round thing on white: stands in for a product photo.
fn dot_photo(key: &str, color: [u8; 3]) -> Photo {
    let pixels = RgbImage::from_fn(160, 160, |x, y| {
        let (dx, dy) = (x as f32 - 80.0, y as f32 - 84.0);
        let distance = dx.hypot(dy * 1.05);
        let light = 1.0 - ((dx + 22.0).hypot(dy + 26.0) / 130.0).min(0.75);
        let shade = |c: u8| f32::from(c) * (0.45 + 0.75 * light);
        if distance < 58.0 {
            Rgb(color.map(|c| byte(shade(c))))
        } else {
            Rgb([246, 244, 240])
        }
    });
    Photo {
        key: key.to_owned(),
        pixels: Arc::new(pixels),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a byte"
)]
fn byte(value: f32) -> u8 {
    value.clamp(0.0, 255.0) as u8
}

/// A tray with three round things: stands in for the live picture.
pub(crate) fn tray(width: u32, height: u32) -> RgbImage {
    let spots = [
        ((0.26, 0.40), [196, 40, 38]),
        ((0.55, 0.62), [232, 190, 46]),
        ((0.80, 0.35), [230, 233, 238]),
    ];
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let aspect = width as f32 / height as f32;
        for ((cx, cy), color) in spots {
            let (dx, dy) = ((u - cx) * aspect, v - cy);
            if dx.hypot(dy) < 0.14 {
                let light = 1.1 - ((dx + 0.05).hypot(dy + 0.06) * 2.6).min(0.7);
                return Rgb(<[u8; 3]>::map(color, |c| byte(f32::from(c) * light)));
            }
        }
        let grain = ((v * 90.0).sin() * 4.0) + (u * 6.0).sin() * 3.0;
        Rgb([byte(122.0 + grain), byte(128.0 + grain), byte(136.0 + grain)])
    })
}

/// A frame of the placeholder tray.
pub(crate) fn tray_frame() -> Frame {
    Frame::new(tray(1280, 960), FrameId(7), Duration::from_secs(3))
}

/// Five lines, one of them by weight, one with a long name.
pub(crate) fn lines(lang: Lang) -> Vec<LineView> {
    let each = |id, label: (&str, &str), color, count, price| LineView {
        id: LineId(id),
        name: name(lang, label.0, label.1),
        photo: Some(dot_photo(label.0, color)),
        quantity: Quantity::Count(count),
        unit_price: eur(price),
        amount: eur(price * i64::from(count)),
        fresh: false,
    };
    let mut tomatoes = each(4, ("Vine tomatoes", "Rispentomaten"), [214, 52, 40], 1, 299);
    tomatoes.quantity = Quantity::Weight { grams: 452 };
    tomatoes.amount = eur(135);
    let mut lines = vec![
        each(
            1,
            ("Whole milk 1 l", "Vollmilch 3,5 % 1 l"),
            [226, 230, 236],
            2,
            119,
        ),
        each(2, ("Banana", "Banane"), [234, 196, 60], 3, 35),
        each(
            3,
            (
                "Wholemeal spelt bread with sunflower seeds, sliced",
                "Dinkel-Vollkornbrot mit Sonnenblumenkernen, geschnitten",
            ),
            [150, 98, 52],
            1,
            249,
        ),
        tomatoes,
        each(5, ("Apple", "Apfel"), [198, 44, 40], 1, 79),
    ];
    if let Some(last) = lines.last_mut() {
        last.photo = None;
    }
    lines
}

/// A basket of these lines.
pub(crate) fn basket(lang: Lang, lines: Vec<LineView>) -> BasketView {
    let total = lines.iter().map(|line| line.amount.minor()).sum();
    let items = lines
        .iter()
        .map(|line| match line.quantity {
            Quantity::Count(count) => count,
            Quantity::Weight { .. } => 1,
        })
        .sum();
    let tax = name(lang, "VAT 7 %", "MwSt. 7 %");
    BasketView {
        lines,
        items,
        total: eur(total),
        taxes: vec![(tax, eur(total * 7 / 107))],
    }
}

/// The usual basket.
pub(crate) fn full_basket(lang: Lang) -> BasketView {
    basket(lang, lines(lang))
}

/// Boxes for the placeholder tray.
pub(crate) fn boxes(lang: Lang) -> Vec<BoxView> {
    let at = |x: f32, y: f32| CornerBox {
        x0: x - 0.12,
        y0: y - 0.16,
        x1: x + 0.12,
        y1: y + 0.16,
    };
    let found = BoxState::Found {
        name: name(lang, "Apple", "Apfel"),
        price: eur(79),
    };
    vec![
        BoxView {
            track: 11,
            bbox: at(0.26, 0.40),
            state: found,
            confidence: 0.97,
        },
        BoxView {
            track: 12,
            bbox: at(0.55, 0.62),
            state: BoxState::Unsure,
            confidence: 0.48,
        },
        BoxView {
            track: 13,
            bbox: at(0.80, 0.35),
            state: BoxState::Unknown,
            confidence: 0.21,
        },
    ]
}

/// Tiles of products.
pub(crate) fn tiles(lang: Lang) -> Vec<TileView> {
    let tile = |number: &str, label: (&str, &str), color, price, by_weight| TileView {
        sku: sku(number),
        name: name(lang, label.0, label.1),
        photo: Some(dot_photo(label.0, color)),
        price: eur(price),
        by_weight,
    };
    vec![
        tile("lemon", ("Lemon", "Zitrone"), [240, 214, 52], 45, false),
        tile("mango", ("Mango", "Mango"), [232, 150, 48], 149, false),
        tile("pear", ("Pear", "Birne"), [180, 196, 70], 65, false),
        tile(
            "tomato",
            ("Vine tomatoes", "Rispentomaten"),
            [214, 52, 40],
            299,
            true,
        ),
        tile("orange", ("Orange", "Orange"), [240, 138, 34], 59, false),
        tile(
            "grape",
            ("Grapes, white", "Trauben, hell"),
            [176, 206, 110],
            349,
            true,
        ),
        tile("plum", ("Plum", "Pflaume"), [98, 46, 104], 29, false),
        tile("kiwi", ("Kiwi", "Kiwi"), [120, 96, 50], 39, false),
        tile(
            "potato",
            ("Potatoes, waxy", "Kartoffeln, festkochend"),
            [196, 164, 104],
            129,
            true,
        ),
    ]
}

/// A lane that shows `screen`.
pub(crate) fn lane(lang: Lang, screen: Screen) -> LaneView {
    LaneView {
        lang,
        theme: ThemeName::Light,
        motion: false,
        screen,
        panel: Panel::None,
        notice: None,
        idle_seconds: None,
        staff: None,
    }
}

/// The scan screen with the usual basket.
pub(crate) fn scan(lang: Lang) -> ScanView {
    let mut basket = full_basket(lang);
    if let Some(last) = basket.lines.last_mut() {
        last.fresh = true;
    }
    let picture = PictureView {
        frame: Some(tray_frame()),
        boxes: boxes(lang),
        source: None,
    };
    ScanView {
        picture,
        basket,
        question: None,
    }
}

/// The question about the unclear item.
pub(crate) fn question(lang: Lang) -> QuestionView {
    let bbox = boxes(lang).get(1).map(|item| item.bbox);
    QuestionView {
        track: 12,
        bbox,
        choices: tiles(lang).into_iter().take(3).collect(),
    }
}

/// The review screen.
pub(crate) fn review(lang: Lang) -> ReviewView {
    ReviewView {
        basket: full_basket(lang),
        problem: None,
        methods: vec![PaymentMethod::Card, PaymentMethod::Attendant],
    }
}

/// A payment at a stage.
pub(crate) fn paying(lang: Lang, stage: PaymentStage) -> PayingView {
    let method = if stage == PaymentStage::AtAttendant {
        PaymentMethod::Attendant
    } else {
        PaymentMethod::Card
    };
    let can_cancel = matches!(
        stage,
        PaymentStage::Connecting
            | PaymentStage::PresentCard
            | PaymentStage::EnterPin
            | PaymentStage::AtAttendant
    );
    PayingView {
        basket: full_basket(lang),
        method,
        stage,
        can_cancel,
    }
}

/// A receipt.
pub(crate) fn receipt() -> ReceiptView {
    ReceiptView {
        total: eur(806),
        number: "2026-000143".to_owned(),
        qr_text: "TILLSIGHT 2026-000143 2026-11-21T10:42:05Z 8.06 EUR 4f1d9c".to_owned(),
        saved_to: None,
        can_print: true,
        closes_in: Some(8),
    }
}

/// Help, asked for by the shopper.
pub(crate) fn help(lang: Lang, reason: HelpReason) -> HelpView {
    HelpView {
        reason,
        detail: None,
        basket: Some(full_basket(lang)),
        can_dismiss: reason == HelpReason::Asked,
    }
}

/// The attract screen.
pub(crate) fn attract() -> AttractView {
    let photo = Photo {
        key: "attract".to_owned(),
        pixels: Arc::new(tray(1280, 960)),
    };
    AttractView {
        photos: vec![photo],
        recovered: None,
    }
}

/// The products of the page.
pub(crate) fn products(lang: Lang) -> Vec<Arc<Product>> {
    let tax = TaxRate::new("reduced", 700).expect("7 % is a rate");
    let product = |number: &str, label: String, department: String, price: Money| Product {
        sku: sku(number),
        name: label,
        names: BTreeMap::new(),
        department,
        unit: Unit::Each,
        price,
        tax: tax.clone(),
        plu: None,
        barcodes: Vec::new(),
        tare_grams: 0,
        age_limit: None,
        active: true,
        class: None,
    };
    let fruit = name(lang, "Fruit and vegetables", "Obst und Gemüse");
    let mut products = Vec::new();
    for (index, tile) in (0_u32..).zip(tiles(lang)) {
        let mut found = product(tile.sku.as_str(), tile.name, fruit.clone(), tile.price);
        found.plu = Plu::new(4011 + index * 7).ok();
        found.active = index != 6;
        if tile.by_weight {
            found.unit = Unit::Kilogram;
        }
        products.push(found);
    }
    for line in lines(lang) {
        let groceries = name(lang, "Groceries", "Lebensmittel");
        let number = format!("line-{}", line.id.0);
        products.push(product(&number, line.name, groceries, line.unit_price));
    }
    products.into_iter().map(Arc::new).collect()
}

/// The product page.
pub(crate) fn office(lang: Lang) -> Box<OfficeView> {
    office_page(PageView::Products(products_view(lang)))
}

/// What the product page shows.
pub(crate) fn products_view(lang: Lang) -> ProductsView {
    let rows = products(lang);
    ProductsView {
        total: rows.len(),
        rows: Arc::new(rows),
        departments: Arc::new(vec![
            name(lang, "Fruit and vegetables", "Obst und Gemüse"),
            name(lang, "Groceries", "Lebensmittel"),
        ]),
        taxes: Arc::new(vec!["full".to_owned(), "reduced".to_owned()]),
        pictures: Pictures {
            own: Arc::new(
                tiles(lang)
                    .into_iter()
                    .filter_map(|tile| Some((tile.sku, tile.photo?)))
                    .collect(),
            ),
            ..Pictures::default()
        },
        may_edit: true,
        may_price: true,
        ..ProductsView::default()
    }
}

/// The product page with one product chosen.
pub(crate) fn product_details(lang: Lang) -> ProductsView {
    let mut view = products_view(lang);
    let history = [(179, false), (159, false), (149, false), (129, true)];
    let points = (1_i64..)
        .zip(history)
        .map(|(month, (minor, planned))| PricePoint {
            from_ms: month * 2_600_000_000,
            from: format!("2026-{:02}-01 08:00", month + 7),
            price: eur(minor),
            planned,
        });
    view.details = view.rows.get(1).map(|product| DetailsView {
        product: Arc::clone(product),
        picture: Some(dot_photo("mango", [232, 150, 48])),
        has_own_picture: true,
        content: String::new(),
        classes: Arc::new(["apple", "banana", "milk"].map(str::to_owned).to_vec()),
        history: Arc::new(points.collect()),
    });
    view
}

/// A page of the back office, as a manager sees it.
pub(crate) fn office_page(page: PageView) -> Box<OfficeView> {
    Box::new(OfficeView {
        page,
        pages: Page::ALL.to_vec(),
        name: "Kim".to_owned(),
        role: Role::Manager,
        saved_at: Some("12:03".to_owned()),
        can_undo: true,
        can_redo: false,
        problem: None,
        confirm: None,
        path: None,
    })
}
