internal import Columns

/// State as bytes: numbers lowest byte first, counts before what varies.
struct StateWriter: Sendable {
    private(set) var bytes: [UInt8] = []

    init() {}

    mutating func write<Number: FixedWidthInteger>(_ number: Number) {
        var rest = number
        for _ in 0..<Number.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    mutating func write(_ number: Double) { write(number.bitPattern) }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func write(_ data: [UInt8]) {
        write(data.count)
        bytes.append(contentsOf: data)
    }

    /// Bytes as they are, without their count.
    mutating func append(_ data: [UInt8]) { bytes.append(contentsOf: data) }

    mutating func write(_ numbers: [Int64]) {
        write(numbers.count)
        for number in numbers { write(number) }
    }

    /// The bytes in `range` of a longer text.
    mutating func write(_ text: Span<UInt8>) {
        write(text.count)
        for index in text.indices { bytes.append(text[index]) }
    }

    /// A column; its type is not written, because whoever reads it knows it.
    mutating func write(_ column: Column) {
        write(column.count)
        write(column.validity != nil)
        if let validity = column.validity {
            for row in 0..<column.count { write(validity[row]) }
        }
        switch column.values {
        case .integers(let buffer): for row in 0..<buffer.count { write(buffer[row]) }
        case .doubles(let buffer): for row in 0..<buffer.count { write(buffer[row]) }
        case .decimals(let buffer): for row in 0..<buffer.count { write(buffer[row]) }
        case .booleans(let bits): for row in 0..<bits.count { write(bits[row]) }
        case .texts, .coded:
            let reader = TextReader(column)
            let buffer = reader.bytes
            let source = buffer.span
            for row in 0..<column.count {
                if column.isNull(row) {
                    write(0)
                } else {
                    write(source.extracting(reader.range(row)))
                }
            }
        }
    }

    mutating func write(_ batch: Batch) {
        write(batch.rowCount)
        for column in batch.columns { write(column) }
    }
}
