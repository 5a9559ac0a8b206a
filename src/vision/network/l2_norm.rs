//! Normalisation of each cell's channels to length 1, times a learned scale for each channel.
//!
//! The values of `conv4_3` are far larger than those of the later maps; without this its heads drown the
//! others.
//!
//! # Source
//! Liu, Rabinovich and Berg 2015 ("`ParseNet`"), section 3.3; Liu et al. 2016, section 3.1.

use burn::{
    module::{Module, Param},
    tensor::Tensor,
};

/// Length below which a cell is not stretched any more, as `torch.nn.functional.normalize`.
const MIN_LENGTH: f32 = 1e-12;

/// The normalisation with its scales.
#[derive(Module, Debug)]
pub struct L2Norm {
    scale: Param<Tensor<1>>,
}

impl L2Norm {
    /// Scales that all begin at `initial`.
    #[must_use]
    pub fn new(channels: usize, initial: f32, device: &burn::tensor::Device) -> Self {
        Self {
            scale: Param::from_tensor(Tensor::full([channels], initial, device)),
        }
    }

    /// # Shapes
    /// `[batch, channels, height, width]` in and out.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let squares = input.clone() * input.clone();
        // The bound lies under the root, where the gradient at a cell of zeros stays finite.
        let length = squares.sum_dim(1).clamp_min(MIN_LENGTH * MIN_LENGTH).sqrt();
        let [channels] = self.scale.val().dims();
        input / length * self.scale.val().reshape([1, channels, 1, 1])
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn a_cell_by_hand() {
        let norm = L2Norm::new(2, 20.0, &Device::flex());
        // Length 5, so 3/5 and 4/5; a cell of zeros stays zero.
        let input = Tensor::from_data([[[[3.0, 0.0]], [[4.0, 0.0]]]], &Device::flex());
        let output = norm.forward(input).into_data().try_to_vec::<f32>().unwrap();
        for (got, want) in output.into_iter().zip([12.0, 0.0, 16.0, 0.0]) {
            assert!((got - want).abs() < 1e-5, "{got} is not {want}");
        }
    }
}
