/// A share of a whole, exact to a millionth: 0...1,000,000.
package struct PartsPerMillion: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let value: Int

    package static let none = Self(unchecked: 0)
    package static let all = Self(unchecked: 1_000_000)

    private init(unchecked value: Int) { self.value = value }

    /// nil outside 0...1,000,000.
    package init?(_ value: Int) {
        guard (0...1_000_000).contains(value) else { return nil }
        self.value = value
    }

    /// Reads `0.1%`, `12.5 %`, `3 ‰`, `250 ppm` or `0`.
    ///
    /// Any other number without a unit is refused: 1 may mean all or a hundredth.
    package init(parsing text: String) throws(UnitError) {
        var scanner = try QuantityScanner(text, example: "0.1%, 25% or 250 ppm")
        let number = try scanner.number()
        scanner.skipSpaces()
        let column = scanner.column
        let unit = scanner.unit()
        let factor: Int128
        switch unit.lowercased() {
        case "%", "percent": factor = 10_000
        case "‰": factor = 1000
        case "ppm": factor = 1
        case "" where number.digits == 0: factor = 1
        case "": throw scanner.error("the unit is missing", column: column)
        default: throw scanner.error("\"\(unit)\" is no unit of a share", column: column)
        }
        try scanner.requireEnd()
        guard let value = number.times(factor, limit: 1_000_000) else {
            throw scanner.error(
                "\"\(text)\" is no whole number of parts per million up to 100%",
                column: 1
            )
        }
        self.value = Int(value)
    }

    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }

    /// As a number of 0...1.
    package var share: Double { Double(value) / 1_000_000 }

    /// Exact, as percent: `0.1%`; reads back as itself.
    package var description: String {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: 10_000)
        guard rest > 0 else { return "\(whole)%" }
        var digits = String(rest)
        digits = String(repeating: "0", count: 4 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)%"
    }
}
