internal import Columns
internal import Scalars

extension CSVDecoder {
    /// One field of all rows as a column of its type.
    func column(_ run: FieldRun, _ type: DataType, field: Int) -> Column {
        scratch.beginColumn(rowCount: run.count)
        var run = run
        var hasQuotes = mayBeQuoted
        if hasQuotes, hasPlainQuotes, let quote = options.quote {
            (run, hasQuotes) = scratch.unquoted.fill(run, quote: quote)
        }
        let values = values(run, type, hasQuotes: hasQuotes, field: field)
        return Column(type, values, validity: scratch.bitmap(rowCount: run.count))
    }

    private func values(
        _ run: FieldRun,
        _ type: DataType,
        hasQuotes: Bool,
        field: Int
    ) -> Column.Values {
        switch type {
        case .tinyint, .smallint, .int, .bigint, .intervalYearToMonth, .intervalDayToSecond:
            let range = type == .intervalYearToMonth ? DataType.int.integerRange : type.integerRange
            return .integers(
                numbers(run, IntegerReader(range ?? Int64.min...Int64.max), field: field)
            )
        case .null:
            // Every text is refused, but for the null literal.
            return .integers(numbers(run, NothingReader(), field: field))
        case .date: return .integers(numbers(run, DateReader(), field: field))
        case .time(let precision):
            return .integers(numbers(run, TimeReader(precision: precision), field: field))
        case .timestamp(let precision):
            let reader = TimestampReader(precision: precision, hasZone: false)
            return .integers(numbers(run, reader, field: field))
        case .timestampLTZ(let precision):
            let reader = TimestampReader(precision: precision, hasZone: true)
            return .integers(numbers(run, reader, field: field))
        case .float: return .doubles(numbers(run, FloatReader(), field: field))
        case .double: return .doubles(numbers(run, DoubleReader(), field: field))
        case .decimal(let precision, let scale):
            let reader = DecimalReader(precision: precision, scale: scale)
            return .decimals(numbers(run, reader, field: field))
        case .boolean:
            let bytes = numbers(run, BooleanReader(), field: field)
            return .booleans(bitmap(bytes))
        case .char, .varchar, .string: return .texts(texts(run, hasQuotes: hasQuotes, field: field))
        case .bytes: return .texts(carefulTexts(run, field: field, isBase64: true))
        }
    }

    /// The values that `reader` reads; first the usual forms in one loop, then what needs care.
    private func numbers<Reader: FieldReader>(
        _ run: FieldRun,
        _ reader: Reader,
        field: Int
    ) -> Buffer<Reader.Value> {
        Buffer<Reader.Value>(capacity: run.count) { output in
            // SAFETY: the first loop writes all `run.count` values; `pending` has room for as many rows and one.
            unsafe output.withUnsafeMutableBufferPointer { buffer, count in
                if let values = buffer.baseAddress {
                    var reader = reader
                    let pendingCount = unsafe readUsual(run, &reader, into: values)
                    unsafe readCarefully(run, reader, pendingCount, field: field, into: values)
                }
                count = run.count
            }
        }
    }

    /// Reads every field that has the usual form, and notes the rows of the others as pending.
    @unsafe private func readUsual<Reader: FieldReader>(
        _ run: FieldRun,
        _ reader: inout Reader,
        into values: UnsafeMutablePointer<Reader.Value>
    ) -> Int {
        let pending = unsafe scratch.pending
        let mayUseVectors = options.instructions != .portable && !nulls.looksLikeValue
        if mayUseVectors,
            let left = unsafe reader.readVectors(
                run,
                options.instructions,
                into: values,
                pending: pending
            )
        {
            return unsafe readPending(run, &reader, left, into: values)
        }
        return unsafe readEach(run, &reader, into: values)
    }

    /// Reads row by row what the vectors left, which is what they cannot read.
    @unsafe private func readPending<Reader: FieldReader>(
        _ run: FieldRun,
        _ reader: inout Reader,
        _ count: Int,
        into values: UnsafeMutablePointer<Reader.Value>
    ) -> Int {
        let pending = unsafe scratch.pending
        var pendingCount = 0
        for index in 0..<count {
            let row = unsafe Int(pending[index])
            let start = run.start(row)
            let end = run.end(row, start: start)
            let (value, isRead) = reader.read(run.bytes, start, end)
            unsafe values[row] = value
            unsafe pending[pendingCount] = UInt32(truncatingIfNeeded: row)
            pendingCount &+= isRead ? 0 : 1
        }
        return pendingCount
    }

    @unsafe private func readEach<Reader: FieldReader>(
        _ run: FieldRun,
        _ reader: inout Reader,
        into values: UnsafeMutablePointer<Reader.Value>
    ) -> Int {
        let nulls = self.nulls
        let comparesFirst = nulls.looksLikeValue
        let pending = unsafe scratch.pending
        var pendingCount = 0
        for row in 0..<run.count {
            let start = run.start(row)
            let end = run.end(row, start: start)
            var (value, isRead) = reader.read(run.bytes, start, end)
            if comparesFirst, nulls.matches(run.bytes, start, end) { isRead = false }
            unsafe values[row] = value
            unsafe pending[pendingCount] = UInt32(truncatingIfNeeded: row)
            pendingCount &+= isRead ? 0 : 1
        }
        return pendingCount
    }

    /// Reads the pending rows: NULL, quoted, long, unusual or bad.
    @inline(never)
    @unsafe private func readCarefully<Reader: FieldReader>(
        _ run: FieldRun,
        _ reader: Reader,
        _ pendingCount: Int,
        field: Int,
        into values: UnsafeMutablePointer<Reader.Value>
    ) {
        let bytes = run.bytes
        for index in 0..<pendingCount {
            let row = scratch.pendingRow(index)
            let start = run.start(row)
            let end = run.end(row, start: start)
            let content = unescaper.content(bytes, start, end, scratch: &scratch.text)
            let outcome: FieldOutcome<Reader.Value>
            switch content {
            case .missing: outcome = .bad(.missing)
            case .bad(let reason): outcome = .bad(reason)
            case .plain(let range): outcome = parse(bytes.span(range), reader)
            case .unescaped:
                let text = scratch.text
                outcome = parse(text.span, reader)
            }
            switch outcome {
            case .value(let value): unsafe values[row] = value
            case .null: scratch.setNull(row, rowCount: run.count)
            case .bad(let reason): refuse(row, field: field, reason, rowCount: run.count)
            }
        }
    }

    private func parse<Reader: FieldReader>(
        _ text: Span<UInt8>,
        _ reader: Reader
    ) -> FieldOutcome<Reader.Value> {
        if nulls.matches(text) { return .null }
        do throws(ScalarTextError) {
            guard Reader.trims else { return .value(try reader.parse(text)) }
            return .value(try reader.parse(text.extracting(Whitespace.trimmedRange(of: text))))
        } catch {
            return .bad(Reader.reason(error))
        }
    }

    /// A field that cannot be read: NULL where parse errors are ignored, else the row is refused.
    func refuse(_ row: Int, field: Int, _ reason: RejectionReason, rowCount: Int) {
        if options.ignoresParseErrors {
            scratch.setNull(row, rowCount: rowCount)
            scratch.nulledFieldCount += 1
        } else {
            scratch.failures.append(.init(row: row, field: field, reason: reason))
        }
    }

    private func bitmap(_ bytes: Buffer<UInt8>) -> Bitmap {
        let span = bytes.span
        let words = Buffer<UInt64>(capacity: (bytes.count + 63) >> 6) { output in
            for first in stride(from: 0, to: span.count, by: 64) {
                var word: UInt64 = 0
                for row in first..<min(first + 64, span.count) {
                    word |= UInt64(span[row]) << UInt64(row - first)
                }
                output.append(word)
            }
        }
        return Bitmap(words: words, count: bytes.count)
    }
}

/// What the careful reader made of a field.
private enum FieldOutcome<Value> {
    case value(Value)
    case null
    case bad(RejectionReason)
}
