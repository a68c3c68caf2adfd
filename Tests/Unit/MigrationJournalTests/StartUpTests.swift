internal import CFaultyDisk
internal import Failures
internal import Foundation
internal import JSON
internal import MigrationJournal
internal import SQLite
internal import TestKit
internal import Testing

@Suite("Starting up", .scratchDirectory, .timeLimit(.minutes(1)))
struct StartUpTests {
    @Test(
        "A new controller takes over: fence + 1, an event in each active migration, begun intents again"
    )
    func controllersTakeOver() throws {
        let state = try JournalScript.state()
        let (old, ready) = try JournalScript.ready(state)
        let shifted = try old.commit(JournalScript.shift(ready, to: 1))
        _ = try #require(try old.claimIntent(at: JournalScript.time(3)))
        let new = try JournalScript.open(state)
        let report = try new.startUp(
            holder: "controller:c2",
            at: JournalScript.time(5),
            rules: JournalScript.rules
        )
        #expect(report.damage.isEmpty)
        #expect(report.lease?.fence == 2)
        #expect(report.reopenedIntentCount == 1)
        let record = try #require(report.active.first)
        #expect(record.fence == 2)
        #expect(record.seq == 3)
        #expect(record.state == shifted.state)
        let last = try #require(try new.events(of: ready.id).last)
        #expect(last.type == "controller.started")
        #expect(last.payload["earlier_fence"]?.integer == 1)
        #expect(try new.verify(ready.id, rules: JournalScript.rules).isGood)
        // The old one was stopped for a while and goes on.
        let fenced = #expect(throws: Failure.self) {
            try old.commit(JournalScript.step(shifted, shifted.state, "route.activated", 6))
        }
        #expect(fenced?.code == "MIG_FENCED")
        #expect(fenced?.problem.contains("controller:c1") == true)
        let renewal = #expect(throws: Failure.self) {
            try old.renewLease(at: JournalScript.time(6))
        }
        #expect(renewal?.code == "MIG_FENCED")
        #expect(try new.events(of: ready.id).count == 3)
        try new.renewLease(at: JournalScript.time(6))
        #expect(try new.leaseHolder()?.expiresAt == JournalScript.time(21))
    }

    @Test("A damaged journal is not written: the failure names the event")
    func damagedJournalsAreReadOnly() throws {
        let state = try JournalScript.state()
        do {
            let (journal, ready) = try JournalScript.ready(state)
            try journal.commit(JournalScript.shift(ready, to: 1))
        }
        let connection = try SQLiteConnection(path: MigrationJournal.path(in: state))
        try connection.execute(
            SQLiteStatement("tamper", "UPDATE journal SET actor = 'user:eve' WHERE seq = 1")
        )
        let journal = try JournalScript.open(state)
        let report = try journal.startUp(
            holder: "controller:c2",
            at: JournalScript.time(5),
            rules: JournalScript.rules
        )
        #expect(report.lease == nil)
        #expect(report.damage.map(\.code) == ["MIG_JOURNAL_CHAIN"])
        let refused = #expect(throws: Failure.self) {
            try journal.takeLease(holder: "x", at: JournalScript.time(6))
        }
        #expect(refused?.code == "MIG_JOURNAL_CHAIN")
        #expect(refused?.problem.hasPrefix("nothing is written, because event 1 of ") == true)
        #expect(try journal.leaseHolder()?.lease.fence == 1)
    }

    @Test("A state folder has one controller, and the second one is told the first one's process")
    func statesAreLocked() throws {
        let state = try JournalScript.state()
        #expect(try !ControllerLock.isHeld(in: state))
        do {
            let lock = try ControllerLock.take(in: state)
            #expect(try ControllerLock.isHeld(in: state))
            let pid = Int(ProcessInfo.processInfo.processIdentifier)
            #expect(try ControllerLock.holder(in: state) == pid)
            var failure: Failure?
            do throws(Failure) {
                _ = try ControllerLock.take(in: state)
            } catch { failure = error }
            #expect(failure?.code == "MIG_STATE_LOCKED")
            #expect(failure?.blame == .request)
            #expect(failure?.problem.hasPrefix("process \(pid) controls") == true)
            _ = consume lock
        }
        #expect(try !ControllerLock.isHeld(in: state))
        #expect(try ControllerLock.holder(in: state) == nil)
        _ = try ControllerLock.take(in: state)
    }
}

@Suite("Crashes of the journal", .scratchDirectory, .serialized, .timeLimit(.minutes(5)))
struct CrashTests {
    init() { #expect(faulty_disk_register() == 0) }

    /// What a controller does at every step: open, take over, commit, do an intent, record it.
    static func work(_ state: String) throws -> Int {
        let journal = try JournalScript.open(state, fileLayer: "faulty")
        _ = try journal.startUp(
            holder: "controller:c2",
            at: JournalScript.time(5),
            rules: JournalScript.rules
        )
        var record = try journal.requireMigration(id: JournalScript.identity.id)
        if record.state.phase == "ready" {
            record = try journal.commit(JournalScript.shift(record, to: 1))
        }
        if let intent = try journal.claimIntent(at: JournalScript.time(9)) {
            var transition = JournalScript.step(record, record.state, "route.activated", 9)
            transition.finished = [intent.id]
            record = try journal.commit(transition)
        }
        return record.seq
    }

    /// Whether a store is in one of the states between the steps above, with all parts of it.
    static func check(_ state: String, _ context: String) throws {
        let journal = try JournalScript.open(state)
        let record = try journal.requireMigration(id: JournalScript.identity.id)
        let report = try journal.verify(record.id, rules: JournalScript.rules)
        #expect(report.isGood, "\(context): \(report.failure?.description ?? "")")
        let isShifted = record.state.phase == "running"
        let target = record.identity.target
        #expect(try journal.counters(of: target).generation == (isShifted ? 1 : 0), "\(context)")
        #expect(try journal.routes(of: target).count == (isShifted ? 1 : 0), "\(context)")
        #expect(
            try journal.evidence(of: record.id, stage: "shadow").count == (isShifted ? 1 : 0),
            "\(context)"
        )
        let intents = try journal.intents(of: record.id)
        let types = try journal.events(of: record.id).map(\.type)
        let isActivated = types.contains("route.activated")
        #expect(intents.count == (isShifted ? 1 : 0), "\(context)")
        #expect(intents.allSatisfy { ($0.state == .done) == isActivated }, "\(context)")
    }

    private func prepared(_ name: String) throws -> String {
        let state = try JournalScript.state(named: name)
        _ = try JournalScript.ready(state)
        return state
    }

    @Test(
        "kill -9 at any write leaves the old state or the new one, and the next run ends the work",
        arguments: [FAULTY_DISK_KILL.rawValue, FAULTY_DISK_KILL_TORN.rawValue]
    )
    func killsLeaveWholeStates(_ fault: UInt32) async throws {
        faulty_disk_arm(0, FAULTY_DISK_KILL)
        let last = try Self.work(try prepared("counted"))
        let operations = faulty_disk_count()
        #expect(operations > 10)
        for number in 1...operations {
            let state = try prepared("killed-\(number)")
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [state = state as String, number = number as Int, fault = fault as UInt32] in
                _ = faulty_disk_register()
                faulty_disk_arm(number, faulty_disk_fault(rawValue: fault))
                _ = try CrashTests.work(state)
            }
            try Self.check(state, "killed at \(number) of \(operations)")
            faulty_disk_arm(0, FAULTY_DISK_KILL)
            let end = try Self.work(state)
            #expect(end >= last, "killed at \(number)")
            try Self.check(state, "after the run behind kill \(number)")
            let journal = try JournalScript.open(state)
            #expect(
                try journal.intents(of: JournalScript.identity.id).map(\.state) == [.done],
                "killed at \(number)"
            )
        }
    }

    @Test("A disk that is full or fails at any write leaves whole states, and says so")
    func failingDisksLeaveWholeStates() throws {
        faulty_disk_arm(0, FAULTY_DISK_FULL)
        _ = try Self.work(try prepared("counted"))
        let operations = faulty_disk_count()
        for (fault, codes) in [
            (FAULTY_DISK_FULL, ["IO_SPACE"]), (FAULTY_DISK_ERROR, ["IO_WRITE", "IO_READ"]),
        ] {
            for number in 1...operations {
                let state = try prepared("failed-\(fault.rawValue)-\(number)")
                faulty_disk_arm(number, fault)
                var failure: Failure?
                do { _ = try Self.work(state) } catch { failure = error as? Failure }
                faulty_disk_arm(0, fault)
                if let failure { #expect(codes.contains(failure.code), "\(failure)") }
                try Self.check(state, "fault \(fault.rawValue) at \(number)")
            }
        }
    }
}
