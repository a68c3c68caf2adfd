/// Approximate numbers as text, exact both ways: reading rounds to nearest even, writing is the shortest
/// text that reads back as the same number.
package enum DoubleText {
    /// The number that all of `bytes` write: `[sign] digits [. digits] [e exponent]`, `NaN` or `[sign]Infinity`.
    ///
    /// - Throws: ``ScalarTextError/malformed``. Too large a number is infinite, as in Java.
    package static func parse(_ bytes: Span<UInt8>) throws(ScalarTextError) -> Double {
        let form = try NumberForm(bytes)
        if let special = form.special { return special }
        if let value = form.exactValue(significandBits: 53) { return value }
        // The standard library reads any length in the C locale and rounds correctly.
        guard let value = Double(form.text(of: bytes)) else { throw .malformed }
        return value
    }

    /// As ``parse(_:)``, rounded once to a 32-bit number.
    package static func parseFloat(_ bytes: Span<UInt8>) throws(ScalarTextError) -> Double {
        let form = try NumberForm(bytes)
        if let special = form.special { return special }
        if let value = form.exactValue(significandBits: 24) { return value }
        guard let value = Float(form.text(of: bytes)) else { throw .malformed }
        return Double(value)
    }

    /// ±`significand` · 10^`exponent` rounded once to `significandBits` (24 or 53) bits; nil where
    /// |`exponent`| > 19, which needs wider arithmetic.
    package static func rounded(
        significand: UInt64,
        exponent: Int,
        isNegative: Bool,
        significandBits: Int
    ) -> Double? {
        guard exponent >= -19, exponent <= 19 else { return nil }
        guard significand != 0 else { return isNegative ? -0.0 : 0.0 }
        let power = powersOfTen[abs(exponent)]
        var quotient: UInt64
        var isInexact: Bool
        var binaryExponent: Int
        if exponent < 0 {
            let significandShift = significand.leadingZeroBitCount
            let powerShift = power.leadingZeroBitCount
            let dividend = significand << UInt64(significandShift)
            let divisor = power << UInt64(powerShift)
            // The dividend · 2^63, so that its high half is below the divisor.
            let division = divisor.dividingFullWidth((dividend >> 1, dividend << 63))
            quotient = division.quotient
            isInexact = division.remainder != 0
            binaryExponent = powerShift - significandShift - 63
        } else {
            let product = significand.multipliedFullWidth(by: power)
            let shift = product.high.leadingZeroBitCount
            quotient =
                shift == 64
                ? product.low
                : product.high << UInt64(shift) | (product.low >> 1) >> UInt64(63 - shift)
            isInexact = shift < 64 && product.low << UInt64(shift) != 0
            binaryExponent = 64 - shift
        }
        let lead = quotient.leadingZeroBitCount
        quotient <<= UInt64(lead)
        binaryExponent -= lead
        let dropped = UInt64(64 - significandBits)
        var kept = quotient >> dropped
        let rest = quotient & (1 << dropped - 1)
        let half: UInt64 = 1 << (dropped - 1)
        if rest > half || (rest == half && (isInexact || kept & 1 == 1)) { kept += 1 }
        let scale = Double(
            sign: isNegative ? .minus : .plus,
            exponent: binaryExponent + Int(dropped),
            significand: 1
        )
        return Double(kept) * scale
    }

    /// Powers with exponents 0...19.
    static let powersOfTen: [UInt64] = {
        var powers: [UInt64] = [1]
        for _ in 0..<19 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()
}

/// What a number's text consists of.
private struct NumberForm {
    /// NaN or an infinity.
    var special: Double?
    private var isNegative = false
    /// The first 19 digits that count.
    private var significand: UInt64 = 0
    /// Whether digits were left out.
    private var isCut = false
    private var exponent = 0

    init(_ bytes: Span<UInt8>) throws(ScalarTextError) {
        var index = 0
        isNegative = bytes.count > 0 && bytes[0] == 0x2D
        if bytes.count > 0, isNegative || bytes[0] == 0x2B { index = 1 }
        if index < bytes.count, bytes[index] > 0x39 {
            special = try Self.special(bytes, from: index, isNegative: isNegative)
            return
        }
        var digitCount = 0
        var significantCount = 0
        var hasPoint = false
        while index < bytes.count {
            let byte = bytes[index]
            let digit = byte &- 0x30
            if digit <= 9 {
                digitCount += 1
                if significantCount < 19 {
                    significand = significand * 10 + UInt64(digit)
                    if significand != 0 { significantCount += 1 }
                    if hasPoint { exponent -= 1 }
                } else {
                    isCut = true
                    if !hasPoint { exponent += 1 }
                }
            } else if byte == 0x2E, !hasPoint {
                hasPoint = true
            } else {
                break
            }
            index += 1
        }
        guard digitCount > 0 else { throw .malformed }
        if index < bytes.count { exponent += try Self.exponent(bytes, from: index) }
    }

    func exactValue(significandBits: Int) -> Double? {
        guard !isCut else { return nil }
        return DoubleText.rounded(
            significand: significand,
            exponent: exponent,
            isNegative: isNegative,
            significandBits: significandBits
        )
    }

    func text(of bytes: Span<UInt8>) -> String {
        let copy = [UInt8](capacity: bytes.count) { output in
            for index in bytes.indices { output.append(bytes[index]) }
        }
        return String(decoding: copy, as: UTF8.self)
    }

    private static func exponent(_ bytes: Span<UInt8>, from start: Int) throws(ScalarTextError)
        -> Int
    {
        guard bytes[start] | 0x20 == 0x65 else { throw .malformed }
        var index = start + 1
        let isNegative = index < bytes.count && bytes[index] == 0x2D
        if index < bytes.count, isNegative || bytes[index] == 0x2B { index += 1 }
        guard index < bytes.count else { throw .malformed }
        var exponent = 0
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit <= 9 else { throw .malformed }
            // Past this, every significand is zero or infinite, whatever follows.
            exponent = min(exponent * 10 + Int(digit), 1_000_000)
            index += 1
        }
        return isNegative ? -exponent : exponent
    }

    private static func special(
        _ bytes: Span<UInt8>,
        from start: Int,
        isNegative: Bool
    ) throws(ScalarTextError) -> Double {
        if matches(bytes, from: start, "NaN") { return .nan }
        guard matches(bytes, from: start, "Infinity") else { throw .malformed }
        return isNegative ? -.infinity : .infinity
    }

    private static func matches(
        _ bytes: Span<UInt8>,
        from start: Int,
        _ word: StaticString
    ) -> Bool {
        guard bytes.count - start == word.utf8CodeUnitCount else { return false }
        var index = start
        for letter in word.description.utf8 {
            if bytes[index] != letter { return false }
            index += 1
        }
        return true
    }
}
