extension Buffer {
    /// Views elements that somebody else made, without a copy.
    ///
    /// SAFETY: the caller vouches that `count` initialised elements lie at `first`, aligned for `Element`, and
    /// stay constant as long as `owner` lives; the buffer and its slices hold `owner`.
    @unsafe package init(
        adopting first: UnsafePointer<Element>,
        count: Int,
        owner: some AnyObject & Sendable
    ) {
        let memory = unsafe Memory(
            adopting: UnsafeRawPointer(first),
            byteCount: count * MemoryLayout<Element>.stride,
            release: { withExtendedLifetime(owner) {} }
        )
        unsafe self.init(memory: memory, first: first, count: count)
    }

    /// Where the elements lie, for a C interface that holds the buffer as long as it uses them.
    @unsafe package var firstElement: UnsafePointer<Element> { unsafe first }
}
