package import Columns
package import Failures

/// Why a row, or a field of it, is not what its table declares.
package enum RejectionReason: Hashable, Sendable {
    /// Text follows a closing quote.
    case quotes
    /// A quote is open where the text ends.
    case openQuote
    /// Another number of fields than declared.
    case fieldCount(expected: Int, found: Int)
    case number
    case numberRange
    case boolean
    case temporal
    case temporalRange
    /// Not UTF-8.
    case encoding
    case base64
    /// Not JSON: what was expected.
    case syntax(String)
    /// A JSON value of a kind that the column's type does not read: what it is.
    case kind(String)
    case missing

    /// The documented error code.
    func code(isJSON: Bool) -> String {
        switch self {
        case .fieldCount: "DECODE_FIELD_COUNT"
        case .number, .numberRange: "DECODE_NUMBER"
        case .temporal, .temporalRange: "TIME_PARSE"
        case .encoding: "DECODE_UTF8"
        case .quotes, .openQuote, .boolean, .base64, .syntax, .kind, .missing:
            isJSON ? "DECODE_JSON" : "DECODE_CSV"
        }
    }
}

/// A row that was not accepted, and where it would have been.
package struct RejectedRow: Hashable, Sendable {
    /// How many rows of the same batch come before it.
    package var rowBefore: Int
    /// Where the row lies in its chunk, without its line end.
    package var bytes: Range<Int>
    /// Where it begins in the text.
    package var byteOffset: Int
    /// How many newlines come before it in its chunk.
    package var line: Int
    /// 0-based field in the file's order, where one field is to blame.
    package var field: Int?
    package var reason: RejectionReason
}

/// Rows of one chunk, decoded.
package struct DecodedChunk: Sendable {
    /// The accepted rows.
    package var batch: Batch
    /// The rows that were not accepted, in order; none where parse errors are ignored.
    package var rejected: [RejectedRow] = []
    /// Records in the chunk: accepted, rejected and skipped; no header and no comments.
    package var recordCount = 0
    /// Newlines in the chunk, so that a reader of many chunks can number lines.
    package var newlineCount = 0
    /// Fields that became NULL because parse errors are ignored.
    package var nulledFieldCount = 0
    /// Rows that were left out because parse errors are ignored.
    package var skippedRowCount = 0
    /// The chunk, kept where rows of it were rejected.
    var chunk: TextChunk?
    /// Names and types in the file's order, for messages.
    var fields: [Field] = []
    var isJSON = false
}

extension DecodedChunk {
    /// How much of a bad row a message shows.
    private static let excerptSize = 80

    /// A rejected row's bytes as they came, without the line end.
    package func bytes(of row: RejectedRow) -> [UInt8] {
        guard let chunk else { return [] }
        let bytes = chunk.bytes
        return [UInt8](capacity: row.bytes.count) { output in
            for position in row.bytes { output.append(bytes[position]) }
        }
    }

    /// The error that a rejected row stands for.
    ///
    /// `path` names the text; `linesBefore` counts the newlines of all chunks before this one.
    package func failure(for row: RejectedRow, path: String, linesBefore: Int) -> Failure {
        Failure(
            row.reason.code(isJSON: isJSON),
            blame: .data,
            message(for: row),
            remedy: remedy(for: row),
            at: .file(
                FilePosition(
                    path: path,
                    byteOffset: row.byteOffset,
                    line: linesBefore + row.line + 1,
                    field: row.field.map { $0 + 1 }
                )
            )
        )
    }

    /// What is wrong with a rejected row, with its first 80 bytes.
    package func message(for row: RejectedRow) -> String {
        "\(problem(for: row)) in `\(excerpt(of: row))`"
    }

    private func problem(for row: RejectedRow) -> String {
        let field = row.field.flatMap { $0 < fields.count ? fields[$0] : nil }
        let name = field?.name ?? "?"
        let type = field?.type.description ?? "?"
        return switch row.reason {
        case .quotes: "text follows the closing quote of field \(name)"
        case .openQuote: "a quote is not closed"
        case .fieldCount(let expected, let found):
            "\(found) fields where the table has \(expected)"
        case .number: "field \(name) is no \(type)"
        case .numberRange: "field \(name) does not fit \(type)"
        case .boolean: "field \(name) is neither true nor false"
        case .temporal: "field \(name) does not have the form of a \(type)"
        case .temporalRange: "field \(name) is no day or time of the calendar"
        case .encoding: field == nil ? "the line is not UTF-8" : "field \(name) is not UTF-8"
        case .base64: "field \(name) is not base64"
        case .syntax(let expected): "expected \(expected)"
        case .kind(let kind): "field \(name) is \(kind), which is no \(type)"
        case .missing: "field \(name) is missing"
        }
    }

    private func remedy(for row: RejectedRow) -> String {
        switch row.reason {
        case .fieldCount:
            "declare the columns that the file has, or check its delimiter and quotes"
        case .quotes, .openQuote:
            "mend the quotes, or set csv.disable-quote-character"
        case .syntax:
            "mend the line, or set json.ignore-parse-errors"
        case .missing:
            "add the field, or set json.fail-on-missing-field to false"
        case .encoding:
            "convert the file to UTF-8"
        default:
            isJSON
                ? "mend the value or the column's type, or set json.ignore-parse-errors"
                : "mend the value or the column's type, or set csv.null-literal or csv.ignore-parse-errors"
        }
    }

    private func excerpt(of row: RejectedRow) -> String {
        let bytes = bytes(of: row)
        let text = String(decoding: bytes.prefix(Self.excerptSize), as: UTF8.self)
        let visible = text.unicodeScalars.map { scalar in
            scalar.value < 0x20 ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return visible.joined() + (bytes.count > Self.excerptSize ? "…" : "")
    }
}
