package import Arguments
package import Failures
package import Flow
package import SQLFront
internal import Units

/// The path's settings, each with an effect that can be seen.
package struct StreamSettings: Sendable, Hashable {
    package enum Order: String, Sendable, Hashable {
        case canonical
        /// As steps come out, where a plan keeps no state.
        case any
    }

    /// Text of the processor string; parsed by its owner, the front end.
    package var processor: String
    package var strategy: DistributionStrategy
    package var order: Order
    package var batchRows: Int
    /// How long a live source may gather rows.
    package var batchLatency: Duration
    package var bufferBatches: Int
    package var bufferBytes: Int
    package var stateMemory: Int
    package var joinBroadcastBytes: Int
    package var policy: RejectionPolicy
    package var divisionByZero: EvaluationContext.DivisionByZero
    /// Directory of dead letters; nil is off.
    package var deadLetterPath: String?
    package var deadLetterByteLimit: Int
    /// Time between two checkpoints of a transactional job.
    package var checkpointInterval: Duration
    /// How often a transactional job begins again at its last checkpoint when files or their system fail.
    package var restartLimit: Int
    package var sinkBatchRows: Int
    package var sinkBatchBytes: Int
    package var retry: RetryPolicy
    /// Sentences for the user: old names that were used.
    package var notices: [String]

    /// The settings that are in force for a job: the caller's layers with the script's `SET` statements.
    ///
    /// - Throws: `CFG_UNKNOWN_KEY` or `CFG_VALUE` with the position of the setting, `CFG_DLQ_PATH` where a
    ///   strategy needs a directory that is not set.
    package init(_ layers: ConfigurationLayers, job: JobSettings) throws(Failure) {
        var layers = layers
        layers.file = layers.file.filter { Self.isOwn($0.key) }
        for (key, setting) in job.own {
            layers.statements["stream.\(key)"] = ConfigurationLayers.Setting(
                setting.text,
                at: .text(setting.position)
            )
        }
        do throws(Failure) {
            self.init(SettingValues(try ConfigurationSchema(Self.keys).resolve(layers)))
        } catch {
            throw Self.explained(error)
        }
        if deadLetterPath == nil, policy.failing == .dlq || policy.late == .dlq {
            throw Failure(
                "CFG_DLQ_PATH",
                blame: .request,
                "the strategy dlq has no directory to write to",
                remedy: "set stream.dlq.path, for example `--set dlq.path=DIR`"
            )
        }
    }

    /// Whether a setting of a file is this path's, under a name of today or an old one.
    ///
    /// Other sections are checked by whoever reads the file.
    package static func isOwn(_ path: String) -> Bool {
        path.hasPrefix("stream.") || keys.contains { $0.fileAliases.contains(path) }
    }

    /// Keys of later versions, and what holds meanwhile.
    private static let later = [
        ("watermark.idle", "a source that gives nothing is waited for"),
        ("window.allowed-lateness", "late rows are dropped or kept, as late.strategy says"),
        ("standby", "a job runs on one processor"),
    ]

    /// The failure, saying so where a setting is not unknown but of a later version.
    private static func explained(_ failure: Failure) -> Failure {
        guard failure.code == "CFG_UNKNOWN_KEY",
            let (name, state) = later.first(where: {
                failure.problem.contains("stream.\($0.0)")
                    || failure.problem.contains(
                        ConfigurationKey("stream", $0.0, .text, "").environmentName
                    )
            })
        else { return failure }
        var explained = failure
        explained.code = "PLAN_NOT_YET"
        explained.problem = "the setting stream.\(name) is not part of this version"
        explained.remedy = "remove it: \(state)"
        return explained
    }

    private init(_ values: SettingValues) {
        processor = values.text("processor")
        strategy = DistributionStrategy(rawValue: values.text("strategy")) ?? .smart
        order = Order(rawValue: values.text("order")) ?? .canonical
        batchRows = values.integer("batch.rows")
        batchLatency = values.duration("batch.latency")
        bufferBatches = values.integer("buffer.batches")
        bufferBytes = values.bytes("buffer.bytes")
        stateMemory = values.bytes("state.memory")
        joinBroadcastBytes = values.bytes("join.broadcast.bytes")
        policy = RejectionPolicy(
            failing: RejectionPolicy.Failing(name: values.text("failure.strategy")),
            late: RejectionPolicy.Late(rawValue: values.text("late.strategy")) ?? .drop,
            refusedShare: values.share("dlq.max.rate")
        )
        divisionByZero =
            EvaluationContext.DivisionByZero(rawValue: values.text("division.by.zero")) ?? .error
        deadLetterPath = values.configuration.text("stream.dlq.path")
        deadLetterByteLimit = values.bytes("dlq.max.bytes")
        checkpointInterval = values.duration("checkpoint.interval")
        restartLimit = values.integer("restart.max")
        sinkBatchRows = values.integer("sink.batch.rows")
        sinkBatchBytes = values.bytes("sink.batch.bytes")
        retry = RetryPolicy(
            limit: values.integer("retry.max"),
            firstPause: values.duration("retry.backoff"),
            longestPause: values.duration("retry.backoff.max")
        )
        notices = values.configuration.notices
    }
}

/// Values of the path's keys, all of which have a default unless they are optional.
private struct SettingValues {
    let configuration: Configuration

    init(_ configuration: Configuration) { self.configuration = configuration }

    func text(_ name: String) -> String { given(configuration.text("stream.\(name)"), name) }

    func integer(_ name: String) -> Int { given(configuration.integer("stream.\(name)"), name) }

    func bytes(_ name: String) -> Int {
        given(configuration.byteCount("stream.\(name)"), name).bytes
    }

    func duration(_ name: String) -> Duration {
        given(configuration.duration("stream.\(name)"), name)
    }

    func share(_ name: String) -> Int { given(configuration.share("stream.\(name)"), name).value }

    private func given<Value>(_ value: Value?, _ name: String) -> Value {
        guard let value else { preconditionFailure("stream.\(name) has no default of its kind") }
        return value
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
