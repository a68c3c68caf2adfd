internal import CKernels
package import Columns

/// Turns chunks of CSV into typed columns; one per thread.
///
/// Only projected fields are read. The others have to be there, but may hold anything: their quotes,
/// encoding and values are not looked at.
package final class CSVDecoder {
    /// The batches' schema: the projected fields in projection order.
    package let schema: Schema

    let options: CSVOptions
    let nulls: NullMatcher
    let unescaper: FieldUnescaper
    let scratch = FieldScratch()
    private let fields: [Field]
    private let projection: [Int]
    /// Indices into `projection` in the order of the file, so that a row's first bad field is met first.
    private let readingOrder: [Int]
    private let separators = SlotBuffer()
    private let rows = SlotBuffer()
    /// Whether fields of the current chunk may be quoted or escaped.
    private(set) var mayBeQuoted = false
    /// Whether what lies between the quotes of a field is its text.
    private(set) var hasPlainQuotes = false
    private(set) var isValidUTF8 = true
    private var hasCarriageReturns = false

    /// A decoder of files with `fields`, which gives the fields of `projection` in that order.
    package init(fields: [Field], projection: [Int], options: CSVOptions) {
        precondition(!fields.isEmpty, "a file has at least one field")
        precondition(projection.allSatisfy(fields.indices.contains), "projected fields exist")
        precondition(options.delimiter != 0x0A, "a newline ends a record")
        self.fields = fields
        self.projection = projection
        self.options = options
        schema = Schema(projection.map { fields[$0] })
        readingOrder = projection.indices.sorted { projection[$0] < projection[$1] }
        nulls = NullMatcher(options.nullLiteral)
        unescaper = FieldUnescaper(options)
    }

    /// The rows of `chunk`: every record is in the batch, or rejected, or counted as skipped.
    package func decode(_ chunk: TextChunk) -> DecodedChunk {
        let bytes = chunk.window
        let index = separators.fill(chunk, options)
        mayBeQuoted = index.has_quotes != 0 || options.escape != nil
        hasPlainQuotes = index.has_doubled_quotes == 0 && options.escape == nil
        isValidUTF8 = index.has_non_ascii == 0 || bytes.isUTF8(from: chunk.contentStart)
        hasCarriageReturns = bytes.contains(0x0D)
        scratch.failures.removeAll(keepingCapacity: true)
        scratch.nulledFieldCount = 0

        var arranger = RecordArranger(bytes: bytes, options: options, fieldCount: fields.count)
        var layout = arrange(bytes, index, &arranger)
        var columns = columns(of: layout)
        var badRecords = arranger.badRecords
        if !scratch.failures.isEmpty {
            layout = removeFailedRows(layout, &badRecords)
            columns = self.columns(of: layout)
        }

        let batch = Batch(schema: schema, columns: columns, rowCount: layout.rowCount)
        var result = DecodedChunk(batch: batch)
        result.newlineCount = index.newline_count + bytes.newlineCount(0..<chunk.contentStart)
        result.nulledFieldCount = scratch.nulledFieldCount
        result.skippedRowCount = arranger.skippedRowCount
        result.recordCount = layout.rowCount + badRecords.count + arranger.skippedRowCount
        if !badRecords.isEmpty { result.reject(badRecords, of: chunk, fields: fields) }
        return result
    }

    private func arrange(
        _ bytes: ByteWindow,
        _ index: ck_csv_index,
        _ arranger: inout RecordArranger
    ) -> RowLayout {
        let isPlain = !options.allowsComments && index.ends_in_quotes == 0
        if isPlain, separators.isRegular(bytes, index, fieldCount: fields.count) {
            return separators.layout(
                bytes,
                stride: fields.count,
                rowCount: index.record_count,
                fieldCount: fields.count,
                hasCarriageReturns: hasCarriageReturns
            )
        }
        arranger.arrange(separators, endsInQuotes: index.ends_in_quotes != 0, into: rows)
        return rows.layout(
            bytes,
            stride: fields.count + 1,
            rowCount: arranger.rowCount,
            fieldCount: fields.count,
            hasCarriageReturns: hasCarriageReturns
        )
    }

    private func columns(of layout: RowLayout) -> [Column] {
        var columns = [Column?](repeating: nil, count: projection.count)
        for position in readingOrder {
            let field = projection[position]
            columns[position] = column(layout.run(field), fields[field].type, field: field)
        }
        return columns.compactMap(\.self)
    }

    /// The rows without those that have a bad field, which join the bad records.
    private func removeFailedRows(_ layout: RowLayout, _ badRecords: inout [BadRecord]) -> RowLayout
    {
        let failures = firstFailures()
        let kept = SlotBuffer()
        var next = 0
        var keptCount = 0
        for row in 0..<layout.rowCount {
            if next < failures.count, failures[next].row == row {
                badRecords.append(
                    BadRecord(
                        row: row,
                        range: layout.range(row: row),
                        field: failures[next].field,
                        reason: failures[next].reason
                    )
                )
                next += 1
            } else {
                for slot in 0...fields.count { kept.append(layout.slot(row: row, slot)) }
                keptCount += 1
            }
        }
        badRecords.sort { $0.range.lowerBound < $1.range.lowerBound }
        renumber(&badRecords, without: failures.map(\.row))
        scratch.failures.removeAll(keepingCapacity: true)
        rows.replace(with: kept)
        return rows.layout(
            layout.bytes,
            stride: fields.count + 1,
            rowCount: keptCount,
            fieldCount: fields.count,
            hasCarriageReturns: hasCarriageReturns
        )
    }

    /// The first failure of each failed row, by row.
    private func firstFailures() -> [FieldScratch.FieldFailure] {
        let sorted = scratch.failures.sorted { ($0.row, $0.field) < ($1.row, $1.field) }
        var first: [FieldScratch.FieldFailure] = []
        for failure in sorted where first.last?.row != failure.row { first.append(failure) }
        return first
    }

    /// Counts the rows before each bad record without those of `removed`, which ascend.
    private func renumber(_ badRecords: inout [BadRecord], without removed: [Int]) {
        var before = 0
        for index in badRecords.indices {
            while before < removed.count, removed[before] < badRecords[index].row { before += 1 }
            badRecords[index].row -= before
        }
    }
}

extension DecodedChunk {
    /// Adds the rows that `records` say were refused, in order.
    mutating func reject(_ records: [BadRecord], of chunk: TextChunk, fields: [Field]) {
        let bytes = chunk.window
        var line = 0
        var position = 0
        for record in records {
            line += bytes.newlineCount(position..<record.range.lowerBound)
            position = record.range.lowerBound
            rejected.append(
                RejectedRow(
                    rowBefore: record.row,
                    bytes: record.range,
                    byteOffset: chunk.byteOffset + record.range.lowerBound,
                    line: line,
                    field: record.field,
                    reason: record.reason
                )
            )
        }
        self.chunk = chunk
        self.fields = fields
    }
}
