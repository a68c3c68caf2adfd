/// Booleans as text: `true` and `false` in any case.
package enum BooleanText {
    /// - Throws: ``ScalarTextError/malformed`` for any other text.
    package static func parse(_ bytes: Span<UInt8>) throws(ScalarTextError) -> Bool {
        if matches(bytes, "true") { return true }
        if matches(bytes, "false") { return false }
        throw .malformed
    }

    /// Appends `TRUE` or `FALSE`, as CAST to STRING does.
    package static func appendUpper(_ value: Bool, to output: inout [UInt8]) {
        append(value ? "TRUE" : "FALSE", to: &output)
    }

    /// Appends `true` or `false`, as CSV and JSON do.
    package static func append(_ value: Bool, to output: inout [UInt8]) {
        append(value ? "true" : "false", to: &output)
    }

    private static func append(_ word: StaticString, to output: inout [UInt8]) {
        output.append(contentsOf: word.description.utf8)
    }

    private static func matches(_ bytes: Span<UInt8>, _ word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        var index = 0
        for letter in word.description.utf8 {
            if bytes[index] | 0x20 != letter { return false }
            index += 1
        }
        return true
    }
}
