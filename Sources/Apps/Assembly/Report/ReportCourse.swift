internal import Charts
internal import MigrationControl
internal import MigrationRules
internal import Units

/// What happened when: the timeline, and the weight.
struct ReportCourse {
    private let source: ReportSource
    private var story: MigrationStory { source.story }

    init(_ source: ReportSource) { self.source = source }

    func write(to page: inout Markup) {
        page.element("section") {
            $0.element("h2", text: "Timeline")
            guard !story.events.isEmpty else {
                $0.remark("Nothing has happened yet.")
                return
            }
            $0.remark(
                "Stages while their routes were active, and what came between. "
                    + "Point at a bar or mark for its numbers."
            )
            $0.element("figure", ["class": "wide-chart"]) { $0.append(timeline.svg) }
            $0.element("h2", text: "Weight")
            $0.remark(
                "The share of units on the candidate as the routes say, and the share of the primary's "
                    + "units that the candidate ran as well."
            )
            $0.element("figure", ["class": "wide-chart"]) { $0.append(weights.svg) }
        }
    }

    private var timeline: Timeline {
        var lanes = [
            Timeline.Lane("Stages", bars: stages),
            Timeline.Lane("Generations", marks: generations),
            Timeline.Lane("Waits", bars: waits),
        ]
        lanes.append(Timeline.Lane("Events", marks: incidents))
        var timeline = Timeline(
            "Timeline of stages, generations, waits and events",
            domain: source.domain,
            axisTitle: ReportSource.axisTitle,
            lanes: lanes.filter { !$0.bars.isEmpty || !$0.marks.isEmpty }
        )
        timeline.summary = story.spans.map { span in
            "\(span.stage): generation \(span.generation), \(share(span.weightPPM))"
        }.joined(separator: "; ")
        return timeline
    }

    private func share(_ ppm: Int) -> String {
        PartsPerMillion(ppm)?.description ?? "\(ppm) ppm"
    }

    private var stages: [Timeline.Bar] {
        source.stretches.map { span, from, to in
            Timeline.Bar(
                from: from,
                to: to,
                label: span.stage,
                note:
                    "\(span.stage): generation \(span.generation), weight \(share(span.weightPPM)), "
                    + "shadow \(share(span.shadowPPM)), \(source.lasting(span.fromMs, span.toMs))",
                tint: span.stageIndex == nil ? .primary : span.weightPPM > 0 ? .candidate : .accent
            )
        }
    }

    private var generations: [Timeline.Mark] {
        story.spans.map { span in
            Timeline.Mark(
                at: source.elapsed(span.fromMs),
                label: "\(span.generation)",
                note: "generation \(span.generation) is active: \(span.stage), weight "
                    + share(span.weightPPM),
                glyph: .bar,
                tint: .neutral
            )
        }
    }

    private var waits: [Timeline.Bar] {
        story.waits.map { wait in
            let detail = wait.detail.isEmpty ? "" : ": \(wait.detail)"
            return Timeline.Bar(
                from: source.elapsed(wait.fromMs),
                to: source.elapsed(wait.toMs ?? source.endMs),
                label: wait.reason,
                note: "\(wait.reason)\(detail), \(source.lasting(wait.fromMs, wait.toMs))",
                tint: .neutral
            )
        }
    }

    /// What should not be overlooked: ways back, gaps, and controllers that followed each other.
    private var incidents: [Timeline.Mark] {
        var marks: [Timeline.Mark] = []
        var controller: String?
        for event in story.events {
            let isControllers = event.actor.hasPrefix("controller:")
            let isAnother = isControllers && controller != nil && controller != event.actor
            if isControllers { controller = event.actor }
            if isAnother || event.type == EventType.controllerStarted.rawValue {
                marks.append(mark(event, "controller", .square, .accent))
                continue
            }
            switch EventType(rawValue: event.type) {
            case .rollbackStarted: marks.append(mark(event, "rollback", .triangleDown, .bad))
            case .routeAckTimeout: marks.append(mark(event, "no answer", .triangleDown, .bad))
            case .rollbackStuck: marks.append(mark(event, "stuck", .triangleDown, .bad))
            case .rollbackCompleted: marks.append(mark(event, "rolled back", .circle, .bad))
            case .evidenceGap: marks.append(mark(event, "gap", .diamond, .candidate))
            case .clockStep: marks.append(mark(event, "clock", .diamond, .candidate))
            case .planAmended: marks.append(mark(event, "amended", .square, .primary))
            case .migrationCommitted: marks.append(mark(event, "committed", .circle, .good))
            case .migrationCancelled: marks.append(mark(event, "cancelled", .circle, .neutral))
            default: break
            }
        }
        return marks
    }

    private func mark(
        _ event: MigrationSnapshot.EventView,
        _ label: String,
        _ glyph: Glyph,
        _ tint: Tint
    ) -> Timeline.Mark {
        Timeline.Mark(
            at: source.elapsed(event.atMs),
            label: label,
            note: "\(event.seq) \(event.type) by \(event.actor): \(event.detail)",
            glyph: glyph,
            tint: tint
        )
    }

    private var weights: Chart {
        var chart = Chart(
            "Weight over time",
            x: Axis(source.domain, .elapsed, title: ReportSource.axisTitle, tickLimit: 8),
            y: Axis(0...1, .shares, title: "share of units", tickLimit: 5)
        )
        chart.height = 260
        chart.bands = source.stretches.map { Band(from: $0.from, to: $0.to, label: $0.span.stage) }
        chart.series = [
            steps("weight on the candidate", \.weightPPM, .candidate, .solid),
            steps("shadowed on the candidate", \.shadowPPM, .accent, .dashed),
        ]
        return chart
    }

    private func steps(
        _ name: String,
        _ value: (MigrationStory.Span) -> Int,
        _ tint: Tint,
        _ dash: Dash
    ) -> Series {
        var points = [Series.Point(source.domain.lowerBound, 0)]
        for stretch in source.stretches {
            let share = Double(value(stretch.span)) / 1_000_000
            points.append(Series.Point(stretch.from, share))
            points.append(Series.Point(stretch.to, share))
        }
        let last = points[points.count - 1]
        points.append(Series.Point(max(source.domain.upperBound, last.x), last.y))
        return Series(name, points, tint: tint, dash: dash, isStepped: true)
    }
}
