/// The value of one targeting field of a unit.
package enum RouteField: Hashable, Sendable {
    /// Hashed as UTF-8 in normal form C.
    case text(String)
    /// Hashed as it is.
    case bytes([UInt8])
    /// Hashed as decimal text.
    case integer(Int64)
    /// Never a key: equal numbers may have unequal bits, and rounding would move units.
    case float(Double)
    /// A unit without this field has no key.
    case null
}

/// The largest key, in bytes over all its fields; a unit with a larger one has no usable key.
package let routeKeySizeLimit = 64 << 10
