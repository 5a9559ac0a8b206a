//! The page of boxes: drawing and checking them, photo after photo.
//!
//! Keyboard first: `?` shows the keys. Every change is saved as it is made and undone one by one, also
//! tomorrow. What is dragged lives here until the pointer is let go; then it is one command.

mod canvas;
mod filters;
mod geometry;
mod keys;
mod list;
mod panel;
mod view;

use eframe::egui::{Key, Rect, Ui};

pub(super) use keys::KEYS;
pub use view::{
    BoxRow, ClassChoice, LabelEdit, LabelFilter, LabelOrder, LabelsCommand, LabelsView, OpenPhoto, PhotoRow,
    PhotoState, Proposal,
};

use crate::{
    geom::{ClassId, CornerBox},
    ui::{
        office::{OfficeCommand, Page, empty_ui},
        screens::is_landscape,
        theme::{TOUCH, space},
        widgets::{Cx, take_bottom, take_left, take_right, take_top},
        words::LabelsWord,
    },
};

/// What is chosen and dragged on the page.
#[derive(Debug, Default)]
pub struct LabelsState {
    viewport: geometry::Viewport,
    /// The photo that the viewport is of.
    photo: Option<i64>,
    /// The box that is chosen.
    chosen: Option<i64>,
    /// The class that the next box gets.
    drawing: Option<ClassId>,
    drag: Option<canvas::Drag>,
    /// The box under the pointer as it will be.
    live: Option<(i64, CornerBox)>,
    /// The next drag draws, whatever lies there.
    force_draw: bool,
    /// The photo that the list has been scrolled to.
    shown: Option<i64>,
    /// The small copies that were asked for last.
    asked: Vec<i64>,
}

impl LabelsState {
    fn live_box(&self, id: i64) -> Option<CornerBox> {
        self.live.filter(|(live, _)| *live == id).map(|(_, bbox)| bbox)
    }

    /// The class of the next box: the one chosen, else that of the filter, else the first.
    fn class(&self, view: &LabelsView) -> ClassId {
        let known = |class: &ClassId| view.classes.iter().any(|choice| choice.class == *class);
        let first = view.classes.first().map(|choice| choice.class);
        let wanted = [self.drawing, view.filter.class, first];
        wanted.into_iter().flatten().find(known).unwrap_or(ClassId(1))
    }

    /// Keys that change only what is seen.
    fn look_key(&mut self, key: Key, open: &OpenPhoto) {
        if key == Key::F {
            self.viewport = geometry::Viewport::default();
        } else if key == Key::Plus || key == Key::Equals {
            self.viewport.zoom = (self.viewport.zoom * 1.25).min(24.0);
        } else if key == Key::Minus {
            self.viewport.zoom = (self.viewport.zoom / 1.25).max(1.0);
        } else if key == Key::W {
            self.force_draw = true;
        } else if key == Key::B {
            let at = open.boxes.iter().position(|row| Some(row.id) == self.chosen);
            let next = at.map_or(0, |at| at + 1);
            self.chosen = open.boxes.get(next).or(open.boxes.first()).map(|row| row.id);
        }
    }

    /// Another photo begins with nothing chosen; a zoom into one is none into the next.
    fn follow(&mut self, photo: Option<i64>) {
        if self.photo != photo {
            self.photo = photo;
            self.viewport = geometry::Viewport::default();
            self.chosen = None;
            self.drag = None;
            self.live = None;
        }
    }
}

impl LabelsView {
    /// The name of a class.
    fn class_name(&self, class: ClassId) -> &str {
        let found = self.classes.iter().find(|choice| choice.class == class);
        found.map_or("?", |choice| choice.name.as_str())
    }
}

fn send(cx: &mut Cx<'_>, command: LabelsCommand) {
    cx.office(OfficeCommand::Labels(command));
}

/// Paints the page.
pub fn labels_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &LabelsView, state: &mut LabelsState) {
    state.follow(view.open.as_ref().map(|open| open.id));
    if view.counts.iter().all(|count| *count == 0) && !view.filter.deleted {
        let sentence = cx.words.say(LabelsWord::Empty);
        let first = cx.words.say(LabelsWord::TakePhotos);
        let step = (first.as_str(), OfficeCommand::Open(Page::Photos));
        empty_ui(ui, cx, area, (Page::Labels, &sentence), Some(step));
        return;
    }
    let wide = is_landscape(area);
    let mut area = area;
    let rows = if wide { 1.0 } else { 2.0 };
    let filters = take_top(&mut area, TOUCH * rows + space::S * (rows - 1.0), space::M);
    filters::filters_ui(ui, cx, filters, view);
    if wide {
        let list = take_left(&mut area, 220.0, space::M);
        list::list_ui(ui, cx, list, view, state);
    } else {
        let list = take_bottom(&mut area, 172.0, space::M);
        list::list_ui(ui, cx, list, view, state);
    }
    if let Some(open) = &view.open {
        let panel = if wide {
            take_right(&mut area, 340.0, space::M)
        } else {
            let half = (area.height() * 0.46).min(720.0);
            take_bottom(&mut area, half, space::M)
        };
        panel::panel_ui(ui, cx, panel, (view, open), state);
        canvas::canvas_ui(ui, cx, area, (view, open), state);
    }
    keys::keys_ui(ui, cx, view, state);
}
