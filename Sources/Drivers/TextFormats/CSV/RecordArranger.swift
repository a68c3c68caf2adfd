/// A record that is no row of the batch.
struct BadRecord {
    /// How many rows of the layout come before it.
    var row: Int
    var range: Range<Int>
    var field: Int?
    var reason: RejectionReason
}

/// Sorts the records of a chunk in which not every record is one row of the declared fields.
struct RecordArranger {
    private let bytes: ByteWindow
    private let options: CSVOptions
    private let fieldCount: Int
    private(set) var badRecords: [BadRecord] = []
    private(set) var skippedRowCount = 0
    private(set) var rowCount = 0

    init(bytes: ByteWindow, options: CSVOptions, fieldCount: Int) {
        self.bytes = bytes
        self.options = options
        self.fieldCount = fieldCount
    }

    /// Writes the rows among the records of `separators` into `rows`, `fieldCount + 1` slots each.
    mutating func arrange(_ separators: SlotBuffer, endsInQuotes: Bool, into rows: SlotBuffer) {
        rows.removeAll()
        var first = 1
        while first < separators.count {
            var last = first
            while !isRecordEnd(Int(separators[last])) { last += 1 }
            let isOpen = endsInQuotes && last == separators.count - 1
            arrangeRecord(separators, first...last, isOpen: isOpen, into: rows)
            first = last + 1
        }
    }

    private func isRecordEnd(_ position: Int) -> Bool {
        position == bytes.count || bytes.byte(position) == 0x0A
    }

    private mutating func arrangeRecord(
        _ separators: SlotBuffer,
        _ slots: ClosedRange<Int>,
        isOpen: Bool,
        into rows: SlotBuffer
    ) {
        var start = Int(separators[slots.lowerBound - 1] &+ 1)
        let end = Int(separators[slots.upperBound])
        if options.allowsComments {
            while start < end, bytes.byte(start) == 0x20 { start += 1 }
            let range = RowLayout.withoutCarriageReturn(start..<end, bytes)
            if range.isEmpty || bytes.byte(start) == 0x23 { return }
        }
        if isOpen {
            refuse(start..<end, .openQuote)
        } else if slots.count == fieldCount {
            rows.append(UInt32(truncatingIfNeeded: start - 1))
            for slot in slots { rows.append(separators[slot]) }
            rowCount += 1
        } else if options.ignoresParseErrors, slots.count < fieldCount {
            appendShort(separators, slots, start: start, into: rows)
        } else {
            refuse(start..<end, .fieldCount(expected: fieldCount, found: slots.count))
        }
    }

    private mutating func refuse(_ range: Range<Int>, _ reason: RejectionReason) {
        if options.ignoresParseErrors {
            skippedRowCount += 1
        } else {
            let range = RowLayout.withoutCarriageReturn(range, bytes)
            badRecords.append(BadRecord(row: rowCount, range: range, reason: reason))
        }
    }

    /// A row whose last fields are missing: they begin behind their end.
    private mutating func appendShort(
        _ separators: SlotBuffer,
        _ slots: ClosedRange<Int>,
        start: Int,
        into rows: SlotBuffer
    ) {
        rows.append(UInt32(truncatingIfNeeded: start - 1))
        for slot in slots.dropLast() { rows.append(separators[slot]) }
        let range = start..<Int(separators[slots.upperBound])
        let end = RowLayout.withoutCarriageReturn(range, bytes).upperBound
        for _ in slots.count...fieldCount { rows.append(UInt32(end)) }
        rowCount += 1
    }
}
