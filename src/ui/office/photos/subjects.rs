//! What can be photographed: the products with how many photos each has, and "nothing of ours".

use eframe::egui::{Align2, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::{
    PhotosState, send,
    view::{Mode, PhotosCommand, PhotosView, Subject, TARGET},
};
use crate::ui::{
    theme::{CONTROL_RADIUS, TOUCH, size, space},
    widgets::{
        Cx,
        button::{card, focus_ring, press_area},
        field::{Field, field_ui},
        icon::{self, Icon},
        take_right, take_top,
        text::Text,
    },
    words::PhotosWord,
};

/// Paints the list.
pub(super) fn subjects_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &PhotosView,
    state: &mut PhotosState,
) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::M);
    let name = cx.words.say(PhotosWord::Search);
    let place = take_top(&mut inner, TOUCH, space::S);
    field_ui(
        ui,
        cx,
        place,
        Field::new("photo products", &name).hint(&name).bare(),
        &mut state.search,
    );
    let wanted = state.search.trim().to_lowercase();
    let mut rows: Vec<(Subject, &str, u64)> = view
        .products
        .iter()
        .filter(|product| wanted.is_empty() || product.name.to_lowercase().contains(&wanted))
        .map(|product| {
            (
                Subject::Product(product.sku.clone()),
                product.name.as_str(),
                product.photos,
            )
        })
        .collect();
    let negatives = cx.words.say(PhotosWord::Negatives);
    if wanted.is_empty() {
        rows.insert(0, (Subject::Nothing, &negatives, view.negatives));
    }
    let free = !matches!(view.mode, Mode::Turning { .. });
    let mut child = ui.new_child(UiBuilder::new().id_salt("photo subjects").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("photo subject rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let step = TOUCH + space::XS;
            let (all, _) =
                ui.allocate_exact_size(vec2(inner.width(), step * rows.len() as f32), Sense::hover());
            for (at, (subject, name, photos)) in rows.into_iter().enumerate() {
                let top = all.min.y + step * at as f32;
                let place = Rect::from_min_size(pos2(all.min.x, top), vec2(all.width(), TOUCH));
                if place.intersects(ui.clip_rect()) {
                    let here = subject == view.subject;
                    if row_ui(ui, cx, place, (name, photos), (here, free)) {
                        send(cx, PhotosCommand::Choose(subject));
                    }
                }
            }
        });
}

fn row_ui(
    ui: &Ui,
    cx: &Cx<'_>,
    place: Rect,
    (name, photos): (&str, u64),
    (here, free): (bool, bool),
) -> bool {
    let theme = cx.theme;
    let spoken = cx.words.with(PhotosWord::Photograph, &[("name", name)]);
    let response = press_area(ui, place, ("subject", &spoken), free);
    if here {
        ui.painter().rect_filled(place, CONTROL_RADIUS, theme.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(place, CONTROL_RADIUS, theme.control);
    }
    let mut line = place.shrink2(vec2(space::M, 0.0));
    let sign = take_right(&mut line, 22.0, space::XS);
    if photos >= TARGET {
        icon::paint(ui.painter(), sign, Icon::Check, theme.accent);
    }
    let count = photos.to_string();
    let number = Text::new(&count, theme.muted)
        .points(size::BODY)
        .align(Align2::RIGHT_CENTER);
    let width = number.width(ui) + 2.0;
    number.paint(ui, take_right(&mut line, width, space::S));
    let text = Text::new(name, theme.text);
    if here { text.bold() } else { text }.paint(ui, line);
    focus_ring(ui, theme, place, CONTROL_RADIUS, &response);
    response.clicked()
}
