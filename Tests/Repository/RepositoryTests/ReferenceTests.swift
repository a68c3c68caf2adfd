internal import Arguments
internal import Foundation
internal import SQLFront
internal import StreamSQL
internal import TestKit
internal import Testing
internal import cutover

/// Pages below docs/reference that follow from the code.
///
/// `UPDATE_GOLDEN=1 ./test RepositoryTests` writes them anew, and fails, so that an update is never
/// mistaken for a pass.
@Suite("Reference")
struct ReferenceTests {
    @Test("The page of commands shows every command's help")
    func commandsAreDescribed() throws {
        let root = CommandTree.cutover.command
        var text = """
            # Commands

            Written from the program's own help by `UPDATE_GOLDEN=1 ./test RepositoryTests`.

            Exit statuses: 0 done; 1 failed, or what was compared differs; 2 the command line, a script or \
            the configuration is wrong; 3 holding, partly done or inconclusive; 4 an integrity rule is \
            violated; 130 stopped by Ctrl-C.

            """
        describe(root, path: [root.name], into: &text)
        try compare(text, with: "docs/reference/commands.md")
    }

    @Test("The page of settings shows every key")
    func settingsAreDescribed() throws {
        var text = """
            # Settings

            Written from the program's own table by `UPDATE_GOLDEN=1 ./test RepositoryTests`.

            A flag is stronger than a SET statement (`SET 'cutover.KEY' = 'VALUE'`), that than an environment \
            variable, that than the file that `--config` or `CUTOVER_CONFIG` names, that than the default. \
            The file is one JSON object, or a YAML mapping where its name ends in `.yaml` or `.yml`; a key's dots \
            are levels or stand in a name: `{"stream": {"batch.rows": 4096}}`. `cutover config show` prints what \
            holds.

            | key | default | value | variable | meaning |
            | --- | --- | --- | --- | --- |

            """
        for key in Settings.schema.keys {
            let kinds = ([key.kind.placeholder] + key.words).joined(separator: "|")
            let value = kinds.replacing("|", with: " \\| ")
            let variables = ([key.environmentName] + key.environmentAliases)
                .map { "`\($0)`" }.joined(separator: ", ")
            let standard = key.standard ?? "–"
            text += "| `\(key.path)` | \(standard) | \(value) | \(variables) | \(key.summary) |\n"
        }
        try compare(text, with: "docs/reference/settings.md")
    }

    @Test("The page of metrics shows every metric")
    func metricsAreDescribed() throws {
        var text = """
            # Metrics

            Written from the program's own table by `UPDATE_GOLDEN=1 ./test RepositoryTests`.

            `cutover stream run --metrics FILE` keeps these in a file as Prometheus' text, written anew about every \
            second and at the end; a reader sees a whole scrape, never a part. Workers count by themselves, batch by \
            batch, and are summed when the file is written. After a bounded job the counts are exact.

            Rules for alerts are in [Examples/alerts/stream.yml](../../Examples/alerts/stream.yml).

            | metric | kind | labels | meaning |
            | --- | --- | --- | --- |

            """
        for metric in StreamMetric.allCases {
            let labels = (["job"] + metric.labels).map { "`\($0)`" }.joined(separator: ", ")
            text += "| `\(metric.name)` | \(metric.kind) | \(labels) | \(metric.help) |\n"
        }
        try compare(text, with: "docs/reference/metrics.md")
    }

    @Test("The rules for alerts use metrics that exist")
    func alertsUseMetrics() throws {
        let rules = try Checkout.file("Examples/alerts/stream.yml").text
        let names = Set(StreamMetric.allCases.map(\.name))
        let used = rules.matches(of: /cutover_stream_[a-z_]+/).map { String($0.output) }
        #expect(!used.isEmpty)
        for name in used { #expect(names.contains(name), "there is no metric \(name)") }
    }

    @Test("The page of SQL names every function")
    func functionsAreListed() throws {
        let page = try Checkout.file("docs/reference/sql.md")
        let missing = StreamWords.functions.filter { !page.holds("`\($0)`") }
        #expect(missing.isEmpty, "docs/reference/sql.md lacks \(missing)")
    }

    @Test("The page of errors lists every code that the sources name")
    func errorsAreListed() throws {
        let families =
            "BENCH|BIND|CFG|DECODE|DELIVERY|DLQ|EVAL|FLINK|FLOW|IO|JOB|MIG|PARSE|PLAN|PORT|PROCESS|RESULT|SINK|STATE|TIME|TYPE|WARN"
        let code = try Regex(
            "\"((?:\(families))_[A-Z][A-Z0-9_]*)\"",
            as: (Substring, Substring).self
        )
        let page = try Checkout.file("docs/reference/errors.md")
        var missing: Set<Substring> = []
        for file in Checkout.swift(below: "Sources") {
            for line in file.lines where line.text.utf8.contains(UInt8(ascii: "_")) {
                for match in line.text.matches(of: code) where !page.holds("`\(match.output.1)`") {
                    missing.insert(match.output.1)
                }
            }
        }
        #expect(missing.isEmpty, "docs/reference/errors.md lacks \(missing.sorted())")
    }

    private func describe(_ command: Command, path: [String], into text: inout String) {
        text += "\n## \(path.joined(separator: " "))\n\n```text\n"
        text += command.helpText(path: path)
        text += "```\n"
        for child in command.subcommands { describe(child, path: path + [child.name], into: &text) }
    }

    private func compare(_ text: String, with path: String) throws {
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            let file = Checkout.root.appending(path: path)
            let folder = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record("\(path) was rewritten")
            return
        }
        let recorded = try Checkout.file(path).text
        let isEqual = recorded == text
        #expect(isEqual, "\(path) differs:\n\(unifiedDiff(recorded, text))")
    }
}
