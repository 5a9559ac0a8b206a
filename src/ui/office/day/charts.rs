//! Sales by hour and by product as bars, with units on the axes and the value under the pointer.

use eframe::egui::{Align2, Rect, Ui, UiBuilder, vec2};
use egui_plot::{Bar, BarChart, GridInput, GridMark, HPlacement, Plot};

use crate::{
    domain::money::Money,
    ui::{
        theme::{TOUCH, size, space},
        widgets::{
            Cx,
            button::card,
            column,
            form::pick_one_ui,
            row, take_left, take_top,
            text::{Text, name_area},
        },
        words::{DayWord, Lang},
    },
};

use super::{
    DayCommand, send,
    view::{BarView, ChartPeriod, ChartsView},
};

/// Paints the page.
pub(super) fn charts_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &ChartsView) {
    let mut area = area;
    let mut head = take_top(&mut area, TOUCH, space::L);
    let width = head.width().min(760.0);
    let place = take_left(&mut head, width, space::XL);
    let options = ChartPeriod::ALL.map(|period| (period, cx.words.say(period_word(period))));
    if let Some(period) = pick_one_ui(ui, cx, place, (&options, view.period)) {
        send(cx, DayCommand::ShowPeriod(period));
    }
    let total = cx.words.money(view.total);
    let count = usize::try_from(view.count).unwrap_or(usize::MAX);
    let sales = cx.words.count(DayWord::SalesCount, count);
    let words = format!("{sales} \u{b7} {total}");
    if head.width() > 200.0 {
        Text::new(&words, cx.theme.text)
            .bold()
            .align(Align2::RIGHT_CENTER)
            .label(ui, head);
    }
    let wide = area.width() > area.height();
    let part = |index| {
        if wide {
            column(area, index, 2, space::L)
        } else {
            row(area, index, 2, space::L)
        }
    };
    let name = cx.words.say(DayWord::ByHour);
    if let Some(inner) = chart_card(ui, cx, part(0), &name, view.count == 0) {
        hours_ui(ui, cx, inner, view);
    }
    let name = cx.words.say(DayWord::ByProduct);
    if let Some(inner) = chart_card(ui, cx, part(1), &name, view.products.is_empty()) {
        products_ui(ui, cx, inner, view);
    }
}

const fn period_word(period: ChartPeriod) -> DayWord {
    match period {
        ChartPeriod::Today => DayWord::Today,
        ChartPeriod::Yesterday => DayWord::Yesterday,
        ChartPeriod::Week => DayWord::SevenDays,
        ChartPeriod::Month => DayWord::ThirtyDays,
    }
}

/// The card of a chart; the inside, or nothing when there is nothing to draw.
fn chart_card(ui: &Ui, cx: &Cx<'_>, place: Rect, name: &str, is_empty: bool) -> Option<Rect> {
    card(ui, cx.theme, place);
    let mut inner = place.shrink(space::L);
    let head = take_top(&mut inner, 36.0, space::S);
    Text::new(name, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, head);
    if is_empty {
        let words = cx.words.say(DayWord::NothingSold);
        Text::new(&words, cx.theme.muted)
            .rows(2)
            .align(Align2::CENTER_CENTER)
            .label(ui, inner);
        return None;
    }
    Some(inner)
}

/// An amount as a number on an axis. Amounts of a shop are far below where a float loses cents.
#[expect(
    clippy::cast_precision_loss,
    reason = "a place on an axis, never computed with"
)]
fn on_axis(amount: Money) -> f64 {
    let scale = 10_f64.powi(i32::try_from(amount.currency().exponent()).unwrap_or(2));
    amount.minor() as f64 / scale
}

/// How far an axis goes so that the longest bar does not touch the end.
fn headroom(bars: &[BarView]) -> f64 {
    let most = bars.iter().map(|bar| on_axis(bar.amount)).fold(0.0, f64::max);
    most * 1.06
}

/// A number of an axis without needless decimals.
fn axis_text(value: f64, step: f64, lang: Lang) -> String {
    let places = if step < 0.1 {
        2
    } else if step < 1.0 {
        1
    } else {
        0
    };
    format!("{value:.places$}").replace('.', &lang.decimal().to_string())
}

/// Every how many hours there is a mark: the plot leaves out the figures of marks that stand too close.
fn hour_step(width: f32) -> f64 {
    let apart = |hours: &f64| f64::from(width - 80.0) / 24.0 * hours >= 84.0;
    [1.0, 2.0, 3.0, 4.0, 6.0].into_iter().find(apart).unwrap_or(12.0)
}

/// Marks at whole numbers only.
fn whole_marks(input: &GridInput, step: f64) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let mut marks = Vec::new();
    // Adding zero takes the sign off a zero that was rounded up to.
    let mut value = (low / step).ceil() * step + 0.0;
    while value <= high && marks.len() < 100 {
        marks.push(GridMark {
            value,
            step_size: step,
        });
        value += step;
    }
    marks
}

fn bars(cx: &Cx<'_>, bars: &[BarView], order: impl Fn(usize) -> f64) -> Vec<Bar> {
    let said = |bar: &BarView| {
        let amount = cx.words.money(bar.amount);
        format!("{}\n{amount}\n{}", bar.label, bar.count)
    };
    bars.iter()
        .enumerate()
        .map(|(index, bar)| {
            Bar::new(order(index), on_axis(bar.amount))
                .width(0.72)
                .fill(cx.theme.accent)
                .name(said(bar))
        })
        .collect()
}

fn plot<'a>(name: &'a str, cx: &Cx<'_>) -> Plot<'a> {
    Plot::new(name)
        .show_background(false)
        .grid_color(cx.theme.line)
        .set_margin_fraction(vec2(0.0, 0.0))
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .show_crosshair(false)
        .label_formatter(|_| None)
}

/// Says in words what the bars show.
fn name_ui(ui: &Ui, place: Rect, cx: &Cx<'_>, bars: &[BarView]) {
    let said: Vec<String> = bars
        .iter()
        .filter(|bar| bar.amount.minor() != 0)
        .map(|bar| format!("{}: {}", bar.label, cx.words.money(bar.amount)))
        .collect();
    name_area(ui, place, &said.join("; "));
}

fn child(ui: &mut Ui, cx: &Cx<'_>, place: Rect, salt: &str) -> Ui {
    let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(place));
    let visuals = &mut child.style_mut().visuals;
    visuals.override_text_color = Some(cx.theme.muted);
    for font in child.style_mut().text_styles.values_mut() {
        *font = crate::ui::theme::regular(size::SMALL);
    }
    child
}

fn hours_ui(ui: &mut Ui, cx: &Cx<'_>, place: Rect, view: &ChartsView) {
    let lang = cx.words.lang();
    let chart = BarChart::new("hours", bars(cx, &view.hours, |hour| hour as f64 + 0.5))
        .element_formatter(Box::new(|bar, _| bar.name.clone()));
    let unit = cx
        .words
        .with(DayWord::AxisTaken, &[("currency", view.currency.code())]);
    let hour = cx.words.say(DayWord::AxisHour);
    name_ui(ui, place, cx, &view.hours);
    let every = hour_step(place.width());
    let mut child = child(ui, cx, place, "hours");
    plot("sales by hour", cx)
        .width(place.width())
        .height(place.height())
        .include_x(0.0)
        .include_x(24.0)
        .include_y(0.0)
        .include_y(headroom(&view.hours))
        .x_axis_label(hour)
        .y_axis_label(unit)
        .y_axis_min_width(56.0)
        .x_grid_spacer(move |input| whole_marks(&input, every))
        .x_axis_formatter(|mark, _| format!("{:.0}", mark.value))
        .y_axis_formatter(move |mark, _| axis_text(mark.value, mark.step_size, lang))
        .show(&mut child, |plot| plot.bar_chart(chart));
}

fn products_ui(ui: &mut Ui, cx: &Cx<'_>, place: Rect, view: &ChartsView) {
    let lang = cx.words.lang();
    let most = view.products.len();
    // The first stands at the top.
    let order = move |index: usize| (most - index) as f64;
    let chart = BarChart::new("products", bars(cx, &view.products, order))
        .horizontal()
        .element_formatter(Box::new(|bar, _| bar.name.clone()));
    let unit = cx
        .words
        .with(DayWord::AxisTaken, &[("currency", view.currency.code())]);
    let names: Vec<String> = view.products.iter().map(|bar| shortened(&bar.label)).collect();
    let name_at = move |mark: GridMark, _: &std::ops::RangeInclusive<f64>| {
        let place = names.len() as f64 - mark.value;
        names
            .iter()
            .enumerate()
            .find(|(index, _)| (*index as f64 - place).abs() < 0.01)
            .map_or_else(String::new, |(_, name)| name.clone())
    };
    name_ui(ui, place, cx, &view.products);
    let mut child = child(ui, cx, place, "products");
    plot("sales by product", cx)
        .width(place.width())
        .height(place.height())
        .include_x(0.0)
        .include_x(headroom(&view.products))
        .include_y(0.4)
        .include_y(most as f64 + 0.6)
        .x_axis_label(unit)
        .y_axis_position(HPlacement::Left)
        .y_axis_min_width(170.0)
        .y_grid_spacer(|input| whole_marks(&input, 1.0))
        .y_axis_formatter(name_at)
        .x_axis_formatter(move |mark, _| axis_text(mark.value, mark.step_size, lang))
        .show(&mut child, |plot| plot.bar_chart(chart));
}

/// A name as long as an axis has room for.
fn shortened(name: &str) -> String {
    const MOST: usize = 20;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let kept: String = name.chars().take(MOST - 1).collect();
    format!("{}\u{2026}", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn amounts_stand_where_they_belong() {
        assert!((on_axis(Money::new(1_234, Currency::EUR)) - 12.34).abs() < 1e-9);
        let yen = Currency::from_code("JPY").unwrap();
        assert!((on_axis(Money::new(500, yen)) - 500.0).abs() < 1e-9);
        assert_eq!(axis_text(2.5, 0.5, Lang::German), "2,5");
        assert_eq!(axis_text(20.0, 10.0, Lang::English), "20");
        assert_eq!(
            crate::ui::words::money(Money::new(1_234, Currency::EUR), Lang::German),
            "12,34\u{a0}\u{20ac}"
        );
    }

    #[test]
    fn the_hours_have_figures_on_every_width() {
        // A mark's figure shows from 60 points apart on, in full from 80.
        for width in [400.0_f32, 740.0, 900.0, 1_600.0] {
            let apart = f64::from(width - 80.0) / 24.0 * hour_step(width);
            assert!((84.0..260.0).contains(&apart), "{width}: {apart}");
        }
    }

    #[test]
    fn the_first_hour_is_no_minus_zero() {
        let input = GridInput {
            bounds: (-1.2, 25.2),
            base_step_size: 1.0,
        };
        let first = whole_marks(&input, 3.0)[0].value;
        assert_eq!(format!("{first:.0}"), "0");
    }

    #[test]
    fn long_names_are_cut_with_a_sign() {
        assert_eq!(shortened("Apple"), "Apple");
        assert_eq!(
            shortened("Wholegrain sunflower rolls"),
            "Wholegrain sunflowe\u{2026}"
        );
    }
}
