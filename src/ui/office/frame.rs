//! The frame of every page: the rail, the head, and the strip with the sentence that has to be read.

use eframe::egui::{Align2, CornerRadius, Key, Modifiers, Rect, Ui, vec2};

use crate::{
    domain::staff::Role,
    ui::{
        office::{OfficeCommand, OfficeView, Page},
        screens::is_landscape,
        theme::{CONTROL_RADIUS, TOUCH, size, space},
        widgets::{
            Cx,
            button::{Button, Kind, focus_ring, press_area},
            column,
            icon::{self, Icon},
            keyboard::chord,
            row, take_bottom, take_left, take_right, take_top,
            text::Text,
        },
        words::{OfficeWord, Words},
    },
};

const RAIL: f32 = 272.0;
/// In portrait the pages stand in so many columns over the page.
const COLUMNS: usize = 6;

/// The word for a role.
#[must_use]
pub(super) fn role_word(role: Role) -> OfficeWord {
    match role {
        Role::Clerk => OfficeWord::RoleClerk,
        Role::Teacher => OfficeWord::RoleTeacher,
        Role::Manager => OfficeWord::RoleManager,
    }
}

/// Paints the frame; returns the area of the page.
pub(super) fn frame_ui(ui: &Ui, cx: &mut Cx<'_>, view: &OfficeView, shows_keys: &mut bool) -> Rect {
    let mut area = ui.max_rect();
    let landscape = is_landscape(area);
    if landscape {
        let rail = take_left(&mut area, RAIL, 0.0);
        rail_ui(ui, cx, rail, view);
    }
    let mut inner = area.shrink(space::XL);
    head_ui(ui, cx, take_top(&mut inner, TOUCH, space::L), view, shows_keys);
    if !landscape {
        let lines = view.pages.len().div_ceil(COLUMNS).max(1);
        let height = TOUCH * lines as f32 + space::S * (lines - 1) as f32;
        tabs_ui(ui, cx, take_bottom(&mut inner, height, space::L), (view, lines));
    }
    if let Some(problem) = &view.problem {
        strip_ui(ui, cx, take_top(&mut inner, TOUCH, space::M), problem);
    }
    inner
}

fn rail_ui(ui: &Ui, cx: &mut Cx<'_>, rail: Rect, view: &OfficeView) {
    ui.painter().rect_filled(rail, CornerRadius::ZERO, cx.theme.card);
    ui.painter()
        .vline(rail.max.x, rail.y_range(), cx.theme.card_stroke());
    let mut place = rail.shrink2(vec2(space::M, space::XL));
    let brand = take_top(&mut place, TOUCH, space::M);
    Text::new("Tillsight", cx.theme.text)
        .points(size::LARGE)
        .bold()
        .label(ui, brand.shrink2(vec2(space::M, 0.0)));
    who_ui(ui, cx, take_bottom(&mut place, 64.0, space::M), view);
    let mut taught = false;
    for page in view.pages.iter().copied() {
        if page.teaches() && !taught {
            taught = true;
            let heading = cx.words.say(OfficeWord::Teach);
            let cell = take_top(&mut place, 40.0, 0.0).shrink2(vec2(space::L, 0.0));
            Text::new(&heading, cx.theme.muted)
                .points(size::SMALL)
                .bold()
                .label(ui, cell);
        }
        let cell = take_top(&mut place, TOUCH, space::XS);
        tab_ui(ui, cx, cell, (page, view.page.page() == page));
    }
}

/// Who is signed on, at the foot of the rail.
fn who_ui(ui: &Ui, cx: &Cx<'_>, place: Rect, view: &OfficeView) {
    let mut inner = place.shrink2(vec2(space::M, 0.0));
    ui.painter()
        .hline(place.x_range(), place.min.y, cx.theme.card_stroke());
    let sign = take_left(&mut inner, 28.0, space::M);
    icon::paint(
        ui.painter(),
        Rect::from_center_size(sign.center(), vec2(28.0, 28.0)),
        Icon::Person,
        cx.theme.muted,
    );
    let role = cx.words.say(role_word(view.role));
    let words = who(cx.words, &view.name, &role);
    let name = row(inner, 0, 2, 0.0);
    Text::new(&view.name, cx.theme.text)
        .bold()
        .align(Align2::LEFT_BOTTOM)
        .paint(ui, name);
    Text::new(&role, cx.theme.muted)
        .points(size::SMALL)
        .align(Align2::LEFT_TOP)
        .paint(ui, row(inner, 1, 2, 0.0));
    crate::ui::widgets::text::name_area(ui, inner, &words);
}

fn who(words: &Words, name: &str, role: &str) -> String {
    words.with(OfficeWord::Who, &[("name", name), ("role", role)])
}

fn tabs_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, (view, lines): (&OfficeView, usize)) {
    for (index, page) in view.pages.iter().copied().enumerate() {
        let line = row(place, index / COLUMNS, lines, space::S);
        let cell = column(line, index % COLUMNS, COLUMNS, space::S);
        tab_ui(ui, cx, cell, (page, view.page.page() == page));
    }
}

fn tab_ui(ui: &Ui, cx: &mut Cx<'_>, cell: Rect, (page, here): (Page, bool)) {
    let label = cx.words.say(page.word());
    let theme = cx.theme;
    let response = press_area(ui, cell, ("page", &label), true);
    if here || response.is_pointer_button_down_on() {
        ui.painter().rect_filled(
            cell,
            CONTROL_RADIUS,
            if here { theme.accent_soft } else { theme.pressed },
        );
    } else if response.hovered() {
        ui.painter().rect_filled(cell, CONTROL_RADIUS, theme.control);
    }
    if here {
        let mark = Rect::from_min_size(cell.min, vec2(5.0, cell.height()));
        ui.painter()
            .rect_filled(mark, CornerRadius::same(3), theme.accent);
    }
    let indent = if page.teaches() && cell.width() > 200.0 {
        space::XXL
    } else {
        space::L
    };
    let mut inner = cell;
    inner.min.x += indent.min(cell.width() * 0.09);
    inner.max.x -= space::XS;
    let text = Text::new(&label, if here { theme.text } else { theme.muted }).shrink();
    let text = if here { text.bold() } else { text };
    text.paint(ui, inner);
    focus_ring(ui, theme, cell, CONTROL_RADIUS, &response);
    if response.clicked() {
        cx.office(OfficeCommand::Open(page));
    }
}

fn head_ui(ui: &Ui, cx: &mut Cx<'_>, mut head: Rect, view: &OfficeView, shows_keys: &mut bool) {
    let wide = head.width() > 900.0;
    let close = cx.words.say(OfficeWord::Close);
    if head_button(ui, cx, &mut head, (&close, Icon::Cross), (true, wide)) {
        cx.office(OfficeCommand::Close);
    }
    let keys = cx.words.say(OfficeWord::Keys);
    let place = take_right(&mut head, TOUCH, space::S);
    if Button::new("?", Kind::Quiet)
        .named(&keys)
        .show(ui, cx.theme, place)
    {
        *shows_keys = true;
    }
    // A text field has an undo of its own.
    let free = !ui.ctx().egui_wants_keyboard_input() && ui.is_enabled();
    let back = free && chord(ui, Modifiers::CTRL, Key::Z);
    let again =
        free && (chord(ui, Modifiers::CTRL, Key::Y) || chord(ui, Modifiers::CTRL | Modifiers::SHIFT, Key::Z));
    let redo = cx.words.say(OfficeWord::Redo);
    if view.can_redo && (head_button(ui, cx, &mut head, (&redo, Icon::Forward), (true, wide)) || again) {
        cx.office(OfficeCommand::Redo);
    }
    let undo = cx.words.say(OfficeWord::Undo);
    let pressed = head_button(ui, cx, &mut head, (&undo, Icon::Back), (view.can_undo, wide));
    if pressed || back && view.can_undo {
        cx.office(OfficeCommand::Undo);
    }
    let saved = match &view.saved_at {
        Some(time) => cx.words.with(OfficeWord::Saved, &[("time", time)]),
        None => cx.words.say(OfficeWord::Unchanged),
    };
    let text = Text::new(&saved, cx.theme.muted).align(Align2::RIGHT_CENTER);
    head.max.x -= space::S;
    let mut place = take_right(&mut head, text.width(ui) + 2.0, space::S);
    text.label(ui, place);
    if view.saved_at.is_some() {
        place = take_right(&mut head, 28.0, space::L);
        icon::paint(ui.painter(), place.shrink(2.0), Icon::Check, cx.theme.muted);
    }
    let title = cx.words.say(view.page.page().word());
    Text::new(&title, cx.theme.text)
        .points(size::TITLE)
        .bold()
        .shrink()
        .label(ui, head);
}

fn head_button(
    ui: &Ui,
    cx: &Cx<'_>,
    head: &mut Rect,
    (label, icon): (&str, Icon),
    (enabled, wide): (bool, bool),
) -> bool {
    let button = Button::new(label, Kind::Quiet).enabled(enabled);
    if wide {
        let width = Text::new(label, cx.theme.text).width(ui) + 88.0;
        let place = take_right(head, width, space::M);
        return button.icon(icon).show(ui, cx.theme, place);
    }
    let place = take_right(head, TOUCH, space::S);
    button.icon_only(icon).show(ui, cx.theme, place)
}

/// The sentence says what is wrong and what to do; it stays until it is closed or something works.
fn strip_ui(ui: &Ui, cx: &mut Cx<'_>, mut strip: Rect, problem: &str) {
    ui.painter().rect_filled(strip, CONTROL_RADIUS, cx.theme.look);
    let close = take_right(&mut strip, TOUCH, space::S);
    let label = cx.words.say(OfficeWord::Dismiss);
    let response = press_area(ui, close, ("dismiss", &label), true);
    icon::paint(
        ui.painter(),
        Rect::from_center_size(close.center(), vec2(24.0, 24.0)),
        Icon::Cross,
        cx.theme.on_look,
    );
    focus_ring(ui, cx.theme, close, CONTROL_RADIUS, &response);
    Text::new(problem, cx.theme.on_look)
        .bold()
        .or_two_rows()
        .label(ui, strip.shrink2(vec2(space::L, 0.0)));
    if response.clicked() {
        cx.office(OfficeCommand::DismissProblem);
    }
}
