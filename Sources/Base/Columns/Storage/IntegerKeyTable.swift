/// Numbers 64-bit keys in the order in which they are first seen.
struct IntegerKeyTable: Sendable {
    private var slots = GroupSlots()
    /// As long as the slots' limit; the first `count` are keys by number.
    private var keys = [Int64](repeating: 0, count: 32)
    /// Number of keys, the placeholder of NULL included.
    private(set) var count = 0
    /// The number of NULL, or -1 while it has not been seen.
    private var nullNumber: Int32 = -1

    init() {}

    var byteCount: Int { slots.byteCount + keys.capacity * 8 }

    /// The key behind a number; unspecified for NULL's.
    func key(_ number: Int) -> Int64 { keys[number] }

    func isNull(_ number: Int) -> Bool { number == Int(nullNumber) }

    var hasNull: Bool { nullNumber >= 0 }

    /// Writes the number of every visited row to `output`; a key not seen before gets the next number if
    /// `inserts`, else -1.
    ///
    /// SAFETY: `values` covers every visited row, and `output` has room for `visited.count` numbers.
    mutating func number(
        _ values: UnsafePointer<Int64>,
        _ visited: VisitedRows,
        _ validity: VisitedValidity,
        inserts: Bool,
        into output: UnsafeMutablePointer<Int32>
    ) {
        var index = 0
        while true {
            index = unsafe probe(values, visited, validity, inserts, from: index, into: output)
            if index == visited.count { return }
            grow()
        }
    }

    /// Numbers rows from `start` on, until all are done or the table is full; returns where it stopped.
    private mutating func probe(
        _ values: UnsafePointer<Int64>,
        _ visited: VisitedRows,
        _ validity: VisitedValidity,
        _ inserts: Bool,
        from start: Int,
        into output: UnsafeMutablePointer<Int32>
    ) -> Int {
        let shift = slots.shift
        let limit = slots.limit
        let seed = GroupHash.seed
        var count = count
        var null = nullNumber
        defer {
            self.count = count
            nullNumber = null
        }
        // SAFETY: slot numbers are masked; numbers in slots are below `count <= limit == keys.count`.
        return unsafe slots.words.withUnsafeMutableBufferPointer { slots in
            let mask = slots.count &- 1
            let words = unsafe slots.baseAddress.unsafelyUnwrapped
            return unsafe keys.withUnsafeMutableBufferPointer { keyBuffer in
                let keys = unsafe keyBuffer.baseAddress.unsafelyUnwrapped
                var index = start
                while index < visited.count {
                    let row = visited.row(index)
                    if validity.isNull(row) {
                        if null < 0, inserts {
                            if count == limit { return index }
                            unsafe keys[count] = 0
                            null = Int32(truncatingIfNeeded: count)
                            count &+= 1
                        }
                        unsafe output[index] = null
                        index &+= 1
                        continue
                    }
                    let key = unsafe values[row]
                    let hash = GroupHash.hash(UInt64(bitPattern: key), seed)
                    var slot = Int(truncatingIfNeeded: hash &>> shift)
                    while true {
                        let word = unsafe words[slot]
                        if word == 0 {
                            if !inserts {
                                unsafe output[index] = -1
                                break
                            }
                            if count == limit { return index }
                            unsafe keys[count] = key
                            unsafe output[index] = Int32(truncatingIfNeeded: count)
                            count &+= 1
                            unsafe words[slot] =
                                hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: count)
                            break
                        }
                        if (word ^ hash) &>> 32 == 0 {
                            let number = Int(truncatingIfNeeded: word & 0xFFFF_FFFF) &- 1
                            if unsafe keys[number] == key {
                                unsafe output[index] = Int32(truncatingIfNeeded: number)
                                break
                            }
                        }
                        slot = (slot &+ 1) & mask
                    }
                    index &+= 1
                }
                return index
            }
        }
    }

    private mutating func grow() {
        slots.grow()
        keys.append(contentsOf: repeatElement(0, count: slots.limit - keys.count))
    }
}
