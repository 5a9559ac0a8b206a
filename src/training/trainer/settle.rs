//! Running statistics of batch norms for averaged weights.
//!
//! The average of the weights is a network of its own, and the averages of the running statistics of the networks
//! on the way are not its statistics: where weights move fast, it would be measured, and shipped, with norms that
//! belong to none of them. So they are taken anew, from pictures that the run has seen.
//!
//! # Source
//! Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima and Better Generalization", section 3.2.

use burn::{module::Module as _, tensor::Device};

use super::loader::BatchPlan;
use crate::{training::dataset::DatasetError, vision::Ssd};

/// Batches that are looked at. With a momentum of 0.1 the first statistics count 4 % afterwards.
const BATCHES: u64 = 30;

/// The network, whose norms are learning, with running statistics of the last batches before `step`, for
/// detection. Norms that are frozen keep theirs.
///
/// # Errors
/// [`DatasetError`] if a picture cannot be read any more.
pub(super) fn settle(
    network: &Ssd,
    (plan, step): (&BatchPlan, u64),
    device: &Device,
) -> Result<Ssd, DatasetError> {
    for seen in step.saturating_sub(BATCHES)..step {
        // Passing through is what updates them; what comes out is not needed.
        drop(network.forward(plan.make(seen)?.take_input(plan.side, device)));
    }
    Ok(network.valid())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        frame::{Rgb, RgbImage},
        training::{
            dataset::LabelledPicture,
            trainer::{NormMode, WeightAverage, freeze::set_learning, loader::SampleFn},
        },
        vision::{
            Architecture, DefaultBoxes,
            weights::{Dictionary, to_bytes},
        },
    };

    /// The running means of the first norm.
    fn means(network: &Ssd) -> Vec<f32> {
        let read = Dictionary::from_safetensors(&to_bytes(network).unwrap(), "test").unwrap();
        let tensor = read.get("backbone.stem.norm.running_mean");
        tensor.unwrap().values.clone()
    }

    /// The averaged network was measured with averaged statistics, which are those of no network: in one epoch
    /// of a run its average precision fell to the half and rose again in the next.
    #[test]
    fn an_averaged_network_gets_statistics_of_its_own() {
        let architecture = Architecture::checkout_dense(&["red"]);
        // Every batch holds the same two pictures.
        let sample: SampleFn = Arc::new(|index| {
            let red = u8::try_from(40 + 150 * (index % 2)).unwrap();
            Ok(LabelledPicture {
                picture: RgbImage::from_pixel(64, 64, Rgb([red, 90, 20])),
                boxes: Vec::new(),
            })
        });
        let plan = BatchPlan {
            sample,
            hard: None,
            side: 64,
            normalisation: architecture.normalisation,
            classes: 1,
            batch: 2,
            defaults: Arc::new(DefaultBoxes::new(&architecture)),
            thresholds: architecture.loss.thresholds,
        };
        let device = Device::flex().autodiff();
        let trained = Ssd::new(&architecture, &device);
        let average = WeightAverage::new(&trained, 0.9, 0);
        let settled = |step: u64| {
            let network = average.apply(&trained).fork(&device);
            let learning = set_learning(network, Vec::new(), NormMode::BatchStatistics);
            means(&settle(&learning, (&plan, step), &device).unwrap())
        };
        // One batch moves them from 0 a tenth of the way.
        let one = settled(1);
        assert!(one.iter().any(|mean| mean.abs() > 1e-3), "{one:?}");
        for (step, moved) in [
            (1, 0.1),
            (2, 0.19),
            (30, 1.0 - 0.9f32.powi(30)),
            (90, 1.0 - 0.9f32.powi(30)),
        ] {
            for (mean, one) in settled(step).iter().zip(&one) {
                assert!((mean - 10.0 * one * moved).abs() < 1e-4, "{step}: {mean}");
            }
        }
        assert!(
            means(&trained.valid()).iter().all(|mean| *mean == 0.0),
            "the run's own stay"
        );
        // Norms that are frozen keep theirs.
        let frozen = set_learning(
            average.apply(&trained).fork(&device),
            Vec::new(),
            NormMode::Frozen,
        );
        assert!(
            means(&settle(&frozen, (&plan, 5), &device).unwrap())
                .iter()
                .all(|mean| *mean == 0.0)
        );
    }
}
