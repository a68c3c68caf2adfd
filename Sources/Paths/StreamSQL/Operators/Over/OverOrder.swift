internal import Columns
internal import SQLFront

/// Rows in the order of partition and sort keys: where each partition and each group of peers lies.
///
/// A position is a place in that order.
struct OverOrder {
    /// Row of the batch at each position.
    let rows: Buffer<Int32>
    /// Per position the first of its partition, and one behind its last.
    let partitionStarts: [Int]
    let partitionEnds: [Int]
    /// Per position the first of the rows that tie with it, and one behind the last.
    let peerStarts: [Int]
    let peerEnds: [Int]

    init(_ over: Over, _ batch: Batch) {
        let partition = over.partition.map { batch.columns[$0] }
        let keys = partition + over.order.map { batch.columns[$0.column] }
        let ascending: [SortOrder] = partition.map { _ in .ascending }
        let orders = ascending + over.order.map(\.order)
        rows = Selection(sorting: keys, orders: orders, rows: batch.rowCount).rows
        (partitionStarts, partitionEnds) = Self.runs(rows, partition, ascending)
        (peerStarts, peerEnds) = Self.runs(rows, keys, orders)
    }

    var count: Int { rows.count }

    /// Where the rows that agree in `columns` begin and end.
    private static func runs(
        _ rows: Buffer<Int32>,
        _ columns: [Column],
        _ orders: [SortOrder]
    ) -> (starts: [Int], ends: [Int]) {
        let comparator = RowComparator(sources: [columns], orders: orders)
        var starts = [Int](repeating: 0, count: rows.count)
        for position in rows.span.indices.dropFirst() {
            let isSame =
                columns.isEmpty
                || comparator.compare(Int(rows[position - 1]), Int(rows[position])) == 0
            starts[position] = isSame ? starts[position - 1] : position
        }
        var ends = [Int](repeating: rows.count, count: rows.count)
        for position in rows.span.indices.dropLast().reversed() {
            let isSame = starts[position] == starts[position + 1]
            ends[position] = isSame ? ends[position + 1] : position + 1
        }
        return (starts, ends)
    }
}
