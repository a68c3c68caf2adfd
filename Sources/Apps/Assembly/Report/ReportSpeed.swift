internal import Charts
internal import MigrationControl
internal import MigrationRules
internal import Units

/// How fast both sides were.
struct ReportSpeed {
    private let source: ReportSource
    private let moments: [Moment]

    /// Most points of a line.
    private static let pointLimit = 120

    /// Some intervals next to each other.
    private struct Moment {
        var fromMs: Int
        var toMs: Int
        var cell: EvidenceCell

        mutating func add(_ other: Moment) {
            toMs = max(toMs, other.toMs)
            cell.add(other.cell)
        }
    }

    init(_ source: ReportSource) {
        self.source = source
        moments = Self.moments(of: source.story.intervals)
    }

    /// The intervals in their order, those of one time in one, and no more than can be seen.
    private static func moments(of intervals: [MigrationStory.Interval]) -> [Moment] {
        var moments: [Moment] = []
        for interval in intervals {
            let moment = Moment(
                fromMs: interval.startMs,
                toMs: interval.startMs + interval.durationMs,
                cell: interval.cell
            )
            if let last = moments.indices.last, moments[last].fromMs == moment.fromMs {
                moments[last].add(moment)
            } else {
                moments.append(moment)
            }
        }
        let stride = (moments.count + pointLimit - 1) / pointLimit
        guard stride > 1 else { return moments }
        return Swift.stride(from: 0, to: moments.count, by: stride).map { start in
            var sum = moments[start]
            for other in moments[start..<min(start + stride, moments.count)].dropFirst() {
                sum.add(other)
            }
            return sum
        }
    }

    func write(to page: inout Markup) {
        page.element("section") {
            $0.element("h2", text: "Throughput")
            $0.remark(
                "Records that each side handled in a second of its own work, interval by interval; "
                    + "the primary's comparison cohort and the rest together."
            )
            $0.element("figure", ["class": "wide-chart"]) { $0.append(throughput.svg) }
            $0.element("h2", text: "Latency")
            $0.remark(
                "How long units took: the median and the 99th percentile of each interval, of the "
                    + "candidate and of the primary's comparison cohort; from histograms, at most an eighth "
                    + "too high."
            )
            $0.element("figure", ["class": "wide-chart"]) { $0.append(latency.svg) }
        }
    }

    private var bands: [Band] {
        source.stretches.map { Band(from: $0.from, to: $0.to, label: $0.span.stage) }
    }

    private var time: Axis {
        Axis(source.domain, .elapsed, title: ReportSource.axisTitle, tickLimit: 8)
    }

    private var throughput: Chart {
        let series = [
            line("primary", .primary, .solid, .circle) { cell in
                var sum = cell.primary
                sum.add(cell.rest)
                return Self.rate(sum)
            } text: {
                "\(NumberText.scaled($0)) records/s"
            },
            line("candidate", .candidate, .dashed, .square) {
                Self.rate($0.candidate)
            } text: {
                "\(NumberText.scaled($0)) records/s"
            },
        ]
        let highest = series.flatMap(\.points).map(\.y).max() ?? 1
        var chart = Chart(
            "Records per busy second of both sides",
            x: time,
            y: Axis(0...max(highest * 1.08, 1), .numbers, title: "records per busy second")
        )
        chart.bands = bands
        chart.series = series
        return chart
    }

    private static func rate(_ counts: SideCounts) -> Double? {
        guard counts.busyNanoseconds > 0, counts.records > 0 else { return nil }
        return Double(counts.records) / (Double(counts.busyNanoseconds) / 1e9)
    }

    private var latency: Chart {
        func quantile(_ ppm: Int, _ counts: SideCounts) -> Double? {
            counts.durations.quantile(ppm: ppm).map { Double(max($0, 1)) }
        }
        func text(_ nanoseconds: Double) -> String {
            Duration.nanoseconds(Int64(nanoseconds)).roundedText
        }
        let series = [
            line("primary, median", .primary, .solid, .circle) {
                quantile(500_000, $0.primary)
            } text: {
                text($0)
            },
            line("primary, 99th percentile", .primary, .dotted, .triangleUp) {
                quantile(990_000, $0.primary)
            } text: {
                text($0)
            },
            line("candidate, median", .candidate, .dashed, .square) {
                quantile(500_000, $0.candidate)
            } text: {
                text($0)
            },
            line("candidate, 99th percentile", .candidate, .dotted, .diamond) {
                quantile(990_000, $0.candidate)
            } text: {
                text($0)
            },
        ]
        let values = series.flatMap(\.points).map(\.y)
        let (low, high) = (values.min() ?? 1e6, values.max() ?? 1e9)
        var chart = Chart(
            "Durations of units of both sides",
            x: time,
            y: Axis(low / 1.3...high * 1.3, .durations, title: "time of a unit", tickLimit: 9)
        )
        chart.height = 300
        chart.bands = bands
        chart.series = series
        return chart
    }

    private func line(
        _ name: String,
        _ tint: Tint,
        _ dash: Dash,
        _ glyph: Glyph,
        _ value: (EvidenceCell) -> Double?,
        text: (Double) -> String
    ) -> Series {
        var points: [Series.Point] = []
        for moment in moments {
            guard let y = value(moment.cell) else { continue }
            let middle = source.elapsed((moment.fromMs + moment.toMs) / 2)
            points.append(Series.Point(middle, y, "\(name): \(text(y))"))
        }
        return Series(name, points, tint: tint, dash: dash, glyph: glyph)
    }
}
