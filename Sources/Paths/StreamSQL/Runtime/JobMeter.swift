package import Observe
internal import SQLFront
private import Synchronization

/// Counts what a job does, for whoever reads the registry meanwhile.
///
/// Nothing is counted row by row: the committer adds once a step, workers once a task.
package final class JobMeter: Sendable {
    private let registry: MetricsRegistry
    private let job: String
    private let sources: [SourceMeter]
    private let recordsOut: Counter
    private let late: Counter
    private let letters: Counter
    private let blocked: Counter
    private let latencies: Histogram
    private let decodeTime: Counter
    private let transformTime: Counter
    private let commitTime: Counter
    private let operatorTimes: [Counter]
    private let queueBatches: Gauge
    private let queueBytes: Gauge

    private struct SourceMeter: Sendable {
        let records: Counter
        let labels: MetricsRegistry.Labels
        let isLive: Bool
    }

    /// Declares the job's counts, so that what has not happened yet is 0; times appear when there are any.
    ///
    /// - Parameters:
    ///   - registry: keeps them.
    ///   - job: the label of all of them.
    ///   - graph: gives the labels of sources and operators.
    package init(_ registry: MetricsRegistry, job: String, graph: StreamGraph) {
        self.registry = registry
        self.job = job
        let all = ["job": job]
        func counter(
            _ metric: StreamMetric,
            _ labels: [String: String] = [:],
            unit: MetricsRegistry.Unit = .plain
        ) -> Counter {
            registry.counter(
                metric.name,
                metric.help,
                unit: unit,
                labels: all.merging(labels) { $1 }
            )
        }
        func gauge(_ metric: StreamMetric, _ labels: [String: String] = [:]) -> Gauge {
            registry.gauge(metric.name, metric.help, labels: all.merging(labels) { $1 })
        }
        sources = graph.sources.map { source in
            let label = ["source": source.name]
            return SourceMeter(
                records: counter(.recordsIn, label),
                labels: all.merging(label) { $1 },
                isLive: source.isLive
            )
        }
        recordsOut = counter(.recordsOut)
        late = counter(.late)
        letters = counter(.deadLetters)
        blocked = counter(.backpressure, unit: .nanoseconds)
        let busy = { counter(.operatorBusy, ["op": $0], unit: .nanoseconds) }
        decodeTime = busy("decode")
        transformTime = busy("transform")
        commitTime = busy("commit")
        operatorTimes = graph.operatorLabels.map(busy)
        queueBatches = gauge(.queueBatches)
        queueBytes = gauge(.queueBytes)
        latencies = registry.histogram(
            StreamMetric.latency.name,
            StreamMetric.latency.help,
            labels: all.merging(["kind": "ingest_emit"]) { $1 }
        )
    }

    // MARK: What the committer tells

    func read(_ count: Int, source: Int, watermark: Int64, now: () -> Int64) {
        if count > 0 { sources[source].records.add(count) }
        // Before the first row and after the end there is no time.
        guard watermark > .min, watermark < .max else { return }
        set(.watermark, Double(watermark) / 1e6, source)
        // Files of the past lag by their age, which says nothing.
        if sources[source].isLive { set(.watermarkLag, Double(now() - watermark) / 1e6, source) }
    }

    private func set(_ metric: StreamMetric, _ value: Double, _ source: Int) {
        registry.gauge(metric.name, metric.help, labels: sources[source].labels).set(value)
    }

    func gave(_ count: Int) { recordsOut.add(count) }

    func wasLate(_ count: Int) { if count > 0 { late.add(count) } }

    func refused(stage: String, code: String) {
        registry.counter(
            StreamMetric.rejected.name,
            StreamMetric.rejected.help,
            labels: ["job": job, "stage": stage, "code": code]
        )
        .add()
    }

    func keptLetter() { letters.add() }

    func latency(since begin: ContinuousClock.Instant?) {
        if let begin { latencies.record(ContinuousClock.now - begin) }
    }

    // MARK: What the scheduler tells

    func backpressure(since begin: ContinuousClock.Instant) {
        blocked.add((ContinuousClock.now - begin).nanoseconds)
    }

    func queue(batches: Int, bytes: Int) {
        queueBatches.set(batches)
        queueBytes.set(bytes)
    }

    /// Shows what a budget holds at each scrape.
    func show(_ budget: StateBudget) {
        let labels = ["job": job]
        registry.gauge(StreamMetric.stateBytes.name, StreamMetric.stateBytes.help, labels: labels) {
            Double(budget.held.bytes)
        }
        registry.gauge(StreamMetric.stateKeys.name, StreamMetric.stateKeys.help, labels: labels) {
            Double(budget.held.keys)
        }
    }

    /// Shows how full the dead letters are.
    func showLetters(bytes: Int, limit: Int) {
        let labels = ["job": job]
        registry.gauge(
            StreamMetric.deadLetterBytes.name,
            StreamMetric.deadLetterBytes.help,
            labels: labels
        )
        .set(bytes)
        registry.gauge(
            StreamMetric.deadLetterLimit.name,
            StreamMetric.deadLetterLimit.help,
            labels: labels
        )
        .set(limit)
    }

    /// The cells of one worker thread.
    func worker(_ number: Int) -> WorkerMeter {
        WorkerMeter(
            decode: decodeTime.cell(worker: number),
            transform: transformTime.cell(worker: number),
            commit: commitTime.cell(worker: number),
            operators: operatorTimes.map { $0.cell(worker: number) }
        )
    }
}

/// Where one worker thread adds its time.
struct WorkerMeter: Sendable {
    let decode: CounterCell
    let transform: CounterCell
    let commit: CounterCell
    let operators: [CounterCell]

    func start() -> ContinuousClock.Instant { .now }

    func cell(of task: ParallelState.Task) -> CounterCell {
        switch task {
        case .decode: decode
        case .transform: transform
        case .operate(let index, _, _, _), .merge(let index, _, _): operators[index]
        case .commit, .checkpoint, .stop: commit
        }
    }
}

extension CounterCell {
    /// Adds the nanoseconds since `start`; nothing where nobody measures.
    func add(since start: ContinuousClock.Instant?) {
        if let start { add((ContinuousClock.now - start).nanoseconds) }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }
}

extension StreamGraph {
    /// Each operator's name, numbered where several have the same.
    var operatorLabels: [String] {
        var counts: [String: Int] = [:]
        return operators.map { node in
            let name = node.plan.operatorName
            counts[name, default: 0] += 1
            let number = counts[name] ?? 1
            return number == 1 ? name : "\(name)-\(number)"
        }
    }

    /// Whether rows of any source come as time passes.
    package var isLive: Bool { sources.contains(where: \.isLive) }
}

extension StreamGraph.Source {
    /// Whether rows come as time passes, not as fast as they can be read.
    package var isLive: Bool {
        guard case .table(let scan) = origin else { return false }
        return scan.table.connector.isLive
    }
}
