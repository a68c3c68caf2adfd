internal import Columns
internal import Scalars

/// Grows one column value by value.
final class JSONColumnBuilder {
    /// Index among the table's fields.
    let field: Int
    private let type: DataType
    private let usesISO8601: Bool
    private var integers: [Int64] = []
    private var doubles: [Double] = []
    private var decimals: [Int128] = []
    private var booleans: [UInt64] = []
    private var text: [UInt8] = []
    private var offsets: [Int32] = [0]
    private var validity: [UInt64] = []
    private var nullCount = 0
    private var scratch: [UInt8] = []

    init(field: Int, type: DataType, usesISO8601: Bool) {
        self.field = field
        self.type = type
        self.usesISO8601 = usesISO8601
    }

    /// Begins a chunk.
    func removeAll() { truncate(to: 0) }

    /// Leaves out every row from `rowCount` on.
    func truncate(to rowCount: Int) {
        switch type.physical {
        case .integer: integers.removeSubrange(min(rowCount, integers.count)...)
        case .double: doubles.removeSubrange(min(rowCount, doubles.count)...)
        case .decimal: decimals.removeSubrange(min(rowCount, decimals.count)...)
        case .boolean: Self.clear(&booleans, from: rowCount)
        case .text:
            offsets.removeSubrange(min(rowCount + 1, offsets.count)...)
            text.removeSubrange(Int(offsets[offsets.count - 1])...)
        }
        nullCount -= Self.clear(&validity, from: rowCount)
    }

    /// Clears the bits from `first` on; returns how many were set.
    @discardableResult
    private static func clear(_ words: inout [UInt64], from first: Int) -> Int {
        var count = 0
        for index in first >> 6..<max(first >> 6, words.count) {
            let kept: UInt64 = index == first >> 6 ? 1 << UInt64(first & 63) - 1 : 0
            count += (words[index] & ~kept).nonzeroBitCount
            words[index] &= kept
        }
        return count
    }

    /// The column of `rowCount` rows, each of which was set.
    func column(rowCount: Int) -> Column {
        var bits: Bitmap?
        if nullCount > 0 {
            reserveBits(&validity, rowCount)
            bits = ~Bitmap(words: Buffer(validity), count: rowCount)
        }
        let values: Column.Values
        switch type.physical {
        case .integer: values = .integers(Buffer(integers))
        case .double: values = .doubles(Buffer(doubles))
        case .decimal: values = .decimals(Buffer(decimals))
        case .boolean:
            reserveBits(&booleans, rowCount)
            values = .booleans(Bitmap(words: Buffer(booleans), count: rowCount))
        case .text: values = .texts(TextValues(offsets: Buffer(offsets), bytes: Buffer(text)))
        }
        return Column(type, values, validity: bits)
    }

    private func reserveBits(_ words: inout [UInt64], _ count: Int) {
        while words.count << 6 < count { words.append(0) }
    }

    private func setBit(_ words: inout [UInt64], _ row: Int) {
        reserveBits(&words, row + 1)
        words[row >> 6] |= 1 << UInt64(row & 63)
    }

    /// Makes row `row`, the next one, NULL.
    func appendNull(_ row: Int) {
        setBit(&validity, row)
        nullCount += 1
        switch type.physical {
        case .integer: integers.append(0)
        case .double: doubles.append(0)
        case .decimal: decimals.append(0)
        case .boolean: break
        case .text: offsets.append(Int32(truncatingIfNeeded: text.count))
        }
    }

    /// Sets row `row`, the next one, or says why the value does not fit.
    func append(_ token: JSONToken, _ row: Int, _ bytes: ByteWindow) -> RejectionReason? {
        switch token {
        case .null:
            appendNull(row)
            return nil
        case .boolean(let value): return append(value, row)
        case .number(let range): return appendNumber(range, bytes)
        case .string(let range, let hasEscapes):
            return appendString(range, hasEscapes: hasEscapes, row, bytes)
        case .container(let range):
            guard type.isText else { return .kind("an object or array") }
            JSONText.append(compacting: range, of: bytes, to: &text)
            offsets.append(Int32(truncatingIfNeeded: text.count))
            return nil
        }
    }

    private func append(_ value: Bool, _ row: Int) -> RejectionReason? {
        if type == .boolean {
            if value { setBit(&booleans, row) }
            return nil
        }
        guard type.isText else { return .kind("a boolean") }
        BooleanText.append(value, to: &text)
        offsets.append(Int32(truncatingIfNeeded: text.count))
        return nil
    }

    private func appendNumber(_ range: Range<Int>, _ bytes: ByteWindow) -> RejectionReason? {
        switch type {
        case .tinyint, .smallint, .int, .bigint, .intervalYearToMonth, .intervalDayToSecond:
            let reader = JSONIntegerReader(integerRange)
            return append(range, bytes, reader, to: &integers)
        case .float: return append(range, bytes, FloatReader(), to: &doubles)
        case .double: return append(range, bytes, DoubleReader(), to: &doubles)
        case .decimal(let precision, let scale):
            let reader = DecimalReader(precision: precision, scale: scale)
            return append(range, bytes, reader, to: &decimals)
        case .char, .varchar, .string:
            for position in range { text.append(bytes.byte(position)) }
            offsets.append(Int32(truncatingIfNeeded: text.count))
            return nil
        case .null, .boolean, .bytes, .date, .time, .timestamp, .timestampLTZ:
            return .kind("a number")
        }
    }

    private var integerRange: ClosedRange<Int64> {
        let range = type == .intervalYearToMonth ? DataType.int.integerRange : type.integerRange
        return range ?? Int64.min...Int64.max
    }

    private func append<Reader: FieldReader>(
        _ range: Range<Int>,
        _ bytes: ByteWindow,
        _ reader: Reader,
        to values: inout [Reader.Value]
    ) -> RejectionReason? {
        var reader = reader
        let (value, isRead) = reader.read(bytes, range.lowerBound, range.upperBound)
        if isRead {
            values.append(value)
            return nil
        }
        return append(text: bytes.span(range), reader, to: &values)
    }

    private func append<Reader: FieldReader>(
        text: Span<UInt8>,
        _ reader: Reader,
        to values: inout [Reader.Value]
    ) -> RejectionReason? {
        do throws(ScalarTextError) {
            let range = Reader.trims ? Whitespace.trimmedRange(of: text) : text.indices
            values.append(try reader.parse(text.extracting(range)))
            return nil
        } catch {
            return Reader.reason(error)
        }
    }

    private func appendString(
        _ range: Range<Int>,
        hasEscapes: Bool,
        _ row: Int,
        _ bytes: ByteWindow
    ) -> RejectionReason? {
        if type.isText {
            return appendText(range, hasEscapes: hasEscapes, bytes)
        }
        guard hasEscapes else { return appendParsed(bytes.span(range), row) }
        scratch.removeAll(keepingCapacity: true)
        guard JSONText.append(unescaping: range, of: bytes, to: &scratch) else {
            return .syntax("an escape that JSON knows")
        }
        let unescaped = scratch
        return appendParsed(unescaped.span, row)
    }

    private func appendText(
        _ range: Range<Int>,
        hasEscapes: Bool,
        _ bytes: ByteWindow
    ) -> RejectionReason? {
        if hasEscapes {
            guard JSONText.append(unescaping: range, of: bytes, to: &text) else {
                text.removeSubrange(Int(offsets[offsets.count - 1])...)
                return .syntax("an escape that JSON knows")
            }
        } else {
            let span = bytes.span(range)
            text.append(addingCapacity: span.count) { output in
                for index in span.indices { output.append(span[index]) }
            }
        }
        offsets.append(Int32(truncatingIfNeeded: text.count))
        return nil
    }

    /// Sets the next row from a string's text.
    private func appendParsed(_ span: Span<UInt8>, _ row: Int) -> RejectionReason? {
        switch type {
        case .tinyint, .smallint, .int, .bigint, .intervalYearToMonth, .intervalDayToSecond:
            return append(text: span, IntegerReader(integerRange), to: &integers)
        case .float: return append(text: span, FloatReader(), to: &doubles)
        case .double: return append(text: span, DoubleReader(), to: &doubles)
        case .decimal(let precision, let scale):
            let reader = DecimalReader(precision: precision, scale: scale)
            return append(text: span, reader, to: &decimals)
        case .date: return append(text: span, DateReader(), to: &integers)
        case .time(let precision):
            return append(text: span, TimeReader(precision: precision), to: &integers)
        case .timestamp(let precision):
            return appendTimestamp(span, precision: precision, hasZone: false)
        case .timestampLTZ(let precision):
            return appendTimestamp(span, precision: precision, hasZone: true)
        case .boolean:
            guard let value = try? BooleanText.parse(span) else { return .boolean }
            if value { setBit(&booleans, row) }
            return nil
        case .bytes:
            guard Base64Text.append(decoding: span, to: &text) else { return .base64 }
            offsets.append(Int32(truncatingIfNeeded: text.count))
            return nil
        case .null, .char, .varchar, .string: return .kind("a string")
        }
    }

    private func appendTimestamp(
        _ span: Span<UInt8>,
        precision: Int,
        hasZone: Bool
    ) -> RejectionReason? {
        do throws(ScalarTextError) {
            integers.append(
                try TemporalText.parseTimestamp(
                    span,
                    form: usesISO8601 ? .iso8601 : .sql,
                    hasZone: hasZone,
                    precision: precision
                )
            )
            return nil
        } catch {
            return error == .outOfRange ? .temporalRange : .temporal
        }
    }
}

/// Integers as JSON numbers: `3`, `3.0` and `3e2`, but not `3.7`.
private struct JSONIntegerReader: FieldReader {
    private let plain: IntegerReader
    private let range: ClosedRange<Int64>

    init(_ range: ClosedRange<Int64>) {
        self.range = range
        plain = IntegerReader(range)
    }

    @inline(__always)
    func read(_ bytes: ByteWindow, _ start: Int, _ end: Int) -> (Int64, Bool) {
        plain.read(bytes, start, end)
    }

    func parse(_ text: Span<UInt8>) throws(ScalarTextError) -> Int64 {
        do throws(ScalarTextError) {
            return try plain.parse(text)
        } catch {
            guard error == .malformed else { throw error }
        }
        // Eighteen decimals leave room for every integer of 64 bits; more text than that is no integer.
        guard text.count <= 40 else { throw .malformed }
        let scaled = try DecimalText.parse(text, precision: 38, scale: 18)
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
        guard rest == 0 else { throw .malformed }
        guard let value = Int64(exactly: whole), range.contains(value) else { throw .outOfRange }
        return value
    }
}
