//! Models: which there are, which is in use, since when, and why.
//!
//! What went live is only ever appended to; the newest row is the model in use. The weights are files.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::audit::{self, By, Change, record_change};
use crate::store::datasets::known_version;
use crate::store::error::{Fault, StoreError};
use crate::store::journal::{Record, append};
use crate::store::rows::{get, signed, small_or_none, time};

/// A model that is to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewModel {
    /// Its name, for ever.
    pub name: String,
    /// SHA-256 of its bundle.
    pub digest: String,
    /// The run that made it.
    pub run: Option<i64>,
    /// The data set it was trained on.
    pub data_set: Option<u64>,
    /// How good it is, as JSON.
    pub figures: String,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    /// What is known of it.
    pub of: NewModel,
    /// When it was made.
    pub added_at: Timestamp,
    /// When its files were taken away.
    pub removed_at: Option<Timestamp>,
    /// When it last went live.
    pub promoted_at: Option<Timestamp>,
}

/// A model going live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// Which model.
    pub model: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// Whether a manager overrode that it was judged worse.
    pub overridden: bool,
    /// Whether this was going back to an earlier one.
    pub rollback: bool,
    /// Its figures of that time, as JSON.
    pub figures: String,
}

/// How a model goes live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromoteRequest<'a> {
    /// Which model.
    pub model: &'a str,
    /// Why; needed when it was judged worse.
    pub reason: &'a str,
    /// It was judged worse, and a manager wants it all the same.
    pub overridden: bool,
}

impl Store {
    /// Writes a model down. The same name with the same digest again changes only the figures.
    ///
    /// # Errors
    /// [`StoreError::ModelNameTaken`] by another model, [`StoreError::UnknownDataSet`], or any other
    /// [`StoreError`].
    pub fn add_model(&self, model: &NewModel, by: By<'_>) -> Result<(), StoreError> {
        self.write("writing a model down", |tx| {
            if let Some(number) = model.data_set {
                known_version(tx, number)?;
            }
            let before = find(tx, &model.name)?;
            if before.as_ref().is_some_and(|before| before.of.digest != model.digest) {
                return Err(StoreError::ModelNameTaken { name: model.name.clone() }.into());
            }
            tx.execute(
                "INSERT INTO models (name, digest, run, dataset, figures, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (name) DO UPDATE SET figures = excluded.figures, removed_at = NULL",
                params![
                    model.name,
                    model.digest,
                    model.run,
                    model.data_set.map(signed).transpose()?,
                    model.figures,
                    by.1.0
                ],
            )?;
            let figures = before.map(|before| before.of.figures);
            note(tx, (&model.name, "written down"), (figures.as_deref(), Some(&model.figures)), (None, by))
        })
    }

    /// All models, the newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn models(&self) -> Result<Vec<ModelRow>, StoreError> {
        self.read("listing models", |conn| {
            conn.prepare_cached(&format!("{MODELS} ORDER BY added_at DESC, models.rowid DESC"))?
                .query_and_then([], of_row)?
                .collect()
        })
    }

    /// The model in use; none before one was promoted.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn live_model(&self) -> Result<Option<Promotion>, StoreError> {
        Ok(self.promotions(1)?.pop())
    }

    /// What went live, the newest first, `limit` at most.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn promotions(&self, limit: u32) -> Result<Vec<Promotion>, StoreError> {
        self.read("reading what went live", |conn| promotions(conn, limit))
    }

    /// Puts a model live, and into the journal.
    ///
    /// # Errors
    /// [`StoreError::UnknownModel`], [`StoreError::ReasonMissing`] for an override, or any other
    /// [`StoreError`].
    pub fn promote(&self, request: &PromoteRequest<'_>, by: By<'_>) -> Result<Promotion, StoreError> {
        if request.overridden {
            audit::reason(request.reason, "putting a worse model live")?;
        }
        self.write("putting a model live", |tx| go_live(tx, request, false, by))
    }

    /// Puts the model live that was in use before this one.
    ///
    /// # Errors
    /// [`StoreError::NoEarlierModel`], or any other [`StoreError`].
    pub fn roll_back(&self, reason: &str, by: By<'_>) -> Result<Promotion, StoreError> {
        self.write("going back to an earlier model", |tx| {
            let history = promotions(tx, u32::MAX)?;
            let earlier = before_the_live(&history).map(str::to_owned);
            let model = earlier.ok_or(StoreError::NoEarlierModel)?;
            let request = PromoteRequest {
                model: &model,
                reason: reason.trim(),
                overridden: false,
            };
            go_live(tx, &request, true, by)
        })
    }

    /// The models whose files may be taken away: all but the live one and the last `keep` that were live, and
    /// those never live.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn superseded_models(&self, keep: usize) -> Result<Vec<String>, StoreError> {
        self.read("listing models", |conn| {
            let mut recent: Vec<String> = Vec::new();
            for promotion in promotions(conn, u32::MAX)? {
                if !recent.contains(&promotion.model) {
                    recent.push(promotion.model);
                }
            }
            let old = recent.split_off(keep.max(1).min(recent.len()));
            let gone = |name: &String| -> Result<bool, Fault> {
                Ok(find(conn, name)?.is_none_or(|model| model.removed_at.is_some()))
            };
            let mut present = Vec::new();
            for name in old {
                if !gone(&name)? {
                    present.push(name);
                }
            }
            Ok(present)
        })
    }

    /// Notes that the files of a model are gone.
    ///
    /// # Errors
    /// [`StoreError::UnknownModel`], or any other [`StoreError`].
    pub fn model_removed(&self, name: &str, by: By<'_>) -> Result<(), StoreError> {
        self.write("noting a removed model", |tx| {
            find(tx, name)?.ok_or_else(|| StoreError::UnknownModel {
                name: name.to_owned(),
            })?;
            tx.execute(
                "UPDATE models SET removed_at = ?2 WHERE name = ?1",
                params![name, by.1.0],
            )?;
            note(tx, (name, "files removed"), (None, None), (None, by))
        })
    }
}

/// The newest model that went live other than by going back, before the one in use: going back twice goes
/// back two steps.
fn before_the_live(newest_first: &[Promotion]) -> Option<&str> {
    // Replaying the history as a stack: going live pushes, going back pops.
    let mut stack: Vec<&str> = Vec::new();
    for promotion in newest_first.iter().rev() {
        if promotion.rollback {
            stack.pop();
        } else if stack.last() != Some(&promotion.model.as_str()) {
            stack.push(&promotion.model);
        }
    }
    stack.pop();
    stack.pop()
}

fn go_live(
    tx: &Transaction<'_>,
    request: &PromoteRequest<'_>,
    rollback: bool,
    by: By<'_>,
) -> Result<Promotion, Fault> {
    let unknown = || StoreError::UnknownModel {
        name: request.model.to_owned(),
    };
    let model = find(tx, request.model)?
        .filter(|model| model.removed_at.is_none())
        .ok_or_else(unknown)?;
    let before = promotions(tx, 1)?.pop().map(|live| live.model);
    let reason = request.reason.trim();
    tx.execute(
        "INSERT INTO model_promotions (model, at, actor, reason, overridden, rollback, figures)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            request.model,
            by.1.0,
            by.0,
            reason,
            request.overridden,
            rollback,
            model.of.figures
        ],
    )?;
    let body = serde_json::json!({
        "kind": "model_promoted", "model": request.model, "digest": model.of.digest, "before": before,
        "actor": by.0, "reason": reason, "overridden": request.overridden, "rollback": rollback,
    });
    let record = Record {
        at: by.1,
        kind: "model_promoted".to_owned(),
        sale_key: None,
        amount_minor: None,
        body: body.to_string(),
    };
    append(tx, &record)?;
    let detail = match (rollback, request.overridden) {
        (true, _) => "rolled back",
        (false, true) => "put live although judged worse",
        (false, false) => "put live",
    };
    let reason = Some(reason).filter(|reason| !reason.is_empty());
    note(
        tx,
        (request.model, detail),
        (before.as_deref(), Some(request.model)),
        (reason, by),
    )?;
    promotions(tx, 1)?.pop().ok_or_else(|| Fault::row("no promotion"))
}

const MODELS: &str = "SELECT models.*, (SELECT max(at) FROM model_promotions WHERE model = models.name) AS promoted_at FROM models";

fn find(conn: &Connection, name: &str) -> Result<Option<ModelRow>, Fault> {
    conn.prepare_cached(&format!("{MODELS} WHERE name = ?1"))?
        .query_and_then([name], of_row)?
        .next()
        .transpose()
}

fn of_row(row: &Row<'_>) -> Result<ModelRow, Fault> {
    Ok(ModelRow {
        of: NewModel {
            name: get(row, "name")?,
            digest: get(row, "digest")?,
            run: get(row, "run")?,
            data_set: small_or_none(row, "dataset")?,
            figures: get(row, "figures")?,
        },
        added_at: time(row, "added_at")?,
        removed_at: get::<Option<i64>>(row, "removed_at")?.map(Timestamp),
        promoted_at: get::<Option<i64>>(row, "promoted_at")?.map(Timestamp),
    })
}

fn promotions(conn: &Connection, limit: u32) -> Result<Vec<Promotion>, Fault> {
    conn.prepare_cached("SELECT * FROM model_promotions ORDER BY id DESC LIMIT ?1")?
        .query_and_then([limit], |row| {
            Ok(Promotion {
                model: get(row, "model")?,
                at: time(row, "at")?,
                actor: get(row, "actor")?,
                reason: get(row, "reason")?,
                overridden: get(row, "overridden")?,
                rollback: get(row, "rollback")?,
                figures: get(row, "figures")?,
            })
        })?
        .collect()
}

fn note(
    tx: &Transaction<'_>,
    (name, detail): (&str, &str),
    (before, after): (Option<&str>, Option<&str>),
    (reason, by): (Option<&str>, By<'_>),
) -> Result<(), Fault> {
    record_change(
        tx,
        by,
        &Change {
            action: "model",
            subject: name,
            detail,
            before,
            after,
            reason,
        },
    )
}

impl Store {
    /// How many sales each model has seen, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn sales_by_model(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.read("counting sales by model", |conn| {
            let mut query = conn.prepare_cached(
                "SELECT model, count(*) FROM sales WHERE model IS NOT NULL GROUP BY model ORDER BY model",
            )?;
            let found: Option<Vec<(String, i64)>> = query
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<Vec<_>, _>>()
                .optional()?;
            found
                .unwrap_or_default()
                .into_iter()
                .map(|(name, count)| Ok((name, u64::try_from(count)?)))
                .collect()
        })
    }
}
