/// Markup as it is written: HTML and SVG that is well-formed XML as well.
///
/// Names of elements and attributes come from the program; every content and every attribute's value is escaped,
/// so data cannot become markup.
package struct Markup: Sendable, Hashable {
    /// What was written so far.
    package private(set) var text = ""

    package init() {}

    /// Writes an element whose content `body` writes.
    package mutating func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String> = [:],
        _ body: (inout Markup) -> Void
    ) {
        open(name, attributes)
        text += ">"
        body(&self)
        text += "</\(name)>\n"
    }

    /// Writes an element that holds a text.
    package mutating func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String> = [:],
        text content: String
    ) {
        open(name, attributes)
        text += ">\(Self.escaped(content))</\(name)>"
    }

    /// Writes an element without content.
    package mutating func empty(
        _ name: String,
        _ attributes: KeyValuePairs<String, String> = [:]
    ) {
        open(name, attributes)
        text += "/>"
    }

    /// Writes a text.
    package mutating func write(_ content: String) { text += Self.escaped(content) }

    /// Writes markup that was made elsewhere.
    package mutating func append(_ other: Markup) { text += other.text }

    /// Begins a page.
    package mutating func beginPage() { text += "<!DOCTYPE html>\n" }

    /// Writes a style sheet of the program, which holds neither `<` nor `&`.
    package mutating func style(_ sheet: String) {
        precondition(
            !sheet.utf8.contains { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") },
            "a style sheet has no markup in it"
        )
        text += "<style>\n\(sheet)</style>\n"
    }

    private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        text += "<\(name)"
        for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
    }

    /// A text as content or as a quoted value: nothing in it is read as markup.
    ///
    /// Characters that XML does not know, and those that turn the direction of the text around them, become
    /// U+FFFD, which shows that something was there.
    package static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n": escaped.append(scalar)
            case _ where isUnfit(scalar): escaped.append("\u{FFFD}")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        case let value: value & 0xFFFE == 0xFFFE
        }
    }
}

extension Markup {
    /// A number of a drawing: at most two digits behind the point, no exponent.
    package static func number(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "0" }
        let hundredths = Int64((value * 100).rounded())
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        let digits = rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
        return "\(sign)\(whole).\(digits)"
    }
}
