package import Columns
package import Failures
internal import Scalars

/// Writes batches as CSV that ``CSVDecoder`` reads back, quoting only where it must.
package struct CSVWriter {
    private let schema: Schema
    private let options: CSVOptions
    private let nullText: [UInt8]
    private let fieldText: CSVFieldText

    /// A writer of rows of `schema`; lines end with a newline alone.
    package init(schema: Schema, options: CSVOptions) {
        self.schema = schema
        self.options = options
        nullText = Array((options.nullLiteral ?? "").utf8)
        fieldText = CSVFieldText(options)
    }

    /// Appends the fields' names as a record.
    ///
    /// Throws `SINK_REJECTED` where a name needs quotes and the options have neither quote nor escape.
    package func appendHeader(to output: inout [UInt8]) throws(Failure) {
        for (index, field) in schema.fields.enumerated() {
            if index > 0 { output.append(options.delimiter) }
            try fieldText.append(Array(field.name.utf8).span, isFirst: index == 0, to: &output)
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
            try fieldText.append(text, isFirst: isFirst, to: &output)
        }
    }
}
