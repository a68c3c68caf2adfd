/// A JSON number, kept as the text that wrote it, so that nothing is rounded before somebody asks.
package struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// Text that the JSON grammar allows: `-12`, `1.50`, `6e23`.
    package let text: String

    /// `text` is a number by the JSON grammar.
    init(verified text: String) { self.text = text }

    package init(_ value: some BinaryInteger) { text = String(value) }

    /// The shortest text that reads back as the same number; nil for NaN and the infinities.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = CanonicalJSON.text(value)
    }

    /// The value, where it is written without fraction and exponent and fits 64 bits.
    package var integer: Int64? { Int64(text) }

    /// The nearest `Double`; infinite where the number is beyond them.
    package var double: Double { Double(text) ?? .nan }

    package var description: String { text }
}
