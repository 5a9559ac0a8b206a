//! Finding a GPU for burn. The one place that knows whether the program was built with its GPU part (the
//! feature `gpu`, on by default): without it there is never a device, and the reason says so.

use burn::tensor::Device;

use super::DetectError;

/// The best GPU that answers. Software rendering counts last: it is only good for checking.
///
/// # Errors
/// [`DetectError::NoGpu`] if none answers, [`DetectError::GpuNotBuilt`] without the feature `gpu`.
pub fn device() -> Result<Device, DetectError> {
    #[cfg(feature = "gpu")]
    return found::best().ok_or(DetectError::NoGpu);
    #[cfg(not(feature = "gpu"))]
    Err(DetectError::GpuNotBuilt)
}

/// Whether this machine has a GPU worth using, which software rendering is not.
///
/// # Errors
/// As [`device`], with software rendering counted as none.
pub fn check_hardware() -> Result<(), DetectError> {
    #[cfg(feature = "gpu")]
    return found::has_hardware().then_some(()).ok_or(DetectError::NoGpu);
    #[cfg(not(feature = "gpu"))]
    Err(DetectError::GpuNotBuilt)
}

#[cfg(feature = "gpu")]
mod found {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use burn::tensor::{Device, DeviceType, Tensor};

    pub(super) fn best() -> Option<Device> {
        let mut devices = wgpu_devices();
        devices.sort_by_key(|device| usize::from(!is_hardware(device)));
        devices.into_iter().find(answers)
    }

    pub(super) fn has_hardware() -> bool {
        wgpu_devices()
            .iter()
            .any(|device| is_hardware(device) && answers(device))
    }

    /// What wgpu finds. Looking for adapters can panic where the graphics drivers are broken.
    fn wgpu_devices() -> Vec<Device> {
        catch_unwind(|| Device::enumerate(DeviceType::Wgpu).into_vec()).unwrap_or_default()
    }

    /// Whether a device is a graphics card and not a processor that imitates one. burn tells the kind of a
    /// device only in its name.
    fn is_hardware(device: &Device) -> bool {
        let name = format!("{device:?}");
        ["DiscreteGpu", "IntegratedGpu", "VirtualGpu"]
            .iter()
            .any(|kind| name.contains(kind))
    }

    /// Whether a small sum on the device comes back right.
    fn answers(device: &Device) -> bool {
        let sum = || {
            let sum = Tensor::<1>::from_data([1.0f32, 2.0], device).sum();
            sum.into_data()
                .try_to_vec::<f32>()
                .is_ok_and(|values| values.len() == 1 && (values[0] - 3.0).abs() < 1e-6)
        };
        catch_unwind(AssertUnwindSafe(sum)).unwrap_or(false)
    }
}

#[cfg(all(test, not(feature = "gpu")))]
mod tests {
    use super::{check_hardware, device};
    use crate::vision::DetectError;

    #[test]
    fn without_the_feature_there_is_never_a_gpu() {
        assert!(matches!(device(), Err(DetectError::GpuNotBuilt)));
        assert!(matches!(check_hardware(), Err(DetectError::GpuNotBuilt)));
    }
}
