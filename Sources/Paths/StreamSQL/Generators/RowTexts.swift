internal import Columns
internal import Failures
internal import Scalars
internal import TextFormats

/// How rows become lines of text.
enum RowForm: Sendable {
    /// Without a header; fields are quoted where they must be. NULL is `nullLiteral`.
    case csv(CSVFieldText, delimiter: UInt8, nullLiteral: String)
    /// One object a line; timestamps as SQL writes them.
    case jsonLines

    /// CSV as the writer of tables makes it.
    static func quotedCSV(delimiter: UInt8, nullLiteral: String) -> RowForm {
        var options = CSVOptions()
        options.delimiter = delimiter
        return .csv(CSVFieldText(options), delimiter: delimiter, nullLiteral: nullLiteral)
    }

    /// The lines of all rows, each with its newline.
    ///
    /// Fields are made column by column, so that each loop knows its type, and then put together row by row.
    func text(of batch: Batch) -> [UInt8] {
        var fields = RowFields(rowCount: batch.rowCount, columnCount: batch.columns.count)
        for (index, column) in batch.columns.enumerated() {
            fields.appendPrefix(prefix(index, name: batch.schema[index].name))
            fields.append(column, form: self)
        }
        fields.appendPrefix(Array(suffix.utf8))
        return fields.joined()
    }

    private func prefix(_ index: Int, name: String) -> [UInt8] {
        switch self {
        case .csv(_, let delimiter, _): return index == 0 ? [] : [delimiter]
        case .jsonLines:
            var bytes = Array((index == 0 ? "{" : ",").utf8)
            appendText(Array(name.utf8).span, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            return bytes
        }
    }

    private var suffix: String {
        switch self {
        case .csv: "\n"
        case .jsonLines: "}\n"
        }
    }

    func appendNull(to bytes: inout [UInt8]) {
        switch self {
        case .csv(_, _, let literal): bytes.append(contentsOf: literal.utf8)
        case .jsonLines: bytes.append(contentsOf: "null".utf8)
        }
    }

    /// Appends a text with the form's quotes and escapes.
    func appendText(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        switch self {
        case .csv(let fields, _, _):
            do throws(Failure) {
                try fields.append(text, isFirst: false, to: &bytes)
            } catch {
                preconditionFailure("generated files have quotes: \(error)")
            }
        case .jsonLines: JSONLinesWriter.append(text: text, to: &bytes)
        }
    }

    /// Whether times and dates stand in quotes.
    var quotesTimes: Bool {
        switch self {
        case .csv: false
        case .jsonLines: true
        }
    }
}

/// The fields of a batch as texts in one pool, column after column.
private struct RowFields {
    private let rowCount: Int
    private var bytes: [UInt8] = []
    /// Where the field of (column, row) lies in `bytes`: entry `column * rowCount + row`.
    private var starts: [Int32] = []
    private var ends: [Int32] = []
    /// Where the text before each column lies, and the one after the last.
    private var prefixes: [Range<Int>] = []

    init(rowCount: Int, columnCount: Int) {
        self.rowCount = rowCount
        starts.reserveCapacity(rowCount * columnCount)
        ends.reserveCapacity(rowCount * columnCount)
        bytes.reserveCapacity(rowCount * columnCount * 8)
    }

    mutating func appendPrefix(_ text: [UInt8]) {
        prefixes.append(bytes.count..<bytes.count + text.count)
        bytes.append(contentsOf: text)
    }

    mutating func append(_ column: Column, form: RowForm) {
        switch column.values {
        case .integers(let values):
            let values = values.span
            appendFields(column, form) { row, bytes in
                Self.append(values[row], column.type, form, to: &bytes)
            }
        case .doubles(let values):
            let values = values.span
            appendFields(column, form) { DoubleText.append(values[$0], to: &$1) }
        case .booleans(let values):
            appendFields(column, form) { BooleanText.append(values[$0], to: &$1) }
        case .decimals(let values):
            let values = values.span
            var scale = 0
            if case .decimal(_, let digits) = column.type { scale = digits }
            appendFields(column, form) { DecimalText.append(values[$0], scale: scale, to: &$1) }
        case .texts(let texts):
            let span = texts.bytes.span
            appendFields(column, form) { row, bytes in
                form.appendText(span.extracting(texts.range(row)), to: &bytes)
            }
        case .coded(let codes, let dictionary):
            appendCoded(codes, dictionary.values, column.validity, form)
        }
    }

    @inline(__always)
    private mutating func appendFields(
        _ column: Column,
        _ form: RowForm,
        _ appendField: (Int, inout [UInt8]) -> Void
    ) {
        let validity = column.validity
        for row in 0..<rowCount {
            starts.append(Int32(bytes.count))
            if let validity, !validity[row] {
                form.appendNull(to: &bytes)
            } else {
                appendField(row, &bytes)
            }
            ends.append(Int32(bytes.count))
        }
    }

    /// Makes each entry's text once, however many rows point to it.
    private mutating func appendCoded(
        _ codes: Buffer<Int32>,
        _ entries: TextValues,
        _ validity: Bitmap?,
        _ form: RowForm
    ) {
        let span = entries.bytes.span
        var places: [Range<Int32>] = []
        places.reserveCapacity(entries.count + 1)
        for entry in 0...entries.count {
            let start = Int32(bytes.count)
            if entry < entries.count {
                form.appendText(span.extracting(entries.range(entry)), to: &bytes)
            } else {
                form.appendNull(to: &bytes)
            }
            places.append(start..<Int32(bytes.count))
        }
        let codes = codes.span
        for row in 0..<rowCount {
            let isNull = validity.map { !$0[row] } ?? false
            let place = places[isNull ? entries.count : Int(codes[row])]
            starts.append(place.lowerBound)
            ends.append(place.upperBound)
        }
    }

    private static func append(
        _ value: Int64,
        _ type: DataType,
        _ form: RowForm,
        to bytes: inout [UInt8]
    ) {
        guard case .timestamp(let precision) = type else {
            precondition(type.isInteger, "generated tables hold integers and timestamps")
            return IntegerText.append(value, to: &bytes)
        }
        if form.quotesTimes { bytes.append(0x22) }
        TemporalText.appendTimestamp(value, precision: precision, to: &bytes)
        if form.quotesTimes { bytes.append(0x22) }
    }

    /// All rows, one after another.
    func joined() -> [UInt8] {
        let columnCount = prefixes.count - 1
        var size = prefixes.reduce(0) { $0 + $1.count } * rowCount
        for field in starts.indices { size += Int(ends[field] - starts[field]) }
        let (bytes, starts, ends) = (bytes.span, starts.span, ends.span)
        return [UInt8](capacity: size) { output in
            for row in 0..<rowCount {
                for column in 0..<columnCount {
                    Self.copy(bytes, prefixes[column], to: &output)
                    let field = column * rowCount + row
                    Self.copy(bytes, Int(starts[field])..<Int(ends[field]), to: &output)
                }
                Self.copy(bytes, prefixes[columnCount], to: &output)
            }
        }
    }

    @inline(__always)
    private static func copy(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        to output: inout OutputSpan<UInt8>
    ) {
        let part = bytes.extracting(range)
        for index in part.indices { output.append(part[index]) }
    }
}
