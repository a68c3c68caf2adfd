internal import Columns

/// An operand of a call as kernels take it: one value for all rows, or a column.
enum Content: Sendable {
    case scalar(Value)
    case vector(Column)
}

/// An operand with its logical type.
struct Input: Sendable {
    let type: DataType
    let content: Content

    init(_ type: DataType, _ content: Content) {
        self.type = type
        self.content = content
    }

    var isScalar: Bool {
        if case .scalar = content { true } else { false }
    }

    var isNullScalar: Bool {
        if case .scalar(.null) = content { true } else { false }
    }

    /// The value of one row; allocates for text, so it serves messages.
    func value(_ row: Int) -> Value {
        switch content {
        case .scalar(let value): value
        case .vector(let column): column.value(row)
        }
    }

    /// Rows that are not NULL; nil where that is every row.
    func validity(count: Int) -> Bitmap? {
        switch content {
        case .scalar(.null): Bitmap(repeating: false, count: count)
        case .scalar: nil
        case .vector(let column): column.validity
        }
    }

    /// As a column of `count` rows.
    func column(count: Int) -> Column {
        switch content {
        case .scalar(let value): .constant(value, type, count: count)
        case .vector(let column): column
        }
    }
}

/// Fixed-width operands: one element for every row, or an element a row.
enum Source<Element: BitwiseCopyable & Sendable>: Sendable {
    case scalar(Element)
    case vector(Buffer<Element>)

    /// For loops whose body costs more than the choice.
    @inline(__always)
    subscript(row: Int) -> Element {
        switch self {
        case .scalar(let element): element
        case .vector(let buffer): buffer[row]
        }
    }
}

extension Input {
    /// Integers, dates, times, timestamps and intervals; a NULL scalar reads as 0.
    var integers: Source<Int64> {
        switch content {
        case .scalar(.integer(let integer)): .scalar(integer)
        case .scalar(.null): .scalar(0)
        case .vector(let column):
            if case .integers(let buffer) = column.values { .vector(buffer) } else { mismatch() }
        default: mismatch()
        }
    }

    /// A NULL scalar reads as 0.
    var doubles: Source<Double> {
        switch content {
        case .scalar(.double(let double)): .scalar(double)
        case .scalar(.null): .scalar(0)
        case .vector(let column):
            if case .doubles(let buffer) = column.values { .vector(buffer) } else { mismatch() }
        default: mismatch()
        }
    }

    /// Unscaled; a NULL scalar reads as 0.
    var decimals: Source<Int128> {
        switch content {
        case .scalar(.decimal(let decimal)): .scalar(decimal)
        case .scalar(.null): .scalar(0)
        case .vector(let column):
            if case .decimals(let buffer) = column.values { .vector(buffer) } else { mismatch() }
        default: mismatch()
        }
    }

    /// The values of a BOOLEAN, whatever the validity; a NULL scalar reads as FALSE.
    func booleans(count: Int) -> Bitmap {
        switch content {
        case .scalar(.boolean(let boolean)): return Bitmap(repeating: boolean, count: count)
        case .scalar(.null): return Bitmap(repeating: false, count: count)
        case .vector(let column):
            if case .booleans(let bitmap) = column.values { return bitmap }
            // A column of the NULL type stands for BOOLEANs that are all NULL.
            return Bitmap(repeating: false, count: count)
        default: mismatch()
        }
    }

    /// Rows that are TRUE.
    func trues(count: Int) -> Bitmap {
        let values = booleans(count: count)
        return validity(count: count).map { values & $0 } ?? values
    }

    /// Rows that are FALSE.
    func falses(count: Int) -> Bitmap {
        let values = ~booleans(count: count)
        return validity(count: count).map { values & $0 } ?? values
    }

    private func mismatch() -> Never {
        preconditionFailure("the binder promised another layout than this \(type)")
    }
}
