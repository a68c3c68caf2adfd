internal import Columns
internal import JSON
internal import Observe
internal import TextFormats

/// Result rows as people and machines read them.
enum ResultText {
    /// A table of the first rows; the last line says how many are left out.
    static func table(_ batch: Batch, limit: Int = .max, on terminal: Terminal) -> String {
        var table = TextTable(
            batch.schema.fields.map {
                $0.type.isNumeric ? .number($0.name) : .text($0.name)
            }
        )
        let shown = min(limit, batch.rowCount)
        for row in 0..<shown { table.append(batch.columns.map { cell($0, row) }) }
        var text = table.text(on: terminal)
        if shown < batch.rowCount { text += "… and \(batch.rowCount - shown) rows more\n" }
        return text
    }

    /// The value as CAST to STRING gives it; NULL is `NULL`.
    static func cell(_ column: Column, _ row: Int) -> String {
        var bytes: [UInt8] = []
        PlainText.append(column, row: row, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Rows as arrays of values.
    static func json(_ batch: Batch) -> JSONValue {
        JSONValue((0..<batch.rowCount).map { row in json(batch, row) })
    }

    private static func json(_ batch: Batch, _ row: Int) -> JSONValue {
        JSONValue(batch.columns.map { json($0, row) })
    }

    /// Booleans, integers and finite approximate numbers as such; all other values as text, so that no digit is lost.
    static func json(_ column: Column, _ row: Int) -> JSONValue {
        if column.isNull(row) { return .null }
        switch column.value(row) {
        case .boolean(let value): return JSONValue(value)
        case .integer(let value) where column.type.isInteger: return JSONValue(value)
        case .double(let value) where value.isFinite: return JSONValue(value)
        default: return JSONValue(cell(column, row))
        }
    }
}
