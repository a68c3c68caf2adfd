import Columns
import Failures
import Hashing
import TestKit
import Testing
import TextFormats

@Suite("Instruction sets")
struct InstructionSetTests {
    private static let fields = [
        Field("i", .int), Field("l", .bigint), Field("d", .double), Field("f", .float),
        Field("n", .decimal(precision: 9, scale: 2)),
        Field("m", .decimal(precision: 30, scale: 12)),
        Field("at", .timestamp(precision: 3)), Field("us", .timestamp(precision: 6)),
        Field("z", .timestampLTZ(precision: 3)), Field("day", .date), Field("b", .boolean),
        Field("s", .string),
    ]

    /// Mostly what tables hold, sometimes something odd.
    private static let numbers = [
        "0", "7", "-7", "42", "1234567", "-1234567", "12345678", "-12345678", "123456789",
        "2147483648",
        "1.5", "-0.25", "0.1", ".5", "5.", "-.5", "-", ".", "", "1.2.3", "12.345", "12.3456789",
        "-1234.56",
        "99999.99", "1e3", "NaN", " 3", "+4", "x", "1x", "00000001", "-0", "-0.0", "9999999", "NA",
        "\"12\"", "\"-1.5\"", "\"7\" ",
    ]
    private static let times = [
        "2013-01-01 00:00:00", "2013-01-01 23:59:59", "2013-01-01 12:34:56.7",
        "2013-01-01 12:34:56.789",
        "2013-01-01 12:34:56.123456", "2013-01-01 12:34:56.1234567", "2013-01-02 00:00:01",
        "2013-01-01 24:00:00", "2013-01-01 00:60:00", "2013-01-01 00:00:60", "2013-01-01T00:00:00",
        "2013-01-01 00:00:00Z", "2013-01-01 00:00:00.", "2013-01-01 00-00:00",
        "2013-01-01 00:00:0x",
        "2013-1-1 0:0:0", "2013-02-29 00:00:00", "2013-01-01", "", "NA", "2013-01-01 00:00:00x5",
    ]

    private static let quoted = ["\"q,\"", "\"a\" ", "\"\"", "\"x\"y", "\"d\"\"\"", "\"NA\""]

    private static func field(
        _ type: DataType,
        oddShare: Int,
        _ generator: inout SeededGenerator
    ) -> String {
        let isOdd = Int.random(in: 0..<100, using: &generator) < oddShare
        switch type {
        case .timestamp, .timestampLTZ:
            let hasZone = if case .timestampLTZ = type { true } else { false }
            if isOdd { return times.randomElement(using: &generator) ?? "" }
            return
                "2013-01-0\(Int.random(in: 1...2, using: &generator)) 05:15:0\(Int.random(in: 0...9, using: &generator)).5"
                + (hasZone ? "Z" : "")
        case .date: return isOdd ? times.randomElement(using: &generator) ?? "" : "2013-01-01"
        case .boolean: return isOdd ? "tru" : Bool.random(using: &generator) ? "true" : "False"
        case .string:
            if isOdd { return quoted.randomElement(using: &generator) ?? "" }
            return "text \(Int.random(in: 0...99999, using: &generator))"
        default:
            if isOdd { return numbers.randomElement(using: &generator) ?? "" }
            return String(Int.random(in: -9999...9999, using: &generator))
        }
    }

    private static let texts = Gen<[UInt8]> { generator, size in
        let end = Bool.random(using: &generator) ? "\r\n" : "\n"
        let oddShare = [0, 2, 50].randomElement(using: &generator) ?? 0
        let rows = (0..<size).map { _ in
            fields.map { field($0.type, oddShare: oddShare, &generator) }.joined(separator: ",")
        }
        return Array(rows.map { $0 + end }.joined().utf8)
    }

    @Test("every instruction set reads the same values and refuses the same rows")
    func sameResults() {
        checkProperty("instruction sets agree", Self.texts, rounds: 40) { text in
            for (index, nullLiteral) in ["NA", nil, "-7", ""].enumerated() {
                var options = CSVOptions()
                options.nullLiteral = nullLiteral
                options.ignoresParseErrors = index == 1
                options.instructions = .portable
                let expected = try DecodedText(text, fields: Self.fields, options: options)
                for instructions in InstructionSet.allCases where instructions.isAvailable {
                    options.instructions = instructions
                    let actual = try DecodedText(text, fields: Self.fields, options: options)
                    guard "\(actual.rows)" == "\(expected.rows)",
                        actual.rejected == expected.rejected,
                        actual.nulledFieldCount == expected.nulledFieldCount
                    else { return false }
                }
            }
            return true
        }
    }

    @Test("every row of one column is read as it is read alone")
    func sameAlone() throws {
        for field in Self.fields {
            let isTime = field.type.isTimestamp || field.type == .date
            // Sixteen plain rows around each odd one, so that it meets vectors.
            for odd in isTime ? Self.times : Self.numbers {
                var generator = SeededGenerator(seed: 1)
                let plain = (0..<16).map { _ in Self.field(field.type, oddShare: 0, &generator) }
                let alone = try DecodedText(Array("\(odd)\n".utf8), fields: [field])
                let rows = plain + [odd] + plain
                let text = Array(rows.joined(separator: "\n").utf8)
                let among = try DecodedText(text, fields: [field])
                let expected = alone.rows.map(\.description)
                #expect(
                    among.rows.dropFirst(16).prefix(expected.count).map(\.description) == expected
                )
                #expect(among.rows.count + among.rejected.count == 33)
                #expect(
                    among.rejected.map(\.reason) == alone.rejected.map(\.reason),
                    "\(odd) as \(field.type)"
                )
            }
        }
    }

    @Test("random doubles of few digits round as the standard library rounds them")
    func doubles() throws {
        var generator = SeededGenerator(seed: 7)
        let texts = (0..<4000).map { _ in
            let digits = String(UInt64.random(in: 0...99_999_999, using: &generator))
            let point = Int.random(in: 0...digits.count, using: &generator)
            return digits.prefix(point) + (Bool.random(using: &generator) ? "." : "")
                + digits.dropFirst(point)
        }
        let decoded = try DecodedText(
            Array(texts.joined(separator: "\n").utf8),
            fields: [Field("d", .double)]
        )
        #expect(decoded.rows.count == texts.count)
        for (row, text) in zip(decoded.rows, texts) {
            let padded = "0" + text + (text.hasSuffix(".") ? "0" : "")
            #expect(row == [.double(Double(padded) ?? .nan)], "\(text)")
        }
    }
}
