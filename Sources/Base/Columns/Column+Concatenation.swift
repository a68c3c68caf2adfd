extension Column {
    /// The rows of all columns one after another; `type` is the result's, and theirs has its layout.
    ///
    /// Dictionary columns stay coded: over their own dictionary where they share one, else over a merged
    /// one. Coded columns among plain ones are spelled out.
    package static func concatenate(_ columns: [Column], type: DataType) -> Column {
        precondition(
            columns.allSatisfy { $0.type.physical == type.physical },
            "only columns of one layout follow each other"
        )
        if columns.count == 1 { return columns[0].retyped(type) }
        var validity = ValidityBuilder()
        for column in columns { validity.append(copying: column.validity, count: column.count) }
        let values: Values =
            switch type.physical {
            case .integer: .integers(joinedIntegers(columns))
            case .double: .doubles(joinedDoubles(columns))
            case .boolean: .booleans(joinedBooleans(columns))
            case .decimal: .decimals(joinedDecimals(columns))
            case .text: joinedTexts(columns)
            }
        return Column(type, values, validity: validity.finish())
    }

    private static func rowCount(_ columns: [Column]) -> Int {
        columns.reduce(0) { $0 + $1.count }
    }

    private static func joinedIntegers(_ columns: [Column]) -> Buffer<Int64> {
        var builder = BufferBuilder<Int64>(capacity: rowCount(columns))
        for case .integers(let buffer) in columns.map(\.values) {
            builder.append(copying: buffer.span)
        }
        return builder.finish()
    }

    private static func joinedDoubles(_ columns: [Column]) -> Buffer<Double> {
        var builder = BufferBuilder<Double>(capacity: rowCount(columns))
        for case .doubles(let buffer) in columns.map(\.values) {
            builder.append(copying: buffer.span)
        }
        return builder.finish()
    }

    private static func joinedDecimals(_ columns: [Column]) -> Buffer<Int128> {
        var builder = BufferBuilder<Int128>(capacity: rowCount(columns))
        for case .decimals(let buffer) in columns.map(\.values) {
            builder.append(copying: buffer.span)
        }
        return builder.finish()
    }

    private static func joinedBooleans(_ columns: [Column]) -> Bitmap {
        var builder = BitmapBuilder(capacity: rowCount(columns))
        for case .booleans(let bitmap) in columns.map(\.values) {
            builder.append(copying: bitmap)
        }
        return builder.finish()
    }

    private static func joinedTexts(_ columns: [Column]) -> Values {
        let isCoded = columns.allSatisfy { column in
            if case .coded = column.values { true } else { false }
        }
        if isCoded, !columns.isEmpty, let coded = joinedCodes(columns) { return coded }
        var builder = TextBuilder(capacity: rowCount(columns))
        for case .texts(let texts) in columns.map(\.decoded.values) {
            builder.append(copying: texts)
        }
        return .texts(builder.finish())
    }

    /// Nil where a dictionary repeats an entry, so that codes cannot be merged.
    private static func joinedCodes(_ columns: [Column]) -> Values? {
        var merger = DictionaryMerger()
        var codes = BufferBuilder<Int32>(capacity: rowCount(columns))
        for column in columns {
            guard case .coded(let own, let dictionary) = column.values else { continue }
            merger.append(own, of: dictionary, validity: column.validity, to: &codes)
        }
        if merger.hasRepeatedEntries { return nil }
        return .coded(codes: codes.finish(), dictionary: merger.finish())
    }
}

extension Batch {
    /// The rows of all batches one after another; there is at least one, and all have its schema's layout.
    package static func concatenate(_ batches: [Batch]) -> Batch {
        precondition(!batches.isEmpty, "no batch gives no schema")
        if batches.count == 1 { return batches[0] }
        let schema = batches[0].schema
        return Batch(
            schema: schema,
            columns: schema.fields.indices.map { index in
                Column.concatenate(
                    batches.map { $0.columns[index] },
                    type: schema[index].type
                )
            },
            rowCount: batches.reduce(0) { $0 + $1.rowCount }
        )
    }
}

/// One dictionary out of several: equal entries get one code.
private struct DictionaryMerger {
    private var first: TextDictionary?
    /// Set as soon as a second dictionary appears.
    private var table: GroupTable?
    private(set) var hasRepeatedEntries = false
    private var translations: [ObjectIdentifier: (TextDictionary, Buffer<Int32>)] = [:]

    init() {}

    mutating func append(
        _ codes: Buffer<Int32>,
        of dictionary: TextDictionary,
        validity: Bitmap?,
        to output: inout BufferBuilder<Int32>
    ) {
        if first == nil { first = dictionary }
        // The code of a NULL row is unspecified, so it must not be followed.
        let valid = validity.map { codes.zeroing(where: $0) } ?? codes
        if dictionary === first || dictionary.values.count == 0 {
            output.append(copying: valid.span)
            return
        }
        let translation = translation(of: dictionary).span
        let source = valid.span
        output.append(upTo: source.count) { target in
            for row in source.indices { target.append(translation[Int(source[row])]) }
        }
    }

    private mutating func translation(of dictionary: TextDictionary) -> Buffer<Int32> {
        if let known = translations[ObjectIdentifier(dictionary)] { return known.1 }
        var merged: GroupTable
        if let table {
            merged = table
        } else {
            merged = GroupTable(keyTypes: [.bytes])
            // Where the first dictionary's entries are distinct, each keeps its code.
            if let first { _ = merged.groups(of: [Self.entries(first)], rows: first.values.count) }
            hasRepeatedEntries = merged.count != first?.values.count
        }
        table = nil
        let codes = merged.groups(of: [Self.entries(dictionary)], rows: dictionary.values.count)
        table = merged
        translations[ObjectIdentifier(dictionary)] = (dictionary, codes)
        return codes
    }

    mutating func finish() -> TextDictionary {
        guard let table else { return first ?? TextDictionary(TextValues([])) }
        let keys = table.keyColumns(groups: Selection(all: table.count))
        guard case .texts(let texts) = keys[0].values else {
            preconditionFailure("keys of text come back as text")
        }
        return TextDictionary(texts)
    }

    private static func entries(_ dictionary: TextDictionary) -> Column {
        Column(.bytes, .texts(dictionary.values))
    }
}
