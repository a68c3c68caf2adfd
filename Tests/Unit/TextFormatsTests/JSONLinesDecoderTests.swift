import Columns
import Failures
import TestKit
import Testing
import TextFormats

@Suite("JSON lines decoder")
struct JSONLinesDecoderTests {
    private func decode(
        _ text: String,
        _ fields: [Field],
        options: JSONLinesOptions = JSONLinesOptions(),
        chunkSize: Int = 256 << 10
    ) throws -> (rows: [[Value]], failures: [Failure], last: DecodedChunk?) {
        let source = ArraySource(Array(text.utf8), name: "test.jsonl")
        let reader = TextChunkReader(source: source, framing: .lines, chunkSize: chunkSize)
        let decoder = JSONLinesDecoder(
            fields: fields,
            projection: Array(fields.indices),
            options: options
        )
        var rows: [[Value]] = []
        var failures: [Failure] = []
        var lines = 0
        var last: DecodedChunk?
        while let chunk = try reader.next() {
            let decoded = decoder.decode(chunk)
            rows += (0..<decoded.batch.rowCount).map { decoded.batch.row($0) }
            failures += decoded.rejected.map {
                decoded.failure(for: $0, path: "test.jsonl", linesBefore: lines)
            }
            lines += decoded.newlineCount
            let sum = decoded.batch.rowCount + decoded.rejected.count + decoded.skippedRowCount
            #expect(sum == decoded.recordCount)
            last = decoded
        }
        return (rows, failures, last)
    }

    @Test("each type is read from the kinds of values that Flink takes for it")
    func types() throws {
        let fields = [
            Field("i", .int), Field("b", .bigint), Field("d", .double), Field("f", .float),
            Field("n", .decimal(precision: 10, scale: 2)), Field("s", .string),
            Field("t", .boolean),
            Field("day", .date), Field("at", .timestamp(precision: 3)),
            Field("z", .timestampLTZ(precision: 3)),
            Field("o", .time(precision: 0)), Field("y", .bytes),
        ]
        let text = """
            {"i":1,"b":-9223372036854775808,"d":1.5e3,"f":0.1,"n":12.345,"s":"a\\n\\u00e9\\ud83d\\ude00","t":true,\
            "day":"2013-01-01","at":"1970-01-01 00:00:01.5","z":"1970-01-01 00:00:00Z","o":"00:00:01","y":"aGk="}
             { "s" : 1.50 , "i" : "7", "b": 3.0, "d":"NaN", "n":"-1", "t":"False", "unknown": [{"a":[1,{}]},null] } \r
            {"s":{"a": [1, "x y"]},"i":null,"i":2,"s":"first","s":"last"}
            {}
            """
        let decoded = try decode(text, fields)
        #expect(decoded.failures.isEmpty)
        #expect(
            decoded.rows[0] == [
                .integer(1), .integer(.min), .double(1500), .double(Double(Float(0.1))),
                .decimal(1235), .text("a\né😀"), .boolean(true), .integer(15706),
                .integer(1_500_000), .integer(0), .integer(1_000_000), .bytes([0x68, 0x69]),
            ]
        )
        #expect(decoded.rows[1][0...1] == [.integer(7), .integer(3)])
        #expect(decoded.rows[1][4...7] == [.decimal(-100), .text("1.50"), .boolean(false), .null])
        #expect(decoded.rows[2][0] == .integer(2))
        #expect(decoded.rows[2][5] == .text("last"))
        #expect(decoded.rows[3] == [Value](repeating: .null, count: 12))
        let nested = try decode("{\"s\": {\"a\": [1, \"x y\"]}}", [Field("s", .string)])
        #expect(nested.rows == [[.text("{\"a\":[1,\"x y\"]}")]])
    }

    struct BadLine: Sendable, CustomTestStringConvertible {
        var text: String
        var type: DataType = .int
        var code = "DECODE_JSON"
        var testDescription: String { text }
    }

    @Test(
        "a bad line is refused with its code and place, and its neighbours are kept",
        arguments: [
            BadLine(text: "{\"a\":3.7}", code: "DECODE_NUMBER"),
            BadLine(text: "{\"a\":3000000000}", code: "DECODE_NUMBER"),
            BadLine(text: "{\"a\":\"x\"}", code: "DECODE_NUMBER"),
            BadLine(text: "{\"a\":true}"),
            BadLine(text: "{\"a\":[1]}"),
            BadLine(text: "{\"a\":01}"),
            BadLine(text: "{\"a\":1.}"),
            BadLine(text: "{\"a\":+1}"),
            BadLine(text: "{\"a\":nul}"),
            BadLine(text: "{\"a\":1"),
            BadLine(text: "{\"a\":1,}"),
            BadLine(text: "{\"a\" 1}"),
            BadLine(text: "{a:1}"),
            BadLine(text: "[1]"),
            BadLine(text: "1"),
            BadLine(text: ""),
            BadLine(text: "{\"a\":1} x"),
            BadLine(text: "{\"a\":\"\\x\"}", type: .string),
            BadLine(text: "{\"a\":\"\\ud800\"}", type: .string),
            BadLine(text: "{\"a\":\"\u{1}\"}", type: .string),
            BadLine(text: "{\"a\":\"open}", type: .string),
            BadLine(text: "{\"b\":[1,}"),
            BadLine(text: "{\"b\":{\"c\":1]}"),
            BadLine(text: "{\"b\":" + String(repeating: "[", count: 300) + "}"),
            BadLine(text: "{\"a\":\"2013-02-30\"}", type: .date, code: "TIME_PARSE"),
            BadLine(
                text: "{\"a\":\"2013-01-01T00:00:00\"}",
                type: .timestamp(precision: 3),
                code: "TIME_PARSE"
            ),
            BadLine(text: "{\"a\":1}", type: .boolean),
        ]
    )
    func badLines(item: BadLine) throws {
        let text = "{}\n\(item.text)\n{}\n"
        let fields = [Field("a", item.type)]
        for chunkSize in [1, 1000] {
            let decoded = try decode(text, fields, chunkSize: chunkSize)
            #expect(decoded.rows == [[.null], [.null]])
            #expect(decoded.failures.map(\.code) == [item.code])
            #expect(decoded.failures.first?.description.contains("test.jsonl:2") == true)
        }
    }

    @Test("ignoring parse errors leaves out malformed lines and makes bad fields NULL")
    func ignoredErrors() throws {
        var options = JSONLinesOptions()
        options.ignoresParseErrors = true
        let fields = [Field("a", .int), Field("b", .string)]
        let decoded = try decode(
            "{\"a\":\"x\",\"b\":\"y\"}\nnot json\n{\"a\":2}\n",
            fields,
            options: options
        )
        #expect(decoded.rows == [[.null, .text("y")], [.integer(2), .null]])
        #expect(decoded.last?.nulledFieldCount == 1)
        #expect(decoded.last?.skippedRowCount == 1)
    }

    @Test("missing fields, ISO timestamps")
    func options() throws {
        var options = JSONLinesOptions()
        options.failsOnMissingField = true
        options.usesISO8601 = true
        let fields = [Field("a", .timestamp(precision: 3))]
        let decoded = try decode(
            "{\"a\":\"1970-01-01T00:00:01\"}\n{}\n{\"a\":null}\n",
            fields,
            options: options
        )
        #expect(decoded.rows == [[.integer(1_000_000)], [.null]])
        #expect(decoded.failures.first?.problem.contains("field a is missing") == true)
    }

    @Test("random bytes crash nothing, and every line is counted once")
    func randomBytes() {
        let fuzz = Gen<[UInt8]> { generator, size in
            let alphabet = Array("{}[]\",:\\ua0123.eE-+ \ntruefalsn\r".utf8)
            return (0..<size * 8).map { _ in
                Int.random(in: 0..<40, using: &generator) == 0
                    ? UInt8.random(in: 0...255, using: &generator)
                    : alphabet.randomElement(using: &generator) ?? 0
            }
        }
        let fields = [Field("a", .int), Field("u", .string), Field("e", .double)]
        checkProperty("lines are conserved", fuzz, rounds: 150) { text in
            let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
            let expected = lines.count - (text.isEmpty || text.last == 0x0A ? 1 : 0)
            let reader = TextChunkReader(source: ArraySource(text), framing: .lines, chunkSize: 16)
            let decoder = JSONLinesDecoder(fields: fields, projection: [2, 0, 1], options: .init())
            var count = 0
            while let chunk = try reader.next() {
                let decoded = decoder.decode(chunk)
                count += decoded.batch.rowCount + decoded.rejected.count
                guard decoded.recordCount == decoded.batch.rowCount + decoded.rejected.count else {
                    return false
                }
            }
            return count == expected
        }
    }
}
