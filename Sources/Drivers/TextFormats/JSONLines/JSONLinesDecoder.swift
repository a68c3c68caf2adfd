internal import CKernels
package import Columns

/// Turns chunks of JSON lines into typed columns; one per thread.
///
/// A line is one object. Fields that are not projected are checked to be JSON, no more. Of a name that
/// stands twice the last value counts.
package final class JSONLinesDecoder {
    /// The batches' schema: the projected fields in projection order.
    package let schema: Schema

    private let fields: [Field]
    private let options: JSONLinesOptions
    /// In projection order; a field that is projected twice has two.
    private let builders: [JSONColumnBuilder]
    private let names: FieldNames
    private let lines = SlotBuffer()
    /// Per builder the number of the last line that set it.
    private var setInLine: [Int]
    private var lineNumber = 0
    private var scratch: [UInt8] = []
    private var nulledFieldCount = 0

    /// A decoder of lines with `fields`, which gives the fields of `projection` in that order.
    package init(fields: [Field], projection: [Int], options: JSONLinesOptions) {
        precondition(projection.allSatisfy(fields.indices.contains), "projected fields exist")
        precondition(Set(projection).count == projection.count, "each field is projected once")
        self.fields = fields
        self.options = options
        schema = Schema(projection.map { fields[$0] })
        builders = projection.map { field in
            JSONColumnBuilder(
                field: field,
                type: fields[field].type,
                usesISO8601: options.usesISO8601
            )
        }
        names = FieldNames(projection.map { Array(fields[$0].name.utf8) })
        setInLine = [Int](repeating: -1, count: projection.count)
    }

    /// The rows of `chunk`: every line is in the batch, or rejected, or counted as skipped.
    package func decode(_ chunk: TextChunk) -> DecodedChunk {
        let bytes = chunk.window
        let (newlineCount, hasNonASCII) = lines.fillLines(chunk, options.instructions)
        let isValidUTF8 = !hasNonASCII || bytes.isUTF8(from: chunk.contentStart)
        for builder in builders { builder.removeAll() }
        nulledFieldCount = 0
        var rowCount = 0
        var badRecords: [BadRecord] = []
        var skippedRowCount = 0
        var start = chunk.contentStart
        for index in 0..<lines.count {
            let end = Int(lines[index])
            let line = RowLayout.withoutCarriageReturn(start..<end, bytes)
            start = end + 1
            lineNumber += 1
            let nulledBefore = nulledFieldCount
            let bad =
                isValidUTF8 || bytes.isUTF8(line)
                ? decodeLine(bytes, line, row: rowCount) : (nil, .encoding)
            guard let (field, reason) = bad else {
                rowCount += 1
                continue
            }
            for builder in builders { builder.truncate(to: rowCount) }
            nulledFieldCount = nulledBefore
            if options.ignoresParseErrors {
                skippedRowCount += 1
            } else {
                badRecords.append(
                    BadRecord(row: rowCount, range: line, field: field, reason: reason)
                )
            }
        }
        let columns = builders.map { $0.column(rowCount: rowCount) }
        let batch = Batch(schema: schema, columns: columns, rowCount: rowCount)
        var result = DecodedChunk(batch: batch)
        result.newlineCount = newlineCount
        result.nulledFieldCount = nulledFieldCount
        result.skippedRowCount = skippedRowCount
        result.recordCount = rowCount + badRecords.count + skippedRowCount
        result.isJSON = true
        if !badRecords.isEmpty { result.reject(badRecords, of: chunk, fields: fields) }
        return result
    }

    /// Sets row `row` from a line; nil where it was accepted.
    private func decodeLine(
        _ bytes: ByteWindow,
        _ line: Range<Int>,
        row: Int
    ) -> (field: Int?, RejectionReason)? {
        var scanner = JSONScanner(bytes, line)
        do throws(JSONScanError) {
            if let bad = try decodeObject(&scanner, bytes, row: row) { return bad }
            scanner.skipSpaces()
            try scanner.expectEnd()
        } catch {
            switch error {
            case .rejected(let reason): return (nil, reason)
            }
        }
        for index in builders.indices where setInLine[index] != lineNumber {
            if options.failsOnMissingField {
                // With ignored errors the whole line goes, as in Flink.
                return (builders[index].field, .missing)
            }
            builders[index].appendNull(row)
        }
        return nil
    }

    private func decodeObject(
        _ scanner: inout JSONScanner,
        _ bytes: ByteWindow,
        row: Int
    ) throws(JSONScanError) -> (field: Int?, RejectionReason)? {
        scanner.skipSpaces()
        try scanner.expect(0x7B, "an object")
        scanner.skipSpaces()
        if scanner.take(0x7D) { return nil }
        var bad: (field: Int?, RejectionReason)?
        var guess = 0
        repeat {
            scanner.skipSpaces()
            try scanner.expect(0x22, "a name in quotes")
            let (name, hasEscapes) = try scanner.stringRest()
            scanner.skipSpaces()
            try scanner.expect(0x3A, "a colon")
            scanner.skipSpaces()
            let token = try scanner.value()
            if let index = index(of: name, hasEscapes: hasEscapes, bytes, guess: guess) {
                guess = index + 1
                if let reason = set(index, token, row, bytes) {
                    bad = bad ?? (builders[index].field, reason)
                }
            }
            scanner.skipSpaces()
        } while scanner.take(0x2C)
        try scanner.expect(0x7D, "a comma or }")
        return bad
    }

    private func index(
        of name: Range<Int>,
        hasEscapes: Bool,
        _ bytes: ByteWindow,
        guess: Int
    ) -> Int? {
        guard hasEscapes else { return names.index(of: name, bytes, guess: guess) }
        scratch.removeAll(keepingCapacity: true)
        guard JSONText.append(unescaping: name, of: bytes, to: &scratch) else { return nil }
        return names.index(of: scratch)
    }

    /// Sets a column's row; with ignored errors a bad value is NULL.
    private func set(
        _ index: Int,
        _ token: JSONToken,
        _ row: Int,
        _ bytes: ByteWindow
    ) -> RejectionReason? {
        let builder = builders[index]
        if setInLine[index] == lineNumber { builder.truncate(to: row) }
        setInLine[index] = lineNumber
        guard let reason = builder.append(token, row, bytes) else { return nil }
        builder.truncate(to: row)
        builder.appendNull(row)
        guard options.ignoresParseErrors else { return reason }
        nulledFieldCount += 1
        return nil
    }
}

/// Finds fields by name.
private struct FieldNames {
    private let names: [[UInt8]]
    private let indices: [[UInt8]: Int]

    init(_ names: [[UInt8]]) {
        self.names = names
        indices = Dictionary(
            names.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The field with the name in `range`; lines mostly keep their order, so `guess` is tried first.
    func index(of range: Range<Int>, _ bytes: ByteWindow, guess: Int) -> Int? {
        if guess < names.count, bytes.equals(range, names[guess]) { return guess }
        if names.count <= 8 {
            return names.firstIndex { bytes.equals(range, $0) }
        }
        return indices[range.map { bytes.byte($0) }]
    }

    func index(of name: [UInt8]) -> Int? { indices[name] }
}
