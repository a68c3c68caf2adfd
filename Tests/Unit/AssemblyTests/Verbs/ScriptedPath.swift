internal import Failures
internal import MigrationControl
internal import MigrationRules
internal import Routing
internal import Synchronization

/// A path with one router that does at once what it is told, and reports what the script says.
final class ScriptedPath: TargetAdapter {
    struct State {
        var table: RouteTable
        var isAlive = true
        /// It applies no table any more.
        var isDeaf = false
        /// It reports; else it only stands there.
        var isBusy = true
        /// Failed units of the candidate in a thousand.
        var failuresPerMille = 0
        var sequence = 0
        var intervalMs = 0
        /// Event time in microseconds up to which everything was processed, where windows change owners.
        var eventTime: Int64?
        var answers: [BarrierAnswer] = []
    }

    /// Units of an interval.
    static let unitCount = 20_000

    let state: Mutex<State>
    private let now: @Sendable () -> Int

    /// `now` gives the wall clock in milliseconds.
    init(_ target: String, now: @escaping @Sendable () -> Int) throws(Failure) {
        state = Mutex(State(table: try RouteTable.untouched(target: target)))
        self.now = now
    }

    func describe() throws(Failure) -> AdapterDescription {
        let usesBarriers = state.withLock { $0.eventTime != nil }
        return AdapterDescription(
            primary: "v1",
            candidate: "v2",
            units: usesBarriers ? [.keyWindow] : [.key],
            usesBarriers: usesBarriers,
            eventTimePerMillisecond: usesBarriers ? 1000 : 1
        )
    }

    func routers() throws(Failure) -> [RouterStatus] {
        state.withLock {
            let table = $0.table
            return [
                RouterStatus(
                    "r1",
                    isAlive: $0.isAlive,
                    fence: table.fence,
                    generation: table.generation,
                    maximumEventTime: $0.eventTime
                )
            ]
        }
    }

    func propose(_ proposal: BarrierProposal) throws(Failure) {
        state.withLock { $0.answers.append(.acknowledged(router: "r1", proposal)) }
    }

    func answers() throws(Failure) -> [BarrierAnswer] {
        state.withLock { state in
            defer { state.answers = [] }
            return state.answers
        }
    }

    func cancel(_ proposal: BarrierProposal) throws(Failure) {}

    func publish(_ table: RouteTable) throws(Failure) {
        state.withLock { state in
            guard !state.isDeaf else { return }
            state.table = table
            // The path goes on beyond the barrier at once.
            guard let time = state.eventTime, let last = table.rules.log.entries.last else {
                return
            }
            state.eventTime = max(time, last.barrier)
        }
    }

    func reports() throws(Failure) -> [PathReport] {
        let wallMs = now()
        return state.withLock { state in
            guard state.isBusy, wallMs > state.intervalMs else { return [] }
            let start = state.intervalMs == 0 ? wallMs - 1 : state.intervalMs
            state.intervalMs = wallMs
            return [Self.report(&state, start, wallMs - start)]
        }
    }

    private static func report(_ state: inout State, _ start: Int, _ length: Int) -> PathReport {
        state.sequence += 1
        let rules = state.table.rules
        let share = rules.shadowPPM > 0 ? 1_000_000 : rules.thresholdPPM
        var cell = EvidenceCell()
        cell.candidate.units = unitCount * share / 1_000_000
        cell.candidate.error = cell.candidate.units * state.failuresPerMille / 1000
        cell.candidate.ok = cell.candidate.units - cell.candidate.error
        cell.shadowed = rules.shadowPPM > 0 ? cell.candidate.units : 0
        cell.primary.units = unitCount - (rules.shadowPPM > 0 ? 0 : cell.candidate.units)
        cell.primary.ok = cell.primary.units
        cell.comparisons.match = cell.candidate.units
        var report = EvidenceReport()
        report.router = "r1"
        report.sequence = state.sequence
        report.generation = state.table.generation
        report.intervalMs = start
        report.isComplete = true
        report.cells = [cell]
        return PathReport(report, durationMs: length, position: state.sequence)
    }

    func reverseProbe(_ count: Int) throws(Failure) -> Finding { .passed }
    func compensate(_ step: String, dryRun: Bool) throws(Failure) {}
    func verify(_ invariant: InvariantPlan) throws(Failure) -> Finding { .passed }
    func residual() throws(Failure) -> Int { 0 }
}
