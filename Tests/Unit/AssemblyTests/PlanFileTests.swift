internal import Assembly
internal import Failures
internal import Foundation
internal import MigrationRules
internal import Routing
internal import TestKit
internal import Testing

@Suite("Plan files")
struct PlanFileTests {
    /// The smallest plan, with more lines below `spec`.
    static func plan(_ lines: String = "  preset: ramp\n", target: String = "exec/p") -> String {
        """
        apiVersion: cutover/v1
        kind: Migration
        metadata: { name: p }
        spec:
          target: \(target)
          primary: { command: ./v1 }
          candidate: { command: ./v2 }
          effects: none
        \(lines)
        """
    }

    static func read(_ text: String, _ facts: LintFacts = LintFacts()) -> PlanFile {
        PlanFile(path: "p.yaml", bytes: Array(text.utf8), facts: facts)
    }

    @Test("The smallest plan gets its stages, its checks and its defaults")
    func smallestPlan() throws {
        let file = Self.read(Self.plan())
        #expect(file.failures.isEmpty)
        #expect(file.findings.isEmpty)
        let plan = try #require(file.plan)
        #expect(
            plan.stages.map(\.name) == ["shadow", "canary-10", "canary-50", "canary-90", "full"]
        )
        #expect(plan.stages.map(\.thresholdPPM) == [0, 100_000, 500_000, 900_000, 1_000_000])
        #expect(plan.stages.allSatisfy { $0.soak.minMs == 86_400_000 })
        #expect(plan.checks.map(\.name) == ["errors", "mismatches"])
        #expect(plan.unit.kind == .key)
        #expect(plan.primary.adapter == "exec")
        #expect(plan.primary.command == ["./v1"])
        #expect(plan.rollback.deadlineMs == 60_000)
        #expect(file.hash?.hasPrefix("sha256:") == true)
        #expect(file.isGood(isStrict: true))
    }

    @Test("Every key of the language is read into the normal form")
    func fullPlanIsRead() throws {
        let file = Self.read(FullPlan.text)
        #expect(file.failures.isEmpty, "\(file.failures)")
        let plan = try #require(file.plan)
        #expect(plan.owner == "streams-team")
        #expect(plan.unit.kind == .keyWindow)
        #expect(plan.unit.window?.sizeMs == 60_000)
        #expect(plan.unit.latenessMs == 30_000)
        #expect(plan.routing.salt == nil)
        #expect(plan.routing.maxWorkSharePPM == 1_500_000)
        #expect(plan.routing.pins.first?.side == .candidate)
        #expect(plan.compare.rules.map(\.path) == ["$.vwap", "$.emit_ts", "$.tags"])
        #expect(plan.compare.rules[0].tolerance == .absrel(abs: 1e-9, rel: 1e-9))
        #expect(plan.compare.rules[1].ignore?.expires == "2026-12-31")
        #expect(plan.compare.rules[2].list?.by == ["id"])
        #expect(plan.compare.noisePPM == 10_000)
        #expect(plan.invariants.map(\.name) == ["conservation", "uniqueness", "no-split"])
        #expect(plan.invariants[2].fields == ["symbol"])
        let checks = Dictionary(uniqueKeysWithValues: plan.checks.map { ($0.name, $0) })
        #expect(checks["errors"]?.role == .guarding)
        #expect(checks["errors"]?.promote == BoundPlan(.atMost, 1000, .share))
        #expect(checks["errors"]?.per == "total")
        #expect(checks["throughput"]?.promote == BoundPlan(.atLeast, 6_000_000, .multiple))
        #expect(checks["p99"]?.quantilePPM == 990_000)
        #expect(checks["p99"]?.rollback == BoundPlan(.above, 1_100_000, .multiple))
        #expect(checks["memory"]?.hold == BoundPlan(.above, Double(400 << 20), .bytes))
        #expect(checks["memory"]?.forIntervals == 2)
        #expect(checks["memory"]?.role == .signal)
        #expect(plan.stages[1].warmupMs == 600_000)
        #expect(plan.stages[1].soak.maxMs == 72 * 3_600_000)
        #expect(plan.stages[1].reversibility.steps == ["undo", "tell"])
        #expect(plan.stages[2].approval?.by == ["oncall"])
        #expect(plan.defaults.onError == HoldPolicy(holdMs: 1_800_000, then: .rollbackStage))
        #expect(plan.defaults.alphaRollbackPPM == 10_000)
        #expect(plan.rollback.verify.map(\.name) == ["conservation"])
        #expect(plan.finalize.reverseWindowMs == 72 * 3_600_000)
        #expect(plan.finalize.onCommit.map(\.name) == ["retire-v1"])
        #expect(plan.windows.deny == ["2026-12-20/2027-01-03"])
        #expect(plan.throttle.any.first?.metric == "source_lag_seconds")
        #expect(plan.throttle.panic?.bound == BoundPlan(.above, 600, .number))
        #expect(plan.notify.first?.on == [.hold, .rollback, .stuck])
        #expect(plan.notify.first?.repeatMs == 900_000)
        #expect(plan.frontier?.quarantineMax == 10)
        #expect(plan.compatibility?.isComplete == true)
        #expect(plan.dependsOn == ["schema-v2"])
        #expect(file.findings.isEmpty, "\(file.findings)")
    }

    @Test("Other names mean the same plan, with the same hash")
    func aliasesMeanTheSame() throws {
        let plain = """
              stages:
                - { name: s, strategy: ab-test, weight: 12.5%, soak: { min: 1h } }
                - { name: full, strategy: full, soak: { units: 10 } }
              rollback: { to: stage }
            """
        let other = """
              steps:
                - { name: s, strategy: ab_test, primary_percentage: 87.5, bake: { min: 60m } }
                - { name: full, strategy: full, bake: { units: 10 } }
              rollback: { to: step }
            """
        let first = Self.read(Self.plan(plain))
        let second = Self.read(
            Self.plan(other).replacing("primary: {", with: "stable: {")
                .replacing("candidate: {", with: "v2: {")
        )
        #expect(first.failures.isEmpty, "\(first.failures)")
        #expect(second.failures.isEmpty, "\(second.failures)")
        #expect(first.plan?.stages.first?.weightPPM == 125_000)
        #expect(first.hash == second.hash)
        #expect(first.hash != nil)
    }

    @Test("fallback means that the primary answers first")
    func fallbackKeepsThePrimaryFirst() {
        let lines = "  stages: [{ name: f, strategy: fallback }]\n"
        let stage = Self.read(Self.plan(lines)).plan?.stages.first
        #expect(stage?.strategy == .primaryWithFallback)
        #expect(stage?.first == .primary)
        #expect(stage?.thresholdPPM == 0)
    }

    @Test("What was read prints as a normal form that reads back as the same plan")
    func normalFormReadsBack() throws {
        for text in [Self.plan(), FullPlan.text] {
            let plan = try #require(Self.read(text).plan)
            #expect(try MigrationPlan(json: plan.json) == plan)
        }
    }

    @Test(
        "Mistakes are told with their place, code and remedy",
        arguments: [
            Mistake("  preset: ramp\n  stagess: []\n", "10:3", "MIG_UNKNOWN_KEY", "stages"),
            Mistake("  preset: rampp\n", "9:11", "MIG_PLAN_SYNTAX", "ramp"),
            Mistake("", "5:3", "MIG_PLAN_SYNTAX", "add stages"),
            Mistake("  preset: ramp\n  steps: []\n", "9:3", "MIG_PLAN_SYNTAX", "remove one"),
            Mistake(
                "  stages: [{ name: a, strategy: canari, weight: 1% }]\n",
                "9:33",
                "MIG_PLAN_SYNTAX",
                "nearest is canary"
            ),
            Mistake(
                "  stages: [{ name: a, strategy: canary, weight: 10 }]\n",
                "9:51",
                "MIG_PLAN_SYNTAX",
                "0.1%"
            ),
            Mistake(
                "  stages: [{ name: a, strategy: canary }]\n",
                "9:12",
                "MIG_PLAN_SYNTAX",
                "add weight"
            ),
            Mistake(
                "  stages: [{ name: a, strategy: full, soak: { min: 3 } }]\n",
                "9:53",
                "MIG_PLAN_SYNTAX",
                "100ms"
            ),
            Mistake(
                "  stages: [{ name: a, strategy: full, soak: { minn: 3s } }]\n",
                "9:47",
                "MIG_UNKNOWN_KEY",
                "nearest is min"
            ),
            Mistake(
                "  preset: ramp\n  checks: { e: { kind: rate, metric: failed/total, promote: 5 } }\n",
                "10:61",
                "MIG_PLAN_SYNTAX",
                "relation"
            ),
            Mistake("  preset: ramp\n  preset: ramp\n", "10:3", "MIG_PLAN_SYNTAX", "remove one"),
            Mistake(
                "  preset: ramp\n  rollback: { to: elsewhere }\n",
                "10:19",
                "MIG_PLAN_SYNTAX",
                "baseline"
            ),
        ]
    )
    func mistakesAreTold(_ mistake: Mistake) throws {
        let file = Self.read(Self.plan(mistake.lines))
        let failure = try #require(file.failures.first)
        #expect(failure.code == mistake.code)
        #expect(failure.position?.description == "p.yaml:\(mistake.place)")
        #expect(failure.remedy.contains(mistake.remedy), "\(failure)")
        #expect(file.plan == nil)
        #expect(file.hash == nil)
        #expect(!file.isGood())
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var lines: String
        var place: String
        var code: String
        var remedy: String

        init(_ lines: String, _ place: String, _ code: String, _ remedy: String) {
            self.lines = lines
            self.place = place
            self.code = code
            self.remedy = remedy
        }

        var testDescription: String { lines.debugDescription }
    }

    @Test("All mistakes are told at once, in the order of the file")
    func allMistakesAreTold() {
        let lines = """
              presett: ramp
              stages: [{ name: a, strategy: full, wait: 1 }]
              rollback: { deadline: soon }
            """
        let file = Self.read(Self.plan(lines))
        #expect(
            file.failures.map(\.code) == ["MIG_UNKNOWN_KEY", "MIG_UNKNOWN_KEY", "MIG_PLAN_SYNTAX"]
        )
    }

    @Test("Other versions and kinds are refused before anything else")
    func versionsAreChecked() {
        let version = Self.read(Self.plan().replacing("cutover/v1", with: "cutover/v9"))
        #expect(version.failures.map(\.code) == ["MIG_PLAN_VERSION"])
        #expect(version.failures.first?.problem.contains("cutover/v9") == true)
        let kind = Self.read(Self.plan().replacing("kind: Migration", with: "kind: Rollout"))
        #expect(kind.failures.map(\.code) == ["MIG_PLAN_VERSION"])
        #expect(Self.read("").failures.map(\.code) == ["MIG_PLAN_SYNTAX"])
        #expect(Self.read("[1]").failures.first?.problem == "the plan is a list")
    }

    @Test("Any damage to a plan is answered, never a crash")
    func damageIsAnswered() {
        let text = Array(FullPlan.text.utf8)
        let cuts = Gen<[UInt8]>(make: { generator, size in
            var bytes = text
            for _ in 0...size / 10 {
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, start + Int.random(in: 1...12, using: &generator))
                if Bool.random(using: &generator) {
                    bytes.removeSubrange(start..<end)
                } else {
                    bytes.insert(contentsOf: bytes[start..<end], at: bytes.count / 2)
                }
                if bytes.isEmpty { bytes = [0x2D] }
            }
            return bytes
        })
        checkProperty("a damaged plan is a plan or has failures", cuts, rounds: 600) { bytes in
            let file = PlanFile(path: "p.yaml", bytes: bytes)
            return (file.plan == nil) == !file.failures.isEmpty
        }
    }
}
