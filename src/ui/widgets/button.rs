//! Buttons: one kind for the way forward, quieter kinds for everything else.

use std::hash::Hash;

use eframe::egui::{
    Align2, Color32, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2,
};

use crate::ui::{
    theme::{CONTROL_RADIUS, Theme, size, space},
    widgets::{
        icon::{self, Icon},
        id, plain, take_left,
        text::Text,
    },
};

/// How strongly a button speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The way forward; one on a screen.
    Primary,
    /// Another way, as good for those who want it.
    Second,
    /// Ways out.
    Quiet,
    /// Removes or stops.
    Stop,
    /// A key of a pad.
    Key,
}

/// A button.
#[derive(Debug, Clone, Copy)]
pub struct Button<'a> {
    label: &'a str,
    name: &'a str,
    salt: u64,
    kind: Kind,
    icon: Option<Icon>,
    icon_only: bool,
    enabled: bool,
    selected: bool,
}

impl<'a> Button<'a> {
    /// A button with a word on it, which is also its name.
    #[must_use]
    pub const fn new(label: &'a str, kind: Kind) -> Self {
        Self {
            label,
            name: label,
            salt: 0,
            kind,
            icon: None,
            icon_only: false,
            enabled: true,
            selected: false,
        }
    }

    /// With a sign in front of the word.
    #[must_use]
    pub const fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// With the sign alone; the word is the name only. For signs that are words themselves (+, -).
    #[must_use]
    pub const fn icon_only(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self.icon_only = true;
        self
    }

    /// With a name for screen readers that says more than the word ("Remove Apple").
    #[must_use]
    pub const fn named(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// One of several buttons of the same name, told apart by a number.
    #[must_use]
    pub const fn salt(mut self, salt: u64) -> Self {
        self.salt = salt;
        self
    }

    /// Only when this holds.
    #[must_use]
    pub const fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Shown as the one that is chosen.
    #[must_use]
    pub const fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Paints it into `rect`; true when it was pressed.
    pub fn show(self, ui: &Ui, theme: &Theme, rect: Rect) -> bool {
        self.respond(ui, theme, rect).clicked()
    }

    /// The same, with everything that egui knows of it.
    pub fn respond(self, ui: &Ui, theme: &Theme, rect: Rect) -> Response {
        let response = press_area(ui, rect, (self.salt, self.name), self.enabled);
        let look = self.look(theme, &response);
        ui.painter()
            .rect(rect, CONTROL_RADIUS, look.fill, look.stroke, StrokeKind::Inside);
        self.paint_face(ui, rect, look.ink);
        focus_ring(ui, theme, rect, CONTROL_RADIUS, &response);
        response
    }

    fn paint_face(self, ui: &Ui, rect: Rect, ink: Color32) {
        if self.icon_only {
            if let Some(icon) = self.icon {
                let side = rect.height().min(rect.width()) * 0.46;
                icon::paint(
                    ui.painter(),
                    Rect::from_center_size(rect.center(), Vec2::splat(side)),
                    icon,
                    ink,
                );
            }
            return;
        }
        let points = match self.kind {
            Kind::Primary if rect.height() > 72.0 => 32.0,
            Kind::Primary => size::LARGE,
            Kind::Key => size::LARGE,
            Kind::Second | Kind::Quiet | Kind::Stop if rect.height() > 72.0 => size::LARGE,
            Kind::Second | Kind::Quiet | Kind::Stop => size::BODY,
        };
        let mut text = Text::new(self.label, ink).points(points).shrink();
        if self.kind != Kind::Quiet {
            text = text.bold();
        }
        let mut inner = rect.shrink2(Vec2::new(space::M.min(rect.width() * 0.08), 0.0));
        let Some(icon) = self.icon else {
            text.align(Align2::CENTER_CENTER).paint(ui, inner);
            return;
        };
        let side = (points * 1.15).min(rect.height() * 0.6);
        let gap = if points > size::BODY { space::M } else { space::S };
        let room = inner.width() - side - gap;
        let width = text.galley(ui, room).size().x;
        inner.min.x += ((room - width) / 2.0).max(0.0);
        let place = take_left(&mut inner, side, gap);
        icon::paint(
            ui.painter(),
            Rect::from_center_size(place.center(), Vec2::splat(side)),
            icon,
            ink,
        );
        text.paint(ui, inner);
    }

    fn look(self, theme: &Theme, response: &Response) -> Look {
        let pressed = response.is_pointer_button_down_on();
        let outline = Stroke::new(
            if self.selected { 3.0 } else { 1.5 },
            if self.selected {
                theme.accent
            } else {
                theme.outline
            },
        );
        if !self.enabled {
            return Look {
                fill: theme.control,
                ink: theme.muted,
                stroke: Stroke::new(1.0, theme.line),
            };
        }
        match self.kind {
            Kind::Primary => Look {
                fill: if pressed {
                    theme.accent.gamma_multiply(0.85)
                } else {
                    theme.accent
                },
                ink: theme.on_accent,
                stroke: Stroke::NONE,
            },
            Kind::Second | Kind::Key => Look {
                fill: if pressed {
                    theme.pressed
                } else if self.selected {
                    theme.accent_soft
                } else {
                    theme.card
                },
                ink: theme.text,
                stroke: outline,
            },
            Kind::Quiet => Look {
                fill: if pressed {
                    theme.pressed
                } else if self.selected {
                    theme.accent_soft
                } else {
                    theme.control
                },
                ink: theme.text,
                stroke: Stroke::new(1.0, theme.line),
            },
            Kind::Stop => Look {
                fill: if pressed { theme.pressed } else { theme.control },
                ink: theme.stop,
                stroke: Stroke::new(1.0, theme.line),
            },
        }
    }
}

struct Look {
    fill: Color32,
    ink: Color32,
    stroke: Stroke,
}

/// An area that can be pressed, with the name by which it is found and a salt that tells it from others
/// of the same name.
pub fn press_area(ui: &Ui, rect: Rect, (salt, name): (impl Hash, &str), enabled: bool) -> Response {
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, id(("button", salt, name)), sense);
    let on = enabled && ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, on, name));
    response
}

/// Two rings in two colours around what has the keyboard, so that it shows on any ground.
pub fn focus_ring(ui: &Ui, theme: &Theme, rect: Rect, radius: CornerRadius, response: &Response) {
    if !response.has_focus() {
        return;
    }
    let painter = ui.painter();
    painter.rect_stroke(
        rect,
        radius,
        Stroke::new(3.0, theme.focus_inner),
        StrokeKind::Inside,
    );
    painter.rect_stroke(
        rect,
        radius,
        Stroke::new(3.0, theme.focus_outer),
        StrokeKind::Outside,
    );
}

/// A card: the ground of things that belong together.
pub fn card(ui: &Ui, theme: &Theme, rect: Rect) {
    let radius = crate::ui::theme::CARD_RADIUS;
    if plain::fill(ui, rect, radius, theme.card) {
        ui.painter()
            .rect_stroke(rect, radius, theme.card_stroke(), StrokeKind::Inside);
        return;
    }
    ui.painter()
        .rect(rect, radius, theme.card, theme.card_stroke(), StrokeKind::Inside);
}

/// A thin line across a card.
pub fn rule(ui: &Ui, theme: &Theme, rect: Rect, y: f32) {
    ui.painter().line_segment(
        [pos2(rect.min.x, y), pos2(rect.max.x, y)],
        Stroke::new(1.0, theme.line),
    );
}
