internal import Failures
internal import Files
internal import Foundation
internal import JSON
internal import Observe

/// Keeps a report beside the benchmarks' scripts.
struct BenchRecord: Sendable {
    /// The clone.
    let resources: String

    /// Writes the report as JSON and as text; a report of the same day, suite and size is replaced.
    ///
    /// - Returns: the files, relative to the clone.
    /// - Throws: `IO_WRITE`, `IO_SPACE`.
    func write(_ report: BenchReport, date: Date = Date()) throws(Failure) -> [String] {
        let folder = Directory.join(resources, "Benchmarks/results")
        try Directory.create(folder)
        let day = date.formatted(.iso8601.year().month().day())
        let stem = "Benchmarks/results/\(day)-\(report.suite.rawValue)-\(report.rows)"
        let texts = [
            ("\(stem).json", report.json.indentedText + "\n"),
            ("\(stem).txt", BenchTable(report: report, terminal: .plain).text),
        ]
        for (name, text) in texts {
            try Directory.replace(Directory.join(resources, name), with: Array(text.utf8).span)
        }
        return texts.map(\.0)
    }
}
