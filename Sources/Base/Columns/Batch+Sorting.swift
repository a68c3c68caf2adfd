extension Batch {
    /// A column to sort by and its direction.
    package struct SortKey: Hashable, Sendable {
        /// Index of the column.
        package var column: Int
        package var order: SortOrder

        package init(_ column: Int, _ order: SortOrder = .ascending) {
            self.column = column
            self.order = order
        }
    }

    /// The rows in the order of `keys`; rows that tie stay in their order.
    package func sorted(by keys: [SortKey]) -> Batch {
        gather(by: sortedRows(by: keys))
    }

    /// The order in which `sorted(by:)` puts the rows.
    package func sortedRows(by keys: [SortKey]) -> Selection {
        Selection(
            sorting: keys.map { columns[$0.column] },
            orders: keys.map(\.order),
            rows: rowCount
        )
    }

    /// One sorted batch out of several that are sorted; equal rows by batch, then by row.
    ///
    /// There is at least one batch, and all are of one layout.
    package static func merge(_ batches: [Batch], by keys: [SortKey]) -> Batch {
        if batches.count == 1 { return batches[0] }
        let comparator = RowComparator(
            sources: batches.map { batch in keys.map { batch.columns[$0.column] } },
            orders: keys.map(\.order)
        )
        let selection = comparator.merged(counts: batches.map(\.rowCount))
        return concatenate(batches).gather(by: selection)
    }
}
