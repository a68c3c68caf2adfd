/// Texts as columns of a terminal.
package enum TerminalText {
    /// Columns that a text takes: 2 for wide East Asian characters and emoji, 0 for combining marks.
    package static func width(_ text: String) -> Int {
        if isPlain(text) { return text.utf8.count }
        return text.reduce(0) { $0 + width($1) }
    }

    /// Whether every character is a visible one of ASCII or a space, as in nearly all tables: one column each.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        let isWide = wideRanges.contains { $0.contains(scalar.value) }
        return isWide || scalar.properties.isEmojiPresentation ? 2 : 1
    }

    /// The wide and full-width blocks of Unicode's East Asian Width.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
    ]

    /// The text with `�` for control characters, which could move the cursor, end a line or turn its direction.
    package static func withoutControls(_ text: String) -> String {
        if isPlain(text) { return text }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { clean.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(clean)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F: true
        // Ends of lines and paragraphs; marks, embeddings and isolates of direction.
        case 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// The text cut to `limit` columns, with `…` where something is missing.
    package static func cut(_ text: String, to limit: Int) -> String {
        guard width(text) > limit else { return text }
        var kept = ""
        var columns = 0
        for character in text {
            columns += width(character)
            if columns > limit - 1 { break }
            kept.append(character)
        }
        return limit > 0 ? kept + "…" : ""
    }

    /// The text with spaces behind or before it up to `columns`.
    package static func padded(_ text: String, to columns: Int, right: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, columns - width(text)))
        return right ? padding + text : text + padding
    }
}
