//! The page of models: which is in use, how a new one compares, going live and going back.

mod judged;
mod sides;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    app::{
        datasets::photo_folder,
        office::{Desk, PageDesk, trainer::model_changed},
        teaching::{self, Switched},
    },
    domain::staff::Permission,
    frame::{imageops, picture},
    store::{
        Store,
        error::StoreError,
        models::{ModelRow as StoredModel, PromoteRequest, Promotion},
    },
    training::teach::judge::Judgement,
    ui::{
        office::{
            confirm::ConfirmView,
            models::{
                ModelsCommand, ModelsView,
                view::{ChosenView, HistoryRow, ModelRow, Standing},
            },
        },
        view::Photo,
        words::ModelsWord,
    },
};
use judged::said;
use sides::Sides;

/// Steps of the history that are shown.
const STEPS: u32 = 12;
/// Width of the pictures of mistakes.
const SMALL: u32 = 480;

/// The page's memory.
#[derive(Debug, Default)]
pub struct ModelsPage {
    facts: Facts,
    chosen: Option<String>,
    shown: Option<Arc<ChosenView>>,
    photos: BTreeMap<i64, Photo>,
    sides: Sides,
    busy: bool,
}

/// What the store says.
#[derive(Debug, Default)]
struct Facts {
    models: Vec<StoredModel>,
    history: Vec<Promotion>,
    sales: BTreeMap<String, u64>,
    earlier: Option<String>,
}

impl Facts {
    fn read(store: &Store) -> Result<Self, StoreError> {
        let history = store.promotions(u32::MAX)?;
        Ok(Self {
            models: store.models()?,
            earlier: earlier(&history),
            history,
            sales: store.sales_by_model()?.into_iter().collect(),
        })
    }

    fn live(&self) -> Option<&str> {
        self.history.first().map(|live| live.model.as_str())
    }

    fn standing(&self, model: &StoredModel) -> Standing {
        if self.live() == Some(model.of.name.as_str()) {
            Standing::Live
        } else if model.removed_at.is_some() {
            Standing::Removed
        } else if model.promoted_at.is_some() {
            Standing::Earlier
        } else {
            Standing::Candidate
        }
    }

    fn model(&self, name: &str) -> Option<&StoredModel> {
        self.models.iter().find(|model| model.of.name == name)
    }
}

/// The model that going back would bring: as the store finds it.
fn earlier(newest_first: &[Promotion]) -> Option<String> {
    let mut stack: Vec<&str> = Vec::new();
    for promotion in newest_first.iter().rev() {
        if promotion.rollback {
            stack.pop();
        } else if stack.last() != Some(&promotion.model.as_str()) {
            stack.push(&promotion.model);
        }
    }
    stack.pop();
    stack.pop().map(str::to_owned)
}

fn judgement(model: &StoredModel) -> Option<Judgement> {
    serde_json::from_str(&model.of.figures).ok()
}

impl ModelsPage {
    fn reload(desk: &mut Desk) {
        desk.read(Facts::read, |office, desk, facts| {
            let page = &mut office.models;
            page.facts = facts;
            page.busy = false;
            let still_there = page
                .chosen
                .as_ref()
                .is_some_and(|name| page.facts.model(name).is_some());
            if !still_there {
                page.chosen = page.first_choice();
            }
            page.show(desk);
        });
    }

    /// The newest model that waits, else the one in use, else the newest.
    fn first_choice(&self) -> Option<String> {
        let facts = &self.facts;
        let waiting = facts
            .models
            .iter()
            .find(|model| facts.standing(model) == Standing::Candidate);
        let name = waiting.map(|model| model.of.name.as_str());
        let newest = facts.models.first().map(|model| model.of.name.as_str());
        name.or(facts.live()).or(newest).map(str::to_owned)
    }

    /// Makes the view of the chosen model; pictures of mistakes follow.
    fn show(&mut self, desk: &mut Desk) {
        let chosen = self.chosen.as_ref().and_then(|name| self.facts.model(name));
        let Some(model) = chosen else {
            self.shown = None;
            return;
        };
        let judgement = judgement(model);
        self.shown = Some(Arc::new(ChosenView {
            name: model.of.name.clone(),
            standing: self.facts.standing(model),
            judged: judgement
                .as_ref()
                .map(|judgement| judged::view(judgement, &self.photos, desk)),
        }));
        let missing: Vec<i64> = judgement
            .map(|judgement| judgement.worst)
            .unwrap_or_default()
            .iter()
            .map(|mistake| mistake.photo)
            .filter(|photo| !self.photos.contains_key(photo))
            .collect();
        if !missing.is_empty() {
            Self::fetch(missing, desk);
        }
    }

    /// Reads the photos of mistakes, small, in the background.
    fn fetch(photos: Vec<i64>, desk: &mut Desk) {
        let folder = photo_folder(desk.data());
        desk.read(
            move |store| {
                // A photo that was deleted for good has no picture any more.
                let names = photos.into_iter().filter_map(|id| {
                    let photo = store.photo(id).ok()?;
                    Some((id, photo.of.file_name))
                });
                Ok(names.collect::<Vec<(i64, String)>>())
            },
            move |_, desk, names| {
                desk.work(
                    "pictures",
                    move || {
                        let read = |(id, name): (i64, String)| {
                            let pixels = picture::read(&folder.join(name)).ok()?;
                            let height = pixels.height() * SMALL / pixels.width().max(1);
                            let small = imageops::thumbnail(&pixels, SMALL, height.max(1));
                            let photo = Photo {
                                key: format!("mistake {id}"),
                                pixels: Arc::new(small),
                            };
                            Some((id, photo))
                        };
                        names.into_iter().filter_map(read).collect::<Vec<_>>()
                    },
                    |office, desk, photos| {
                        let photos = photos.unwrap_or_default();
                        let page = &mut office.models;
                        let came = !photos.is_empty();
                        page.photos.extend(photos);
                        if came {
                            page.show_again(desk);
                        }
                    },
                );
            },
        );
    }

    /// The view once more, with the photos that have come; those that have not are not asked for again.
    fn show_again(&mut self, desk: &Desk) {
        let chosen = self.chosen.as_ref().and_then(|name| self.facts.model(name));
        if let Some(model) = chosen {
            self.shown = Some(Arc::new(ChosenView {
                name: model.of.name.clone(),
                standing: self.facts.standing(model),
                judged: judgement(model).map(|judgement| judged::view(&judgement, &self.photos, desk)),
            }));
        }
    }

    /// Asks, with a reason where the comparison advises against it, and puts a model live.
    fn promote(&self, name: &str, desk: &mut Desk) {
        let Some(model) = self.facts.model(name) else {
            return;
        };
        let advised = judgement(model).is_none_or(|judgement| judgement.verdict.is_offered());
        let needed = if advised {
            Permission::PromoteModel
        } else {
            Permission::OverrideJudgement
        };
        if !desk.check(needed) {
            return;
        }
        let (title, text, yes) = if advised {
            (
                ModelsWord::PromoteTitle,
                ModelsWord::PromoteText,
                ModelsWord::Promote,
            )
        } else {
            (
                ModelsWord::OverrideTitle,
                ModelsWord::OverrideText,
                ModelsWord::Override,
            )
        };
        let words = desk.words();
        let question = ConfirmView {
            title: words.with(title, &[("name", name)]),
            text: words.say(text),
            yes: words.say(yes),
            stops: !advised,
            wants_reason: !advised,
        };
        let name = name.to_owned();
        desk.confirm(question, move |office, desk, reason| {
            office.models.busy = true;
            let data = Arc::clone(desk.data());
            desk.store(
                move |store, by| {
                    store.authorise(by.0, needed)?;
                    let request = PromoteRequest {
                        model: &name,
                        reason: &reason,
                        overridden: !advised,
                    };
                    Ok(teaching::promote(store, &data, &request, by).map_err(|error| format!("{error:#}")))
                },
                |office, desk, done| office.models.switched(flat(done), desk),
            );
        });
    }

    fn roll_back(&mut self, desk: &mut Desk) {
        if !desk.check(Permission::PromoteModel) {
            return;
        }
        self.busy = true;
        let data = Arc::clone(desk.data());
        desk.store(
            move |store, by| {
                store.authorise(by.0, Permission::PromoteModel)?;
                Ok(teaching::roll_back(store, &data, "", by).map_err(|error| format!("{error:#}")))
            },
            |office, desk, done| office.models.switched(flat(done), desk),
        );
    }

    /// Another model is in use, or is not.
    fn switched(&mut self, done: Result<Switched, String>, desk: &mut Desk) {
        self.busy = false;
        match done {
            Ok(switched) => {
                model_changed(desk, switched.keeps_ids);
                desk.saved();
                self.chosen = Some(switched.promotion.model);
                self.sides.forget();
            }
            Err(sentence) => desk.problem(sentence),
        }
        Self::reload(desk);
    }
}

type Done = Result<Result<Switched, String>, crate::app::kiosk::back_room::Trouble>;

fn flat(done: Done) -> Result<Switched, String> {
    done.map_err(|trouble| trouble.sentence).and_then(|done| done)
}

impl PageDesk for ModelsPage {
    type Command = ModelsCommand;
    type View = ModelsView;

    fn opened(&mut self, desk: &mut Desk) {
        Self::reload(desk);
    }

    fn tick(&mut self, desk: &mut Desk) {
        if desk.signed_on().is_none() {
            self.sides.stop();
        }
        let live = self.facts.live().map(str::to_owned);
        // Beside the model in use stands the chosen one, or the one before.
        let other = self
            .chosen
            .clone()
            .filter(|name| Some(name) != live.as_ref())
            .or_else(|| self.facts.earlier.clone());
        self.sides.tick((live, other), desk);
    }

    fn view(&self, desk: &Desk) -> ModelsView {
        let facts = &self.facts;
        let mut rows: Vec<ModelRow> = facts
            .models
            .iter()
            .map(|model| ModelRow {
                name: model.of.name.clone(),
                standing: facts.standing(model),
                told: told(model, desk),
                said: judgement(model).map(|judgement| said(&judgement.verdict)),
                sales: facts.sales.get(&model.of.name).copied().unwrap_or(0),
            })
            .collect();
        rows.sort_by_key(|row| row.standing != Standing::Live);
        let history = facts.history.iter().take(STEPS as usize).map(|step| HistoryRow {
            model: step.model.clone(),
            told: format!("{} \u{b7} {}", desk.date_and_clock(step.at), step.actor),
            reason: step.reason.clone(),
            back: step.rollback,
            overridden: step.overridden,
        });
        ModelsView {
            models: rows.into(),
            shipped: desk.lane().model.clone(),
            chosen: self.shown.clone(),
            history: history.collect(),
            earlier: facts.earlier.clone(),
            may_promote: desk.may(Permission::PromoteModel),
            sides: Box::new(self.sides.looked_at()),
            busy: self.busy,
        }
    }

    fn apply(&mut self, command: ModelsCommand, desk: &mut Desk) {
        match command {
            ModelsCommand::Choose(name) => {
                self.chosen = Some(name);
                self.show(desk);
            }
            ModelsCommand::Promote(name) => self.promote(&name, desk),
            ModelsCommand::RollBack => self.roll_back(desk),
            ModelsCommand::Compare(on) => self.sides.compare(on),
            ModelsCommand::UseLive(live) => self.sides.use_live(live),
        }
    }
}

fn told(model: &StoredModel, desk: &Desk) -> String {
    let at = desk.date_and_clock(model.added_at);
    match model.of.data_set {
        Some(number) => desk.words().with(
            ModelsWord::MadeFrom,
            &[("at", &at), ("number", &number.to_string())],
        ),
        None => desk.words().say(ModelsWord::CameWith),
    }
}
