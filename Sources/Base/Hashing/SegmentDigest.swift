/// The digest of any number of rows: how many, and the sum of their digests modulo 2¹²⁸.
///
/// The order of rows does not matter, each duplicate counts, and segments add up: a run's digest is that
/// of all its rows, whoever made them in whatever order.
package struct SegmentDigest: Hashable, Sendable, CustomStringConvertible {
    /// Number of rows.
    package private(set) var count: Int
    private var sum: UInt128

    /// The digest of no rows.
    package init() {
        count = 0
        sum = 0
    }

    /// Adds a row's digest.
    package mutating func add(_ digest: UInt128) {
        count += 1
        sum &+= digest
    }

    /// Adds all rows of another segment.
    package mutating func merge(_ other: SegmentDigest) {
        count += other.count
        sum &+= other.sum
    }

    /// The sum as a number of 32 hexadecimal digits.
    package var hexadecimal: String { Hexadecimal.text(sum) }

    /// `COUNT:HEX32`, as `output_digest` is printed.
    package var description: String { "\(count):\(hexadecimal)" }

    /// Reads what ``description`` writes; nil for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), count >= 0,
            let bytes = Hexadecimal.bytes(String(parts[1])), bytes.count == 16
        else { return nil }
        self.count = count
        sum = bytes.reduce(0) { $0 << 8 | UInt128($1) }
        guard description == text else { return nil }
    }
}
