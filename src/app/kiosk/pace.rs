//! How long the stages of a picture take: noted by the threads that do them, read by the hidden figures and by
//! `tillsight bench --window`.
//!
//! Only the newest pictures count, and noting one takes less than a microsecond.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::ui::view::{Stage, StageView};

/// So many of the newest times count in the figures: ten seconds of a usual camera.
const KEPT: usize = 300;

/// The times of the newest pictures, shared between threads.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<Mutex<[Times; Stage::ALL.len()]>>);

/// The newest times of one stage, in a ring.
#[derive(Debug, Default)]
struct Times {
    newest: Vec<Duration>,
    next: usize,
}

impl Pace {
    /// Notes that a stage took so long.
    pub fn note(&self, stage: Stage, took: Duration) {
        let mut all = self.lock();
        let times = &mut all[index(stage)];
        if times.newest.len() < KEPT {
            times.newest.push(took);
        } else {
            times.newest[times.next] = took;
        }
        times.next = (times.next + 1) % KEPT;
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.lock() = Default::default();
    }

    /// The figures of all stages that were noted, in order.
    #[must_use]
    pub fn stages(&self) -> Vec<StageView> {
        let all = self.lock();
        Stage::ALL
            .into_iter()
            .filter_map(|stage| {
                let mut sorted = all[index(stage)].newest.clone();
                sorted.sort_unstable();
                let at = |share: usize| {
                    let place = (sorted.len() * share / 100).min(sorted.len().checked_sub(1)?);
                    sorted.get(place).map(|time| time.as_secs_f32() * 1000.0)
                };
                Some(StageView {
                    stage,
                    median_ms: at(50)?,
                    p95_ms: at(95)?,
                })
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, [Times; Stage::ALL.len()]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn index(stage: Stage) -> usize {
    match stage {
        Stage::Decode => 0,
        Stage::Look => 1,
        Stage::Resize => 2,
        Stage::Detect => 3,
        Stage::Track => 4,
        Stage::Upload => 5,
        Stage::Paint => 6,
        Stage::All => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_times_count() {
        let pace = Pace::default();
        assert_eq!(pace.stages(), []);
        for ms in 0..500 {
            pace.note(Stage::Detect, Duration::from_millis(ms));
        }
        // 200 to 499 are left: the 151st and the 286th of them.
        let wanted = StageView {
            stage: Stage::Detect,
            median_ms: 350.0,
            p95_ms: 485.0,
        };
        assert_eq!(pace.stages(), [wanted]);
        pace.clear();
        assert_eq!(pace.stages(), []);
    }

    #[test]
    fn each_stage_has_a_place_of_its_own() {
        let mut places: Vec<usize> = Stage::ALL.into_iter().map(index).collect();
        places.dedup();
        assert_eq!(places, (0..Stage::ALL.len()).collect::<Vec<_>>());
    }
}
