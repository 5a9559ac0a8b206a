//! Values worked by hand, and a slow scalar convolution.

use burn::tensor::{Device, Tensor, TensorData};

use super::{Noise, values};
use crate::vision::kernels::{
    Clamp, ConvKind, conv, conv::Wanted, convolution, convolution_norm, depthwise, geometry::Geometry,
    incoming::Incoming, norm::Moments,
};

fn tensor<const D: usize>(values: &[f32], shape: [usize; D]) -> Tensor<D> {
    let device = Device::flex().autodiff();
    Tensor::from_data(TensorData::new(values.to_vec(), shape), &device).require_grad()
}

const POINTWISE: ConvKind = ConvKind {
    kernel: 1,
    stride: 1,
    depthwise: false,
};

#[test]
fn two_pixels_through_a_pointwise_convolution() {
    // Pixels (1, 2) and (3, 1); outputs 2 a - b + 1 = (1, 6) and a + b = (3, 4).
    let x = tensor(&[1.0, 3.0, 2.0, 1.0], [1, 2, 1, 2]);
    let weight = tensor(&[2.0, -1.0, 1.0, 1.0], [2, 2, 1, 1]);
    let bias = tensor(&[1.0, 0.0], [2]);
    let out = convolution(x.clone(), &weight, Some(&bias), POINTWISE, Clamp::RELU6).unwrap();
    assert_eq!(values(out.clone()), [1.0, 6.0, 3.0, 4.0]);
    // The 6 is clamped: no gradient through it.
    let grads = out.sum().backward();
    assert_eq!(values(x.grad(&grads).unwrap()), [3.0, 1.0, 0.0, 1.0]);
    assert_eq!(values(weight.grad(&grads).unwrap()), [1.0, 2.0, 4.0, 3.0]);
    assert_eq!(values(bias.grad(&grads).unwrap()), [1.0, 2.0]);
}

#[test]
fn a_picture_through_a_depthwise_convolution_of_stride_2() {
    // A 3x3 picture of 1 to 9, a kernel of ones: the four corners' sums of 2x2.
    let x = tensor(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], [1, 1, 3, 3]);
    let two = Tensor::cat(vec![x.clone(), x.clone() * 2.0], 1);
    let weight = tensor(&[1.0; 18], [2, 1, 3, 3]);
    let kind = ConvKind {
        kernel: 3,
        stride: 2,
        depthwise: true,
    };
    let out = convolution(two.clone(), &weight, None, kind, Clamp::LINEAR).unwrap();
    assert_eq!(
        values(out.clone()),
        [12.0, 16.0, 24.0, 28.0, 24.0, 32.0, 48.0, 56.0]
    );
    // The centre is in all four sums, an edge in two, a corner in one; the second channel counts twice.
    let grads = out.sum().backward();
    assert_eq!(
        values(x.grad(&grads).unwrap()),
        [3.0, 6.0, 3.0, 6.0, 12.0, 6.0, 3.0, 6.0, 3.0]
    );
    // The centre tap reads the corners 1, 3, 7, 9; the top left tap reads the centre only.
    let weight = values(weight.grad(&grads).unwrap());
    assert_eq!((weight[4], weight[0], weight[9]), (20.0, 5.0, 10.0));
}

#[test]
fn two_samples_through_a_norm() {
    // Samples 1 and 3: mean 2, variance 1, normalised -1 and 1; times 2 plus 1: -1 and 3.
    let x = tensor(&[1.0, 3.0], [2, 1, 1, 1]);
    let weight = tensor(&[1.0], [1, 1, 1, 1]);
    let (gamma, beta) = (tensor(&[2.0], [1]), tensor(&[1.0], [1]));
    let (out, moments) =
        convolution_norm(x.clone(), &weight, [&gamma, &beta], 0.0, POINTWISE, Clamp::RELU6).unwrap();
    assert_eq!(values(out.clone()), [0.0, 3.0]);
    assert_eq!(
        (values(moments.mean), values(moments.variance)),
        (vec![2.0], vec![1.0])
    );
    // Only the second sample lets gradients through: d beta = 1, d gamma = 1. The samples themselves cannot
    // change what two samples are normalised to.
    let grads = out.sum().backward();
    assert_eq!(values(gamma.grad(&grads).unwrap()), [1.0]);
    assert_eq!(values(beta.grad(&grads).unwrap()), [1.0]);
    for grad in values(x.grad(&grads).unwrap()) {
        assert!(grad.abs() < 1e-6, "{grad}");
    }
}

#[test]
fn a_far_mean_does_not_eat_the_variance() {
    let rows: Vec<f32> = (0..1000).map(|i| 10_000.0 + (i % 2) as f32).collect();
    let mut moments = Moments::default();
    pulp::Arch::new().dispatch(AddRows(&mut moments, &rows[..301]));
    let mut rest = Moments::default();
    pulp::Arch::new().dispatch(AddRows(&mut rest, &rows[301..]));
    moments.merge(&rest);
    let (mean, variance) = moments.mean_and_variance();
    assert!((mean[0] - 10_000.5).abs() < 1e-4, "{mean:?}");
    assert!((variance[0] - 0.25).abs() < 1e-4, "{variance:?}");
}

struct AddRows<'a>(&'a mut Moments, &'a [f32]);

impl pulp::WithSimd for AddRows<'_> {
    type Output = ();

    fn with_simd<S: pulp::Simd>(self, simd: S) {
        self.0.add_rows(simd, self.1, 1);
    }
}

#[test]
fn a_nan_is_not_clamped_away() {
    let x = tensor(&[f32::NAN, 1.0], [1, 1, 1, 2]);
    let weight = tensor(&[1.0], [1, 1, 1, 1]);
    let out = convolution(x.clone(), &weight, None, POINTWISE, Clamp::RELU6).unwrap();
    let out = values(out);
    assert!(out[0].is_nan() && out[1] > 0.9, "{out:?}");
}

/// The convolution as its definition says it, one product at a time; padding is half the kernel.
fn slow(geometry: &Geometry, x: &[f32], weight: &[f32]) -> Vec<f32> {
    let Geometry {
        batch,
        height,
        width,
        input,
        output,
        kernel,
        stride,
        depthwise,
    } = *geometry;
    let [out_height, out_width] = geometry.out_size();
    let mut out = Vec::new();
    for picture in 0..batch {
        for pixel in 0..out_height * out_width {
            let (out_y, out_x) = (pixel / out_width, pixel % out_width);
            for to in 0..output {
                let mut sum = 0.0;
                for tap in 0..kernel * kernel {
                    let (y, x_at) = (out_y * stride + tap / kernel, out_x * stride + tap % kernel);
                    let pad = kernel / 2;
                    if y < pad || x_at < pad || y - pad >= height || x_at - pad >= width {
                        continue;
                    }
                    let at = ((picture * height + y - pad) * width + x_at - pad) * input;
                    let channels = if depthwise { to..to + 1 } else { 0..input };
                    for (index, from) in channels.enumerate() {
                        let per_group = if depthwise { 1 } else { input };
                        let weight = weight[(to * per_group + index) * kernel * kernel + tap];
                        sum += f64::from(x[at + from]) * f64::from(weight);
                    }
                }
                out.push(f64_to_f32(sum));
            }
        }
    }
    out
}

#[expect(clippy::cast_possible_truncation, reason = "a reference value for f32")]
fn f64_to_f32(value: f64) -> f32 {
    value as f32
}

#[test]
fn forward_equals_the_slow_convolution_and_backward_is_its_adjoint() {
    let mut noise = Noise(11);
    for (kernel, stride, depthwise) in [
        (1, 1, false),
        (3, 1, true),
        (3, 2, true),
        (3, 2, false),
        (5, 2, true),
    ] {
        for (channels, side) in [(1, 5), (3, 1), (16, 4), (24, 7), (67, 3)] {
            let geometry = Geometry {
                batch: 2,
                height: side,
                width: side + 2,
                input: channels,
                output: if depthwise { channels } else { 50 },
                kernel,
                stride,
                depthwise,
            };
            let mut random = |count: usize| values(noise.tensor([count], &Device::flex()));
            let x = random(geometry.in_pixels() * channels);
            let weight = random(geometry.depth() * geometry.output);
            let pull = random(geometry.out_pixels() * geometry.output);
            let expected = slow(&geometry, &x, &weight);
            let mut out = vec![0.0; expected.len()];
            let (forward, backward) = (
                if depthwise {
                    depthwise::forward
                } else {
                    conv::forward
                },
                if depthwise {
                    depthwise::backward
                } else {
                    conv::backward
                },
            );
            forward(&geometry, &x, (&weight, None), Clamp::LINEAR.0, &mut out, false);
            for (a, b) in out.iter().zip(&expected) {
                assert!((a - b).abs() < 1e-4, "{geometry:?}: {a} is not {b}");
            }
            let mut dx = vec![0.0; x.len()];
            let wanted = Wanted {
                weight: true,
                bias: false,
            };
            let grads = backward(
                &geometry,
                &x,
                &weight,
                &Incoming::Plain(&pull),
                Some(&mut dx),
                wanted,
            );
            // <pull, W x> = <W^T pull, x> = <dW, W>, whichever way it is computed.
            let product = |a: &[f32], b: &[f32]| -> f64 {
                a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
            };
            let whole = product(&pull, &expected);
            let scale = product(&pull, &pull).sqrt() * product(&expected, &expected).sqrt();
            for (what, value) in [
                ("input", product(&dx, &x)),
                ("weight", product(&grads.weight, &weight)),
            ] {
                assert!(
                    (value - whole).abs() < 1e-5 * scale.max(1.0),
                    "{what} of {geometry:?}: {value} is not {whole}"
                );
            }
        }
    }
}
