internal import Failures
internal import Flow
internal import SQLFront
internal import StreamSQL

/// What a processor string asks for, as far as this version can run it.
struct ProcessorChoice {
    let engine: StreamEngine
    /// The canonical processor string, with the number of partitions that runs.
    let name: String
    let batchRows: Int?
    let bufferBatches: Int?

    /// Understands a processor string for a job.
    ///
    /// - Parameters:
    ///   - text: as from `--processor`.
    ///   - source: names the text in positions, such as `--processor`.
    ///   - job: its `parallelism.default` holds where the string gives no number.
    /// - Throws: `CFG_…` for a string that is none, `PLAN_NOT_YET` for one that a later version runs, and
    ///   `PLAN_UNSAFE_STRATEGY` for a strategy that would change the job's result.
    init(_ text: String, source: String, job: Job) throws(Failure) {
        switch try ProcessorConfiguration.parse(text, source: source) {
        case .serial(let isTransactional):
            if isTransactional { throw Self.notYet("transactional delivery", "v1:simple", source) }
            engine = .serial
            name = "v1:simple"
            batchRows = nil
            bufferBatches = nil
        case .parallel(let parallel):
            if parallel.isTransactional {
                throw Self.notYet("transactional delivery", "v2", source)
            }
            if parallel.latency != nil { throw Self.notYet("latency=", "v2", source) }
            if let strategy = parallel.strategy, strategy != .smart {
                _ = try Distribution(job.plan, strategy: strategy)
                throw Self.notYet("strategy=\(strategy.rawValue)", "strategy=smart", source)
            }
            let count =
                parallel.partitions ?? job.settings.parallelism ?? onlineProcessorCount()
            engine = .parallel(partitions: count, bindsThreads: parallel.bindsThreads)
            name = "v2:\(count)" + (parallel.bindsThreads ? ":affinity" : "")
            batchRows = parallel.batchRows
            bufferBatches = parallel.bufferBatches
        case .flink:
            throw Self.notYet("the processor flink", "v1 or v2", source)
        }
    }

    private static func notYet(_ what: String, _ instead: String, _ source: String) -> Failure {
        Failure(
            "PLAN_NOT_YET",
            blame: .request,
            "\(what) is not in this version",
            remedy: "use \(instead)",
            at: .text(SourcePosition(source: source, line: 1, column: 1))
        )
    }
}
