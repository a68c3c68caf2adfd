internal import Assembly
internal import Failures
internal import Flow
internal import Observe
internal import StreamSQL
internal import Units

/// Shows a live migration: a block that is drawn over on a terminal, else a line for each thing that happens.
struct LiveScreen {
    private let console: Console
    private let isSilent: Bool
    private var drawnLines = 0
    private var lastSeq = 0

    init(console: Console, isSilent: Bool) {
        self.console = console
        self.isSilent = isSilent
    }

    private var terminal: Terminal { console.errorTerminal }

    mutating func show(_ view: LiveView, done: Int, of total: Int?) {
        if terminal.isInteractive {
            draw(LiveViewText(view, done: done, total: total, terminal: terminal).lines)
        } else if !isSilent {
            tell(view)
        }
    }

    /// Shows the end; the block stays.
    mutating func finish(_ view: LiveView, done: Int, of total: Int?) {
        show(view, done: done, of: total)
        drawnLines = 0
    }

    private mutating func draw(_ lines: [String]) {
        var text = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
        for line in lines { text += "\u{1B}[2K\(line)\n" }
        // Lines that the last block had beyond this one.
        for _ in lines.count..<max(lines.count, drawnLines) { text += "\u{1B}[2K\n" }
        drawnLines = max(lines.count, drawnLines)
        console.draw(text)
    }

    private mutating func tell(_ view: LiveView) {
        for event in view.events where event.seq > lastSeq {
            lastSeq = event.seq
            console.note("event \(event.seq) \(event.type)  \(event.detail)")
        }
    }
}

extension LiveStream {
    /// Runs the job while the user watches, and may stop it.
    ///
    /// - Parameters:
    ///   - console: where it is shown.
    ///   - total: rows of the input, where that is known.
    ///   - isSilent: whether nothing is shown.
    /// - Returns: what the run ended with.
    /// - Throws: the failure that ended the job.
    func watched(
        on console: Console,
        of total: Int?,
        isSilent: Bool
    ) throws(Failure) -> LiveStreamReport {
        let control = JobControl()
        let isOver = OneWayFlag()
        let viewer = try WorkerThread { [self] in
            var screen = LiveScreen(console: console, isSilent: isSilent)
            while !isOver.isSet {
                screen.show(view, done: control.rowCount, of: total)
                pause(for: .milliseconds(100))
            }
            screen.finish(view, done: control.rowCount, of: total)
        }
        defer {
            isOver.set()
            viewer.join()
        }
        return try console.interruption.calling { () -> Void in
            control.cancel()
        } during: { () throws(Failure) -> LiveStreamReport in
            try run(control: control)
        }
    }
}

/// A live migration as a block of lines.
struct LiveViewText {
    let lines: [String]

    init(_ view: LiveView, done: Int, total: Int?, terminal: Terminal) {
        var lines: [String] = []
        let place =
            view.stage.map {
                "stage \(view.stageNumber)/\(view.stages.count) \($0) \(view.stageState ?? "")"
            }
            ?? ""
        lines.append(
            terminal.styled("\(view.name)", .bold)
                + "  \(view.phase)  \(place)  generation \(view.generation)"
        )
        if let reason = view.reason { lines.append("  " + terminal.styled(reason, .yellow)) }
        let seen = view.weightSeen.map { ", \(Self.percent($0)) seen" } ?? ""
        lines.append(
            "  weight      \(Self.percent(view.weightSet)) set, \(Self.percent(view.weightAcked)) acked\(seen)"
                + "   shadow \(Self.percent(view.shadow))"
        )
        lines.append(Self.side("V1", view.primary))
        lines.append(Self.side("V2", view.candidate))
        let different = NumberText.grouped(view.different)
        lines.append(
            "  compared    \(NumberText.grouped(view.compared)) windows, "
                + (view.different > 0
                    ? terminal.styled("\(different) differ", .red) : "\(different) differ")
        )
        for check in view.checks { lines.append(Self.check(check, terminal)) }
        if view.wantedUnits > 0 {
            lines.append(
                "  soak        \(NumberText.grouped(view.soakUnits)) of \(NumberText.grouped(view.wantedUnits)) windows"
            )
        }
        lines.append(
            "  " + Self.bar(done, total, width: min(40, max(10, terminal.width - 40)), terminal)
        )
        if let trouble = view.trouble { lines.append("  " + terminal.styled(trouble, .red)) }
        self.lines = lines.map { $0 }
    }

    private static func percent(_ ppm: Int) -> String {
        NumberText.fixed(Double(ppm) / 10_000, digits: ppm % 10_000 == 0 ? 0 : 1) + "%"
    }

    private static func side(_ title: String, _ side: LiveView.Side) -> String {
        let rate = side.rate.map { NumberText.scaled($0) + " rows/s" } ?? "idle"
        return "  \(TerminalText.padded("\(title) \(side.name)", to: 12))"
            + "\(TerminalText.padded(rate, to: 14))  \(NumberText.grouped(side.served)) windows served"
    }

    private static func check(_ check: LiveView.Check, _ terminal: Terminal) -> String {
        var words = [TerminalText.padded(check.name, to: 12)]
        if let harm = check.harm {
            words.append(
                "harm \(NumberText.fixed(harm.value, digits: 1))/\(NumberText.fixed(harm.bound, digits: 1))"
            )
        }
        if let safe = check.safe {
            words.append(
                "safe \(NumberText.fixed(safe.value, digits: 1))/\(NumberText.fixed(safe.bound, digits: 1))"
            )
        }
        if check.wanted > 0 {
            words.append(
                "\(NumberText.grouped(check.units))/\(NumberText.grouped(check.wanted)) windows"
            )
        } else {
            words.append("\(NumberText.grouped(check.units)) checked")
        }
        let style: Terminal.Style =
            switch check.verdict {
            case "pass": .green
            case "fail", "violation", "error": .red
            default: .dim
            }
        return "  " + words.joined(separator: "  ") + "  " + terminal.styled(check.verdict, style)
    }

    private static func bar(_ done: Int, _ total: Int?, width: Int, _ terminal: Terminal) -> String
    {
        guard let total else { return "\(NumberText.grouped(done)) rows" }
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
        let filled = Int(share * Double(width))
        let (full, empty) = terminal.hasUnicode ? ("█", "░") : ("#", ".")
        return String(repeating: full, count: filled)
            + String(repeating: empty, count: width - filled)
            + " \(NumberText.grouped(done)) of \(NumberText.grouped(total)) rows"
    }
}
