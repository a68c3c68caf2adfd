internal import Arguments
internal import Failures
internal import Flow
internal import Hashing
internal import Routing
internal import SQLFront
internal import StreamSQL
internal import Units
private import Synchronization

/// Runs one script's job alone, or as a live job under a route table with weight 0.
struct RoutedRuns: Sendable {
    private let script: ScriptFile
    private let job: Job
    private let console: Console

    /// What a live job does beside the primary's work.
    enum Shadow: Sendable {
        case none
        /// Every window shall be compared, and the candidate has stopped working.
        case stalled
    }

    struct Run: Sendable {
        var seconds: Double
        var rowsIn: Int
        var rowsOut: Int
        var digest: String
        /// Windows by the time from the row that closed them until they were written.
        var emission: [Duration: Int] = [:]
        /// Windows that were not compared.
        var skipped = 0
    }

    /// How often the controller asks for evidence.
    private static let interval = Duration.milliseconds(250)
    /// Rows that wait for a side at most, so that a candidate that does nothing is full soon.
    private static let queueRows = 16_384

    init(_ script: BenchScript, console: Console) throws(Failure) {
        (self.script, job) = try script.file()
        self.console = console
    }

    /// The job alone, on a processor.
    func alone(_ processor: String) throws(Failure) -> Run {
        let launch = try launcher.prepare(job, choices(processor))
        let report = try running { (control) throws(Failure) in
            try launch.job.run(control: control)
        }
        return Run(
            seconds: report.elapsed.inSeconds,
            rowsIn: report.rowsIn,
            rowsOut: report.rowsOut,
            digest: report.digest.description
        )
    }

    /// The job under a table that gives the candidate no window.
    ///
    /// - Parameters:
    ///   - processor: the primary.
    ///   - shadow: what the candidate is for.
    ///   - rowsPerSecond: how fast rows come; nil lets them come as fast as they are taken.
    /// - Returns: what the run gave.
    /// - Throws: what the job throws.
    func live(
        _ processor: String,
        _ shadow: Shadow = .none,
        rowsPerSecond: Double? = nil
    ) throws(Failure) -> Run {
        let parts = try launcher.parts(job, choices(processor))
        let candidate = try launcher.engine(named: "v2:1", for: job).get()
        let router = try LiveRouter(
            id: "bench",
            target: Self.target,
            directory: nil,
            tables: [try Self.table(shadow)]
        )
        var live = LiveOptions(
            router: router,
            candidate: candidate.engine,
            candidateName: candidate.name
        )
        live.queueRows = Self.queueRows
        if shadow == .stalled { live.fault = { _ in LiveFault(.stallCandidate) } }
        if let rowsPerSecond {
            live.pace = Self.pace(rowsPerSecond)
            live.shadowBlocks = false
        }
        let stream = try LiveJob(
            job,
            settings: parts.settings,
            options: parts.options,
            live: live
        )
        let collector = try EvidenceCollector(stream, every: Self.interval)
        let report: LiveReport
        do throws(Failure) {
            report = try running { (control) throws(Failure) in try stream.run(control: control) }
        } catch {
            _ = collector.finish()
            throw error
        }
        return Run(
            seconds: report.job.elapsed.inSeconds,
            rowsIn: report.rowsIn,
            rowsOut: report.job.rowsOut,
            digest: report.job.digest.description,
            emission: collector.finish(),
            skipped: report.totals.units.skipped
        )
    }

    private static let target = "bench/routing"

    private static func table(_ shadow: Shadow) throws(Failure) -> RouteTable {
        var rules = RouteRules(target: target)
        rules.migration = "bench-001"
        rules.generation = 1
        rules.salt = "bench-001"
        rules.shadowPPM = shadow == .none ? 0 : 1_000_000
        rules.compareFromPPM = RouteRules.compareFrom(thresholdPPM: 0)
        let first = RouteLog.Entry(
            generation: 1,
            barrier: RouteLog.beginning,
            thresholdPPM: 0
        )
        rules.log = RouteLog([first]) ?? RouteLog()
        return try RouteTable(rules)
    }

    /// Rows come one after another, at a fixed distance from the first one.
    private static func pace(
        _ rowsPerSecond: Double
    ) -> @Sendable (Int64, Int64?) -> Duration? {
        let start = Mutex<ContinuousClock.Instant?>(nil)
        return { position, _ in
            let now = ContinuousClock.now
            let begin = start.withLock { begin in
                let first = begin ?? now
                begin = first
                return first
            }
            let rest = begin + .seconds(Double(position) / rowsPerSecond) - now
            return rest > .zero ? rest : nil
        }
    }

    // Figures do not depend on the user's settings.
    private var launcher: JobLauncher {
        JobLauncher(script: script, layers: ConfigurationLayers(environment: [:]), console: console)
    }

    private func choices(_ processor: String) -> JobLauncher.Choices {
        var choices = JobLauncher.Choices()
        choices.processor = (processor, "--processors")
        return choices
    }

    private func running<Report>(
        _ body: (JobControl) throws(Failure) -> Report
    ) throws(Failure) -> Report {
        let control = JobControl()
        return try console.interruption.calling { () -> Void in
            control.cancel()
        } during: { () throws(Failure) -> Report in
            try body(control)
        }
    }
}

/// Asks a live job for its evidence again and again, as a controller does.
private final class EvidenceCollector: Sendable {
    private struct State {
        var emission: [Duration: Int] = [:]
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let job: LiveJob
    private let thread: Mutex<WorkerThread?>

    init(_ job: LiveJob, every interval: Duration) throws(Failure) {
        self.job = job
        thread = Mutex(nil)
        let worker = try WorkerThread { [self] in
            var next = ContinuousClock.now + interval
            while !state.withLock({ $0.hasEnded }) {
                pause(for: .milliseconds(5))
                guard ContinuousClock.now >= next else { continue }
                next += interval
                take()
            }
        }
        thread.withLock { $0 = worker }
    }

    private func take() {
        let evidence = job.takeEvidence()
        state.withLock { $0.emission.merge(evidence.emission) { $0 + $1 } }
    }

    /// Ends the thread; the job has ended.
    func finish() -> [Duration: Int] {
        state.withLock { $0.hasEnded = true }
        thread.withLock { $0.take() }?.join()
        take()
        return state.withLock { $0.emission }
    }
}
