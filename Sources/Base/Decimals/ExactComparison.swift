/// Compares an integer with a double as numbers, without rounding either.
///
/// - Returns: negative, 0 or positive; nil for NaN.
package func exactOrder(_ integer: Int64, _ double: Double) -> Int? {
    if double.isNaN { return nil }
    // 2^63: beyond every Int64, and exact.
    if double >= 9_223_372_036_854_775_808 { return -1 }
    if double < -9_223_372_036_854_775_808 { return 1 }
    let whole = double.rounded(.towardZero)
    let truncated = Int64(whole)
    if integer != truncated { return integer < truncated ? -1 : 1 }
    return double == whole ? 0 : double > whole ? -1 : 1
}
