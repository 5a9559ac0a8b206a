//! Numbers that start on a cache line, so that no register load spans two lines.

/// Numbers in a cache line of 64 bytes.
pub(super) const LINE: usize = 16;

/// A fixed number of `f32`, the first on a cache line.
#[derive(Debug)]
pub(super) struct Aligned {
    storage: Vec<f32>,
    start: usize,
    len: usize,
}

impl Aligned {
    /// So many zeros.
    pub(super) fn zeros(len: usize) -> Self {
        let storage = vec![0.0f32; len + LINE];
        let bytes = storage.as_ptr().addr() % (LINE * size_of::<f32>());
        let start = (LINE - bytes / size_of::<f32>()) % LINE;
        Self { storage, start, len }
    }

    pub(super) fn as_slice(&self) -> &[f32] {
        &self.storage[self.start..self.start + self.len]
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [f32] {
        &mut self.storage[self.start..self.start + self.len]
    }
}

/// Rounds up to a whole number of cache lines.
pub(super) const fn lines(len: usize) -> usize {
    len.div_ceil(LINE) * LINE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_lies_on_a_line() {
        for len in [1, 7, 16, 1000] {
            let numbers = Aligned::zeros(len);
            assert_eq!(numbers.as_slice().as_ptr().addr() % 64, 0);
            assert_eq!(numbers.as_slice().len(), len);
        }
        assert_eq!(lines(17), 32);
    }
}
