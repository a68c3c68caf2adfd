internal import Failures
internal import Files
internal import Foundation
internal import JSON

/// Keeps a report beside the benchmarks' scripts.
struct BenchRecord: Sendable {
    /// The clone.
    let resources: String

    /// Writes a report as JSON and as text; one of the same day, suite and size is replaced.
    ///
    /// - Returns: the files, relative to the clone.
    /// - Throws: `IO_WRITE`, `IO_SPACE`.
    func write(
        _ request: BenchRequest,
        json: JSONValue,
        text: String,
        date: Date = Date()
    ) throws(Failure) -> [String] {
        let folder = Directory.join(resources, "Benchmarks/results")
        try Directory.create(folder)
        let day = date.formatted(.iso8601.year().month().day())
        let stem = "Benchmarks/results/\(day)-\(request.suite.rawValue)-\(request.rows)"
        let texts = [
            ("\(stem).json", json.indentedText + "\n"),
            ("\(stem).txt", text),
        ]
        for (name, text) in texts {
            try Directory.replace(Directory.join(resources, name), with: Array(text.utf8).span)
        }
        return texts.map(\.0)
    }
}
