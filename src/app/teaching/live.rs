//! Which model is in use: the database's word, and the file that the lane reads.
//!
//! The database is right. A power cut between its word and the file is mended by [`agree`] at the next start.

use std::path::Path;

use anyhow::{Context as _, bail};

use super::{finish::digest, models_folder};
use crate::{
    app::models,
    store::{
        Store,
        audit::By,
        error::StoreError,
        models::{ModelRow, NewModel, PromoteRequest, Promotion},
    },
    training::teach::{Memory, judge::Judgement},
    vision::ModelBundle,
};

/// So many models that were live stay on the disk.
const KEPT: usize = 5;

/// Takes a model into the shop's that was made elsewhere; nothing is known of how it compares.
///
/// # Errors
/// One sentence: there is one of this name, or it cannot be written.
pub fn add(store: &Store, data: &Path, bundle: &ModelBundle, by: By<'_>) -> anyhow::Result<()> {
    note_first(store, data, by)?;
    let folder = models_folder(data).join(&bundle.name);
    if folder.exists() {
        bail!(
            "{} is there already; give the new model another name",
            folder.display()
        );
    }
    bundle.save(&folder)?;
    let model = NewModel {
        name: bundle.name.clone(),
        digest: digest(&folder)?,
        run: None,
        data_set: None,
        figures: "{}".to_owned(),
    };
    Ok(store.add_model(&model, by)?)
}

/// Another model is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// What the database says of it.
    pub promotion: Promotion,
    /// Whether class numbers mean what they meant before, as they do where classes were only added.
    pub keeps_ids: bool,
}

/// Puts a model live, in the database and on the disk. Then the lane is to be told.
///
/// # Errors
/// One sentence: it was judged worse and nobody overrode that, its files are damaged, or something cannot be
/// written.
pub fn promote(
    store: &Store,
    data: &Path,
    request: &PromoteRequest<'_>,
    by: By<'_>,
) -> anyhow::Result<Switched> {
    note_first(store, data, by)?;
    let before = classes_in_use(data);
    let row = row_of(store, request.model)?;
    let offered = serde_json::from_str::<Judgement>(&row.of.figures)
        .map_or(true, |judgement| judgement.verdict.is_offered());
    if !offered && !request.overridden {
        bail!(
            "{} was judged worse than the model in use; a manager can put it live all the same and say why",
            request.model
        );
    }
    let folder = models_folder(data).join(request.model);
    let after = ModelBundle::load(&folder)?.architecture.classes;
    if digest(&folder)? != row.of.digest {
        bail!(
            "the files of {} were changed since it was made; train it again",
            request.model
        );
    }
    let promotion = store.promote(request, by)?;
    agree(store, data)?;
    drop_superseded(store, data, by)?;
    Ok(Switched {
        promotion,
        keeps_ids: keeps_ids(&before, &after),
    })
}

/// Goes back to the model that was in use before.
///
/// # Errors
/// One sentence: there is none, or its files are damaged.
pub fn roll_back(store: &Store, data: &Path, reason: &str, by: By<'_>) -> anyhow::Result<Switched> {
    note_first(store, data, by)?;
    let before = classes_in_use(data);
    let promotion = store.roll_back(reason, by)?;
    let folder = models_folder(data).join(&promotion.model);
    let after = match ModelBundle::load(&folder) {
        Ok(bundle) => bundle.architecture.classes,
        Err(error) => bail!(
            "{} is in use again as soon as its files are: {error}",
            promotion.model
        ),
    };
    agree(store, data)?;
    Ok(Switched {
        promotion,
        keeps_ids: keeps_ids(&before, &after),
    })
}

/// The classes of the model that the lane reads; none where it cannot be read.
fn classes_in_use(data: &Path) -> Vec<String> {
    let folder = models::current(Some(data)).ok();
    let bundle = folder.and_then(|folder| ModelBundle::load(&folder).ok());
    bundle
        .map(|bundle| bundle.architecture.classes)
        .unwrap_or_default()
}

/// Whether every number that both know means the same.
fn keeps_ids(before: &[String], after: &[String]) -> bool {
    before.iter().zip(after).all(|(before, after)| before == after)
}

/// Lets the file that names the model in use say what the database says, and gives its name; none before
/// the first promotion.
///
/// # Errors
/// One sentence if the file cannot be written.
pub fn agree(store: &Store, data: &Path) -> anyhow::Result<Option<String>> {
    let Some(live) = store.live_model()? else {
        return Ok(None);
    };
    let models = models_folder(data);
    if models.join(&live.model).join("bundle.json").exists() {
        models::set_current(&models, &live.model)?;
    } else {
        tracing::warn!(
            model = live.model,
            "the files of the model in use are not there; the one before goes on"
        );
    }
    Ok(Some(live.model))
}

/// Writes down the model that came with the program, so that there is one to go back to.
fn note_first(store: &Store, data: &Path, by: By<'_>) -> anyhow::Result<()> {
    if store.live_model()?.is_some() {
        return Ok(());
    }
    let Ok(folder) = models::current(Some(data)) else {
        return Ok(());
    };
    let bundle = ModelBundle::load(&folder)?;
    let target = models_folder(data).join(&bundle.name);
    if !target.exists() {
        bundle.save(&target)?;
        Memory::carry(&folder, &target)?;
    }
    let model = NewModel {
        name: bundle.name.clone(),
        digest: digest(&target)?,
        run: None,
        data_set: None,
        figures: "{}".to_owned(),
    };
    store.add_model(&model, by)?;
    let request = PromoteRequest {
        model: &bundle.name,
        reason: "in use since the program was set up",
        overridden: false,
    };
    store.promote(&request, by)?;
    Ok(())
}

/// Removes the files of models that are not among the last five that were live.
///
/// # Errors
/// One sentence if something cannot be removed or written down.
pub fn drop_superseded(store: &Store, data: &Path, by: By<'_>) -> anyhow::Result<Vec<String>> {
    let old = store.superseded_models(KEPT)?;
    for name in &old {
        let folder = models_folder(data).join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("the files of {name} cannot be removed"))?;
        }
        store.model_removed(name, by)?;
    }
    Ok(old)
}

fn row_of(store: &Store, name: &str) -> anyhow::Result<ModelRow> {
    let found = store.models()?.into_iter().find(|row| row.of.name == name);
    found.ok_or_else(|| {
        StoreError::UnknownModel {
            name: name.to_owned(),
        }
        .into()
    })
}
