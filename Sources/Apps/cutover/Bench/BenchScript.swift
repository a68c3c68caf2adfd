internal import Failures
internal import Files
internal import Foundation
internal import SQLFront

/// A script as a benchmark runs it: it reads the suite's files, and its rows are dropped.
struct BenchScript: Sendable {
    /// Without folder and suffix: `q5`.
    let name: String
    let text: String

    private static let sizeLimit = 16 << 20

    /// - Parameters:
    ///   - path: of the script, which reads files below a folder `data` and writes below a folder `out` or nowhere.
    ///   - folder: absolute; holds the files that the script reads.
    /// - Throws: `IO_READ`.
    init(_ path: String, folder: String) throws(Failure) {
        let bytes = try Directory.read(path, limit: Self.sizeLimit)
        let file = Directory.lastComponent(of: path)
        name = file.hasSuffix(".sql") ? String(file.dropLast(4)) : file
        text = Self.prepared(String(decoding: bytes, as: UTF8.self), folder: folder)
    }

    private init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// The text with other inputs and without output.
    static func prepared(_ text: String, folder: String) -> String {
        let quoted = folder.replacing("'", with: "''")
        let inputs = text.replacing(#/('path'\s*=\s*')(?:[^']*\/)?data\/\w+\/([^'\/]+)'/#) {
            "\($0.output.1)\(quoted)/\($0.output.2)'"
        }
        return inputs.replacing(
            #/WITH\s*\([^;]*?'path'\s*=\s*'[^']*out\/[^']*'[^;]*?\)\s*;/#,
            with: "WITH (\n    'connector' = 'blackhole'\n);"
        )
    }

    /// The script over the Parquet file of the same name.
    func readingParquet() -> BenchScript {
        BenchScript(
            name: name,
            text: text.replacing(".csv'", with: ".parquet'")
                .replacing("'format' = 'csv'", with: "'format' = 'parquet'")
        )
    }

    /// The script, checked; it has exactly one job.
    ///
    /// - Throws: what is wrong with the text.
    func file() throws(Failure) -> (script: ScriptFile, job: Job) {
        let script = ScriptFile(path: "\(name).sql", text: text)
        if let failure = script.report.failures.first { throw failure }
        guard script.jobs.count == 1 else {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "\(name).sql has \(script.jobs.count) jobs",
                remedy: "a benchmark's script has one INSERT or one SELECT"
            )
        }
        return (script, script.jobs[0])
    }
}
