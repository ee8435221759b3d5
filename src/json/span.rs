//! Places in a text.

/// Where something is: an offset and a length, packed into one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(u64);

impl Span {
    /// No text at all. No text can be here: its end would lie beyond 32 bits.
    pub(crate) const ABSENT: Span = Span(u64::MAX);
    /// A text in no buffer, for what is empty without having been sent.
    pub(crate) const EMPTY: Span = Span(0);

    pub(crate) fn new(offset: usize, len: usize) -> Span {
        debug_assert!(u32::try_from(offset + len).is_ok());
        Span((offset as u64) << 32 | len as u64)
    }

    /// The span as one number, for cells that may hold numbers too.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    pub(crate) fn from_bits(bits: u64) -> Span {
        Span(bits)
    }

    pub(crate) fn offset(self) -> usize {
        (self.0 >> 32) as usize
    }

    pub(crate) fn len(self) -> usize {
        (self.0 & u64::from(u32::MAX)) as usize
    }

    /// This and the byte behind it.
    pub(crate) fn and_next(self) -> Span {
        Span(self.0 + 1)
    }

    // Called for each cell that is looked at, also where the library is compiled for size.
    #[inline(always)]
    pub(crate) fn of(self, buffer: &str) -> Option<&str> {
        buffer.get(self.offset()..self.offset() + self.len())
    }
}
