internal import CArrow
internal import Columns
internal import Failures

/// A column in the layout in which Parquet stores its type, ready to be lent to Arrow.
///
/// Values are lent without a copy where the layouts agree: BIGINT, DOUBLE, BOOLEAN, DECIMAL, text, bytes,
/// timestamps and times; narrower types are copied. Dictionary codes are spelled out, so that the bytes of a
/// file depend on its rows alone, not on how they came.
struct ExportedColumn: Sendable {
    /// Arrow's format text.
    let format: String
    let values: Values
    let validity: Bitmap?
    let count: Int

    enum Values: Sendable {
        case none
        case bits(Bitmap)
        case int8(Buffer<Int8>)
        case int16(Buffer<Int16>)
        case int32(Buffer<Int32>)
        case int64(Buffer<Int64>)
        case float(Buffer<Float>)
        case double(Buffer<Double>)
        case decimal(Buffer<Int128>)
        case texts(TextValues)
    }

    init(_ column: Column, format: String) {
        let plain = column.decoded
        self.format = format
        validity = plain.validity
        count = plain.count
        values = Self.values(plain, format)
    }

    private static func values(_ column: Column, _ format: String) -> Values {
        switch column.values {
        case .booleans(let bits): .bits(bits)
        case .doubles(let buffer):
            format == "f" ? .float(narrowed(buffer) { Float($0) }) : .double(buffer)
        case .decimals(let buffer): .decimal(buffer)
        case .texts(let texts): .texts(texts)
        case .coded: preconditionFailure("a decoded column has no codes")
        case .integers(let buffer):
            switch format {
            case "n": .none
            case "c": .int8(narrowed(buffer) { Int8(truncatingIfNeeded: $0) })
            case "s": .int16(narrowed(buffer) { Int16(truncatingIfNeeded: $0) })
            case "i", "tdD": .int32(narrowed(buffer) { Int32(truncatingIfNeeded: $0) })
            default: .int64(buffer)
            }
        }
    }

    private static func narrowed<
        Wide: BitwiseCopyable & Sendable,
        Narrow: BitwiseCopyable & Sendable
    >(
        _ buffer: Buffer<Wide>,
        _ convert: (Wide) -> Narrow
    ) -> Buffer<Narrow> {
        let source = buffer.span
        return Buffer(capacity: source.count) { output in
            for row in source.indices { output.append(convert(source[row])) }
        }
    }

    /// The format in which a field is written; throws `TYPE_SINK` where Parquet has none.
    static func format(of field: Field) throws(Failure) -> String {
        if let format = format(of: field.type) { return format }
        throw Failure(
            "TYPE_SINK",
            blame: .request,
            "column \"\(field.name)\" is of type \(field.type), which Parquet has no place for",
            remedy: "cast the column to BIGINT or STRING"
        )
    }

    private static func format(of type: DataType) -> String? {
        switch type {
        case .null: "n"
        case .boolean: "b"
        case .tinyint: "c"
        case .smallint: "s"
        case .int: "i"
        case .bigint: "l"
        case .float: "f"
        case .double: "g"
        case .decimal(let precision, let scale): "d:\(precision),\(scale)"
        case .char, .varchar, .string: "u"
        case .bytes: "z"
        case .date: "tdD"
        case .time: "ttu"
        case .timestamp: "tsu:"
        case .timestampLTZ: "tsu:UTC"
        case .intervalYearToMonth, .intervalDayToSecond: nil
        }
    }

    /// Where Arrow finds the buffers, the validity first.
    ///
    /// SAFETY: the pointers live as long as this value or a copy of it.
    var pointers: [UnsafeRawPointer?] {
        let bits = unsafe UnsafeRawPointer(validity?.words.firstElement)
        switch values {
        case .none: return unsafe []
        case .bits(let bitmap): return unsafe [bits, UnsafeRawPointer(bitmap.words.firstElement)]
        case .int8(let buffer): return unsafe [bits, UnsafeRawPointer(buffer.firstElement)]
        case .int16(let buffer): return unsafe [bits, UnsafeRawPointer(buffer.firstElement)]
        case .int32(let buffer): return unsafe [bits, UnsafeRawPointer(buffer.firstElement)]
        case .int64(let buffer): return unsafe [bits, UnsafeRawPointer(buffer.firstElement)]
        case .float(let buffer): return unsafe [bits, UnsafeRawPointer(buffer.firstElement)]
        case .double(let buffer): return unsafe [bits, UnsafeRawPointer(buffer.firstElement)]
        case .decimal(let buffer): return unsafe [bits, UnsafeRawPointer(buffer.firstElement)]
        case .texts(let texts):
            return unsafe [
                bits, UnsafeRawPointer(texts.offsets.firstElement),
                UnsafeRawPointer(texts.bytes.firstElement),
            ]
        }
    }
}
