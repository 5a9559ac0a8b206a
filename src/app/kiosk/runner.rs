//! The checkout with its lane: reads the lane's messages, gives it orders, lets time pass. No window yet.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    app::{
        kiosk::{
            KioskOptions, back_room,
            checkout::{Checkout, CheckoutParts, LaneOrder, ModelInfo},
            detectors::{self, DetectorChoice},
            pace::Pace,
            photos::{self, Photos},
            settings::ShopSettings,
            trial::{self, Verdict},
            tuning::Tuned,
        },
        models, pricing,
    },
    capture::{Clock, SourceSpec, monotonic_clock},
    domain::time::Timestamp,
    pipeline::{
        DetectorBuilder, Lane, LaneConfig, LaneTimings, Mailbox, PaymentTerminal, PipelineError,
        SimulatedTerminal, TerminalScript, TrackPolicy, Wake, Worker, open_spec,
    },
    tracking::TrackerSettings,
    vision::Engine,
};

/// How long one pass may read messages before it paints; the rest waits for the next.
const BUDGET: Duration = Duration::from_millis(10);

/// Makes a detector's builder for an engine, or for the best one.
pub type BuilderMaker = Box<dyn Fn(Option<Engine>) -> DetectorBuilder>;

/// A checkout and its lane.
pub struct Runner {
    // The lane goes first: nothing may be seen any more when the rest is let go.
    lane: Lane,
    checkout: Checkout,
    make_builder: BuilderMaker,
    clock: Clock,
    demo: PathBuf,
    /// What the trial of the engines has found, and its thread until then.
    verdict: Mailbox<Verdict>,
    trial: Option<Worker>,
    /// The pictures of products, decoded beside the first frames, and their thread until then.
    bundled: Mailbox<Photos>,
    decoding: Option<Worker>,
    tuned: Tuned,
    pace: Pace,
    /// Whether the program was started with a source.
    has_source: bool,
    /// Whether it was started with an engine.
    has_engine: bool,
    /// The engine that was chosen, or proved itself; the usual one if none.
    engine: Option<Engine>,
    /// What the engines are tried out with, where they are.
    trial_choice: Option<DetectorChoice>,
}

impl Runner {
    /// Starts the threads of a lane as the options say; `wake` is called when there is something to show.
    ///
    /// # Errors
    /// One sentence if there is no data folder or the system gives no thread.
    pub fn start(options: &KioskOptions, wake: &Wake, now: Timestamp) -> anyhow::Result<Self> {
        let data = pricing::data_folder(options.data.as_deref())?;
        let word = Mailbox::new();
        let tuned = Tuned::default();
        let pace = Pace::default();
        let choice = DetectorChoice {
            data,
            model: options.model.clone(),
            engine: options.engine,
            tuned: tuned.clone(),
            rest: options.rest.clone(),
            pace: pace.clone(),
        };
        let told = word.clone();
        let tried = choice.clone();
        let make_builder: BuilderMaker = Box::new(move |engine| {
            let choice = DetectorChoice {
                engine: engine.or(choice.engine),
                ..choice.clone()
            };
            detectors::builder(choice, told.clone())
        });
        let mut runner = Self::with_detector(options, make_builder, word, wake, now)?;
        runner.trial_choice = Some(tried);
        runner.try_engines()?;
        runner.tuned = tuned;
        runner.checkout.measure_with(pace.clone());
        runner.pace = pace;
        Ok(runner)
    }

    /// The same with another detector, which leaves word of itself in `word` before it is ready.
    ///
    /// # Errors
    /// As [`Runner::start`].
    pub fn with_detector(
        options: &KioskOptions,
        make_builder: BuilderMaker,
        word: Mailbox<ModelInfo>,
        wake: &Wake,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let data = pricing::data_folder(options.data.as_deref())?;
        let clock = monotonic_clock();
        let spec = options.rehearsal.clone().map_or_else(
            || SourceSpec::from_argument(options.source.as_deref().unwrap_or("camera")),
            SourceSpec::Rehearsal,
        );
        let is_replay = is_replay(&spec);
        let lane = Lane::start(LaneConfig {
            source: open_spec(spec, clock.clone()),
            detector: make_builder(None),
            tracker: TrackerSettings::default(),
            clock: clock.clone(),
            wake: Arc::clone(wake),
            timings: LaneTimings::default(),
            rest: options.rest.clone(),
        })?;
        let parts = CheckoutParts {
            store: back_room::start(&data, Arc::clone(wake))?,
            terminal: simulated_terminal,
            models: word,
            photos: Photos::none(),
            seed: rand::random(),
            is_replay,
            data: data.clone(),
            wake: Arc::clone(wake),
        };
        let bundled = Mailbox::new();
        let decoding = decode_bundled(bundled.clone(), Arc::clone(wake))?;
        Ok(Self {
            lane,
            checkout: Checkout::new(parts, now),
            make_builder,
            clock,
            demo: data.join("demo"),
            verdict: Mailbox::new(),
            trial: None,
            bundled,
            decoding: Some(decoding),
            tuned: Tuned::default(),
            pace: Pace::default(),
            has_source: options.source.is_some() || options.rehearsal.is_some(),
            has_engine: options.engine.is_some(),
            engine: options.engine,
            trial_choice: None,
        })
    }

    /// Reads what happened, within a budget; true if more waits.
    pub fn logic(&mut self, now: Timestamp) -> bool {
        let begun = Instant::now();
        let mut more = false;
        while let Some(event) = self.lane.poll() {
            self.checkout.on_lane(event.kind, now);
            if begun.elapsed() >= BUDGET {
                more = true;
                break;
            }
        }
        self.tuned.watch(self.checkout.office().signed_on().is_some());
        if let Some(seen) = self.tuned.seen() {
            self.checkout.saw(seen);
        }
        if let Some(photos) = self.bundled.try_take() {
            self.decoding = None;
            self.checkout.show_photos(photos);
        }
        self.checkout.tick(now);
        self.give_orders(now);
        if let Some(verdict) = self.verdict.try_take() {
            self.take_up(verdict, now);
        }
        more
    }

    /// The lane's clock.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How long the stages of a picture take.
    #[must_use]
    pub const fn pace(&self) -> &Pace {
        &self.pace
    }

    /// The checkout.
    #[must_use]
    pub fn checkout(&self) -> &Checkout {
        &self.checkout
    }

    /// Does what a touch asks for.
    pub fn command(&mut self, command: crate::ui::command::Command, now: Timestamp) {
        self.checkout.command(command, now);
        self.give_orders(now);
    }

    /// Finds out beside the lane whether a graphics card answers sooner.
    fn try_engines(&mut self) -> Result<(), PipelineError> {
        if let Some(choice) = self.trial_choice.clone().filter(|_| self.engine.is_none()) {
            self.trial = Some(trial::start(choice, self.clock.clone(), self.verdict.clone())?);
        }
        Ok(())
    }

    /// Another engine takes over; what lies in view stays counted.
    fn compute_with(&mut self, engine: Option<Engine>) -> Result<(), PipelineError> {
        self.engine = engine;
        let builder = (self.make_builder)(engine);
        self.lane.replace_detector(builder, TrackPolicy::Keep)
    }

    /// Lets a graphics card that has proved itself take over, unless an engine was chosen meanwhile.
    fn take_up(&mut self, verdict: Verdict, now: Timestamp) {
        self.trial = None;
        match verdict {
            Verdict::Graphics { .. } if self.engine.is_none() => {
                if let Err(error) = self.compute_with(Some(Engine::Gpu)) {
                    self.checkout.tell_staff(error.to_string(), now);
                }
            }
            Verdict::Processor { .. } | Verdict::Graphics { .. } => {}
            Verdict::Broken { sentence } => self.checkout.tell_staff(sentence, now),
        }
    }

    fn give_orders(&mut self, now: Timestamp) {
        for order in self.checkout.take_orders() {
            let done = match order {
                LaneOrder::ShowDemo => self.show_demo(),
                LaneOrder::UsualEngine(_) if self.has_engine => Ok(()),
                LaneOrder::RebuildDetector(engine) | LaneOrder::UsualEngine(engine) => {
                    self.compute_with(Some(engine)).map_err(anyhow::Error::from)
                }
                LaneOrder::ChangeEngine(engine) => self.change_engine(engine).map_err(anyhow::Error::from),
                LaneOrder::ChangeModel { keeps_ids } => {
                    let tracks = if keeps_ids {
                        TrackPolicy::Keep
                    } else {
                        TrackPolicy::Forget
                    };
                    let builder = (self.make_builder)(self.engine);
                    self.lane
                        .replace_detector(builder, tracks)
                        .map_err(anyhow::Error::from)
                }
                LaneOrder::ResetTracker => {
                    self.lane.reset_tracker();
                    Ok(())
                }
                LaneOrder::Tune(tuning) => {
                    self.tuned.set(tuning);
                    Ok(())
                }
                LaneOrder::UsualSource(_) if self.has_source => Ok(()),
                LaneOrder::UsualSource(source) | LaneOrder::ShowSource(source) => self.show_source(&source),
            };
            if let Err(error) = done {
                self.checkout.tell_staff(format!("{error:#}"), now);
            }
        }
    }

    fn change_engine(&mut self, engine: Option<Engine>) -> Result<(), PipelineError> {
        // What the program was started with no longer holds.
        self.compute_with(Some(engine.unwrap_or_else(models::usual_engine)))?;
        self.engine = engine;
        self.try_engines()
    }

    fn show_source(&mut self, source: &str) -> anyhow::Result<()> {
        let spec = SourceSpec::from_argument(source);
        self.checkout.switched(is_replay(&spec));
        Ok(self.lane.switch_source(open_spec(spec, self.clock.clone()))?)
    }

    fn show_demo(&mut self) -> anyhow::Result<()> {
        let folder = photos::write_demo(&self.demo)?;
        self.checkout.switched(true);
        let spec = SourceSpec::replay(&folder);
        Ok(self.lane.switch_source(open_spec(spec, self.clock.clone()))?)
    }
}

/// Decodes the pictures of products on a thread of its own: the window need not wait for them.
fn decode_bundled(bundled: Mailbox<Photos>, wake: Wake) -> Result<Worker, PipelineError> {
    Worker::spawn(
        "bundled-photos",
        move |_stop| {
            bundled.put(Photos::bundled());
            wake();
        },
        |reason| tracing::warn!(reason, "the pictures of products cannot be shown"),
    )
}

fn is_replay(spec: &SourceSpec) -> bool {
    match spec {
        SourceSpec::Camera(_) | SourceSpec::Rehearsal(_) => false,
        SourceSpec::Replay { .. } => true,
    }
}

fn simulated_terminal(settings: &ShopSettings) -> Box<dyn PaymentTerminal> {
    Box::new(SimulatedTerminal::new(TerminalScript {
        outcome: settings.terminal.clone(),
        ..TerminalScript::default()
    }))
}
