//! Training operators for the CPU: convolution with what follows it, as one operation with a hand-written
//! gradient.
//!
//! burn's CPU backend runs a convolution, a batch norm and a clamp as a dozen passes over maps in an order
//! that suits none of them. Here a map lies in memory as `[batch, height, width, channels]` (its tensor
//! still says `[batch, channels, height, width]`, with strides to match), a convolution is a product over
//! blocks of pixels, and norm, clamp and their gradients are applied to a block while it is in cache.
//!
//! In reading order: [`conv_forward`], [`conv_norm_forward`] and [`SharedMap`] are what layers call; `node`
//! and `fixed_norm` hook them into burn's automatic differentiation over `maps`; `conv` (all channels) and `depthwise` do the work over `outer`,
//! `norm`, `incoming` and `lanes`, and over the inference engine's product of rows with a matrix.
//!
//! Any other device or number type is left to burn: the operators then return `None`. Threads are rayon's
//! global pool; work is cut into the same parts on every machine and their sums are added up in order, so
//! that the same step gives the same bits each time.

mod buffers;
mod conv;
mod depthwise;
mod fixed_norm;
mod geometry;
mod incoming;
mod lanes;
mod layer;
mod maps;
mod node;
mod norm;
mod outer;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};

pub use buffers::release;
pub use fixed_norm::{FixedNorm, convolution_fixed_norm};
pub use layer::{Clamp, SharedMap, conv_folded, conv_forward, conv_forward_with, conv_norm_forward};
pub use node::{BatchMoments, ConvKind, convolution, convolution_norm};

static ENABLED: AtomicBool = AtomicBool::new(true);

/// Switches these operators off, so that everything runs on burn's own, or on again; for comparison.
pub fn set_enabled(enabled: bool) {
    ENABLED.store(enabled, Ordering::Relaxed);
}

/// Whether the operators are in use.
#[must_use]
pub fn is_enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}
