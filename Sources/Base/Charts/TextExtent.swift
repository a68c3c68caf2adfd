/// How much room a text takes in a drawing, without knowing its font.
enum TextExtent {
    /// An upper estimate of the width, in units of the drawing.
    static func width(of text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0) { $0 + width(of: $1) } * size
    }

    /// The text, or its beginning with an ellipsis; nil where not even three letters have room.
    static func cut(_ text: String, to width: Double, size: Double) -> String? {
        if Self.width(of: text, size: size) <= width { return text }
        var kept = ""
        var used = Self.width(of: "…", size: size)
        for character in text {
            used += Self.width(of: String(character), size: size)
            if used > width { break }
            kept.append(character)
        }
        return kept.count < 3 ? nil : kept + "…"
    }

    private static func width(of scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "t", "f", "r", "I", ".", ",", ":", ";", "|", "'", " ": 0.36
        case "m", "w", "M", "W", "%", "@": 0.92
        case _ where scalar.value >= 0x1100: 1.05
        case _ where scalar.properties.isUppercase: 0.72
        default: 0.6
        }
    }
}
