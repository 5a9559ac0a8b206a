//! The settings of a training, for those who want them. The defaults suit most shops.

use eframe::egui::{Key, Ui, vec2};

use super::{
    TrainingState,
    view::{Effort, Hold, TrainingView},
};
use crate::ui::{
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        field::choice_ui,
        sheet::{heading, sheet},
        take_bottom, take_top,
        text::Text,
    },
    words::TrainingWord,
};

const EFFORTS: [(Effort, TrainingWord); 3] = [
    (Effort::Quick, TrainingWord::EffortQuick),
    (Effort::Usual, TrainingWord::EffortUsual),
    (Effort::Thorough, TrainingWord::EffortThorough),
];
const HOLDS: [(Hold, TrainingWord); 3] = [
    (Hold::Loose, TrainingWord::HoldLoose),
    (Hold::Usual, TrainingWord::HoldUsual),
    (Hold::Firm, TrainingWord::HoldFirm),
];

pub(super) fn settings_ui(ui: &Ui, cx: &Cx<'_>, view: &TrainingView, state: &mut TrainingState) {
    let mut inner = sheet(ui, cx, "training settings", vec2(940.0, 600.0));
    let buttons = take_bottom(&mut inner, TOUCH + space::S, space::L);
    let title = cx.words.say(TrainingWord::Settings);
    let hint = cx.words.say(TrainingWord::SettingsHint);
    heading(ui, cx, &mut inner, &title, &hint);
    let mut line = |word: TrainingWord, labels: &[String], chosen: usize| {
        let label = cx.words.say(word);
        Text::new(&label, cx.theme.muted)
            .points(size::SMALL)
            .label(ui, take_top(&mut inner, 24.0, space::XS));
        let place = take_top(&mut inner, TOUCH, space::L);
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        choice_ui(ui, cx, place, &labels, chosen)
    };
    let wishes = &mut state.wishes;
    let labels = EFFORTS.map(|(_, word)| cx.words.say(word));
    let chosen = EFFORTS.iter().position(|(effort, _)| *effort == wishes.effort);
    if let Some((effort, _)) =
        line(TrainingWord::Effort, &labels, chosen.unwrap_or(1)).and_then(|at| EFFORTS.get(at))
    {
        wishes.effort = *effort;
    }
    let labels = HOLDS.map(|(_, word)| cx.words.say(word));
    let chosen = HOLDS.iter().position(|(hold, _)| *hold == wishes.hold);
    if let Some((hold, _)) =
        line(TrainingWord::Hold, &labels, chosen.unwrap_or(1)).and_then(|at| HOLDS.get(at))
    {
        wishes.hold = *hold;
    }
    let mut labels = vec![cx.words.say(TrainingWord::PhotosOfNow)];
    let versions: Vec<u64> = view.versions.iter().copied().take(3).collect();
    labels.extend(versions.iter().map(|number| {
        cx.words
            .with(TrainingWord::PhotosOfVersion, &[("number", &number.to_string())])
    }));
    let chosen = wishes
        .version
        .and_then(|wanted| versions.iter().position(|number| *number == wanted))
        .map_or(0, |at| at + 1);
    if let Some(at) = line(TrainingWord::Photos, &labels, chosen) {
        wishes.version = at.checked_sub(1).and_then(|at| versions.get(at)).copied();
    }
    let done = cx.words.say(TrainingWord::SettingsDone);
    let by_escape = ui.input(|input| input.key_pressed(Key::Escape));
    if Button::new(&done, Kind::Primary).show(ui, cx.theme, buttons) || by_escape {
        state.settings_open = false;
    }
}
