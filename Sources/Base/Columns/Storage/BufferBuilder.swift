/// A buffer under construction: elements are appended, and `finish` hands the block over without a copy.
///
/// The block doubles when it is full, so appending costs O(1) amortised.
@safe
package struct BufferBuilder<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
    // SAFETY: `@unchecked Sendable` holds because the builder cannot be copied: whoever holds it is the
    // only one who reaches `start`, which lies in `memory` and has room for `capacity` elements, of
    // which the first `count` are initialised.
    @usableFromInline var memory: Memory
    @usableFromInline var start: UnsafeMutablePointer<Element>
    /// Number of elements that fit without growing.
    package private(set) var capacity: Int
    /// Number of elements so far.
    package private(set) var count = 0

    package init(capacity: Int = 0) {
        self.capacity = max(capacity, 8)
        memory = Memory(byteCount: self.capacity * MemoryLayout<Element>.stride)
        unsafe start = memory.start.bindMemory(to: Element.self, capacity: self.capacity)
    }

    @inline(__always)
    package mutating func append(_ element: Element) {
        if count == capacity { grow(by: 1) }
        unsafe start[count] = element
        count &+= 1
    }

    package mutating func append(repeating element: Element, count added: Int) {
        reserve(added)
        unsafe (start + count).initialize(repeating: element, count: added)
        count += added
    }

    package mutating func append(copying elements: Span<Element>) {
        reserve(elements.count)
        let target = unsafe start + count
        unsafe elements.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return }
            unsafe target.update(from: first, count: source.count)
        }
        count += elements.count
    }

    /// Lets `body` append at most `added` elements in place.
    package mutating func append<Failed: Error>(
        upTo added: Int,
        initializingWith body: (inout OutputSpan<Element>) throws(Failed) -> Void
    ) throws(Failed) {
        reserve(added)
        let free = unsafe UnsafeMutableBufferPointer(start: start + count, count: added)
        var output = unsafe OutputSpan(buffer: free, initializedCount: 0)
        try body(&output)
        count += unsafe output.finalize(for: free)
    }

    /// Makes room for `added` more elements.
    @inline(__always)
    package mutating func reserve(_ added: Int) {
        precondition(added >= 0, "no negative room")
        if added > capacity - count { grow(by: added) }
    }

    /// Forgets the elements and keeps the room.
    package mutating func removeAll() { count = 0 }

    /// The elements so far.
    package var span: Span<Element> {
        // SAFETY: the first `count` elements are initialised, and the borrow of `self` keeps them.
        @_lifetime(borrow self) get {
            let span = unsafe Span(_unsafeStart: UnsafePointer(start), count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Element `index`.
    @inline(__always)
    package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index outside the builder")
            return unsafe start[index]
        }
        set {
            precondition(index >= 0 && index < count, "index outside the builder")
            unsafe start[index] = newValue
        }
    }

    /// The elements as a constant buffer, without a copy.
    package consuming func finish() -> Buffer<Element> {
        unsafe Buffer(memory: memory, first: UnsafePointer(start), count: count)
    }

    @inline(never)
    private mutating func grow(by added: Int) {
        let wanted = max(capacity * 2, count + added)
        let larger = Memory(byteCount: wanted * MemoryLayout<Element>.stride)
        // SAFETY: both blocks hold at least `count` elements and do not overlap.
        let target = unsafe larger.start.bindMemory(to: Element.self, capacity: wanted)
        unsafe target.update(from: start, count: count)
        memory = larger
        unsafe start = target
        capacity = wanted
    }
}
