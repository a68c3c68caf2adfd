package import Arguments
package import Failures
package import SQLFront
internal import Units

/// The path's settings (stream.md §9.2), each with an effect that can be seen.
package struct StreamSettings: Sendable, Hashable {
    /// Text of the processor string; parsed by its owner, the front end.
    package var processor: String
    package var batchRows: Int
    package var bufferBatches: Int
    package var stateMemory: Int
    package var policy: RejectionPolicy
    package var divisionByZero: EvaluationContext.DivisionByZero
    /// Directory of dead letters; nil is off.
    package var deadLetterPath: String?
    package var deadLetterByteLimit: Int

    /// The keys, for `config show`, `--set`, `SET 'cutover.stream.KEY'`, the environment and files.
    package static let keys: [ConfigurationKey] = [
        ConfigurationKey(
            "stream",
            "processor",
            .text,
            default: "v2",
            "implementation that runs jobs: v1, v2, v2:N",
            environmentAliases: ["PROCESSOR_CONFIG"]
        ),
        ConfigurationKey(
            "stream",
            "batch.rows",
            .integer(1...1_048_576),
            default: "8192",
            "rows that a split gives before watermarks are compared again",
            fileAliases: ["stream.max_batch_size"]
        ),
        ConfigurationKey(
            "stream",
            "buffer.batches",
            .integer(2...65_536),
            default: "64",
            "steps in flight on V2 before readers stop"
        ),
        ConfigurationKey(
            "stream",
            "state.memory",
            .byteCount,
            default: "512MiB",
            "bytes of operator state before a job fails with STATE_BUDGET"
        ),
        ConfigurationKey(
            "stream",
            "failure.strategy",
            .choice(["fail", "log", "dlq", "skip", "dead-letter"]),
            default: "fail",
            "what happens to rows that cannot be decoded or evaluated",
            fileAliases: ["stream.failure_strategy"]
        ),
        ConfigurationKey(
            "stream",
            "late.strategy",
            .choice(["drop", "dlq"]),
            default: "drop",
            "what happens to rows that come after their windows have closed"
        ),
        ConfigurationKey(
            "stream",
            "division.by.zero",
            .choice(["error", "null"]),
            default: "error",
            "the result of dividing an integer or DECIMAL by zero"
        ),
        ConfigurationKey(
            "stream",
            "dlq.path",
            .text,
            "directory of dead letters, needed by the strategies named dlq"
        ),
        ConfigurationKey(
            "stream",
            "dlq.max.bytes",
            .byteCount,
            default: "1GiB",
            "size of the dead letters before a job fails with DLQ_FULL"
        ),
    ]

    /// The settings that are in force for a job: the caller's layers with the script's `SET` statements.
    ///
    /// - Throws: `CFG_UNKNOWN_KEY` or `CFG_VALUE` with the position of the setting, `CFG_DLQ_PATH` where a
    ///   strategy needs a directory that is not set.
    package init(_ layers: ConfigurationLayers, job: JobSettings) throws(Failure) {
        var layers = layers
        for (key, setting) in job.own {
            layers.statements["stream.\(key)"] = ConfigurationLayers.Setting(
                setting.text,
                at: .text(setting.position)
            )
        }
        let configuration = try ConfigurationSchema(Self.keys).resolve(layers)
        func text(_ name: String) -> String { configuration.text("stream.\(name)") ?? "" }
        processor = text("processor")
        batchRows = configuration.integer("stream.batch.rows") ?? 8192
        bufferBatches = configuration.integer("stream.buffer.batches") ?? 64
        stateMemory = configuration.byteCount("stream.state.memory")?.bytes ?? 512 << 20
        policy = RejectionPolicy(
            failing: RejectionPolicy.Failing(name: text("failure.strategy")),
            late: RejectionPolicy.Late(rawValue: text("late.strategy")) ?? .drop
        )
        divisionByZero =
            EvaluationContext.DivisionByZero(rawValue: text("division.by.zero")) ?? .error
        deadLetterPath = configuration.text("stream.dlq.path")
        deadLetterByteLimit = configuration.byteCount("stream.dlq.max.bytes")?.bytes ?? 1 << 30
        if deadLetterPath == nil, policy.failing == .dlq || policy.late == .dlq {
            throw Failure(
                "CFG_DLQ_PATH",
                blame: .request,
                "the strategy dlq has no directory to write to",
                remedy: "set stream.dlq.path, for example `--set dlq.path=DIR`"
            )
        }
    }
}

extension RejectionPolicy.Failing {
    /// `skip` and `dead-letter` are synonyms of `log` and `dlq`.
    fileprivate init(name: String) {
        switch name {
        case "log", "skip": self = .log
        case "dlq", "dead-letter": self = .dlq
        default: self = .fail
        }
    }
}
