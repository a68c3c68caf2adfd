import JSON
import MigrationRules
import Routing
import Testing

@Suite("Plans in normal form")
struct MigrationPlanTests {
    /// A plan in which nothing is at its default.
    static func fullPlan() -> MigrationPlan {
        var plan = MigrationPlan()
        plan.name = "trades-v2"
        plan.owner = "streams-team"
        plan.target = "stream/trades-aggregation"
        plan.primary.adapter = "stream"
        plan.primary.ref = "v1"
        plan.candidate.adapter = "exec"
        plan.candidate.command = ["./v2.py", "--fast"]
        plan.candidate.sandboxCommand = ["./v2.py", "--dry-run"]
        plan.unit.kind = .keyWindow
        plan.unit.targetingKey = ["symbol"]
        plan.unit.eventTime = "ts"
        var window = WindowPlan()
        window.sizeMs = 60_000
        plan.unit.window = window
        plan.effects = .transactional
        var pin = PinPlan()
        pin.key = ["AAPL"]
        pin.side = .candidate
        plan.routing.pins = [pin]
        plan.compare.align = ["symbol", "window_start"]
        var rule = ComparisonRule()
        rule.path = "$.vwap"
        rule.tolerance = .absrel(abs: 1e-9, rel: 1e-9)
        var ignored = ComparisonRule()
        ignored.path = "$.emit_ts"
        var ignore = IgnoreRule()
        ignore.reason = "wall clock"
        ignore.owner = "ana"
        ignore.expires = "2026-12-31"
        ignored.ignore = ignore
        plan.compare.rules = [rule, ignored]
        var check = CheckPlan()
        check.name = "errors"
        check.role = .guarding
        check.metric = "failed"
        check.per = "total"
        check.promote = BoundPlan(.atMost, 1000, .share)
        check.rollback = BoundPlan(.above, 10_000, .share)
        plan.checks = [check]
        var soak = SoakPlan()
        soak.minMs = 86_400_000
        soak.units = 500
        plan.stages = StagePlan.ramp(soak: soak)
        var approval = ApprovalPlan()
        approval.by = ["oncall"]
        approval.expiresMs = 43_200_000
        plan.stages[3].approval = approval
        plan.defaults.onError = HoldPolicy(holdMs: 1_800_000, then: .rollbackStage)
        plan.rollback.to = .stage("canary-10")
        var hook = HookPlan()
        hook.name = "retire-v1"
        hook.isIrreversible = true
        plan.finalize.onCommit = [hook]
        var condition = ThrottlePlan.Condition()
        condition.metric = "source_lag_seconds"
        condition.bound = BoundPlan(.above, 30, .number)
        plan.throttle.any = [condition]
        var notify = NotifyPlan()
        notify.on = [.hold, .rollback]
        notify.webhook = "$PAGER_URL"
        plan.notify = [notify]
        plan.frontier = FrontierPlan()
        plan.compatibility = CompatibilityPlan()
        plan.dependsOn = ["readers-v2"]
        return plan
    }

    @Test("the normal form reads back as the same plan, text and hash")
    func roundTrip() throws {
        let plan = Self.fullPlan()
        let read = try MigrationPlan(json: JSONValue(parsing: plan.canonicalText()))
        #expect(read == plan)
        #expect(try read.canonicalText() == plan.canonicalText())
        #expect(try read.hash() == plan.hash())
        #expect(try MigrationPlan(json: MigrationPlan().json) == MigrationPlan())
    }

    @Test("another value anywhere gives another hash")
    func hashesDiffer() throws {
        let plan = Self.fullPlan()
        var changed = plan
        changed.stages[1].weightPPM += 1
        var other = plan
        other.checks[0].rollback?.amount += 1
        let hashes = try [plan, changed, other].map { try $0.hash() }
        #expect(Set(hashes).count == 3)
        #expect(hashes.allSatisfy { $0.hasPrefix("sha256:") && $0.utf8.count == 71 })
    }

    @Test("an unknown member, a missing one and a newer version are refused by name")
    func strangeFormsAreRefused() throws {
        func problem(_ edit: (inout JSONObject) -> Void) -> String? {
            guard var object = Self.fullPlan().json.object else { return nil }
            edit(&object)
            let error = #expect(throws: JSONError.self) {
                _ = try MigrationPlan(json: JSONValue(object))
            }
            return error?.problem
        }
        #expect(problem { $0["surprise"] = true }?.contains("surprise") == true)
        #expect(problem { $0["target"] = nil }?.contains("target") == true)
        #expect(problem { $0["apiVersion"] = "cutover/v9" }?.contains("cutover/v9") == true)
        #expect(problem { $0["effects"] = "loud" }?.contains("loud") == true)
    }

    @Test("the ramp shadows, then moves 10, 50, 90 and all percent")
    func ramp() {
        let stages = StagePlan.ramp(soak: SoakPlan())
        #expect(stages.map(\.name) == ["shadow", "canary-10", "canary-50", "canary-90", "full"])
        #expect(stages.map(\.thresholdPPM) == [0, 100_000, 500_000, 900_000, 1_000_000])
        #expect(stages[0].samplePPM == 1_000_000)
    }

    @Test("a bound compares in the unit that was written")
    func bounds() {
        #expect(BoundPlan(.atMost, 1000, .share).holds(0.001))
        #expect(!BoundPlan(.below, 1000, .share).holds(0.001))
        #expect(BoundPlan(.above, 1_500_000, .multiple).holds(1.51))
        #expect(BoundPlan(.atLeast, 250, .milliseconds).holds(0.25))
    }

    @Test("verdicts merge by the worst, and nothing is no-data")
    func verdicts() {
        #expect(Verdict.worst([.pass, .fail, .error]) == .fail)
        #expect(Verdict.worst([.violation, .fail]) == .violation)
        #expect(Verdict.worst([]) == .noData)
        #expect(Verdict.allCases.sorted() == Verdict.allCases)
    }
}
