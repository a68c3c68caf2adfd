/// Lines, figures and texts of a drawing.
extension Markup {
    mutating func line(_ style: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) {
        empty(
            "line",
            [
                "class": style, "x1": Self.number(x1), "y1": Self.number(y1),
                "x2": Self.number(x2), "y2": Self.number(y2),
            ]
        )
    }

    /// Where a text stands to its place.
    enum Anchor: String {
        case start
        case middle
        case end
    }

    mutating func label(
        _ style: String,
        _ x: Double,
        _ y: Double,
        _ anchor: Anchor,
        _ content: String
    ) {
        element(
            "text",
            [
                "class": style, "x": Self.number(x), "y": Self.number(y),
                "text-anchor": anchor.rawValue,
            ],
            text: content
        )
    }

    /// A rectangle with round corners; `note` is shown where somebody points at it.
    mutating func box(
        _ style: String,
        x: Double,
        y: Double,
        width: Double,
        height: Double,
        radius: Double = 0,
        note: String = ""
    ) {
        element(
            "rect",
            [
                "class": style, "x": Self.number(x), "y": Self.number(y),
                "width": Self.number(max(width, 0)), "height": Self.number(height),
                "rx": Self.number(radius),
            ]
        ) { box in
            if !note.isEmpty { box.element("title", text: note) }
        }
    }

    /// A glyph around a place.
    mutating func glyph(
        _ glyph: Glyph,
        _ style: String,
        _ x: Double,
        _ y: Double,
        size: Double,
        note: String = ""
    ) {
        element("path", ["class": style, "d": Self.outline(glyph, x, y, size)]) { path in
            if !note.isEmpty { path.element("title", text: note) }
        }
    }

    private static func outline(
        _ glyph: Glyph,
        _ x: Double,
        _ y: Double,
        _ size: Double
    ) -> String {
        func corners(_ places: [(Double, Double)]) -> String {
            let words = places.map { number(x + $0.0 * size) + " " + number(y + $0.1 * size) }
            return "M" + words.joined(separator: "L") + "Z"
        }
        switch glyph {
        case .square: return corners([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
        case .diamond: return corners([(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)])
        case .triangleUp: return corners([(0, -1.1), (1.15, 0.9), (-1.15, 0.9)])
        case .triangleDown: return corners([(0, 1.1), (1.15, -0.9), (-1.15, -0.9)])
        case .bar: return corners([(-0.22, -1.6), (0.22, -1.6), (0.22, 1.6), (-0.22, 1.6)])
        case .circle:
            let radius = number(size)
            let arc = "a\(radius) \(radius) 0 1 0 "
            return "M\(number(x - size)) \(number(y))\(arc)\(number(2 * size)) 0"
                + "\(arc)\(number(-2 * size)) 0Z"
        }
    }

    /// Opens a drawing that takes the width it is given.
    mutating func drawing(
        _ style: String,
        width: Double,
        height: Double,
        label: String,
        summary: String,
        _ body: (inout Markup) -> Void
    ) {
        element(
            "svg",
            [
                "class": style, "viewBox": "0 0 \(Self.number(width)) \(Self.number(height))",
                "role": "img", "aria-label": label,
            ]
        ) { svg in
            if !summary.isEmpty { svg.element("desc", text: summary) }
            body(&svg)
        }
    }
}
