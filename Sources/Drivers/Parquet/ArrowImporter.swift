internal import CArrow
internal import Columns
internal import Failures

/// Turns imported arrays into columns: without a copy where the layouts agree, else widened or rescaled.
struct ArrowImporter {
    /// The file, for messages.
    let path: String
    let field: ArrowField
    /// The dictionary that the column had last; batches with equal entries share its object.
    private var dictionary: TextDictionary?

    init(path: String, field: ArrowField) {
        self.path = path
        self.field = field
    }

    /// The type in which the column is imported.
    func type() throws(Failure) -> DataType { try meaning().type }

    private func meaning() throws(Failure) -> (type: DataType, layout: ArrowField.Layout) {
        if let meaning = field.meaning { return meaning }
        throw Failure(
            "DECODE_PARQUET",
            blame: .data,
            "column \"\(field.name)\" of \(path) has the Arrow type \"\(field.format)\", which is not supported",
            remedy: "leave the column out, or write it with another type"
        )
    }

    mutating func column(_ array: ImportedColumn) throws(Failure) -> Column {
        let (type, layout) = try meaning()
        if field.entryFormat != nil { return try coded(array, type) }
        let validity = validity(array)
        if case .null = layout { return Column.nulls(type, count: array.count) }
        return Column(type, try values(array, layout, type, validity), validity: validity)
    }

    /// A coded column; entries equal to the last batch's come behind the same dictionary object.
    private mutating func coded(
        _ array: ImportedColumn,
        _ type: DataType
    ) throws(Failure) -> Column {
        guard let entries = array.dictionary, !entries.mayHaveNulls,
            case .texts(let isLarge) = try meaning().layout,
            let codes = codes(array)
        else {
            throw Failure(
                "DECODE_PARQUET",
                blame: .data,
                "column \"\(field.name)\" of \(path) has a dictionary of another kind than text",
                remedy: "write the column without an Arrow dictionary type"
            )
        }
        let texts = try texts(entries, isLarge)
        let known = dictionary.flatMap { Self.areEqual($0.values, texts) ? $0 : nil }
        let shared = known ?? TextDictionary(texts)
        dictionary = shared
        return Column(type, .coded(codes: codes, dictionary: shared), validity: validity(array))
    }

    private func codes(_ array: ImportedColumn) -> Buffer<Int32>? {
        switch field.format {
        case "i": elements(array, Int32.self)
        case "c": converted(array, Int8.self) { Int32($0) }
        case "C": converted(array, UInt8.self) { Int32($0) }
        case "s": converted(array, Int16.self) { Int32($0) }
        case "S": converted(array, UInt16.self) { Int32($0) }
        default: nil
        }
    }

    private func values(
        _ array: ImportedColumn,
        _ layout: ArrowField.Layout,
        _ type: DataType,
        _ validity: Bitmap?
    ) throws(Failure) -> Column.Values {
        switch layout {
        case .null: return .integers(Buffer(repeating: 0, count: array.count))
        case .boolean: return .booleans(bitmap(array, buffer: 1))
        case .integers(.uint64): return .decimals(converted(array, UInt64.self) { Int128($0) })
        case .integers(let width): return .integers(integers(array, width))
        case .floats: return .doubles(converted(array, Float.self) { Double($0) })
        case .doubles: return .doubles(elements(array, Double.self))
        case .decimals(let bits): return .decimals(try decimals(array, bits, validity))
        case .texts(let isLarge): return .texts(try texts(array, isLarge))
        case .fixedBytes(let size): return .texts(try fixedBytes(array, size))
        case .scaled(let width, let times, let divisor):
            let source = integers(array, width)
            return .integers(try scaled(source, times, divisor, validity))
        }
    }

    // MARK: Layouts that agree

    /// The elements of buffer 1 as they are.
    private func elements<Element: BitwiseCopyable & Sendable>(
        _ array: ImportedColumn,
        _: Element.Type
    ) -> Buffer<Element> {
        guard array.count > 0, let start = unsafe array.buffer(1) else { return Buffer([]) }
        // SAFETY: the interface promises `offset + count` elements of the format's width, constant while
        // the owner lives. Arrow aligns what it allocates to 64 bytes.
        let first = unsafe start.assumingMemoryBound(to: Element.self) + array.offset
        return unsafe Buffer(adopting: first, count: array.count, owner: array.owner)
    }

    private func validity(_ array: ImportedColumn) -> Bitmap? {
        guard array.mayHaveNulls, unsafe array.buffer(0) != nil else { return nil }
        let bits = bitmap(array, buffer: 0)
        return bits.setCount == array.count ? nil : bits
    }

    private func bitmap(_ array: ImportedColumn, buffer: Int) -> Bitmap {
        let end = array.offset + array.count
        guard end > 0, let start = unsafe array.buffer(buffer) else {
            return Bitmap(repeating: false, count: array.count)
        }
        // SAFETY: Arrow pads what it allocates to 64 bytes, so the last word can be read whole.
        let words = unsafe start.assumingMemoryBound(to: UInt64.self)
        let all = unsafe Buffer(adopting: words, count: (end + 63) >> 6, owner: array.owner)
        return Bitmap(words: all, count: end).slice(array.offset..<end)
    }

    // MARK: Layouts that are converted

    private func converted<Source: BitwiseCopyable & Sendable, Element: BitwiseCopyable & Sendable>(
        _ array: ImportedColumn,
        _: Source.Type,
        _ convert: (Source) -> Element
    ) -> Buffer<Element> {
        let source = elements(array, Source.self)
        let span = source.span
        return Buffer(capacity: span.count) { output in
            for row in span.indices { output.append(convert(span[row])) }
        }
    }

    private func integers(_ array: ImportedColumn, _ width: ArrowField.Width) -> Buffer<Int64> {
        switch width {
        case .int8: converted(array, Int8.self) { Int64($0) }
        case .uint8: converted(array, UInt8.self) { Int64($0) }
        case .int16: converted(array, Int16.self) { Int64($0) }
        case .uint16: converted(array, UInt16.self) { Int64($0) }
        case .int32: converted(array, Int32.self) { Int64($0) }
        case .uint32: converted(array, UInt32.self) { Int64($0) }
        case .int64, .uint64: elements(array, Int64.self)
        }
    }

    private func scaled(
        _ source: Buffer<Int64>,
        _ times: Int64,
        _ divisor: Int64,
        _ validity: Bitmap?
    ) throws(Failure) -> Buffer<Int64> {
        let span = source.span
        var overflowRow: Int?
        let scaled = Buffer<Int64>(capacity: span.count) { output in
            for row in span.indices {
                let (product, overflow) = span[row].multipliedReportingOverflow(by: times)
                if overflow, validity.map({ $0[row] }) ?? true { overflowRow = row }
                let quotient = product / divisor
                let isBelow = product % divisor != 0 && product < 0
                output.append(isBelow ? quotient - 1 : quotient)
            }
        }
        if let overflowRow { throw outOfRange("\(span[overflowRow])") }
        return scaled
    }

    private func decimals(
        _ array: ImportedColumn,
        _ bits: Int,
        _ validity: Bitmap?
    ) throws(Failure) -> Buffer<Int128> {
        switch bits {
        case 32: return converted(array, Int32.self) { Int128($0) }
        case 64: return converted(array, Int64.self) { Int128($0) }
        case 128: return elements(array, Int128.self)
        default:
            let source = elements(array, Decimal256.self)
            let span = source.span
            var wideRow: Int?
            let narrowed = Buffer<Int128>(capacity: span.count) { output in
                for row in span.indices {
                    let value = span[row]
                    if !value.fits, validity.map({ $0[row] }) ?? true { wideRow = row }
                    output.append(value.low)
                }
            }
            if let wideRow { throw outOfRange("a decimal of more than 128 bits in row \(wideRow)") }
            return narrowed
        }
    }

    /// A 256-bit number, the low half first.
    private struct Decimal256: BitwiseCopyable, Sendable {
        var low: Int128
        var high: Int128

        /// Whether the upper half only repeats the lower one's sign.
        var fits: Bool { high == (low < 0 ? -1 : 0) }
    }

    private func outOfRange(_ value: String) -> Failure {
        Failure(
            "DECODE_NUMBER",
            blame: .data,
            "column \"\(field.name)\" of \(path) holds \(value), which is outside its type's range",
            remedy: "correct the value where the file is made"
        )
    }
}
