internal import Failures
internal import Observe
internal import Units

/// A report as people read it.
struct BenchTable {
    let report: BenchReport
    let terminal: Terminal

    var text: String {
        let rows = NumberText.grouped(report.rows)
        let rounds = report.rounds == 1 ? "one round" : "\(report.rounds) rounds"
        var text = "\(report.suite.rawValue), \(rows) rows, \(rounds)\n"
        text += report.machine.text + "\n"
        text += report.allVersions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        text += "\n\n" + figures
        if report.isSound { text += "\nEvery contestant's rows are equal to v1's.\n" }
        for item in report.cases {
            if let difference = item.difference {
                text += "\n\(item.name): \(difference.contestant) has other rows than v1, so "
                text += "nothing was measured\n  \(difference.summary)\n  \(difference.example)\n"
            }
            for row in item.rows {
                guard let failure = row.failure else { continue }
                text += "\n\(item.name), \(row.contestant.title): \(failure.description)\n"
            }
        }
        let targets = report.targets
        if !targets.isEmpty { text += "\n" + table(of: targets) }
        return text
    }

    /// Whom ratios are against, in the order in which they appear.
    private var references: [String] {
        var names: [String] = []
        for ratio in report.cases.flatMap(\.ratios) where !names.contains(ratio.against) {
            names.append(ratio.against)
        }
        return names
    }

    private var figures: String {
        let references = references
        var table = TextTable(
            [
                .text("case"), .text("contestant"), .number("threads"), .number("median"),
                .number("shortest"), .number("longest"), .number("rows/s"),
            ] + references.map { .number("vs \($0)") } + (hasRemarks ? [.text("remark")] : []),
            cellLimit: 80
        )
        for item in report.cases where item.difference == nil {
            let ratios = item.ratios
            for (index, row) in item.rows.enumerated() {
                var cells = [
                    index == 0 ? item.name : "", row.name, "\(row.threads)",
                ]
                cells += measured(row, item.rowsIn)
                for name in references {
                    let ratio =
                        row.contestant.isPeer
                        ? nil : ratios.first { $0.name == row.name && $0.against == name }
                    cells.append(ratio?.value.map { "\(NumberText.fixed($0, digits: 2))×" } ?? "")
                }
                if hasRemarks { cells.append(row.remark ?? "") }
                table.append(cells)
            }
        }
        return table.text(on: terminal)
    }

    private var hasRemarks: Bool {
        report.cases.contains { item in item.rows.contains { $0.remark != nil } }
    }

    /// Median, shortest, longest and speed.
    private func measured(_ row: BenchRow, _ rowsIn: Int) -> [String] {
        if let bytes = row.peakBytes {
            return [ByteCount(bytes: bytes).rounded, "", "", ""]
        }
        if row.failure != nil { return ["failed", "", "", ""] }
        guard let median = row.figure.median, let range = row.figure.range,
            let rate = row.rate(rowsIn)
        else { return ["not measurable", "", "", ""] }
        return [
            Self.seconds(median), Self.seconds(range.lowerBound),
            Self.seconds(range.upperBound), NumberText.scaled(Double(rate)),
        ]
    }

    private static func seconds(_ seconds: Double) -> String {
        Duration.seconds(seconds).roundedText
    }

    private func table(of targets: [BenchTarget.Outcome]) -> String {
        var table = TextTable(
            [
                .text("target"), .number("measured"), .number("wanted"), .number("aim"),
                .text("verdict"),
            ],
            cellLimit: 80
        )
        for outcome in targets {
            let target = outcome.target
            table.append([
                target.title, outcome.value.map(target.text) ?? "–", target.text(target.least),
                target.text(target.aim), outcome.verdict,
            ])
        }
        return table.text(on: terminal)
    }
}
