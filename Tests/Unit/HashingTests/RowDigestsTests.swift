import Hashing
import TestKit
import Testing

@Suite("Row digests by column")
struct RowDigestsTests {
    /// One row of the batch under test, with nil for NULL.
    struct Row: Sendable {
        var integer: Int64?
        var double: Double?
        var text: String?
        var decimal: Int128?
        var flag: Bool?
    }

    static let row = Gen<Row> { generator, size in
        Row(
            integer: Gen<Int64>.integer().optional.make(&generator, size),
            double: Gen.double.optional.make(&generator, size),
            text: Gen.text.optional.make(&generator, size),
            decimal: Gen<Int128>.integer().optional.make(&generator, size),
            flag: Gen.bool.optional.make(&generator, size)
        )
    }

    @Test("digests by column equal digests by row")
    func equalToRows() {
        let rows = Gen.array(of: Self.row)
        checkProperty("by column = by row", rows, rounds: 150) { rows in
            let (byColumn, byRow) = (Self.digestByColumn(rows), Self.digestByRow(rows))
            return byColumn == byRow
        }
    }

    static func digestByRow(_ rows: [Row]) -> SegmentDigest {
        var digester = RowDigester(salt: "cutover")
        var segment = SegmentDigest()
        for row in rows {
            let days = row.integer.map { Int32(truncatingIfNeeded: $0) }
            let text = row.text.map { Array($0.utf8) }
            let cells: [Cell] = [
                row.integer.map(Cell.integer) ?? .null,
                row.double.map(Cell.double) ?? .null,
                row.double.map { .float(Float($0)) } ?? .null,
                text.map(Cell.text) ?? .null,
                text.map(Cell.bytes) ?? .null,
                row.decimal.map { .decimal($0, 4) } ?? .null,
                row.flag.map(Cell.boolean) ?? .null,
                row.integer.map(Cell.timestamp) ?? .null,
                days.map(Cell.date) ?? .null,
                .null,
            ]
            segment.add(digester.digest(cells))
        }
        return segment
    }

    static func digestByColumn(_ rows: [Row]) -> SegmentDigest {
        let integers = rows.map { $0.integer ?? 0 }
        let days = integers.map { Int64(Int32(truncatingIfNeeded: $0)) }
        let doubles = rows.map { $0.double ?? 0 }
        let floats = doubles.map { Double(Float($0)) }
        let decimals = rows.map { $0.decimal ?? 0 }
        let flags = words(rows.map { $0.flag ?? false })
        let texts = rows.map { Array(($0.text ?? "").utf8) }
        let bytes = texts.flatMap { $0 }
        let offsets = texts.reduce(into: [Int32(0)]) { $0.append(($0.last ?? 0) + Int32($1.count)) }
        // The dictionary is the texts in reverse, so that codes differ from rows.
        let reversed = Array(texts.reversed())
        let entries = reversed.flatMap { $0 }
        let entryOffsets = reversed.reduce(into: [Int32(0)]) {
            $0.append(($0.last ?? 0) + Int32($1.count))
        }
        let codes = rows.indices.map { Int32(rows.count - 1 - $0) }
        let validIntegers = words(rows.map { $0.integer != nil })
        let validDoubles = words(rows.map { $0.double != nil })
        let validTexts = words(rows.map { $0.text != nil })
        let validDecimals = words(rows.map { $0.decimal != nil })
        let validFlags = words(rows.map { $0.flag != nil })

        var digests = RowDigests(salt: "cutover")
        digests.begin(rowCount: rows.count, columnCount: 10)
        digests.append(integers: integers.span, validity: validIntegers.span)
        digests.append(doubles: doubles.span, validity: validDoubles.span)
        digests.append(floats: floats.span, validity: validDoubles.span)
        digests.append(
            .text,
            offsets: offsets.span,
            bytes: bytes.span,
            validity: validTexts.span
        )
        digests.append(
            .bytes,
            codes: codes.span,
            offsets: entryOffsets.span,
            bytes: entries.span,
            validity: validTexts.span
        )
        digests.append(decimals: decimals.span, scale: 4, validity: validDecimals.span)
        digests.append(booleans: flags.span, validity: validFlags.span)
        digests.append(timestamps: integers.span, validity: validIntegers.span)
        digests.append(dates: days.span, validity: validIntegers.span)
        digests.appendNulls()
        var segment = SegmentDigest()
        digests.finish(into: &segment)
        return segment
    }

    /// Packed bits; those past the end are set, since they must not matter.
    static func words(_ bits: [Bool]) -> [UInt64] {
        var words = [UInt64](repeating: ~0, count: (bits.count + 63) / 64)
        for index in bits.indices where !bits[index] {
            words[index / 64] &= ~(1 << UInt64(index % 64))
        }
        return words
    }
}
