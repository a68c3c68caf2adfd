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

    let items: UnsafeMutableBufferPointer<Item>
    private let scratch: UnsafeMutableBufferPointer<Item>

    /// SAFETY: both blocks are allocated here, freed in `deinit`, and never leave this value.
    init(capacity: Int) {
        unsafe items = .allocate(capacity: capacity)
        unsafe scratch = .allocate(capacity: capacity)
        unsafe items.initialize(repeating: Item(key: 0, row: 0))
        unsafe scratch.initialize(repeating: Item(key: 0, row: 0))
    }

    deinit {
        unsafe items.deallocate()
        unsafe scratch.deallocate()
    }

    /// Sorts the first `count` items by key, equal ones in the order in which they are.
    func sort(_ count: Int) {
        precondition(unsafe count <= items.count, "more items than room")
        if count <= Self.insertionLimit { return insert(count) }
        let (varying, isSorted) = survey(count)
        if isSorted { return }
        radixSort(count, varying)
    }

    private func insert(_ count: Int) {
        for index in 1..<max(count, 1) {
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
    private func survey(_ count: Int) -> (UInt64, Bool) {
        var varying: UInt64 = 0
        var isSorted = true
        let first = unsafe items[0].key
        var last = first
        for index in 1..<count {
            let key = unsafe items[index].key
            varying |= key ^ first
            if key < last { isSorted = false }
            last = key
        }
        return (varying, isSorted)
    }

    private func radixSort(_ count: Int, _ varying: UInt64) {
        // A digit of 11 bits needs fewer passes, but its 2048 counters must be worth clearing.
        let width: UInt64 = count >= 8192 ? 11 : 8
        let digitCount = 1 << Int(width)
        let mask = UInt64(digitCount - 1)
        // SAFETY: digits are below `digitCount`; counters add up to `count`, the length of both blocks.
        unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: digitCount) { counters in
            var source = unsafe items.baseAddress.unsafelyUnwrapped
            var target = unsafe scratch.baseAddress.unsafelyUnwrapped
            var shift = UInt64(varying.trailingZeroBitCount)
            while shift < 64, varying &>> shift != 0 {
                if varying &>> shift & mask != 0 {
                    unsafe pass(source, target, count, shift, mask, counters)
                    unsafe swap(&source, &target)
                }
                shift += width
            }
            if unsafe source != items.baseAddress.unsafelyUnwrapped {
                unsafe target.update(from: source, count: count)
            }
        }
    }

    private func pass(
        _ source: UnsafePointer<Item>,
        _ target: UnsafeMutablePointer<Item>,
        _ count: Int,
        _ shift: UInt64,
        _ mask: UInt64,
        _ counters: UnsafeMutableBufferPointer<UInt32>
    ) {
        let counter = unsafe counters.baseAddress.unsafelyUnwrapped
        unsafe counters.initialize(repeating: 0)
        for index in 0..<count {
            let digit = unsafe Int(truncatingIfNeeded: source[index].key &>> shift & mask)
            unsafe counter[digit] &+= 1
        }
        var sum: UInt32 = 0
        for digit in 0..<counters.count {
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
