//! The models of the shop, the history of the one in use, and the way back.

use eframe::egui::{Align2, CornerRadius, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::{
    ModelsCommand, ModelsView, send,
    view::{HistoryRow, ModelRow, Said, Standing},
};
use crate::ui::{
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, card, focus_ring, press_area, rule},
        icon::Icon,
        row, take_bottom, take_right, take_top,
        text::Text,
    },
    words::{ModelsWord, Words},
};

const ROW: f32 = 84.0;
const STEP: f32 = 64.0;

pub(super) fn standing_words(words: &Words, standing: Standing) -> String {
    words.say(match standing {
        Standing::Live => ModelsWord::StandingLive,
        Standing::Candidate => ModelsWord::StandingCandidate,
        Standing::Earlier => ModelsWord::StandingEarlier,
        Standing::Removed => ModelsWord::StandingRemoved,
    })
}

pub(super) fn said_words(words: &Words, said: Said) -> String {
    words.say(match said {
        Said::Better => ModelsWord::SaidBetter,
        Said::AsGood => ModelsWord::SaidAsGood,
        Said::Worse => ModelsWord::SaidWorse,
        Said::CannotTell => ModelsWord::SaidCannotTell,
    })
}

pub(super) fn list_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &ModelsView) {
    if let Some(earlier) = &view.earlier
        && view.may_promote
    {
        let label = cx.words.with(ModelsWord::RollBack, &[("name", earlier)]);
        let place = take_bottom(&mut area, TOUCH + space::S, space::L);
        if Button::new(&label, Kind::Second)
            .icon(Icon::Back)
            .enabled(!view.busy)
            .show(ui, cx.theme, place)
        {
            send(cx, ModelsCommand::RollBack);
        }
    }
    let history = area.height() > 640.0 && !view.history.is_empty();
    if history {
        let rows = view.history.len().min(5);
        let place = take_bottom(&mut area, 48.0 + STEP * rows as f32, space::L);
        history_ui(ui, cx, place, &view.history);
    }
    card(ui, cx.theme, area);
    let inner = area.shrink2(vec2(1.0, 6.0));
    let mut child = ui.new_child(UiBuilder::new().id_salt("models").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("model rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let size = vec2(inner.width(), ROW * view.models.len() as f32);
            let (all, _) = ui.allocate_exact_size(size, Sense::hover());
            for (index, model) in view.models.iter().enumerate() {
                let top = all.min.y + ROW * index as f32;
                let place = Rect::from_min_max(pos2(all.min.x, top), pos2(all.max.x, top + ROW));
                let here = view
                    .chosen
                    .as_ref()
                    .is_some_and(|chosen| chosen.name == model.name);
                if place.intersects(ui.clip_rect()) {
                    model_ui(ui, cx, place, (model, here));
                }
            }
        });
}

fn model_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, (model, here): (&ModelRow, bool)) {
    let theme = cx.theme;
    let standing = standing_words(cx.words, model.standing);
    let name = format!("{}, {standing}", model.name);
    let response = press_area(ui, place, ("model", &name), true);
    if here || response.hovered() {
        let fill = if here { theme.accent_soft } else { theme.control };
        ui.painter().rect_filled(place, CornerRadius::ZERO, fill);
    }
    if model.standing == Standing::Live {
        let mark = Rect::from_min_size(place.min, vec2(5.0, place.height()));
        ui.painter()
            .rect_filled(mark, CornerRadius::same(3), theme.accent);
    }
    rule(ui, theme, place, place.max.y);
    let mut inner = place.shrink2(vec2(space::L, space::S));
    let end = take_right(&mut inner, 132.0, space::S);
    let ink = if model.standing == Standing::Removed {
        theme.muted
    } else {
        theme.text
    };
    Text::new(&model.name, ink)
        .bold()
        .paint(ui, row(inner, 0, 2, 0.0));
    Text::new(&model.told, theme.muted)
        .points(size::SMALL)
        .paint(ui, row(inner, 1, 2, 0.0));
    let said = match model.said {
        Some(said) if model.standing == Standing::Candidate => said_words(cx.words, said),
        Some(_) | None => standing,
    };
    let color = if model.said == Some(Said::Worse) && model.standing == Standing::Candidate {
        theme.stop
    } else {
        theme.text
    };
    Text::new(&said, color)
        .align(Align2::RIGHT_CENTER)
        .paint(ui, row(end, 0, 2, 0.0));
    let sales = cx.words.count(
        ModelsWord::Sales,
        usize::try_from(model.sales).unwrap_or(usize::MAX),
    );
    Text::new(&sales, theme.muted)
        .points(size::SMALL)
        .align(Align2::RIGHT_CENTER)
        .paint(ui, row(end, 1, 2, 0.0));
    focus_ring(ui, theme, place.shrink(4.0), CornerRadius::same(8), &response);
    if response.clicked() {
        send(cx, ModelsCommand::Choose(model.name.clone()));
    }
}

fn history_ui(ui: &Ui, cx: &Cx<'_>, area: Rect, history: &[HistoryRow]) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink2(vec2(space::L, 0.0));
    let title = cx.words.say(ModelsWord::History);
    Text::new(&title, cx.theme.text)
        .bold()
        .label(ui, take_top(&mut inner, 48.0, 0.0));
    for step in history {
        if inner.height() < STEP - 1.0 {
            break;
        }
        let place = take_top(&mut inner, STEP, 0.0);
        rule(ui, cx.theme, place, place.min.y);
        let mut name = step.model.clone();
        if step.back {
            name = format!("{name} ({})", cx.words.say(ModelsWord::WentBack));
        } else if step.overridden {
            name = format!("{name} ({})", cx.words.say(ModelsWord::Overridden));
        }
        let place = place.shrink2(vec2(0.0, 4.0));
        Text::new(&name, cx.theme.text).label(ui, row(place, 0, 2, 0.0));
        let told = if step.reason.is_empty() {
            step.told.clone()
        } else {
            format!("{} \u{b7} {}", step.told, step.reason)
        };
        Text::new(&told, cx.theme.muted)
            .points(size::SMALL)
            .label(ui, row(place, 1, 2, 0.0));
    }
}
