internal import Columns
internal import Failures

/// Reads what a ``StateWriter`` wrote, in the same order.
struct StateReader {
    private let bytes: [UInt8]
    private var position = 0
    /// What holds the bytes, for messages.
    private let name: String

    init(_ bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    mutating func number<Number: FixedWidthInteger>(
        _ type: Number.Type = Number.self
    ) throws(Failure) -> Number {
        let size = Number.bitWidth / 8
        try require(size)
        var number: Number = 0
        for index in 0..<size {
            number |= Number(truncatingIfNeeded: bytes[position + index]) << (8 * index)
        }
        position += size
        return number
    }

    mutating func double() throws(Failure) -> Double { Double(bitPattern: try number()) }

    mutating func flag() throws(Failure) -> Bool {
        try require(1)
        defer { position += 1 }
        return bytes[position] != 0
    }

    /// How many of something follow, each of which takes a byte at least.
    mutating func count() throws(Failure) -> Int {
        let count: Int = try number()
        guard count >= 0, count <= bytes.count - position else { throw Self.corrupt(name) }
        return count
    }

    /// How many rows there are, which may take no bytes themselves.
    mutating func rowCount() throws(Failure) -> Int {
        let count: Int = try number()
        guard count >= 0, count <= Int(Int32.max) else { throw Self.corrupt(name) }
        return count
    }

    mutating func data() throws(Failure) -> [UInt8] {
        let count = try count()
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// The next `count` bytes as they are.
    mutating func raw(_ count: Int) throws(Failure) -> [UInt8] {
        guard count >= 0 else { throw Self.corrupt(name) }
        try require(count)
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func text() throws(Failure) -> String { String(decoding: try data(), as: UTF8.self) }

    mutating func numbers() throws(Failure) -> [Int64] {
        var numbers: [Int64] = []
        for _ in 0..<(try count()) { numbers.append(try number()) }
        return numbers
    }

    mutating func column(_ type: DataType) throws(Failure) -> Column {
        let count = try rowCount()
        let hasValidity = try flag()
        var validity: Bitmap?
        if hasValidity {
            var bits: [Bool] = []
            for _ in 0..<count { bits.append(try flag()) }
            validity = Bitmap(bits)
        }
        return Column(type, try values(type, count), validity: validity)
    }

    private mutating func values(
        _ type: DataType,
        _ count: Int
    ) throws(Failure) -> Column.Values {
        switch type.physical {
        case .integer:
            var numbers: [Int64] = []
            for _ in 0..<count { numbers.append(try number()) }
            return .integers(Buffer(numbers))
        case .double:
            var numbers: [Double] = []
            for _ in 0..<count { numbers.append(try double()) }
            return .doubles(Buffer(numbers))
        case .decimal:
            var numbers: [Int128] = []
            for _ in 0..<count { numbers.append(try number()) }
            return .decimals(Buffer(numbers))
        case .boolean:
            var bits: [Bool] = []
            for _ in 0..<count { bits.append(try flag()) }
            return .booleans(Bitmap(bits))
        case .text:
            var builder = TextBuilder(capacity: count)
            for _ in 0..<count {
                let text = try data()
                builder.append(text.span)
            }
            return .texts(builder.finish())
        }
    }

    mutating func batch(_ schema: Schema) throws(Failure) -> Batch {
        let count = try rowCount()
        var columns: [Column] = []
        for field in schema.fields {
            let column = try column(field.type)
            guard column.count == count else { throw Self.corrupt(name) }
            columns.append(column)
        }
        return Batch(schema: schema, columns: columns, rowCount: count)
    }

    /// Checks that everything has been read.
    func finish() throws(Failure) {
        guard position == bytes.count else { throw Self.corrupt(name) }
    }

    private func require(_ count: Int) throws(Failure) {
        guard count <= bytes.count - position else { throw Self.corrupt(name) }
    }

    static func corrupt(_ name: String) -> Failure {
        Failure(
            "STATE_CORRUPT",
            blame: .outside,
            "\(name) is damaged: its bytes are not those that were written",
            remedy: "look at the disk that holds it, and run the job again from its beginning"
        )
    }
}
