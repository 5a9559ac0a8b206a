//! The depthwise convolution itself, band by band.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{
    super::{geometry::Geometry, norm::Moments},
    Band, Run, band_rows, bands, kernel_rows, runs,
    sums::Source,
    taps_first,
};

/// `clamp(convolution(x) + bias)`; with `moments`, also the moments of what is written.
///
/// # Shapes
/// `x` is `[batch, height, width, channels]`, `weight` `[channels, 1, kernel, kernel]`.
pub(in crate::vision::kernels) fn forward(
    geometry: &Geometry,
    x: &[f32],
    (weight, bias): (&[f32], Option<&[f32]>),
    range: [f32; 2],
    out: &mut [f32],
    moments: bool,
) -> Moments {
    let channels = geometry.output;
    let weight = taps_first(weight, geometry);
    let zeros = vec![0.0; channels];
    let [out_height, out_width] = geometry.out_size();
    let row_values = out_width * channels;
    let runs = runs(out_width, geometry.kernel, [1, geometry.stride], |x, k| {
        geometry.source(x, k, geometry.width)
    });
    let parts: Vec<Moments> = bands(out, out_height, row_values, band_rows(row_values))
        .into_par_iter()
        .map(|(band, out)| {
            let mut sums = Moments::default();
            Arch::new().dispatch(ForwardBand {
                geometry,
                x,
                weight: &weight,
                bias: bias.unwrap_or(&zeros),
                range,
                runs: &runs,
                band,
                out,
                moments: moments.then_some(&mut sums),
            });
            sums
        })
        .collect();
    Moments::total(&parts)
}

struct ForwardBand<'a> {
    geometry: &'a Geometry,
    x: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
    range: [f32; 2],
    runs: &'a [Run],
    band: Band,
    out: &'a mut [f32],
    moments: Option<&'a mut Moments>,
}

impl WithSimd for ForwardBand<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let geometry = self.geometry;
        let channels = geometry.output;
        let [_, out_width] = geometry.out_size();
        let source = Source {
            weight: self.weight,
            map: self.x,
            kernel: geometry.kernel,
            width: geometry.width,
            channels,
        };
        let rows = self.out.chunks_exact_mut(out_width * channels);
        for (out_y, row) in self.band.y.zip(rows) {
            let kernel_rows = kernel_rows(geometry.kernel, |k| {
                let y = geometry.source(out_y, k, geometry.height)?;
                Some(self.band.picture * geometry.height + y)
            });
            for run in self.runs {
                source.sum_run(simd, run, &kernel_rows, (self.bias, self.range), row);
            }
        }
        if let Some(moments) = self.moments {
            moments.add_rows(simd, self.out, channels);
        }
    }
}
