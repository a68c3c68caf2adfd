package import Failures

/// One row of a result, read by the names of its columns.
///
/// SQLite does not hold columns to their declared types, so reading checks: a value of another type is damage, and
/// its failure names the statement and the column.
package struct SQLiteRow: Sendable, Hashable {
    let columns: [String]
    package let values: [SQLiteValue]
    let statement: String

    /// The value of a column; a name that the statement does not have is a mistake of the program.
    package subscript(column: String) -> SQLiteValue {
        guard let index = columns.firstIndex(of: column) else {
            preconditionFailure("\(statement) has no column \(column)")
        }
        return values[index]
    }

    package func integer(_ column: String) throws(Failure) -> Int {
        guard case .integer(let value) = self[column] else {
            throw mismatch(column, "an integer")
        }
        return Int(value)
    }

    package func optionalInteger(_ column: String) throws(Failure) -> Int? {
        self[column] == .null ? nil : try integer(column)
    }

    package func text(_ column: String) throws(Failure) -> String {
        guard case .text(let value) = self[column] else { throw mismatch(column, "a text") }
        return value
    }

    package func optionalText(_ column: String) throws(Failure) -> String? {
        self[column] == .null ? nil : try text(column)
    }

    package func bytes(_ column: String) throws(Failure) -> [UInt8] {
        guard case .bytes(let value) = self[column] else { throw mismatch(column, "bytes") }
        return value
    }

    private func mismatch(_ column: String, _ wanted: String) -> Failure {
        Failure(
            "STATE_CORRUPT",
            blame: .data,
            "\(statement): column \(column) holds \(self[column].kind) where \(wanted) should be",
            remedy: "restore the file from a copy"
        )
    }
}
