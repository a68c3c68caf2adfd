/// The one text of a JSON value (RFC 8785): what is hashed and signed.
///
/// Members are sorted by the UTF-16 code units of their names, nothing is indented, and numbers are
/// written as ECMAScript writes the `Double` they stand for.
package enum CanonicalJSON {
    /// The canonical text in UTF-8.
    ///
    /// - Throws: ``JSONError`` for a number that no finite `Double` stands for exactly as an integer or
    ///   at all, and for an object that has a name twice.
    package static func text(_ value: JSONValue) throws(JSONError) -> String {
        var writer = JSONWriter(indentation: nil)
        try write(value, &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(
        _ value: JSONValue,
        _ writer: inout JSONWriter
    ) throws(JSONError) {
        switch value.content {
        case .null, .bool, .string: writer.write(value, level: 0)
        case .number(let number): writer.append(try text(number, at: value))
        case .array(let elements):
            writer.append("[")
            for (place, element) in elements.enumerated() {
                if place > 0 { writer.append(",") }
                try write(element, &writer)
            }
            writer.append("]")
        case .object(let object):
            writer.append("{")
            let members = object.members.sorted {
                $0.name.utf16.lexicographicallyPrecedes($1.name.utf16)
            }
            for (place, member) in members.enumerated() {
                if place > 0 { writer.append(",") }
                writer.write(member.name)
                writer.append(":")
                try write(member.value, &writer)
            }
            writer.append("}")
        }
    }

    private static func text(_ number: JSONNumber, at value: JSONValue) throws(JSONError) -> String
    {
        let double = number.double
        // Beyond 2^53 a Double may stand for another integer than the one written.
        let isExact = number.integer.map { Int64(exactly: double) == $0 } ?? double.isFinite
        guard isExact else {
            throw JSONError(
                "the number \(number.text) has no exact 64-bit floating-point value",
                remedy: "write it as a string",
                at: value.position
            )
        }
        return text(double)
    }

    /// A finite number as ECMAScript's `Number::toString` writes it.
    ///
    /// Swift's own text has the same shortest digits; only their arrangement differs.
    static func text(_ value: Double) -> String {
        if value == 0 { return "0" }
        let (digits, point) = shortestDigits(value.magnitude)
        let sign = value < 0 ? "-" : ""
        let count = digits.count
        if point > 0 && point <= 21 {
            if count <= point {
                return sign + digits + String(repeating: "0", count: point - count)
            }
            return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
        }
        if point > -6 && point <= 0 {
            return "\(sign)0.\(String(repeating: "0", count: -point))\(digits)"
        }
        let exponent = point - 1
        let fraction = count > 1 ? ".\(digits.dropFirst())" : ""
        return
            "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
    }

    /// The shortest digits d₁d₂… and the `point` with value = 0.d₁d₂… · 10^point.
    private static func shortestDigits(_ value: Double) -> (digits: String, point: Int) {
        let parts = value.description.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var digits = Substring(String(halves[0]) + (halves.count > 1 ? halves[1] : ""))
        var point = halves[0].count + exponent
        while digits.first == "0" {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), point)
    }
}
