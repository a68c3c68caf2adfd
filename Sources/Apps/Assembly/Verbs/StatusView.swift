internal import Failures
package import JSON
internal import MigrationRules
internal import Units

/// What a migration looks like, as verbs show it: the snapshot of a controller, or what the journal says.
package struct StatusView: Sendable, Hashable {
    /// How a migration stands, for a caller who asks whether it is done.
    package enum Standing: Sendable, Hashable {
        case completed
        case rolledBack
        case cancelled
        case underWay
        case stuck
    }

    package let json: JSONValue
    /// Whether a running controller said so.
    package let isLive: Bool
    /// Why the controller of a process that is still there does nothing any more.
    package let controllerFailure: String?
    /// What is wrong with the journal that says so; nothing is written there any more.
    package let damage: String?

    init(
        _ json: JSONValue,
        isLive: Bool,
        controllerFailure: String? = nil,
        damage: String? = nil
    ) {
        var members = json.object ?? JSONObject()
        members["damage"] = JSONValue(damage)
        self.json = JSONValue(members)
        self.isLive = isLive
        self.controllerFailure = controllerFailure
        self.damage = damage
    }

    package var name: String { text("name") }
    package var phase: String { text("phase") }
    package var seq: Int { integer(json["journal"]?["seq"]) }

    package var standing: Standing {
        switch Phase(rawValue: phase) {
        case .completed: .completed
        case .rolledBack: .rolledBack
        case .cancelled: .cancelled
        case .stuck: .stuck
        default: .underWay
        }
    }

    /// Nothing follows.
    package var hasEnded: Bool { Phase(rawValue: phase)?.isTerminal ?? false }

    /// Only a person gets it going again.
    package var waitsForPerson: Bool {
        switch Phase(rawValue: phase) {
        case .draft, .ready, .paused, .stuck: return true
        case .running:
            let reason = json["hold"]?["reason"]?.string.flatMap { HoldReason(rawValue: $0) }
            return reason == .approval || reason == .operator
        default: return false
        }
    }

    func text(_ member: String) -> String { json[member]?.string ?? "" }

    func integer(_ value: JSONValue?) -> Int { Int(value?.integer ?? 0) }
}

/// The view for people.
extension StatusView {
    /// The first line tells everything in short, the others tell more.
    package var lines: [String] {
        var lines = [headline]
        if let hold = json["hold"], !hold.isNull {
            let detail = hold["detail"]?.string ?? ""
            lines.append("  holds: \(hold["reason"]?.string ?? ""), \(detail)")
        }
        if let trigger = json["rollback_trigger"]?.string {
            lines.append("  went back: \(trigger)")
        }
        if let ignored = json["static_route"]?.string { lines.append("  \(ignored)") }
        if let trouble = json["trouble"]?.string { lines.append("  trouble: \(trouble)") }
        for check in json["checks"]?.array ?? [] { lines.append("  " + Self.line(ofCheck: check)) }
        if let compared = comparisons { lines.append("  \(compared)") }
        let routers = json["routers"]?.array ?? []
        if !routers.isEmpty {
            lines.append("  routers: \(routers.map(router).joined(separator: ", "))")
        }
        if let damage {
            lines.append("  the journal is damaged: \(damage)")
        } else if let controllerFailure {
            lines.append("  the controller has failed: \(controllerFailure)")
        } else if !isLive, !hasEnded {
            lines.append(
                "  no controller runs: run the path with its target, or give verbs by hand"
            )
        }
        return lines
    }

    /// `prices-v2  running  stage 1/5 shadow observing  weight 0% set, …`.
    package var headline: String {
        var parts = ["\(name) attempt \(integer(json["attempt"]))", phase]
        if let stage = json["stage"]?.string, !hasEnded {
            let count = json["stages"]?.array?.count ?? 0
            let number = integer(json["stage_number"])
            let state = json["stage_state"]?.string ?? ""
            parts.append("stage \(number)/\(count) \(stage) \(state)")
        }
        parts.append(weight)
        if let soak, !hasEnded { parts.append(soak) }
        parts.append("generation \(integer(json["generation"])), event \(seq)")
        return parts.joined(separator: "  ")
    }

    private var weight: String {
        let weight = json["weight_ppm"]
        func share(_ name: String) -> String? {
            guard let value = weight?[name]?.integer else { return nil }
            return PartsPerMillion(Int(value))?.description
        }
        var parts = ["\(share("set") ?? "0%") set", "\(share("acked") ?? "0%") acked"]
        if let seen = share("seen") { parts.append("\(seen) seen") }
        if let shadow = share("shadow"), shadow != "0%" { parts.append("shadow \(shadow)") }
        return "weight " + parts.joined(separator: ", ")
    }

    private var soak: String? {
        guard let soak = json["soak"] else { return nil }
        var parts: [String] = []
        let wanted = integer(soak["ms_wanted"])
        if wanted > 0 {
            let done = Duration.milliseconds(integer(soak["ms"]))
            parts.append("\(done.roundedText)/\(Duration.milliseconds(wanted).roundedText)")
        }
        let units = integer(soak["units_wanted"])
        if units > 0 {
            let done = NumberText.grouped(integer(soak["units"]))
            parts.append("\(done)/\(NumberText.grouped(units)) units")
        }
        return parts.isEmpty ? nil : "soak " + parts.joined(separator: ", ")
    }

    private var comparisons: String? {
        guard let counts = json["comparisons"] else { return nil }
        let named = [("match", "match"), ("mismatch", "mismatch"), ("skipped", "skipped")]
        let parts = named.map { "\($0.0) \(NumberText.grouped(integer(counts[$0.1])))" }
        let isEmpty = named.allSatisfy { integer(counts[$0.1]) == 0 }
        return isEmpty ? nil : "compared: " + parts.joined(separator: ", ")
    }

    private func router(_ router: JSONValue) -> String {
        let standing = router["alive"]?.bool == true ? "" : isLive ? " missing" : " when last seen"
        return
            "\(router["id"]?.string ?? "") generation \(integer(router["generation"]))\(standing)"
    }

    /// `errors  guard  harm -0.7/4.6  safe 1.9/3.0  2,140/3,688 units  inconclusive`.
    static func line(ofCheck check: JSONValue) -> String {
        func count(_ name: String) -> Int { Int(check[name]?.integer ?? 0) }
        var parts = [check["name"]?.string ?? "", check["role"]?.string ?? ""]
        for claim in ["harm", "safe"] {
            guard let value = check[claim]?["ln_e"]?.double,
                let bound = check[claim]?["bound"]?.double
            else { continue }
            let shown = NumberText.fixed(value, digits: 1)
            parts.append("\(claim) \(shown)/\(NumberText.fixed(bound, digits: 1))")
        }
        let required = count("units_required")
        let units = NumberText.grouped(count("units"))
        parts.append(
            required > 0 ? "\(units)/\(NumberText.grouped(required)) units" : "\(units) units"
        )
        parts.append(check["verdict"]?.string ?? "")
        if let detail = check["detail"]?.string, !detail.isEmpty { parts.append(detail) }
        return parts.joined(separator: "  ")
    }

    /// The last events, oldest first: `12:00:01 stage.passed: stage shadow`.
    package func eventLines(_ count: Int) -> [String] {
        (json["events"]?.array ?? []).suffix(count).map { event in
            let detail = event["detail"]?.string ?? ""
            let type = event["type"]?.string ?? ""
            return "  \(integer(event["seq"])) \(type)\(detail.isEmpty ? "" : ": \(detail)")"
        }
    }
}
