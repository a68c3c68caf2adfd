internal import Foundation
internal import Testing

/// The digests that stand beside the Nexmark queries, for one seed and number of events.
///
/// `UPDATE_GOLDEN=1` writes them anew.
struct RecordedDigests {
    let events: Int
    let seed: Int
    private let header: [String]
    private let recorded: [String: String]

    private static let file = Workshop.clone.appending(path: "Examples/stream/nexmark/digests.txt")

    init() throws {
        let lines = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n")
            .map(String.init)
        header = lines.filter {
            $0.hasPrefix("#") || $0.hasPrefix("events") || $0.hasPrefix("seed")
        }
        var values: [String: String] = [:]
        for line in lines where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            try #require(words.count == 2, "not NAME VALUE: \(line)")
            values[String(words[0])] = String(words[1])
        }
        events = try #require(values["events"].flatMap(Int.init))
        seed = try #require(values["seed"].flatMap(Int.init))
        recorded = values.filter { $0.key != "events" && $0.key != "seed" }
    }

    /// Compares with the digests of a run.
    func check(_ found: [String: String]) throws {
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            let names = found.keys.sorted {
                (Int($0.dropFirst()) ?? 0) < (Int($1.dropFirst()) ?? 0)
            }
            let lines = header + names.map { "\($0) \(found[$0] ?? "")" }
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: Self.file)
            return
        }
        #expect(found == recorded)
    }
}
