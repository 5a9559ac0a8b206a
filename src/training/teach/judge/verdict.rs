//! What follows from the figures, in sentences.

use serde::{Deserialize, Serialize};

use super::figures::ModelFigures;

/// A class that falls by more than this has been forgotten in part.
const FORGOTTEN: f64 = 0.03;
/// A new product below this is not learned.
const LEARNED: f64 = 0.5;
/// With fewer objects of a class its figure says little.
const LEAST_OBJECTS: usize = 8;

/// What follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// It is better and can be put live.
    Better {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// It is neither better nor worse.
    AsGood,
    /// It is worse: only a manager may put it live all the same.
    Worse {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// There is nothing to tell by.
    CannotTell,
}

impl Verdict {
    /// Whether it is offered without a manager's word.
    #[must_use]
    pub const fn is_offered(&self) -> bool {
        match self {
            Self::Better { .. } | Self::AsGood => true,
            Self::Worse { .. } | Self::CannotTell => false,
        }
    }

    /// A word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Better { .. } => "better",
            Self::AsGood => "as good",
            Self::Worse { .. } => "worse",
            Self::CannotTell => "cannot tell",
        }
    }

    /// Why.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Better { reasons } | Self::Worse { reasons } => reasons,
            Self::AsGood | Self::CannotTell => &[],
        }
    }
}

/// One thing that speaks for or against a candidate. Figures are AP50 from 0 to 1, unless said otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// A new product is recognised.
    Learned {
        /// Which.
        class: String,
        /// How well.
        ap50: f64,
    },
    /// A new product is hardly recognised.
    NotLearned {
        /// Which.
        class: String,
        /// How well.
        ap50: f64,
    },
    /// An old product is recognised less well than before.
    Forgotten {
        /// Which.
        class: String,
        /// Before.
        before: f64,
        /// After.
        after: f64,
    },
    /// An old product is recognised better than before.
    Improved {
        /// Which.
        class: String,
        /// Before.
        before: f64,
        /// After.
        after: f64,
    },
    /// Baskets would be charged wrongly by more than before, in minor units a basket.
    ChargesWorse {
        /// Before.
        before: f64,
        /// After.
        after: f64,
    },
    /// More empty trays show something, in pictures.
    MoreFalseAlarms {
        /// Before.
        before: usize,
        /// After.
        after: usize,
    },
}

impl Reason {
    /// Whether it speaks against the candidate.
    #[must_use]
    pub const fn is_against(&self) -> bool {
        match self {
            Self::NotLearned { .. }
            | Self::Forgotten { .. }
            | Self::ChargesWorse { .. }
            | Self::MoreFalseAlarms { .. } => true,
            Self::Learned { .. } | Self::Improved { .. } => false,
        }
    }

    /// One sentence in English.
    #[must_use]
    pub fn sentence(&self) -> String {
        let percent = |value: &f64| format!("{:.0} %", value * 100.0);
        match self {
            Self::Learned { class, ap50 } => format!("{class} is recognised ({})", percent(ap50)),
            Self::NotLearned { class, ap50 } => format!(
                "{class} is hardly recognised ({}): take more photos of it, from all sides",
                percent(ap50)
            ),
            Self::Forgotten { class, before, after } => format!(
                "{class} is recognised less well than before ({} instead of {})",
                percent(after),
                percent(before)
            ),
            Self::Improved { class, before, after } => {
                format!(
                    "{class} is recognised better ({} instead of {})",
                    percent(after),
                    percent(before)
                )
            }
            Self::ChargesWorse { before, after } => format!(
                "baskets would be wrong by {:.2} on average instead of {:.2}",
                after / 100.0,
                before / 100.0
            ),
            Self::MoreFalseAlarms { before, after } => {
                format!("something is seen on {after} empty trays instead of {before}")
            }
        }
    }
}

pub(super) fn of(
    (live, candidate): (&ModelFigures, &ModelFigures),
    (live_trays, candidate_trays): (&ModelFigures, &ModelFigures),
    taught: &[String],
    photos: usize,
) -> Verdict {
    if photos == 0 && live_trays.classes.is_empty() {
        return Verdict::CannotTell;
    }
    let mut reasons = Vec::new();
    for class in taught {
        if let Some(ap50) = candidate.classes.get(class).and_then(|figures| figures.ap50) {
            let class = class.clone();
            reasons.push(if ap50 < LEARNED {
                Reason::NotLearned { class, ap50 }
            } else {
                Reason::Learned { class, ap50 }
            });
        }
    }
    for (before, after) in [(live, candidate), (live_trays, candidate_trays)] {
        reasons.extend(changes(before, after, taught));
    }
    // What a new product costs is wrong before it is taught; the baskets speak only where nothing is new.
    if let (Some(before), Some(after)) = (live.wrong_charge_minor, candidate.wrong_charge_minor)
        && after > before * 1.05 + 0.5
    {
        reasons.push(Reason::ChargesWorse { before, after });
    }
    let (before, after) = (
        live.empty.1 + live_trays.empty.1,
        candidate.empty.1 + candidate_trays.empty.1,
    );
    let empty = candidate.empty.0 + candidate_trays.empty.0;
    // One picture more is chance; so is one in twenty.
    if after > before + (empty / 20).max(1) {
        reasons.push(Reason::MoreFalseAlarms { before, after });
    }
    let against: Vec<Reason> = reasons
        .iter()
        .filter(|reason| reason.is_against())
        .cloned()
        .collect();
    if !against.is_empty() {
        Verdict::Worse { reasons: against }
    } else if reasons.is_empty() {
        Verdict::AsGood
    } else {
        Verdict::Better { reasons }
    }
}

/// What became better or worse of the classes that both know.
fn changes(before: &ModelFigures, after: &ModelFigures, taught: &[String]) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for (class, old) in &before.classes {
        let new = after.classes.get(class).and_then(|figures| figures.ap50);
        let (Some(old_ap), Some(new_ap)) = (old.ap50, new) else {
            continue;
        };
        if taught.contains(class) || old.objects < LEAST_OBJECTS {
            continue;
        }
        let (class, before, after) = (class.clone(), old_ap, new_ap);
        if after < before - FORGOTTEN {
            reasons.push(Reason::Forgotten { class, before, after });
        } else if after > before + FORGOTTEN {
            reasons.push(Reason::Improved { class, before, after });
        }
    }
    reasons
}
