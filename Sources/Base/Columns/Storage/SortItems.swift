/// Stable sorting of 64-bit keys that carry a row number.
///
/// Sorted input costs one look; short ranges are sorted by insertion, others by a radix sort, least
/// significant digit first, over the bits in which keys differ.
@safe
struct SortItems: ~Copyable {
    struct Item {
        var key: UInt64
        var row: Int32
    }

    /// Longest range that is sorted by insertion: above it a radix pass is cheaper.
    private static let insertionLimit = 40

    /// Longest range that a radix sort may cross several times: 128 KiB, which stay in a core's caches.
    private static let spreadLimit = 8192

    let items: UnsafeMutableBufferPointer<Item>
    private let scratch: UnsafeMutableBufferPointer<Item>
    /// Counters of the digits of one pass.
    private let counters: UnsafeMutableBufferPointer<UInt32>

    /// SAFETY: the blocks are allocated here, freed in `deinit`, and never leave this value.
    init(capacity: Int) {
        unsafe items = .allocate(capacity: capacity)
        unsafe scratch = .allocate(capacity: capacity)
        unsafe counters = .allocate(capacity: 1 << 11)
        unsafe counters.initialize(repeating: 0)
        unsafe items.initialize(repeating: Item(key: 0, row: 0))
        unsafe scratch.initialize(repeating: Item(key: 0, row: 0))
    }

    deinit {
        unsafe items.deallocate()
        unsafe scratch.deallocate()
        unsafe counters.deallocate()
    }

    /// Sorts the first `count` items by key, equal ones in the order in which they are.
    func sort(_ count: Int) {
        precondition(unsafe count <= items.count, "more items than room")
        sort(0..<count)
    }

    /// Sorts a range.
    ///
    /// A range that outgrows the caches is first spread by its uppermost varying bits; each part then has
    /// fewer of them, so the parts' parts come to an end.
    private func sort(_ range: Range<Int>) {
        if range.count <= Self.insertionLimit { return insert(range) }
        let (varying, isSorted) = survey(range)
        if isSorted { return }
        if range.count <= Self.spreadLimit { return radixSort(range, varying) }
        for part in spread(range, varying) { sort(part) }
    }

    private func insert(_ range: Range<Int>) {
        let items = unsafe items.baseAddress.unsafelyUnwrapped + range.lowerBound
        for index in 1..<max(range.count, 1) {
            let item = unsafe items[index]
            var hole = index
            while hole > 0, unsafe items[hole &- 1].key > item.key {
                unsafe items[hole] = items[hole &- 1]
                hole &-= 1
            }
            unsafe items[hole] = item
        }
    }

    /// The bits in which keys differ, and whether the keys never decrease.
    private func survey(_ range: Range<Int>) -> (UInt64, Bool) {
        var varying: UInt64 = 0
        var isSorted = true
        let items = unsafe items.baseAddress.unsafelyUnwrapped
        let first = unsafe items[range.lowerBound].key
        var last = first
        for index in range {
            let key = unsafe items[index].key
            varying |= key ^ first
            if key < last { isSorted = false }
            last = key
        }
        return (varying, isSorted)
    }

    /// Orders a range by its eleven uppermost varying bits; returns the parts that are equal in them.
    private func spread(_ range: Range<Int>, _ varying: UInt64) -> [Range<Int>] {
        let width: UInt64 = 11
        let top = UInt64(64 - varying.leadingZeroBitCount)
        let shift = top > width ? top - width : 0
        // SAFETY: the range lies within both blocks.
        let source = unsafe items.baseAddress.unsafelyUnwrapped + range.lowerBound
        let target = unsafe scratch.baseAddress.unsafelyUnwrapped + range.lowerBound
        unsafe pass(source, target, range.count, shift, (1 &<< width) &- 1)
        unsafe source.update(from: target, count: range.count)
        // After a pass, each counter is the end of its digit's items.
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        for digit in 0..<(1 << Int(width)) {
            let end = unsafe range.lowerBound + Int(counters[digit])
            if end > start { parts.append(start..<end) }
            start = end
        }
        return parts
    }

    private func radixSort(_ range: Range<Int>, _ varying: UInt64) {
        let width: UInt64 = 8
        let mask: UInt64 = (1 &<< width) &- 1
        // SAFETY: the range lies within both blocks.
        let first = unsafe items.baseAddress.unsafelyUnwrapped + range.lowerBound
        var source = unsafe first
        var target = unsafe scratch.baseAddress.unsafelyUnwrapped + range.lowerBound
        var shift = UInt64(varying.trailingZeroBitCount)
        while shift < 64, varying &>> shift != 0 {
            if varying &>> shift & mask != 0 {
                unsafe pass(source, target, range.count, shift, mask)
                unsafe swap(&source, &target)
            }
            shift += width
        }
        if unsafe source != first {
            unsafe target.update(from: source, count: range.count)
        }
    }

    private func pass(
        _ source: UnsafePointer<Item>,
        _ target: UnsafeMutablePointer<Item>,
        _ count: Int,
        _ shift: UInt64,
        _ mask: UInt64
    ) {
        // SAFETY: digits are at most `mask`, which is below the number of counters.
        let counter = unsafe counters.baseAddress.unsafelyUnwrapped
        let digitCount = Int(mask) + 1
        unsafe counter.update(repeating: 0, count: digitCount)
        for index in 0..<count {
            let digit = unsafe Int(truncatingIfNeeded: source[index].key &>> shift & mask)
            unsafe counter[digit] &+= 1
        }
        var sum: UInt32 = 0
        for digit in 0..<digitCount {
            let number = unsafe counter[digit]
            unsafe counter[digit] = sum
            sum &+= number
        }
        for index in 0..<count {
            let item = unsafe source[index]
            let digit = Int(truncatingIfNeeded: item.key &>> shift & mask)
            let place = unsafe Int(counter[digit])
            unsafe target[place] = item
            unsafe counter[digit] &+= 1
        }
    }
}
