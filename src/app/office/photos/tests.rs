//! The page of photos over a store in memory and a camera that is made of formulas.

use std::time::Duration;

use crate::{
    app::{
        office::bench::{Bench, NOON},
        photo_files::PhotoFolder,
    },
    domain::{codes::Sku, staff::Role},
    frame::{Frame, FrameId, Rgb, RgbImage, jpeg, picture},
    store::{
        labels::BoxSource,
        photos::{Photo, PhotoFilter, PhotoOrder, ReviewState},
    },
    ui::office::{
        OfficeCommand, Page, PageView,
        photos::{BrushStroke, Guidance, Mode, PhotosCommand, PhotosView, Subject, TrayStatus},
    },
};

fn page(bench: &Bench) -> PhotosView {
    let PageView::Photos(view) = bench.page() else {
        panic!("another page is open");
    };
    view
}

fn wish(bench: &mut Bench, command: PhotosCommand) {
    bench.wish(OfficeCommand::Photos(command));
}

/// The tray, with a striped thing at this place if there is one.
fn scene(thing: Option<(u32, u32)>) -> RgbImage {
    RgbImage::from_fn(320, 240, |x, y| {
        if let Some((left, stripe)) = thing
            && (left..left + 90).contains(&x)
            && (80..160).contains(&y)
        {
            return if (x + y * stripe) % 40 < 20 {
                Rgb([200, 30, 30])
            } else {
                Rgb([30, 30, 170])
            };
        }
        if x % 40 < 3 || y % 40 < 3 {
            Rgb([100, 95, 90])
        } else {
            Rgb([160, 155, 150])
        }
    })
}

struct Camera {
    shown: u64,
}

impl Camera {
    /// Shows a picture for so many frames.
    fn show(&mut self, bench: &mut Bench, picture: &RgbImage, frames: u32) {
        for _ in 0..frames {
            self.shown += 1;
            let at = Duration::from_millis(self.shown * 100);
            bench.show(Some(Frame::new(picture.clone(), FrameId(self.shown), at)));
        }
    }
}

fn sku(bench: &Bench) -> Sku {
    let products = bench.around.catalog.products();
    products
        .iter()
        .find(|product| product.active)
        .unwrap()
        .sku
        .clone()
}

fn stored(bench: &Bench) -> Vec<Photo> {
    let all = PhotoFilter::default();
    bench.store.photo_page(&all, PhotoOrder::Oldest, 0, 100).unwrap()
}

/// A manager at the machine of a shop with some products.
fn shop() -> Bench {
    Bench::on(crate::app::pricing::SEED_CATALOG, Role::Manager, Page::Products)
}

/// The page with the tray learnt and a product chosen.
fn ready() -> (Bench, Camera) {
    let mut bench = shop();
    let mut camera = Camera { shown: 0 };
    bench.wish(OfficeCommand::Open(Page::Photos));
    assert_eq!(page(&bench).guidance, Some(Guidance::NoCamera));
    camera.show(&mut bench, &scene(None), 1);
    assert_eq!(page(&bench).guidance, Some(Guidance::Choose));
    let subject = Subject::Product(sku(&bench));
    wish(&mut bench, PhotosCommand::Choose(subject));
    assert_eq!(page(&bench).guidance, Some(Guidance::EmptyTray));
    wish(&mut bench, PhotosCommand::EmptyTray);
    camera.show(&mut bench, &scene(None), 5);
    assert_eq!(page(&bench).guidance, Some(Guidance::KeepEmpty));
    camera.show(&mut bench, &scene(None), 6);
    assert_eq!(page(&bench).tray, TrayStatus::Ready);
    assert_eq!(page(&bench).guidance, Some(Guidance::PutDown));
    (bench, camera)
}

#[test]
fn a_photo_is_cut_out_confirmed_and_kept_with_its_box_and_cutout() {
    let (mut bench, mut camera) = ready();
    camera.show(&mut bench, &scene(Some((110, 0))), 2);
    let view = page(&bench);
    assert_eq!(view.guidance, Some(Guidance::Good));
    assert_eq!(view.overlay.unwrap().boxes.len(), 1);
    wish(&mut bench, PhotosCommand::Take);
    assert!(matches!(page(&bench).mode, Mode::Shot { .. }));
    assert!(stored(&bench).is_empty(), "nothing before it is confirmed");
    wish(&mut bench, PhotosCommand::Confirm);
    let photos = stored(&bench);
    assert_eq!(photos.len(), 1);
    assert_eq!(photos[0].state, ReviewState::Checked);
    let boxes = bench.store.labels(photos[0].id).unwrap().boxes;
    assert_eq!((boxes.len(), boxes[0].of.source), (1, BoxSource::Cutout));
    let truth = crate::geom::CornerBox::new(110.0 / 320.0, 80.0 / 240.0, 200.0 / 320.0, 160.0 / 240.0);
    let iou = boxes[0].of.bbox.iou(truth);
    assert!(iou > 0.9, "{iou}");
    let folder = PhotoFolder::new(&bench.around.data);
    assert!(folder.path(&photos[0].of.file_name).exists());
    let cutouts = folder.cutouts_of(&photos[0].of.sha256);
    assert_eq!(cutouts.len(), 1);
    let cut = picture::read_rgba(&cutouts[0]).unwrap();
    assert!(cut.width().abs_diff(90) < 8 && cut.get_pixel(40, 40).0[3] == 255);
    let product = sku(&bench);
    let view = page(&bench);
    assert_eq!(
        view.products
            .iter()
            .find(|row| row.sku == product)
            .unwrap()
            .photos,
        1
    );
    assert_eq!(view.recent.len(), 1);
    // The same again is the same side.
    camera.show(&mut bench, &scene(Some((110, 0))), 2);
    assert_eq!(page(&bench).guidance, Some(Guidance::Turn));
}

#[test]
fn a_photo_of_the_empty_tray_is_not_kept_as_one_of_the_product() {
    let (mut bench, mut camera) = ready();
    camera.show(&mut bench, &scene(None), 2);
    wish(&mut bench, PhotosCommand::Take);
    assert_eq!(page(&bench).guidance, Some(Guidance::NoOutline));
    wish(&mut bench, PhotosCommand::Confirm);
    assert!(stored(&bench).is_empty());
    assert!(
        matches!(page(&bench).mode, Mode::Shot { .. }),
        "it can be painted"
    );
    assert!(bench.view().problem.unwrap().contains("Paint over"));
    let stroke = BrushStroke {
        from: (0.4, 0.5),
        to: (0.6, 0.5),
        radius: 0.1,
        adds: true,
    };
    wish(&mut bench, PhotosCommand::Brush { stroke, first: true });
    wish(&mut bench, PhotosCommand::Confirm);
    assert_eq!(stored(&bench).len(), 1);
}

#[test]
fn the_brush_mends_and_its_strokes_are_taken_back() {
    let (mut bench, mut camera) = ready();
    camera.show(&mut bench, &scene(Some((110, 0))), 2);
    wish(&mut bench, PhotosCommand::Take);
    let before = page(&bench).overlay.unwrap().boxes[0];
    let stroke = BrushStroke {
        from: (0.6, 0.5),
        to: (0.8, 0.5),
        radius: 0.03,
        adds: true,
    };
    wish(&mut bench, PhotosCommand::Brush { stroke, first: true });
    let wider = page(&bench).overlay.unwrap().boxes[0];
    // The stroke ends at 0.8 and is round: 0.83.
    assert!((wider.x1 - 0.83).abs() < 0.01, "{wider:?}");
    assert!(bench.view().can_undo);
    bench.wish(OfficeCommand::Undo);
    let back = page(&bench).overlay.unwrap().boxes[0];
    assert!(back.iou(before) > 0.97, "{back:?} {before:?}");
    wish(&mut bench, PhotosCommand::Discard);
    assert!(stored(&bench).is_empty() && matches!(page(&bench).mode, Mode::Live));
}

#[test]
fn a_product_that_is_turned_is_labelled_by_itself() {
    let (mut bench, mut camera) = ready();
    wish(&mut bench, PhotosCommand::Turn(true));
    assert!(matches!(
        page(&bench).mode,
        Mode::Turning {
            seconds_left: 30,
            taken: 0
        }
    ));
    for side in 0..4 {
        // Put down anew, then still: one photo of each side, however long it lies.
        camera.show(&mut bench, &scene(Some((90 + side * 10, side + 1))), 4);
    }
    assert!(
        matches!(page(&bench).mode, Mode::Turning { taken: 4, .. }),
        "{:?}",
        page(&bench).mode
    );
    let photos = stored(&bench);
    assert_eq!(photos.len(), 4);
    for photo in &photos {
        assert_eq!((photo.state, photo.boxes), (ReviewState::Labelled, 1));
        assert_eq!(photo.of.session, photos[0].of.session, "one session");
    }
    bench.wait_ms(31_000);
    bench.tick();
    assert!(matches!(page(&bench).mode, Mode::Live));
}

#[test]
fn nothing_of_ours_is_a_negative_and_the_tray_is_known_tomorrow() {
    let (mut bench, mut camera) = ready();
    wish(&mut bench, PhotosCommand::Choose(Subject::Nothing));
    camera.show(&mut bench, &scene(Some((60, 3))), 1);
    wish(&mut bench, PhotosCommand::Take);
    let photos = stored(&bench);
    assert!(photos[0].nothing_here && photos[0].boxes == 0 && photos[0].of.class_hint.is_none());
    assert_eq!(page(&bench).negatives, 1);
    let mut office = crate::app::office::Office::default();
    office.sign_on(bench.office.signed_on().cloned().unwrap());
    bench.office = office;
    bench.wish(OfficeCommand::Open(Page::Photos));
    assert_eq!(page(&bench).tray, TrayStatus::Ready);
}

#[test]
fn a_product_without_a_class_gets_one() {
    let (mut bench, mut camera) = ready();
    let products = bench.around.catalog.products();
    let new = products
        .iter()
        .find(|product| product.class.is_none())
        .unwrap()
        .sku
        .clone();
    wish(&mut bench, PhotosCommand::Choose(Subject::Product(new.clone())));
    camera.show(&mut bench, &scene(Some((110, 0))), 2);
    wish(&mut bench, PhotosCommand::Take);
    wish(&mut bench, PhotosCommand::Confirm);
    let catalog = bench.store.catalog(NOON).unwrap();
    let class = catalog.by_sku(&new).unwrap().class.clone();
    assert_eq!(class.as_deref(), Some(new.as_str()));
    assert_eq!(stored(&bench)[0].boxes, 1);
}

#[test]
fn files_are_imported_with_duplicates_and_refusals_told() {
    let mut bench = shop();
    bench.wish(OfficeCommand::Open(Page::Photos));
    let outside = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(outside.path().join(name), bytes).unwrap();
    let photo = jpeg::encode(&scene(Some((110, 0))), 90, "x").unwrap();
    write("a.jpg", &photo);
    write("b.jpg", &photo);
    write("c.jpg", &jpeg::encode(&scene(Some((110, 0))), 60, "x").unwrap());
    write("d.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    write("e.png", b"not a picture at all");
    write("notes.txt", b"passed over");
    wish(&mut bench, PhotosCommand::Import(vec![outside.path().to_owned()]));
    for _ in 0..8 {
        bench.tick();
    }
    let report = page(&bench).import.unwrap();
    assert_eq!(
        (report.done, report.added, report.same, report.alike),
        ((5, 5), 2, 1, 1)
    );
    assert!(report.refused[0].contains("HEIC"), "{:?}", report.refused);
    assert_eq!(report.refused.len(), 2);
    assert_eq!(stored(&bench).len(), 2);
    wish(&mut bench, PhotosCommand::CloseImport);
    assert!(page(&bench).import.is_none());
}

#[test]
fn what_a_shopper_said_waits_to_be_checked() {
    let mut bench = shop();
    let frame = Frame::new(scene(Some((110, 0))), FrameId(1), Duration::ZERO);
    let bbox = crate::geom::CornerBox::new(0.3, 0.3, 0.6, 0.7);
    let product = sku(&bench);
    bench.act(|_, desk| super::PhotosPage::keep_correction(frame, bbox, product, desk));
    let photos = stored(&bench);
    assert_eq!(photos[0].of.source, crate::store::photos::PhotoSource::Correction);
    assert_eq!((photos[0].state, photos[0].boxes), (ReviewState::New, 1));
    assert_eq!(photos[0].uncertainty, Some(1.0), "at the head of the queue");
    assert_eq!(
        bench.store.labels(photos[0].id).unwrap().boxes[0].of.source,
        BoxSource::Correction
    );
}
