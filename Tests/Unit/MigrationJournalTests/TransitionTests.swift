internal import Failures
internal import Foundation
internal import JSON
internal import MigrationJournal
internal import SQLite
internal import TestKit
internal import Testing

@Suite("Journal transitions", .scratchDirectory, .timeLimit(.minutes(1)))
struct TransitionTests {
    @Test("I2: a transition commits state, event, table, intent and evidence together")
    func partsCommitTogether() throws {
        let (journal, ready) = try JournalScript.ready(try JournalScript.state())
        #expect(ready.seq == 1)
        let shifted = try journal.commit(JournalScript.shift(ready, to: 1))
        #expect(try journal.migration(id: ready.id) == shifted)
        #expect(shifted.seq == 2)
        #expect(shifted.state.phase == "running")
        let events = try journal.events(of: ready.id)
        #expect(events.map(\.type) == ["plan.validated", "stage.shift.intended"])
        #expect(events.last?.hash == shifted.head)
        #expect(events.last?.cause == 1)
        #expect(try journal.route(of: "stream/flights-hourly")?.table == "{\"generation\":1}")
        #expect(try journal.route(of: "stream/flights-hourly")?.migration == ready.id)
        #expect(try journal.counters(of: "stream/flights-hourly").generation == 1)
        #expect(try journal.intents(of: ready.id).map(\.idempotencyKey) == ["route-1"])
        #expect(try journal.evidence(of: ready.id, stage: "shadow").count == 1)
        #expect(try journal.plan(ready.state.planHash) == JournalScript.plan)
    }

    @Test("Of two who read the same state one commits, and the other is told MIG_STALE")
    func staleWritersLose() throws {
        let (journal, ready) = try JournalScript.ready(try JournalScript.state())
        let shifted = try journal.commit(JournalScript.shift(ready, to: 1))
        let failure = #expect(throws: Failure.self) {
            try journal.commit(JournalScript.shift(ready, to: 2))
        }
        #expect(failure?.code == "MIG_STALE")
        #expect(failure?.problem.contains("it is at event 2, generation 1") == true)
        #expect(try journal.migration(id: ready.id) == shifted)
        #expect(try journal.events(of: ready.id).count == 2)
        #expect(try journal.intents(of: ready.id).count == 1)
    }

    @Test("I3: a generation that the target has passed is refused with everything around it")
    func generationsOnlyGrow() throws {
        let (journal, ready) = try JournalScript.ready(try JournalScript.state())
        let target = ready.identity.target
        let first = try journal.publishStaticRoute(target: target) { (next) in
            "{\"static\":\(next.generation)}"
        }
        #expect(first.generation == 1)
        let failure = #expect(throws: Failure.self) {
            try journal.commit(JournalScript.shift(ready, to: 1))
        }
        #expect(failure?.code == "MIG_STALE")
        #expect(try journal.events(of: ready.id).count == 1)
        let shifted = try journal.commit(JournalScript.shift(ready, to: 2))
        #expect(try journal.routes(of: target).map(\.generation) == [1, 2])
        #expect(try journal.route(of: target, at: 1)?.table == "{\"static\":1}")
        #expect(shifted.generation == 2)
        let busy = #expect(throws: Failure.self) {
            _ = try journal.publishStaticRoute(target: target) { _ in "{}" }
        }
        #expect(busy?.code == "MIG_TARGET_BUSY")
    }

    @Test("A static route needs no lease, and is no migration's table")
    func staticRoutes() throws {
        let state = try JournalScript.state()
        let (journal, ready) = try JournalScript.ready(state)
        let target = ready.identity.target
        let other = try JournalScript.open(state, access: .readWrite)
        for number in 1...2 {
            let route = try other.publishStaticRoute(target: target, barrier: "5") { (next) in
                "{\"static\":\(next.generation)}"
            }
            #expect(route.generation == number)
            #expect(route.migration == nil)
        }
        #expect(try journal.migrationRoute(of: target) == nil)
        // Whoever controls the folder goes on under its lease.
        try journal.commit(JournalScript.shift(ready, to: 3))
        #expect(try journal.routes(of: target).map(\.barrier) == ["5", "5", nil])
        #expect(try journal.migrationRoute(of: target)?.generation == 3)
        #expect(try journal.migrationRoute(of: target, at: 2) == nil)
        let busy = #expect(throws: Failure.self) {
            _ = try other.publishStaticRoute(target: target) { _ in "{}" }
        }
        #expect(busy?.code == "MIG_TARGET_BUSY")
        let reader = try JournalScript.open(state, access: .readOnly)
        let refused = #expect(throws: Failure.self) {
            _ = try reader.publishStaticRoute(target: "stream/x") { _ in "{}" }
        }
        #expect(refused?.code == "MIG_JOURNAL_READ_ONLY")
    }

    @Test("I1: a second active migration of a target is refused by name")
    func oneActiveMigration() throws {
        let (journal, ready) = try JournalScript.ready(try JournalScript.state())
        try journal.commit(JournalScript.shift(ready, to: 1))
        var other = JournalScript.identity
        other.id = "other-1"
        other.name = "other"
        let second = try journal.create(other, JournalScript.plan, at: JournalScript.time(3))
        var next = second.state
        next.phase = "running"
        let failure = #expect(throws: Failure.self) {
            try journal.commit(JournalScript.step(second, next, "migration.started", 4))
        }
        #expect(failure?.code == "MIG_TARGET_BUSY")
        #expect(failure?.problem.contains("flights-demo-1, which is running") == true)
        let again = #expect(throws: Failure.self) {
            _ = try journal.create(
                JournalScript.identity,
                JournalScript.plan,
                at: JournalScript.time(4)
            )
        }
        #expect(again?.code == "MIG_STALE")
    }

    @Test("A payload beyond 64 KiB is refused, and nothing is kept")
    func payloadsAreLimited() throws {
        let (journal, ready) = try JournalScript.ready(try JournalScript.state())
        var transition = JournalScript.shift(ready, to: 1)
        transition.event.payload["text"] = JSONValue(String(repeating: "x", count: 65 << 10))
        let failure = #expect(throws: Failure.self) { try journal.commit(transition) }
        #expect(failure?.code == "MIG_LIMIT")
        #expect(try journal.migration(id: ready.id) == ready)
    }

    @Test("Intents are claimed once, postponed, done once, and opened again after a crash")
    func intentsArePerformed() throws {
        let state = try JournalScript.state()
        let (journal, ready) = try JournalScript.ready(state)
        let shifted = try journal.commit(JournalScript.shift(ready, to: 1))
        #expect(try journal.claimIntent(at: JournalScript.time(1)) == nil)
        let claimed = try #require(try journal.claimIntent(at: JournalScript.time(2)))
        #expect(claimed.state == .claimed)
        #expect(claimed.attempts == 1)
        #expect(claimed.seq == 2)
        #expect(try journal.claimIntent(at: JournalScript.time(2)) == nil)
        try journal.postponeIntent(claimed.id, until: JournalScript.time(9), error: "refused")
        #expect(try journal.claimIntent(at: JournalScript.time(8)) == nil)
        let again = try #require(try journal.claimIntent(at: JournalScript.time(9)))
        #expect(again.attempts == 2)
        #expect(again.lastError == "refused")
        // Nobody knows how far it came when its controller died.
        #expect(try journal.reopenClaimedIntents() == 1)
        let reopened = try #require(try journal.claimIntent(at: JournalScript.time(10)))
        var transition = JournalScript.step(shifted, shifted.state, "route.activated", 11)
        transition.finished = [reopened.id]
        transition.intents = [IntentDraft("publish-route", idempotencyKey: "route-1")]
        try journal.commit(transition)
        #expect(try journal.intents(of: ready.id).map(\.state) == [.done])
        try journal.finishIntent(reopened.id)
        #expect(try journal.claimIntent(at: JournalScript.time(99)) == nil)
    }

    @Test("A transition can call off what has not been done yet")
    func intentsAreCancelled() throws {
        let (journal, ready) = try JournalScript.ready(try JournalScript.state())
        let shifted = try journal.commit(JournalScript.shift(ready, to: 1))
        var state = shifted.state
        state.phase = "rolling-back"
        var transition = JournalScript.step(shifted, state, "rollback.started", 3)
        transition.cancelled = ["publish-route"]
        transition.intents = [IntentDraft("publish-rollback", idempotencyKey: "back-1")]
        try journal.commit(transition)
        #expect(try journal.intents(of: ready.id).map(\.state) == [.cancelled, .pending])
        let next = try #require(try journal.claimIntent(at: JournalScript.time(9)))
        #expect(next.kind == "publish-rollback")
    }
}

@Suite("What a journal keeps beside the chain", .scratchDirectory, .timeLimit(.minutes(1)))
struct JournalRecordTests {
    @Test("Counts of an interval are replaced, those of others stay, and soak is the last one")
    func evidenceIsKept() throws {
        let (journal, ready) = try JournalScript.ready(try JournalScript.state())
        func record(_ start: Int, _ units: Int) -> EvidenceRecord {
            EvidenceRecord(
                generation: 1,
                stage: "shadow",
                check: "errors",
                intervalStart: JournalScript.time(start),
                counts: ["units": JSONValue(units)],
                queryHash: "q"
            )
        }
        let soak = SoakRecord(
            stage: "shadow",
            activeMilliseconds: 500,
            units: 7,
            lastMonotonic: 12,
            lastWall: JournalScript.time(1)
        )
        try journal.record([record(0, 5), record(10, 6)], [soak], of: ready.id)
        try journal.record([record(0, 8)], of: ready.id)
        let stored = try journal.evidence(of: ready.id, stage: "shadow")
        #expect(stored == [record(0, 8), record(10, 6)])
        #expect(try journal.evidence(of: ready.id, stage: "shadow", generation: 2).isEmpty)
        #expect(try journal.soak(of: ready.id, stage: "shadow") == soak)
        #expect(try journal.soak(of: ready.id, stage: "full") == nil)
    }

    @Test("Routers, acknowledgements and a router that is ahead of the store")
    func routersAreKept() throws {
        let (journal, ready) = try JournalScript.ready(try JournalScript.state())
        let target = ready.identity.target
        try journal.commit(JournalScript.shift(ready, to: 1))
        var router = RouterRecord(
            id: "r1",
            target: target,
            seenAt: JournalScript.time(3),
            fence: 1,
            generation: 1,
            state: "alive"
        )
        try journal.record(router)
        #expect(try journal.routers(of: target) == [router])
        #expect(try !journal.isAhead(router))
        for _ in 0..<2 {
            try journal.acknowledge(
                target: target,
                generation: 1,
                router: "r1",
                at: JournalScript.time(4)
            )
        }
        #expect(try journal.acks(target: target, generation: 1) == ["r1"])
        router.generation = 9
        router.fence = 5
        #expect(try journal.isAhead(router))
        try journal.raiseGeneration(of: target, to: 9)
        try journal.raiseFence(above: 5)
        #expect(try !journal.isAhead(router))
        #expect(journal.lease?.fence == 6)
        #expect(try journal.counters(of: target).generation == 9)
    }

    @Test("Approvals, mismatches, assignments and remembered answers come back as they were")
    func recordsComeBack() throws {
        let (journal, ready) = try JournalScript.ready(try JournalScript.state())
        let approval = ApprovalRecord(
            planHash: ready.state.planHash,
            stage: "full",
            generation: 1,
            actor: "user:ana",
            decision: .granted,
            reason: "looks good",
            expiresAt: JournalScript.time(60)
        )
        try journal.add(approval, to: ready.id)
        #expect(try journal.approvals(of: ready.id) == [approval])
        var mismatch = MismatchRecord(
            fingerprint: "f",
            kind: "value",
            path: "$.total",
            count: 2,
            firstSeen: JournalScript.time(1),
            lastSeen: JournalScript.time(2)
        )
        try journal.add([mismatch], to: ready.id)
        try journal.add([mismatch], to: ready.id)
        mismatch.count = 4
        #expect(try journal.mismatches(of: ready.id) == [mismatch])
        let unit = AssignmentRecord(
            unitHash: "00ff",
            side: "candidate",
            sinceGeneration: 1,
            reason: "RANKED"
        )
        try journal.assign([unit], in: ready.id)
        #expect(try journal.assignments(of: ready.id) == [unit])
        let now = JournalScript.time(0)
        let expiry = JournalScript.time(9)
        #expect(try journal.response(to: "k", requestHash: "a", at: now) == .none)
        try journal.remember("{}", to: "k", requestHash: "a", at: now, until: expiry)
        #expect(try journal.response(to: "k", requestHash: "a", at: now) == .same(response: "{}"))
        #expect(try journal.response(to: "k", requestHash: "b", at: now) == .conflict)
        #expect(try journal.response(to: "k", requestHash: "a", at: expiry) == .none)
    }
}
