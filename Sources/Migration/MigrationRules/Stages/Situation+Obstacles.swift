/// What stands in the way of a shift, a pass or the commit.
extension Situation {
    /// The stage has collected what it must, or somebody skipped the rest.
    var soakIsComplete: Bool {
        guard let stage else { return false }
        if state.isSoakSkipped { return true }
        return progress.soakMs >= stage.soak.minMs && progress.soakUnits >= stage.soak.units
    }

    var isOverAge: Bool {
        guard let longest = stage?.soak.maxMs else { return false }
        return progress.ageMs >= longest + state.extensionMs
    }

    /// The first thing that keeps the stage from shifting.
    func preflightObstacle() -> Hold? {
        func wait(_ reason: HoldReason, _ detail: String) -> Hold {
            Hold(reason, detail, from: .preflight)
        }
        if state.isHeldByOperator { return wait(.operator, "hold") }
        if let freeze = facts.freeze { return wait(.freeze, freeze) }
        if let missing = missingDependency() { return wait(.dependency, missing) }
        if requiredRouters.isEmpty { return wait(.dependency, "no router is registered") }
        if let router = requiredRouters.first(where: { !$0.isAlive }) {
            return wait(.dependency, "router \(router.id) is missing")
        }
        if let path = brokenWayBack() { return wait(.dependency, path) }
        if needsDrill, !facts.drill.isPassed {
            return wait(.dependency, "drill \(facts.drill.text)")
        }
        if let throttle = facts.throttles.first { return wait(.throttle, throttle) }
        if let check = facts.checksWithoutPrimary.first {
            return wait(.inconclusive, "no-data: \(check) has none for the primary")
        }
        if let approval = missingStageApproval() { return wait(.approval, approval) }
        return nil
    }

    /// The first thing that keeps the stage from passing.
    func passObstacle() -> Hold? {
        func wait(_ reason: HoldReason, _ detail: String) -> Hold {
            Hold(reason, detail, from: .observing)
        }
        if state.isHeldByOperator { return wait(.operator, "hold") }
        let evidence = evidence
        if evidence.verdict != .pass { return wait(.inconclusive, evidence.verdict.rawValue) }
        if !soakIsComplete { return wait(.inconclusive, "soak") }
        if let signal = evidence.failingSignal { return wait(.throttle, "signal \(signal)") }
        if let throttle = facts.throttles.first { return wait(.throttle, throttle) }
        if let freeze = facts.freeze { return wait(.freeze, freeze) }
        if let missing = missingDependency() { return wait(.dependency, missing) }
        if let path = brokenWayBack() { return wait(.dependency, path) }
        if let denied = deniedApproval() { return wait(.approval, denied) }
        return nil
    }

    /// What keeps the migration from being committed, in words.
    func commitObstacle() -> String? {
        let window = plan.finalize.reverseWindowMs
        if progress.sinceTransitionMs < window {
            return "the reverse window lasts \(window - progress.sinceTransitionMs) ms more"
        }
        let evidence = evidence
        if evidence.verdict > .inconclusive {
            return "the checks say \(evidence.verdict.rawValue)"
        }
        if !facts.reversePath.isPassed { return "the reverse path is \(facts.reversePath.text)" }
        if !facts.isResidualClear { return "data is left that only the candidate reads" }
        for hook in plan.finalize.onCommit where hook.isIrreversible {
            if !isApproved(hook.name) { return "the hook \(hook.name) needs an approval" }
        }
        return nil
    }

    /// A stage drills before it shifts, unless the plan says less; going to where units already are
    /// needs none.
    private var needsDrill: Bool {
        switch plan.rollback.drill {
        case .never: false
        case .firstStage: state.stageIndex == 0
        case .eachStage: true
        }
    }

    private func missingDependency() -> String? {
        if let waiting = facts.dependencies.first(where: { $0.standing != .passed }) {
            return "migration \(waiting.name)"
        }
        let known = Set(facts.dependencies.map(\.name))
        return plan.dependsOn.first { !known.contains($0) }.map { "migration \($0)" }
    }

    private func brokenWayBack() -> String? {
        if !facts.reversePath.isPassed { return "reverse path \(facts.reversePath.text)" }
        if !facts.reverseProbe.isPassed { return "reverse probe \(facts.reverseProbe.text)" }
        return nil
    }

    /// Before the shift: an approval that the plan asks for, or that an irreversible stage needs.
    private func missingStageApproval() -> String? {
        guard let stage else { return nil }
        let isNeeded = stage.approval != nil || stage.reversibility.kind == .none
        guard isNeeded || isDenied(stage.name) else { return nil }
        if isDenied(stage.name) { return "stage \(stage.name) was denied" }
        let bars = stage.approval?.notAuthor ?? false
        return isApproved(stage.name, barringAuthor: bars) ? nil : "stage \(stage.name)"
    }

    private func deniedApproval() -> String? {
        guard let stage, isDenied(stage.name) else { return nil }
        return "stage \(stage.name) was denied"
    }

    /// Words that are bound to this plan and these routes, and have not expired.
    private func words(on subject: String) -> [Approval] {
        facts.approvals.filter { approval in
            approval.subject == subject && approval.planHash == state.planHash
                && approval.generation == state.stageGeneration
                && approval.expiresAtMs.map { facts.clock.wallMs < $0 } ?? true
        }
    }

    func isApproved(_ subject: String, barringAuthor: Bool = false) -> Bool {
        let words = words(on: subject)
        return words.contains { $0.isGranted && !(barringAuthor && $0.isByAuthor) }
            && !words.contains { !$0.isGranted }
    }

    private func isDenied(_ subject: String) -> Bool {
        words(on: subject).contains { !$0.isGranted }
    }
}
