//! Places for the maps of a frame in one block of memory: maps that are never needed at the same time share.
//!
//! Planned once, when a network is loaded; nothing is allocated for a frame.

use super::aligned::lines;

/// Places given out so far.
#[derive(Debug, Default)]
pub(super) struct Memory {
    given: Vec<Given>,
}

#[derive(Debug, Clone, Copy)]
struct Given {
    offset: usize,
    len: usize,
    /// First and last step that needs it.
    first: usize,
    last: usize,
}

impl Memory {
    /// The lowest place for `len` numbers that nobody needs from step `first` to step `last`.
    pub(super) fn place(&mut self, len: usize, first: usize, last: usize) -> usize {
        let len = lines(len.max(1));
        let mut taken: Vec<Given> = self
            .given
            .iter()
            .filter(|g| g.first <= last && first <= g.last)
            .copied()
            .collect();
        taken.sort_by_key(|g| g.offset);
        let mut offset = 0;
        for other in taken {
            if offset + len <= other.offset {
                break;
            }
            offset = offset.max(other.offset + other.len);
        }
        self.given.push(Given {
            offset,
            len,
            first,
            last,
        });
        offset
    }

    /// Numbers that all places together span.
    pub(super) fn len(&self) -> usize {
        self.given.iter().map(|g| g.offset + g.len).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_place_is_used_again_after_its_last_step() {
        let mut memory = Memory::default();
        assert_eq!(memory.place(32, 0, 1), 0);
        assert_eq!(memory.place(16, 1, 2), 32);
        assert_eq!(memory.place(32, 2, 3), 0);
        assert_eq!(memory.len(), 48);
    }

    proptest! {
        #[test]
        fn places_needed_together_never_overlap(wanted in proptest::collection::vec((1usize..200, 0usize..9, 0usize..4), 1..30)) {
            let mut memory = Memory::default();
            let placed: Vec<_> = wanted.iter().map(|&(len, first, more)| (memory.place(len, first, first + more), len, first, first + more)).collect();
            for (i, a) in placed.iter().enumerate() {
                prop_assert!(a.0 + a.1 <= memory.len());
                for b in &placed[..i] {
                    let together = a.2 <= b.3 && b.2 <= a.3;
                    let apart = a.0 + a.1 <= b.0 || b.0 + b.1 <= a.0;
                    prop_assert!(!together || apart);
                }
            }
        }
    }
}
