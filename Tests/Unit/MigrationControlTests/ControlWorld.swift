internal import Failures
internal import Foundation
internal import JSON
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Synchronization
internal import TestKit
internal import Testing

/// A state folder, a path, a virtual clock, and a controller that may be made anew at any time.
final class ControlWorld {
    static let epochMs = 1_767_603_600_000

    let path: FakePath
    let plan: MigrationPlan
    let folder: String
    let clock: VirtualClock
    var controller: MigrationController?
    var holder = 1

    /// Milliseconds that pass by hand; the wall clock begins at 0, like the path's event time.
    final class VirtualClock: Sendable {
        private let now = Mutex(0)
        private let wallStep = Mutex(0)

        var milliseconds: Int { now.withLock { $0 } }

        /// Sets the wall clock.
        func stepWall(_ milliseconds: Int) { wallStep.withLock { $0 += milliseconds } }

        func advance(_ milliseconds: Int) { now.withLock { $0 += milliseconds } }

        var control: ControlClock {
            ControlClock { [self] in
                ClockReading(
                    monotonicMs: milliseconds,
                    wallMs: milliseconds + wallStep.withLock { $0 }
                )
            }
        }
    }

    convenience init(
        _ plan: MigrationPlan,
        routers: [String] = ["r1"],
        folder: String = "state"
    ) throws {
        let scratch = try #require(ScratchDirectory.current)
        try self.init(plan, routers: routers, at: scratch.appending(path: folder).path)
    }

    init(_ plan: MigrationPlan, routers: [String] = ["r1"], at folder: String) throws {
        self.plan = plan
        path = try FakePath(
            target: plan.target,
            routers: routers,
            usesBarriers: plan.unit.kind == .keyWindow
        )
        self.folder = folder
        clock = VirtualClock()
    }

    var options: ControllerOptions {
        var settings = ControlSettings(tickMs: 1000, latenessMs: 0)
        settings.machine.ackDeadlineMs = 30_000
        settings.machine.maxIdleMs = 20_000
        settings.barrierTimeoutMs = 5000
        return ControllerOptions(
            holder: "controller:c\(holder)",
            binary: "1.0.0",
            settings: settings,
            clock: clock.control,
            fileLayer: fileLayer
        )
    }

    /// Layer below SQLite.
    var fileLayer: String?

    /// A controller, after a crash of the one before it.
    func open(_ options: ControllerOptions? = nil) throws(Failure) {
        controller = nil
        let made = try MigrationController(state: folder, options: options ?? self.options)
        holder += 1
        try made.attach(path, to: plan.target)
        controller = made
    }

    /// A second passes, then the controller takes a turn.
    func second() throws(Failure) {
        clock.advance(1000)
        path.advance(toMs: clock.milliseconds)
        try controller?.step()
    }

    func snapshot() throws -> MigrationSnapshot {
        if let snapshot = controller?.snapshot(of: plan.name) { return snapshot }
        // What has ended is not under control any more.
        let stored = try MigrationViews.snapshot(named: plan.name, in: try journal())
        return try #require(stored)
    }

    /// Lets time pass until the snapshot is as wanted.
    @discardableResult
    func run(limit: Int = 600, until isDone: (MigrationSnapshot) -> Bool) throws
        -> MigrationSnapshot
    {
        for _ in 0..<limit {
            try second()
            let now = try snapshot()
            if isDone(now) { return now }
        }
        let last = try snapshot()
        Issue.record("after \(limit) s: \(last.json)")
        return last
    }

    @discardableResult
    func say(_ verb: Command.Verb) throws -> CommandReply {
        let controller = try #require(controller)
        return try controller.submit(Command(verb, by: "user:ana", because: "test"), for: plan.name)
    }

    /// What happened, without notes: `stage.passed canary-10`.
    func course(of id: String? = nil) throws -> [String] {
        let journal = try journal()
        let id = try id ?? #require(try journal.latest(named: plan.name)).id
        var course: [String] = []
        for event in try journal.events(of: id) {
            guard let type = EventType(rawValue: event.type), !type.isNote else { continue }
            let stage = event.payload["stage"]?.string.map { " \($0)" } ?? ""
            course.append(event.type + stage)
        }
        return course
    }

    func begin() throws {
        try open()
        let controller = try #require(controller)
        _ = try controller.apply(plan, source: "plan")
        try say(.start).requireObeyed()
    }

    func journal() throws -> MigrationJournal {
        try MigrationJournal(
            state: folder,
            options: JournalOptions(access: .readOnly, binary: "1.0.0")
        )
    }

    /// What must be so at any time, whatever happened.
    func checkInvariants(_ context: String = "") throws {
        let journal = try journal()
        for record in try journal.migrations() {
            let report = try journal.verify(
                record.id,
                rules: try ControlRules.journalRules(for: journal)
            )
            #expect(report.isGood, "I19, I20 \(context): \(report.text)")
        }
        path.state.withLock { state in
            for (window, keys) in state.emitted {
                for (key, sides) in keys {
                    #expect(
                        sides.count == 1,
                        "I4, I6 \(context): key \(key), window \(window), \(sides)"
                    )
                }
            }
            for (router, generations) in state.applied {
                #expect(generations == generations.sorted(), "I3 \(context): \(router)")
                #expect(Set(generations).count == generations.count, "I3 \(context): \(router)")
            }
        }
    }
}

/// Plans of tests.
enum ControlPlans {
    /// Shadow, 10, 50, 90 %, full; stages soak in units.
    static func ramp(_ kind: UnitPlan.Kind, soakUnits: Int = 20) -> MigrationPlan {
        var plan = MigrationPlan()
        plan.name = "moving"
        plan.target = "fake/moving"
        plan.unit.kind = kind
        plan.unit.targetingKey = ["k"]
        if kind == .keyWindow {
            var window = WindowPlan()
            window.sizeMs = Int(FakePath.window)
            plan.unit.window = window
        }
        plan.routing.salt = "mig-001"
        var errors = CheckPlan()
        errors.name = "errors"
        errors.role = .guarding
        errors.kind = .count
        errors.metric = "failed"
        errors.rollback = BoundPlan(.above, 5, .number)
        errors.promote = BoundPlan(.atMost, 5, .number)
        errors.minUnits = 10
        var mismatch = CheckPlan()
        mismatch.name = "mismatch"
        mismatch.role = .invariant
        mismatch.kind = .invariant
        mismatch.metric = "mismatch"
        plan.checks = [errors, mismatch]
        var soak = SoakPlan()
        soak.units = soakUnits
        plan.stages = StagePlan.ramp(soak: soak)
        plan.finalize.commit = .auto
        plan.rollback.deadlineMs = 20_000
        return plan
    }
}
