extension DoubleText {
    /// Appends the shortest text that reads back as `value`, as CAST to STRING writes a DOUBLE.
    ///
    /// Plain with at least one decimal where 1e-3 ≤ |value| < 1e7, else `d.dE±n` without a plus:
    /// `0.0`, `1.5`, `1.0E10`, `1.0E-5`, `NaN`, `-Infinity`.
    package static func append(_ value: Double, to output: inout [UInt8]) {
        if appendSpecial(value, to: &output) { return }
        let magnitude = value.magnitude
        if appendFewDecimals(magnitude, to: &output) { return }
        append(Shortest(magnitude.description), to: &output)
    }

    /// As ``append(_:to:)`` with the shortest text that reads back as the same 32-bit number.
    package static func appendFloat(_ value: Double, to output: inout [UInt8]) {
        if appendSpecial(value, to: &output) { return }
        append(Shortest(Float(value.magnitude).description), to: &output)
    }

    /// Appends a sign where needed, and the whole text of NaN, infinities and zeros; true where that was all.
    private static func appendSpecial(_ value: Double, to output: inout [UInt8]) -> Bool {
        if value.isNaN {
            output.append(contentsOf: "NaN".utf8)
            return true
        }
        if value.sign == .minus { output.append(0x2D) }
        if value.isInfinite {
            output.append(contentsOf: "Infinity".utf8)
            return true
        }
        if value == 0 {
            output.append(contentsOf: "0.0".utf8)
            return true
        }
        return false
    }

    /// Writes numbers of at most six decimals and 15 digits, which most data consist of; else does nothing.
    ///
    /// Exact: an integer up to 2^53 over a power of ten up to 10^22 is the correctly rounded quotient, so
    /// where it equals the number, that decimal reads back as it; and of at most 15 digits there is only one.
    private static func appendFewDecimals(_ magnitude: Double, to output: inout [UInt8]) -> Bool {
        guard magnitude >= 1e-3, magnitude < 1e7 else { return false }
        var power = 1.0
        for decimals in 0...6 {
            let scaled = (magnitude * power).rounded()
            if scaled / power == magnitude {
                let digits = UInt64(scaled)
                let unit = UInt64(power)
                IntegerText.append(magnitude: digits / unit, digits: 1, to: &output)
                output.append(0x2E)
                IntegerText.append(
                    magnitude: digits % unit,
                    digits: max(decimals, 1),
                    to: &output
                )
                return true
            }
            power *= 10
        }
        return false
    }

    private static func append(_ shortest: Shortest, to output: inout [UInt8]) {
        let digits = shortest.digits
        let point = shortest.pointPosition
        if point >= -2, point <= 7 {
            if point <= 0 {
                output.append(contentsOf: [0x30, 0x2E])
                output.append(contentsOf: repeatElement(0x30, count: -point))
                output.append(contentsOf: digits)
                return
            }
            output.append(contentsOf: digits.prefix(point))
            output.append(contentsOf: repeatElement(0x30, count: max(point - digits.count, 0)))
            output.append(0x2E)
            output.append(contentsOf: digits.count > point ? digits[point...] : [0x30])
            return
        }
        output.append(digits[0])
        output.append(0x2E)
        output.append(contentsOf: digits.count > 1 ? digits[1...] : [0x30])
        output.append(0x45)
        IntegerText.append(Int64(point - 1), to: &output)
    }

    /// The digits of the standard library's shortest text: 0.d₁d₂… · 10^`pointPosition`.
    private struct Shortest {
        /// Without zeros at either end.
        var digits: [UInt8] = []
        var pointPosition = 0

        init(_ text: String) {
            var hasPoint = false
            var exponent = 0
            var rest = text.utf8[...]
            while let byte = rest.popFirst() {
                if byte == 0x2E {
                    hasPoint = true
                } else if byte == 0x65 {
                    exponent = Int(Substring(rest)) ?? 0
                    break
                } else {
                    if byte != 0x30 || !digits.isEmpty {
                        digits.append(byte)
                        if !hasPoint { pointPosition += 1 }
                    } else if hasPoint {
                        pointPosition -= 1
                    }
                }
            }
            pointPosition += exponent
            while digits.last == 0x30 { digits.removeLast() }
        }
    }
}
