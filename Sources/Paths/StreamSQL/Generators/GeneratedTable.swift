package import Columns

/// A table whose rows are a function of their number and of a seed, so any part can be made by itself, on
/// any thread.
package protocol GeneratedTable: Sendable {
    /// Name of the table and stem of its file.
    var name: String { get }
    var schema: Schema { get }
    var rowCount: Int { get }

    /// The rows in `rows`, which lie in 0..<rowCount; O(rows).
    func batch(_ rows: Range<Int>) -> Batch
}
