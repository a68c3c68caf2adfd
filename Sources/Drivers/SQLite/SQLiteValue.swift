/// A value of a column, or one that is bound to a statement.
package enum SQLiteValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])

    /// What the value is, for messages: `the integer 5`.
    ///
    /// Texts and bytes are named by their size only, because they may be anybody's data.
    package var kind: String {
        switch self {
        case .null: "null"
        case .integer(let value): "the integer \(value)"
        case .real(let value): "the number \(value)"
        case .text(let value): "a text of \(value.utf8.count) bytes"
        case .bytes(let value): "\(value.count) bytes"
        }
    }
}

extension SQLiteValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(nilLiteral: ()) { self = .null }

    package init(_ value: Int) { self = .integer(Int64(value)) }
    package init(_ value: Int64) { self = .integer(value) }
    package init(_ value: String) { self = .text(value) }
    package init(_ value: Double) { self = .real(value) }
    package init(_ value: [UInt8]) { self = .bytes(value) }

    /// The value, or null for nil.
    package init(_ value: String?) { self = value.map { .text($0) } ?? .null }
    package init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
}
