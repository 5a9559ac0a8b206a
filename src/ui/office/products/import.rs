//! What an import would do, line by line, before anything is done; or what is wrong with the file.

use std::sync::Arc;

use eframe::egui::{Align2, Rect, Ui};

use super::{ProductsCommand, send};
use crate::ui::{
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        table::{Column, Table, Width, table_ui},
        take_bottom, take_right, take_top,
        text::Text,
    },
    words::ProductsWord,
};

/// A preview.
#[derive(Debug, Clone, Default)]
pub struct ImportView {
    /// Name of the file.
    pub file: String,
    /// What would be new or changed, or the lines that are wrong.
    pub lines: Arc<Vec<ImportLine>>,
    /// Products that would be new.
    pub added: usize,
    /// Products that would be changed.
    pub changed: usize,
    /// Products that are as the file says.
    pub unchanged: usize,
    /// Whether the file is wrong: then nothing can be imported.
    pub wrong: bool,
}

/// A line of a preview.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportLine {
    /// Number of the product, or of the line.
    pub key: String,
    /// Name of the product.
    pub name: String,
    /// What would change, or what is wrong.
    pub what: String,
}

/// Paints it.
pub(super) fn import_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &ImportView) {
    let title = cx.words.with(ProductsWord::ImportTitle, &[("file", &view.file)]);
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .label(ui, take_top(&mut area, 40.0, space::S));
    let sums = if view.wrong {
        cx.words.count(ProductsWord::ImportWrong, view.lines.len())
    } else {
        cx.words.with(
            ProductsWord::ImportSums,
            &[
                ("added", &view.added.to_string()),
                ("changed", &view.changed.to_string()),
                ("unchanged", &view.unchanged.to_string()),
            ],
        )
    };
    let ink = if view.wrong { cx.theme.stop } else { cx.theme.text };
    Text::new(&sums, ink)
        .rows(2)
        .align(Align2::LEFT_CENTER)
        .label(ui, take_top(&mut area, 56.0, space::M));
    foot_ui(ui, cx, &mut area, view);
    let titles = if view.wrong {
        [ProductsWord::Line, ProductsWord::Name, ProductsWord::Problem]
    } else {
        [ProductsWord::Sku, ProductsWord::Name, ProductsWord::WhatChanges]
    }
    .map(|word| cx.words.say(word));
    let [key, name, what] = &titles;
    let columns = [
        Column::text(key, Width::Fixed(200.0)),
        Column::text(name, Width::Share(if view.wrong { 0.01 } else { 1.0 })),
        Column::text(what, Width::Share(2.0)),
    ];
    let columns = if view.wrong {
        vec![columns[0], columns[2]]
    } else {
        columns.to_vec()
    };
    let table = Table {
        salt: "import",
        columns: &columns,
        rows: view.lines.len(),
        row_height: 44.0,
        chosen: None,
        sorted: None,
        keys: false,
    };
    let label = |index: usize| {
        let line = view.lines.get(index);
        line.map_or_else(String::new, |line| {
            format!("{} {} {}", line.key, line.name, line.what)
        })
    };
    table_ui(ui, cx, area, &table, label, |ui, cx, place| {
        let Some(line) = view.lines.get(place.index) else {
            return;
        };
        let texts = if view.wrong {
            vec![&line.key, &line.what]
        } else {
            vec![&line.key, &line.name, &line.what]
        };
        for (text, cell) in texts.into_iter().zip(place.cells) {
            Text::new(text, cx.theme.text).paint(ui, *cell);
        }
    });
}

/// Do it, or leave it.
fn foot_ui(ui: &Ui, cx: &mut Cx<'_>, area: &mut Rect, view: &ImportView) {
    let mut foot = take_bottom(area, TOUCH + space::S, space::L);
    let some = !view.wrong && view.added + view.changed > 0;
    if some {
        let label = cx.words.count(ProductsWord::ImportNow, view.added + view.changed);
        let place = take_right(&mut foot, 420.0, space::M);
        if Button::new(&label, Kind::Primary).show(ui, cx.theme, place) {
            send(cx, ProductsCommand::ApplyImport);
        }
    }
    let label = cx.words.say(if some {
        ProductsWord::ImportCancel
    } else {
        ProductsWord::BackToList
    });
    let place = take_right(&mut foot, 280.0, 0.0);
    if Button::new(&label, Kind::Quiet).show(ui, cx.theme, place) {
        send(cx, ProductsCommand::CancelImport);
    }
}
