/// What a changed plan means for a running migration.
package enum PlanAmendment: Sendable, Hashable {
    /// Every change asks for more evidence or moves less.
    case tightening
    /// At least one change asks for less, or moves more; the first one in words.
    case loosening(String)
    /// It touches what has begun.
    case refused(String)

    /// Only stages behind the current one may differ.
    package init(from old: MigrationPlan, to new: MigrationPlan, currentStage: Int) {
        var same = new
        same.stages = old.stages
        guard same == old else {
            self = .refused("the plan differs in more than its stages")
            return
        }
        let kept = 0...currentStage
        guard new.stages.count > currentStage, new.stages[kept] == old.stages[kept] else {
            self = .refused("the plan differs in a stage that has begun")
            return
        }
        let change = Self.firstLoosening(
            Array(old.stages[(currentStage + 1)...]),
            Array(new.stages[(currentStage + 1)...])
        )
        self = change.map { .loosening($0) } ?? .tightening
    }

    private static func firstLoosening(_ old: [StagePlan], _ new: [StagePlan]) -> String? {
        let names = new.map(\.name)
        for stage in old where !names.contains(stage.name) { return "stage \(stage.name) is gone" }
        let order = names.filter { name in old.contains { $0.name == name } }
        if order != old.map(\.name) { return "the stages change their order" }
        // A stage in between is one more proof, if it moves no more than the stage after it.
        var limit = Int.max
        for stage in new.reversed() {
            if let before = old.first(where: { $0.name == stage.name }) {
                if let change = loosening(before, stage) { return change }
                limit = stage.thresholdPPM
            } else if stage.thresholdPPM > limit || limit == .max {
                return "stage \(stage.name) is new and moves more than the stage after it"
            }
        }
        return nil
    }

    private static func loosening(_ old: StagePlan, _ new: StagePlan) -> String? {
        let name = new.name
        // Whatever is not known to be tighter counts as looser.
        var comparable = new
        comparable.weightPPM = old.weightPPM
        comparable.warmupMs = old.warmupMs
        comparable.soak = old.soak
        if old.approval == nil { comparable.approval = nil }
        if comparable != old { return "stage \(name) changes its rules" }
        if new.thresholdPPM > old.thresholdPPM { return "stage \(name) moves more" }
        if new.warmupMs < old.warmupMs { return "stage \(name) warms up for less" }
        if new.soak.minMs < old.soak.minMs || new.soak.units < old.soak.units {
            return "stage \(name) soaks for less"
        }
        if new.soak.maxMs != old.soak.maxMs { return "stage \(name) changes its longest soak" }
        return nil
    }
}
