/// Integers as decimal text: an optional sign and digits.
package enum IntegerText {
    /// The integer that all of `bytes` write; no spaces.
    ///
    /// - Throws: ``ScalarTextError/malformed`` where it is not a sign and at least one digit,
    ///   ``ScalarTextError/outOfRange`` outside Int64.
    package static func parse(_ bytes: Span<UInt8>) throws(ScalarTextError) -> Int64 {
        var index = 0
        let isNegative = bytes.count > 0 && bytes[0] == 0x2D
        if bytes.count > 0, isNegative || bytes[0] == 0x2B { index = 1 }
        guard index < bytes.count else { throw .malformed }
        var magnitude: UInt64 = 0
        var overflows = false
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit <= 9 else { throw .malformed }
            let (product, productOverflows) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) = product.addingReportingOverflow(UInt64(digit))
            overflows = overflows || productOverflows || sumOverflows
            magnitude = sum
            index += 1
        }
        if overflows { throw .outOfRange }
        if isNegative {
            guard magnitude <= 1 << 63 else { throw .outOfRange }
            return Int64(truncatingIfNeeded: 0 &- magnitude)
        }
        guard magnitude < 1 << 63 else { throw .outOfRange }
        return Int64(magnitude)
    }

    /// Appends the shortest decimal text.
    package static func append(_ value: Int64, to output: inout [UInt8]) {
        if value < 0 { output.append(0x2D) }
        append(magnitude: value.magnitude, digits: 1, to: &output)
    }

    /// Appends `magnitude` with zeros in front up to `digits` digits, at most 20.
    package static func append(
        magnitude: UInt64,
        digits: Int,
        to output: inout [UInt8]
    ) {
        precondition(digits <= 20, "a 64-bit integer has at most 20 digits")
        var reversed = [20 of UInt8](repeating: 0x30)
        var rest = magnitude
        var count = 0
        while rest != 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            reversed[count] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
            count += 1
        }
        count = max(count, digits)
        output.append(addingCapacity: count) { space in
            for index in (0..<count).reversed() { space.append(reversed[index]) }
        }
    }
}
