//! Lines of a basket: with controls while scanning, plain where nothing may change.

use eframe::egui::{
    Align2, CornerRadius, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use crate::{
    domain::quantity::Quantity,
    ui::{
        command::Command,
        theme::{CONTROL_RADIUS, TOUCH, Theme, size, space},
        view::{BasketView, LineView},
        widgets::{
            Cx,
            button::{Button, Kind, rule},
            icon::{self, Icon},
            id,
            photo::paint_photo,
            take_left, take_right, take_top,
            text::Text,
        },
        words::Word,
    },
};

/// Height of a line with controls.
pub const LINE_HEIGHT: f32 = 128.0;
/// Height of a plain line.
const PLAIN: f32 = 80.0;
/// Width of a count between its buttons.
const COUNT: f32 = 52.0;

/// The list with controls, newest on top.
pub fn edit_list_ui(ui: &mut Ui, cx: &mut Cx<'_>, rect: Rect, basket: &BasketView) {
    if basket.lines.is_empty() {
        return empty_ui(ui, cx, rect);
    }
    list_ui(
        ui,
        rect,
        ("edit", LINE_HEIGHT),
        basket.lines.iter().rev(),
        |ui, place, line| {
            edit_line_ui(ui, cx, place, line);
        },
    );
}

/// The list without controls, oldest first, as it will stand on the receipt.
pub fn plain_list_ui(ui: &mut Ui, cx: &mut Cx<'_>, rect: Rect, basket: &BasketView) {
    list_ui(
        ui,
        rect,
        ("plain", PLAIN),
        basket.lines.iter(),
        |ui, place, line| {
            plain_line_ui(ui, cx, place, line);
        },
    );
}

fn list_ui<'a>(
    ui: &mut Ui,
    rect: Rect,
    (name, height): (&str, f32),
    lines: impl ExactSizeIterator<Item = &'a LineView>,
    mut line_ui: impl FnMut(&mut Ui, Rect, &LineView),
) {
    let mut child = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt(name)
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let total = vec2(rect.width(), height * lines.len() as f32);
            let (all, _) = ui.allocate_exact_size(total, Sense::hover());
            for (index, line) in lines.enumerate() {
                let top = all.min.y + height * index as f32;
                let place = Rect::from_min_max(pos2(all.min.x, top), pos2(all.max.x, top + height));
                if place.intersects(ui.clip_rect()) {
                    line_ui(ui, place, line);
                }
            }
        });
}

fn empty_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect) {
    let middle = rect.center().y.min(rect.min.y + 220.0);
    let sign = Rect::from_center_size(pos2(rect.center().x, middle - 60.0), Vec2::splat(72.0));
    icon::paint(ui.painter(), sign, Icon::Basket, cx.theme.outline);
    let mut words = Rect::from_min_max(pos2(rect.min.x, middle), rect.max);
    let title = cx.words.say(Word::BasketEmpty);
    let place = take_top(&mut words, 36.0, space::S);
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .align(Align2::CENTER_CENTER)
        .label(ui, place);
    let hint = cx.words.say(Word::BasketEmptyHint);
    let place = take_top(&mut words, 60.0, 0.0).shrink2(vec2(rect.width() * 0.1, 0.0));
    Text::new(&hint, cx.theme.muted)
        .rows(2)
        .align(Align2::CENTER_TOP)
        .label(ui, place);
}

fn edit_line_ui(ui: &Ui, cx: &mut Cx<'_>, rect: Rect, line: &LineView) {
    let theme = cx.theme;
    let lit = ui
        .ctx()
        .animate_bool_with_time(id(("lit", line.id.0)), line.fresh, cx.seconds());
    if lit > 0.0 {
        let ground = rect.shrink2(vec2(0.0, space::XS));
        ui.painter()
            .rect_filled(ground, CONTROL_RADIUS, theme.accent_soft.gamma_multiply(lit));
        let mark = Rect::from_min_size(ground.min, vec2(6.0, ground.height()));
        ui.painter()
            .rect_filled(mark, CornerRadius::same(3), theme.accent.gamma_multiply(lit));
    }
    rule(ui, theme, rect, rect.max.y);
    let mut inner = rect.shrink2(vec2(space::L, space::M));
    let side = inner.height();
    let photo = take_left(&mut inner, side, space::L);
    let photo = Rect::from_center_size(photo.center(), Vec2::splat(photo.height().min(photo.width())));
    paint_photo(ui, theme, cx.textures, photo, (line.photo.as_ref(), &line.name));

    let mut head = take_top(&mut inner, 44.0, space::XS);
    let amount = cx.words.money(line.amount);
    let amount_text = Text::new(&amount, theme.text)
        .points(size::LARGE)
        .bold()
        .align(Align2::RIGHT_CENTER);
    let place = take_right(&mut head, amount_text.width(ui) + 1.0, space::M);
    amount_text.label(ui, place);
    Text::new(&line.name, theme.text)
        .points(size::LARGE)
        .or_two_rows()
        .label(ui, head);

    let remove = cx.words.say(Word::Remove);
    let named = cx.words.with(Word::RemoveNamed, &[("name", &line.name)]);
    let width = Text::new(&remove, theme.stop).bold().width(ui) + space::XL;
    let place = take_right(&mut inner, width.max(TOUCH), space::L);
    if Button::new(&remove, Kind::Stop)
        .named(&named)
        .salt(line.id.0)
        .show(ui, theme, place)
    {
        cx.send(Command::RemoveLine(line.id));
    }
    quantity_ui(ui, cx, &mut inner, line);
    let by_weight = matches!(line.quantity, Quantity::Weight { .. });
    let price = cx.words.unit_price(line.unit_price, by_weight);
    Text::new(&price, theme.muted).paint(ui, inner);
}

/// Minus, the count, plus; or the weight.
fn quantity_ui(ui: &Ui, cx: &mut Cx<'_>, inner: &mut Rect, line: &LineView) {
    let theme = cx.theme;
    let count = match line.quantity {
        Quantity::Count(count) => count,
        Quantity::Weight { .. } => {
            let weight = cx.words.quantity(line.quantity);
            let place = take_right(inner, 164.0, space::M);
            Text::new(&weight, theme.text)
                .bold()
                .align(Align2::CENTER_CENTER)
                .label(ui, place);
            return;
        }
    };
    let mut place = take_right(inner, TOUCH * 2.0 + COUNT, space::M);
    let fewer = cx.words.with(Word::OneFewer, &[("name", &line.name)]);
    let more = cx.words.with(Word::OneMore, &[("name", &line.name)]);
    let minus = take_left(&mut place, TOUCH, 0.0);
    let plus = take_right(&mut place, TOUCH, 0.0);
    let can_lessen = count > 1;
    if Button::new(&fewer, Kind::Second)
        .icon_only(Icon::Minus)
        .salt(line.id.0)
        .enabled(can_lessen)
        .show(ui, theme, minus)
    {
        cx.send(Command::SetCount {
            line: line.id,
            count: count.saturating_sub(1).max(1),
        });
    }
    count_text(&count.to_string(), theme)
        .align(Align2::CENTER_CENTER)
        .paint(ui, place);
    if Button::new(&more, Kind::Second)
        .icon_only(Icon::Plus)
        .salt(line.id.0)
        .show(ui, theme, plus)
    {
        cx.send(Command::SetCount {
            line: line.id,
            count: count.saturating_add(1),
        });
    }
}

/// The count between its buttons, smaller where it has three digits.
fn count_text<'a>(count: &'a str, theme: &Theme) -> Text<'a> {
    Text::new(count, theme.text).points(size::LARGE).bold().shrink()
}

fn plain_line_ui(ui: &Ui, cx: &mut Cx<'_>, rect: Rect, line: &LineView) {
    let theme = cx.theme;
    rule(ui, theme, rect, rect.max.y);
    let mut inner = rect.shrink2(vec2(space::L, space::S));
    let side = inner.height();
    let photo = take_left(&mut inner, side, space::L);
    paint_photo(ui, theme, cx.textures, photo, (line.photo.as_ref(), &line.name));
    let amount = cx.words.money(line.amount);
    let amount_text = Text::new(&amount, theme.text)
        .points(size::LARGE)
        .bold()
        .align(Align2::RIGHT_CENTER);
    let place = take_right(&mut inner, amount_text.width(ui).max(110.0), space::L);
    amount_text.paint(ui, place);
    let quantity = match line.quantity {
        Quantity::Count(count) => format!("{count} \u{d7}"),
        Quantity::Weight { .. } => cx.words.quantity(line.quantity),
    };
    let quantity_text = Text::new(&quantity, theme.muted).align(Align2::RIGHT_CENTER);
    let place = take_right(&mut inner, quantity_text.width(ui).max(60.0), space::M);
    quantity_text.paint(ui, place);
    Text::new(&line.name, theme.text)
        .points(size::LARGE)
        .or_two_rows()
        .paint(ui, inner);
    let spoken = format!("{quantity} {} {amount}", line.name);
    let response = ui.interact(rect, id(("plain line", line.id.0)), Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Context, RawInput};

    use super::*;
    use crate::ui::theme::{self, ThemeName};

    /// A count of 156 was cut to "1...".
    #[test]
    fn a_count_of_three_digits_is_not_cut() {
        let ctx = Context::default();
        ctx.set_fonts(theme::fonts());
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            for count in ["1", "42", "156", "999"] {
                let galley = count_text(count, &Theme::of(ThemeName::Light)).galley(ui, COUNT);
                assert!(!galley.elided, "{count} is cut");
            }
        });
        output.textures_delta.clear();
    }
}
