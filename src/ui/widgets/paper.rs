//! A receipt or a report on the screen: the rows that are printed, on paper, by the same words and amounts.

use eframe::egui::{Align2, Rect, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::{
    domain::receipt::{ReceiptRow, RowKind},
    ui::{
        theme::{size, space},
        widgets::{Cx, button::card, take_left, take_right, take_top, text::Text},
    },
};

/// Height of a row of text.
const ROW: f32 = 28.0;

/// Paints the rows into a card that scrolls when they are many.
pub fn paper_ui(ui: &mut Ui, cx: &Cx<'_>, area: Rect, rows: &[ReceiptRow]) {
    card(ui, cx.theme, area);
    let inner = area.shrink2(vec2(space::L, space::M));
    let mut child = ui.new_child(UiBuilder::new().id_salt("paper").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("paper rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let width = inner.width() - space::M;
            let heights: Vec<f32> = rows.iter().map(|row| height(ui, cx, row, width)).collect();
            let all = vec2(width, heights.iter().sum());
            let (mut rest, _) = ui.allocate_exact_size(all, eframe::egui::Sense::hover());
            for (row, height) in rows.iter().zip(heights) {
                let place = take_top(&mut rest, height, 0.0);
                if place.intersects(ui.clip_rect()) {
                    row_ui(ui, cx, place, row);
                }
            }
        });
}

fn is_wrapped(kind: RowKind) -> bool {
    match kind {
        RowKind::Header | RowKind::Footer | RowKind::Item | RowKind::Detail => true,
        RowKind::Meta
        | RowKind::Subtotal
        | RowKind::Total
        | RowKind::Tender
        | RowKind::Tax
        | RowKind::Rule => false,
    }
}

fn height(ui: &Ui, cx: &Cx<'_>, row: &ReceiptRow, width: f32) -> f32 {
    match row.kind {
        RowKind::Rule => 16.0,
        RowKind::Total => 40.0,
        RowKind::Header
        | RowKind::Footer
        | RowKind::Item
        | RowKind::Detail
        | RowKind::Meta
        | RowKind::Subtotal
        | RowKind::Tender
        | RowKind::Tax => {
            let room = left_room(ui, cx, row, width);
            left_text(cx, row).height(ui, room).max(ROW)
        }
    }
}

fn left_room(ui: &Ui, cx: &Cx<'_>, row: &ReceiptRow, width: f32) -> f32 {
    if row.right.is_empty() {
        width
    } else {
        width - right_text(cx, row).width(ui) - space::M - 2.0
    }
}

fn left_text<'a>(cx: &Cx<'_>, row: &'a ReceiptRow) -> Text<'a> {
    let ink = match row.kind {
        RowKind::Detail | RowKind::Tax | RowKind::Footer => cx.theme.muted,
        RowKind::Header
        | RowKind::Item
        | RowKind::Meta
        | RowKind::Subtotal
        | RowKind::Total
        | RowKind::Tender
        | RowKind::Rule => cx.theme.text,
    };
    let rows = if is_wrapped(row.kind) { 3 } else { 1 };
    let text = Text::new(&row.left, ink).rows(rows);
    match row.kind {
        RowKind::Header => text.bold().align(Align2::CENTER_CENTER),
        RowKind::Footer => text.align(Align2::CENTER_CENTER),
        RowKind::Total => text.bold().points(size::LARGE),
        RowKind::Tax | RowKind::Detail => text.points(18.0),
        RowKind::Item | RowKind::Meta | RowKind::Subtotal | RowKind::Tender | RowKind::Rule => text,
    }
}

fn right_text<'a>(cx: &Cx<'_>, row: &'a ReceiptRow) -> Text<'a> {
    let ink = if row.kind == RowKind::Tax {
        cx.theme.muted
    } else {
        cx.theme.text
    };
    let text = Text::new(&row.right, ink).align(Align2::RIGHT_CENTER);
    match row.kind {
        RowKind::Total => text.bold().points(size::LARGE),
        RowKind::Tax => text.points(18.0),
        RowKind::Header
        | RowKind::Footer
        | RowKind::Item
        | RowKind::Detail
        | RowKind::Meta
        | RowKind::Subtotal
        | RowKind::Tender
        | RowKind::Rule => text,
    }
}

fn row_ui(ui: &Ui, cx: &Cx<'_>, mut place: Rect, row: &ReceiptRow) {
    if row.kind == RowKind::Rule {
        let y = place.center().y;
        let mut x = place.min.x;
        while x < place.max.x {
            let end = (x + 6.0).min(place.max.x);
            ui.painter()
                .line_segment([pos2(x, y), pos2(end, y)], Stroke::new(1.0, cx.theme.outline));
            x += 11.0;
        }
        return;
    }
    if !row.right.is_empty() {
        let text = right_text(cx, row);
        let width = text.width(ui) + 2.0;
        let mut right = take_right(&mut place, width, space::M);
        // A name over several rows has its amount beside the first one.
        if is_wrapped(row.kind) {
            right = take_top(&mut right, ROW, 0.0);
        }
        text.label(ui, right);
    }
    if row.kind == RowKind::Detail {
        take_left(&mut place, space::L, 0.0);
    }
    left_text(cx, row).label(ui, place);
}
