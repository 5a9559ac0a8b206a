//! What this machine can do at most: multiply-adds in registers, and copying in memory.
//!
//! No layer can be faster than these two allow, so they say how much there is still to gain.

use std::{hint::black_box, time::Instant};

use super::{Isa, raw};

/// The fastest of so many tries is taken: everything else that the machine does only makes one slower.
const TRIES: usize = 25;

/// Multiply-adds a second, in thousands of millions, of a loop that touches no memory.
///
/// # Panics
/// If this machine does not have the instruction set.
#[must_use]
pub fn peak(isa: Isa, threads: usize) -> f64 {
    let mut loops = raw::Loops::new(isa, threads);
    (0..TRIES).map(|_| loops.giga_multiply_adds()).fold(0.0, f64::max)
}

/// Bytes a second, in thousands of millions, that one thread copies between places too large for any cache;
/// each is read and written once.
#[must_use]
pub fn copy_bandwidth() -> f64 {
    const BYTES: usize = 64 << 20;
    let from = vec![1u8; BYTES];
    let mut to = vec![0u8; BYTES];
    let mut best = 0.0f64;
    for _ in 0..TRIES / 5 {
        let start = Instant::now();
        to.copy_from_slice(black_box(&from));
        black_box(&mut to);
        best = best.max(BYTES as f64 / start.elapsed().as_secs_f64() / 1e9);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_computes_something() {
        for isa in Isa::available() {
            assert!(peak(isa, 1) > 0.0, "{}", isa.name());
        }
    }
}
