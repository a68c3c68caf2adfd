/// Rows in columns: the unit in which data moves between operators.
package struct Batch: Sendable {
    package let schema: Schema
    /// One column per field, each `rowCount` rows long.
    package let columns: [Column]
    /// Number of rows; stands by itself because a batch may have no columns.
    package let rowCount: Int

    package init(schema: Schema, columns: [Column], rowCount: Int) {
        precondition(schema.count == columns.count, "a column per field")
        precondition(columns.allSatisfy { $0.count == rowCount }, "columns of different lengths")
        self.schema = schema
        self.columns = columns
        self.rowCount = rowCount
    }

    /// The rows in `range`, sharing memory.
    package func slice(_ range: Range<Int>) -> Batch {
        Batch(
            schema: schema,
            columns: columns.map { $0.slice(range) },
            rowCount: range.count
        )
    }

    /// The batch with other columns of the same types at `indices`.
    package func replacing(_ indices: [Int], by replacements: [Column]) -> Batch {
        precondition(indices.count == replacements.count, "a column per index")
        var columns = columns
        for (index, column) in zip(indices, replacements) { columns[index] = column }
        return Batch(schema: schema, columns: columns, rowCount: rowCount)
    }

    /// One row by itself; allocates, so it serves messages and tests.
    package func row(_ index: Int) -> [Value] { columns.map { $0.value(index) } }
}
