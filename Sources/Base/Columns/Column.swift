/// One constant column of a batch: a type, validity, and values in Arrow's memory layout.
package struct Column: Sendable {
    /// The values behind a column, one case per physical layout; those of NULL rows are unspecified.
    package enum Values: Sendable {
        case integers(Buffer<Int64>)
        case doubles(Buffer<Double>)
        case booleans(Bitmap)
        /// Unscaled; the scale is in the column's type.
        case decimals(Buffer<Int128>)
        case texts(TextValues)
        /// Codes are 0..<dictionary.values.count in valid rows.
        case coded(codes: Buffer<Int32>, dictionary: TextDictionary)
    }

    package let type: DataType
    package let values: Values
    /// A set bit is a value, a clear bit is NULL; nil where no row is NULL.
    package let validity: Bitmap?

    package init(_ type: DataType, _ values: Values, validity: Bitmap? = nil) {
        self.type = type
        self.values = values
        self.validity = validity
        precondition(validity.map { $0.count == count } ?? true, "validity of another length")
    }

    /// Number of rows.
    package var count: Int {
        switch values {
        case .integers(let buffer): buffer.count
        case .doubles(let buffer): buffer.count
        case .booleans(let bitmap): bitmap.count
        case .decimals(let buffer): buffer.count
        case .texts(let texts): texts.count
        case .coded(let codes, _): codes.count
        }
    }

    /// Number of NULL rows, counted in O(rows / 64).
    package var nullCount: Int { validity.map { count - $0.setCount } ?? 0 }

    @inlinable
    package func isNull(_ row: Int) -> Bool { validity.map { !$0[row] } ?? false }

    /// The same values under another type of the same physical layout.
    package func retyped(_ type: DataType) -> Column {
        Column(type, values, validity: validity)
    }

    /// The rows in `range`, in O(1) except for bitmaps that start inside a word.
    package func slice(_ range: Range<Int>) -> Column {
        let sliced: Values =
            switch values {
            case .integers(let buffer): .integers(buffer.slice(range))
            case .doubles(let buffer): .doubles(buffer.slice(range))
            case .booleans(let bitmap): .booleans(bitmap.slice(range))
            case .decimals(let buffer): .decimals(buffer.slice(range))
            case .texts(let texts): .texts(texts.slice(range))
            case .coded(let codes, let dictionary):
                .coded(codes: codes.slice(range), dictionary: dictionary)
            }
        return Column(type, sliced, validity: validity?.slice(range))
    }

    /// One row by itself; allocates for text, so it serves messages, keys of few rows and tests.
    package func value(_ row: Int) -> Value {
        if isNull(row) { return .null }
        switch values {
        case .integers(let buffer): return .integer(buffer[row])
        case .doubles(let buffer): return .double(buffer[row])
        case .booleans(let bitmap): return .boolean(bitmap[row])
        case .decimals(let buffer): return .decimal(buffer[row])
        case .texts(let texts): return text(texts, row)
        case .coded(let codes, let dictionary):
            return text(dictionary.values, Int(codes[row]))
        }
    }

    private func text(_ texts: TextValues, _ row: Int) -> Value {
        type == .bytes ? .bytes(texts.array(row)) : .text(texts.string(row))
    }
}
