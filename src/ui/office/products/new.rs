//! A new product: what it cannot be without; the rest is edited in its details.

use eframe::egui::{Align2, Rect, Ui};

use super::{ProductField, ProductsCommand, ProductsState, ProductsView, panel_head, send};
use crate::ui::{
    theme::{TOUCH, space},
    widgets::{
        Cx,
        button::{Button, Kind, card},
        field::{FIELD, Field, field_ui},
        take_top,
        text::Text,
    },
    words::ProductsWord,
};

/// What is typed.
#[derive(Debug, Default)]
pub(super) struct NewProduct {
    texts: [String; 4],
    focused: bool,
}

/// Paints the form.
pub(super) fn new_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &ProductsView,
    state: &mut ProductsState,
) {
    let Some(form) = &mut state.new else {
        return;
    };
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::XL);
    let title = cx.words.say(ProductsWord::New);
    if panel_head(ui, cx, &mut inner, &title) {
        state.new = None;
        return;
    }
    let fields = [
        (ProductField::Name, ProductsWord::Name),
        (ProductField::Sku, ProductsWord::Sku),
        (ProductField::Department, ProductsWord::Department),
        (ProductField::Price, ProductsWord::Price),
    ];
    for ((field, word), text) in fields.into_iter().zip(form.texts.iter_mut()) {
        let label = cx.words.say(word);
        let salt = format!("new product {word:?}");
        let refused = view.refused.as_ref().filter(|(refused, _)| *refused == field);
        let shown = Field::new(&salt, &label).problem(refused.map(|(_, sentence)| sentence.as_str()));
        let shown = if field == ProductField::Price {
            shown.amount()
        } else {
            shown
        };
        let response = field_ui(ui, cx, take_top(&mut inner, FIELD, space::M), shown, text);
        if field == ProductField::Name && !form.focused {
            form.focused = true;
            response.request_focus();
        }
    }
    let hint = cx.words.say(ProductsWord::NewHint);
    let text = Text::new(&hint, cx.theme.muted).rows(3).align(Align2::LEFT_TOP);
    let height = text.height(ui, inner.width()) + 2.0;
    text.label(ui, take_top(&mut inner, height, space::L));
    let label = cx.words.say(ProductsWord::Create);
    let ready = form.texts.iter().all(|text| !text.trim().is_empty());
    let place = take_top(&mut inner, TOUCH + space::S, 0.0);
    if Button::new(&label, Kind::Primary)
        .enabled(ready)
        .show(ui, cx.theme, place)
    {
        let [name, sku, department, price] = form.texts.clone();
        send(
            cx,
            ProductsCommand::Create {
                sku,
                name,
                department,
                price,
            },
        );
    }
}
