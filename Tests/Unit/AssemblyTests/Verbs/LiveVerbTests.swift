internal import Assembly
internal import Failures
internal import Foundation
internal import JSON
internal import Synchronization
internal import TestKit
internal import Testing

@Suite("Verbs with a running controller", .timeLimit(.minutes(2)), .scratchDirectory)
struct LiveVerbTests {
    @Test("A migration goes from its plan to its end by verbs over the socket")
    func wholeWay() throws {
        let world = try VerbWorld()
        try world.control { _ in
            let applied = try world.apply(VerbWorld.plan(approval: true))
            #expect(applied.lines.joined().contains("attempt 1 is ready"))
            #expect(
                try world.apply(VerbWorld.plan(approval: true)).json["outcome"]?.string == "already"
            )
            #expect(try world.desk.status(of: "orders").phase == "ready")
            #expect(try world.ask(.start).json["outcome"]?.string == "done")
            #expect(try world.ask(.start).json["outcome"]?.string == "already")

            let held = try world.wait { $0.json["hold"]?["reason"]?.string == "approval" }
            #expect(held.isLive)
            #expect(held.waitsForPerson)
            #expect(held.lines.contains { $0.contains("holds: approval, stage half") })
            let waited = try world.desk.wait(for: "orders", .init(), isStopped: { false })
            #expect(waited.end == .person)
            try world.ask(.approve(subject: nil))

            let last = try world.wait { $0.phase == "finalizing" }
            #expect(last.json["weight_ppm"]?["acked"]?.integer == 1_000_000)
            let refusal = #expect(throws: Failure.self) {
                try world.ask(.promote(skipSoak: false, confirmation: nil))
            }
            #expect(refusal?.remedy.contains("--confirm orders") == true)
            try world.ask(.promote(skipSoak: false, confirmation: "orders"))
            let result = try world.desk.wait(for: "orders", .init(), isStopped: { false })
            #expect(result.end == .ended)
            #expect(result.view.standing == .completed)
        }
        let verified = try world.desk.verify("orders")
        #expect(verified.damage == nil)
        #expect(verified.json["chain"]?.string == "intact")
        #expect(verified.json["replay"]?.string == "equal")
        #expect(verified.json["verdicts"]?.string == "equal")
        #expect((verified.json["verdicts_recomputed"]?.integer ?? 0) > 0)
        #expect(verified.text.contains("chain intact, replay equals state"))
    }

    @Test("A candidate that fails goes back by itself, and its evidence can be read afterwards")
    func guardsRollBack() throws {
        let world = try VerbWorld()
        try world.control { _ in
            try world.apply()
            try world.ask(.start)
            _ = try world.wait { $0.json["stage"]?.string == "half" }
            world.path.state.withLock { $0.failuresPerMille = 200 }
            let result = try world.desk.wait(for: "orders", .init(), isStopped: { false })
            #expect(result.view.standing == .rolledBack)
            #expect(result.view.json["rollback_trigger"]?.string == "guard errors")
        }
        #expect(try world.desk.status(of: "orders").isLive == false)
        let report = try world.desk.evidence(of: "orders", stage: nil, check: nil)
        let names = report.json["stages"]?.array?.compactMap { $0["stage"]?.string }
        #expect(names?.prefix(2) == ["shadow", "half"])
        let one = try world.desk.evidence(of: "orders", stage: "half", check: "errors")
        let check = try #require(one.json["stages"]?.array?.first?["checks"]?.array?.first)
        #expect(check["verdict"]?.string == "fail")
        #expect(
            (check["harm"]?["ln_e"]?.double ?? 0) > (check["harm"]?["bound"]?.double ?? .infinity)
        )
        #expect(check["path"]?.array?.isEmpty == false)
        let failure = #expect(throws: Failure.self) {
            try world.desk.evidence(of: "orders", stage: "hal", check: nil)
        }
        #expect(failure?.remedy == "nearest is half")
        let unknown = #expect(throws: Failure.self) {
            try world.desk.evidence(of: "orders", stage: "half", check: "nope")
        }
        let remedy = try #require(unknown?.remedy)
        let known = remedy.replacing("known are ", with: "").split(separator: ", ")
        #expect(remedy.hasPrefix("known are ") && Set(known).count == known.count, "\(remedy)")
        #expect(try world.desk.verify("orders").damage == nil)
    }

    @Test(
        "Pause, hold, resume, rollback, abort and retry do what they say, and say it twice safely"
    )
    func steering() throws {
        let world = try VerbWorld()
        try world.control { _ in
            try world.apply(VerbWorld.plan(units: 100_000_000))
            try world.ask(.start)
            _ = try world.wait { $0.json["stage_state"]?.string == "observing" }
            #expect(try world.ask(.pause).json["phase"]?.string == "paused")
            #expect(try world.ask(.pause).json["outcome"]?.string == "already")
            #expect(try world.desk.status(of: "orders").waitsForPerson)
            try world.ask(.resume(extensionMs: nil))
            try world.ask(.hold)
            _ = try world.wait { $0.json["hold"]?["reason"]?.string == "operator" }
            try world.ask(.resume(extensionMs: nil))
            let early = #expect(throws: Failure.self) {
                try world.ask(.promote(skipSoak: false, confirmation: nil))
            }
            #expect(early?.code == "MIG_NO_EVIDENCE")
            _ = try world.wait { view in
                let checks = view.json["checks"]?.array ?? []
                return !checks.isEmpty && checks.allSatisfy { $0["verdict"]?.string == "pass" }
            }
            try world.ask(.promote(skipSoak: true, confirmation: nil))
            _ = try world.wait {
                $0.json["stage"]?.string == "half" && $0.json["stage_state"]?.string == "observing"
            }
            let back = try world.ask(.rollback(to: "shadow"))
            #expect(back.lines.joined().contains("1/1 routers acked"))
            #expect(try world.desk.status(of: "orders").phase == "paused")
            let aborted = try world.ask(.abort)
            #expect(aborted.json["phase"]?.string == "rolled-back")
            #expect(aborted.json["routers_acked"]?.integer == 1)
            #expect(aborted.lines.joined().contains("the candidate serves nothing"))
            #expect(try world.ask(.abort).json["outcome"]?.string == "already")
            let refused = #expect(throws: Failure.self) { try world.ask(.pause) }
            #expect(refused?.code == "MIG_PHASE")
            #expect(refused?.remedy == "possible now: retry")
            #expect(try world.ask(.retry(.plain)).json["attempt"]?.integer == 2)
            #expect(try world.desk.status(of: "orders").phase == "ready")
        }
    }

    @Test("A running migration takes a tighter plan with --yes only")
    func amendments() throws {
        let world = try VerbWorld()
        try world.control { _ in
            try world.apply(VerbWorld.plan(units: 100_000_000))
            try world.ask(.start)
            _ = try world.wait { $0.phase == "running" }
            let tighter = VerbWorld.plan(units: 100_000_000, weight: 40)
            let failure = #expect(throws: Failure.self) { try world.apply(tighter) }
            #expect(failure?.code == "MIG_PHASE")
            #expect(failure?.problem.contains("stages.half.weightPPM: 500000 → 400000") == true)
            let answer = try world.apply(tighter, amends: true)
            #expect(answer.json["amended"]?.bool == true)
            #expect(answer.lines.joined().contains("stages.half.weightPPM: 500000 → 400000"))
            #expect(try world.apply(tighter).json["outcome"]?.string == "already")
        }
    }

    @Test("Many verbs at a time are answered one by one")
    func manyVerbs() throws {
        let world = try VerbWorld()
        try world.control { _ in
            try world.apply(VerbWorld.plan(units: 100_000_000))
            try world.ask(.start)
            let answers = Counts()
            DispatchQueue.concurrentPerform(iterations: 24) { index in
                let verb: MigrationRequest.Verb =
                    index % 2 == 0 ? .pause : .resume(extensionMs: nil)
                if (try? world.ask(verb)) != nil { answers.add() }
            }
            #expect(answers.value == 24)
            #expect(try world.desk.verify("orders").damage == nil)
        }
    }

    @Test(
        "A migration without the controller's answer is read from its journal, and a wait ends alone"
    )
    func deadController() throws {
        let world = try VerbWorld()
        try world.control { _ in
            try world.apply(VerbWorld.plan(units: 100_000_000))
            try world.ask(.start)
            _ = try world.wait { $0.json["stage_state"]?.string == "observing" }
        }
        let view = try world.desk.status(of: "orders")
        #expect(!view.isLive)
        #expect(view.phase == "running")
        #expect(view.lines.contains { $0.contains("no controller runs") })
        let result = try world.desk.wait(for: "orders", .init(), isStopped: { false })
        #expect(result.end == .abandoned)
        let quick = try world.desk.wait(for: "orders", .init(time: .zero), isStopped: { false })
        #expect(quick.end == .timeout)
        let stopped = try world.desk.wait(for: "orders", .init(), isStopped: { true })
        #expect(stopped.end == .interrupted)
    }
}

/// Counts from many threads.
private final class Counts: Sendable {
    private let number = Mutex(0)

    var value: Int { number.withLock { $0 } }

    func add() { number.withLock { $0 += 1 } }
}
