internal import MigrationRules
internal import Routing
internal import YAML

/// Stages.
extension PlanDecoder {
    mutating func readStages(_ keys: inout PlanKeys) {
        let preset = keys.member("preset")
        let stages = keys.member("stages", ["steps"])
        switch (preset, stages) {
        case (let preset?, nil): readPreset(preset)
        case (nil, let stages?): readStages(stages)
        case (let preset?, _?):
            reading.refuse(
                "the plan has a preset and stages",
                remedy: "remove one of them",
                at: preset.position
            )
        case (nil, nil): _ = keys.require("stages")
        }
    }

    private mutating func readPreset(_ member: YAMLMember) {
        let name = reading.text(member.value, "spec.preset")
        guard name == "ramp" else {
            if let name {
                reading.refuse(
                    "there is no preset \(name)",
                    remedy: "write preset: ramp, or stages",
                    at: member.value.position
                )
            }
            return
        }
        var soak = SoakPlan()
        soak.minMs = 24 * 3_600_000
        plan.stages = StagePlan.ramp(soak: soak)
        reading.note("stages", at: member.position)
        for stage in plan.stages { reading.note("stages/\(stage.name)", at: member.position) }
    }

    private mutating func readStages(_ member: YAMLMember) {
        reading.note("stages", at: member.position)
        let elements = reading.elements(member.value, "spec.stages")
        if elements.isEmpty || elements.count > MigrationPlan.stageLimit {
            reading.refuse(
                "the plan has \(elements.count) stages",
                remedy: "write 1 to \(MigrationPlan.stageLimit)",
                at: member.position
            )
        }
        for element in elements {
            let stage = stage(element)
            if plan.stageIndex(stage.name) != nil {
                reading.refuse(
                    "two stages are called \(stage.name)",
                    remedy: "give each stage a name of its own",
                    at: element.position
                )
            }
            plan.stages.append(stage)
        }
    }

    private func stage(_ node: YAMLNode) -> StagePlan {
        var stage = StagePlan()
        var keys = PlanKeys(node, "a stage", reading)
        stage.name = keys.require("name").flatMap { identifier($0, "a stage's name") } ?? ""
        let what = "stage \(stage.name)"
        let failureCount = reading.failures.count
        let place = "stages/\(stage.name)"
        reading.note(place, at: node.position)
        let isKnown = readStrategy(&stage, &keys)
        readWeight(&stage, &keys, what, isKnown ? node : nil)
        if let warmup = keys.take("warmup") {
            stage.warmupMs = reading.milliseconds(warmup, "warmup") ?? 0
        }
        if let soak = keys.take("soak", or: "bake") {
            reading.note("\(place)/soak", at: soak.position)
            stage.soak = self.soak(soak, what)
        }
        stage.approval = keys.take("approval").map { approval($0, what) }
        if let undo = keys.take("reversibility") { stage.reversibility = reversibility(undo) }
        stage.onInconclusive = keys.take("onInconclusive").map { policy($0, "onInconclusive") }
        stage.onNoData = keys.take("onNoData").map { policy($0, "onNoData") }
        stage.onError = keys.take("onError").map { policy($0, "onError") }
        stage.cohort = keys.take("cohort").map { reading.texts($0, "cohort") } ?? []
        if isKnown, reading.failures.count == failureCount { requireUnits(of: stage, at: node) }
        stage.dependsOn = keys.take("dependsOn").map { reading.texts($0, "dependsOn") } ?? []
        stage.filter = keys.take("where").flatMap { reading.text($0, "where") }
        if let salt = keys.take("salt") {
            reading.note(.init(kind: .secondSalt, stage: stage.name, position: salt.position))
        }
        if let assign = keys.take("assign") { _ = assignment(assign, stage: stage.name) }
        keys.finish()
        return stage
    }

    /// Whether the stage has a strategy that is known.
    private func readStrategy(_ stage: inout StagePlan, _ keys: inout PlanKeys) -> Bool {
        let strategy = keys.require("strategy")
        let known = strategy.flatMap { node in
            reading.choice(
                node,
                "strategy",
                StagePlan.Strategy.self,
                aliases: ["ab_test": .abTest, "fallback": .primaryWithFallback]
            )
        }
        // The old name meant: the primary answers, and the candidate helps out.
        if strategy?.scalar?.text == "fallback" { stage.first = .primary }
        if let first = keys.take("first") { stage.first = side(first, "first") }
        stage.strategy = known ?? .shadow
        return known != nil
    }

    /// Weights and samples; strategies that have no choice say so themselves.
    ///
    /// `node` is the stage, for failures; nil where its strategy is unknown, so that nothing follows from it.
    private func readWeight(
        _ stage: inout StagePlan,
        _ keys: inout PlanKeys,
        _ what: String,
        _ node: YAMLNode?
    ) {
        let place = "stages/\(stage.name)/weight"
        var weight: Int?
        let written = keys.take("weight")
        if let written {
            reading.note(place, at: written.position)
            weight = reading.share(written, "weight")
        }
        if let primary = keys.take("primary_percentage") {
            reading.note(place, at: primary.position)
            if written != nil {
                reading.refuse(
                    "\(what) has weight and primary_percentage",
                    remedy: "remove one of them",
                    at: primary.position
                )
            }
            weight = reading.percentage(primary, "primary_percentage").map { 1_000_000 - $0 }
        }
        let sample = keys.take("sample")
        if let sample { reading.note("stages/\(stage.name)/sample", at: sample.position) }
        stage.samplePPM = sample.flatMap { reading.share($0, "sample") } ?? 0
        guard let node else { return }
        switch stage.strategy {
        case .shadow, .dualWrite:
            if sample == nil { stage.samplePPM = 1_000_000 }
            require(weight ?? 0 == 0, what, "answers by the primary alone", "weight", at: node)
        case .full, .blueGreen, .primaryWithFallback:
            let isAll = weight ?? 1_000_000 == 1_000_000
            require(isAll, what, "has no weight of its own", "weight", at: node)
            stage.weightPPM = stage.first == .primary ? 0 : 1_000_000
        case .waves, .watermark: stage.weightPPM = weight ?? 1_000_000
        case .canary, .abTest, .featureFlag:
            stage.weightPPM = weight ?? 0
            if weight == nil, written == nil {
                reading.refuse("\(what) has no weight", remedy: "add weight", at: node.position)
            }
        }
    }

    /// A stage whose candidate gets no unit waits for evidence for ever.
    private func requireUnits(of stage: StagePlan, at node: YAMLNode) {
        let isEmpty: Bool
        switch stage.strategy {
        case .canary, .abTest: isEmpty = stage.weightPPM == 0 && stage.cohort.isEmpty
        case .shadow: isEmpty = stage.samplePPM == 0
        default: isEmpty = false
        }
        guard isEmpty else { return }
        let key = stage.strategy == .shadow ? "sample" : "weight"
        reading.refuse(
            "stage \(stage.name) has the \(key) 0, so its candidate gets no units",
            remedy: stage.strategy == .shadow
                ? "write a sample above 0" : "write a weight above 0, or strategy: shadow",
            at: reading.position(of: "stages/\(stage.name)/\(key)") ?? node.position
        )
    }

    private func require(
        _ isGood: Bool,
        _ what: String,
        _ problem: String,
        _ key: String,
        at node: YAMLNode
    ) {
        guard !isGood else { return }
        reading.refuse("\(what) \(problem)", remedy: "remove \(key)", at: node.position)
    }

    private func soak(_ node: YAMLNode, _ what: String) -> SoakPlan {
        var soak = SoakPlan()
        var keys = PlanKeys(node, "soak of \(what)", reading)
        if let min = keys.take("min") { soak.minMs = reading.milliseconds(min, "soak.min") ?? 0 }
        soak.maxMs = keys.take("max").flatMap { reading.milliseconds($0, "soak.max") }
        if let units = keys.take("units") {
            soak.units = reading.integer(units, "soak.units", in: 1...Int.max) ?? 0
        }
        keys.finish()
        return soak
    }

    private func approval(_ node: YAMLNode, _ what: String) -> ApprovalPlan {
        var approval = ApprovalPlan()
        var keys = PlanKeys(node, "approval of \(what)", reading)
        approval.by = keys.require("by").map { reading.texts($0, "approval.by") } ?? []
        approval.expiresMs = keys.take("expires").flatMap {
            reading.milliseconds($0, "approval.expires")
        }
        if let author = keys.take("notAuthor") {
            approval.notAuthor = reading.bool(author, "approval.notAuthor") ?? true
        }
        keys.finish()
        return approval
    }

    /// `instant`, `replay(FROM)`, `compensate(STEP, STEP)`, `none`.
    private func reversibility(_ node: YAMLNode) -> Reversibility {
        var result = Reversibility()
        guard let text = reading.text(node, "reversibility") else { return result }
        let call = PlanReading.call(text)
        let kind = call.flatMap { Reversibility.Kind(rawValue: $0.name) }
        let arguments = call?.arguments ?? []
        let isGood =
            switch kind {
            case .instant, .none?: arguments.isEmpty
            case .replay: arguments.count == 1
            case .compensate: !arguments.isEmpty
            case nil: false
            }
        guard let kind, isGood else {
            reading.refuse(
                "reversibility is \"\(text)\"",
                remedy: "write instant, replay(FROM), compensate(STEP, …) or none",
                at: node.position
            )
            return result
        }
        result.kind = kind
        if kind == .replay { result.from = arguments[0] }
        if kind == .compensate { result.steps = arguments }
        return result
    }

    /// `hold`, or `{ hold: 30m, then: rollback-stage }`.
    func policy(_ node: YAMLNode, _ what: String) -> HoldPolicy {
        if node.mapping == nil {
            if reading.text(node, what).map({ $0 != "hold" }) ?? false {
                reading.refuse(
                    "\(what) is \"\(node.scalar?.text ?? "")\"",
                    remedy: "write hold, or { hold: 30m, then: rollback-stage }; nothing promotes",
                    at: node.position
                )
            }
            return HoldPolicy()
        }
        var policy = HoldPolicy()
        var keys = PlanKeys(node, what, reading)
        policy.holdMs = keys.require("hold").flatMap { reading.milliseconds($0, "hold") }
        policy.then = keys.require("then").flatMap {
            reading.choice($0, "then", aliases: ["rollback-step": .rollbackStage])
        }
        keys.finish()
        return policy
    }
}
