internal import Columns
internal import SQLFront

/// One evaluation of a node: its operands for a number of rows, and the faults that turn up.
struct Call {
    let type: DataType
    let inputs: [Input]
    let count: Int
    let context: EvaluationContext
    /// Microseconds since 1970-01-01 00:00:00 UTC.
    let clock: Int64
    let node: Int32
    /// Ascending by row.
    var faults: [Fault] = []

    /// Rows in which no operand is NULL; nil where that is every row.
    var validity: Bitmap? {
        inputs.reduce(nil) { intersection($0, $1.validity(count: count)) }
    }

    /// The result of a call that is NULL where an operand is.
    func column(_ values: Column.Values) -> Column { Column(type, values, validity: validity) }

    func integers(_ buffer: Buffer<Int64>) -> Column { column(.integers(buffer)) }

    func doubles(_ buffer: Buffer<Double>) -> Column { column(.doubles(buffer)) }

    /// Records a fault in each valid row for which `isBad`; runs only after a loop saw that there is one.
    ///
    /// The rows must have no faults of this call yet.
    mutating func blame(_ reason: FaultReason, where isBad: (Int) -> Bool) {
        let validity = validity
        for row in 0..<count where isBad(row) {
            guard validity?[row] ?? true else { continue }
            faults.append(Fault(row: Int32(truncatingIfNeeded: row), node: node, reason: reason))
        }
    }

    /// Records a fault of one row, which is after all rows with faults.
    mutating func blame(_ reason: FaultReason, row: Int) {
        faults.append(Fault(row: Int32(truncatingIfNeeded: row), node: node, reason: reason))
    }
}
