//! The page of models: which is in use, which could be, how they compare, and the way back.

mod judged;
mod list;
mod sides;
pub mod view;

use eframe::egui::{Align2, Rect, Ui, vec2};

pub use view::{ModelsCommand, ModelsView};

use crate::ui::{
    office::{OfficeCommand, Page, empty_ui},
    screens::is_landscape,
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, card},
        field::choice_ui,
        take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::ModelsWord,
};
use view::{ChosenView, Said, Standing};

/// What is looked at of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Figures,
    Curves,
    Confusion,
    Mistakes,
    Sides,
}

const TABS: [(Tab, ModelsWord); 5] = [
    (Tab::Figures, ModelsWord::Figures),
    (Tab::Curves, ModelsWord::Curves),
    (Tab::Confusion, ModelsWord::Confusion),
    (Tab::Mistakes, ModelsWord::Mistakes),
    (Tab::Sides, ModelsWord::Sides),
];

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct ModelsState {
    tab: Tab,
    class: usize,
}

fn send(cx: &mut Cx<'_>, command: ModelsCommand) {
    cx.office(OfficeCommand::Models(command));
}

/// Paints the page.
pub fn models_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &ModelsView, state: &mut ModelsState) {
    if view.models.is_empty() {
        let sentence = cx.words.with(ModelsWord::Empty, &[("model", &view.shipped)]);
        let step = cx.words.say(ModelsWord::FirstStep);
        let step = Some((step.as_str(), OfficeCommand::Open(Page::Training)));
        empty_ui(ui, cx, area, (Page::Models, &sentence), step);
        return;
    }
    let list = if is_landscape(ui.max_rect()) {
        take_left(&mut area, 440.0, space::L)
    } else {
        let height = (area.height() * 0.3).min(480.0);
        take_bottom(&mut area, height, space::L)
    };
    list::list_ui(ui, cx, list, view);
    let Some(chosen) = view.chosen.clone() else {
        card(ui, cx.theme, area);
        let words = cx.words.say(ModelsWord::ChooseOne);
        Text::new(&words, cx.theme.muted)
            .align(Align2::CENTER_CENTER)
            .label(ui, area);
        return;
    };
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::L);
    head_ui(ui, cx, take_top(&mut inner, 88.0, space::M), (view, &chosen));
    let labels = TABS.map(|(_, word)| cx.words.say(word));
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let at = TABS.iter().position(|(tab, _)| *tab == state.tab).unwrap_or(0);
    let tabs = take_top(&mut inner, TOUCH, space::L);
    let before = state.tab;
    if let Some((tab, _)) = choice_ui(ui, cx, tabs, &labels, at).and_then(|at| TABS.get(at)) {
        state.tab = *tab;
    }
    if (before == Tab::Sides) != (state.tab == Tab::Sides) {
        send(cx, ModelsCommand::Compare(state.tab == Tab::Sides));
    }
    if state.tab == Tab::Sides {
        sides::sides_ui(ui, cx, inner, &view.sides);
        return;
    }
    let Some(judged) = &chosen.judged else {
        let words = cx.words.say(ModelsWord::NotJudged);
        Text::new(&words, cx.theme.muted)
            .rows(2)
            .balance()
            .align(Align2::CENTER_CENTER)
            .label(ui, inner);
        return;
    };
    match state.tab {
        Tab::Figures => judged::figures_ui(ui, cx, inner, judged),
        Tab::Curves => judged::curves_ui(ui, cx, inner, (judged, &mut state.class)),
        Tab::Confusion => judged::confusion_ui(ui, cx, inner, &judged.confusion),
        Tab::Mistakes => judged::mistakes_ui(ui, cx, inner, &judged.worst),
        Tab::Sides => {}
    }
}

/// The model's name, what the comparison said, and the one button.
fn head_ui(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, (view, chosen): (&ModelsView, &ChosenView)) {
    let said = chosen.judged.as_ref().map(|judged| judged.said);
    let can_go_live = view.may_promote && [Standing::Candidate, Standing::Earlier].contains(&chosen.standing);
    if can_go_live {
        let offered = said.is_none_or(Said::is_offered);
        let (word, kind) = if offered {
            (ModelsWord::Promote, Kind::Primary)
        } else {
            (ModelsWord::Override, Kind::Stop)
        };
        let label = cx.words.say(word);
        let button = take_right(&mut place, 320.0, space::L);
        let button = Rect::from_center_size(button.center(), vec2(button.width(), 72.0));
        if Button::new(&label, kind)
            .enabled(!view.busy)
            .show(ui, cx.theme, button)
        {
            send(cx, ModelsCommand::Promote(chosen.name.clone()));
        }
    }
    let top = crate::ui::widgets::row(place, 0, 2, 0.0);
    let below = crate::ui::widgets::row(place, 1, 2, 0.0);
    let standing = list::standing_words(cx.words, chosen.standing);
    let title = format!("{} \u{b7} {standing}", chosen.name);
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, top);
    let words = match &chosen.judged {
        Some(judged) => {
            let said = list::said_words(cx.words, judged.said);
            let on = cx.words.with(
                ModelsWord::JudgedOn,
                &[("photos", &judged.photos.to_string()), ("live", &judged.live)],
            );
            format!("{said} \u{b7} {on}")
        }
        None => cx.words.say(ModelsWord::NotJudged),
    };
    Text::new(&words, cx.theme.muted).or_two_rows().label(ui, below);
}
