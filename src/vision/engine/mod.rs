//! x
mod aligned;
mod fast;
mod isa;
mod memory;
mod network;
mod pack;
mod plan;
#[expect(unsafe_code, reason = "x")]
mod raw;
#[cfg(test)]
mod reference;
mod resize;
pub use fast::*;
pub use isa::Isa;
pub mod testing;
pub use network::*;
