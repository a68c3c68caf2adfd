import Columns
import Failures
import TestKit
import Testing
import TextFormats

/// A random text, and a random way to read it.
struct CSVCase: Sendable {
    var text: [UInt8]
    var options: CSVOptions
    var fieldCount: Int
    var chunkSize: Int
    var pieceSize: Int
}

@Suite("CSV against an obvious reader")
struct CSVPropertyTests {
    private static let cases = Gen<CSVCase>(
        shrink: { item in
            let half = item.text.count / 2
            guard half > 0 else { return [] }
            return [
                item.text[half...], item.text[..<half], item.text.dropFirst(), item.text.dropLast(),
            ]
            .map { text in
                var smaller = item
                smaller.text = Array(text)
                return smaller
            }
        },
        make: { generator, size in
            var options = CSVOptions()
            options.allowsComments = Int.random(in: 0..<4, using: &generator) == 0
            options.ignoresParseErrors = false
            if Int.random(in: 0..<4, using: &generator) == 0 { options.escape = 0x5C }
            if Int.random(in: 0..<4, using: &generator) == 0 { options.quote = nil }
            options.instructions = InstructionSet.allCases.randomElement(using: &generator) ?? .best
            let frequent = Array("aab1,,\n".utf8)
            var rare = Array("\"\"\"# é".utf8)
            rare += options.escape == nil ? [0x0D] : [0x5C, 0x6E]
            let quotes = Int.random(in: 1...9, using: &generator)
            let text = (0..<size * 6).map { _ in
                let isRare = Int.random(in: 0..<10, using: &generator) < quotes
                return (isRare ? rare : frequent).randomElement(using: &generator) ?? 0x61
            }
            return CSVCase(
                text: text,
                options: options,
                fieldCount: Int.random(in: 1...4, using: &generator),
                chunkSize: [1, 7, 64, 100, 1 << 16].randomElement(using: &generator) ?? 1,
                pieceSize: [1, 5, 1 << 16].randomElement(using: &generator) ?? 1
            )
        }
    )

    @Test("every text gives the same rows and the same refusals")
    func sameAsObvious() {
        checkProperty("CSV decoder equals the obvious one", Self.cases, rounds: 400) { item in
            let decoded = try DecodedText(
                item.text,
                fields: texts(item.fieldCount),
                options: item.options,
                chunkSize: item.chunkSize,
                pieceSize: item.pieceSize
            )
            return matches(decoded, item)
        }
    }

    private func matches(_ decoded: DecodedText, _ item: CSVCase) -> Bool {
        var obvious = ObviousCSV(item.text, item.options)
        var rows: [[Value]] = []
        var refused: [(Int, Range<Int>, String)] = []
        for record in obvious.records() {
            let fields = record.fields.map { $0.flatMap { String(validating: $0, as: UTF8.self) } }
            if record.isOpen {
                refused.append((rows.count, record.range, "DECODE_CSV"))
            } else if fields.count != item.fieldCount {
                refused.append((rows.count, record.range, "DECODE_FIELD_COUNT"))
            } else if let bad = fields.firstIndex(of: nil) {
                let code = record.fields[bad] == nil ? "DECODE_CSV" : "DECODE_UTF8"
                refused.append((rows.count, record.range, code))
            } else {
                rows.append(fields.map { .text($0 ?? "") })
            }
        }
        guard decoded.rows == rows, decoded.rejected.count == refused.count else { return false }
        return zip(decoded.rejected, refused).enumerated().allSatisfy { index, pair in
            let (actual, expected) = pair
            let line = item.text[..<expected.1.lowerBound].count { $0 == 0x0A }
            return actual.rowBefore == expected.0 && actual.bytes == expected.1
                && actual.line == line
                && decoded.failures[index].code == expected.2
        }
    }

    @Test("random bytes crash no column type, whatever the options")
    func randomBytes() {
        let types: [DataType] = [
            .tinyint, .smallint, .int, .bigint, .float, .double, .decimal(precision: 38, scale: 10),
            .string, .boolean, .date, .time(precision: 3), .timestamp(precision: 3),
            .timestampLTZ(precision: 6), .bytes, .null, .intervalDayToSecond,
        ]
        let fuzz = Gen<[UInt8]> { generator, size in
            let alphabet = Array("0123456789-+.:eTZ \"',\\\n\r#trufalsNIy".utf8)
            return (0..<size * 8).map { _ in
                Int.random(in: 0..<20, using: &generator) == 0
                    ? UInt8.random(in: 0...255, using: &generator)
                    : alphabet.randomElement(using: &generator) ?? 0
            }
        }
        checkProperty("every record is counted once", fuzz, rounds: 50) { text in
            for (index, type) in types.enumerated() {
                var options = CSVOptions()
                options.ignoresParseErrors = index % 2 == 0
                options.escape = index % 3 == 0 ? 0x5C : nil
                options.nullLiteral = index % 5 == 0 ? "" : nil
                let fields = [Field("a", type), Field("b", types[(index + 7) % types.count])]
                let decoded = try DecodedText(text, fields: fields, options: options, chunkSize: 32)
                let sum = decoded.rows.count + decoded.rejected.count + decoded.skippedRowCount
                guard sum == decoded.recordCount else { return false }
            }
            return true
        }
    }
}
