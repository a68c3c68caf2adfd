package import Columns
package import Failures
internal import Scalars

/// Writes batches as CSV that ``CSVDecoder`` reads back, quoting only where it must.
package struct CSVWriter {
    private let schema: Schema
    private let options: CSVOptions
    private let nullText: [UInt8]
    /// Text with one of these bytes is quoted or escaped.
    private let isSpecial: [Bool]

    /// A writer of rows of `schema`; lines end with a newline alone.
    package init(schema: Schema, options: CSVOptions) {
        self.schema = schema
        self.options = options
        nullText = Array((options.nullLiteral ?? "").utf8)
        var isSpecial = [Bool](repeating: false, count: 256)
        for byte in [options.delimiter, 0x0A, 0x0D] { isSpecial[Int(byte)] = true }
        if let quote = options.quote { isSpecial[Int(quote)] = true }
        if let escape = options.escape { isSpecial[Int(escape)] = true }
        self.isSpecial = isSpecial
    }

    /// Appends the fields' names as a record.
    ///
    /// Throws `SINK_REJECTED` where a name needs quotes and the options have neither quote nor escape.
    package func appendHeader(to output: inout [UInt8]) throws(Failure) {
        for (index, field) in schema.fields.enumerated() {
            if index > 0 { output.append(options.delimiter) }
            try append(text: Array(field.name.utf8).span, isFirst: index == 0, to: &output)
        }
        output.append(0x0A)
    }

    /// Appends the rows of a batch.
    ///
    /// Throws `SINK_REJECTED` where a text needs quotes and the options have neither quote nor escape.
    package func append(_ batch: Batch, to output: inout [UInt8]) throws(Failure) {
        precondition(batch.schema.count == schema.count, "a batch of the writer's schema")
        for row in 0..<batch.rowCount {
            for (index, column) in batch.columns.enumerated() {
                if index > 0 { output.append(options.delimiter) }
                try append(column, row: row, isFirst: index == 0, to: &output)
            }
            output.append(0x0A)
        }
    }

    private func append(
        _ column: Column,
        row: Int,
        isFirst: Bool,
        to output: inout [UInt8]
    ) throws(Failure) {
        if column.isNull(row) {
            output.append(contentsOf: nullText)
            return
        }
        switch column.values {
        case .integers(let buffer):
            WrittenValue.append(buffer[row], column.type, timestampSeparator: 0x20, to: &output)
        case .doubles(let buffer): WrittenValue.append(buffer[row], column.type, to: &output)
        case .booleans(let bitmap): BooleanText.append(bitmap[row], to: &output)
        case .decimals(let buffer):
            DecimalText.append(buffer[row], scale: column.type.decimalScale, to: &output)
        case .texts(let texts): try append(texts, row, column.type, isFirst: isFirst, to: &output)
        case .coded(let codes, let dictionary):
            let code = Int(codes[row])
            try append(dictionary.values, code, column.type, isFirst: isFirst, to: &output)
        }
    }

    private func append(
        _ texts: TextValues,
        _ row: Int,
        _ type: DataType,
        isFirst: Bool,
        to output: inout [UInt8]
    ) throws(Failure) {
        let bytes = texts.bytes.span
        let text = bytes.extracting(texts.range(row))
        if type == .bytes {
            Base64Text.append(encoding: text, to: &output)
        } else {
            try append(text: text, isFirst: isFirst, to: &output)
        }
    }

    private func append(
        text: Span<UInt8>,
        isFirst: Bool,
        to output: inout [UInt8]
    ) throws(Failure) {
        var needsQuotes = isFirst && options.allowsComments && looksLikeComment(text)
        for index in text.indices where isSpecial[Int(text[index])] { needsQuotes = true }
        guard needsQuotes else {
            output.append(addingCapacity: text.count) { space in
                for index in text.indices { space.append(text[index]) }
            }
            return
        }
        guard let quote = options.quote else {
            guard let escape = options.escape else { throw unwritable(text) }
            appendEscaped(text, escape, to: &output)
            return
        }
        output.append(quote)
        for index in text.indices {
            let byte = text[index]
            // A quote is doubled; an escape byte escapes itself.
            if byte == quote || byte == options.escape { output.append(byte) }
            output.append(byte)
        }
        output.append(quote)
    }

    /// Whether a reader that allows comments would take a record that begins so for none.
    private func looksLikeComment(_ text: Span<UInt8>) -> Bool {
        text.isEmpty || text[0] == 0x20 || text[0] == 0x23
    }

    private func appendEscaped(_ text: Span<UInt8>, _ escape: UInt8, to output: inout [UInt8]) {
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case 0x0A: output.append(contentsOf: [escape, 0x6E])
            case 0x0D: output.append(contentsOf: [escape, 0x72])
            case options.delimiter, escape, 0x20, 0x23: output.append(contentsOf: [escape, byte])
            default: output.append(byte)
            }
        }
    }

    private func unwritable(_ text: Span<UInt8>) -> Failure {
        var copy: [UInt8] = []
        for index in 0..<min(text.count, 80) { copy.append(text[index]) }
        return Failure(
            "SINK_REJECTED",
            blame: .data,
            "the text `\(String(decoding: copy, as: UTF8.self))` holds a delimiter or line end, and quotes are disabled",
            remedy: "set csv.quote-character or csv.escape-character on the sink"
        )
    }
}
