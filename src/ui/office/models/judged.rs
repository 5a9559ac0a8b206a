//! A model beside the one in use: figures, products, curves, what was taken for what, the worst mistakes.

use eframe::egui::{
    Align2, Color32, CornerRadius, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2,
};

use super::view::{ClassFigure, ConfusionView, Figure, FigureRow, JudgedView, MistakeView};
use crate::ui::{
    office::plots::{Axes, Curve, curves_ui as plot_ui, shade},
    screens::is_landscape,
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, rule},
        photo::paint_photo,
        row, take_bottom, take_left, take_right, take_top,
        text::{Text, name_area},
    },
    words::ModelsWord,
};

const ROW: f32 = 52.0;

fn figure_word(figure: Figure) -> ModelsWord {
    match figure {
        Figure::Found => ModelsWord::FigureFound,
        Figure::Tight => ModelsWord::FigureTight,
        Figure::Baskets => ModelsWord::FigureBaskets,
        Figure::WrongCharge => ModelsWord::FigureWrongCharge,
        Figure::ItemsOff => ModelsWord::FigureItemsOff,
        Figure::FalseAlarms => ModelsWord::FigureFalseAlarms,
    }
}

/// Three columns on the right of a row: the model in use, the new one, and the arrow.
fn columns(mut place: Rect) -> [Rect; 4] {
    let sign = take_right(&mut place, 32.0, space::S);
    let new = take_right(&mut place, 104.0, space::M);
    let live = take_right(&mut place, 104.0, space::M);
    [place, live, new, sign]
}

pub(super) fn figures_ui(ui: &mut Ui, cx: &Cx<'_>, mut area: Rect, judged: &JudgedView) {
    for (against, words) in judged.reasons.iter().take(6) {
        let mut place = take_top(&mut area, 40.0, space::XS);
        let mark = take_left(&mut place, 8.0, space::M);
        let color = if *against { cx.theme.stop } else { cx.theme.accent };
        ui.painter().rect_filled(
            Rect::from_center_size(mark.center(), vec2(8.0, 26.0)),
            CornerRadius::same(4),
            color,
        );
        Text::new(words, cx.theme.text).or_two_rows().label(ui, place);
    }
    if judged.flatters {
        let words = cx.words.say(ModelsWord::Flatters);
        Text::new(&words, cx.theme.muted)
            .points(size::SMALL)
            .rows(2)
            .label(ui, take_top(&mut area, 44.0, space::S));
    }
    take_top(&mut area, space::S, 0.0);
    let beside = is_landscape(ui.max_rect());
    let table = if beside {
        let width = area.width() * 0.52;
        take_left(&mut area, width, space::XL)
    } else {
        take_top(&mut area, ROW * (judged.figures.len() as f32 + 1.0), space::XL)
    };
    figure_table(ui, cx, table, &judged.figures);
    class_table(ui, cx, area, &judged.classes);
}

fn table_head(ui: &Ui, cx: &Cx<'_>, place: Rect, title: ModelsWord) {
    let [name, live, new, _] = columns(place);
    let small = |word: ModelsWord, place: Rect, align: Align2| {
        let words = cx.words.say(word);
        Text::new(&words, cx.theme.muted)
            .points(size::SMALL)
            .bold()
            .align(align)
            .label(ui, place);
    };
    small(title, name, Align2::LEFT_CENTER);
    small(ModelsWord::ColumnLive, live, Align2::RIGHT_CENTER);
    small(ModelsWord::ColumnNew, new, Align2::RIGHT_CENTER);
    rule(ui, cx.theme, place, place.max.y);
}

/// One line of a table; an arrow and not only a colour says whether it is better.
fn line_ui(ui: &Ui, cx: &Cx<'_>, place: Rect, (name, live, new): (&str, &str, &str), better: Option<bool>) {
    let theme = cx.theme;
    rule(ui, theme, place, place.max.y);
    let [title, old, fresh, sign] = columns(place);
    Text::new(name, theme.text).or_two_rows().paint(ui, title);
    Text::new(live, theme.muted)
        .align(Align2::RIGHT_CENTER)
        .paint(ui, old);
    let ink = if better == Some(false) {
        theme.stop
    } else {
        theme.text
    };
    Text::new(new, ink)
        .bold()
        .align(Align2::RIGHT_CENTER)
        .paint(ui, fresh);
    if let Some(better) = better {
        arrow(ui, sign, better, if better { theme.accent } else { theme.stop });
    }
    name_area(ui, place, &format!("{name}: {live}, {new}"));
}

fn arrow(ui: &Ui, place: Rect, up: bool, color: Color32) {
    let (c, d) = (place.center(), if up { -1.0 } else { 1.0 });
    let points = vec![
        pos2(c.x, c.y + 9.0 * d),
        pos2(c.x - 8.0, c.y - 5.0 * d),
        pos2(c.x + 8.0, c.y - 5.0 * d),
    ];
    ui.painter()
        .add(eframe::egui::Shape::convex_polygon(points, color, Stroke::NONE));
}

fn figure_table(ui: &Ui, cx: &Cx<'_>, mut area: Rect, figures: &[FigureRow]) {
    table_head(ui, cx, take_top(&mut area, ROW, 0.0), ModelsWord::Figures);
    for figure in figures {
        if area.height() < ROW {
            break;
        }
        let name = cx.words.say(figure_word(figure.figure));
        let place = take_top(&mut area, ROW, 0.0);
        line_ui(ui, cx, place, (&name, &figure.live, &figure.new), figure.better);
    }
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "\u{2013}".to_owned(), |value| format!("{value:.0} %"))
}

fn class_table(ui: &mut Ui, cx: &Cx<'_>, mut area: Rect, classes: &[ClassFigure]) {
    table_head(ui, cx, take_top(&mut area, ROW, 0.0), ModelsWord::PerProduct);
    let mut child = ui.new_child(UiBuilder::new().id_salt("per class").max_rect(area));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("per class rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let size = vec2(area.width(), ROW * classes.len() as f32);
            let (mut all, _) = ui.allocate_exact_size(size, Sense::hover());
            for class in classes {
                let place = take_top(&mut all, ROW, 0.0);
                let better = match (class.live, class.new) {
                    (Some(live), Some(new)) if (new - live).abs() >= 1.0 => Some(new > live),
                    (None, Some(_)) => Some(true),
                    (Some(_), None) => Some(false),
                    (Some(_), Some(_)) | (None, None) => None,
                };
                let name = format!("{} ({})", class.name, class.objects);
                let texts = (name.as_str(), &*percent(class.live), &*percent(class.new));
                line_ui(ui, cx, place, texts, better);
            }
        });
}

pub(super) fn curves_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    mut area: Rect,
    (judged, chosen): (&JudgedView, &mut usize),
) {
    let count = judged.classes.len();
    let Some(class) = judged.classes.get((*chosen).min(count.saturating_sub(1))) else {
        return;
    };
    let mut line = take_top(&mut area, TOUCH, space::L);
    let previous = cx.words.say(ModelsWord::Previous);
    let place = take_left(&mut line, 180.0, space::L);
    if Button::new(&previous, Kind::Quiet)
        .enabled(*chosen > 0)
        .show(ui, cx.theme, place)
    {
        *chosen -= 1;
    }
    let next = cx.words.say(ModelsWord::Next);
    let place = take_right(&mut line, 180.0, space::L);
    if Button::new(&next, Kind::Quiet)
        .enabled(*chosen + 1 < count)
        .show(ui, cx.theme, place)
    {
        *chosen += 1;
    }
    let title = format!("{} ({} / {count})", class.name, (*chosen + 1).min(count));
    Text::new(&title, cx.theme.text)
        .bold()
        .align(Align2::CENTER_CENTER)
        .label(ui, line);
    let names = [
        cx.words.say(ModelsWord::ColumnNew),
        cx.words.say(ModelsWord::ColumnLive),
    ];
    let mut curves = vec![Curve {
        name: &names[0],
        points: &class.curve,
    }];
    if !class.live_curve.is_empty() {
        curves.push(Curve {
            name: &names[1],
            points: &class.live_curve,
        });
    }
    let title = cx.words.say(ModelsWord::CurveTitle);
    let x = cx.words.say(ModelsWord::CurveX);
    let axes = Axes {
        title: &title,
        x: &x,
        range: Some((0.0, 100.0)),
    };
    plot_ui(ui, cx, area, axes, &curves);
}

pub(super) fn confusion_ui(ui: &Ui, cx: &Cx<'_>, mut area: Rect, view: &ConfusionView) {
    let hint = cx.words.say(ModelsWord::ConfusionHint);
    Text::new(&hint, cx.theme.muted)
        .rows(2)
        .label(ui, take_top(&mut area, 56.0, space::M));
    let nothing = cx.words.say(ModelsWord::Nothing);
    let names: Vec<&str> = view
        .names
        .iter()
        .map(String::as_str)
        .chain([nothing.as_str()])
        .collect();
    let count = names.len();
    let head = take_bottom(&mut area, 56.0, 0.0);
    let side = take_left(&mut area, 168.0, space::M);
    let most = view.counts.iter().flatten().copied().max().unwrap_or(1).max(1);
    for (at, name) in names.iter().enumerate() {
        Text::new(name, cx.theme.text)
            .points(size::SMALL)
            .align(Align2::RIGHT_CENTER)
            .paint(ui, row(side, at, count, 4.0));
        let below = Rect::from_min_max(pos2(area.min.x, head.min.y), head.max);
        let column = crate::ui::widgets::column(below, at, count, 4.0);
        Text::new(name, cx.theme.text)
            .points(size::SMALL)
            .rows(2)
            .align(Align2::CENTER_CENTER)
            .paint(ui, column);
    }
    for (there, line) in view.counts.iter().enumerate() {
        for (said, number) in line.iter().enumerate() {
            let cell = crate::ui::widgets::column(row(area, there, count, 4.0), said, count, 4.0);
            let part = *number as f32 / most as f32;
            let fill = if there == said || *number == 0 {
                shade(cx.theme, part.sqrt() * 0.9)
            } else {
                cx.theme
                    .control
                    .lerp_to_gamma(cx.theme.look, (0.35 + part).min(1.0))
            };
            ui.painter().rect_filled(cell, CornerRadius::same(4), fill);
            if *number == 0 {
                continue;
            }
            let ink = if there == said && part.sqrt() > 0.7 {
                cx.theme.on_accent
            } else if there == said {
                cx.theme.text
            } else {
                cx.theme.on_look
            };
            let text = number.to_string();
            Text::new(&text, ink)
                .bold()
                .align(Align2::CENTER_CENTER)
                .paint(ui, cell);
            let words = cx.words.with(
                ModelsWord::ConfusionCell,
                &[
                    ("there", names.get(there).unwrap_or(&"")),
                    ("said", names.get(said).unwrap_or(&"")),
                    ("count", &text),
                ],
            );
            name_area(ui, cell, &words);
        }
    }
}

pub(super) fn mistakes_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, worst: &[MistakeView]) {
    if worst.is_empty() {
        let words = cx.words.say(ModelsWord::NoMistakes);
        Text::new(&words, cx.theme.text)
            .align(Align2::CENTER_CENTER)
            .label(ui, area);
        return;
    }
    let columns = if area.width() > 1000.0 { 4 } else { 3 };
    let width = (area.width() - space::L * (columns - 1) as f32) / columns as f32;
    let height = width * 0.75 + 84.0;
    let rows = worst.len().div_ceil(columns);
    let mut child = ui.new_child(UiBuilder::new().id_salt("mistakes").max_rect(area));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("mistake rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let size = vec2(area.width(), (height + space::L) * rows as f32);
            let (all, _) = ui.allocate_exact_size(size, Sense::hover());
            for (index, mistake) in worst.iter().enumerate() {
                let (x, y) = (index % columns, index / columns);
                let min = all.min + vec2((width + space::L) * x as f32, (height + space::L) * y as f32);
                let place = Rect::from_min_size(min, vec2(width, height));
                if place.intersects(ui.clip_rect()) {
                    mistake_ui(ui, cx, place, mistake);
                }
            }
        });
}

fn mistake_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, mistake: &MistakeView) {
    let theme = cx.theme;
    let mut inner = place;
    let text = take_bottom(&mut inner, 80.0, space::XS);
    paint_photo(ui, theme, cx.textures, inner, (mistake.photo.as_ref(), "?"));
    if let Some(photo) = &mistake.photo {
        let bbox = on_cover(photo.pixels.dimensions(), inner, mistake.bbox);
        ui.painter().rect_stroke(
            bbox,
            CornerRadius::same(6),
            Stroke::new(5.0, theme.box_edge),
            StrokeKind::Middle,
        );
        ui.painter().rect_stroke(
            bbox,
            CornerRadius::same(6),
            Stroke::new(3.0, theme.box_unsure),
            StrokeKind::Middle,
        );
    }
    let words = row(text, 0, 2, 0.0);
    Text::new(&mistake.words, theme.text)
        .or_two_rows()
        .label(ui, words);
    Text::new(&mistake.cost, theme.muted)
        .points(size::SMALL)
        .label(ui, row(text, 1, 2, 0.0));
}

/// Where a box of a picture lies when the picture fills `rect` without being stretched.
fn on_cover((width, height): (u32, u32), rect: Rect, bbox: crate::geom::CornerBox) -> Rect {
    let picture = vec2(width.max(1) as f32, height.max(1) as f32);
    let scale = (rect.width() / picture.x).max(rect.height() / picture.y);
    let whole = Rect::from_center_size(rect.center(), picture * scale);
    crate::ui::widgets::boxes::ui_from_picture(bbox, whole).intersect(rect)
}
