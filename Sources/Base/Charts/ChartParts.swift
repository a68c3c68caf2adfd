/// What something in a drawing stands for; ``ChartStyle`` gives each its colour.
///
/// A tint never speaks alone: form, dashes or a text say the same to those who do not see it.
package enum Tint: String, Sendable, Hashable, CaseIterable {
    case primary
    case candidate
    case good
    case bad
    case accent
    case neutral
}

/// How a line is drawn.
package enum Dash: String, Sendable, Hashable, CaseIterable {
    case solid
    case dashed
    case dotted
}

/// A small figure at a place.
package enum Glyph: Sendable, Hashable, CaseIterable {
    case circle
    case square
    case diamond
    case triangleUp
    case triangleDown
    case bar
}

/// A line through points.
package struct Series: Sendable, Hashable {
    package struct Point: Sendable, Hashable {
        package var x: Double
        package var y: Double
        /// Shown where somebody points at it.
        package var note: String

        package init(_ x: Double, _ y: Double, _ note: String = "") {
            self.x = x
            self.y = y
            self.note = note
        }
    }

    package var name: String
    /// With rising x.
    package var points: [Point]
    package var tint: Tint
    package var dash: Dash
    /// Drawn at each point.
    package var glyph: Glyph?
    /// Whether a value holds until the next point.
    package var isStepped: Bool
    /// Written behind the last point.
    package var ending: String?

    package init(
        _ name: String,
        _ points: [Point],
        tint: Tint,
        dash: Dash = .solid,
        glyph: Glyph? = nil,
        isStepped: Bool = false,
        ending: String? = nil
    ) {
        self.name = name
        self.points = points
        self.tint = tint
        self.dash = dash
        self.glyph = glyph
        self.isStepped = isStepped
        self.ending = ending
    }
}

/// A stretch of x behind the lines.
package struct Band: Sendable, Hashable {
    package var from: Double
    package var to: Double
    package var label: String

    package init(from: Double, to: Double, label: String) {
        self.from = from
        self.to = to
        self.label = label
    }
}

/// A bound: a line at one y.
package struct Bound: Sendable, Hashable {
    package var y: Double
    package var label: String
    package var tint: Tint
    /// Whether the label stands below the line; else above.
    package var isLabelBelow: Bool

    package init(_ y: Double, label: String, tint: Tint, isLabelBelow: Bool = false) {
        self.y = y
        self.label = label
        self.tint = tint
        self.isLabelBelow = isLabelBelow
    }
}

/// One direction of a chart.
package struct Axis: Sendable, Hashable {
    /// How values along an axis are written.
    package enum Labels: Sendable, Hashable {
        case numbers
        /// Shares of one.
        case shares
        /// Milliseconds since something.
        case elapsed
        /// Nanoseconds, on equal factors.
        case durations
    }

    package var domain: ClosedRange<Double>
    package var labels: Labels
    /// What is measured, with its unit.
    package var title: String
    package var tickLimit: Int

    package init(
        _ domain: ClosedRange<Double>,
        _ labels: Labels,
        title: String = "",
        tickLimit: Int = 6
    ) {
        self.domain = domain
        self.labels = labels
        self.title = title
        self.tickLimit = tickLimit
    }

    var spread: Scale.Spread { labels == .durations ? .logarithmic : .linear }

    /// The round values within what a scale shows.
    func ticks(of scale: Scale) -> [Ticks.Tick] {
        switch labels {
        case .numbers: Ticks.numbers(in: scale.domain, atMost: tickLimit)
        case .shares: Ticks.shares(in: scale.domain, atMost: tickLimit)
        case .elapsed: Ticks.elapsed(inMilliseconds: scale.domain, atMost: tickLimit)
        case .durations: Ticks.durations(inNanoseconds: scale.domain, atMost: tickLimit)
        }
    }
}
