//! Memory for maps, used again and again: a fresh page costs more than the arithmetic on it.
//!
//! Two kinds: scratch that a thread keeps for the length of a block, and whole maps that a training step
//! allocates in its forward pass and gives back in its backward pass. Contents are arbitrary when taken.

use std::{cell::RefCell, sync::Mutex};

/// Smaller buffers are left to the allocator.
const SMALLEST: usize = 1 << 14;
/// Values that are kept at most: 1.5 GB.
const MOST: usize = 3 << 27;

static MAPS: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());

thread_local! {
    static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Runs `work` with `length` values of this thread's scratch memory.
///
/// # Panics
/// If `work` asks for scratch again.
pub(super) fn with_scratch<R>(length: usize, work: impl FnOnce(&mut [f32]) -> R) -> R {
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.len() < length {
            scratch.resize(length, 0.0);
        }
        work(&mut scratch[..length])
    })
}

/// A buffer of `length` values of any content.
pub(super) fn take(length: usize) -> Vec<f32> {
    let kept = match MAPS.lock() {
        Ok(mut maps) if length >= SMALLEST => {
            // The smallest that holds it and wastes less than half.
            let fits = |map: &&(usize, usize)| map.1 >= length && map.1 / 2 <= length;
            let sizes: Vec<(usize, usize)> = maps.iter().map(Vec::len).enumerate().collect();
            let best = sizes.iter().filter(fits).min_by_key(|map| map.1);
            best.map(|&(index, _)| maps.swap_remove(index))
        }
        _ => None,
    };
    match kept {
        Some(mut map) => {
            map.truncate(length);
            map
        }
        None => vec![0.0; length],
    }
}

/// Gives a buffer back.
pub(super) fn give(mut map: Vec<f32>) {
    if map.capacity() < SMALLEST {
        return;
    }
    if let Ok(mut maps) = MAPS.lock()
        && maps.iter().map(Vec::len).sum::<usize>() + map.len() <= MOST
    {
        map.resize(map.capacity(), 0.0);
        maps.push(map);
    }
}

/// Returns all kept maps to the system; for the end of a training run.
pub fn release() {
    if let Ok(mut maps) = MAPS.lock() {
        maps.clear();
    }
}
