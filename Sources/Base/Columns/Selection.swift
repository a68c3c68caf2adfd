/// Row numbers of a batch, in the order in which they are wanted; a row may appear more than once.
package struct Selection: Sendable {
    /// Each is 0..<`bound`.
    package let rows: Buffer<Int32>
    /// One more than the largest row, or more; kernels check it once instead of every row.
    package let bound: Int

    /// Checks every row: none may be negative.
    package init(rows: Buffer<Int32>) {
        let span = rows.span
        // An Int32 below zero is the largest of all as UInt32.
        var largest: UInt32 = 0
        for index in span.indices { largest = max(largest, UInt32(bitPattern: span[index])) }
        precondition(largest <= UInt32(Int32.max), "a row number is negative")
        self.rows = rows
        bound = rows.count == 0 ? 0 : Int(largest) + 1
    }

    /// For kernels that make the rows themselves and know their bound.
    init(rows: Buffer<Int32>, bound: Int) {
        self.rows = rows
        self.bound = bound
    }

    package init(_ rows: [Int]) { self.init(rows: Buffer(rows.map { Int32($0) })) }

    /// All rows of a batch in order.
    package init(all count: Int) {
        let rows = Buffer<Int32>(capacity: count) { output in
            for row in 0..<count { output.append(Int32(truncatingIfNeeded: row)) }
        }
        self.init(rows: rows, bound: count)
    }

    /// The rows in which a boolean column is TRUE; NULL selects nothing.
    package init(trueRowsOf column: Column) {
        guard case .booleans(let bits) = column.values else {
            preconditionFailure("a selection needs a BOOLEAN column, not \(column.type)")
        }
        self.init(setBitsOf: column.validity.map { bits & $0 } ?? bits)
    }

    /// The positions of set bits, ascending.
    package init(setBitsOf bitmap: Bitmap) {
        let words = bitmap.words.span
        let count = bitmap.count
        let rows = Buffer<Int32>(capacity: bitmap.setCount) { output in
            for index in 0..<((count + 63) >> 6) {
                var word = words[index]
                let rest = count - index << 6
                if rest < 64 { word &= (1 &<< UInt64(rest)) &- 1 }
                while word != 0 {
                    let row = index << 6 + word.trailingZeroBitCount
                    output.append(Int32(truncatingIfNeeded: row))
                    word &= word &- 1
                }
            }
        }
        self.init(rows: rows, bound: count)
    }

    package var count: Int { rows.count }
}
