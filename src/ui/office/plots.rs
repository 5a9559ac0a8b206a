//! Plots of the teaching pages: curves, bars, a map of places, a bar of progress.
//!
//! Each has a title with its unit, axes with round numbers, and says the value under the pointer. What is
//! plotted is named for screen readers in one sentence.

use eframe::egui::{
    Align2, Color32, CornerRadius, Pos2, Rect, Sense, Stroke, Ui, UiBuilder, Vec2, pos2, vec2,
};
use egui_plot::{HoverPosition, Line, Plot, PlotPoints};

use crate::ui::{
    theme::{Theme, regular, size, space},
    widgets::{
        Cx,
        button::card,
        id, take_bottom, take_left, take_top,
        text::{Text, name_area},
    },
};

/// Colours of series, told apart also by those who see few colours (Okabe and Ito, 2008).
pub(super) const COLORS: [Color32; 4] = [
    Color32::from_rgb(0x00, 0x72, 0xb2),
    Color32::from_rgb(0xd5, 0x5e, 0x00),
    Color32::from_rgb(0x00, 0x9e, 0x73),
    Color32::from_rgb(0xcc, 0x79, 0xa7),
];
const TITLE: f32 = 36.0;
const LEGEND: f32 = 28.0;
const X_AXIS: f32 = 28.0;
const Y_AXIS: f32 = 64.0;

/// One curve.
#[derive(Debug, Clone, Copy)]
pub(super) struct Curve<'a> {
    /// What it is.
    pub(super) name: &'a str,
    /// Its points, in the order of x.
    pub(super) points: &'a [[f64; 2]],
}

/// What a plot is called and what its axes count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axes<'a> {
    /// Its title.
    pub(super) title: &'a str,
    /// What goes to the right.
    pub(super) x: &'a str,
    /// The least and the greatest value upwards; by the points if none.
    pub(super) range: Option<(f64, f64)>,
}

/// A round step, so that about `count` of them make `span`.
fn step(span: f64, count: f64) -> f64 {
    let rough = (span / count).max(1e-9);
    let power = 10_f64.powf(rough.log10().floor());
    let part = rough / power;
    let round = if part <= 1.0 {
        1.0
    } else if part <= 2.0 {
        2.0
    } else if part <= 5.0 {
        5.0
    } else {
        10.0
    };
    round * power
}

/// A number as an axis shows it.
fn number(value: f64, step: f64) -> String {
    if step >= 1.0 {
        format!("{value:.0}")
    } else if step >= 0.1 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// Where values lie on the screen.
struct Scale {
    area: Rect,
    top: f64,
}

impl Scale {
    fn y(&self, value: f64) -> f32 {
        let part = crate::geom::cast::narrow_f32((value / self.top.max(1e-12)).clamp(0.0, 1.0));
        self.area.max.y - part * self.area.height()
    }
}

/// The title, and what is left below it.
fn head_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, title: &str) -> Rect {
    card(ui, cx.theme, rect);
    let mut inner = rect.shrink2(vec2(space::L, space::M));
    let place = take_top(&mut inner, TITLE, space::XS);
    Text::new(title, cx.theme.text).bold().shrink().label(ui, place);
    inner
}

/// The names of series beside their colours.
fn legend_ui(ui: &Ui, cx: &Cx<'_>, mut place: Rect, names: &[(&str, Color32)]) {
    for (name, color) in names {
        let text = Text::new(name, cx.theme.text).points(size::SMALL);
        let width = text.width(ui) + 2.0;
        let sign = take_left(&mut place, 18.0, space::S);
        ui.painter().rect_filled(
            Rect::from_center_size(sign.center(), Vec2::splat(14.0)),
            CornerRadius::same(3),
            *color,
        );
        text.paint(ui, take_left(&mut place, width, space::XL));
    }
}

/// Paints curves; the value under the pointer stands beside it.
pub(super) fn curves_ui(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, axes: Axes<'_>, curves: &[Curve<'_>]) {
    let mut inner = head_ui(ui, cx, rect, axes.title);
    let named: Vec<(&str, Color32)> = curves
        .iter()
        .zip(COLORS)
        .map(|(curve, c)| (curve.name, c))
        .collect();
    if curves.len() > 1 {
        legend_ui(ui, cx, take_top(&mut inner, LEGEND, space::XS), &named);
    }
    let foot = take_bottom(&mut inner, 24.0, 0.0);
    Text::new(axes.x, cx.theme.muted)
        .points(size::SMALL)
        .align(Align2::RIGHT_CENTER)
        .paint(ui, foot);
    // The outermost numbers of the axes stand half outside of the plot.
    let room = inner;
    inner.min.y += space::S;
    inner.max.x -= space::L;
    let mut child = ui.new_child(UiBuilder::new().id_salt(("curves", axes.title)).max_rect(inner));
    child.set_clip_rect(room.intersect(ui.clip_rect()));
    for font in child.style_mut().text_styles.values_mut() {
        *font = regular(size::SMALL);
    }
    let visuals = child.visuals_mut();
    visuals.override_text_color = Some(cx.theme.muted);
    visuals.extreme_bg_color = cx.theme.card;
    let mut plot = Plot::new(id(("curves", axes.title, curves.len())))
        .width(inner.width())
        .height(inner.height())
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .show_background(false)
        .grid_color(cx.theme.line)
        .y_axis_min_width(Y_AXIS)
        .include_y(0.0)
        .include_x(0.0)
        .label_formatter(|at| {
            let (name, point) = match at {
                HoverPosition::NearDataPoint {
                    plot_name, position, ..
                } => (*plot_name, *position),
                HoverPosition::Elsewhere { .. } => return None,
            };
            Some(format!("{name}: {:.2} ({:.1})", point.y, point.x))
        });
    if let Some((low, high)) = axes.range {
        plot = plot
            .default_y_bounds(low, high + (high - low) * 0.04)
            .include_y(high);
    }
    if curves.iter().all(|curve| curve.points.is_empty()) {
        // Without anything to show the axis would reach as far below 0 as above.
        plot = plot.include_x(1.0);
    }
    let lines: Vec<Line<'_>> = curves
        .iter()
        .zip(COLORS)
        .map(|(curve, color)| {
            Line::new(curve.name, PlotPoints::new(curve.points.to_vec()))
                .color(color)
                .width(2.5)
        })
        .collect();
    plot.show(&mut child, |plot| {
        for line in lines {
            plot.line(line);
        }
    });
    let sentence = curves.iter().filter_map(|curve| {
        let [_, y] = curve.points.last()?;
        Some(format!("{} {y:.2}", curve.name))
    });
    let name = format!("{}: {}", axes.title, sentence.collect::<Vec<_>>().join(", "));
    name_area(
        ui,
        Rect::from_min_size(rect.min, vec2(rect.width(), TITLE)),
        &name,
    );
}

/// What is said beside the pointer.
fn tip_ui(ui: &Ui, theme: &Theme, (pointer, area): (Pos2, Rect), lines: &[String]) {
    let width = lines
        .iter()
        .map(|line| Text::new(line, theme.text).points(size::SMALL).width(ui))
        .fold(0.0, f32::max);
    let room = vec2(width + 24.0, 24.0 * lines.len() as f32 + 12.0);
    let left = if pointer.x + room.x + 16.0 > area.max.x {
        pointer.x - room.x - 12.0
    } else {
        pointer.x + 12.0
    };
    let mut place = Rect::from_min_size(pos2(left, area.min.y + space::S), room);
    ui.painter().rect(
        place,
        CornerRadius::same(6),
        theme.card,
        Stroke::new(1.0, theme.outline),
        eframe::egui::StrokeKind::Inside,
    );
    place = place.shrink2(vec2(12.0, 6.0));
    for line in lines {
        let row = take_top(&mut place, 24.0, 0.0);
        Text::new(line, theme.text).points(size::SMALL).paint(ui, row);
    }
}

fn place_of(rect: Rect) -> (i32, i32) {
    let whole = crate::geom::cast::round_i32;
    (whole(rect.min.x), whole(rect.min.y))
}

/// Bars in groups: a name, and a value of each series. What goes to the right is named where there is a name.
pub(super) fn bars_ui(
    ui: &Ui,
    cx: &Cx<'_>,
    rect: Rect,
    (title, along): (&str, &str),
    (series, groups): (&[&str], &[(String, Vec<f64>)]),
) {
    let mut inner = head_ui(ui, cx, rect, title);
    if !along.is_empty() {
        Text::new(along, cx.theme.muted)
            .points(size::SMALL)
            .shrink()
            .align(Align2::RIGHT_CENTER)
            .paint(ui, take_bottom(&mut inner, 24.0, 0.0));
    }
    let named: Vec<(&str, Color32)> = series.iter().copied().zip(COLORS).collect();
    if series.len() > 1 {
        legend_ui(ui, cx, take_top(&mut inner, LEGEND, space::XS), &named);
    }
    take_bottom(&mut inner, X_AXIS, 0.0);
    take_left(&mut inner, Y_AXIS, 0.0);
    take_top(&mut inner, space::S, 0.0);
    let top = groups
        .iter()
        .flat_map(|(_, values)| values.iter().copied())
        .fold(1.0, f64::max);
    let scale = Scale {
        area: inner,
        top: top * 1.05,
    };
    bar_grid(ui, cx, &scale);
    for (index, (name, values)) in groups.iter().enumerate() {
        let cell = crate::ui::widgets::column(inner, index, groups.len(), 0.0);
        let label = Rect::from_center_size(
            pos2(cell.center().x, inner.max.y + 16.0),
            vec2(cell.width() - 4.0, 24.0),
        );
        let text = Text::new(name, cx.theme.muted)
            .points(size::SMALL)
            .align(Align2::CENTER_CENTER);
        // Where the names do not fit side by side, every second one or fewer has all the room.
        let every = crate::geom::cast::floor_index((text.width(ui) + 8.0) / cell.width()) + 1;
        if groups.len() <= 6 || index % every.min(5) == 0 {
            let room = if groups.len() <= 6 {
                0.0
            } else {
                cell.width() * 2.0
            };
            text.paint(ui, label.expand2(vec2(room, 0.0)));
        }
        let width = (cell.width() * 0.8 / values.len().max(1) as f32).min(56.0);
        let left = cell.center().x - width * values.len() as f32 / 2.0;
        for (place, (value, color)) in values.iter().zip(COLORS).enumerate() {
            let x = left + width * place as f32;
            let bar = Rect::from_min_max(pos2(x + 1.0, scale.y(*value)), pos2(x + width - 1.0, inner.max.y));
            ui.painter().rect_filled(bar, CornerRadius::same(3), color);
        }
        let tall = Rect::from_x_y_ranges(cell.x_range(), inner.y_range());
        let over = ui.interact(tall, id(("bars", place_of(tall))), Sense::hover());
        if let Some(pointer) = over.hover_pos() {
            let lines: Vec<String> = std::iter::once(name.clone())
                .chain(
                    series
                        .iter()
                        .zip(values)
                        .map(|(series, value)| format!("{series}: {value:.0}")),
                )
                .collect();
            tip_ui(ui, cx.theme, (pointer, inner), &lines);
        }
    }
    let said: Vec<String> = groups
        .iter()
        .map(|(name, values)| {
            let numbers: Vec<String> = values.iter().map(|value| format!("{value:.0}")).collect();
            format!("{name} {}", numbers.join(" / "))
        })
        .collect();
    name_area(ui, rect, &format!("{title}: {}", said.join(", ")));
}

fn bar_grid(ui: &Ui, cx: &Cx<'_>, scale: &Scale) {
    let steps = step(scale.top, f64::from(scale.area.height() / 48.0).max(2.0)).max(1.0);
    let mut value = 0.0;
    while value <= scale.top {
        let y = scale.y(value);
        ui.painter()
            .hline(scale.area.x_range(), y, Stroke::new(1.0, cx.theme.line));
        let place = Rect::from_min_max(
            pos2(scale.area.min.x - Y_AXIS, y - 12.0),
            pos2(scale.area.min.x - space::S, y + 12.0),
        );
        let text = number(value, steps);
        Text::new(&text, cx.theme.muted)
            .points(size::SMALL)
            .align(Align2::RIGHT_CENTER)
            .paint(ui, place);
        value += steps;
    }
}

/// A colour between the ground and the accent.
pub(super) fn shade(theme: &Theme, part: f32) -> Color32 {
    theme.control.lerp_to_gamma(theme.accent, part.clamp(0.0, 1.0))
}

/// A map of places on the photos: the more boxes, the stronger. Below it, what faint and strong stand for; the
/// number under the pointer stands beside it.
pub(super) fn places_ui(
    ui: &Ui,
    cx: &Cx<'_>,
    rect: Rect,
    title: &str,
    (cells, boxes): (&[Vec<u32>], &dyn Fn(u32) -> String),
) {
    let mut inner = head_ui(ui, cx, rect, title);
    let most = cells.iter().flatten().copied().max().unwrap_or(0).max(1);
    shades_ui(ui, cx, take_bottom(&mut inner, 24.0, space::S), &boxes(most));
    let rows = cells.len().max(1);
    let columns = cells.first().map_or(1, Vec::len).max(1);
    let shape = crate::ui::widgets::photo::fit(vec2(4.0, 3.0), inner);
    let cell = vec2(shape.width() / columns as f32, shape.height() / rows as f32);
    for (y, row) in cells.iter().enumerate() {
        for (x, count) in row.iter().enumerate() {
            let min = shape.min + vec2(cell.x * x as f32, cell.y * y as f32);
            let place = Rect::from_min_size(min, cell);
            let part = *count as f32 / most as f32;
            if *count > 0 {
                ui.painter().rect_filled(
                    place.expand(0.3),
                    CornerRadius::ZERO,
                    shade(cx.theme, 0.15 + part * 0.85),
                );
            }
        }
    }
    ui.painter().rect_stroke(
        shape,
        CornerRadius::ZERO,
        Stroke::new(1.0, cx.theme.outline),
        eframe::egui::StrokeKind::Outside,
    );
    let over = ui.interact(shape, id(("places", place_of(shape))), Sense::hover());
    if let Some(pointer) = over.hover_pos() {
        let at = |along: f32, side: f32| crate::geom::cast::floor_index(along / side);
        let row = cells.get(at(pointer.y - shape.min.y, cell.y));
        let count = row.and_then(|row| row.get(at(pointer.x - shape.min.x, cell.x)));
        if let Some(count) = count {
            tip_ui(ui, cx.theme, (pointer, shape), &[boxes(*count)]);
        }
    }
    name_area(ui, rect, title);
}

/// From none to the most, as a band of shades between the two numbers.
fn shades_ui(ui: &Ui, cx: &Cx<'_>, mut place: Rect, most: &str) {
    const STEPS: usize = 5;
    let number = |text| Text::new(text, cx.theme.muted).points(size::SMALL);
    number("0").paint(ui, take_left(&mut place, 14.0, space::XS));
    for step in 0..STEPS {
        let band = take_left(&mut place, 16.0, 0.0);
        let band = Rect::from_center_size(band.center(), vec2(16.0, 12.0));
        let part = (step + 1) as f32 / STEPS as f32;
        ui.painter()
            .rect_filled(band, CornerRadius::ZERO, shade(cx.theme, part));
    }
    take_left(&mut place, space::XS, 0.0);
    number(most).shrink().paint(ui, place);
}

/// How far something is, with a sentence on it.
pub(super) fn progress_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, part: f32, words: &str) {
    let theme = cx.theme;
    let radius = CornerRadius::same(8);
    ui.painter().rect(
        rect,
        radius,
        theme.control,
        Stroke::new(1.0, theme.line),
        eframe::egui::StrokeKind::Inside,
    );
    let part = part.clamp(0.0, 1.0);
    if part > 0.0 {
        let mut done = rect;
        done.set_width((rect.width() * part).max(16.0));
        ui.painter().rect_filled(done, radius, theme.accent);
    }
    let inner = rect.shrink2(vec2(space::L, 0.0));
    let text = |color| Text::new(words, color).bold().align(Align2::LEFT_CENTER);
    text(theme.text).paint(ui, inner);
    if part > 0.0 {
        // The same words in the other colour, where the bar is behind them.
        let mut over = ui.painter().clone();
        over.set_clip_rect(Rect::from_min_max(
            rect.min,
            pos2(rect.min.x + rect.width() * part, rect.max.y),
        ));
        let galley = text(theme.on_accent).galley(ui, inner.width());
        let pos = pos2(inner.min.x, inner.center().y - galley.size().y / 2.0);
        over.galley(pos, galley, theme.on_accent);
    }
    name_area(ui, rect, words);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_axes_are_round() {
        for (span, count, wanted) in [
            (10.0, 5.0, 2.0),
            (1.0, 4.0, 0.5),
            (97.0, 10.0, 10.0),
            (3.0, 10.0, 0.5),
        ] {
            assert!((step(span, count) - wanted).abs() < 1e-9, "{span} in {count}");
        }
        assert_eq!(number(0.25, 0.05), "0.25");
        assert_eq!(number(20.0, 5.0), "20");
    }
}
