internal import CKernels

/// Memory for the separators of a chunk, behind one slot that stands before the first row.
///
/// SAFETY: `slots` holds `capacity` elements, of which the first `count` are initialized; all writes go
/// through members that check.
@safe
final class SlotBuffer {
    private var slots: UnsafeMutablePointer<UInt32>
    private var capacity: Int
    private(set) var count = 0

    init() {
        capacity = 4096
        unsafe slots = .allocate(capacity: capacity)
    }

    deinit { unsafe slots.deallocate() }

    subscript(index: Int) -> UInt32 {
        precondition(index >= 0 && index < count, "a slot that was written")
        return unsafe slots[index]
    }

    func removeAll() { count = 0 }

    func append(_ slot: UInt32) {
        if count == capacity { reserve(2 * capacity) }
        unsafe slots[count] = slot
        count += 1
    }

    private func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: wanted)
        unsafe larger.update(from: slots, count: count)
        unsafe slots.deallocate()
        unsafe slots = larger
        capacity = wanted
    }

    /// Takes the slots of `other`, which is not used any more.
    func replace(with other: SlotBuffer) {
        unsafe swap(&slots, &other.slots)
        swap(&capacity, &other.capacity)
        count = other.count
        other.count = 0
    }

    /// Fills the buffer with the start of `chunk`'s records and their separators.
    func fill(_ chunk: TextChunk, _ options: CSVOptions) -> ck_csv_index {
        count = 0
        let size = chunk.count - chunk.contentStart
        // What the kernel asks for, and the slot before the first row.
        reserve(size + 66)
        // SAFETY: the window may be read 64 bytes past its end, and the slots have the room asked for.
        unsafe slots[0] = UInt32(truncatingIfNeeded: chunk.contentStart - 1)
        let index = unsafe ck_csv_separators(
            options.instructions.kernel,
            chunk.window.start,
            chunk.contentStart,
            chunk.count,
            options.kernelFormat,
            slots + 1
        )
        count = index.separator_count + 1
        return index
    }

    /// The fields of `run` without the quotes around them, and whether any is still quoted because something
    /// follows its closing quote; for texts in which no quoted field holds a quote.
    func fill(_ run: FieldRun, quote: UInt8) -> (FieldRun, hasQuotes: Bool) {
        count = 0
        reserve(2 * run.count)
        var hasQuotes = false
        for row in 0..<run.count {
            var start = run.start(row)
            var end = run.end(row, start: start)
            if start < end, run.bytes.byte(start) == quote {
                if end &- start >= 2, run.bytes.byte(end &- 1) == quote {
                    start &+= 1
                    end &-= 1
                } else {
                    hasQuotes = true
                }
            }
            // SAFETY: two slots a row were reserved.
            unsafe slots[2 &* row] = UInt32(truncatingIfNeeded: start &- 1)
            unsafe slots[2 &* row &+ 1] = UInt32(truncatingIfNeeded: end)
        }
        count = 2 * run.count
        return (unsafe run.replacingSlots(slots, stride: 2), hasQuotes)
    }

    /// Fills the buffer with the ends of `chunk`'s lines; returns how many newlines end them, and whether any
    /// byte is not ASCII.
    func fillLines(_ chunk: TextChunk, _ instructions: InstructionSet) -> (Int, hasNonASCII: Bool) {
        let size = chunk.count - chunk.contentStart
        reserve(size + 65)
        var hasNonASCII: Int32 = 0
        // SAFETY: as in `fill`.
        let newlineCount = unsafe ck_newlines(
            instructions.kernel,
            chunk.window.start + chunk.contentStart,
            size,
            slots,
            &hasNonASCII
        )
        for index in 0..<newlineCount {
            unsafe slots[index] += UInt32(chunk.contentStart)
        }
        count = newlineCount
        let lastEnd = newlineCount == 0 ? chunk.contentStart : Int(self[newlineCount - 1]) + 1
        if lastEnd < chunk.count { append(UInt32(chunk.count)) }
        return (newlineCount, hasNonASCII != 0)
    }

    /// Rows of `fieldCount` fields that lie every `stride` slots.
    func layout(
        _ bytes: ByteWindow,
        stride: Int,
        rowCount: Int,
        fieldCount: Int,
        hasCarriageReturns: Bool
    ) -> RowLayout {
        precondition(
            rowCount == 0 || (rowCount - 1) * stride + fieldCount < count,
            "slots for each row"
        )
        return unsafe RowLayout(
            bytes: bytes,
            slots: slots,
            stride: stride,
            rowCount: rowCount,
            fieldCount: fieldCount,
            hasCarriageReturns: hasCarriageReturns
        )
    }

    /// Whether each `fieldCount` separators are one record.
    func isRegular(_ bytes: ByteWindow, _ index: ck_csv_index, fieldCount: Int) -> Bool {
        guard index.separator_count == index.record_count * fieldCount else { return false }
        var areEnds = true
        var slot = fieldCount
        while slot < count {
            let position = unsafe Int(slots[slot])
            areEnds = areEnds && (bytes.byte(position) == 0x0A || position == bytes.count)
            slot += fieldCount
        }
        return areEnds
    }
}
