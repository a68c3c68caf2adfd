internal import MigrationRules
internal import YAML

/// Defaults, the way back, the end, and the surroundings.
extension PlanDecoder {
    mutating func readDefaults(_ node: YAMLNode) {
        var defaults = DefaultsPlan()
        var keys = PlanKeys(node, "spec.defaults", reading)
        if let value = keys.take("onInconclusive") {
            defaults.onInconclusive = policy(value, "onInconclusive")
        }
        if let value = keys.take("onNoData") { defaults.onNoData = policy(value, "onNoData") }
        if let value = keys.take("onError") { defaults.onError = policy(value, "onError") }
        if let alpha = keys.take("alpha") {
            var inner = PlanKeys(alpha, "defaults.alpha", reading)
            if let value = inner.take("rollback") {
                defaults.alphaRollbackPPM = probability(value) ?? defaults.alphaRollbackPPM
            }
            if let value = inner.take("promote") {
                defaults.alphaPromotePPM = probability(value) ?? defaults.alphaPromotePPM
            }
            inner.finish()
        }
        keys.finish()
        plan.defaults = defaults
    }

    /// `0.01` or `1%`, between 0 and a half.
    private func probability(_ node: YAMLNode) -> Int? {
        let share: Int?
        switch node.scalar?.value {
        case .number(let number): share = Int((number * 1_000_000).rounded())
        case .integer, .null, .bool, nil: share = nil
        case .string: share = reading.share(node, "alpha")
        }
        guard let share, share > 0, share <= 500_000 else {
            reading.refuse(
                "alpha is \(node.kind)",
                remedy: "write a probability such as 0.01",
                at: node.position
            )
            return nil
        }
        return share
    }

    mutating func readEnding(_ keys: inout PlanKeys) {
        if let rollback = keys.take("rollback") { readRollback(rollback) }
        if let finalize = keys.take("finalize") { readFinalize(finalize) }
    }

    private mutating func readRollback(_ node: YAMLNode) {
        var rollback = RollbackPlan()
        var keys = PlanKeys(node, "spec.rollback", reading)
        if let to = keys.take("to"), let text = reading.text(to, "rollback.to") {
            rollback.to = RollbackGoal(rawValue: text == "step" ? "stage" : text)
            if case .stage(let name) = rollback.to, plan.stageIndex(name) == nil {
                reading.refuse(
                    "rollback.to is \"\(name)\", and no stage is called so",
                    remedy: "write baseline, stage, or a stage's name",
                    at: to.position
                )
            }
        }
        if let standby = keys.take("standby") {
            rollback.standby = reading.choice(standby, "rollback.standby") ?? .hot
        }
        if let deadline = keys.take("deadline") {
            rollback.deadlineMs =
                reading.milliseconds(deadline, "rollback.deadline") ?? rollback.deadlineMs
        }
        if let cooldown = keys.take("cooldown") {
            rollback.cooldownMs = reading.milliseconds(cooldown, "rollback.cooldown") ?? 0
        }
        if let drill = keys.take("drill") {
            rollback.drill = reading.choice(drill, "rollback.drill") ?? .eachStage
        }
        if let verify = keys.take("verify") {
            rollback.verify = invariants(verify, "rollback.verify")
        }
        if let steps = keys.take("compensate") {
            rollback.compensate = reading.texts(steps, "rollback.compensate")
        }
        keys.finish()
        plan.rollback = rollback
    }

    private mutating func readFinalize(_ node: YAMLNode) {
        var finalize = FinalizePlan()
        var keys = PlanKeys(node, "spec.finalize", reading)
        if let window = keys.take("reverseWindow") {
            finalize.reverseWindowMs = reading.milliseconds(window, "finalize.reverseWindow") ?? 0
        }
        if let commit = keys.take("commit") {
            finalize.commit = reading.choice(commit, "finalize.commit") ?? .manual
        }
        if let hooks = keys.take("onCommit") {
            finalize.onCommit = reading.elements(hooks, "finalize.onCommit").map { hook($0) }
        }
        keys.finish()
        plan.finalize = finalize
    }

    private func hook(_ node: YAMLNode) -> HookPlan {
        var hook = HookPlan()
        var keys = PlanKeys(node, "a hook", reading)
        hook.name = keys.require("hook").flatMap { identifier($0, "hook") } ?? ""
        hook.url = keys.take("url").flatMap { reading.text($0, "url") }
        if let irreversible = keys.take("irreversible") {
            hook.isIrreversible = reading.bool(irreversible, "irreversible") ?? true
        }
        keys.finish()
        return hook
    }

    mutating func readSurroundings(_ keys: inout PlanKeys) {
        if let windows = keys.take("windows") {
            var inner = PlanKeys(windows, "spec.windows", reading)
            plan.windows.allow = inner.take("allow").map { reading.texts($0, "allow") } ?? []
            plan.windows.deny = inner.take("deny").map { reading.texts($0, "deny") } ?? []
            inner.finish()
        }
        if let throttle = keys.take("throttle") {
            var inner = PlanKeys(throttle, "spec.throttle", reading)
            if let any = inner.take("any") {
                plan.throttle.any = reading.elements(any, "throttle.any").compactMap {
                    reading.condition($0, "throttle.any")
                }
            }
            plan.throttle.panic = inner.take("panic").flatMap {
                reading.condition($0, "throttle.panic")
            }
            inner.finish()
        }
        if let notify = keys.take("notify") {
            plan.notify = reading.elements(notify, "spec.notify").map { notice($0) }
        }
        plan.frontier = keys.take("frontier").map { frontier($0) }
        if let member = keys.member("compatibility") {
            reading.note("compatibility", at: member.position)
            plan.compatibility = compatibility(member.value)
        }
    }

    private func notice(_ node: YAMLNode) -> NotifyPlan {
        var notice = NotifyPlan()
        var keys = PlanKeys(node, "notify", reading)
        if let occasions = keys.require("on") {
            notice.on = (occasions.sequence ?? [occasions]).compactMap {
                reading.choice($0, "notify.on")
            }
        }
        if let hook = keys.require("webhook"), let text = reading.text(hook, "webhook") {
            notice.webhook = text
            if !text.hasPrefix("$"), !text.hasPrefix("https://"), !text.hasPrefix("http://") {
                reading.refuse(
                    "webhook is no URL",
                    remedy: "write a URL, or $NAME of the environment",
                    at: hook.position
                )
            }
        }
        notice.withinMs = keys.take("within").flatMap { reading.milliseconds($0, "within") }
        notice.repeatMs = keys.take("repeat").flatMap { reading.milliseconds($0, "repeat") }
        keys.finish()
        return notice
    }

    private func frontier(_ node: YAMLNode) -> FrontierPlan {
        var frontier = FrontierPlan()
        var keys = PlanKeys(node, "spec.frontier", reading)
        frontier.column = keys.require("column").flatMap { reading.text($0, "column") } ?? ""
        if let owns = keys.take("owns") {
            frontier.owns = reading.choice(owns, "frontier.owns") ?? .newer
        }
        if let lag = keys.take("lag") { frontier.lagMs = reading.milliseconds(lag, "lag") ?? 0 }
        if let window = keys.take("window") {
            frontier.windowMs = reading.milliseconds(window, "window") ?? 0
        }
        frontier.tieBreak = keys.take("tieBreak").map { reading.texts($0, "tieBreak") } ?? []
        if let quarantine = keys.take("quarantine") {
            var inner = PlanKeys(quarantine, "frontier.quarantine", reading)
            if let max = inner.take("max") {
                frontier.quarantineMax = reading.integer(max, "max", in: 0...Int.max) ?? 0
            }
            if let retry = inner.take("retry") {
                frontier.quarantineRetries = reading.integer(retry, "retry", in: 0...1000) ?? 0
            }
            inner.finish()
        }
        if let deletes = keys.take("deleteSource") {
            frontier.deletesSource = reading.bool(deletes, "deleteSource") ?? false
        }
        keys.finish()
        return frontier
    }

    /// Readers, formats, and a mapping of reader to format to grade.
    private func compatibility(_ node: YAMLNode) -> CompatibilityPlan {
        var result = CompatibilityPlan()
        var keys = PlanKeys(node, "spec.compatibility", reading)
        result.readers = keys.require("readers").map { reading.texts($0, "readers") } ?? []
        result.data = keys.require("data").map { reading.texts($0, "data") } ?? []
        if let matrix = keys.require("matrix") {
            reading.note("compatibility/matrix", at: matrix.position)
            var rows = PlanKeys(matrix, "compatibility.matrix", reading)
            for reader in result.readers {
                guard let row = rows.take(reader) else { continue }
                var cells = PlanKeys(row, "matrix.\(reader)", reading)
                for format in result.data {
                    guard
                        let grade = cells.take(format).flatMap({ node in
                            reading.choice(node, "grade", CompatibilityPlan.Grade.self)
                        })
                    else { continue }
                    var cell = CompatibilityPlan.Cell()
                    cell.reader = reader
                    cell.data = format
                    cell.grade = grade
                    result.matrix.append(cell)
                }
                cells.finish()
            }
            rows.finish()
        }
        keys.finish()
        return result
    }
}
