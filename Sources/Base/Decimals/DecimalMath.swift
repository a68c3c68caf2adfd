/// Exact arithmetic on unscaled decimals, rounded half away from zero to the shape that is asked for.
///
/// Every function that can leave its shape returns nil for that (SQL's EVAL_OVERFLOW). Intermediates have
/// 256 bits where 128 do not suffice, so a result is wrong by no more than its own rounding.
package enum DecimalMath {
    /// `left + right`.
    package static func sum(
        _ left: Int128,
        scale leftScale: Int,
        _ right: Int128,
        scale rightScale: Int,
        as shape: DecimalShape
    ) -> Int128? {
        if leftScale == rightScale, shape.scale == leftScale {
            let (total, overflow) = left.addingReportingOverflow(right)
            return !overflow && shape.holds(total) ? total : nil
        }
        let scale = max(leftScale, rightScale)
        guard let first = Wide(left, timesTenTo: scale - leftScale),
            let second = Wide(right, timesTenTo: scale - rightScale),
            let total = first.adding(second)
        else { return nil }
        return total.rounded(from: scale, as: shape)
    }

    /// `left - right`.
    package static func difference(
        _ left: Int128,
        scale leftScale: Int,
        _ right: Int128,
        scale rightScale: Int,
        as shape: DecimalShape
    ) -> Int128? {
        // Unscaled decimals have at most 38 digits, so negation cannot overflow.
        sum(left, scale: leftScale, 0 &- right, scale: rightScale, as: shape)
    }

    /// `left × right`.
    package static func product(
        _ left: Int128,
        scale leftScale: Int,
        _ right: Int128,
        scale rightScale: Int,
        as shape: DecimalShape
    ) -> Int128? {
        if shape.scale == leftScale + rightScale {
            let (result, overflow) = left.multipliedReportingOverflow(by: right)
            return !overflow && shape.holds(result) ? result : nil
        }
        let wide = Wide(
            isNegative: (left < 0) != (right < 0),
            magnitude: UInt256(product: left.magnitude, right.magnitude)
        )
        return wide.rounded(from: leftScale + rightScale, as: shape)
    }

    /// `left ÷ right`, whose right side is not 0.
    package static func quotient(
        _ left: Int128,
        scale leftScale: Int,
        _ right: Int128,
        scale rightScale: Int,
        as shape: DecimalShape
    ) -> Int128? {
        let isNegative = (left < 0) != (right < 0)
        let shift = shape.scale + rightScale - leftScale
        let divisor = right.magnitude
        guard shift >= 0 else {
            // The quotient has more fraction digits than wanted: divide by the surplus too.
            guard let wide = UInt256(low: divisor).multiplied(by: powerOfTen(-shift).magnitude)
            else { return 0 }
            return roundedQuotient(left.magnitude, by: wide).signed(isNegative, as: shape)
        }
        // Two steps of long division, because 38 digits shifted by more than 38 may need more than 256 bits.
        let first = min(shift, DecimalShape.digitLimit)
        let rest = shift - first
        guard rest <= DecimalShape.digitLimit else { return left == 0 ? 0 : nil }
        let dividend = UInt256(product: left.magnitude, powerOfTen(first).magnitude)
        var (quotient, remainder) = dividend.divided(by: divisor)
        if rest > 0 {
            let power = powerOfTen(rest).magnitude
            guard let shifted = quotient.multiplied(by: power) else { return nil }
            let tail = UInt256(product: remainder, power).divided(by: divisor)
            guard let whole = shifted.adding(tail.quotient) else { return nil }
            quotient = whole
            remainder = tail.remainder
        }
        if remainder >= divisor - remainder {
            guard let up = quotient.adding(UInt256(low: 1)) else { return nil }
            quotient = up
        }
        return quotient.signed(isNegative, as: shape)
    }

    /// The remainder of a division truncated toward zero, with the sign of `left`; `right` is not 0.
    package static func remainder(
        _ left: Int128,
        scale leftScale: Int,
        _ right: Int128,
        scale rightScale: Int,
        as shape: DecimalShape
    ) -> Int128? {
        let scale = max(leftScale, rightScale)
        if leftScale == rightScale, shape.scale == scale {
            let result = left % right
            return shape.holds(result) ? result : nil
        }
        let divisor = UInt256(product: right.magnitude, powerOfTen(scale - rightScale).magnitude)
        // A factor of the dividend is taken out step by step, so that a wide divisor needs no wide division.
        let dividend = UInt256(product: left.magnitude, powerOfTen(scale - leftScale).magnitude)
        let rest: UInt256
        if divisor.high == 0 {
            rest = UInt256(low: dividend.divided(by: divisor.low).remainder)
        } else {
            // The divisor was shifted, so the dividend was not: it has 128 bits and is the smaller one.
            rest = dividend
        }
        return Wide(isNegative: left < 0, magnitude: rest).rounded(from: scale, as: shape)
    }

    /// The same number with another scale.
    package static func rescaled(
        _ unscaled: Int128,
        from scale: Int,
        as shape: DecimalShape
    ) -> Int128? {
        if scale == shape.scale { return shape.holds(unscaled) ? unscaled : nil }
        if scale < shape.scale {
            let (result, overflow) = unscaled.multipliedReportingOverflow(
                by: powerOfTen(shape.scale - scale)
            )
            return !overflow && shape.holds(result) ? result : nil
        }
        let result = dividedRounding(unscaled, byTenTo: scale - shape.scale)
        return shape.holds(result) ? result : nil
    }

    /// The unscaled value divided by 10^`digits`, rounded half away from zero.
    package static func dividedRounding(_ unscaled: Int128, byTenTo digits: Int) -> Int128 {
        guard digits > 0 else { return unscaled }
        guard digits <= DecimalShape.digitLimit else { return 0 }
        let power = powerOfTen(digits)
        let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: power)
        let isUp = remainder.magnitude >= (power / 2).magnitude
        return isUp ? quotient + (unscaled < 0 ? -1 : 1) : quotient
    }

    /// Order of two decimals as numbers: negative, 0 or positive.
    package static func compare(
        _ left: Int128,
        scale leftScale: Int,
        _ right: Int128,
        scale rightScale: Int
    ) -> Int {
        if leftScale == rightScale { return order(left, right) }
        if leftScale < rightScale {
            let (scaled, overflow) = left.multipliedReportingOverflow(
                by: powerOfTen(rightScale - leftScale)
            )
            // What does not fit 128 bits lies outside all that does.
            return overflow ? (left < 0 ? -1 : 1) : order(scaled, right)
        }
        return -compare(right, scale: rightScale, left, scale: leftScale)
    }

    @inline(__always)
    private static func order(_ left: Int128, _ right: Int128) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    private static func roundedQuotient(_ dividend: UInt128, by divisor: UInt256) -> UInt256 {
        guard divisor.high == 0 else {
            // The dividend is below 2^128: the quotient is 0, or rounds up to 1 from a half.
            let doubled = UInt256(product: dividend, 2)
            return UInt256(low: doubled >= divisor ? 1 : 0)
        }
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor.low)
        return UInt256(low: remainder >= divisor.low - remainder ? quotient + 1 : quotient)
    }
}

/// A signed number of 256 bits, by sign and magnitude.
private struct Wide {
    var isNegative: Bool
    var magnitude: UInt256

    init(isNegative: Bool, magnitude: UInt256) {
        self.isNegative = isNegative
        self.magnitude = magnitude
    }

    init?(_ value: Int128, timesTenTo digits: Int) {
        guard digits <= DecimalShape.digitLimit else { return nil }
        isNegative = value < 0
        magnitude = UInt256(product: value.magnitude, powerOfTen(digits).magnitude)
    }

    func adding(_ other: Wide) -> Wide? {
        if isNegative == other.isNegative {
            return magnitude.adding(other.magnitude).map {
                Wide(isNegative: isNegative, magnitude: $0)
            }
        }
        return magnitude >= other.magnitude
            ? Wide(isNegative: isNegative, magnitude: magnitude.subtracting(other.magnitude))
            : Wide(isNegative: other.isNegative, magnitude: other.magnitude.subtracting(magnitude))
    }

    /// The number, which has `scale` fraction digits, with those of `shape`; nil where it does not fit.
    func rounded(from scale: Int, as shape: DecimalShape) -> Int128? {
        if scale <= shape.scale {
            guard shape.scale - scale <= DecimalShape.digitLimit else { return nil }
            return magnitude.multiplied(by: powerOfTen(shape.scale - scale).magnitude)?
                .signed(isNegative, as: shape)
        }
        var value = magnitude
        var surplus = scale - shape.scale
        // Digits beyond 38 are cut first; whether they were zero cannot change a rounding at half away
        // from zero, because the digit that decides comes after them.
        while surplus > DecimalShape.digitLimit {
            let step = min(surplus - DecimalShape.digitLimit, DecimalShape.digitLimit)
            value = value.divided(by: powerOfTen(step).magnitude).quotient
            surplus -= step
        }
        let power = powerOfTen(surplus).magnitude
        var (quotient, remainder) = value.divided(by: power)
        if remainder >= power - remainder {
            guard let up = quotient.adding(UInt256(low: 1)) else { return nil }
            quotient = up
        }
        return quotient.signed(isNegative, as: shape)
    }
}

extension UInt256 {
    /// As a decimal of `shape` with a sign; nil where it has too many digits.
    fileprivate func signed(_ isNegative: Bool, as shape: DecimalShape) -> Int128? {
        guard high == 0, low < powerOfTen(shape.precision).magnitude else { return nil }
        let value = Int128(low)
        return isNegative ? -value : value
    }
}
