/// Numbers as people read them.
package enum NumberText {
    /// With a comma between groups of three digits: `336,776`.
    package static func grouped<Number: BinaryInteger>(_ number: Number) -> String {
        var text = String(number.magnitude)
        var index = text.endIndex
        while text.distance(from: text.startIndex, to: index) > 3 {
            index = text.index(index, offsetBy: -3)
            text.insert(",", at: index)
        }
        return number < 0 ? "-" + text : text
    }

    /// With `digits` (0...9) digits after the point, half away from zero; grouped before it.
    package static func fixed(_ number: Double, digits: Int) -> String {
        guard number.isFinite else { return "\(number)" }
        let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        let scaled = (number.magnitude * scale).rounded(.toNearestOrAwayFromZero)
        guard scaled < 9e15 else { return "\(number)" }
        let (whole, fraction) = Int64(scaled).quotientAndRemainder(dividingBy: Int64(scale))
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + grouped(whole) }
        let zeros = String(repeating: "0", count: digits - String(fraction).count)
        return "\(sign)\(grouped(whole)).\(zeros)\(fraction)"
    }

    /// With three digits that count: `306`, `40.8`, `1.23`, `0.0456`.
    package static func significant(_ number: Double) -> String {
        let magnitude = number.magnitude
        if magnitude == 0 { return "0" }
        if magnitude >= 99.95 { return fixed(number, digits: 0) }
        if magnitude >= 9.995 { return fixed(number, digits: 1) }
        if magnitude >= 0.9995 { return fixed(number, digits: 2) }
        if magnitude >= 0.09995 { return fixed(number, digits: 3) }
        return fixed(number, digits: magnitude >= 0.009995 ? 4 : 6)
    }

    /// With a prefix for thousands: `306 k`, `40.8 M`, `2.4 G`, `17`.
    package static func scaled(_ number: Double) -> String {
        // 999.5 and more rounds to four digits, so it goes to the next prefix.
        for (limit, prefix) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        where number.magnitude >= limit * 0.9995 {
            return "\(significant(number / limit)) \(prefix)"
        }
        return significant(number)
    }

    /// A speed: `306 k rows/s`; nothing per no time is `- rows/s`.
    package static func rate(_ count: Int, _ noun: String, per elapsed: Duration) -> String {
        let seconds = elapsed.inSeconds
        guard seconds > 0 else { return "- \(noun)/s" }
        return "\(scaled(Double(count) / seconds)) \(noun)/s"
    }

    /// A share of one as percent: `12.3%`.
    package static func percent(_ share: Double) -> String { "\(significant(share * 100))%" }

    /// Reads a count: `10000000`, `10_000_000`, `10,000,000`, `10M`, `1.5k`.
    package static func count(parsing text: String) throws(UnitError) -> Int {
        var scanner = try QuantityScanner(text, example: "10000000, 10_000_000 or 10M")
        let number = try scanner.number()
        let column = scanner.column
        let unit = scanner.unit()
        let factors: [String: Int128] = [
            "": 1, "k": 1000, "K": 1000, "M": 1_000_000, "G": 1_000_000_000,
        ]
        guard let factor = factors[unit] else {
            throw scanner.error("\"\(unit)\" is none of k, M, G", column: column)
        }
        try scanner.requireEnd()
        guard let count = number.times(factor, limit: Int128(Int.max)) else {
            throw scanner.error("\"\(text)\" is no whole number below 2^63", column: 1)
        }
        return Int(count)
    }
}
