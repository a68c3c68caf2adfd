/// Exact decimals as text, scaled to a declared precision and scale.
package enum DecimalText {
    /// Largest exponent that is read; with more, a value that is not zero fits no DECIMAL anyway.
    private static let exponentLimit = 100_000

    /// 10^`exponent`, `exponent` 0...38.
    package static func powerOfTen(_ exponent: Int) -> Int128 {
        precondition(exponent >= 0 && exponent <= 38, "Int128 holds 10^0 to 10^38")
        var power: Int128 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }

    /// The unscaled value of `[sign] digits [. digits] [e exponent]`, rounded half away from zero; no spaces.
    ///
    /// The result has at most `precision` (1...38) digits, `scale` (0...precision) of them after the point.
    ///
    /// - Throws: ``ScalarTextError/malformed``; ``ScalarTextError/outOfRange`` where the rounded value has
    ///   more than `precision` digits.
    package static func parse(
        _ bytes: Span<UInt8>,
        precision: Int,
        scale: Int
    ) throws(ScalarTextError) -> Int128 {
        let form = try DecimalForm(bytes)
        var shift = scale + form.exponent
        // Digits in order, as far as they lie before the place that is kept.
        var value: Int128 = 0
        var roundsUp = false
        // A value of this size has `precision` digits: no further one fits.
        let full = powerOfTen(precision - 1)
        var kept = form.digits.count - form.fractionCount + shift
        for index in form.digits where bytes[index] != 0x2E {
            let digit = bytes[index] &- 0x30
            if kept > 0 {
                guard value < full else { throw .outOfRange }
                value = value * 10 + Int128(digit)
            } else if kept == 0 {
                roundsUp = digit >= 5
            }
            kept -= 1
        }
        shift = kept
        while shift > 0, value != 0 {
            guard value < full else { throw .outOfRange }
            value *= 10
            shift -= 1
        }
        if roundsUp { value += 1 }
        guard value / 10 < full else { throw .outOfRange }
        return form.isNegative ? -value : value
    }

    /// Appends the decimal with exactly `scale` digits after the point: `-0.50`.
    package static func append(_ unscaled: Int128, scale: Int, to output: inout [UInt8]) {
        if unscaled < 0 { output.append(0x2D) }
        var rest = unscaled.magnitude
        // 39 digits of Int128, and a zero before the point where the scale is as large.
        var reversed = [48 of UInt8](repeating: 0x30)
        var count = 0
        while rest > UInt128(UInt64.max) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            reversed[count] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
            count += 1
        }
        var low = UInt64(truncatingIfNeeded: rest)
        while low != 0 {
            let (quotient, digit) = low.quotientAndRemainder(dividingBy: 10)
            reversed[count] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
            low = quotient
            count += 1
        }
        count = max(count, scale + 1)
        output.append(addingCapacity: count + 1) { space in
            for index in (0..<count).reversed() {
                space.append(reversed[index])
                if index == scale, scale > 0 { space.append(0x2E) }
            }
        }
    }

    /// What a decimal number's text consists of, checked.
    struct DecimalForm {
        var isNegative: Bool
        /// Where digits and at most one point lie.
        var digits: Range<Int>
        /// Digits after the point, plus one for the point itself where there is one.
        var fractionCount: Int
        var exponent: Int

        init(_ bytes: Span<UInt8>) throws(ScalarTextError) {
            var index = 0
            isNegative = bytes.count > 0 && bytes[0] == 0x2D
            if bytes.count > 0, isNegative || bytes[0] == 0x2B { index = 1 }
            let start = index
            var point: Int?
            while index < bytes.count {
                if bytes[index] == 0x2E, point == nil {
                    point = index
                } else if bytes[index] &- 0x30 > 9 {
                    break
                }
                index += 1
            }
            let end = index
            digits = start..<end
            guard digits.count > (point == nil ? 0 : 1) else { throw .malformed }
            fractionCount = point.map { end - $0 } ?? 0
            exponent = try Self.exponent(bytes, from: index)
        }

        private static func exponent(
            _ bytes: Span<UInt8>,
            from start: Int
        ) throws(ScalarTextError) -> Int {
            guard start < bytes.count else { return 0 }
            guard bytes[start] | 0x20 == 0x65 else { throw .malformed }
            var index = start + 1
            let isNegative = index < bytes.count && bytes[index] == 0x2D
            if index < bytes.count, isNegative || bytes[index] == 0x2B { index += 1 }
            guard index < bytes.count else { throw .malformed }
            var exponent = 0
            while index < bytes.count {
                let digit = bytes[index] &- 0x30
                guard digit <= 9 else { throw .malformed }
                exponent = min(exponent * 10 + Int(digit), exponentLimit)
                index += 1
            }
            return isNegative ? -exponent : exponent
        }
    }
}
