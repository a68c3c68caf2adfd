package import Arguments
internal import SQLFront

extension StreamSettings {
    /// The keys, for `config show`, `--set`, `SET 'cutover.stream.KEY'`, the environment and files.
    package static let keys: [ConfigurationKey] = running + reading + refusing + writing

    /// How jobs run.
    private static let running = [
        ConfigurationKey(
            "stream",
            "processor",
            .text,
            default: "v2",
            "implementation that runs jobs: v1, v2, v2:N",
            environmentAliases: ["PROCESSOR_CONFIG"],
            fileAliases: ["processor.strategy"]
        ),
        ConfigurationKey(
            "stream",
            "strategy",
            .choice(DistributionStrategy.allCases.map(\.rawValue)),
            default: DistributionStrategy.smart.rawValue,
            "how V2 spreads rows; anything but smart is checked against the plan",
            fileAliases: ["partitioning_strategy"]
        ),
        ConfigurationKey(
            "stream",
            "order",
            .choice(["canonical", "any"]),
            default: "canonical",
            "order of the output; any drops it on V2 for plans that keep no state"
        ),
        ConfigurationKey(
            "stream",
            "buffer.batches",
            .integer(2...65_536),
            default: "64",
            "batches in flight on V2 before readers stop"
        ),
        ConfigurationKey(
            "stream",
            "buffer.bytes",
            .byteCount,
            default: "64MiB",
            "bytes of rows in flight on V2 before readers stop"
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
            "join.broadcast.bytes",
            .byteCount,
            default: "8MiB",
            "bytes of the smaller side of a join without an equality before it fails with PLAN_JOIN_UNBOUNDED"
        ),
        ConfigurationKey(
            "stream",
            "checkpoint.interval",
            .duration,
            default: "10s",
            "time between two checkpoints of a transactional job"
        ),
        ConfigurationKey(
            "stream",
            "restart.max",
            .integer(0...1000),
            default: "3",
            "restarts of a transactional job from its last checkpoint when files cannot be read or written"
        ),
        ConfigurationKey(
            "stream",
            "division.by.zero",
            .choice(["error", "null"]),
            default: "error",
            "the result of dividing an integer or DECIMAL by zero"
        ),
    ]

    /// How rows come in.
    private static let reading = [
        ConfigurationKey(
            "stream",
            "batch.rows",
            .integer(1...1_048_576),
            default: "8192",
            "rows that a split gives before watermarks are compared again",
            fileAliases: ["max_batch_size"]
        ),
        ConfigurationKey(
            "stream",
            "batch.latency",
            .duration,
            default: "100ms",
            "how long a live source (stdin, datagen) may gather rows before they go on",
            fileAliases: ["batch_timeout"]
        ),
    ]

    /// What happens to rows that cannot be used.
    private static let refusing = [
        ConfigurationKey(
            "stream",
            "failure.strategy",
            .choice(["fail", "log", "dlq", "skip", "dead-letter"]),
            default: "fail",
            "what happens to rows that cannot be decoded or evaluated",
            fileAliases: ["failure_strategy"]
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
        ConfigurationKey(
            "stream",
            "dlq.max.rate",
            .share,
            default: "1%",
            "share of the output that the sink may refuse under dlq before a job fails with DLQ_RATE"
        ),
    ]

    /// How rows go out.
    private static let writing = [
        ConfigurationKey(
            "stream",
            "sink.batch.rows",
            .integer(1...1_048_576),
            default: "8192",
            "rows that are gathered before they are written; rows of live sources never wait"
        ),
        ConfigurationKey(
            "stream",
            "sink.batch.bytes",
            .byteCount,
            default: "1MiB",
            "bytes that are gathered before they are written"
        ),
        ConfigurationKey(
            "stream",
            "retry.max",
            .integer(0...1000),
            default: "3",
            "how often a write that may succeed later is tried again",
            fileAliases: ["max_retries"]
        ),
        ConfigurationKey(
            "stream",
            "retry.backoff",
            .duration,
            default: "100ms",
            "longest pause before the first of these tries; it doubles from try to try",
            fileAliases: ["retry_backoff"]
        ),
        ConfigurationKey(
            "stream",
            "retry.backoff.max",
            .duration,
            default: "30s",
            "longest pause before any of them"
        ),
    ]
}
