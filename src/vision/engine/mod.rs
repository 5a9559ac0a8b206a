//! The CPU engine: a small, fast way to compute the detectors of the `MobileNetV2`-`SSDLite` family.
//!
//! Shops have PCs without a graphics card, and a general tensor library needs ten times as long for such a
//! network as the processor does. This engine does one thing: one picture at a time, from RGB bytes to
//! detections, as fast as the processor's arithmetic allows.
//!
//! In reading order:
//! 1. [`network`] describes what is computed, as data: groups of convolutions with their weights.
//!    [`translate`] makes it of an architecture and a weight file, with batch norms folded in, and refuses
//!    what has no kernel; the detector then uses burn.
//! 2. `pack` puts weights in the order in which the kernels read them; `memory` gives every map a place;
//!    `plan` decides how each group is cut into work for the threads.
//! 3. `raw` runs a plan: the kernels for each [`Isa`], the thread pool, and the walk through the plan. It
//!    is the one place of this crate with `unsafe` code, and says there why it is sound.
//! 4. `resize` and `decode` are the two ends: averaging the camera's pixels, and turning predictions into
//!    detections.
//! 5. [`FastNetwork`] is all of it, ready to run. [`measure`] says what the machine could do at most. `product` lends
//!    the innermost loop to training.
//!
//! Invariants: maps are stored pixel by pixel with their channels side by side, padded to whole registers, and
//! the padding is zero. After the first frame of a size nothing is allocated for a frame. Results do not
//! depend on the number of threads, to the last bit.

mod aligned;
mod decode;
mod fast;
mod isa;
pub mod measure;
mod memory;
pub mod network;
mod pack;
mod plan;
pub(in crate::vision) mod product;
#[expect(
    unsafe_code,
    reason = "register loads through addresses, maps that threads share, and a pool that borrows its job; see \
              the module's header"
)]
mod raw;
#[cfg(test)]
mod reference;
mod resize;
#[cfg(test)]
pub(in crate::vision) mod testing;
#[cfg(test)]
mod tests;
pub mod translate;

pub use fast::{FastNetwork, GroupTime, usual_threads};
pub use isa::Isa;
pub use network::{Network, NotCovered, Precision};
