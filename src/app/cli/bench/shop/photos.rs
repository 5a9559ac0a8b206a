//! A large folder of labelled photos: listed, edited, looked over, frozen.

use anyhow::bail;

use super::{OPENED, Shop, Size, Times};
use crate::{
    app::{
        datasets::{
            inspect::inspect,
            photo_folder,
            stored::{Selection, collect},
        },
        kiosk::photos::demo_pictures,
        photo_files::PhotoFolder,
    },
    frame::{Rgb, RgbImage, imageops, picture},
    geom::{ClassId, CornerBox, cast},
    store::{
        Store,
        audit::By,
        datasets::FreezeRequest,
        labels::{BoxSource, LabelOp, NewBox},
        photos::{Added, NewPhoto, PhotoFilter, PhotoOrder, PhotoSource, ReviewState},
    },
    training::dataset::Dice,
};

/// Who does it.
const BY: By<'static> = ("bench", OPENED);
/// Photos of one session.
const SESSION: u32 = 50;
/// Size of the photos in pixels.
const SIZE: (u32, u32) = (640, 480);
const QUALITY: u8 = 85;

/// Takes the photos in and works with them.
pub(super) fn measure(shop: &Shop, size: Size, times: &mut Times) -> anyhow::Result<()> {
    let store = shop.open()?;
    store.trust_in_power(true)?;
    times.once("take in and label all photos", None, || {
        fill(shop, &store, size.photos)
    })?;
    store.trust_in_power(false)?;
    let all = PhotoFilter::default();
    let pages = (0..size.photos).step_by(size.photos.div_ceil(20).max(1) as usize);
    times.each(
        "a page of the photos",
        Some(16.0),
        (pages, |first| {
            store.photo_page(&all, PhotoOrder::Newest, first, 60)?;
            Ok(())
        }),
    )?;
    times.once("the list of all photos", None, || {
        Ok(store.photo_page(&all, PhotoOrder::Newest, 0, size.photos)?)
    })?;
    times.once("all photos, most unsure first", None, || {
        Ok(store.photo_page(&all, PhotoOrder::MostUnsure, 0, size.photos)?)
    })?;
    times.once("count photos and boxes by class", None, || {
        Ok(store.class_counts()?)
    })?;
    let state = |state| [LabelOp::SetState(state)];
    times.each(
        "change the labels of a photo",
        None,
        (1..=20, |photo| {
            store.edit_labels(photo, &state(ReviewState::Checked), BY)?;
            Ok(())
        }),
    )?;
    times.once("freeze a data set", None, || {
        Ok(store.freeze(&FreezeRequest::default(), BY)?)
    })?;
    let stored = times.once("collect the labels", None, || {
        Ok(collect(&store, &Selection::everything())?)
    })?;
    let folder = photo_folder(shop.folder());
    times.once("check the data set, every pixel", Some(30_000.0), || {
        inspect(&stored, &folder, &|_, _| true)
    })?;
    Ok(())
}

/// Photos that differ as those of a camera do, each with three boxes.
fn fill(shop: &Shop, store: &Store, count: u32) -> anyhow::Result<()> {
    let files = PhotoFolder::new(shop.folder());
    let views: Vec<RgbImage> = demo_pictures()
        .iter()
        .map(|view| imageops::thumbnail(view, SIZE.0, SIZE.1))
        .collect();
    let class = store.ensure_class("apple")?;
    for number in 0..count {
        let view = &views[number as usize % views.len()];
        let kept = files.keep(&picture::to_jpeg(&turned(view, number), QUALITY)?, "made-up.jpg")?;
        let photo = NewPhoto {
            file_name: kept.file_name,
            sha256: kept.sha256,
            dhash: kept.dhash,
            width: SIZE.0,
            height: SIZE.1,
            taken_at: OPENED,
            source: PhotoSource::Capture,
            session: format!("s{}", number / SESSION),
            class_hint: None,
        };
        let Added::New { id } = store.add_photo(&photo, BY)? else {
            bail!("two made-up photos are the same");
        };
        let ops = [0.1, 0.35, 0.6].map(|left| LabelOp::Add(apple(class, left)));
        store.edit_labels(id, &ops, BY)?;
    }
    Ok(())
}

fn apple(class: ClassId, left: f32) -> NewBox {
    NewBox {
        class,
        bbox: CornerBox::new(left, 0.1, left + 0.2, 0.4),
        source: BoxSource::Person,
        difficult: false,
        score: None,
    }
}

/// A view moved sideways and lit otherwise.
fn turned(view: &RgbImage, number: u32) -> RgbImage {
    let mut dice = Dice::new(u64::from(number), 1);
    let light = dice.range(0.6, 1.2);
    let shift = dice.below(view.width() as usize);
    RgbImage::from_fn(view.width(), view.height(), |x, y| {
        let from = (x + cast::saturating_u32(shift)) % view.width();
        // The number in black and white, so that no two are the same.
        if y < 8 && x < 8 * u32::BITS {
            return Rgb([if number >> (x / 8) & 1 == 1 { 255 } else { 0 }; 3]);
        }
        let mut pixel = *view.get_pixel(from, y);
        pixel.0 = pixel.0.map(|value| cast::round_u8(f32::from(value) * light));
        pixel
    })
}
