/// An unsigned integer of 256 bits: what exact products and rescalings of 38-digit decimals need.
///
/// Holds every number of up to 77 digits; only the operations that decimals need exist.
package struct UInt256: Hashable, Sendable {
    package var high: UInt128
    package var low: UInt128

    @inlinable
    package init(high: UInt128 = 0, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// The whole product of two 128-bit numbers.
    package init(product left: UInt128, _ right: UInt128) {
        let (high, low) = left.multipliedFullWidth(by: right)
        self.init(high: high, low: low)
    }

    /// The product, or nil where it needs more than 256 bits.
    package func multiplied(by factor: UInt128) -> UInt256? {
        let lower = UInt256(product: low, factor)
        let (upper, overflow) = high.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        let (sum, carry) = lower.high.addingReportingOverflow(upper)
        return carry ? nil : UInt256(high: sum, low: lower.low)
    }

    /// The sum, or nil where it needs more than 256 bits.
    package func adding(_ other: UInt256) -> UInt256? {
        let (lower, carry) = low.addingReportingOverflow(other.low)
        let (upper, overflow) = high.addingReportingOverflow(other.high)
        let (total, second) = upper.addingReportingOverflow(carry ? 1 : 0)
        return overflow || second ? nil : UInt256(high: total, low: lower)
    }

    /// The difference; `other` is not greater.
    package func subtracting(_ other: UInt256) -> UInt256 {
        let (lower, borrow) = low.subtractingReportingOverflow(other.low)
        return UInt256(high: high &- other.high &- (borrow ? 1 : 0), low: lower)
    }

    /// Quotient and remainder of a division by a number other than 0.
    package func divided(by divisor: UInt128) -> (quotient: UInt256, remainder: UInt128) {
        let upper = high.quotientAndRemainder(dividingBy: divisor)
        let lower = divisor.dividingFullWidth((upper.remainder, low))
        return (UInt256(high: upper.quotient, low: lower.quotient), lower.remainder)
    }
}

extension UInt256: Comparable {
    package static func < (left: UInt256, right: UInt256) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}
