/// A constant, shared sequence of fixed-width elements: a view of a `Memory` block.
///
/// Copying and slicing cost O(1) and share the block.
///
/// SAFETY: `@unchecked Sendable` holds because the elements are constant once an initialiser has returned.
@safe
package struct Buffer<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    @usableFromInline let memory: Memory
    @usableFromInline let first: UnsafePointer<Element>
    /// Number of elements.
    package let count: Int

    @inlinable
    init(memory: Memory, first: UnsafePointer<Element>, count: Int) {
        self.memory = memory
        unsafe self.first = unsafe first
        self.count = count
    }

    /// Builds a buffer of at most `capacity` elements in place.
    @inlinable
    package init<Failed: Error>(
        capacity: Int,
        initializingWith body: (inout OutputSpan<Element>) throws(Failed) -> Void
    ) throws(Failed) {
        let memory = Memory(byteCount: capacity * MemoryLayout<Element>.stride)
        // SAFETY: the block is fresh, large enough, aligned to 64 bytes, and unshared until this returns;
        // `Element` is bitwise copyable, so nothing needs deinitialising if `body` throws.
        let start = unsafe memory.start.bindMemory(to: Element.self, capacity: capacity)
        var output = unsafe OutputSpan(
            buffer: UnsafeMutableBufferPointer(start: start, count: capacity),
            initializedCount: 0
        )
        try body(&output)
        let count = unsafe output.finalize(
            for: UnsafeMutableBufferPointer(start: start, count: capacity)
        )
        unsafe self.init(memory: memory, first: UnsafePointer(start), count: count)
    }

    /// Copies an array.
    @inlinable
    package init(_ elements: [Element]) {
        self.init(capacity: elements.count) { output in
            for element in elements { output.append(element) }
        }
    }

    /// `count` times the same element.
    @inlinable
    package init(repeating element: Element, count: Int) {
        self.init(capacity: count) { output in
            output.append(repeating: element, count: count)
        }
    }

    /// The elements, valid while the buffer is.
    package var span: Span<Element> {
        // SAFETY: `first..<first+count` lies in `memory`, which lives as long as `self` and is constant.
        @inlinable @_lifetime(borrow self) get {
            let span = unsafe Span(_unsafeStart: first, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    @inlinable
    package subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "index outside the buffer")
        return unsafe first[index]
    }

    /// The elements in `range` as a view of the same block.
    @inlinable
    package func slice(_ range: Range<Int>) -> Self {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice outside the buffer")
        return unsafe Self(memory: memory, first: first + range.lowerBound, count: range.count)
    }
}
