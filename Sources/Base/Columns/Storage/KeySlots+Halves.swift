extension KeySlots {
    /// The rows of two workers, without counting them first: each row is written to both, and kept by one.
    static func halves(_ slots: Buffer<UInt16>) -> [Selection] {
        let memories = [Memory(byteCount: slots.count * 4), Memory(byteCount: slots.count * 4)]
        let rows = unsafe memories.map {
            unsafe $0.start.bindMemory(to: Int32.self, capacity: slots.count)
        }
        let source = unsafe slots.first
        let (lower, upper) = unsafe (rows[0], rows[1])
        var upperCount = 0
        for row in 0..<slots.count {
            // SAFETY: neither worker has more rows than have been visited, and both blocks hold all of them.
            unsafe lower[row &- upperCount] = Int32(truncatingIfNeeded: row)
            unsafe upper[upperCount] = Int32(truncatingIfNeeded: row)
            upperCount &+= unsafe KeyEncoding.worker(slot: source[row], workerCount: 2)
        }
        let counts = [slots.count - upperCount, upperCount]
        return memories.indices.map { worker in
            let own = unsafe Buffer(
                memory: memories[worker],
                first: UnsafePointer(rows[worker]),
                count: counts[worker]
            )
            return Selection(rows: own, bound: slots.count)
        }
    }
}
