import Arguments
import Foundation
import TestKit
import Testing

@Suite("Completion", .scratchDirectory)
struct CompletionTests {
    /// Runs a shell program and gives its output.
    func shell(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    static let hasZsh = FileManager.default.isExecutableFile(atPath: "/usr/bin/zsh")

    @Test(
        "bash completes commands, options and values",
        arguments: [
            ("cutover str", "stream"), ("cutover stream ", "run compare"),
            ("cutover stream run --pro", "--processor"),
            ("cutover stream run --late ", "drop dlq"), ("cutover demo --js", "--json"),
            ("cutover --st", "--state"),
        ]
    )
    func bash(line: String, expected: String) throws {
        let path = try scratchPath("completion.bash")
        try Data(sample.completionScript(.bash).utf8).write(to: URL(filePath: path))
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        let script = """
            set -u; source '\(path)'; COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1)
            _cutover; echo "${COMPREPLY[@]}"
            """
        let (status, output) = try shell("/bin/bash", ["--norc", "-c", script])
        #expect(status == 0)
        let offered = output.split(whereSeparator: \.isWhitespace).map(String.init)
        let wanted = expected.split(separator: " ").map(String.init)
        #expect(wanted.allSatisfy(offered.contains), "\(output)")
        #expect(offered.filter { !$0.hasPrefix("-") }.count <= wanted.count)
    }

    @Test("zsh accepts its script", .enabled(if: hasZsh, "zsh is not installed"))
    func zsh() throws {
        let path = try scratchPath("_cutover")
        try Data(sample.completionScript(.zsh).utf8).write(to: URL(filePath: path))
        let (status, output) = try shell("/usr/bin/zsh", ["-n", path])
        #expect(status == 0, "\(output)")
        try expectGolden(sample.completionScript(.zsh), "completion.zsh")
    }
}
