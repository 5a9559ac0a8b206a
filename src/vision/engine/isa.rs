//! The instruction sets that the kernels are written for, and which of them this machine has.

/// An instruction set with kernels of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Isa {
    /// Plain Rust, four numbers at a time: runs everywhere.
    Portable,
    /// 128-bit vectors of 64-bit ARM processors.
    Neon,
    /// 256-bit vectors with fused multiply-add.
    Avx2,
    /// 512-bit vectors.
    Avx512,
}

impl Isa {
    /// All of them, the plainest first.
    pub const ALL: [Self; 4] = [Self::Portable, Self::Neon, Self::Avx2, Self::Avx512];

    /// Whether this processor and operating system can run it.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Neon => cfg!(target_arch = "aarch64"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// The fastest that this machine has.
    #[must_use]
    pub fn best() -> Self {
        Self::ALL
            .into_iter()
            .rev()
            .find(|isa| isa.is_available())
            .unwrap_or(Self::Portable)
    }

    /// The nearest to this one whose kernels on bytes this machine can run: the 512-bit ones use instructions
    /// (VNNI) that the first processors with such vectors lack.
    #[must_use]
    pub fn for_bytes(self) -> Self {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 if !is_x86_feature_detected!("avx512vnni") => [Self::Avx2, Self::Portable]
                .into_iter()
                .find(|isa| isa.is_available())
                .unwrap_or(Self::Portable),
            Self::Portable | Self::Neon | Self::Avx2 | Self::Avx512 => self,
        }
    }

    /// Those that this machine has, the plainest first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|isa| isa.is_available())
    }

    /// The name that people know.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Neon => "NEON",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portable_one_is_always_there_and_the_best_can_run() {
        assert!(Isa::available().any(|isa| isa == Isa::Portable));
        assert!(Isa::best().is_available());
    }
}
