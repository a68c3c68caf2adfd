import Columns
import Failures
import TestKit
import Testing
import TextFormats

@Suite("Writers")
struct WriterTests {
    private static let fields = [
        Field("i", .int), Field("d", .double), Field("f", .float),
        Field("n", .decimal(precision: 10, scale: 2)), Field("s", .string), Field("b", .boolean),
        Field("day", .date), Field("at", .timestamp(precision: 3)),
        Field("z", .timestampLTZ(precision: 6)), Field("o", .time(precision: 3)),
        Field("y", .bytes),
        Field("c", .string),
    ]

    private static func batch() -> Batch {
        let validity = Bitmap([true, false])
        let dictionary = TextDictionary(TextValues(["x", "q\"\n"]))
        let columns = [
            Column(.int, .integers(Buffer([-5, 0])), validity: validity),
            Column(.double, .doubles(Buffer([1e10, 0.5]))),
            Column(.float, .doubles(Buffer([Double(Float(0.1)), .nan]))),
            Column(.decimal(precision: 10, scale: 2), .decimals(Buffer([-50, 150]))),
            Column(.string, .texts(TextValues(["a,b", "plain é"]))),
            Column(.boolean, .booleans(Bitmap([true, false]))),
            Column(.date, .integers(Buffer([15706, 0])), validity: validity),
            Column(.timestamp(precision: 3), .integers(Buffer([1_500_000, -1000]))),
            Column(.timestampLTZ(precision: 6), .integers(Buffer([0, 1]))),
            Column(.time(precision: 3), .integers(Buffer([3_723_500_000, 0]))),
            Column(.bytes, .texts(TextValues(["hi", ""]))),
            Column(.string, .coded(codes: Buffer([1, 0]), dictionary: dictionary)),
        ]
        return Batch(schema: Schema(fields), columns: columns, rowCount: 2)
    }

    @Test("CSV has minimal quotes, exact decimals and shortest numbers")
    func csv() throws {
        var options = CSVOptions()
        options.nullLiteral = "NA"
        let writer = CSVWriter(schema: Schema(Self.fields), options: options)
        var output: [UInt8] = []
        try writer.appendHeader(to: &output)
        try writer.append(Self.batch(), to: &output)
        let text = String(decoding: output, as: UTF8.self)
        #expect(
            text == """
                i,d,f,n,s,b,day,at,z,o,y,c
                -5,1.0E10,0.1,-0.50,"a,b",true,2013-01-01,1970-01-01 00:00:01.5,1970-01-01 00:00:00Z,01:02:03.5,aGk=,"q""
                "
                NA,0.5,NaN,1.50,plain é,false,NA,1969-12-31 23:59:59.999,1970-01-01 00:00:00.000001Z,00:00:00,,x

                """
        )
        options.hasHeader = true
        let decoded = try DecodedText(output, fields: Self.fields, options: options)
        #expect(decoded.failures.isEmpty)
        let batch = Self.batch()
        #expect(decoded.rows[0] == batch.row(0))
        // NaN equals nothing, so the second row is compared as text.
        #expect("\(decoded.rows[1])" == "\(batch.row(1))")
    }

    @Test("JSON lines read back as they were written")
    func json() throws {
        let writer = JSONLinesWriter(schema: Schema(Self.fields), options: JSONLinesOptions())
        var output: [UInt8] = []
        writer.append(Self.batch(), to: &output)
        let text = String(decoding: output, as: UTF8.self)
        #expect(
            text.hasPrefix(
                "{\"i\":-5,\"d\":1.0E10,\"f\":0.1,\"n\":-0.50,\"s\":\"a,b\",\"b\":true,\"day\":\"2013-01-01\","
            )
        )
        #expect(text.contains("\"f\":\"NaN\""))
        #expect(text.contains("\"c\":\"q\\\"\\n\"}\n"))
        let decoder = JSONLinesDecoder(
            fields: Self.fields,
            projection: Array(Self.fields.indices),
            options: JSONLinesOptions()
        )
        let decoded = decoder.decode(TextChunk(copying: output))
        #expect(decoded.rejected.isEmpty)
        #expect(decoded.batch.row(0) == Self.batch().row(0))
        #expect("\(decoded.batch.row(1))" == "\(Self.batch().row(1))")
    }

    @Test("any text survives CSV and JSON, whatever the signs")
    func roundTrip() {
        let texts = Gen<[UInt8]> { generator, size in
            let alphabet = Array("ab,\"'\\\n\r\t #né\u{1}".utf8)
            return (0..<size).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
        }
        let values = Gen<[String]>.array(of: texts.map { String(decoding: $0, as: UTF8.self) })
        checkProperty("texts read back", values, rounds: 150) { values in
            let schema = Schema([Field("a", .string), Field("b", .string)])
            let column = Column(.string, .texts(TextValues(values)))
            let batch = Batch(schema: schema, columns: [column, column], rowCount: values.count)
            let expected = (0..<values.count).map { batch.row($0) }
            for (quote, escape) in [(0x22, nil), (0x27, 0x5C), (nil, 0x5C)] as [(UInt8?, UInt8?)] {
                var options = CSVOptions()
                options.quote = quote
                options.escape = escape
                options.allowsComments = values.count % 2 == 0
                var output: [UInt8] = []
                try CSVWriter(schema: schema, options: options).append(batch, to: &output)
                let decoded = try DecodedText(output, fields: schema.fields, options: options)
                guard decoded.rows == expected else { return false }
            }
            var output: [UInt8] = []
            JSONLinesWriter(schema: schema, options: .init()).append(batch, to: &output)
            let decoder = JSONLinesDecoder(
                fields: schema.fields,
                projection: [0, 1],
                options: .init()
            )
            let decoded = decoder.decode(TextChunk(copying: output)).batch
            return (0..<decoded.rowCount).map { decoded.row($0) } == expected
        }
    }

    @Test("text that cannot be written without quotes is refused")
    func unwritable() {
        var options = CSVOptions()
        options.quote = nil
        let schema = Schema([Field("a", .string)])
        let column = Column(.string, .texts(TextValues(["a,b"])))
        let batch = Batch(schema: schema, columns: [column], rowCount: 1)
        let failure = #expect(throws: Failure.self) {
            var output: [UInt8] = []
            try CSVWriter(schema: schema, options: options).append(batch, to: &output)
        }
        #expect(failure?.code == "SINK_REJECTED")
    }

    @Test("plain text is what CAST to STRING gives")
    func plainText() {
        let batch = Self.batch()
        let texts = batch.columns.map { column in
            var output: [UInt8] = []
            PlainText.append(column, row: 0, to: &output)
            return String(decoding: output, as: UTF8.self)
        }
        #expect(
            texts == [
                "-5", "1.0E10", "0.1", "-0.50", "a,b", "TRUE", "2013-01-01",
                "1970-01-01 00:00:01.500",
                "1970-01-01 00:00:00.000000", "01:02:03.500", "hi", "q\"\n",
            ]
        )
        var output: [UInt8] = []
        PlainText.append(batch.columns[0], row: 1, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "NULL")
    }
}
