//! Text in a rectangle: aligned, wrapped, cut with an ellipsis, or set smaller until it fits.

use std::sync::Arc;

use eframe::egui::{Align2, Color32, FontId, Galley, Rect, Role, Sense, Ui, WidgetInfo, text::LayoutJob};

use crate::ui::{
    theme::{bold, regular, size},
    widgets::id,
};

/// A piece of text that knows how it wants to look.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    text: &'a str,
    points: f32,
    bold: bool,
    color: Color32,
    align: Align2,
    rows: usize,
    shrink: bool,
    balance: bool,
    last_rows: usize,
}

impl<'a> Text<'a> {
    /// Body text, one row, left and centred in height.
    #[must_use]
    pub const fn new(text: &'a str, color: Color32) -> Self {
        Self {
            text,
            points: size::BODY,
            bold: false,
            color,
            align: Align2::LEFT_CENTER,
            rows: 1,
            shrink: false,
            balance: false,
            last_rows: 1,
        }
    }

    /// In this size.
    #[must_use]
    pub const fn points(mut self, points: f32) -> Self {
        self.points = points;
        self
    }

    /// In the heavier weight.
    #[must_use]
    pub const fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    /// Where in the rectangle.
    #[must_use]
    pub const fn align(mut self, align: Align2) -> Self {
        self.align = align;
        self
    }

    /// Over up to so many rows.
    #[must_use]
    pub const fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// Set smaller rather than cut, down to the body size.
    #[must_use]
    pub const fn shrink(mut self) -> Self {
        self.shrink = true;
        self
    }

    /// Where even the smallest size is too wide, take a second row rather than cut.
    #[must_use]
    pub const fn or_two_rows(mut self) -> Self {
        self.shrink = true;
        self.last_rows = 2;
        self
    }

    /// Breaks into rows of about one length, so that no single word is left over.
    #[must_use]
    pub const fn balance(mut self) -> Self {
        self.balance = true;
        self
    }

    fn font(&self, points: f32) -> FontId {
        if self.bold { bold(points) } else { regular(points) }
    }

    fn galley_at(&self, ui: &Ui, width: f32, (points, rows): (f32, usize)) -> Arc<Galley> {
        let mut job = LayoutJob::simple(
            self.text.to_owned(),
            self.font(points),
            self.color,
            width.max(1.0),
        );
        job.wrap.max_rows = rows;
        job.wrap.break_anywhere = rows == 1;
        job.halign = self.align.x();
        ui.painter().layout_job(job)
    }

    /// Lays the text out for a width.
    #[must_use]
    pub fn galley(&self, ui: &Ui, width: f32) -> Arc<Galley> {
        let mut galley = self.galley_at(ui, width, (self.points, self.rows));
        if self.shrink {
            for points in [size::TOTAL, size::TITLE, size::LARGE, 24.0, size::BODY] {
                if !galley.elided {
                    break;
                }
                if points < self.points {
                    galley = self.galley_at(ui, width, (points, self.rows));
                }
            }
        }
        if galley.elided && self.last_rows > self.rows {
            galley = self.galley_at(ui, width, (size::BODY, self.last_rows));
        }
        if self.balance && galley.rows.len() > 1 && !galley.elided {
            return self.balanced(ui, width, &galley);
        }
        galley
    }

    /// The narrowest layout with as many rows as the widest one.
    fn balanced(&self, ui: &Ui, width: f32, widest: &Arc<Galley>) -> Arc<Galley> {
        let rows = widest.rows.len();
        let (mut low, mut high) = (width / rows as f32, width);
        for _ in 0..6 {
            let middle = f32::midpoint(low, high);
            let galley = self.galley_at(ui, middle, (self.points, self.rows));
            if galley.rows.len() > rows || galley.elided {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.galley_at(ui, high, (self.points, self.rows))
    }

    /// How much room it takes in a width.
    #[must_use]
    pub fn height(&self, ui: &Ui, width: f32) -> f32 {
        self.galley(ui, width).size().y
    }

    /// How wide one row of it is.
    #[must_use]
    pub fn width(&self, ui: &Ui) -> f32 {
        self.galley(ui, f32::INFINITY).size().x
    }

    /// Paints it; returns where.
    pub fn paint(&self, ui: &Ui, rect: Rect) -> Rect {
        let galley = self.galley(ui, rect.width());
        let place = self.align.align_size_within_rect(galley.size(), rect);
        let pos = place.min - galley.rect.min.to_vec2();
        ui.painter().galley(pos, galley, self.color);
        place
    }

    /// Paints it and lets a screen reader and the tests find it.
    pub fn label(&self, ui: &Ui, rect: Rect) -> Rect {
        let place = self.paint(ui, rect);
        let response = ui.interact(place, id(("text", self.text, place_key(rect))), Sense::empty());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.text));
        place
    }
}

/// Lets a screen reader and the tests find by `name` what is painted in an area by several texts.
pub fn name_area(ui: &Ui, rect: Rect, name: &str) {
    let response = ui.interact(rect, id(("text", name, place_key(rect))), Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
}

/// Two equal texts on a screen need two ids.
fn place_key(rect: Rect) -> (i64, i64) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a place on a screen is far below 2^53"
    )]
    let whole = |v: f32| v.round() as i64;
    (whole(rect.min.x), whole(rect.min.y))
}
