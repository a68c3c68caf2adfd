/// What lasted and what happened, lane below lane over one axis of time.
package struct Timeline: Sendable, Hashable {
    /// Something that lasted.
    package struct Bar: Sendable, Hashable {
        package var from: Double
        package var to: Double
        package var label: String
        /// Shown where somebody points at it.
        package var note: String
        package var tint: Tint

        package init(from: Double, to: Double, label: String, note: String, tint: Tint) {
            self.from = from
            self.to = to
            self.label = label
            self.note = note
            self.tint = tint
        }
    }

    /// Something that happened.
    package struct Mark: Sendable, Hashable {
        package var at: Double
        package var label: String
        package var note: String
        package var glyph: Glyph
        package var tint: Tint

        package init(at: Double, label: String, note: String, glyph: Glyph, tint: Tint) {
            self.at = at
            self.label = label
            self.note = note
            self.glyph = glyph
            self.tint = tint
        }
    }

    package struct Lane: Sendable, Hashable {
        package var name: String
        package var bars: [Bar]
        package var marks: [Mark]

        package init(_ name: String, bars: [Bar] = [], marks: [Mark] = []) {
            self.name = name
            self.bars = bars
            self.marks = marks
        }
    }

    package var title: String
    package var summary = ""
    package var width = 960.0
    /// Milliseconds since something.
    package var domain: ClosedRange<Double>
    package var axisTitle: String
    package var lanes: [Lane]

    package init(_ title: String, domain: ClosedRange<Double>, axisTitle: String, lanes: [Lane]) {
        self.title = title
        self.domain = domain
        self.axisTitle = axisTitle
        self.lanes = lanes
    }

    private static let left = 120.0
    private static let laneHeight = 40.0

    package var svg: Markup {
        var markup = Markup()
        let bottom = 8 + Double(lanes.count) * Self.laneHeight
        let scale = Scale(domain, from: Self.left, to: width - 16)
        markup.drawing(
            "chart",
            width: width,
            height: bottom + 46,
            label: title,
            summary: summary
        ) {
            for tick in Ticks.elapsed(inMilliseconds: scale.domain, atMost: 8) {
                let place = scale.position(of: tick.value)
                $0.line("grid", place, 8, place, bottom)
                $0.label("faint", place, bottom + 19, .middle, tick.label)
            }
            $0.line("axis", scale.start, bottom, scale.end, bottom)
            $0.label("faint", (scale.start + scale.end) / 2, bottom + 38, .middle, axisTitle)
            for (index, lane) in lanes.enumerated() {
                draw(lane, at: 8 + (Double(index) + 0.5) * Self.laneHeight, scale, &$0)
            }
        }
        return markup
    }

    private func draw(_ lane: Lane, at middle: Double, _ scale: Scale, _ markup: inout Markup) {
        markup.label("text", Self.left - 12, middle + 4.5, .end, lane.name)
        for bar in lane.bars {
            let from = scale.position(of: bar.from)
            // What was very short is seen, too.
            let width = max(scale.position(of: bar.to) - from, 2)
            markup.box(
                "bar \(bar.tint.rawValue)",
                x: from,
                y: middle - 13,
                width: width,
                height: 26,
                radius: 3,
                note: bar.note
            )
            if let label = TextExtent.cut(bar.label, to: width - 8, size: Chart.fontSize) {
                markup.label("text", from + width / 2, middle + 4.5, .middle, label)
            }
        }
        draw(lane.marks, at: middle, scale, &markup)
    }

    /// Marks with their labels behind them, as far as those do not cover the next mark.
    private func draw(
        _ marks: [Mark],
        at middle: Double,
        _ scale: Scale,
        _ markup: inout Markup
    ) {
        let sorted = marks.sorted { ($0.at, $0.label) < ($1.at, $1.label) }
        let places = sorted.map { scale.position(of: $0.at) }
        var free = -Double.infinity
        for (index, mark) in sorted.enumerated() {
            let place = places[index]
            markup.glyph(
                mark.glyph,
                "fill-\(mark.tint.rawValue)",
                place,
                middle,
                size: 6.5,
                note: mark.note
            )
            guard !mark.label.isEmpty else { continue }
            let wanted = TextExtent.width(of: mark.label, size: Chart.fontSize)
            let next = index + 1 < places.count ? places[index + 1] - 9 : scale.end
            if place + 11 >= free, place + 11 + wanted <= next {
                markup.label("text", place + 11, middle + 4.5, .start, mark.label)
                free = place + 11 + wanted + 4
            } else if place - 11 - wanted >= max(free, scale.start),
                index == 0 || place - 11 - wanted > places[index - 1] + 9
            {
                markup.label("text", place - 11, middle + 4.5, .end, mark.label)
                free = place + 8
            }
        }
    }
}
