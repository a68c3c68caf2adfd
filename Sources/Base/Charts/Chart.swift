/// Lines over one axis, with bands behind them and bounds across: a value that draws itself as SVG.
///
/// The same chart gives the same text, byte for byte.
package struct Chart: Sendable, Hashable {
    /// What it shows, for those who do not see it.
    package var title: String
    package var summary = ""
    package var width = 960.0
    package var height = 280.0
    package var x: Axis
    package var y: Axis
    package var bands: [Band] = []
    package var bounds: [Bound] = []
    package var series: [Series] = []
    package var showsLegend = true
    /// Room for what is written behind lines.
    package var endingWidth = 0.0
    /// Stands in place of the lines where there is not one point.
    package var emptyText = "Nothing was counted."

    package init(_ title: String, x: Axis, y: Axis) {
        self.title = title
        self.x = x
        self.y = y
    }

    static let fontSize = 13.0
    private static let lineHeight = 20.0
    /// Room for the axis at the left.
    private var left: Double { y.title.isEmpty ? 52 : 88 }

    /// The drawing.
    package var svg: Markup {
        var markup = Markup()
        let legend = showsLegend ? LegendRows(series, width: width - left - 16) : nil
        let top = 12 + Double(legend?.rows.count ?? 0) * Self.lineHeight + (bands.isEmpty ? 6 : 22)
        let bottom = height - (x.title.isEmpty ? 26 : 44)
        let plot = Plot(
            x: Scale(x.domain, from: left, to: width - 16 - endingWidth, spread: x.spread),
            y: Scale(y.domain, from: bottom, to: top, spread: y.spread)
        )
        markup.drawing("chart", width: width, height: height, label: title, summary: summary) {
            legend?.draw(at: (left, 14), &$0)
            draw(bands, plot, &$0)
            drawAxes(plot, &$0)
            draw(bounds, plot, &$0)
            if series.allSatisfy(\.points.isEmpty) {
                let place = ((plot.x.start + plot.x.end) / 2, (top + bottom) / 2)
                $0.label("faint", place.0, place.1, .middle, emptyText)
            }
            for line in series { draw(line, plot, &$0) }
            drawEndings(plot, &$0)
        }
        return markup
    }

    private struct Plot {
        var x: Scale
        var y: Scale
    }

    private func draw(_ bands: [Band], _ plot: Plot, _ markup: inout Markup) {
        for (index, band) in bands.enumerated() {
            let from = plot.x.position(of: band.from)
            let width = plot.x.position(of: band.to) - from
            guard width > 0 else { continue }
            markup.box(
                index % 2 == 0 ? "band" : "band odd",
                x: from,
                y: plot.y.end,
                width: width,
                height: plot.y.start - plot.y.end,
                note: band.label
            )
            let size = Self.fontSize - 1
            if let label = TextExtent.cut(band.label, to: width - 6, size: size) {
                markup.label("small", from + width / 2, plot.y.end - 6, .middle, label)
            }
        }
    }

    private func drawAxes(_ plot: Plot, _ markup: inout Markup) {
        for tick in y.ticks(of: plot.y) {
            let place = plot.y.position(of: tick.value)
            markup.line("grid", plot.x.start, place, plot.x.end, place)
            markup.label("faint", plot.x.start - 8, place + 4.5, .end, tick.label)
        }
        markup.line("axis", plot.x.start, plot.y.start, plot.x.end, plot.y.start)
        for tick in x.ticks(of: plot.x) {
            let place = plot.x.position(of: tick.value)
            markup.line("axis", place, plot.y.start, place, plot.y.start + 5)
            markup.label("faint", place, plot.y.start + 19, .middle, tick.label)
        }
        let middle = (plot.x.start + plot.x.end) / 2
        if !x.title.isEmpty {
            markup.label("faint", middle, plot.y.start + 38, .middle, x.title)
        }
        guard !y.title.isEmpty else { return }
        let (across, down) = (16.0, (plot.y.start + plot.y.end) / 2)
        markup.element(
            "text",
            [
                "class": "faint", "text-anchor": "middle", "x": Markup.number(across),
                "y": Markup.number(down),
                "transform": "rotate(-90 \(Markup.number(across)) \(Markup.number(down)))",
            ],
            text: y.title
        )
    }

    private func draw(_ bounds: [Bound], _ plot: Plot, _ markup: inout Markup) {
        for bound in bounds {
            let place = plot.y.position(of: bound.y)
            markup.line("bound \(bound.tint.rawValue)", plot.x.start, place, plot.x.end, place)
            markup.label(
                "small halo text-\(bound.tint.rawValue)",
                plot.x.end - 4,
                bound.isLabelBelow ? place + 14 : place - 5,
                .end,
                bound.label
            )
        }
    }

    private func draw(_ line: Series, _ plot: Plot, _ markup: inout Markup) {
        let places = line.points.map { (plot.x.position(of: $0.x), plot.y.position(of: $0.y)) }
        guard let first = places.first else { return }
        var path = "M\(Markup.number(first.0)) \(Markup.number(first.1))"
        for place in places.dropFirst() {
            path +=
                line.isStepped
                ? "H\(Markup.number(place.0))V\(Markup.number(place.1))"
                : "L\(Markup.number(place.0)) \(Markup.number(place.1))"
        }
        markup.empty("path", ["class": Self.style(of: line), "d": path])
        guard let glyph = line.glyph else { return }
        for (place, point) in zip(places, line.points) {
            markup.glyph(
                glyph,
                "fill-\(line.tint.rawValue)",
                place.0,
                place.1,
                size: 3.2,
                note: point.note
            )
        }
    }

    static func style(of line: Series) -> String {
        "line \(line.tint.rawValue) \(line.dash.rawValue)"
    }

    /// What is written behind the lines, moved apart where two ends are near each other.
    private func drawEndings(_ plot: Plot, _ markup: inout Markup) {
        var endings: [(x: Double, y: Double, text: String, tint: Tint)] = []
        for line in series {
            guard let ending = line.ending, let last = line.points.last else { continue }
            endings.append(
                (plot.x.position(of: last.x), plot.y.position(of: last.y), ending, line.tint)
            )
        }
        endings.sort { ($0.y, $0.text) < ($1.y, $1.text) }
        var previous = -Double.infinity
        var places: [Double] = []
        for ending in endings {
            previous = max(ending.y, previous + 15)
            places.append(previous)
        }
        // What was pushed out below goes up again.
        let overflow = max(0, (places.last ?? 0) - plot.y.start)
        for (ending, place) in zip(endings, places) {
            markup.label(
                "small text-\(ending.tint.rawValue)",
                ending.x + 7,
                place - overflow + 4.5,
                .start,
                ending.text
            )
        }
    }
}

/// The names of lines, in as many rows as they take.
struct LegendRows {
    private(set) var rows: [[Series]] = []

    private static let swatch = 30.0
    private static let gap = 22.0

    init(_ series: [Series], width: Double) {
        var used = Double.infinity
        for line in series {
            let needed = Self.width(of: line)
            if used + needed > width {
                rows.append([])
                used = 0
            }
            rows[rows.count - 1].append(line)
            used += needed
        }
    }

    private static func width(of line: Series) -> Double {
        swatch + 6 + TextExtent.width(of: line.name, size: Chart.fontSize) + gap
    }

    func draw(at place: (x: Double, y: Double), _ markup: inout Markup) {
        for (index, row) in rows.enumerated() {
            var x = place.x
            let y = place.y + Double(index) * 20
            for line in row {
                markup.line(Chart.style(of: line), x, y - 4, x + Self.swatch, y - 4)
                if let glyph = line.glyph {
                    let middle = x + Self.swatch / 2
                    markup.glyph(glyph, "fill-\(line.tint.rawValue)", middle, y - 4, size: 3.6)
                }
                markup.label("text", x + Self.swatch + 6, y, .start, line.name)
                x += Self.width(of: line)
            }
        }
    }
}
