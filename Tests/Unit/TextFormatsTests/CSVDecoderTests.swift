import Columns
import Failures
import TestKit
import Testing
import TextFormats

/// A whole text decoded chunk by chunk.
struct DecodedText {
    var rows: [[Value]] = []
    var rejected: [RejectedRow] = []
    var failures: [Failure] = []
    var recordCount = 0
    var newlineCount = 0
    var nulledFieldCount = 0
    var skippedRowCount = 0

    init(
        _ text: [UInt8],
        fields: [Field],
        projection: [Int]? = nil,
        options: CSVOptions = CSVOptions(),
        chunkSize: Int = 4096,
        pieceSize: Int = 1 << 20
    ) throws {
        let reader = TextChunkReader(
            source: ArraySource(text, pieceSize: pieceSize),
            framing: .csv(options),
            chunkSize: chunkSize
        )
        let decoder = CSVDecoder(
            fields: fields,
            projection: projection ?? Array(fields.indices),
            options: options
        )
        while let chunk = try reader.next() { add(decoder.decode(chunk)) }
    }

    private mutating func add(_ chunk: DecodedChunk) {
        for row in chunk.rejected {
            failures.append(chunk.failure(for: row, path: "test.csv", linesBefore: newlineCount))
            var moved = row
            moved.rowBefore += rows.count
            moved.line += newlineCount
            moved.bytes = row.byteOffset..<row.byteOffset + row.bytes.count
            rejected.append(moved)
        }
        rows += (0..<chunk.batch.rowCount).map { chunk.batch.row($0) }
        recordCount += chunk.recordCount
        newlineCount += chunk.newlineCount
        nulledFieldCount += chunk.nulledFieldCount
        skippedRowCount += chunk.skippedRowCount
    }
}

func texts(_ count: Int) -> [Field] { (0..<count).map { Field("f\($0)", .string) } }

@Suite("CSV decoder")
struct CSVDecoderTests {
    private func decode(
        _ text: String,
        _ types: DataType...,
        options: CSVOptions = CSVOptions(),
        projection: [Int]? = nil
    ) throws -> DecodedText {
        let fields = types.enumerated().map { Field("f\($0.offset)", $0.element) }
        return try DecodedText(
            Array(text.utf8),
            fields: fields,
            projection: projection,
            options: options
        )
    }

    @Test("each type is read from its text")
    func types() throws {
        let decoded = try decode(
            "1,-2,3,4,1.5,-2.25,12.345,x y,TRUE,2013-01-01,01:02:03.5,2013-01-01 05:15:00.25,1970-01-01 00:00:01Z,aGk=\n",
            .tinyint,
            .smallint,
            .int,
            .bigint,
            .float,
            .double,
            .decimal(precision: 10, scale: 2),
            .string,
            .boolean,
            .date,
            .time(precision: 3),
            .timestamp(precision: 3),
            .timestampLTZ(precision: 6),
            .bytes
        )
        #expect(
            decoded.rows == [
                [
                    .integer(1), .integer(-2), .integer(3), .integer(4), .double(1.5),
                    .double(-2.25), .decimal(1235), .text("x y"), .boolean(true), .integer(15706),
                    .integer(3_723_500_000), .integer(1_357_017_300_250_000), .integer(1_000_000),
                    .bytes([0x68, 0x69]),
                ]
            ]
        )
    }

    struct BadField: Sendable, CustomTestStringConvertible {
        var text: String
        var type: DataType
        var code: String
        var testDescription: String { "`\(text)` as \(type)" }
    }

    @Test(
        "a value that its type cannot hold is refused with its code",
        arguments: [
            BadField(text: "128", type: .tinyint, code: "DECODE_NUMBER"),
            BadField(text: "-32769", type: .smallint, code: "DECODE_NUMBER"),
            BadField(text: "2147483648", type: .int, code: "DECODE_NUMBER"),
            BadField(text: "9223372036854775808", type: .bigint, code: "DECODE_NUMBER"),
            BadField(text: "1.0", type: .int, code: "DECODE_NUMBER"),
            BadField(text: "", type: .int, code: "DECODE_NUMBER"),
            BadField(text: "x", type: .double, code: "DECODE_NUMBER"),
            BadField(text: "1.2.3", type: .double, code: "DECODE_NUMBER"),
            BadField(text: ".", type: .double, code: "DECODE_NUMBER"),
            BadField(text: "-", type: .decimal(precision: 5, scale: 2), code: "DECODE_NUMBER"),
            BadField(text: "1000", type: .decimal(precision: 5, scale: 2), code: "DECODE_NUMBER"),
            BadField(
                text: "999.999",
                type: .decimal(precision: 5, scale: 2),
                code: "DECODE_NUMBER"
            ),
            BadField(text: " 1", type: .decimal(precision: 5, scale: 2), code: "DECODE_NUMBER"),
            BadField(text: "yes", type: .boolean, code: "DECODE_CSV"),
            BadField(text: "2013-02-30", type: .date, code: "TIME_PARSE"),
            BadField(
                text: "2013-02-30 00:00:00",
                type: .timestamp(precision: 3),
                code: "TIME_PARSE"
            ),
            BadField(
                text: "2013-02-03T00:00:00",
                type: .timestamp(precision: 3),
                code: "TIME_PARSE"
            ),
            BadField(
                text: "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0:00",
                type: .timestamp(precision: 3),
                code: "TIME_PARSE"
            ),
            BadField(text: "24:00:00", type: .time(precision: 0), code: "TIME_PARSE"),
            BadField(text: "a", type: .bytes, code: "DECODE_CSV"),
            BadField(text: "\"a\"b", type: .string, code: "DECODE_CSV"),
            BadField(text: "\"1\"2", type: .int, code: "DECODE_CSV"),
            BadField(text: "1,2", type: .int, code: "DECODE_FIELD_COUNT"),
            BadField(text: "\"a", type: .string, code: "DECODE_CSV"),
        ]
    )
    func badFields(item: BadField) throws {
        let text = "\(item.text)\n"
        let decoded = try decode(text, item.type)
        #expect(decoded.rows.isEmpty)
        let failure = try #require(decoded.failures.first)
        #expect(failure.code == item.code)
        #expect(failure.description.contains("test.csv:1"))
        #expect(!failure.remedy.isEmpty)
        #expect(decoded.recordCount == 1)
    }

    @Test("numbers may have spaces around them, a plus and an exponent, as in Flink")
    func unusualNumbers() throws {
        let decoded = try decode(
            " 7 ,+8,\"9\",1e3, 2.5 ,\"0.125\",12345678901234567890.5\n",
            .int,
            .bigint,
            .int,
            .double,
            .double,
            .float,
            .double
        )
        #expect(
            decoded.rows == [
                [
                    .integer(7), .integer(8), .integer(9), .double(1000), .double(2.5),
                    .double(0.125), .double(12_345_678_901_234_567_890.5),
                ]
            ]
        )
    }

    @Test("the null literal is NULL in every type, quoted or not")
    func nullLiteral() throws {
        var options = CSVOptions()
        options.nullLiteral = "NA"
        let decoded = try decode(
            "NA,NA,NA,\"NA\",NA\n1,x,2.5,y,true\n",
            .int,
            .string,
            .double,
            .string,
            .boolean,
            options: options
        )
        #expect(decoded.rows[0] == [.null, .null, .null, .null, .null])
        #expect(
            decoded.rows[1] == [.integer(1), .text("x"), .double(2.5), .text("y"), .boolean(true)]
        )
        options.nullLiteral = "-1"
        #expect(
            try decode("-1,-1\n-2,1\n", .int, .int, options: options).rows == [
                [.null, .null], [.integer(-2), .integer(1)],
            ]
        )
        options.nullLiteral = ""
        #expect(
            try decode(",\n2,a\n", .int, .string, options: options).rows == [
                [.null, .null], [.integer(2), .text("a")],
            ]
        )
    }

    @Test("a bad row is told with its place, and the rows around it are kept")
    func placesOfBadRows() throws {
        let text = "1,a\n2,\"b\nc\"\nx,d\r\n3\n4,e\n5,f,g\n6,h"
        let decoded = try decode(text, .int, .string)
        #expect(decoded.rows.map(\.[0]) == [.integer(1), .integer(2), .integer(4), .integer(6)])
        #expect(decoded.rejected.map(\.rowBefore) == [2, 2, 3])
        #expect(decoded.rejected.map(\.byteOffset) == [12, 17, 23])
        #expect(decoded.rejected.map(\.line) == [3, 4, 6])
        #expect(decoded.rejected.map(\.field) == [0, nil, nil])
        #expect(decoded.rejected.map(\.bytes.count) == [3, 1, 5])
        #expect(
            decoded.failures.map(\.description)[0]
                .contains("test.csv:4 field 1 (byte 12)")
        )
        #expect(decoded.failures[0].problem == "field f0 is no INT in `x,d`")
        #expect(decoded.recordCount == 7)
        #expect(decoded.newlineCount == 7)
    }

    @Test("ignoring parse errors makes bad and missing fields NULL and leaves out rows of too many")
    func ignoredErrors() throws {
        var options = CSVOptions()
        options.ignoresParseErrors = true
        let decoded = try decode(
            "1,a,2.5\nx,b,3\n2\r\n3,c,1,9\n\"4\"5,d,1\n\n6,\"open",
            .int,
            .string,
            .double,
            options: options
        )
        #expect(
            decoded.rows == [
                [.integer(1), .text("a"), .double(2.5)], [.null, .text("b"), .double(3)],
                [.integer(2), .null, .null], [.null, .text("d"), .double(1)],
                [.null, .null, .null],
            ]
        )
        #expect(decoded.nulledFieldCount == 7)
        #expect(decoded.skippedRowCount == 2)
        #expect(decoded.recordCount == 7)
        #expect(decoded.rejected.isEmpty)
    }

    @Test("a header, a byte order mark and comments are no data")
    func preamble() throws {
        var options = CSVOptions()
        options.hasHeader = true
        options.allowsComments = true
        let decoded = try decode(
            "\u{FEFF}# it's \"a\" comment\na,\"b\nc\"\n\n  # more, of it\n  1,2\n#\n3,x\n",
            .int,
            .int,
            options: options
        )
        #expect(decoded.rows == [[.integer(1), .integer(2)]])
        #expect(decoded.rejected.map(\.line) == [7])
        #expect(decoded.newlineCount == 8)
        let empty = try decode("a,b\n", .int, .int, options: options)
        #expect(empty.recordCount == 0)
    }

    @Test("other delimiters, quotes and escapes")
    func otherSigns() throws {
        var options = CSVOptions()
        options.delimiter = 0x09
        options.quote = 0x27
        options.escape = 0x5C
        let decoded = try decode(
            "a\\\tb\t'it\\'s ''x'''\tc\\nd\n",
            .string,
            .string,
            .string,
            options: options
        )
        #expect(decoded.rows == [[.text("a\tb"), .text("it's 'x'"), .text("c\nd")]])
        options.quote = nil
        options.escape = nil
        let plain = try decode("'a\t\"b\t'c'\n", .string, .string, .string, options: options)
        #expect(plain.rows == [[.text("'a"), .text("\"b"), .text("'c'")]])
    }

    @Test("only projected fields are read, in projection order")
    func projection() throws {
        let decoded = try decode("bad,2,x\n", .int, .int, .string, projection: [2, 1])
        #expect(decoded.rows == [[.text("x"), .integer(2)]])
        #expect(try decode("1,2\n3,4\n", .int, .int, projection: []).rows == [[], []])
    }

    @Test("text that is not UTF-8 is refused only where it is read")
    func encoding() throws {
        let text = Array("1,é\n2,".utf8) + [0xFF, 0x0A] + Array("3,x\n".utf8)
        let fields = [Field("a", .int), Field("b", .string)]
        let decoded = try DecodedText(text, fields: fields)
        #expect(decoded.rows == [[.integer(1), .text("é")], [.integer(3), .text("x")]])
        #expect(decoded.failures.map(\.code) == ["DECODE_UTF8"])
        #expect(try DecodedText(text, fields: fields, projection: [0]).rows.count == 3)
    }

    @Test("a row past the limit is refused with its place")
    func longRows() throws {
        let text = Array("a\n\"".utf8) + [UInt8](repeating: 0x78, count: 5000)
        let reader = TextChunkReader(
            source: ArraySource(text),
            framing: .csv(CSVOptions()),
            chunkSize: 16,
            rowLimit: 1000
        )
        #expect(try reader.next()?.count == 2)
        let failure = #expect(throws: Failure.self) { _ = try reader.next() }
        #expect(failure?.code == "DECODE_CSV")
        #expect(failure?.description.contains("byte 2") == true)
        #expect(failure?.problem == "a row has more than 1000 bytes")
    }
}
