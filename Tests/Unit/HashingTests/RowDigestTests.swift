import Hashing
import TestKit
import Testing

/// A value as the tests write it; each way to a digest takes it by its own calls.
enum Cell: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case decimal(Int128, Int)
    case float(Float)
    case double(Double)
    case text([UInt8])
    case bytes([UInt8])
    case timestamp(Int64)
    case date(Int32)
}

extension RowEncoder {
    mutating func append(_ cell: Cell) {
        switch cell {
        case .null: null()
        case .boolean(let value): boolean(value)
        case .integer(let value): integer(value)
        case .decimal(let value, let scale): decimal(unscaled: value, scale: scale)
        case .float(let value): float(value)
        case .double(let value): double(value)
        case .text(let value): text(value.span)
        case .bytes(let value): bytes(value.span)
        case .timestamp(let value): timestamp(microseconds: value)
        case .date(let value): date(days: value)
        }
    }

    static func encode(_ row: [Cell]) -> [UInt8] {
        var encoder = RowEncoder()
        encoder.begin(columnCount: row.count)
        for cell in row { encoder.append(cell) }
        return encoder.bytes
    }
}

extension RowDigester {
    mutating func digest(_ row: [Cell]) -> UInt128 {
        begin(columnCount: row.count)
        for cell in row {
            switch cell {
            case .null: null()
            case .boolean(let value): boolean(value)
            case .integer(let value): integer(value)
            case .decimal(let value, let scale): decimal(unscaled: value, scale: scale)
            case .float(let value): float(value)
            case .double(let value): double(value)
            case .text(let value): text(value.span)
            case .bytes(let value): bytes(value.span)
            case .timestamp(let value): timestamp(microseconds: value)
            case .date(let value): date(days: value)
            }
        }
        return finish()
    }
}

@Suite("Row digest")
struct RowDigestTests {
    static let apple: [Cell] = [.text(Array("AAPL".utf8)), .integer(12), .double(1.5)]
    static let microsoft: [Cell] = [.text(Array("MSFT".utf8)), .null, .double(-0.0)]

    static let cell: Gen<Cell> = .oneOf(
        Gen<Cell> { _, _ in .null },
        Gen.bool.map(Cell.boolean),
        Gen<Int64>.integer().map(Cell.integer),
        pair(Gen<Int128>.integer(), Gen<Int>.integer(in: 0...38)).map { .decimal($0.0, $0.1) },
        pair(Gen<Int128>.integer(in: -2000...2000), Gen<Int>.integer(in: 0...4))
            .map { .decimal($0.0, $0.1) },
        Gen.double.map { .float(Float($0)) },
        Gen.double.map(Cell.double),
        Gen.text.map { .text(Array($0.utf8)) },
        Gen.array(of: Gen<UInt8>.integer()).map(Cell.bytes),
        Gen<Int64>.integer().map(Cell.timestamp),
        Gen<Int32>.integer().map(Cell.date)
    )

    @Test("a row's bytes are the documented ones")
    func encoding() {
        let bytes = RowEncoder.encode(Self.apple)
        #expect(
            Hexadecimal.text(bytes.span)
                == "0300000007040000004141504c030c0000000000000006000000000000f83f"
        )
    }

    @Test("rows and segments have the documented digests")
    func vectors() {
        var digester = RowDigester(salt: "mig-001")
        let first = digester.digest(Self.apple)
        let second = digester.digest(Self.microsoft)
        #expect(Hexadecimal.text(first) == "6546292f632314cda37b3e2dc049dbfe")
        #expect(Hexadecimal.text(second) == "d1edc3ec71e0ba3ebf11f8350c3e1cd2")
        var segment = SegmentDigest()
        segment.add(second)
        segment.add(first)
        #expect(segment.description == "2:3733ed1bd503cf0c628d3662cc87f8d0")
        var unsalted = RowDigester(salt: "")
        let plain = unsalted.digest(Self.apple)
        #expect(Hexadecimal.text(plain) == "a9595e45796058d9dde6fba9d9fb3dc4")
    }

    @Test("each salt gives digests of its own")
    func salts() {
        var digesters = ["", "cutover", "mig-001"].map { RowDigester(salt: $0) }
        let digests = digesters.indices.map { digesters[$0].digest(Self.apple) }
        #expect(Set(digests).count == 3)
    }

    @Test("the digester hashes exactly the encoder's bytes")
    func digesterEqualsEncoder() {
        checkProperty("digest = hash(encoding)", Gen.array(of: Self.cell), rounds: 500) { row in
            var digester = RowDigester(salt: "cutover")
            let key = SipKey(tag: "digest/v1", salt: "cutover")
            let bytes = RowEncoder.encode(row)
            return digester.digest(row) == SipHash128.hash(bytes.span, key: key)
        }
    }

    @Test("equal decimals are encoded alike")
    func equalDecimals() {
        func encode(_ unscaled: Int128, _ scale: Int) -> [UInt8] {
            RowEncoder.encode([.decimal(unscaled, scale)])
        }
        #expect(encode(1500, 3) == encode(15, 1))
        #expect(encode(15, 1) == encode(150, 2))
        #expect(encode(0, 5) == encode(0, 0))
        #expect(encode(100, 0) == encode(10_000, 2))
        let large: Int128 = 123_456_789_012_345_678_901_234
        #expect(encode(large * 100, 7) == encode(large, 5))
    }

    // Texts, because a parameterized test with an Int128 argument crashes in Swift 6.3's runtime.
    @Test(
        "a decimal's bytes are minimal two's complement, highest first",
        arguments: [
            ("0", 4, "04000000000100000000"),
            ("15", 1, "0401000000010000000f"),
            ("127", 0, "0400000000010000007f"),
            ("128", 0, "0400000000020000000080"),
            ("-128", 0, "04000000000100000080"),
            ("-129", 0, "040000000002000000ff7f"),
            ("-1", 2, "040200000001000000ff"),
            ("12300", 4, "0402000000010000007b"),
            ("18446744073709551615", 0, "04000000000900000000ffffffffffffffff"),
        ]
    )
    func decimalBytes(unscaled: String, scale: Int, expected: String) throws {
        let value = try #require(Int128(unscaled))
        let bytes = Array(RowEncoder.encode([.decimal(value, scale)]).dropFirst(4))
        let actual = Hexadecimal.text(bytes.span)
        #expect(actual == expected)
    }

    @Test("zeros, and NaNs, are encoded alike; times before 1970 round down")
    func normalisation() {
        let zeros = [RowEncoder.encode([.double(0)]), RowEncoder.encode([.double(-0.0)])]
        #expect(zeros[0] == zeros[1])
        let odd = Double(bitPattern: 0xfff0_0000_0000_0001)
        #expect(RowEncoder.encode([.double(odd)]) == RowEncoder.encode([.double(.nan)]))
        var encoder = RowEncoder()
        encoder.begin(columnCount: 1)
        encoder.timestamp(seconds: -1, nanoseconds: 999_999_000)
        #expect(encoder.bytes == RowEncoder.encode([.timestamp(-1)]))
    }
}

@Suite("Segment digest")
struct SegmentDigestTests {
    @Test("order and cuts do not matter, duplicates count")
    func sums() {
        let digests = Gen.array(of: Gen<UInt64>.integer())
        checkProperty("segments add up", pair(digests, digests)) { value in
            var whole = SegmentDigest()
            for digest in (value.0 + value.1).reversed() { whole.add(UInt128(digest) << 64 | 7) }
            var left = SegmentDigest()
            for digest in value.0 { left.add(UInt128(digest) << 64 | 7) }
            var right = SegmentDigest()
            for digest in value.1 { right.add(UInt128(digest) << 64 | 7) }
            right.merge(left)
            return right == whole && SegmentDigest(whole.description) == whole
        }
        var once = SegmentDigest()
        once.add(5)
        var twice = once
        twice.add(5)
        #expect(once != twice)
        #expect(SegmentDigest().description == "0:00000000000000000000000000000000")
    }

    @Test(
        "other texts than COUNT:HEX32 are refused",
        arguments: ["", "1:", ":00", "1:0g", "-1:00"]
    )
    func badTexts(_ text: String) {
        #expect(SegmentDigest(text) == nil)
    }
}
