/// Logarithms and exponentials by additions, multiplications and divisions only.
///
/// A C library's functions differ in the last bit between versions and processors. These give the same bits
/// everywhere, so a verdict recomputed from the journal on another machine is the verdict. Within two units
/// of the last place.
enum Elementary {
    /// ln 2 in two parts: multiples of the high one by any exponent are exact.
    private static let ln2High = 0x1.62e42feep-1
    private static let ln2Low = 0x1.a39ef35793c76p-33

    /// The natural logarithm; −∞ at 0, NaN below.
    static func log(_ value: Double) -> Double {
        guard value > 0, value.isFinite else {
            if value == 0 { return -.infinity }
            return value > 0 ? value : .nan
        }
        var exponent = Double(value.exponent)
        var significand = value.significand
        if significand > 1.414_213_562_373_095 {
            significand /= 2
            exponent += 1
        }
        return log1p(near: significand - 1, exponent: exponent)
    }

    /// ln(1 + value), exact to the last places near 0; −∞ at −1, NaN below.
    static func log1p(_ value: Double) -> Double {
        guard value > -1 else { return value == -1 ? -.infinity : .nan }
        return value.magnitude < 0.3 ? log1p(near: value, exponent: 0) : log(1 + value)
    }

    /// exponent · ln 2 + ln(1 + f) for f of −0.3...0.42.
    ///
    /// ln(1 + f) = 2 artanh(s) with s = f / (2 + f), |s| < 0.18; written so that the leading term f is
    /// never rounded.
    private static func log1p(near f: Double, exponent: Double) -> Double {
        let s = f / (2 + f)
        let z = s * s
        var series = 0.0
        for odd in stride(from: 25.0, through: 3, by: -2) { series = series * z + 2 / odd }
        let half = 0.5 * f * f
        let correction = s * (half + z * series) + exponent * ln2Low
        return exponent * ln2High - ((half - correction) - f)
    }

    /// e to the power of `value`; 0 and ∞ beyond the range of `Double`.
    static func exp(_ value: Double) -> Double {
        guard value < 709.79 else { return value.isNaN ? value : .infinity }
        guard value > -745.2 else { return 0 }
        let power = (value * 1.442_695_040_888_963_4).rounded()
        let rest = (value - power * ln2High) - power * ln2Low
        // Taylor's series: the first term left out is below 1e-18 for |rest| ≤ ln 2 / 2.
        var series = 1.0
        for index in stride(from: 15.0, through: 1, by: -1) { series = 1 + rest / index * series }
        // In two steps, so that the largest and the smallest numbers are reached.
        let first = Int(power) / 2
        let second = Int(power) - first
        return series * Double(sign: .plus, exponent: first, significand: 1)
            * Double(sign: .plus, exponent: second, significand: 1)
    }

    /// ln Σ e^x over at least one term; the terms may be −∞.
    static func logSumExp(_ terms: some Collection<Double>) -> Double {
        guard let largest = terms.max(), largest > -.infinity else { return -.infinity }
        return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
    }
}
