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
    frame::{Rgb, RgbImage},
    pipeline::{Mailbox, PipelineError, Worker},
    vision::{Detector, Engine, gpu},
};

/// Pictures of which the median counts.
const PICTURES: usize = 9;
/// Pictures before, in which a graphics card compiles and tunes its programs.
const WARM_UP: usize = 3;
/// How far an output of the card may lie from the processor's, in parts of the larger of it and 1. Half-way
/// between what rounding does and what moves a box by a pixel.
const TOLERANCE: f32 = 5e-3;

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

/// What an engine answers to the trial's picture, and how soon.
#[derive(Debug, Clone, PartialEq)]
struct Probe {
    logits: Vec<f32>,
    offsets: Vec<f32>,
    median: Duration,
}

/// Tries out the graphics card on a thread of its own and leaves the verdict. Where there is none, or a certain
/// engine was asked for, nothing is tried.
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
            if choice.engine.is_none() {
                let found = try_out(&choice, &clock);
                tracing::info!(?found, "engines compared");
                verdict.put(found);
            }
        },
        move |reason| panicked.put(Verdict::Processor { reason }),
    )
}

fn try_out(choice: &DetectorChoice, clock: &Clock) -> Verdict {
    if gpu::check_hardware().is_err() {
        let reason = "there is no graphics card".to_owned();
        return Verdict::Processor { reason };
    }
    let on = |engine: Engine| -> Result<Probe, String> {
        let folder = choice.folder().map_err(|error| format!("{error:#}"))?;
        let detector = models::load(&folder, engine).map_err(|error| format!("{error:#}"))?;
        probe(&detector, clock)
    };
    match on(Engine::Cpu) {
        Ok(processor) => judge(&processor, on(Engine::Gpu)),
        Err(reason) => Verdict::Processor { reason },
    }
}

/// A picture with edges and colours of all sizes.
fn picture() -> RgbImage {
    RgbImage::from_fn(640, 480, |x, y| {
        let value = |a: u32, b: u32| u8::try_from((x * a + y * b + x * y / 97) % 256).unwrap_or(u8::MAX);
        Rgb([value(1, 2), value(3, 1), value(2, 5)])
    })
}

fn probe(detector: &Detector, clock: &Clock) -> Result<Probe, String> {
    let picture = picture();
    let outputs = || detector.raw_outputs(&picture).map_err(|error| error.to_string());
    for _ in 0..WARM_UP {
        outputs()?;
    }
    let mut times = Vec::with_capacity(PICTURES);
    let mut last = (Vec::new(), Vec::new());
    for _ in 0..PICTURES {
        let start = clock();
        last = outputs()?;
        times.push(clock().saturating_sub(start));
    }
    times.sort_unstable();
    let (logits, offsets) = last;
    Ok(Probe {
        logits,
        offsets,
        median: times[PICTURES / 2],
    })
}

/// Compares the two.
fn judge(processor: &Probe, graphics: Result<Probe, String>) -> Verdict {
    let graphics = match graphics {
        Ok(probe) => probe,
        Err(reason) => {
            return Verdict::Broken {
                sentence: format!(
                    "the graphics card failed its trial ({reason}); the processor does the work"
                ),
            };
        }
    };
    let agrees = alike(&processor.logits, &graphics.logits) && alike(&processor.offsets, &graphics.offsets);
    if !agrees {
        return Verdict::Broken {
            sentence:
                "the graphics card computes wrong results, so the processor does the work; update its driver"
                    .to_owned(),
        };
    }
    let reason = format!(
        "{:.1} ms a picture on the processor, {:.1} ms on the graphics card",
        processor.median.as_secs_f64() * 1000.0,
        graphics.median.as_secs_f64() * 1000.0
    );
    if graphics.median < processor.median {
        Verdict::Graphics { reason }
    } else {
        Verdict::Processor { reason }
    }
}

fn alike(wanted: &[f32], got: &[f32]) -> bool {
    let close = |(want, got): (&f32, &f32)| (want - got).abs() <= TOLERANCE * want.abs().max(1.0);
    wanted.len() == got.len() && wanted.iter().zip(got).all(close)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe_of(values: &[f32], ms: u64) -> Probe {
        Probe {
            logits: values.to_vec(),
            offsets: vec![0.5; 4],
            median: Duration::from_millis(ms),
        }
    }

    #[test]
    fn the_sooner_one_gets_the_work() {
        let processor = probe_of(&[1.0, -2.0, 30.0], 8);
        let near = [1.001, -2.001, 30.05];
        assert!(matches!(
            judge(&processor, Ok(probe_of(&near, 3))),
            Verdict::Graphics { .. }
        ));
        assert!(matches!(
            judge(&processor, Ok(probe_of(&near, 8))),
            Verdict::Processor { .. }
        ));
    }

    #[test]
    fn garbage_and_failures_are_dropped_with_a_sentence() {
        let processor = probe_of(&[1.0, -2.0, 30.0], 8);
        for bad in [
            vec![1.0, -2.0, 31.0],
            vec![1.0, -2.0],
            vec![f32::NAN, -2.0, 30.0],
            vec![0.0; 3],
        ] {
            let Verdict::Broken { sentence } = judge(&processor, Ok(probe_of(&bad, 1))) else {
                panic!("{bad:?} was believed");
            };
            assert!(sentence.contains("driver"), "{sentence}");
        }
        let Verdict::Broken { sentence } = judge(&processor, Err("out of memory".to_owned())) else {
            panic!("a failure was believed");
        };
        assert!(sentence.contains("out of memory"), "{sentence}");
    }

    #[test]
    fn an_engine_that_was_asked_for_is_not_tried() {
        let verdict = Mailbox::new();
        let choice = DetectorChoice {
            data: "nowhere".into(),
            model: None,
            engine: Some(Engine::Cpu),
            tuned: crate::app::kiosk::tuning::Tuned::default(),
            rest: crate::pipeline::RestSign::default(),
            pace: crate::app::kiosk::pace::Pace::default(),
        };
        drop(start(choice, crate::capture::monotonic_clock(), verdict.clone()).unwrap());
        assert_eq!(verdict.try_take(), None);
    }
}
