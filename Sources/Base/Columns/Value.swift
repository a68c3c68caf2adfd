/// One value by itself, for literals, messages and tests; rows in bulk stay in columns.
///
/// The logical type is kept beside it, not in it: `integer` holds dates, timestamps and intervals too.
package enum Value: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    /// Unscaled; the scale is the type's.
    case decimal(Int128)
    case text(String)
    case bytes([UInt8])

    package var isNull: Bool { self == .null }
}
