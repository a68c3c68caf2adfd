internal import Charts
internal import MigrationControl
internal import MigrationRules
internal import Units

/// How sure each check was, stage by stage.
struct ReportEvidence {
    private let source: ReportSource
    private var story: MigrationStory { source.story }

    init(_ source: ReportSource) { self.source = source }

    func write(to page: inout Markup) {
        page.element("section") {
            $0.element("h2", text: "Evidence")
            guard !story.paths.isEmpty else {
                $0.remark("No stage has observed anything yet.")
                return
            }
            writeVerdicts(to: &$0)
            let names = checks.filter { name in paths(of: name).contains(where: Self.isDrawn) }
            guard !names.isEmpty else { return }
            $0.remark(
                "Paths of ln e over time, worked out again from the stored reports. "
                    + "A claim is proven where its path reaches its bound: harm rolls back, safe lets a "
                    + "stage pass. Paths are cut where they leave the picture; the number behind each is "
                    + "its last value."
            )
            for name in names { writePaths(of: name, to: &$0) }
        }
    }

    /// Checks in the order in which they appear.
    private var checks: [String] {
        var names: [String] = []
        for path in story.paths where !names.contains(path.check) { names.append(path.check) }
        return names
    }

    private func paths(of check: String) -> [MigrationStory.CheckPath] {
        story.paths.filter { $0.check == check }
    }

    private static func isDrawn(_ path: MigrationStory.CheckPath) -> Bool {
        path.points.contains { $0.harm != nil || $0.safe != nil }
    }

    private func writeVerdicts(to page: inout Markup) {
        let spans = story.spans.filter { span in
            story.paths.contains { $0.generation == span.generation }
        }
        page.element("div", ["class": "table"]) {
            $0.element("table") {
                $0.element("thead") {
                    $0.element("tr") { row in
                        row.element("th", text: "Check")
                        row.element("th", text: "Role")
                        for span in spans {
                            row.element("th", text: "\(span.stage) · \(span.generation)")
                        }
                    }
                }
                $0.element("tbody") { body in
                    for check in checks {
                        body.element("tr") { writeVerdicts(of: check, spans, to: &$0) }
                    }
                }
            }
        }
    }

    private func writeVerdicts(
        of check: String,
        _ spans: [MigrationStory.Span],
        to row: inout Markup
    ) {
        let paths = paths(of: check)
        row.element("td", ["class": "loose"], text: check)
        row.element("td", text: paths.first?.role.rawValue ?? "")
        for span in spans {
            let last = paths.first { $0.generation == span.generation }?.points.last
            row.element(
                "td",
                ["class": last.map { Self.style(of: $0.verdict) } ?? ""],
                text: last.map { Self.text(of: $0.verdict) } ?? "–"
            )
        }
    }

    private static func style(of verdict: Verdict) -> String {
        switch verdict {
        case .pass: "good-text"
        case .fail, .violation: "bad-text"
        case .inconclusive, .noData, .error: ""
        }
    }

    private static func text(of verdict: Verdict) -> String {
        switch verdict {
        case .pass: "✓ pass"
        case .fail, .violation: "✗ \(verdict.rawValue)"
        case .inconclusive, .noData, .error: verdict.rawValue
        }
    }

    private func writePaths(of check: String, to page: inout Markup) {
        let paths = paths(of: check).filter(Self.isDrawn)
        page.element("h3", text: "\(check) (\(paths[0].role.rawValue))")
        page.element("div", ["class": "multiples"]) { grid in
            for path in paths {
                grid.element("figure") {
                    $0.element("figcaption") { caption in
                        caption.element("b", text: path.stage)
                        caption.write(" · \(Self.text(of: path.points.last?.verdict ?? .noData))")
                        caption.element("span", ["class": "faint"], text: units(of: path))
                    }
                    $0.append(chart(of: path).svg)
                }
            }
        }
    }

    private func units(of path: MigrationStory.CheckPath) -> String {
        let units = "\(NumberText.grouped(path.points.last?.units ?? 0)) units"
        guard path.unitsRequired > 0 else { return units }
        return "\(units), \(NumberText.grouped(path.unitsRequired)) needed"
    }

    /// The picture of one check in one stage.
    private func chart(of path: MigrationStory.CheckPath) -> Chart {
        let span = story.spans.first { $0.generation == path.generation }
        let start = span?.fromMs ?? path.points.first?.atMs ?? source.startMs
        let end = path.points.last?.atMs ?? start
        let domain = 0...Double(max(end - start, 1))
        var chart = Chart(
            "ln e of \(path.check) in \(path.stage)",
            x: Axis(domain, .elapsed, tickLimit: 4),
            y: Axis(Self.range(of: path), .numbers, tickLimit: 5)
        )
        chart.width = 380
        chart.height = 210
        chart.showsLegend = false
        chart.endingWidth = 82
        chart.summary = units(of: path)
        if let bound = path.harmBound {
            chart.bounds.append(
                Bound(bound, label: "harm at \(Self.short(bound))", tint: .bad)
            )
        }
        if let bound = path.safeBound {
            let isBelow = path.harmBound.map { $0 >= bound } ?? false
            chart.bounds.append(
                Bound(
                    bound,
                    label: "safe at \(Self.short(bound))",
                    tint: .good,
                    isLabelBelow: isBelow
                )
            )
        }
        chart.series = [
            Self.line("harm", path, start, \.harm, .bad, .dashed),
            Self.line("safe", path, start, \.safe, .good, .solid),
        ].compactMap(\.self)
        return chart
    }

    /// The bounds with room around them: paths that go far beyond would leave nothing else to be seen.
    private static func range(of path: MigrationStory.CheckPath) -> ClosedRange<Double> {
        let bound = max(path.harmBound ?? 0, path.safeBound ?? 0, 1)
        let values = path.points.flatMap { [$0.harm, $0.safe] }.compactMap(\.self)
            .filter(\.isFinite)
        let low = max(values.min() ?? 0, -1.5 * bound)
        let high = min(values.max() ?? 0, 2.5 * bound)
        return min(low * 1.2, -0.25 * bound)...max(high, 1.35 * bound)
    }

    private static func line(
        _ name: String,
        _ path: MigrationStory.CheckPath,
        _ startMs: Int,
        _ value: (MigrationStory.Point) -> Double?,
        _ tint: Tint,
        _ dash: Dash
    ) -> Series? {
        // Before the first unit nothing is known: e is 1.
        var points = [Series.Point(0, 0)]
        var last: Double?
        for point in path.points {
            guard let y = value(point), !y.isNaN else { continue }
            points.append(Series.Point(Double(point.atMs - startMs), y))
            last = y
        }
        guard let last else { return nil }
        return Series(name, points, tint: tint, dash: dash, ending: "\(name) \(short(last))")
    }

    private static func short(_ value: Double) -> String {
        guard value.isFinite else { return value > 0 ? "∞" : "−∞" }
        let digits = value.magnitude >= 100 ? 0 : 1
        return Ticks.signed(NumberText.fixed(value, digits: digits))
    }
}
