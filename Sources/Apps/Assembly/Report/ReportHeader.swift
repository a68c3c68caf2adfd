internal import Charts
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Units

/// What it is, where it stands, and when: the head of a page.
struct ReportHeader {
    private let source: ReportSource
    private var story: MigrationStory { source.story }

    init(_ source: ReportSource) { self.source = source }

    func write(to page: inout Markup) {
        page.element("header") {
            $0.element("h1", text: story.name)
            $0.element(
                "p",
                ["class": "subtitle"],
                text: "Attempt \(story.attempt) · \(story.target)"
            )
            $0.element("p", ["class": "verdict \(tone)"]) {
                $0.element("b", text: "\(symbol) \(title).")
                $0.write("\(sentence) \(comparisons)")
            }
            $0.element("dl", ["class": "facts"]) { list in
                for (name, value) in facts(of: story) {
                    list.element("div") {
                        $0.element("dt", text: name)
                        $0.element("dd", text: value)
                    }
                }
                list.element("div", ["class": "wide"]) {
                    $0.element("dt", text: "Plan")
                    $0.element("dd", ["class": "hash"], text: story.planHash)
                }
            }
        }
    }

    private func facts(of story: MigrationStory) -> [(String, String)] {
        func moment(_ ms: Int) -> String { JournalTime(milliseconds: Int64(ms)).description }
        let isOver = story.phase.isTerminal
        let generations = story.spans.count
        return [
            ("Began", story.events.isEmpty ? "not yet" : moment(source.startMs)),
            (isOver ? "Ended" : "Known until", moment(source.endMs)),
            (isOver ? "Took" : "For", source.lasting(source.startMs, source.endMs)),
            ("Stages of the plan", "\(story.stageNames.count)"),
            ("Generations of routes", "\(generations)"),
            ("Events", NumberText.grouped(story.seq)),
        ]
    }

    private var tone: String {
        switch story.phase {
        case .completed: "good"
        case .rollingBack, .rolledBack, .stuck: "bad"
        default: ""
        }
    }

    private var symbol: String {
        switch story.phase {
        case .completed: "✓"
        case .rollingBack, .rolledBack: "↩"
        case .stuck: "!"
        case .cancelled: "✕"
        case .paused: "‖"
        case .draft, .ready, .running, .finalizing: "▸"
        }
    }

    private var title: String {
        switch story.phase {
        case .draft: "Draft"
        case .ready: "Ready"
        case .running: story.waits.last.map { $0.toMs == nil } == true ? "Holding" : "Running"
        case .paused: "Paused"
        case .finalizing: "Finalizing"
        case .completed: "Completed"
        case .rollingBack: "Rolling back"
        case .rolledBack: "Rolled back"
        case .stuck: "Stuck"
        case .cancelled: "Cancelled"
        }
    }

    /// Where it stands, in one sentence.
    private var sentence: String {
        let stage = story.stage ?? "its first stage"
        let cause = story.trigger.map { " (\($0))" } ?? ""
        let share = story.spans.last.map { PartsPerMillion($0.weightPPM)?.description ?? "0%" }
        switch story.phase {
        case .draft, .ready: return "It has not been started; the primary serves everything."
        case .running:
            guard let wait = story.waits.last, wait.toMs == nil else {
                return "Stage \(stage) is \(story.stageState?.rawValue ?? "pending"); "
                    + "the candidate has \(share ?? "0%") of the units."
            }
            let detail = wait.detail.isEmpty ? "" : " (\(wait.detail))"
            return "Stage \(stage) waits: \(wait.reason)\(detail)."
        case .paused: return "It stands at stage \(stage) until somebody resumes it."
        case .finalizing:
            return "The candidate serves everything, and the way back is still open."
        case .completed:
            return "The candidate serves everything, after \(story.spans.count) generations of "
                + "routes in \(source.lasting(source.startMs, source.endMs))."
        case .rollingBack: return "It leaves stage \(stage)\(cause)."
        case .rolledBack:
            return "It left stage \(stage)\(cause). The primary serves everything again."
        case .stuck: return "A rollback from stage \(stage) did not reach every router\(cause)."
        case .cancelled: return "It was cancelled before it began."
        }
    }

    private var comparisons: String {
        var sum = ComparisonCounts()
        for interval in story.intervals { sum.add(interval.cell.comparisons) }
        guard sum.compared > 0 else { return "No results were compared." }
        let differed = sum.compared - sum.match
        let compared = "\(NumberText.grouped(sum.compared)) results were compared"
        return differed == 0
            ? "\(compared), and none differed."
            : "\(compared), and \(NumberText.grouped(differed)) differed."
    }
}
