//! The screens, one file each, and the frame they share: a main area and the till column.
//!
//! The total and the way forward stand in the same place on every screen of a sale.

pub mod attract;
pub mod help;
pub mod paying;
pub mod question;
pub mod receipt;
pub mod review;
pub mod scan;

use eframe::egui::{Align2, Rect, Ui, Vec2, pos2};

use crate::ui::{
    theme::{PRIMARY, size, space},
    view::{BasketView, Notice},
    widgets::{
        Cx,
        button::{card, rule},
        icon::{self, Icon},
        take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::Word,
};

/// Height of the row of quieter ways below the primary button.
const SECOND_ROW: f32 = 64.0;

/// Whether the surface is wider than high.
#[must_use]
pub fn is_landscape(full: Rect) -> bool {
    full.width() >= full.height()
}

/// The two areas of a screen.
#[derive(Debug, Clone, Copy)]
pub struct Regions {
    /// Picture, list or message: about 60 % in landscape, the upper 40 % in portrait.
    pub main: Rect,
    /// Basket, total and the way forward.
    pub till: Rect,
}

/// Splits the surface.
#[must_use]
pub fn regions(full: Rect) -> Regions {
    let mut main = full.shrink(space::XL);
    let till = if is_landscape(full) {
        take_right(&mut main, (full.width() * 0.385).clamp(480.0, 780.0), space::XL)
    } else {
        // Everything that must be touched lies in the lower 60 %.
        let height = full.height() * 0.6 - space::XL;
        take_bottom(&mut main, height, space::L)
    };
    Regions { main, till }
}

/// The card of the till with the total and the place of the way forward at its bottom.
#[derive(Debug, Clone, Copy)]
pub struct Till {
    /// What is left above the total.
    pub body: Rect,
    /// Where the primary button stands.
    pub primary: Rect,
    /// The row of quieter ways under it.
    pub second: Rect,
}

impl Till {
    /// Both rows of actions as one place, for larger tiles.
    #[must_use]
    pub fn actions(&self) -> Rect {
        self.primary.union(self.second)
    }
}

/// Paints the till's card and the total.
pub fn till_ui(ui: &Ui, cx: &Cx<'_>, till: Rect, basket: &BasketView) -> Till {
    card(ui, cx.theme, till);
    let mut inner = till.shrink(space::XL);
    let second = take_bottom(&mut inner, SECOND_ROW, space::L);
    let primary = take_bottom(&mut inner, PRIMARY, space::L);
    let mut total = take_bottom(&mut inner, 72.0, space::S);
    rule(ui, cx.theme, total, total.min.y - space::S / 2.0);
    let amount = cx.words.money(basket.total);
    let amount_text = Text::new(&amount, cx.theme.text)
        .points(size::TOTAL)
        .bold()
        .align(Align2::RIGHT_CENTER);
    let place = take_right(&mut total, amount_text.width(ui) + 2.0, space::L);
    amount_text.label(ui, place);
    let word = cx.words.say(Word::Total);
    let word_place = take_left(
        &mut total,
        Text::new(&word, cx.theme.text)
            .points(size::LARGE)
            .bold()
            .width(ui)
            + 2.0,
        space::L,
    );
    Text::new(&word, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .paint(ui, word_place);
    if basket.items > 0 {
        let items = cx.words.count(Word::Items, basket.items as usize);
        Text::new(&items, cx.theme.muted)
            .points(size::BODY)
            .paint(ui, total.translate(Vec2::new(0.0, 3.0)));
    }
    Till {
        body: inner,
        primary,
        second,
    }
}

/// The one instruction of a screen.
pub fn instruction_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, text: &str) {
    Text::new(text, cx.theme.text)
        .points(size::TITLE)
        .bold()
        .shrink()
        .label(ui, rect);
}

/// A strip that says what is not as it should be, and what to do.
pub fn notice_ui(ui: &Ui, cx: &Cx<'_>, area: &mut Rect, notice: Option<&Notice>) {
    let (title, text) = match notice {
        None | Some(Notice::CameraMissing) => return,
        Some(Notice::CameraLost) => (cx.words.say(Word::CameraLost), cx.words.say(Word::CameraLostText)),
        Some(Notice::DetectorMissing { .. }) => (
            cx.words.say(Word::DetectorMissing),
            cx.words.say(Word::DetectorMissingText),
        ),
        Some(Notice::Plain(text)) => (text.clone(), String::new()),
    };
    strip_ui(ui, cx, area, (&title, &text));
}

/// An amber strip off the top of `area`: what happened, then what to do.
pub fn strip_ui(ui: &Ui, cx: &Cx<'_>, area: &mut Rect, (title, text): (&str, &str)) {
    let height = if text.is_empty() { 56.0 } else { 88.0 };
    let mut strip = take_top(area, height, space::L);
    ui.painter()
        .rect_filled(strip, crate::ui::theme::CARD_RADIUS, cx.theme.look);
    strip = strip.shrink2(Vec2::new(space::L, space::S));
    let sign = take_left(&mut strip, 40.0, space::M);
    icon::paint(
        ui.painter(),
        Rect::from_center_size(sign.center(), Vec2::splat(32.0)),
        Icon::Bell,
        cx.theme.on_look,
    );
    if text.is_empty() {
        Text::new(title, cx.theme.on_look)
            .points(size::BODY)
            .bold()
            .shrink()
            .label(ui, strip);
        return;
    }
    let upper = take_top(&mut strip, 38.0, 0.0);
    Text::new(title, cx.theme.on_look)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, upper);
    Text::new(text, cx.theme.on_look)
        .points(size::BODY)
        .shrink()
        .label(ui, strip);
}

/// A round sign with an icon, the eye-catcher of a message.
pub fn medallion_ui(
    ui: &Ui,
    cx: &Cx<'_>,
    center: eframe::egui::Pos2,
    radius: f32,
    (icon, fill, ink): Medallion,
) {
    debug_assert!(radius > 0.0, "a medallion has a size");
    ui.painter().circle_filled(center, radius, fill);
    ui.painter().circle_stroke(center, radius, cx.theme.card_stroke());
    icon::paint(
        ui.painter(),
        Rect::from_center_size(center, Vec2::splat(radius * 1.05)),
        icon,
        ink,
    );
}

/// Icon, ground and ink of a medallion.
pub type Medallion = (Icon, eframe::egui::Color32, eframe::egui::Color32);

/// A message in the middle of an area: sign, title, sentence.
pub fn message_ui(ui: &Ui, cx: &Cx<'_>, area: Rect, medallion: Medallion, (title, text): (&str, &str)) {
    let radius = (area.height() * 0.13).clamp(40.0, 88.0);
    let title_text = Text::new(title, cx.theme.text)
        .points(size::TITLE)
        .bold()
        .rows(2)
        .balance()
        .align(Align2::CENTER_TOP);
    let body_text = Text::new(text, cx.theme.muted)
        .points(size::LARGE)
        .rows(4)
        .balance()
        .align(Align2::CENTER_TOP);
    let width = area.width().min(760.0);
    let title_height = title_text.height(ui, width);
    let body_height = body_text.height(ui, width);
    let whole = radius * 2.0 + space::XL + title_height + space::M + body_height;
    let top = area.center().y - whole / 2.0;
    medallion_ui(ui, cx, pos2(area.center().x, top + radius), radius, medallion);
    let left = area.center().x - width / 2.0;
    let mut rest = Rect::from_min_max(
        pos2(left, top + radius * 2.0 + space::XL),
        pos2(left + width, area.max.y),
    );
    let place = take_top(&mut rest, title_height, space::M);
    title_text.label(ui, place);
    body_text.label(ui, take_top(&mut rest, body_height + 2.0, 0.0));
}
