//! The whole loop without a person: photos with labels of a new product come in, the model learns it in a
//! process of its own, is judged, goes live, and the lane sells the product at its price.
//!
//! The product is a box that no model has seen, drawn here.

use std::{path::Path, time::Duration};

use sha2::{Digest as _, Sha256};
use tillsight::{
    app::{
        kiosk::{KioskOptions, runner::Runner},
        models, pricing,
        teaching::{RunRequest, TrainingRoom, next_run, note, prepare, promote, roll_back},
    },
    domain::{
        catalog::Catalog,
        codes::Sku,
        money::{Currency, Money},
        product::Product,
        time::Timestamp,
    },
    frame::{Rgb, RgbImage, Rgba, RgbaImage, imageops, picture},
    geom::{ClassId, CornerBox},
    pipeline::{TrainEnd, TrainEvent},
    store::{
        Store,
        labels::{BoxSource, LabelOp, NewBox},
        models::PromoteRequest,
        photos::{Added, NewPhoto, PhotoSource},
        training_runs::RunState,
    },
    training::{
        dataset::Dice,
        teach::{TeachSettings, judge::Judgement},
    },
};

use crate::shopper::{buy, waker};

/// Later than the catalog that a shop starts with, which counts from the day on which it is opened.
const BY: (&str, Timestamp) = ("Ada", Timestamp(4_000_000_000_000));
const PRICE: i64 = 349;
/// How long the next word of the training is waited for.
const LIMIT: Duration = Duration::from_secs(120);

/// The product: a turquoise box with a dark band and white letters, turned by some angle.
fn tea(dice: &mut Dice) -> RgbaImage {
    let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
    let (wide, high) = (dice.range(40.0, 54.0), dice.range(26.0, 34.0));
    let light = dice.range(0.85, 1.1);
    RgbaImage::from_fn(132, 132, |x, y| {
        let (x, y) = (x as f32 - 65.5, y as f32 - 65.5);
        let (along, across) = (x * cos + y * sin, y * cos - x * sin);
        let [red, green, blue] = if across.abs() < high * 0.25 {
            let letter = (along / 7.0).floor().rem_euclid(2.0) < 1.0 && across.abs() < high * 0.12;
            if letter {
                [240.0, 240.0, 235.0]
            } else {
                [40.0, 30.0, 90.0]
            }
        } else if along.abs() > wide * 0.8 {
            [235.0, 120.0, 30.0]
        } else {
            [20.0, 170.0, 160.0]
        };
        let inside = along.abs() < wide && across.abs() < high;
        let shade = |value: f32| tillsight::geom::cast::round_u8((value * light).min(255.0));
        Rgba([
            shade(red),
            shade(green),
            shade(blue),
            if inside { 255 } else { 0 },
        ])
    })
}

/// The extent of what is opaque: left, top, width, height.
fn extent(cutout: &RgbaImage) -> (u32, u32, u32, u32) {
    let solid = || cutout.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[3] > 0);
    let x0 = solid().map(|(x, ..)| x).min().unwrap();
    let y0 = solid().map(|(_, y, _)| y).min().unwrap();
    let x1 = solid().map(|(x, ..)| x + 1).max().unwrap();
    let y1 = solid().map(|(_, y, _)| y + 1).max().unwrap();
    (x0, y0, x1 - x0, y1 - y0)
}

/// A grey tray with grain.
fn tray(dice: &mut Dice) -> RgbImage {
    let base = dice.range(115.0, 150.0);
    RgbImage::from_fn(320, 240, |_, _| {
        let grain = tillsight::geom::cast::round_u8(base + dice.around(5.0));
        Rgb([grain, grain, grain.saturating_sub(4)])
    })
}

/// Puts boxes of tea on the tray and gives their places and cut-outs.
fn lay(photo: &mut RgbImage, places: &[(u32, u32)], dice: &mut Dice) -> Vec<(CornerBox, RgbaImage)> {
    places
        .iter()
        .map(|(left, top)| {
            let whole = tea(dice);
            let (x, y, width, height) = extent(&whole);
            let cutout = imageops::crop_imm(&whole, x, y, width, height).to_image();
            for (x, y, pixel) in cutout.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[3] > 0) {
                let [red, green, blue, _] = pixel.0;
                photo.put_pixel(left + x, top + y, Rgb([red, green, blue]));
            }
            let share = |at: u32, side: u32| at as f32 / side as f32;
            let bbox = CornerBox::new(
                share(*left, 320),
                share(*top, 240),
                share(left + width, 320),
                share(top + height, 240),
            );
            (bbox, cutout)
        })
        .collect()
}

/// Takes a photo in, as import and capture do: the file, its row, its labels and its cut-outs.
fn take_in(
    store: &Store,
    data: &Path,
    photo: &RgbImage,
    session: &str,
    boxes: &[(ClassId, CornerBox, RgbaImage)],
) {
    let part = data.join("photo.png");
    picture::write(photo, &part).unwrap();
    let bytes = std::fs::read(&part).unwrap();
    let sha256: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let file_name = format!("{sha256}.png");
    std::fs::rename(&part, data.join("photos").join(&file_name)).unwrap();
    let new = NewPhoto {
        file_name,
        sha256: sha256.clone(),
        dhash: u64::from_str_radix(&sha256[..16], 16).unwrap(),
        width: photo.width(),
        height: photo.height(),
        taken_at: BY.1,
        source: PhotoSource::Capture,
        session: session.to_owned(),
        class_hint: None,
    };
    let Added::New { id } = store.add_photo(&new, BY).unwrap() else {
        panic!("a photo came twice");
    };
    let mut ops = Vec::new();
    for (number, (class, bbox, cutout)) in boxes.iter().enumerate() {
        ops.push(LabelOp::Add(NewBox {
            class: *class,
            bbox: *bbox,
            source: BoxSource::Cutout,
            difficult: false,
            score: None,
        }));
        cutout
            .save(data.join("cutouts").join(format!("{sha256}-{}.png", number + 1)))
            .unwrap();
    }
    if boxes.is_empty() {
        ops.push(LabelOp::NothingHere(true));
    }
    store.edit_labels(id, &ops, BY).unwrap();
}

/// A shop that sells tea and has photographed it.
fn shop(data: &Path) -> Store {
    let store = pricing::open_store(data).unwrap();
    let catalog: Catalog = store.catalog(BY.1).unwrap();
    let apple = catalog.by_class("apple").unwrap();
    let product = Product {
        sku: Sku::new("TEA-1").unwrap(),
        name: "Tea".to_owned(),
        names: std::collections::BTreeMap::new(),
        price: Money::new(PRICE, Currency::EUR),
        plu: None,
        barcodes: Vec::new(),
        class: Some("tea".to_owned()),
        ..Product::clone(apple)
    };
    store.put_product(&product, BY.0, BY.1).unwrap();
    let class = store.ensure_class("tea").unwrap();
    for folder in ["photos", "cutouts"] {
        std::fs::create_dir_all(data.join(folder)).unwrap();
    }
    let mut dice = Dice::new(5, 0);
    for number in 0..24 {
        let mut photo = tray(&mut dice);
        let mut places = vec![(
            u32::try_from(dice.below(50)).unwrap(),
            u32::try_from(dice.below(110)).unwrap(),
        )];
        if number % 3 == 0 {
            places.push((
                170 + u32::try_from(dice.below(20)).unwrap(),
                u32::try_from(dice.below(110)).unwrap(),
            ));
        }
        let laid = lay(&mut photo, &places, &mut dice);
        let boxes: Vec<_> = laid
            .into_iter()
            .map(|(bbox, cutout)| (class, bbox, cutout))
            .collect();
        take_in(&store, data, &photo, &format!("sitting-{}", number / 6), &boxes);
    }
    for _ in 0..2 {
        take_in(&store, data, &tray(&mut dice), "empty", &[]);
    }
    store
}

/// Lets the queued run train in its process until it has ended; gives the name of the model.
fn train(store: &Store, data: &Path) -> Option<String> {
    let (wake, woken) = waker();
    let program = env!("CARGO_BIN_EXE_tillsight").into();
    let mut room = TrainingRoom::new(data.to_owned(), program, wake);
    let run = next_run(store, BY).unwrap().unwrap();
    room.start(run.id, Some(2)).unwrap();
    let mut model = None;
    while room.running().is_some() {
        woken
            .recv_timeout(LIMIT)
            .expect("the training says something now and then");
        for (run, event) in room.poll() {
            if let TrainEvent::Ended(TrainEnd::Failed { reason }) = &event {
                panic!("the training failed: {reason}");
            }
            model = note(store, data, (run, &event), BY).unwrap().or(model);
        }
    }
    model
}

/// Shows the lane a tray with two boxes of tea until they are paid; gives the total.
fn sell(data: &Path) -> Money {
    let mut dice = Dice::new(99, 1);
    let mut photo = tray(&mut dice);
    lay(&mut photo, &[(20, 60), (175, 90)], &mut dice);
    let file = data.join("tray.png");
    picture::write(&photo, &file).unwrap();
    let options = KioskOptions {
        source: Some(file.display().to_string()),
        data: Some(data.to_owned()),
        engine: Some(tillsight::vision::Engine::Cpu),
        ..KioskOptions::default()
    };
    let (wake, woken) = waker();
    let now = Timestamp(4_000_000_100_000);
    let mut runner = Runner::start(&options, &wake, now).unwrap();
    buy(&mut runner, &woken, now, 2)
}

#[test]
fn a_product_is_photographed_taught_judged_promoted_and_sold() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let store = shop(data);
    let request = RunRequest {
        settings: TeachSettings {
            scenes: 48,
            views_of_a_photo: 2,
            trays: 8,
            held_out: 8,
            rounds: 10,
            batch: 12,
            ..TeachSettings::default()
        },
        ..RunRequest::default()
    };
    let (run, complaints) = prepare(&store, data, &request, BY).unwrap();
    assert_eq!(run.name, "tea");
    assert!(
        complaints
            .iter()
            .all(|complaint| !complaint.sentence().is_empty())
    );
    let model = train(&store, data).expect("a model was made");
    let done = store.run(run.id).unwrap();
    assert_eq!(done.state, RunState::Done, "{:?}", done.message);
    let row = store
        .models()
        .unwrap()
        .into_iter()
        .find(|row| row.of.name == model)
        .unwrap();
    assert_eq!((row.of.run, row.of.data_set), (Some(run.id), run.data_set));
    let judgement: Judgement = serde_json::from_str(&row.of.figures).unwrap();
    assert!(judgement.verdict.is_offered(), "{:?}", judgement.verdict);
    let tea = &judgement.candidate.classes["tea"];
    // So short a training finds most of it; 0.75 was seen.
    assert!(tea.ap50.is_some_and(|ap50| ap50 > 0.6), "{:?}", tea.ap50);
    // A model that ranks well and is too timid to count anything would sell nothing.
    let counted: usize = judgement
        .candidate
        .confusion
        .iter()
        .filter(|cell| cell.there.as_deref() == Some("tea") && cell.said.as_deref() == Some("tea"))
        .map(|cell| cell.count)
        .sum();
    assert!(
        2 * counted > tea.objects,
        "{counted} of {} boxes of tea are counted",
        tea.objects
    );
    assert!(
        !judgement.live.classes.contains_key("tea")
            || judgement.live.classes["tea"].ap50.unwrap_or(0.0) < 0.01
    );
    let request = PromoteRequest {
        model: &model,
        reason: "",
        overridden: false,
    };
    let switched = promote(&store, data, &request, BY).unwrap();
    assert!(switched.keeps_ids, "classes were only added");
    assert_eq!(
        models::current(Some(data)).unwrap(),
        data.join("models").join(&model)
    );
    drop(store);
    assert_eq!(sell(data), Money::new(2 * PRICE, Currency::EUR));
    let store = pricing::open_store(data).unwrap();
    assert_eq!(store.sales_by_model().unwrap(), [(model, 1)]);
    let back = roll_back(&store, data, "the proof is done", BY).unwrap();
    assert_eq!(
        models::current(Some(data)).unwrap(),
        data.join("models").join(&back.promotion.model)
    );
}
