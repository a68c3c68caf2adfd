/// Hands out slots of aggregate states; freed ones are used again, the latest first, while still in cache.
struct SlotAllocator {
    private var free: [Int32] = []
    /// One more than the highest slot ever handed out.
    private(set) var limit = 0

    @inline(__always)
    mutating func allocate() -> Int32 {
        if let slot = free.popLast() { return slot }
        precondition(limit < Int(Int32.max), "more than 2^31 groups at once")
        limit += 1
        return Int32(truncatingIfNeeded: limit - 1)
    }

    /// Takes back slots whose states have been cleared.
    mutating func release(_ slots: Span<Int32>) {
        for index in slots.indices { free.append(slots[index]) }
    }

    /// Slots that are handed out and not taken back.
    var usedCount: Int { limit - free.count }

    var byteCount: Int { free.capacity * 4 }
}
