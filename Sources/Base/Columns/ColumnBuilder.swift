/// A column of one type under construction, value by value.
///
/// Decoders and operators that produce whole columns fill a ``BufferBuilder`` or a ``TextBuilder``
/// themselves; this class serves rows that come one at a time. Every `append` must fit the type's
/// physical layout, which is checked.
package final class ColumnBuilder {
    package let type: DataType
    private var integers = BufferBuilder<Int64>()
    private var doubles = BufferBuilder<Double>()
    private var decimals = BufferBuilder<Int128>()
    private var booleans = BitmapBuilder()
    private var texts = TextBuilder()
    private var validity = ValidityBuilder()

    package init(_ type: DataType) { self.type = type }

    /// Number of rows so far.
    package var count: Int { validity.count }

    package func append(_ integer: Int64) {
        precondition(type.physical == .integer && type != .null, "\(type) holds no integers")
        integers.append(integer)
        validity.appendValid()
    }

    package func append(_ double: Double) {
        precondition(type.physical == .double, "\(type) holds no doubles")
        doubles.append(double)
        validity.appendValid()
    }

    package func append(_ boolean: Bool) {
        precondition(type.physical == .boolean, "\(type) holds no booleans")
        booleans.append(boolean)
        validity.appendValid()
    }

    /// Appends an unscaled decimal.
    package func append(_ decimal: Int128) {
        precondition(type.physical == .decimal, "\(type) holds no decimals")
        decimals.append(decimal)
        validity.appendValid()
    }

    /// Appends a text, which must be valid UTF-8, or bytes.
    package func append(_ text: Span<UInt8>) {
        precondition(type.physical == .text, "\(type) holds no text")
        texts.append(text)
        validity.appendValid()
    }

    package func append(_ text: String) {
        precondition(type.physical == .text, "\(type) holds no text")
        texts.append(text)
        validity.appendValid()
    }

    package func appendNull() {
        switch type.physical {
        case .integer: integers.append(0)
        case .double: doubles.append(0)
        case .boolean: booleans.append(false)
        case .decimal: decimals.append(0)
        case .text: texts.appendEmpty()
        }
        validity.appendNull()
    }

    package func append(_ value: Value) {
        switch value {
        case .null: appendNull()
        case .boolean(let boolean): append(boolean)
        case .integer(let integer): append(integer)
        case .double(let double): append(double)
        case .decimal(let decimal): append(decimal)
        case .text(let text): append(text)
        case .bytes(let bytes): append(bytes.span)
        }
    }

    /// The column so far; the builder starts again empty.
    package func finish() -> Column {
        let bitmap = exchange(&validity, ValidityBuilder()).finish()
        let values: Column.Values =
            switch type.physical {
            case .integer: .integers(exchange(&integers, BufferBuilder()).finish())
            case .double: .doubles(exchange(&doubles, BufferBuilder()).finish())
            case .boolean: .booleans(exchange(&booleans, BitmapBuilder()).finish())
            case .decimal: .decimals(exchange(&decimals, BufferBuilder()).finish())
            case .text: .texts(exchange(&texts, TextBuilder()).finish())
            }
        return Column(type, values, validity: bitmap)
    }

    /// Puts `new` into `place` and returns what was there.
    private func exchange<Part: ~Copyable>(_ place: inout Part, _ new: consuming Part) -> Part {
        let old = consume place
        place = new
        return old
    }
}
