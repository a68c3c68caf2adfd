internal import MigrationRules
internal import Routing
internal import YAML

/// Units, and how they find their side.
extension PlanDecoder {
    func unit(_ node: YAMLNode) -> UnitPlan {
        var unit = UnitPlan()
        let failureCount = reading.failures.count
        var keys = PlanKeys(node, "spec.unit", reading)
        if let kind = keys.require("kind") {
            unit.kind = reading.choice(kind, "unit.kind") ?? unit.kind
        }
        if let key = keys.take("targetingKey") {
            reading.note("unit/targetingKey", at: key.position)
            unit.targetingKey = reading.texts(key, "unit.targetingKey")
            requireDistinct(key)
        }
        unit.eventTime = keys.take("eventTime").flatMap { reading.text($0, "unit.eventTime") }
        unit.window = keys.take("window").flatMap { window($0) }
        if let lateness = keys.take("lateness") {
            unit.latenessMs = reading.milliseconds(lateness, "unit.lateness") ?? 0
        }
        if let warmup = keys.take("warmup"), let text = reading.text(warmup, "unit.warmup") {
            guard let call = PlanReading.call(text), call.name == "replay",
                call.arguments.count == 1
            else {
                reading.refuse(
                    "unit.warmup is \"\(text)\"",
                    remedy: "write replay(FROM)",
                    at: warmup.position
                )
                return unit
            }
            unit.replayFrom = call.arguments[0]
        }
        if let handoff = keys.take("handoff"), let text = reading.text(handoff, "unit.handoff") {
            unit.handsOverSnapshot = text == "snapshot"
            if text != "snapshot" {
                reading.refuse(
                    "unit.handoff is \"\(text)\"",
                    remedy: "write snapshot",
                    at: handoff.position
                )
            }
        }
        keys.finish()
        if reading.failures.count == failureCount { requireParts(of: unit, at: node) }
        return unit
    }

    /// A field that stands twice would only be hashed twice.
    private func requireDistinct(_ key: YAMLNode) {
        var seen: Set<String> = []
        for element in key.sequence ?? [] {
            guard let name = element.scalar?.text, !seen.insert(name).inserted else { continue }
            reading.refuse(
                "unit.targetingKey names \(name) twice",
                remedy: "name each field once",
                at: element.position
            )
        }
    }

    /// The longest window; with the largest margin of a barrier its times stay far inside 64 bits.
    private static let windowLimitMs = 3650 * 86_400_000

    /// `tumbling 1m`, `hopping 1h 5m` (size, then slide), `cumulating 1d 1h`.
    private func window(_ node: YAMLNode) -> WindowPlan? {
        guard let text = reading.text(node, "unit.window") else { return nil }
        let words = text.split(separator: " ").map(String.init)
        let durations = words.dropFirst().map { word in
            reading.milliseconds(YAMLNode(.scalar(.init(word)), at: node.position), "unit.window")
        }
        let kind = words.first.flatMap { WindowPlan.Kind(rawValue: $0) }
        let count = kind == .tumbling ? 1 : 2
        guard let kind, durations.count == count else {
            reading.refuse(
                "unit.window is \"\(text)\"",
                remedy: "write tumbling SIZE, hopping SIZE SLIDE or cumulating SIZE STEP",
                at: node.position
            )
            return nil
        }
        // One that could not be read was told already.
        guard let size = durations[0], let slide = count == 2 ? durations[1] : size else {
            return nil
        }
        guard size > 0, slide > 0, size <= Self.windowLimitMs else {
            reading.refuse(
                "unit.window is \"\(text)\"",
                remedy: "write times from 1ms to 3650d",
                at: node.position
            )
            return nil
        }
        guard size % slide == 0 else {
            let step = kind == .hopping ? "slide" : "step"
            reading.refuse(
                "unit.window is \"\(text)\", whose size is no multiple of its \(step)",
                remedy: "write a size that is a multiple of the \(step)",
                at: node.position
            )
            return nil
        }
        var window = WindowPlan()
        window.kind = kind
        window.sizeMs = size
        window.slideMs = count == 2 ? slide : nil
        return window
    }

    private func requireParts(of unit: UnitPlan, at node: YAMLNode) {
        if unit.kind == .keyWindow, unit.window == nil || unit.eventTime == nil {
            reading.refuse(
                "a key-window unit lacks its window or its eventTime",
                remedy: "add window and eventTime",
                at: node.position
            )
        }
        let isKeyed = unit.kind == .key || unit.kind == .keyWindow || unit.kind == .tenant
        if isKeyed, unit.targetingKey.isEmpty, plan.primary.adapter != "exec" {
            reading.refuse(
                "a \(unit.kind.rawValue) unit has no targetingKey",
                remedy: "name the fields whose values decide",
                at: node.position
            )
        }
    }

    mutating func readRouting(_ keys: inout PlanKeys) {
        if let pins = keys.take("pins") { plan.routing.pins = self.pins(pins) }
        guard let node = keys.take("routing") else { return }
        reading.note("routing", at: node.position)
        var routing = plan.routing
        var keys = PlanKeys(node, "spec.routing", reading)
        if let salt = keys.take("salt"), let text = reading.text(salt, "routing.salt") {
            routing.salt = text == "auto" ? nil : text
        }
        if let missing = keys.take("missingKey") {
            routing.missingKey = reading.choice(missing, "routing.missingKey") ?? .primary
        }
        if let assign = keys.take("assign") {
            routing.assign = assignment(assign, stage: nil) ?? .hash
        }
        if let share = keys.take("maxWorkShare") {
            routing.maxWorkSharePPM =
                reading.multiple(share, "routing.maxWorkShare") ?? routing.maxWorkSharePPM
        }
        if let loss = keys.take("onControlLoss") {
            routing.onControlLoss = reading.choice(loss, "routing.onControlLoss") ?? .hold
        }
        if let margin = keys.take("barrierMargin") {
            routing.barrierMarginWindows =
                reading.integer(margin, "routing.barrierMargin", in: 0...1000) ?? 2
        }
        if let pins = keys.take("pins") { routing.pins += self.pins(pins) }
        keys.finish()
        plan.routing = routing
    }

    /// How units are assigned; ways that break nesting are left to the rule about it.
    func assignment(_ node: YAMLNode, stage: String?) -> RoutingPlan.Assignment? {
        let text = node.scalar?.text ?? ""
        if ["parity", "modulo", "random", "round-robin"].contains(text) {
            reading.note(
                .init(kind: .otherAssignment(text), stage: stage, position: node.position)
            )
            return nil
        }
        return reading.choice(node, "assign")
    }

    private func pins(_ node: YAMLNode) -> [PinPlan] {
        let elements = reading.elements(node, "pins")
        if elements.count > MigrationPlan.pinLimit {
            reading.refuse(
                "the plan has \(elements.count) pins",
                remedy: "write at most \(MigrationPlan.pinLimit)",
                at: node.position
            )
        }
        return elements.map { element in
            var pin = PinPlan()
            var keys = PlanKeys(element, "a pin", reading)
            pin.key = keys.require("key").map { reading.texts($0, "pin.key") } ?? []
            if let side = keys.require("side") {
                pin.side = self.side(side, "pin.side") ?? .primary
            }
            keys.finish()
            return pin
        }
    }

    func side(_ node: YAMLNode, _ what: String) -> Side? {
        reading.choice(
            node,
            what,
            aliases: [
                "control": .primary, "stable": .primary, "blue": .primary, "v1": .primary,
                "secondary": .candidate, "canary": .candidate, "green": .candidate,
                "v2": .candidate,
            ]
        )
    }
}
