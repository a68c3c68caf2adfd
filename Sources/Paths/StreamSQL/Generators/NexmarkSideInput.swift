package import Columns

/// Table `side_input` of query 13: a text for each rest of a number divided by 10,000.
package struct NexmarkSideInput: GeneratedTable {
    package init() {}

    package let name = "side_input"
    package let rowCount = 10_000
    package let schema = Schema([Field("side_key", .bigint), Field("side_value", .string)])

    package func batch(_ rows: Range<Int>) -> Batch {
        Batch(
            schema: schema,
            columns: [
                Column(.bigint, .integers(Buffer(rows.map(Int64.init)))),
                Column(.string, .texts(TextValues(rows.map { "side-\($0)" }))),
            ],
            rowCount: rows.count
        )
    }
}
