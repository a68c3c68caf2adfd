internal import Charts
internal import JSON
internal import MigrationControl
internal import MigrationJournal
internal import Units

/// Every event, and how anybody can check them.
struct ReportJournal {
    private let source: ReportSource

    init(_ source: ReportSource) { self.source = source }

    func write(to page: inout Markup) {
        let story = source.story
        page.element("section") {
            $0.element("h2", text: "Journal")
            $0.element("p", ["class": "faint"]) { text in
                text.write(
                    "Every event carries the hash of the one before it. This page was made from the chain that "
                        + "ends with event \(story.seq) and this hash:"
                )
            }
            $0.element("p", ["class": "hash"], text: story.head)
            $0.element("p") { text in
                text.write(
                    "Check the chain, that it replays, and that every verdict follows from its evidence: "
                )
                text.element("code", text: "cutover journal verify \(Self.word(story.name))")
            }
            writeEvents(to: &$0)
        }
        page.element(
            "footer",
            text: "Made by cutover \(source.binary) from the journal of \(story.migration)."
        )
    }

    /// The last events, for a journal may be long.
    private func writeEvents(to page: inout Markup) {
        let shown = source.events.suffix(ReportRows.limit)
        let times = Dictionary(
            source.story.events.map { ($0.seq, $0.atMs) },
            uniquingKeysWith: { first, _ in first }
        )
        let rows: [[ReportRows.Cell]] = shown.map { event in
            let elapsed = source.elapsed(times[event.seq] ?? source.startMs) / 1000
            return [
                .number("\(event.seq)"), .fixed(event.at),
                .number(Ticks.signed(NumberText.fixed(elapsed, digits: 3))),
                .fixed(event.type), .loose(Self.detail(of: event.payload)), .loose(event.actor),
            ]
        }
        guard !rows.isEmpty else {
            page.remark("There are no events yet.")
            return
        }
        ReportRows.write(
            ["Event", "Time", "Seconds", "Type", "Detail", "By"],
            rows,
            of: source.events.count,
            to: &page
        )
    }

    /// A payload in words.
    private static func detail(of payload: JSONObject) -> String {
        var words: [String] = []
        func integer(_ name: String) -> Int? { payload[name]?.integer.map { Int($0) } }
        func text(_ name: String) -> String? { payload[name]?.string }
        if let stage = text("stage") { words.append("stage \(stage)") }
        if let generation = integer("generation") { words.append("generation \(generation)") }
        if let weight = integer("weight_ppm") { words.append("weight \(share(weight))") }
        if let shadow = integer("shadow_ppm"), shadow > 0 {
            words.append("shadow \(share(shadow))")
        }
        if let barrier = integer("barrier") {
            // Where the routes own every window, the barrier lies before all times.
            words.append(barrier <= -(1 << 53) ? "from the beginning" : "barrier \(barrier)")
        }
        if let verdict = text("verdict") { words.append("verdict \(verdict)") }
        if let units = integer("units") { words.append("\(NumberText.grouped(units)) units") }
        for name in ["trigger", "reason", "detail", "subject"] {
            if let word = text(name), !word.isEmpty { words.append(word) }
        }
        if let router = text("router") { words.append("router \(router)") }
        return words.joined(separator: ", ")
    }

    private static func share(_ ppm: Int) -> String {
        PartsPerMillion(ppm)?.description ?? "\(ppm) ppm"
    }

    /// A name as a shell takes it.
    private static func word(_ name: String) -> String {
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                || "-_./".unicodeScalars.contains(scalar)
        }
        if isPlain, !name.isEmpty { return name }
        return "'\(name.replacing("'", with: "'\\''"))'"
    }
}
