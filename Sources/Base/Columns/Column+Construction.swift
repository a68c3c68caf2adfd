extension Column {
    /// A column of single values, for literals, tests and short results.
    package init(_ type: DataType, values: [Value]) {
        let builder = ColumnBuilder(type)
        for value in values { builder.append(value) }
        self = builder.finish()
    }

    /// `count` times the same value; a text is stored once behind a dictionary.
    package static func constant(_ value: Value, _ type: DataType, count: Int) -> Column {
        switch value {
        case .null: return nulls(type, count: count)
        case .boolean(let boolean):
            return Column(type, .booleans(Bitmap(repeating: boolean, count: count)))
        case .integer(let integer):
            return Column(type, .integers(Buffer(repeating: integer, count: count)))
        case .double(let double):
            return Column(type, .doubles(Buffer(repeating: double, count: count)))
        case .decimal(let decimal):
            return Column(type, .decimals(Buffer(repeating: decimal, count: count)))
        case .text, .bytes:
            var builder = TextBuilder(capacity: 1)
            if case .text(let text) = value { builder.append(text) }
            if case .bytes(let bytes) = value { builder.append(bytes.span) }
            return Column(
                type,
                .coded(
                    codes: Buffer(repeating: 0, count: count),
                    dictionary: TextDictionary(builder.finish())
                )
            )
        }
    }

    /// `count` NULLs.
    package static func nulls(_ type: DataType, count: Int) -> Column {
        let values: Values =
            switch type.physical {
            case .integer: .integers(Buffer(repeating: 0, count: count))
            case .double: .doubles(Buffer(repeating: 0, count: count))
            case .boolean: .booleans(Bitmap(repeating: false, count: count))
            case .decimal: .decimals(Buffer(repeating: 0, count: count))
            case .text:
                .texts(
                    TextValues(
                        offsets: Buffer(repeating: 0, count: count + 1),
                        bytes: Buffer([])
                    )
                )
            }
        return Column(type, values, validity: Bitmap(repeating: false, count: count))
    }

    /// Every row as a value by itself; allocates, so it serves messages and tests.
    package var valueArray: [Value] { (0..<count).map(value) }

    /// The same rows with coded texts spelled out; other columns are returned as they are.
    package var decoded: Column {
        guard case .coded(let codes, let dictionary) = values else { return self }
        // The code of a NULL row is unspecified, so it must not be followed.
        let rows = validity.map { codes.zeroing(where: $0) } ?? codes
        if dictionary.values.count == 0 {
            return Column.nulls(type, count: count)
        }
        let texts = dictionary.values.gathered(by: Selection(rows: rows))
        return Column(type, .texts(texts), validity: validity)
    }
}
