import MigrationRules
import Testing

@Suite("Amending a running plan")
struct PlanAmendmentTests {
    private func amendment(_ edit: (inout MigrationPlan) -> Void) -> PlanAmendment {
        let old = World.smallPlan()
        var new = old
        edit(&new)
        return PlanAmendment(from: old, to: new, currentStage: 0)
    }

    @Test("more soak, a longer warm-up, an approval or another small stage only tighten")
    func tightening() {
        #expect(amendment { $0.stages[1].soak.minMs += 1 } == .tightening)
        #expect(amendment { $0.stages[1].warmupMs = 60_000 } == .tightening)
        #expect(amendment { $0.stages[2].approval = ApprovalPlan() } == .tightening)
        #expect(amendment { $0.stages[1].weightPPM = 100_000 } == .tightening)
        let inserted = amendment { plan in
            var stage = plan.stages[1]
            stage.name = "tenth"
            stage.weightPPM = 100_000
            plan.stages.insert(stage, at: 1)
        }
        #expect(inserted == .tightening)
    }

    @Test("less soak, more weight, a missing stage or approval loosen")
    func loosening() {
        for edit: (inout MigrationPlan) -> Void in [
            { $0.stages[1].soak.minMs -= 1 }, { $0.stages[1].weightPPM += 1 },
            { $0.stages.remove(at: 1) }, { $0.stages[1].onError = HoldPolicy() },
            { $0.stages[1].soak.maxMs = nil }, { $0.stages.swapAt(1, 2) },
        ] {
            guard case .loosening = amendment(edit) else {
                Issue.record("\(amendment(edit))")
                continue
            }
        }
    }

    @Test("what has begun, and what is no stage, cannot be amended")
    func refusals() {
        for edit: (inout MigrationPlan) -> Void in [
            { $0.stages[0].soak.minMs += 1 }, { $0.checks.removeLast() },
            { $0.effects = .external },
            { $0.stages = [] },
        ] {
            guard case .refused = amendment(edit) else {
                Issue.record("\(amendment(edit))")
                continue
            }
        }
    }

    @Test(
        "loosening needs a reason and an approval of the new hash; evidence of the old plan is void"
    )
    func machineAmends() throws {
        var world = try World(World.smallPlan())
        try world.advance(to: 0, .observing)
        var looser = world.plan
        looser.stages[1].soak.minMs = 0
        let hash = try looser.hash()
        var facts = world.facts(of: .pass)
        facts.command = Command(.amend(looser, hash: hash), by: "user:ana", because: "too slow")
        guard case .refused(let refusal) = world.step(facts).reply else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.code == .approvalStale)
        facts = world.facts(of: .pass)
        facts.command = Command(.amend(looser, hash: hash), by: "user:ana", because: "too slow")
        facts.approvals = [
            Approval(hash, planHash: world.hash, generation: world.state.stageGeneration)
        ]
        world.step(facts)
        #expect(world.state.planHash == hash)
        #expect(world.events.last?.type == .planAmended)
    }
}
