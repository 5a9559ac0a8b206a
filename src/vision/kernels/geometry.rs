//! Shape of one convolution on maps in channels-last order: `[batch, height, width, channels]`.

/// What is convolved: padding is half the kernel, groups are one or as many as channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Geometry {
    /// Pictures.
    pub(super) batch: usize,
    /// Height of the input map.
    pub(super) height: usize,
    /// Width of the input map.
    pub(super) width: usize,
    /// Channels in.
    pub(super) input: usize,
    /// Channels out.
    pub(super) output: usize,
    /// Side of the square kernel.
    pub(super) kernel: usize,
    /// Stride in both directions.
    pub(super) stride: usize,
    /// Whether each channel is filtered alone.
    pub(super) depthwise: bool,
}

impl Geometry {
    /// Height and width of the output map.
    pub(super) const fn out_size(&self) -> [usize; 2] {
        let pad = 2 * (self.kernel / 2);
        [
            (self.height + pad - self.kernel) / self.stride + 1,
            (self.width + pad - self.kernel) / self.stride + 1,
        ]
    }

    /// Pixels of all output maps.
    pub(super) const fn out_pixels(&self) -> usize {
        let [height, width] = self.out_size();
        self.batch * height * width
    }

    /// Pixels of all input maps.
    pub(super) const fn in_pixels(&self) -> usize {
        self.batch * self.height * self.width
    }

    /// Whether an output pixel is a product of the weights with one input pixel.
    pub(super) const fn is_pointwise(&self) -> bool {
        !self.depthwise && self.kernel == 1 && self.stride == 1
    }

    /// Products per output value.
    pub(super) const fn depth(&self) -> usize {
        let taps = self.kernel * self.kernel;
        if self.depthwise { taps } else { taps * self.input }
    }

    /// Where on the input axis tap `k` of output `out` reads, if inside `0..size`.
    #[inline(always)]
    pub(super) const fn source(&self, out: usize, k: usize, size: usize) -> Option<usize> {
        let shifted = out * self.stride + k;
        let pad = self.kernel / 2;
        if shifted >= pad && shifted - pad < size {
            Some(shifted - pad)
        } else {
            None
        }
    }

    /// Which output on an axis of `out_size` reads input `at` through tap `k`, if one does.
    #[inline(always)]
    pub(super) const fn target(&self, at: usize, k: usize, out_size: usize) -> Option<usize> {
        let shifted = at + self.kernel / 2;
        if shifted >= k && (shifted - k).is_multiple_of(self.stride) && (shifted - k) / self.stride < out_size
        {
            Some((shifted - k) / self.stride)
        } else {
            None
        }
    }
}
