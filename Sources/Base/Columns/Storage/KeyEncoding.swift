internal import Hashing

/// The bytes of key tuples, and the slots and workers that follow from their hash.
///
/// Each column gives a tag and its value: NULL `00`; BOOLEAN `01` u8; integers `02` i64; DECIMAL `03` i128 at
/// the column's scale; FLOAT and DOUBLE `04` f64 (−0 as 0, every NaN as 7ff8000000000000); text `05` and
/// bytes `06` with a u32 length; DATE `07` i32; TIMESTAMP `08` i64; TIMESTAMP_LTZ `09` i64; TIME `0a` i64;
/// INTERVAL YEAR TO MONTH `0b` i64; INTERVAL DAY TO SECOND `0c` i64; all little-endian. A tuple is its
/// columns one after another. The hash is XXH64 with seed 0, its upper 12 bits are the slot. These bytes
/// decide where a key lives, so they never change.
@safe
package struct KeyEncoding: Sendable {
    /// Number of slots that keys are spread over.
    package static let slotCount = 4096

    /// Distance by which a hash is shifted to give its slot.
    private static let slotShift: UInt64 = 52

    /// SAFETY: `@unchecked Sendable` holds because the memory is constant, and `columns` holds it.
    private struct View: @unchecked Sendable {
        let layout: Layout
        let validity: VisitedValidity
        let tag: UInt8
    }

    @safe
    private enum Layout {
        case integers(UnsafePointer<Int64>)
        case days(UnsafePointer<Int64>)
        case doubles(UnsafePointer<Double>)
        case booleans(UnsafePointer<UInt64>)
        case decimals(UnsafePointer<Int128>)
        case texts(TextPointers)
        case coded(codes: UnsafePointer<Int32>, TextPointers)
    }

    private let columns: [Column]
    private let views: [View]

    /// Reads keys from these columns, which are of the types that both sides of a join or all inputs of a
    /// group agree on.
    package init(_ columns: [Column]) {
        self.columns = columns
        views = columns.map(Self.view)
    }

    private static func view(_ column: Column) -> View {
        let layout: Layout =
            switch column.values {
            case .integers(let buffer):
                column.type == .date
                    ? unsafe .days(buffer.first) : unsafe .integers(buffer.first)
            case .doubles(let buffer): unsafe .doubles(buffer.first)
            case .booleans(let bitmap): unsafe .booleans(bitmap.words.first)
            case .decimals(let buffer): unsafe .decimals(buffer.first)
            case .texts(let texts): .texts(TextPointers(texts))
            case .coded(let codes, let dictionary):
                unsafe .coded(codes: codes.first, TextPointers(dictionary.values))
            }
        return View(
            layout: layout,
            validity: unsafe VisitedValidity(words: column.validity?.words.first),
            tag: tag(column.type)
        )
    }

    private static func tag(_ type: DataType) -> UInt8 {
        switch type {
        case .null: 0x00
        case .boolean: 0x01
        case .tinyint, .smallint, .int, .bigint: 0x02
        case .decimal: 0x03
        case .float, .double: 0x04
        case .char, .varchar, .string: 0x05
        case .bytes: 0x06
        case .date: 0x07
        case .timestamp: 0x08
        case .timestampLTZ: 0x09
        case .time: 0x0A
        case .intervalYearToMonth: 0x0B
        case .intervalDayToSecond: 0x0C
        }
    }

    /// The worker among `workerCount` (1...4096) that owns a slot.
    @inline(__always)
    package static func worker(slot: UInt16, workerCount: Int) -> Int {
        (Int(slot) &* workerCount) &>> 12
    }

    /// The bytes of one row's key; allocates.
    package func bytes(_ row: Int) -> [UInt8] {
        precondition(columns.allSatisfy { row < $0.count } && row >= 0, "no such row")
        var writer = KeyByteWriter()
        write(row, to: &writer)
        return writer.bytes
    }

    /// The XXH64 of one row's key.
    package func hash(_ row: Int) -> UInt64 {
        precondition(columns.allSatisfy { row < $0.count } && row >= 0, "no such row")
        return uncheckedHash(row)
    }

    /// As `hash`; the caller knows that the row exists.
    @inline(__always)
    private func uncheckedHash(_ row: Int) -> UInt64 {
        var writer = XXH64()
        write(row, to: &writer)
        return writer.finalize()
    }

    /// The slot of each of the first `rows` rows.
    func slots(_ rows: Int) -> Buffer<UInt16> {
        precondition(columns.allSatisfy { rows <= $0.count }, "a key column is too short")
        return Buffer(capacity: rows) { output in
            for row in 0..<rows {
                output.append(UInt16(truncatingIfNeeded: uncheckedHash(row) &>> Self.slotShift))
            }
        }
    }

    @inline(__always)
    private func write<Writer: KeyWriter>(_ row: Int, to writer: inout Writer) {
        for view in views {
            if view.tag == 0 || view.validity.isNull(row) {
                writer.update(0 as UInt8)
                continue
            }
            writer.update(view.tag)
            Self.write(view.layout, row, to: &writer)
        }
    }

    @inline(__always)
    private static func write<Writer: KeyWriter>(
        _ layout: Layout,
        _ row: Int,
        to writer: inout Writer
    ) {
        // SAFETY: `row` is a row of every column; codes of valid rows are entries of the dictionary.
        switch layout {
        case .integers(let values): unsafe writer.update(UInt64(bitPattern: values[row]))
        case .days(let values): unsafe writer.update(UInt32(truncatingIfNeeded: values[row]))
        case .doubles(let values):
            let value = unsafe values[row]
            writer.update(value.isNaN ? 0x7FF8_0000_0000_0000 : (value + 0).bitPattern)
        case .booleans(let words):
            let bit = unsafe words[row >> 6] &>> UInt64(row & 63) & 1
            writer.update(UInt8(truncatingIfNeeded: bit))
        case .decimals(let values):
            let value = unsafe values[row]
            writer.update(UInt64(truncatingIfNeeded: value))
            writer.update(UInt64(truncatingIfNeeded: value >> 64))
        case .texts(let texts): write(texts, row, to: &writer)
        case .coded(let codes, let texts): unsafe write(texts, Int(codes[row]), to: &writer)
        }
    }

    @inline(__always)
    private static func write<Writer: KeyWriter>(
        _ texts: TextPointers,
        _ row: Int,
        to writer: inout Writer
    ) {
        let text = unsafe texts.text(row)
        writer.update(UInt32(truncatingIfNeeded: text.count))
        unsafe writer.update(text.span)
    }
}

/// What takes the bytes of a key: a hash, or an array for messages and stored state.
private protocol KeyWriter {
    mutating func update(_ byte: UInt8)
    mutating func update(_ word: UInt32)
    mutating func update(_ word: UInt64)
    mutating func update(_ bytes: Span<UInt8>)
}

extension XXH64: KeyWriter {}

private struct KeyByteWriter: KeyWriter {
    var bytes: [UInt8] = []

    mutating func update(_ byte: UInt8) { bytes.append(byte) }

    mutating func update(_ word: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
        }
    }

    mutating func update(_ word: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
    }

    mutating func update(_ part: Span<UInt8>) {
        for index in part.indices { bytes.append(part[index]) }
    }
}
