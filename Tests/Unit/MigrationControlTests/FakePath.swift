internal import Failures
internal import Hashing
internal import MigrationControl
internal import MigrationRules
internal import Routing
internal import Synchronization

/// A data path in memory: routers that read keys and windows, and do what real ones have to.
///
/// Each second of event time is a window, and every key has one row in each. The path survives the controller;
/// what it was told and what it emitted stays.
final class FakePath: TargetAdapter {
    struct Router {
        var id: String
        var machine: BarrierMachine
        var table: RouteTable
        /// Event time in milliseconds up to which everything was processed.
        var time: Int64 = 0
        var sequence = 0
        var isAlive = true
        /// It does not answer proposals, and does not apply tables.
        var isDeaf = false
        /// Event time that it is ahead of the wall clock.
        var lead: Int64 = 0
        /// Event time by which it runs ahead just before the next proposal reaches it.
        var rush: Int64 = 0
        /// Everything before it was reported by an earlier run.
        var reportsFrom: Int64 = 0
        var keys: [Int: (candidate: Set<Int>, primary: Set<Int>)] = [:]
    }

    struct State {
        var routers: [Router] = []
        var answers: [BarrierAnswer] = []
        var reports: [PathReport] = []
        var handedOver: [PathReport] = []
        /// Who emitted each (key, window): more than one entry is a double.
        var emitted: [Int64: [Int: [Side]]] = [:]
        /// The generation under which each was emitted.
        var owners: [Int64: [Int: Int]] = [:]
        /// Generations that each router obeyed, in their order.
        var applied: [String: [Int]] = [:]
        var isCandidateLying = false
        var isWithoutReports = false
        var violation: Violation?
        var compensated: [String] = []
        var work: WorkProjection?
        var probe = Finding.passed
        var wallMs = 0
    }

    static let window: Int64 = 1000
    let keyCount: Int
    let usesBarriers: Bool
    let state: Mutex<State>

    init(
        target: String,
        routers: [String],
        usesBarriers: Bool,
        keyCount: Int = 60
    ) throws(Failure) {
        let table = try RouteTable.untouched(target: target)
        self.usesBarriers = usesBarriers
        self.keyCount = keyCount
        var state = State()
        state.routers = routers.map {
            Router(
                id: $0,
                machine: BarrierMachine(BarrierMachine.Persistent(), maximum: nil),
                table: table
            )
        }
        self.state = Mutex(state)
    }

    /// Goes on where an earlier run died: it reads everything again under the tables in force, and reports
    /// nothing again.
    func resume(_ positions: [String: ReportPosition], _ tables: [RouteTable]) throws(Failure) {
        try state.withLock { (state) throws(Failure) in
            for index in state.routers.indices {
                let position = positions[state.routers[index].id]
                state.routers[index].sequence = position?.sequence ?? 0
                state.routers[index].reportsFrom = Int64(position?.position ?? 0)
                for table in tables { try state.routers[index].apply(table) }
            }
        }
    }

    /// Looks at the path, or changes it, from outside.
    @discardableResult
    func change<Result>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    func describe() throws(Failure) -> AdapterDescription {
        AdapterDescription(
            primary: "v1",
            candidate: "v2",
            units: usesBarriers ? [.keyWindow] : [.key],
            usesBarriers: usesBarriers
        )
    }

    func routers() throws(Failure) -> [RouterStatus] {
        state.withLock { state in
            state.routers.map {
                RouterStatus(
                    $0.id,
                    isAlive: $0.isAlive,
                    fence: $0.table.fence,
                    generation: $0.table.generation,
                    maximumEventTime: $0.machine.maximum
                )
            }
        }
    }

    func propose(_ proposal: BarrierProposal) throws(Failure) {
        state.withLock { state in
            for index in state.routers.indices where state.routers[index].hears {
                state.routers[index].lead += state.routers[index].rush
                state.routers[index].rush = 0
                catchUp(index, &state)
                var action = state.routers[index].machine.propose(proposal)
                if action == .persist { action = state.routers[index].machine.persisted() }
                let id = state.routers[index].id
                switch action {
                case .acknowledge(let answered):
                    state.answers.append(.acknowledged(router: id, answered))
                case .refuse(let answered, let maximum):
                    state.answers.append(.refused(router: id, answered, maximum: maximum))
                case .none, .persist, .release, .reprocess: break
                }
            }
        }
    }

    func answers() throws(Failure) -> [BarrierAnswer] {
        state.withLock { state in
            let answers = state.answers
            state.answers = []
            return answers
        }
    }

    func cancel(_ proposal: BarrierProposal) throws(Failure) {
        state.withLock { state in
            for index in state.routers.indices where state.routers[index].hears {
                _ = state.routers[index].machine.cancel(proposal)
            }
        }
    }

    func publish(_ table: RouteTable) throws(Failure) {
        try state.withLock { (state) throws(Failure) in
            for index in state.routers.indices where state.routers[index].hears {
                try state.routers[index].apply(table)
                let id = state.routers[index].id
                if state.applied[id]?.last != table.generation {
                    state.applied[id, default: []].append(table.generation)
                }
            }
        }
    }

    func reports() throws(Failure) -> [PathReport] {
        state.withLock { state in
            let reports = state.reports
            state.handedOver += reports
            state.reports = []
            return reports
        }
    }

    func reverseProbe(_ count: Int) throws(Failure) -> Finding { state.withLock { $0.probe } }

    func compensate(_ step: String, dryRun: Bool) throws(Failure) {
        state.withLock { if !dryRun { $0.compensated.append(step) } }
    }

    func verify(_ invariant: InvariantPlan) throws(Failure) -> Finding { .passed }

    func residual() throws(Failure) -> Int { 0 }
}

extension FakePath.Router {
    var hears: Bool { isAlive && !isDeaf }

    mutating func apply(_ table: RouteTable) throws(Failure) {
        try self.table.checkSuccessor(table)
        if let pending = machine.persistent.pending, table.rules.log.entries.last == pending.entry {
            _ = machine.activate(pending)
        } else {
            let maximum = machine.maximum
            _ = machine.load(table.rules.log)
            // The primary computes every window, so nothing is read again; what was processed stays so.
            if let maximum { machine = BarrierMachine(machine.persistent, maximum: maximum) }
        }
        self.table = table
    }
}

/// Time passes.
extension FakePath {
    /// Every live router reads the windows up to a moment, as far as barriers let it, and reports each.
    func advance(toMs wallMs: Int) {
        state.withLock { state in
            state.wallMs = wallMs
            for index in state.routers.indices where state.routers[index].isAlive {
                catchUp(index, &state)
            }
        }
    }

    private func catchUp(_ index: Int, _ state: inout State) {
        let end = Int64(state.wallMs) + state.routers[index].lead
        while state.routers[index].time + Self.window <= end {
            let start = state.routers[index].time
            guard state.routers[index].machine.admit(eventTime: start) else { return }
            state.routers[index].time += Self.window
            read(index, start, &state)
        }
    }

    private func read(_ index: Int, _ start: Int64, _ state: inout State) {
        let router = state.routers[index]
        let log = router.machine.persistent.log
        let generation =
            usesBarriers
            ? log.entry(forWindowStart: start)?.generation ?? 0 : router.table.generation
        var cell = EvidenceCell()
        for key in 0..<keyCount where key % state.routers.count == index {
            let hash = router.table.key.hash(text: Array("k\(key)".utf8).span)
            let decision =
                usesBarriers
                ? router.table.owner(hash: hash, windowStart: start)
                : router.table.decide(hash: hash)
            state.emitted[start, default: [:]][key, default: []].append(decision.side)
            state.owners[start, default: [:]][key] = generation
            if decision.reason == .split {
                var seen = router.keys[generation] ?? ([], [])
                if let known = state.routers[index].keys[generation] { seen = known }
                if decision.side == .candidate {
                    seen.candidate.insert(key)
                } else {
                    seen.primary.insert(key)
                }
                state.routers[index].keys[generation] = seen
            }
            count(decision, router.table, isLying: state.isCandidateLying && key % 7 == 3, &cell)
        }
        guard !state.isWithoutReports, start >= router.reportsFrom else { return }
        report(index, start, generation, cell, &state)
        let obeyed = state.routers[index].table.generation
        if obeyed != generation { report(index, start, obeyed, nil, &state) }
    }

    private func count(
        _ decision: RouteDecision,
        _ table: RouteTable,
        isLying: Bool,
        _ cell: inout EvidenceCell
    ) {
        func add(_ side: WritableKeyPath<EvidenceCell, SideCounts>) {
            cell[keyPath: side].units += 1
            cell[keyPath: side].ok += 1
        }
        let isShadowed = table.companion(of: decision, sampleHash: nil) != nil
        let runsCandidate = decision.side == .candidate || isShadowed
        if decision.side == .candidate {
            add(\.candidate)
        } else if table.isCompared(decision) || isShadowed {
            add(\.primary)
        } else {
            add(\.rest)
        }
        if isShadowed, decision.side == .primary {
            add(\.candidate)
            cell.shadowed = (cell.shadowed ?? 0) + 1
        }
        guard runsCandidate else { return }
        if isLying { cell.comparisons.mismatch += 1 } else { cell.comparisons.match += 1 }
    }

    private func report(
        _ index: Int,
        _ start: Int64,
        _ generation: Int,
        _ cell: EvidenceCell?,
        _ state: inout State
    ) {
        state.routers[index].sequence += 1
        var report = EvidenceReport()
        report.router = state.routers[index].id
        report.sequence = state.routers[index].sequence
        report.generation = generation
        report.intervalMs = Int(start)
        report.isComplete = true
        report.cells = cell.map { [$0] } ?? []
        var path = PathReport(
            report,
            durationMs: Int(Self.window),
            position: Int(start + Self.window)
        )
        if let work = state.work { path.work = work }
        if let seen = state.routers[index].keys[generation] {
            path.keys = [KeyCounts(candidate: seen.candidate.count, primary: seen.primary.count)]
        }
        if let violation = state.violation {
            path.violations = [violation]
            state.violation = nil
        }
        if let cell, cell.comparisons.mismatch > 0 {
            path.mismatches = [
                MismatchKind(
                    fingerprint: "f1",
                    kind: "value",
                    path: "$.total",
                    count: cell.comparisons.mismatch
                )
            ]
        }
        state.reports.append(path)
    }
}
