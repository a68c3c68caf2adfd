internal import CFaultyDisk
internal import Failures
internal import Foundation
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Routing
internal import TestKit
internal import Testing

/// The fake disk is one for the process, so these run one after the other.
@Suite(
    "Crashes of the controller",
    .scratchDirectory,
    .serialized,
    .timeLimit(.minutes(15))
)
struct ControllerCrashTests {
    init() { #expect(faulty_disk_register() == 0) }

    /// What remains of a migration at its end.
    struct End: Equatable {
        var phase: Phase
        var course: [String]
        var thresholds: [Int]
    }

    /// Runs a migration to its end; the disk takes nothing from operation `number` on, until another
    /// controller has taken over.
    static func run(
        _ kind: UnitPlan.Kind,
        _ folder: String,
        crashAt number: Int?,
        isLying: Bool
    ) throws -> (end: End, operations: Int) {
        let plan = ControlPlans.ramp(kind, soakUnits: 8)
        let world = try ControlWorld(plan, routers: ["r1", "r2"], folder: folder)
        world.fileLayer = "faulty"
        var isArmed = number != nil
        var last: MigrationSnapshot?
        faulty_disk_arm(number ?? 0, FAULTY_DISK_FULL)
        for second in 0..<400 {
            do {
                if world.controller == nil { try world.begin() }
                if second == 6, isLying {
                    world.path.change { $0.isCandidateLying = true }
                }
                try world.second()
                last = try world.snapshot()
            } catch {
                // Only the disk may be in the way.
                guard let failure = error as? Failure, failure.code == "IO_SPACE", isArmed else {
                    throw error
                }
            }
            if isArmed, let number, faulty_disk_count() >= number {
                world.controller = nil
                isArmed = false
                faulty_disk_arm(0, FAULTY_DISK_FULL)
            }
            if !isArmed, let last, last.phase.isTerminal { break }
        }
        let operations = faulty_disk_count()
        for _ in 0..<3 { try world.second() }
        let end = End(
            phase: try #require(last).phase,
            course: try world.course(),
            thresholds: world.path.change { $0.routers.map(\.table.thresholdPPM) }
        )
        world.controller = nil
        try world.checkInvariants("crash at \(number ?? 0)")
        return (end, operations)
    }

    /// Operations to die at: all of them where there is time, else a sample that differs from the last
    /// only by its offset.
    static func samples(of operations: Int) -> [Int] {
        let isThorough = ProcessInfo.processInfo.environment["CUTOVER_TEST_ALL"] == "1"
        let stride = isThorough ? 3 : max(1, operations / 30)
        return Array(Swift.stride(from: 1, through: operations, by: stride))
    }

    @Test(
        "a controller that dies at any write is followed by one that goes on as if nothing had happened",
        arguments: [UnitPlan.Kind.key, .keyWindow],
        [false, true]
    )
    func crashes(_ kind: UnitPlan.Kind, isLying: Bool) throws {
        let (clean, operations) = try Self.run(kind, "clean", crashAt: nil, isLying: isLying)
        #expect(clean.phase == (isLying ? .rolledBack : .completed))
        #expect(operations > 100)
        for number in Self.samples(of: operations) {
            let (end, _) = try Self.run(kind, "crash-\(number)", crashAt: number, isLying: isLying)
            #expect(end.phase == clean.phase, "crash at \(number) of \(operations)")
            #expect(end.thresholds == clean.thresholds, "crash at \(number) of \(operations)")
            // When a lie begins depends on how far the stages are, which a crash delays.
            guard !isLying else { continue }
            #expect(end.course == clean.course, "crash at \(number) of \(operations)")
        }
    }

    @Test("a disk that refuses a write is told, whichever write of a turn it was")
    func fullDisksAreTold() throws {
        // Each turn of such a path has intents to do, and states to keep.
        let world = try ControlWorld(ControlPlans.ramp(.key, soakUnits: 8))
        world.fileLayer = "faulty"
        faulty_disk_arm(0, FAULTY_DISK_FULL)
        try world.begin()
        var told = 0
        for second in 0..<120 {
            let number = 1 + second / 2 % 9
            // Every other turn has room, so that the migration goes on.
            faulty_disk_arm(second % 2 == 0 ? number : 0, FAULTY_DISK_FULL)
            try world.second()
            let isRefused = second % 2 == 0 && faulty_disk_count() >= number
            faulty_disk_arm(0, FAULTY_DISK_FULL)
            guard isRefused else { continue }
            #expect(
                try world.snapshot().trouble?.contains("IO_SPACE") == true,
                "second \(second), write \(number)"
            )
            told += 1
        }
        #expect(told > 10)
        #expect(try world.snapshot().phase == .completed)
    }

    /// A process that runs until it is killed.
    static func work(_ folder: String) throws {
        let world = try ControlWorld(
            ControlPlans.ramp(.keyWindow, soakUnits: 8),
            at: folder
        )
        world.fileLayer = "faulty"
        try world.begin()
        try world.run { $0.phase == .completed }
    }

    @Test(
        "kill -9 takes path and controller; both go on from what is stored, and every window comes once"
    )
    func kills() async throws {
        let scratch = try #require(ScratchDirectory.current)
        faulty_disk_arm(0, FAULTY_DISK_KILL)
        try Self.work(scratch.appending(path: "counted").path)
        let operations = faulty_disk_count()
        for number in stride(from: operations / 7, to: operations, by: operations / 7) {
            let folder = scratch.appending(path: "killed-\(number)").path
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [folder = folder as String, number = number as Int] in
                _ = faulty_disk_register()
                faulty_disk_arm(number, FAULTY_DISK_KILL)
                try ControllerCrashTests.work(folder)
            }
            faulty_disk_arm(0, FAULTY_DISK_KILL)
            let world = try ControlWorld(ControlPlans.ramp(.keyWindow, soakUnits: 8), at: folder)
            let journal = try world.journal()
            let positions = try MigrationViews.snapshot(named: "moving", in: journal)?.positions
            let tables = try MigrationViews.tables(of: world.plan.target, in: journal)
            try world.path.resume(positions ?? [:], tables)
            // Wall time has gone on; what was read before is read again under the stored tables.
            let read = positions?.values.map(\.position).max() ?? 0
            world.clock.advance(max(read, 60_000))
            world.path.advance(toMs: read)
            try world.begin()
            let end = try world.run { $0.phase == .completed }
            #expect(end.phase == .completed, "killed at \(number) of \(operations)")
            world.controller = nil
            try world.checkInvariants("killed at \(number) of \(operations)")
        }
    }
}
