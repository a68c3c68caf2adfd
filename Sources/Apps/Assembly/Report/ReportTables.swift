internal import Charts
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Units

/// What was counted, stage by stage.
struct ReportTables {
    private let source: ReportSource
    private let totals: [(span: MigrationStory.Span, cell: EvidenceCell)]

    /// A column of numbers.
    private struct Column: Sendable {
        var title: String
        var value: @Sendable (EvidenceCell) -> Int
        /// Left out where there is nothing but zeros.
        var isOptional = false
    }

    init(_ source: ReportSource) {
        self.source = source
        totals = source.story.spans.map { span in
            var sum = EvidenceCell()
            for interval in source.story.intervals where interval.generation == span.generation {
                sum.add(interval.cell)
            }
            return (span, sum)
        }
    }

    func write(to page: inout Markup) {
        page.element("section") {
            $0.element("h2", text: "Comparison")
            guard !totals.isEmpty else {
                $0.remark("No route was active yet.")
                $0.element("h2", text: "Units")
                $0.remark("No unit was counted yet.")
                return
            }
            $0.remark(
                "Units whose results of both sides were held against each other, under the generation "
                    + "that decided about them."
            )
            writeTable(Self.comparisons, to: &$0)
            writeKinds(to: &$0)
            $0.element("h2", text: "Units")
            $0.remark(
                "Units that each side ran under each generation; under shadow the candidate's results "
                    + "are compared and never used."
            )
            writeTable(Self.units, to: &$0)
            writeInvariants(to: &$0)
        }
    }

    private static let comparisons = [
        Column(title: "Compared") { $0.comparisons.compared },
        Column(title: "Match") { $0.comparisons.match },
        Column(title: "Mismatch") { $0.comparisons.mismatch },
        Column(title: "Skipped") { $0.comparisons.skipped },
        Column(title: "Candidate errors") { $0.comparisons.candidateError },
        Column(title: "Primary errors", value: { $0.comparisons.primaryError }, isOptional: true),
        Column(title: "Both errors", value: { $0.comparisons.bothError }, isOptional: true),
        Column(
            title: "Primary's defect",
            value: { $0.comparisons.primaryDefect },
            isOptional: true
        ),
        Column(
            title: "Candidate's defect",
            value: { $0.comparisons.candidateDefect },
            isOptional: true
        ),
        Column(title: "Ignored", value: { $0.comparisons.ignored }, isOptional: true),
        Column(title: "Timeout", value: { $0.comparisons.timeout }, isOptional: true),
    ]

    private static let units = [
        Column(title: "Candidate") { $0.candidate.units },
        Column(title: "of them failed") { $0.candidate.failed },
        Column(title: "Primary") { $0.primary.units + $0.rest.units },
        Column(title: "of them failed") { $0.primary.failed + $0.rest.failed },
    ]

    private func writeTable(_ columns: [Column], to page: inout Markup) {
        let columns = columns.filter { column in
            !column.isOptional || totals.contains { column.value($0.cell) != 0 }
        }
        let sums = columns.map { column in totals.reduce(0) { $0 + column.value($1.cell) } }
        page.element("div", ["class": "table"]) {
            $0.element("table") {
                $0.element("thead") {
                    $0.element("tr") { row in
                        row.element("th", text: "Stage")
                        for title in ["Generation", "Weight", "Lasted"] + columns.map(\.title) {
                            row.element("th", ["class": "number"], text: title)
                        }
                    }
                }
                $0.element("tbody") { body in
                    for total in totals { writeRow(columns, total.span, total.cell, to: &body) }
                    body.element("tr", ["class": "total"]) { row in
                        row.element("td", text: "Total")
                        for text in ["", "", ""] + sums.map({ NumberText.grouped($0) }) {
                            row.element("td", ["class": "number"], text: text)
                        }
                    }
                }
            }
        }
    }

    private func writeRow(
        _ columns: [Column],
        _ span: MigrationStory.Span,
        _ cell: EvidenceCell,
        to body: inout Markup
    ) {
        body.element("tr") { row in
            row.element("td", ["class": "loose"], text: span.stage)
            let head = [
                "\(span.generation)", PartsPerMillion(span.weightPPM)?.description ?? "",
                source.lasting(span.fromMs, span.toMs),
            ]
            for text in head + columns.map({ NumberText.grouped($0.value(cell)) }) {
                row.element("td", ["class": "number"], text: text)
            }
        }
    }

    /// Kinds of differences, without their values.
    private func writeKinds(to page: inout Markup) {
        let kinds = source.story.mismatches
        guard !kinds.isEmpty else { return }
        page.element("h3", text: "Kinds of differences")
        ReportRows.write(
            ["Class", "Path", "Count", "First seen", "Last seen"],
            kinds.prefix(ReportRows.limit).map { kind in
                [
                    .fixed(kind.kind), .loose(kind.path), .number(NumberText.grouped(kind.count)),
                    .fixed(kind.firstSeen.description), .fixed(kind.lastSeen.description),
                ]
            },
            of: kinds.count,
            to: &page
        )
    }

    private func writeInvariants(to page: inout Markup) {
        var sum = EvidenceCell()
        for total in totals { sum.add(total.cell) }
        guard !sum.invariants.isEmpty else { return }
        page.element("h3", text: "Invariants")
        ReportRows.write(
            ["Invariant", "Checked", "Broken"],
            sum.invariants.sorted { $0.name < $1.name }.map { counts in
                [
                    .loose(counts.name), .number(NumberText.grouped(counts.checked)),
                    .number(NumberText.grouped(counts.broken)),
                ]
            },
            of: sum.invariants.count,
            to: &page
        )
    }
}

/// A plain table.
enum ReportRows {
    /// Most rows of a table.
    static let limit = 1000

    enum Cell {
        case number(String)
        /// A short text that stays in one line.
        case fixed(String)
        case loose(String)
    }

    /// Writes rows, and how many there are where those are not all.
    static func write(
        _ titles: [String],
        _ rows: [[Cell]],
        of count: Int,
        to page: inout Markup
    ) {
        page.element("div", ["class": "table"]) {
            $0.element("table") {
                $0.element("thead") {
                    $0.element("tr") { row in
                        for (title, cell) in zip(titles, rows.first ?? []) {
                            row.element("th", ["class": style(of: cell)], text: title)
                        }
                    }
                }
                $0.element("tbody") { body in
                    for cells in rows {
                        body.element("tr") { row in
                            for cell in cells { write(cell, to: &row) }
                        }
                    }
                }
            }
        }
        guard rows.count < count else { return }
        page.remark(
            "\(NumberText.grouped(rows.count)) of \(NumberText.grouped(count)) are shown."
        )
    }

    private static func style(of cell: Cell) -> String {
        switch cell {
        case .number: "number"
        case .fixed: "fixed"
        case .loose: "loose"
        }
    }

    private static func write(_ cell: Cell, to row: inout Markup) {
        switch cell {
        case .number(let text), .fixed(let text), .loose(let text):
            row.element("td", ["class": style(of: cell)], text: text)
        }
    }
}
