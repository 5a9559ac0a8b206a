//! Long lists in the window: laid out and cut into triangles, as for every frame, but not painted.

use std::sync::Arc;

use anyhow::ensure;
use eframe::egui::{
    self, ClippedPrimitive, Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect,
    TouchPhase, Vec2, epaint::Primitive,
};

use super::{Size, Times};
use crate::{
    domain::{catalog::Catalog, staff::Role},
    ui::{
        kiosk::Kiosk,
        office::{
            OfficeView, Page, PageView,
            labels::{LabelsView, PhotoRow, PhotoState},
            products::ProductsView,
        },
        theme::ThemeName,
        view::{LaneView, Panel, Screen},
        words::Lang,
    },
};

/// A large screen.
const SCREEN: Vec2 = Vec2::new(1920.0, 1080.0);
/// Frames that count, after as many that do not.
const FRAMES: usize = 60;
/// A page with a list has at least so many.
const LEAST_TRIANGLES: usize = 1_000;
/// A sixtieth of a second.
const GOAL_MS: f64 = 16.7;

/// Scrolls through all products and all photos.
pub(super) fn measure(catalog: &Catalog, size: Size, times: &mut Times) -> anyhow::Result<()> {
    let rows = Arc::new(catalog.products().to_vec());
    let products = PageView::Products(ProductsView {
        total: rows.len(),
        rows,
        ..ProductsView::default()
    });
    scroll("a frame of the list of products", products, times)?;
    let photos: Vec<PhotoRow> = (0..i64::from(size.photos))
        .map(|id| PhotoRow {
            id,
            state: PhotoState::Labelled,
            boxes: 3,
            is_correction: false,
            uncertainty: Some(0.5),
        })
        .collect();
    let labels = PageView::Labels(LabelsView {
        photos: Arc::new(photos),
        counts: [0, u64::from(size.photos), 0, 0],
        ..LabelsView::default()
    });
    scroll("a frame of the list of photos", labels, times)
}

fn scroll(what: &str, page: PageView, times: &mut Times) -> anyhow::Result<()> {
    let office = OfficeView {
        pages: Page::ALL.to_vec(),
        page,
        name: "bench".to_owned(),
        role: Role::Manager,
        saved_at: None,
        can_undo: false,
        can_redo: false,
        problem: None,
        confirm: None,
        path: None,
    };
    let view = LaneView {
        lang: Lang::English,
        theme: ThemeName::Light,
        motion: false,
        screen: Screen::Office(Box::new(office)),
        panel: Panel::None,
        notice: None,
        idle_seconds: None,
        staff: None,
    };
    let ctx = egui::Context::default();
    let mut kiosk = Kiosk::new(&ctx);
    let mut triangles = 0;
    let mut frame = |number: usize| {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SCREEN)),
            time: Some(number as f64 / 60.0),
            events: wheel(),
            ..RawInput::default()
        };
        let output = ctx.run_ui(input, |ui| {
            std::hint::black_box(kiosk.ui(ui, &view));
        });
        let painted = ctx.tessellate(output.shapes, output.pixels_per_point);
        triangles = painted.iter().map(triangles_of).sum();
    };
    (0..FRAMES).for_each(&mut frame);
    times.each(
        what,
        Some(GOAL_MS),
        (FRAMES..2 * FRAMES, |number| {
            frame(number);
            Ok(())
        }),
    )?;
    ensure!(
        triangles > LEAST_TRIANGLES,
        "the list shows nothing: {triangles} triangles"
    );
    Ok(())
}

fn triangles_of(painted: &ClippedPrimitive) -> usize {
    match &painted.primitive {
        Primitive::Mesh(mesh) => mesh.indices.len() / 3,
        Primitive::Callback(_) => 0,
    }
}

/// The pointer over the list, and a turn of the wheel that moves many rows.
fn wheel() -> Vec<Event> {
    vec![
        Event::PointerMoved(Pos2::new(300.0, 600.0)),
        Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: Vec2::new(0.0, -700.0),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        },
    ]
}
