//! The prices of a product over time, as steps: with axes, units, and the value under the pointer.

use eframe::egui::{Rect, Ui, UiBuilder};
use egui_plot::{HoverPosition, Line, Plot, PlotPoints, VLine};

use super::PricePoint;
use crate::ui::{
    theme::{regular, size},
    widgets::Cx,
    words::ProductsWord,
};

const DAY_MS: f64 = 86_400_000.0;

/// Paints it into `rect`.
pub(super) fn plot_ui(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, points: &[PricePoint]) {
    let Some(first) = points.first() else {
        return;
    };
    let scale = 10_f64.powi(i32::try_from(first.price.currency().exponent()).unwrap_or(2));
    let days = |ms: i64| whole(ms - first.from_ms) / DAY_MS;
    let amount = |point: &PricePoint| whole(point.price.minor()) / scale;
    let end = points.last().map_or(1.0, |last| days(last.from_ms)) * 1.08 + 7.0;
    let held: Vec<PricePoint> = points.iter().filter(|point| !point.planned).cloned().collect();
    let steps = |points: &[PricePoint], end: f64| -> Vec<[f64; 2]> {
        let mut line = Vec::new();
        for (index, point) in points.iter().enumerate() {
            let until = points.get(index + 1).map_or(end, |next| days(next.from_ms));
            line.push([days(point.from_ms), amount(point)]);
            line.push([until, amount(point)]);
        }
        line
    };
    let planned_from = points
        .iter()
        .find(|point| point.planned)
        .map(|point| days(point.from_ms));
    let builder = UiBuilder::new().id_salt("price plot").max_rect(rect);
    let mut child = ui.new_child(builder);
    for font in child.style_mut().text_styles.values_mut() {
        *font = regular(size::SMALL);
    }
    let dates: Vec<(f64, String)> = points
        .iter()
        .map(|point| (days(point.from_ms), point.from.clone()))
        .collect();
    let symbol = first.price.currency().code();
    let label = cx.words.with(ProductsWord::PlotPrice, &[("currency", symbol)]);
    let decimals = usize::try_from(first.price.currency().exponent()).unwrap_or(2);
    let date_of = move |day: f64| {
        let found = dates.iter().rev().find(|(from, _)| *from <= day + 1e-6);
        found.map_or_else(String::new, |(_, text)| {
            text.split(' ').next().unwrap_or("").to_owned()
        })
    };
    let pointed = date_of.clone();
    Plot::new("price history")
        .show_background(false)
        .grid_color(cx.theme.line)
        .show_grid([false, true])
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .include_y(0.0)
        .include_x(end)
        .y_axis_label(label)
        .x_axis_formatter(move |mark, _| date_of(mark.value))
        .label_formatter(move |hover| {
            let (HoverPosition::NearDataPoint { position, .. } | HoverPosition::Elsewhere { position }) =
                hover;
            Some(format!("{:.decimals$}\n{}", position.y, pointed(position.x)))
        })
        .show(&mut child, |plot| {
            let from = planned_from.unwrap_or(end);
            for edge in edges(&steps(&held, from)) {
                plot.line(Line::new("price", edge).color(cx.theme.accent).width(3.0));
            }
            if let Some(from) = planned_from {
                plot.vline(VLine::new("planned", from).color(cx.theme.look).width(2.0));
                let later: Vec<PricePoint> = points.iter().filter(|point| point.planned).cloned().collect();
                for edge in edges(&steps(&later, end)) {
                    plot.line(Line::new("planned price", edge).color(cx.theme.look).width(3.0));
                }
            }
        });
}

/// Each edge as a line of its own: joined at right angles, thick lines smear.
fn edges<'a>(line: &[[f64; 2]]) -> Vec<PlotPoints<'a>> {
    line.windows(2)
        .map(|edge| PlotPoints::from(edge.to_vec()))
        .collect()
}

/// A count of milliseconds or cents as a place on an axis, which is exact far beyond what a shop has.
fn whole(value: i64) -> f64 {
    let clamped = value.clamp(-(1 << 52), 1 << 52);
    clamped as f64
}
