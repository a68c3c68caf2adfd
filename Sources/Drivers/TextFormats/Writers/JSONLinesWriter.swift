package import Columns
internal import Scalars

/// Writes batches as one JSON object a line, with the fields in the schema's order.
package struct JSONLinesWriter {
    private let options: JSONLinesOptions
    /// What stands before each value: `{"a":`, then `,"b":`.
    private let prefixes: [[UInt8]]

    package init(schema: Schema, options: JSONLinesOptions) {
        self.options = options
        prefixes = schema.fields.enumerated().map { index, field in
            var prefix: [UInt8] = [index == 0 ? 0x7B : 0x2C]
            Self.append(text: Array(field.name.utf8).span, to: &prefix)
            prefix.append(0x3A)
            return prefix
        }
    }

    /// Appends the rows of a batch.
    package func append(_ batch: Batch, to output: inout [UInt8]) {
        precondition(batch.columns.count == prefixes.count, "a batch of the writer's schema")
        for row in 0..<batch.rowCount {
            if prefixes.isEmpty { output.append(0x7B) }
            for (index, column) in batch.columns.enumerated() {
                output.append(contentsOf: prefixes[index])
                append(column, row: row, to: &output)
            }
            output.append(0x7D)
            output.append(0x0A)
        }
    }

    private func append(_ column: Column, row: Int, to output: inout [UInt8]) {
        if column.isNull(row) {
            output.append(contentsOf: "null".utf8)
            return
        }
        switch column.values {
        case .integers(let buffer): append(buffer[row], column.type, to: &output)
        case .doubles(let buffer): append(buffer[row], column.type, to: &output)
        case .booleans(let bitmap): BooleanText.append(bitmap[row], to: &output)
        case .decimals(let buffer):
            DecimalText.append(buffer[row], scale: column.type.decimalScale, to: &output)
        case .texts(let texts): append(texts, row, column.type, to: &output)
        case .coded(let codes, let dictionary):
            append(dictionary.values, Int(codes[row]), column.type, to: &output)
        }
    }

    private func append(_ value: Int64, _ type: DataType, to output: inout [UInt8]) {
        let isString = WrittenValue.isString(type)
        if isString { output.append(0x22) }
        WrittenValue.append(
            value,
            type,
            timestampSeparator: options.usesISO8601 ? 0x54 : 0x20,
            to: &output
        )
        if isString { output.append(0x22) }
    }

    /// NaN and infinities, which JSON has no numbers for, are strings, as in Flink.
    private func append(_ value: Double, _ type: DataType, to output: inout [UInt8]) {
        if !value.isFinite { output.append(0x22) }
        WrittenValue.append(value, type, to: &output)
        if !value.isFinite { output.append(0x22) }
    }

    private func append(
        _ texts: TextValues,
        _ row: Int,
        _ type: DataType,
        to output: inout [UInt8]
    ) {
        let bytes = texts.bytes.span
        let text = bytes.extracting(texts.range(row))
        if type == .bytes {
            output.append(0x22)
            Base64Text.append(encoding: text, to: &output)
            output.append(0x22)
        } else {
            Self.append(text: text, to: &output)
        }
    }

    /// Appends a text in quotes, with JSON's short escapes.
    package static func append(text: Span<UInt8>, to output: inout [UInt8]) {
        output.append(0x22)
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case 0x22, 0x5C: output.append(contentsOf: [0x5C, byte])
            case 0x08: output.append(contentsOf: [0x5C, 0x62])
            case 0x09: output.append(contentsOf: [0x5C, 0x74])
            case 0x0A: output.append(contentsOf: [0x5C, 0x6E])
            case 0x0C: output.append(contentsOf: [0x5C, 0x66])
            case 0x0D: output.append(contentsOf: [0x5C, 0x72])
            case 0..<0x20:
                output.append(contentsOf: "\\u00".utf8)
                output.append(hexadecimal(byte >> 4))
                output.append(hexadecimal(byte & 15))
            default: output.append(byte)
            }
        }
        output.append(0x22)
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? 0x30 + digit : 0x61 + digit - 10
    }
}
