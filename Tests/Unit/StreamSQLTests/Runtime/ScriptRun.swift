import Arguments
import Columns
import Failures
import Foundation
import Observe
import SQLFront
import StreamSQL
import TestKit
import Testing

/// The last job of a script, run in the test's scratch directory.
struct ScriptRun {
    var script: String
    var settings: [String: String] = [:]
    var engine = StreamEngine.serial
    var strategy = DistributionStrategy.smart
    var metrics: MetricsRegistry?

    static var directory: String {
        ScratchDirectory.current?.path(percentEncoded: false) ?? ""
    }

    static func write(_ text: String, to name: String) throws {
        try text.write(toFile: scratchPath(name), atomically: true, encoding: .utf8)
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: scratchPath(name), encoding: .utf8)
    }

    private func job() throws -> StreamJob {
        let parts = try parts()
        return StreamJob(parts.job, settings: parts.settings, options: parts.options)
    }

    /// The job with what it is run with.
    func parts() throws -> (job: Job, settings: StreamSettings, options: StreamRunOptions) {
        let bound = try StreamScript.bind(script, source: "", options: .init(name: "job"))
        let job = try #require(bound.jobs.last)
        var layers = ConfigurationLayers()
        for (key, value) in settings { layers.flags["stream.\(key)"] = .init(value) }
        var options = StreamRunOptions(
            engine: engine,
            processorName: "test",
            scriptDirectory: Self.directory,
            now: { 1_700_000_000_000_000 }
        )
        options.strategy = strategy
        options.metrics = metrics
        return (job, try StreamSettings(layers, job: job.settings), options)
    }

    /// Runs the job into memory.
    func rows() throws -> (rows: [[Value]], report: JobReport) {
        let job = try job()
        let rows = ResultRows(schema: job.outputSchema)
        let report = try job.run(into: rows, control: JobControl())
        let batch = rows.batch
        return ((0..<batch.rowCount).map { batch.row($0) }, report)
    }

    /// Runs the job into its sink.
    func run() throws -> JobReport { try job().run(control: JobControl()) }

    /// The code with which the job fails.
    func failure() throws -> String? {
        do {
            _ = try run()
            return nil
        } catch let failure as Failure {
            return failure.code
        }
    }
}
