//! Whether an engine computes what another one does: some graphics drivers compute garbage, and must be found
//! out before their results are sold.

use super::detector::{DetectError, Detector};
use crate::frame::{Rgb, RgbImage};

/// How far an output may lie from the trusted one, in parts of the larger of it and 1. Half-way between what
/// rounding does and what moves a box by a pixel.
const TOLERANCE: f32 = 5e-3;

/// A picture with edges and colours of all sizes.
#[must_use]
pub fn trial_picture() -> RgbImage {
    RgbImage::from_fn(640, 480, |x, y| {
        let value = |a: u32, b: u32| u8::try_from((x * a + y * b + x * y / 97) % 256).unwrap_or(u8::MAX);
        Rgb([value(1, 2), value(3, 1), value(2, 5)])
    })
}

/// Compares all class logits and offsets that the two give for one picture.
///
/// # Errors
/// [`DetectError::WrongResults`] if the detector's are not those of the trusted one, or why one of them stopped.
pub fn check(detector: &Detector, trusted: &Detector) -> Result<(), DetectError> {
    let picture = trial_picture();
    let (logits, offsets) = detector.raw_outputs(&picture)?;
    let (trusted_logits, trusted_offsets) = trusted.raw_outputs(&picture)?;
    if alike(&trusted_logits, &logits) && alike(&trusted_offsets, &offsets) {
        Ok(())
    } else {
        Err(DetectError::WrongResults)
    }
}

fn alike(trusted: &[f32], got: &[f32]) -> bool {
    let close = |(want, got): (&f32, &f32)| (want - got).abs() <= TOLERANCE * want.abs().max(1.0);
    trusted.len() == got.len() && trusted.iter().zip(got).all(close)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use burn::tensor::Device;

    use super::*;
    use crate::vision::{Architecture, Engine, ModelBundle, Ssd, decode::DecodeSettings, weights::to_bytes};

    #[test]
    fn only_near_numbers_are_believed() {
        let trusted = [1.0, -2.0, 30.0];
        assert!(alike(&trusted, &[1.001, -2.001, 30.05]));
        for bad in [
            vec![1.0, -2.0, 31.0],
            vec![1.0, -2.0],
            vec![f32::NAN, -2.0, 30.0],
            vec![0.0; 3],
        ] {
            assert!(!alike(&trusted, &bad), "{bad:?} was believed");
        }
    }

    #[test]
    fn other_weights_are_wrong_results_and_another_engine_is_not() {
        let bundle = || {
            let architecture = Architecture::checkout(&["apple"]);
            ModelBundle {
                name: "trial".to_owned(),
                weights: to_bytes(&Ssd::new(&architecture, &Device::flex())).unwrap(),
                architecture,
                decode: DecodeSettings::LANE,
                class_thresholds: BTreeMap::new(),
                dataset_version: String::new(),
                metrics: Vec::new(),
            }
        };
        let one = bundle();
        let on = |bundle: &ModelBundle, engine| Detector::new(bundle.clone(), engine).unwrap();
        let trusted = on(&one, Engine::Cpu);
        check(&on(&one, Engine::BurnCpu), &trusted).unwrap();
        let error = check(&on(&bundle(), Engine::BurnCpu), &trusted).unwrap_err();
        assert!(error.to_string().contains("driver"), "{error}");
    }
}
