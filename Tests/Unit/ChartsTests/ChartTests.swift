internal import Charts
internal import Foundation
internal import TestKit
internal import Testing

@Suite("Charts")
struct ChartTests {
    private func chart(_ points: [(Double, Double)], name: String = "line") -> Chart {
        var chart = Chart(
            "Speed",
            x: Axis(0...1000, .elapsed, title: "time"),
            y: Axis(0...100, .numbers, title: "rows")
        )
        chart.bands = [Band(from: 0, to: 500, label: name), Band(from: 500, to: 505, label: name)]
        chart.bounds = [Bound(50, label: name, tint: .bad)]
        chart.series = [
            Series(
                name,
                points.map { Series.Point($0.0, $0.1, name) },
                tint: .primary,
                dash: .dashed,
                glyph: .circle,
                ending: name
            )
        ]
        return chart
    }

    @Test("a chart is well-formed and the same each time")
    func determinism() {
        let chart = chart([(0, 10), (300, 90), (1000, 40)])
        let outline = MarkupOutline(chart.svg.text)
        #expect(outline.problem == nil)
        #expect(outline.counts["svg"] == 1)
        #expect(outline.texts.contains("0.2 s"))
        #expect(chart.svg.text == chart.svg.text)
        #expect(!chart.svg.text.contains("http"))
    }

    @Test("names of data are never markup")
    func hostileNames() {
        let name = "</svg><script>alert('\"1\"')</script>"
        let outline = MarkupOutline(chart([(0, 1)], name: name).svg.text)
        #expect(outline.problem == nil)
        #expect(outline.counts["script"] == nil)
        #expect(outline.texts.contains(name))
    }

    @Test("a chart without a point says so, and still has its axes")
    func emptyData() {
        let outline = MarkupOutline(chart([]).svg.text)
        #expect(outline.problem == nil)
        #expect(outline.texts.contains("Nothing was counted."))
        #expect(outline.texts.contains("rows"))
        #expect(outline.counts["path"] == 1, "only the legend's glyph is left")
    }

    @Test("steps go across and then up")
    func steps() {
        var chart = chart([(0, 0), (500, 100)])
        chart.series[0].isStepped = true
        let path = MarkupOutline(chart.svg.text).values.first { $0.contains("H") }
        #expect(path?.contains("V") == true)
    }

    @Test("what is written behind lines that end together stands apart")
    func endings() throws {
        var chart = chart([])
        chart.endingWidth = 80
        chart.series = (0..<3).map { index in
            let points = [Series.Point(0, 0), Series.Point(1000, 1 + Double(index) / 10)]
            return Series("s\(index)", points, tint: .primary, ending: "end \(index)")
        }
        let text = chart.svg.text
        let places = try (0..<3).map { try Self.y(ofText: "end \($0)", in: text) }
        let sorted = places.sorted()
        for (low, high) in zip(sorted, sorted.dropFirst()) { #expect(high - low >= 14.9) }
        #expect((sorted.last ?? 0) < chart.height)
    }

    /// The height at which a text stands.
    static func y(ofText label: String, in svg: String) throws -> Double {
        let end = try #require(svg.range(of: ">\(label)</text>"))
        let start = try #require(
            svg.range(of: "<text", options: .backwards, range: svg.startIndex..<end.lowerBound)
        )
        let element = svg[start.lowerBound..<end.lowerBound]
        let match = try #require(element.firstMatch(of: #/ y="([-0-9.]+)"/#))
        return try #require(Double(match.output.1))
    }

    @Test("every tint has its colours")
    func tints() {
        for tint in Tint.allCases {
            #expect(ChartStyle.sheet.contains("--\(tint.rawValue): #"))
            #expect(ChartStyle.sheet.contains(".fill-\(tint.rawValue) "))
        }
    }
}

@Suite("Timelines")
struct TimelineTests {
    private func timeline(_ lanes: [Timeline.Lane]) -> Timeline {
        Timeline("What happened", domain: 0...10_000, axisTitle: "time", lanes: lanes)
    }

    @Test("marks close to each other keep their glyphs, and only labels that have room")
    func crowdedMarks() {
        let marks = (0..<50).map { index in
            Timeline.Mark(
                at: 5000 + Double(index),
                label: "mark \(index)",
                note: "note \(index)",
                glyph: .diamond,
                tint: .bad
            )
        }
        let outline = MarkupOutline(timeline([Timeline.Lane("Events", marks: marks)]).svg.text)
        #expect(outline.problem == nil)
        #expect(outline.counts["path"] == 50)
        #expect(outline.texts.filter { $0.hasPrefix("note ") }.count == 50)
        #expect(outline.texts.filter { $0.hasPrefix("mark ") }.count <= 2)
        #expect(outline.texts.contains("mark 49"))
    }

    @Test("bars show as much of their label as fits")
    func narrowBars() {
        func label(_ to: Double) -> [String] {
            let bar = Timeline.Bar(
                from: 0,
                to: to,
                label: "canary-10",
                note: "",
                tint: .candidate
            )
            return MarkupOutline(timeline([Timeline.Lane("Stages", bars: [bar])]).svg.text).texts
        }
        #expect(label(5000).contains("canary-10"))
        #expect(label(600).contains { $0.hasPrefix("can") && $0.hasSuffix("…") })
        #expect(!label(10).contains { $0.hasPrefix("can") })
    }

    @Test("a timeline without anything is still a drawing")
    func empty() {
        let outline = MarkupOutline(timeline([]).svg.text)
        #expect(outline.problem == nil)
        #expect(outline.counts["svg"] == 1)
    }
}
