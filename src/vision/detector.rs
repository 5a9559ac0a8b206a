//! The whole way from a picture to detections, behind one face for every engine.

use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::{
    bundle::ModelBundle,
    decode::{DecodeSettings, decode, drop_contained},
    default_boxes::DefaultBoxes,
    engine::{FastNetwork, Isa, NotCovered, Precision, translate, usual_threads},
    gpu, preprocess,
    ssd::Ssd,
    weights::{self, Dictionary, Naming, WeightsError},
};
use crate::{
    frame::RgbImage,
    geom::{ClassId, Detection},
};

/// What computes the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Engine {
    /// Our own kernels on the CPU, for the networks that they cover.
    Cpu,
    /// The same, mixing channels in 8-bit integers: about twice as fast, and a little less exact.
    CpuInt8,
    /// burn's CPU backend, for all others and for comparing.
    BurnCpu,
    /// burn on wgpu.
    Gpu,
}

impl Engine {
    /// The name on the command line and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::CpuInt8 => "cpu-int8",
            Self::BurnCpu => "burn-cpu",
            Self::Gpu => "gpu",
        }
    }
}

/// How [`Engine::Cpu`] and [`Engine::CpuInt8`] use the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuSettings {
    /// Threads, the caller's among them.
    pub threads: usize,
    /// Instruction set; the machine must have it.
    pub isa: Isa,
}

impl Default for CpuSettings {
    fn default() -> Self {
        Self {
            threads: usual_threads(),
            isa: Isa::best(),
        }
    }
}

/// Why a detector cannot be made or has stopped.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// The weights do not fit the bundle's description.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// There is no GPU that burn can use.
    #[error("no GPU can be used on this machine; run on the CPU instead")]
    NoGpu,
    /// This program was built without the feature `gpu`.
    #[error(
        "this program was built without its GPU part; run on the CPU instead, or build with the feature gpu"
    )]
    GpuNotBuilt,
    /// The GPU stopped answering.
    #[error("the GPU was lost while detecting; the CPU takes over")]
    DeviceLost,
    /// The GPU answers, but not what the CPU does.
    #[error("the graphics card computes wrong results; update its driver, or run on the CPU instead")]
    WrongResults,
    /// The network gave something else than numbers of the right count.
    #[error("the detector gave no usable answer ({0}); load the model again")]
    Output(String),
}

/// A loaded model on one engine. Owned by one thread.
#[derive(Debug)]
pub struct Detector {
    compute: Compute,
    engine: Engine,
    bundle: ModelBundle,
    defaults: DefaultBoxes,
}

/// What does the work.
#[derive(Debug)]
enum Compute {
    Fast(Box<FastNetwork>),
    Burn { network: Box<Ssd>, device: Device },
}

impl Detector {
    /// Puts the model of a bundle on an engine. A network that our own kernels do not cover is computed by
    /// burn where [`Engine::Cpu`] or [`Engine::CpuInt8`] was asked for; [`Detector::engine`] says so.
    ///
    /// # Errors
    /// [`DetectError::NoGpu`] or [`DetectError::GpuNotBuilt`] without a usable GPU, [`DetectError::Weights`] if the bundle's tensors do not
    /// fit its description.
    pub fn new(bundle: ModelBundle, engine: Engine) -> Result<Self, DetectError> {
        Self::with_cpu(bundle, engine, CpuSettings::default())
    }

    /// As [`Detector::new`], with a certain use of the processor.
    ///
    /// # Errors
    /// As [`Detector::new`].
    ///
    /// # Panics
    /// If this machine does not have the instruction set.
    pub fn with_cpu(bundle: ModelBundle, engine: Engine, cpu: CpuSettings) -> Result<Self, DetectError> {
        let defaults = DefaultBoxes::new(&bundle.architecture);
        let (engine, compute) = match engine {
            Engine::Cpu | Engine::CpuInt8 => match fast_network(&bundle, &defaults, (cpu, engine)) {
                Ok(network) => (engine, Compute::Fast(Box::new(network))),
                Err(reason) => {
                    tracing::warn!(%reason, model = bundle.name, "the model runs on burn");
                    (Engine::BurnCpu, burn_network(&bundle, Device::flex())?)
                }
            },
            Engine::BurnCpu => (engine, burn_network(&bundle, Device::flex())?),
            Engine::Gpu => (engine, burn_network(&bundle, gpu::device()?)?),
        };
        Ok(Self {
            compute,
            engine,
            bundle,
            defaults,
        })
    }

    /// The network on our own kernels, if it is there.
    #[must_use]
    pub fn fast(&self) -> Option<&FastNetwork> {
        match &self.compute {
            Compute::Fast(network) => Some(network),
            Compute::Burn { .. } => None,
        }
    }

    /// The engine in use.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// The model in use.
    #[must_use]
    pub const fn bundle(&self) -> &ModelBundle {
        &self.bundle
    }

    /// Name of a class of this model.
    #[must_use]
    pub fn class_name(&self, class: ClassId) -> Option<&str> {
        let index = usize::from(class.0).checked_sub(1)?;
        self.bundle.architecture.classes.get(index).map(String::as_str)
    }

    /// Finds the items in a picture, with the bundle's own thresholds.
    ///
    /// # Errors
    /// [`DetectError::DeviceLost`] or [`DetectError::Output`] when the engine fails.
    pub fn detect(&self, picture: &RgbImage) -> Result<Vec<Detection>, DetectError> {
        let thresholds = self.bundle.class_thresholds.values().copied();
        let lowest = thresholds.fold(self.bundle.decode.score_threshold, f32::min);
        let mut found = self.detect_from(picture, lowest)?;
        found.retain(|d| {
            self.class_name(d.class)
                .is_some_and(|name| d.score >= self.bundle.threshold_of(name))
        });
        Ok(found)
    }

    /// Finds the items in a picture from a score on, as a lane wants them: each once, see
    /// [`drop_contained`]. What the scores mean is left to the caller, for example to a tracker.
    ///
    /// # Errors
    /// As [`Detector::detect`].
    pub fn detect_from(&self, picture: &RgbImage, score: f32) -> Result<Vec<Detection>, DetectError> {
        let settings = DecodeSettings {
            score_threshold: score,
            ..self.bundle.decode
        };
        let mut found = self.detect_with(picture, &settings)?;
        drop_contained(&mut found);
        Ok(found)
    }

    /// Finds the items in a picture with other decoding settings, for measuring.
    ///
    /// # Errors
    /// As [`Detector::detect`].
    pub fn detect_with(
        &self,
        picture: &RgbImage,
        settings: &DecodeSettings,
    ) -> Result<Vec<Detection>, DetectError> {
        let classes = self.bundle.architecture.classes.len();
        match &self.compute {
            Compute::Fast(network) => {
                let mut found = Vec::new();
                let run = || network.detect(picture, &self.defaults, classes, settings, &mut found);
                catch_unwind(AssertUnwindSafe(run)).map_err(|_panic| self.stopped())?;
                Ok(found)
            }
            Compute::Burn { .. } => {
                let (logits, offsets) = self.raw_outputs(picture)?;
                Ok(decode(&logits, &offsets, &self.defaults, classes, settings))
            }
        }
    }

    /// The network's outputs for a picture: class logits and offsets, row by row.
    ///
    /// # Shapes
    /// `boxes * class_outputs` and `boxes * 4` values.
    ///
    /// # Errors
    /// As [`Detector::detect`].
    pub fn raw_outputs(&self, picture: &RgbImage) -> Result<(Vec<f32>, Vec<f32>), DetectError> {
        let (network, device) = match &self.compute {
            Compute::Fast(network) => {
                let run = || network.raw_outputs(picture);
                return catch_unwind(AssertUnwindSafe(run)).map_err(|_panic| self.stopped());
            }
            Compute::Burn { network, device } => (network, device),
        };
        let architecture = &self.bundle.architecture;
        let side = architecture.input[0];
        let input = preprocess::to_input(picture, side, architecture.normalisation);
        // A lost GPU surfaces as a panic inside the backend; it must not take the lane with it.
        let run = || {
            let data = TensorData::new(input, [1, 3, side, side]);
            let output = network.forward(Tensor::from_data(data, device));
            (
                output.logits.into_data().try_to_vec::<f32>(),
                output.offsets.into_data().try_to_vec::<f32>(),
            )
        };
        let (logits, offsets) = catch_unwind(AssertUnwindSafe(run)).map_err(|_panic| self.stopped())?;
        let unusable = |source: &dyn std::fmt::Debug| DetectError::Output(format!("{source:?}"));
        Ok((
            logits.map_err(|e| unusable(&e))?,
            offsets.map_err(|e| unusable(&e))?,
        ))
    }

    /// What a panic while computing means.
    fn stopped(&self) -> DetectError {
        match self.engine {
            Engine::Gpu => DetectError::DeviceLost,
            Engine::Cpu | Engine::CpuInt8 | Engine::BurnCpu => DetectError::Output("it stopped".to_owned()),
        }
    }
}

/// The model on our own kernels, or why not.
fn fast_network(
    bundle: &ModelBundle,
    defaults: &DefaultBoxes,
    (cpu, engine): (CpuSettings, Engine),
) -> Result<FastNetwork, NotCovered> {
    let weights = Dictionary::from_safetensors(&bundle.weights, &bundle.name)
        .map_err(|source| NotCovered::Shape(source.to_string()))?;
    let network = translate::network(&bundle.architecture, &weights)?;
    let precision = if engine == Engine::CpuInt8 {
        Precision::Bytes
    } else {
        Precision::Floats
    };
    let fast = FastNetwork::with_precision(&network, cpu.isa, cpu.threads, precision)?;
    if fast.boxes() == defaults.len() {
        Ok(fast)
    } else {
        Err(NotCovered::Shape(format!(
            "there are {} default boxes and predictions for {}",
            defaults.len(),
            fast.boxes()
        )))
    }
}

/// The model in burn, with batch norms folded.
fn burn_network(bundle: &ModelBundle, device: Device) -> Result<Compute, WeightsError> {
    let mut network = Ssd::new(&bundle.architecture, &device);
    weights::load_bytes(&mut network, bundle.weights.clone(), Naming::Native, &bundle.name)?;
    Ok(Compute::Burn {
        network: Box::new(network.folded()),
        device,
    })
}
