internal import Failures
internal import Observe
internal import Units

/// The report of the suite `routing` as people read it.
struct RoutingTable {
    let report: RoutingReport
    let terminal: Terminal

    var text: String {
        let rows = NumberText.grouped(report.rows)
        let rounds = report.rounds == 1 ? "one round" : "\(report.rounds) rounds"
        var text = "routing, \(rows) rows, \(rounds)\n\(report.machine.text)\n"
        text += report.versions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        text += "\n\n" + figures + "\n"
        for item in report.cases {
            text += "\(item.name): \(item.title)"
            if let bytes = item.heapGrowth { text += "; the heap grew by \(bytes) bytes" }
            text += item.isEqual ? "\n" : "; the answers differ, so nothing was measured\n"
        }
        return report.targets.isEmpty ? text : text + "\n" + targets
    }

    private var figures: String {
        var table = TextTable(
            [
                .text("case"), .text("contestant"), .number("median"), .number("shortest"),
                .number("longest"), .text("remark"),
            ],
            cellLimit: 80
        )
        for item in report.cases {
            for (index, lane) in item.lanes.enumerated() {
                let figure = lane.figure
                table.append([
                    index == 0 ? item.name : "", lane.name,
                    figure.median.map(Self.time) ?? "not measurable",
                    (figure.range?.lowerBound).map(Self.time) ?? "",
                    (figure.range?.upperBound).map(Self.time) ?? "",
                    figure.isMeasured ? "" : lane.complaint ?? "",
                ])
            }
        }
        return table.text(on: terminal)
    }

    private static func time(_ seconds: Double) -> String {
        seconds < 1e-6
            ? "\(NumberText.fixed(seconds * 1e9, digits: 2)) ns"
            : Duration.seconds(seconds).roundedText
    }

    private var targets: String {
        var table = TextTable(
            [
                .text("target"), .number("measured"), .number("at most"), .number("aim"),
                .text("verdict"),
            ],
            cellLimit: 80
        )
        for outcome in report.targets {
            let target = outcome.target
            table.append([
                target.figure, outcome.value.map(Self.times) ?? "–", Self.times(target.most),
                Self.times(target.aim), outcome.verdict,
            ])
        }
        return table.text(on: terminal)
    }

    private static func times(_ value: Double) -> String {
        "\(NumberText.fixed(value, digits: 3))×"
    }
}
