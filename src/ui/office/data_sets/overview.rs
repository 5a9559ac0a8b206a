//! What there is: photos by how far they are, products with their counts, and plots of boxes.

use eframe::egui::{Align2, Rect, Sense, Ui, UiBuilder, pos2, vec2};

use super::view::{ClassRow, DataSetsView, Part, PhotoCounts, StatsView};
use crate::ui::{
    office::{
        OfficeCommand, Page, empty_ui,
        plots::{bars_ui, places_ui, progress_ui},
    },
    screens::is_landscape,
    theme::{size, space},
    widgets::{
        Cx,
        button::{card, rule},
        column, row, take_bottom, take_left, take_right, take_top,
        text::{Text, name_area},
    },
    words::DataSetsWord,
};

/// Photos of a product that a model learns well from.
const WANTED: u64 = 30;
const ROW: f32 = 56.0;

pub(super) fn overview_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &DataSetsView) {
    if view.counts.photos == 0 {
        let sentence = cx.words.say(DataSetsWord::Empty);
        let step = cx.words.say(DataSetsWord::FirstStep);
        empty_ui(
            ui,
            cx,
            area,
            (Page::DataSets, &sentence),
            Some((&step, OfficeCommand::Open(Page::Photos))),
        );
        return;
    }
    counts_ui(ui, cx, take_top(&mut area, 108.0, space::L), view.counts);
    if is_landscape(ui.max_rect()) {
        let width = area.width() * 0.36;
        let table = take_left(&mut area, width, space::L);
        classes_ui(ui, cx, table, &view.classes);
        plots_ui(ui, cx, area, view.stats.as_deref());
    } else {
        let height = (view.classes.len() as f32 * ROW + 64.0).min(area.height() * 0.42);
        classes_ui(ui, cx, take_top(&mut area, height, space::L), &view.classes);
        plots_ui(ui, cx, area, view.stats.as_deref());
    }
}

fn counts_ui(ui: &Ui, cx: &Cx<'_>, place: Rect, counts: PhotoCounts) {
    let tiles = [
        (DataSetsWord::CountPhotos, counts.photos),
        (DataSetsWord::CountNew, counts.new),
        (DataSetsWord::CountLabelled, counts.labelled),
        (DataSetsWord::CountChecked, counts.checked),
        (DataSetsWord::CountNothing, counts.nothing),
        (DataSetsWord::CountIgnored, counts.ignored),
    ];
    for (index, (word, count)) in tiles.into_iter().enumerate() {
        let tile = column(place, index, tiles.len(), space::M);
        card(ui, cx.theme, tile);
        let name = cx.words.say(word);
        let mut inner = tile.shrink2(vec2(space::M, space::M));
        let below = take_bottom(&mut inner, 26.0, 0.0);
        let number = count.to_string();
        Text::new(&number, cx.theme.text)
            .points(size::TITLE)
            .bold()
            .align(Align2::CENTER_CENTER)
            .paint(ui, inner);
        Text::new(&name, cx.theme.muted)
            .points(size::SMALL)
            .align(Align2::CENTER_CENTER)
            .paint(ui, below);
        name_area(ui, tile, &format!("{name}: {count}"));
    }
}

fn classes_ui(ui: &mut Ui, cx: &Cx<'_>, area: Rect, classes: &[ClassRow]) {
    card(ui, cx.theme, area);
    let mut inner = area;
    let head = take_top(&mut inner, 48.0, 0.0).shrink2(vec2(space::L, 0.0));
    let title = cx.words.say(DataSetsWord::Products);
    Text::new(&title, cx.theme.text).bold().label(ui, head);
    let wanted = cx.words.say(DataSetsWord::Wanted);
    Text::new(&wanted, cx.theme.muted)
        .points(size::SMALL)
        .align(Align2::RIGHT_CENTER)
        .label(ui, head);
    rule(ui, cx.theme, area, inner.min.y);
    let inner = inner.shrink2(vec2(1.0, 1.0));
    let mut child = ui.new_child(UiBuilder::new().id_salt("classes").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    eframe::egui::ScrollArea::vertical()
        .id_salt("class rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let height = ROW * classes.len() as f32;
            let (all, _) = ui.allocate_exact_size(vec2(inner.width(), height), Sense::hover());
            for (index, class) in classes.iter().enumerate() {
                let top = all.min.y + ROW * index as f32;
                let place = Rect::from_min_max(pos2(all.min.x, top), pos2(all.max.x, top + ROW));
                if place.intersects(ui.clip_rect()) {
                    class_ui(ui, cx, place, class);
                }
            }
        });
}

fn class_ui(ui: &Ui, cx: &Cx<'_>, place: Rect, class: &ClassRow) {
    let mut inner = place.shrink2(vec2(space::L, 8.0));
    let width = (inner.width() * 0.52).max(220.0);
    let bar = take_right(&mut inner, width, space::M);
    Text::new(&class.name, cx.theme.text).paint(ui, inner);
    let part = class.photos.min(WANTED) as f32 / WANTED as f32;
    let words = cx.words.with(
        DataSetsWord::ClassCounts,
        &[
            ("photos", &class.photos.to_string()),
            ("boxes", &class.boxes.to_string()),
        ],
    );
    progress_ui(ui, cx, bar, part, &words);
    name_area(ui, place, &format!("{}: {words}", class.name));
    rule(ui, cx.theme, place, place.max.y);
}

pub(super) fn part_word(part: Part) -> DataSetsWord {
    match part {
        Part::Learn => DataSetsWord::PartLearn,
        Part::Judge => DataSetsWord::PartJudge,
        Part::Test => DataSetsWord::PartTest,
    }
}

fn plots_ui(ui: &Ui, cx: &Cx<'_>, area: Rect, stats: Option<&StatsView>) {
    let Some(stats) = stats else {
        card(ui, cx.theme, area);
        let words = cx.words.say(DataSetsWord::NotCounted);
        Text::new(&words, cx.theme.muted)
            .rows(2)
            .align(Align2::CENTER_CENTER)
            .label(ui, area.shrink(space::XXL));
        return;
    };
    let top = row(area, 0, 2, space::L);
    let below = row(area, 1, 2, space::L);
    let names: Vec<String> = stats
        .parts
        .iter()
        .map(|part| cx.words.say(part_word(part.part)))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let title = cx.words.say(DataSetsWord::BoxesByClass);
    bars_ui(ui, cx, top, (&title, ""), (&names, &stats.classes));
    let parts: Vec<(String, Vec<f64>)> = stats
        .parts
        .iter()
        .map(|part| {
            let name = cx.words.say(part_word(part.part));
            (name, vec![part.photos as f64, part.boxes as f64])
        })
        .collect();
    let series = [
        cx.words.say(DataSetsWord::CountPhotos),
        cx.words.say(DataSetsWord::Boxes),
    ];
    let series: Vec<&str> = series.iter().map(String::as_str).collect();
    let title = cx.words.say(DataSetsWord::ByPart);
    bars_ui(
        ui,
        cx,
        column(below, 0, 3, space::L),
        (&title, ""),
        (&series, &parts),
    );
    let title = cx.words.say(DataSetsWord::BoxSizes);
    let side = cx.words.say(DataSetsWord::BoxSide);
    let boxes = cx.words.say(DataSetsWord::Boxes);
    bars_ui(
        ui,
        cx,
        column(below, 1, 3, space::L),
        (&title, &side),
        (&[boxes.as_str()], &stats.sizes),
    );
    let title = cx.words.say(DataSetsWord::Places);
    let boxes = |count| {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        cx.words.count(DataSetsWord::BoxesHere, count)
    };
    places_ui(
        ui,
        cx,
        column(below, 2, 3, space::L),
        &title,
        (&stats.places, &boxes),
    );
}
