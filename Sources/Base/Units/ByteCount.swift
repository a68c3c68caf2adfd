/// A number of bytes.
package struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var bytes: Int

    package init(bytes: Int) { self.bytes = bytes }

    package static func kibibytes(_ count: Int) -> Self { Self(bytes: count << 10) }
    package static func mebibytes(_ count: Int) -> Self { Self(bytes: count << 20) }
    package static func gibibytes(_ count: Int) -> Self { Self(bytes: count << 30) }

    package static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }

    /// What `K`, `MB` and their like stand for.
    package enum Convention: Sendable {
        /// `MB` is 1,000,000, `MiB` is 1,048,576, and a bare `M` is refused as ambiguous.
        case international
        /// Flink's: every prefix is a power of 1024.
        case flink
    }

    /// Reads `64MiB`, `128 MB`, `1.5 GiB` or a plain number of bytes; letter case does not matter.
    package init(
        parsing text: String,
        _ convention: Convention = .international
    ) throws(UnitError) {
        var scanner = try QuantityScanner(text, example: "64MiB, 128 MB or 4096")
        let number = try scanner.number()
        scanner.skipSpaces()
        let column = scanner.column
        let unit = scanner.unit()
        guard let factor = Self.factor(unit.lowercased(), convention) else {
            throw scanner.error("\"\(unit)\" is no unit of bytes", column: column)
        }
        try scanner.requireEnd()
        guard let bytes = number.times(factor, limit: Int128(Int.max)) else {
            throw scanner.error("\"\(text)\" is no whole number of bytes below 8 EiB", column: 1)
        }
        self.init(bytes: Int(bytes))
    }

    private static func factor(_ unit: String, _ convention: Convention) -> Int128? {
        if ["", "b", "byte", "bytes"].contains(unit) { return 1 }
        let prefixes = ["k", "m", "g", "t"]
        let names = ["kibibytes", "mebibytes", "gibibytes", "tebibytes"]
        for power in prefixes.indices {
            let binary = Int128(1) << Int128(10 * (power + 1))
            let prefix = prefixes[power]
            if unit == prefix + "ib" || unit == names[power] { return binary }
            if convention == .flink, unit == prefix || unit == prefix + "b" { return binary }
            let decimal = [1000, 1_000_000, 1_000_000_000, 1_000_000_000_000][power] as Int128
            if unit == prefix + "b" { return decimal }
        }
        return nil
    }

    /// Exact, in the largest binary unit that divides it: `64 MiB`, `1000 B`; reads back as itself.
    package var description: String {
        for (shift, unit) in [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] {
            if bytes != 0, bytes & ((1 << shift) - 1) == 0 { return "\(bytes >> shift) \(unit)" }
        }
        return "\(bytes) B"
    }

    /// Three digits for people: `1.46 MiB`.
    package var rounded: String {
        let magnitude = bytes.magnitude
        for (shift, unit) in [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")]
        where magnitude >= 1 << UInt(shift) {
            return "\(NumberText.significant(Double(bytes) / Double(1 << shift))) \(unit)"
        }
        return "\(bytes) B"
    }
}
