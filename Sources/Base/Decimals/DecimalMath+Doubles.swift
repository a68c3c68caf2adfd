/// The decimal digits of a finite double: `digits × 10^exponent`.
package struct DecimalDigits: Hashable, Sendable {
    /// At most 17 digits.
    package var digits: UInt64
    package var exponent: Int
    package var isNegative: Bool

    /// The shortest digits that read back as the same `Double`; nil for infinities and NaN.
    package init?(shortest value: Double) {
        guard value.isFinite else { return nil }
        self.init(text: value.magnitude.description, isNegative: value.sign == .minus)
    }

    /// The shortest digits that read back as the same `Float`; nil for infinities and NaN.
    package init?(shortest value: Float) {
        guard value.isFinite else { return nil }
        self.init(text: value.magnitude.description, isNegative: value.sign == .minus)
    }

    /// Reads what `description` writes: `12.5`, `1e-05`, `1.5e+20`.
    private init(text: String, isNegative: Bool) {
        self.isNegative = isNegative
        digits = 0
        exponent = 0
        var written = 0
        var isNegativeExponent = false
        var (seesPoint, seesExponent) = (false, false)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "."): seesPoint = true
            case UInt8(ascii: "e"): seesExponent = true
            case UInt8(ascii: "-"): isNegativeExponent = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digit = byte - UInt8(ascii: "0")
                if seesExponent {
                    written = written * 10 + Int(digit)
                } else {
                    digits = digits * 10 + UInt64(digit)
                    if seesPoint { exponent -= 1 }
                }
            default: break
            }
        }
        exponent += isNegativeExponent ? -written : written
        while digits != 0, digits.isMultiple(of: 10) {
            digits /= 10
            exponent += 1
        }
        if digits == 0 { exponent = 0 }
    }
}

extension DecimalMath {
    /// The shortest decimal text of `value` rounded to `shape`; nil where it does not fit or is not finite.
    package static func decimal(_ value: Double, as shape: DecimalShape) -> Int128? {
        if let whole = Int64(exactly: value) { return rescaled(Int128(whole), from: 0, as: shape) }
        return DecimalDigits(shortest: value).flatMap { decimal($0, as: shape) }
    }

    /// The digits rounded to `shape`; nil where they do not fit.
    package static func decimal(_ digits: DecimalDigits, as shape: DecimalShape) -> Int128? {
        let unscaled = digits.isNegative ? -Int128(digits.digits) : Int128(digits.digits)
        let shift = digits.exponent + shape.scale
        guard shift > 0 else {
            let result = dividedRounding(unscaled, byTenTo: -shift)
            return shape.holds(result) ? result : nil
        }
        guard unscaled != 0 else { return 0 }
        guard shift <= DecimalShape.digitLimit else { return nil }
        let (result, overflow) = unscaled.multipliedReportingOverflow(by: powerOfTen(shift))
        return !overflow && shape.holds(result) ? result : nil
    }

    /// The nearest `Double` to an unscaled decimal, ties to even.
    package static func double(_ unscaled: Int128, scale: Int) -> Double {
        // 2^53 and 10^22 are the last bounds below which both operands are exact, so that one IEEE division
        // rounds correctly (Clinger 1990, fast path).
        if unscaled.magnitude <= 1 << 53, scale <= 22 {
            return Double(Int64(unscaled)) / exactPowers[scale]
        }
        return Double("\(unscaled)e-\(scale)") ?? .nan
    }

    /// 10^0 … 10^22, each exact.
    private static let exactPowers: [Double] = (0...22).map { Double(powerOfTen($0)) }

    /// `value` rounded half away from zero at `digits` decimals (negative: before the point), decided on its
    /// shortest decimal text, so that 1.005 at 2 gives 1.01.
    package static func rounded(_ value: Double, digits: Int) -> Double {
        guard let parts = DecimalDigits(shortest: value), -parts.exponent > digits else {
            return value
        }
        return rounding(parts, surplus: -parts.exponent - digits, halfUp: true)
    }

    /// `value` cut toward zero at `digits` decimals, decided on its shortest decimal text.
    package static func truncated(_ value: Double, digits: Int) -> Double {
        guard let parts = DecimalDigits(shortest: value), -parts.exponent > digits else {
            return value
        }
        return rounding(parts, surplus: -parts.exponent - digits, halfUp: false)
    }

    private static func rounding(_ parts: DecimalDigits, surplus: Int, halfUp: Bool) -> Double {
        let zero = parts.isNegative ? -0.0 : 0.0
        guard surplus <= 19 else { return zero }
        let power = powerOfTen(surplus).magnitude
        var (kept, cut) = UInt128(parts.digits).quotientAndRemainder(dividingBy: power)
        if halfUp, cut >= power - cut { kept += 1 }
        guard kept != 0 else { return zero }
        let text = "\(parts.isNegative ? "-" : "")\(kept)e\(parts.exponent + surplus)"
        return Double(text) ?? .nan
    }
}
