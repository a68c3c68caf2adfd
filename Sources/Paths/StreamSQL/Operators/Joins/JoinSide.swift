internal import Columns
internal import SQLFront

/// One input of a join: the rows that wait for their partners.
struct JoinSide {
    let keys: [Int]
    var rows: StoredRows
    var window: AttachedWindow?

    init(keys: [Int], schema: Schema, window: AttachedWindow?) {
        self.keys = keys
        rows = StoredRows(schema)
        self.window = window
    }

    mutating func add(_ batch: SequencedBatch, watermark: Int64, _ report: inout StepReport) {
        rows.append(window?.accept(batch, watermark: watermark, &report) ?? batch)
    }

    /// Removes the rows of closed windows and returns them.
    mutating func takeClosed(at watermark: Int64) -> JoinRows {
        guard var window else { return takeAll() }
        let batch = rows.joined()
        let (closed, open) = window.split(batch, at: watermark)
        self.window = window
        let taken = JoinRows(
            batch: batch.gather(by: closed),
            sequences: (0..<closed.count).map { rows.sequences[Int(closed.rows[$0])] },
            keys: keys
        )
        rows.keep(open)
        return taken
    }

    mutating func takeAll() -> JoinRows {
        let taken = JoinRows(batch: rows.joined(), sequences: rows.sequences, keys: keys)
        rows.removeAll()
        return taken
    }
}

/// Rows of one side that are joined at once.
struct JoinRows {
    let batch: Batch
    let sequences: [Int64]
    private let keys: [Int]

    init(batch: Batch, sequences: [Int64], keys: [Int]) {
        self.batch = batch
        self.sequences = sequences
        self.keys = keys
    }

    var count: Int { batch.rowCount }

    var keyColumns: [Column] { keys.map { batch.columns[$0] } }
}

/// Rows of a join's output: a row of each side, or −1 where a side is padded.
struct JoinedRows {
    var left: [Int32] = []
    var right: [Int32] = []

    var count: Int { left.count }

    mutating func append(_ left: Int, _ right: Int) {
        self.left.append(Int32(truncatingIfNeeded: left))
        self.right.append(Int32(truncatingIfNeeded: right))
    }
}
