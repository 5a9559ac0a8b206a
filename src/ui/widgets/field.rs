//! A field for text with its name above, and small choices: a tick box, and a row of which one is chosen.

use eframe::egui::{
    Align2, FontId, Margin, Rect, Response, Role, Stroke, StrokeKind, TextEdit, Ui, Vec2, WidgetInfo, vec2,
};

use crate::ui::{
    theme::{CONTROL_RADIUS, TOUCH, bold, regular, size, space},
    widgets::{
        Cx,
        button::{focus_ring, press_area},
        column,
        icon::{self, Icon},
        id, take_left, take_top,
        text::Text,
    },
};

/// How a field looks and is called.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    salt: &'a str,
    label: &'a str,
    hint: &'a str,
    problem: Option<&'a str>,
    bare: bool,
    amount: bool,
    secret: bool,
    rows: usize,
    enabled: bool,
}

impl<'a> Field<'a> {
    /// A field; `salt` tells it from every other one, `label` is its name.
    #[must_use]
    pub const fn new(salt: &'a str, label: &'a str) -> Self {
        Self {
            salt,
            label,
            hint: "",
            problem: None,
            bare: false,
            amount: false,
            secret: false,
            rows: 1,
            enabled: true,
        }
    }

    /// With a faint text while it is empty.
    #[must_use]
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// With what is wrong with the text; its name gives way to the sentence.
    #[must_use]
    pub const fn problem(mut self, problem: Option<&'a str>) -> Self {
        self.problem = problem;
        self
    }

    /// Without its name above: the whole rectangle is the field. Screen readers and tests still know it.
    #[must_use]
    pub const fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// For a number: on the right, in the heavier weight.
    #[must_use]
    pub const fn amount(mut self) -> Self {
        self.amount = true;
        self
    }

    /// For a PIN: only dots show.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Over several rows; Enter begins the next.
    #[must_use]
    pub const fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// Only when this holds.
    #[must_use]
    pub const fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// The id under which egui knows it, to give it the keyboard.
    #[must_use]
    pub fn id(salt: &str) -> eframe::egui::Id {
        id(("field", salt))
    }
}

/// Paints a field into `rect`: 24 points of name, the rest the field itself.
pub fn field_ui(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, field: Field<'_>, text: &mut String) -> Response {
    let mut place = rect;
    if !field.bare {
        let name = take_top(&mut place, 24.0, space::XS);
        let (words, ink) = match field.problem {
            Some(problem) => (problem, cx.theme.stop),
            None => (field.label, cx.theme.muted),
        };
        Text::new(words, ink).points(size::SMALL).bold().label(ui, name);
    }
    let font: FontId = if field.amount {
        bold(size::BODY)
    } else {
        regular(size::BODY)
    };
    let align = if field.amount {
        Align2::RIGHT_CENTER
    } else if field.rows > 1 {
        Align2::LEFT_TOP
    } else {
        Align2::LEFT_CENTER
    };
    let edit = if field.rows > 1 {
        TextEdit::multiline(text).desired_rows(field.rows)
    } else {
        TextEdit::singleline(text)
    };
    let edit = edit
        .id(Field::id(field.salt))
        .hint_text(field.hint)
        .font(font)
        .password(field.secret)
        .text_color(cx.theme.text)
        .align(align)
        .margin(Margin::symmetric(12, 6))
        .interactive(field.enabled)
        .min_size(place.size())
        .desired_width(place.width());
    let response = ui.put(place, edit).accessible_name(field.label.to_owned());
    if field.problem.is_some() {
        ui.painter().rect_stroke(
            place,
            CONTROL_RADIUS,
            Stroke::new(2.0, cx.theme.stop),
            StrokeKind::Inside,
        );
    }
    response
}

/// A box that is ticked or not, with its words beside it; true when it was pressed.
pub fn tick_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, (label, ticked): (&str, bool), enabled: bool) -> bool {
    let response = press_area(ui, rect, ("tick", label), enabled);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, ticked, label));
    let theme = cx.theme;
    let mut inner = rect;
    let side = take_left(&mut inner, 32.0, space::M);
    let square = Rect::from_center_size(side.center(), Vec2::splat(28.0));
    let (fill, stroke) = if ticked && enabled {
        (theme.accent, Stroke::NONE)
    } else {
        (theme.card, Stroke::new(2.0, theme.outline))
    };
    ui.painter()
        .rect(square, CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
    if ticked {
        let ink = if enabled { theme.on_accent } else { theme.muted };
        icon::paint(ui.painter(), square.shrink(4.0), Icon::Check, ink);
    }
    let ink = if enabled { theme.text } else { theme.muted };
    Text::new(label, ink).paint(ui, inner);
    focus_ring(ui, theme, rect, CONTROL_RADIUS, &response);
    response.clicked()
}

/// A row of words of which one is chosen, such as tabs; gives the one that was pressed.
pub fn choice_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, labels: &[&str], chosen: usize) -> Option<usize> {
    let theme = cx.theme;
    ui.painter().rect(
        rect,
        CONTROL_RADIUS,
        theme.control,
        Stroke::new(1.0, theme.line),
        StrokeKind::Inside,
    );
    let mut pressed = None;
    for (index, label) in labels.iter().enumerate() {
        let cell = column(rect, index, labels.len(), 0.0);
        let response = press_area(ui, cell, (("choice", index), *label), true);
        let here = index == chosen;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, here, *label));
        if here {
            ui.painter().rect(
                cell.shrink(3.0),
                CONTROL_RADIUS,
                theme.card,
                Stroke::new(2.0, theme.accent),
                StrokeKind::Inside,
            );
        }
        let text = Text::new(label, if here { theme.text } else { theme.muted })
            .align(Align2::CENTER_CENTER)
            .shrink();
        let text = if here { text.bold() } else { text };
        text.paint(ui, cell.shrink2(vec2(space::M, 0.0)));
        focus_ring(ui, theme, cell, CONTROL_RADIUS, &response);
        if response.clicked() {
            pressed = Some(index);
        }
    }
    pressed
}

/// The height of a field with its name.
pub const FIELD: f32 = TOUCH + 28.0;
