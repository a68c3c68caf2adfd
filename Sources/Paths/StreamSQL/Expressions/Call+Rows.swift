internal import Columns

/// What became of one row of a call that makes its rows one by one.
enum RowOutcome {
    case value
    case null
    case fault(FaultReason)
}

/// Limits of the texts that expressions make.
enum TextLimits {
    /// Bytes of one text: a row of 16 MiB.
    static let rowByteLimit = 16 << 20
    /// Bytes of a column, which leaves room for one more row below the 2 GiB of 32-bit offsets.
    static let columnByteLimit = 1 << 30
}

extension Call {
    /// Builds a text column row by row; rows with a NULL operand are NULL without being asked for.
    ///
    /// `body` appends the parts of a row. Functions that can lengthen a text check
    /// ``TextLimits/rowByteLimit`` themselves before they append.
    @inline(__always)
    mutating func buildTexts(_ body: (Int, inout TextBuilder) -> RowOutcome) -> Column {
        let known = validity
        var builder = TextBuilder(capacity: count)
        var nulls = NullRows(known, count: count)
        for row in 0..<count {
            if known?[row] ?? true {
                let isFull = builder.byteCount > TextLimits.columnByteLimit
                let outcome = isFull ? .fault(.stringLength) : body(row, &builder)
                settle(outcome, row, &nulls)
            }
            builder.endRow()
        }
        return Column(type, .texts(builder.finish()), validity: nulls.validity)
    }

    /// Builds a fixed-width column row by row; rows with a NULL operand are NULL without being asked for.
    @inline(__always)
    mutating func buildValues<Element: BitwiseCopyable & Sendable>(
        _ zero: Element,
        _ body: (Int, inout RowOutcome) -> Element
    ) -> (values: Buffer<Element>, validity: Bitmap?) {
        let known = validity
        var nulls = NullRows(known, count: count)
        // Not in a buffer's builder: the body would be called through a closure for every row.
        var values = [Element](repeating: zero, count: count)
        for row in 0..<count where known?[row] ?? true {
            var outcome = RowOutcome.value
            values[row] = body(row, &outcome)
            settle(outcome, row, &nulls)
        }
        return (Buffer(values), nulls.validity)
    }

    @inline(__always)
    private mutating func settle(_ outcome: RowOutcome, _ row: Int, _ nulls: inout NullRows) {
        switch outcome {
        case .value: break
        case .null: nulls.add(row)
        case .fault(let reason): blame(reason, row: row)
        }
    }

    /// An integer for each row.
    @inline(__always)
    mutating func buildIntegers(_ body: (Int, inout RowOutcome) -> Int64) -> Column {
        let (values, validity) = buildValues(Int64(0), body)
        return Column(type, .integers(values), validity: validity)
    }

    /// A truth value for each row that has no NULL operand.
    @inline(__always)
    mutating func buildBooleans(_ body: (Int, inout RowOutcome) -> Bool) -> Column {
        let (bytes, validity) = buildValues(UInt8(0)) { row, outcome in
            body(row, &outcome) ? 1 : 0
        }
        let span = bytes.span
        return Column(type, .booleans(pack(count: count) { span[$0] != 0 }), validity: validity)
    }
}

/// The NULLs of a column whose rows are made one by one, on top of those known before.
struct NullRows {
    private let known: Bitmap?
    private let count: Int
    private var words: [UInt64] = []

    init(_ known: Bitmap?, count: Int) {
        self.known = known
        self.count = count
    }

    mutating func add(_ row: Int) {
        if words.isEmpty { words = [UInt64](repeating: ~0, count: (count + 63) >> 6) }
        words[row >> 6] &= ~(1 << UInt64(row & 63))
    }

    var validity: Bitmap? {
        guard !words.isEmpty else { return known }
        return intersection(known, Bitmap(words: Buffer(words), count: count))
    }
}
