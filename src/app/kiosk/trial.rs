//! Whether a graphics card answers sooner than the processor: tried out once, beside a lane that already works
//! on the processor.
//!
//! A graphics card takes seconds to get ready the first time, and some drivers compute garbage; neither may
//! reach a shopper. So the lane starts on the processor, and only a card that gives the processor's answers,
//! and gives them sooner, takes over.

use std::time::Duration;

use crate::{
    app::{kiosk::detectors::DetectorChoice, models},
    capture::Clock,
    pipeline::{Mailbox, PipelineError, Worker},
    vision::{Detector, Engine, agreement::trial_picture, gpu},
};

/// Pictures of which the median counts.
const PICTURES: usize = 9;
/// Pictures before, in which a graphics card compiles and tunes its programs.
const WARM_UP: usize = 3;
/// What came of the trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The processor keeps the work.
    Processor {
        /// Why, for the log.
        reason: String,
    },
    /// The graphics card takes over.
    Graphics {
        /// Why, for the log.
        reason: String,
    },
    /// The graphics card cannot be trusted, which staff should know.
    Broken {
        /// What is wrong and what to do.
        sentence: String,
    },
}

/// Tries out the graphics card, if there is one, on a thread of its own and leaves the verdict.
///
/// # Errors
/// [`PipelineError::Spawn`] if the system gives no thread.
pub fn start(
    choice: DetectorChoice,
    clock: Clock,
    verdict: Mailbox<Verdict>,
) -> Result<Worker, PipelineError> {
    let panicked = verdict.clone();
    Worker::spawn(
        "engine-trial",
        move |_stop| {
            let found = try_out(&choice, &clock);
            tracing::info!(?found, "engines compared");
            verdict.put(found);
        },
        move |reason| panicked.put(Verdict::Processor { reason }),
    )
}

fn try_out(choice: &DetectorChoice, clock: &Clock) -> Verdict {
    if gpu::check_hardware().is_err() {
        let reason = "there is no graphics card".to_owned();
        return Verdict::Processor { reason };
    }
    let on = |engine: Engine| -> Result<Duration, String> {
        let folder = choice.folder().map_err(|error| format!("{error:#}"))?;
        let detector = models::load(&folder, engine).map_err(|error| format!("{error:#}"))?;
        median(&detector, clock)
    };
    match on(Engine::Cpu) {
        Ok(processor) => judge(processor, on(Engine::Gpu)),
        Err(reason) => Verdict::Processor { reason },
    }
}

fn median(detector: &Detector, clock: &Clock) -> Result<Duration, String> {
    let picture = trial_picture();
    let look = || detector.raw_outputs(&picture).map_err(|error| error.to_string());
    for _ in 0..WARM_UP {
        look()?;
    }
    let mut times = Vec::with_capacity(PICTURES);
    for _ in 0..PICTURES {
        let start = clock();
        look()?;
        times.push(clock().saturating_sub(start));
    }
    times.sort_unstable();
    Ok(times[PICTURES / 2])
}

/// Compares the two.
fn judge(processor: Duration, graphics: Result<Duration, String>) -> Verdict {
    let graphics = match graphics {
        Ok(median) => median,
        Err(reason) => {
            return Verdict::Broken {
                sentence: format!(
                    "the graphics card failed its trial ({reason}); the processor does the work"
                ),
            };
        }
    };
    let reason = format!(
        "{:.1} ms a picture on the processor, {:.1} ms on the graphics card",
        processor.as_secs_f64() * 1000.0,
        graphics.as_secs_f64() * 1000.0
    );
    if graphics < processor {
        Verdict::Graphics { reason }
    } else {
        Verdict::Processor { reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sooner_one_gets_the_work() {
        let processor = Duration::from_millis(8);
        assert!(matches!(
            judge(processor, Ok(Duration::from_millis(3))),
            Verdict::Graphics { .. }
        ));
        assert!(matches!(
            judge(processor, Ok(processor)),
            Verdict::Processor { .. }
        ));
    }

    #[test]
    fn a_failure_is_told_with_its_reason() {
        let wrong = crate::vision::DetectError::WrongResults.to_string();
        for reason in ["out of memory", &wrong] {
            let verdict = judge(Duration::from_millis(8), Err(reason.to_owned()));
            let Verdict::Broken { sentence } = verdict else {
                panic!("{reason}: a failure was believed");
            };
            assert!(sentence.contains(reason), "{sentence}");
        }
    }
}
