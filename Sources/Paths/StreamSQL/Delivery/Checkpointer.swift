internal import Failures

/// Takes the checkpoints of one attempt of a job.
final class Checkpointer {
    private let store: CheckpointStore
    private let sink: any CheckpointedSink
    private let probe: DeliveryProbe
    private let interval: Duration
    private var lastMoment = ContinuousClock.now
    /// What all manifests of the job share.
    private let template: CheckpointManifest
    private let fingerprint: [UInt8]
    private var nextEpoch: Int
    /// Names and sizes of the inputs, which must be the same when the job goes on.
    var inputNames: [String] = []

    /// - Parameters:
    ///   - store: of the job.
    ///   - sink: publishes with each checkpoint.
    ///   - interval: time between two checkpoints at least.
    ///   - template: a manifest whose number is the first to be written.
    ///   - fingerprint: of the plan.
    ///   - probe: is told of each step.
    init(
        store: CheckpointStore,
        sink: any CheckpointedSink,
        interval: Duration,
        template: CheckpointManifest,
        fingerprint: [UInt8],
        probe: DeliveryProbe
    ) {
        self.store = store
        self.sink = sink
        self.interval = interval
        self.template = template
        self.fingerprint = fingerprint
        self.probe = probe
        nextEpoch = template.epoch
    }

    var isDue: Bool { ContinuousClock.now - lastMoment >= interval }

    /// Takes a checkpoint between two steps; the last one of a job has no progress.
    func take(_ progress: JobProgress?, _ ledger: LedgerProgress) throws(Failure) {
        try probe.reach(.barrier)
        var manifest = template
        manifest.epoch = nextEpoch
        manifest.isFinished = progress == nil
        manifest.commit = try sink.preCommit()
        manifest.partEpoch = sink.nextEpoch
        var job = StateWriter()
        job.write(inputNames.count)
        for name in inputNames { job.write(name) }
        ledger.write(to: &job)
        progress?.write(to: &job)
        var files = [
            StateFile(
                fingerprint: fingerprint,
                number: StateFile.jobNumber,
                state: OperatorState(parts: [OperatorState.Part(slot: 0, bytes: job.bytes)])
            )
        ]
        for (index, node) in (progress?.operators ?? []).enumerated() {
            files.append(
                StateFile(
                    fingerprint: fingerprint,
                    number: UInt32(truncatingIfNeeded: index),
                    state: node.state
                )
            )
        }
        try store.write(manifest, files)
        if let commit = manifest.commit { try sink.finish(commit) }
        try store.mark(nextEpoch)
        nextEpoch += 1
        lastMoment = ContinuousClock.now
    }
}

/// A sink that publishes in steps: first its parts wait, listed in a manifest, then they appear.
protocol CheckpointedSink: RowSink {
    /// Makes what was written durable, and ends the epoch.
    ///
    /// - Returns: what is to be published; nil where the sink keeps nothing.
    func preCommit() throws(Failure) -> PartCommit?

    /// Publishes what `preCommit` gave, now or in an earlier process; may be repeated.
    func finish(_ commit: PartCommit) throws(Failure)

    /// Number of the parts that are written next.
    var nextEpoch: Int { get }
}
