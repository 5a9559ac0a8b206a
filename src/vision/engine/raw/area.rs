//! A block of memory that threads share by address: the one place where an address is made, and checked.

/// A block of numbers that threads share by address.
#[derive(Clone, Copy)]
pub(super) struct Area {
    base: *mut f32,
    len: usize,
}

// SAFETY: an address alone does nothing; see the module's header for how it is used.
unsafe impl Send for Area {}
// SAFETY: as above.
unsafe impl Sync for Area {}

impl Area {
    pub(super) const fn new(numbers: &mut [f32]) -> Self {
        Self {
            base: numbers.as_mut_ptr(),
            len: numbers.len(),
        }
    }

    /// The address of number `offset`, from which `reach` numbers are used.
    pub(super) fn at(self, offset: usize, reach: usize) -> *mut f32 {
        assert!(
            offset.checked_add(reach).is_some_and(|end| end <= self.len),
            "the plan reaches beyond its memory"
        );
        // SAFETY: inside the block, as just checked.
        unsafe { self.base.add(offset) }
    }
}
