/// A version of numbers with dots between them, such as `6.3.1`.
package struct ToolVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var parts: [Int]

    package init(_ parts: Int...) { self.parts = parts }

    /// The first version that stands in a text; nil where there is none.
    ///
    /// It begins at a digit that no letter or dot precedes: `Swift version 6.3.1 (swift-6.3.1-RELEASE)`.
    package init?(in text: String, after marker: String = "") {
        guard let start = marker.isEmpty ? text.startIndex : Self.end(of: marker, in: text) else {
            return nil
        }
        let rest = text[start...].drop { !$0.isASCII || !$0.isNumber }
        let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = digits.split(separator: ".").compactMap { Int($0) }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    /// Missing parts count as 0: 6.3 equals 6.3.0 in order, not as a value.
    package static func < (left: Self, right: Self) -> Bool {
        for index in 0..<max(left.parts.count, right.parts.count) {
            let (one, other) = (left.part(index), right.part(index))
            if one != other { return one < other }
        }
        return false
    }

    package var description: String { parts.map(String.init).joined(separator: ".") }

    private func part(_ index: Int) -> Int { index < parts.count ? parts[index] : 0 }

    private static func end(of marker: String, in text: String) -> String.Index? {
        text.ranges(of: marker).first?.upperBound
    }
}
