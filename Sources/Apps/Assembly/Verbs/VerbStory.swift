internal import JSON
internal import MigrationRules
internal import Units

/// What a verb did, in words and for machines.
struct VerbStory {
    let text: String
    let json: JSONValue

    init(
        _ request: MigrationRequest,
        _ reply: JSONValue,
        _ view: StatusView?,
        isLive: Bool,
        elapsed: Duration
    ) {
        let phase = view?.phase ?? reply["phase"]?.string ?? ""
        let routers = view?.json["routers"]?.array ?? []
        let generation = reply["generation"]?.integer ?? 0
        let acked = routers.count { ($0["generation"]?.integer ?? 0) >= generation }
        var object = reply.object ?? JSONObject()
        object["phase"] = JSONValue(phase)
        object["controller"] = JSONValue(isLive ? "running" : "by hand")
        let isAlready = reply["outcome"]?.string == "already"
        if request.movesBack, Self.backPhases.contains(phase) {
            object["routers"] = JSONValue(routers.count)
            object["routers_acked"] = JSONValue(acked)
        }
        json = JSONValue(object)

        let name = reply["name"]?.string ?? ""
        let event = reply["event"]?.integer ?? 0
        var parts = ["\(name): \(request.word)"]
        if isAlready { parts = ["\(name): \(request.word) was done already"] }
        if request.movesBack, Self.backPhases.contains(phase) {
            let seconds = NumberText.fixed(elapsed.inSeconds, digits: 1)
            parts.append("generation \(generation)")
            parts.append("\(acked)/\(routers.count) routers acked in \(seconds)s")
            parts.append(Self.outcome(phase, isLive: isLive))
        } else if phase == Phase.cancelled.rawValue {
            parts.append("cancelled before its start")
        } else {
            parts.append(phase)
            if let stage = reply["stage"]?.string, !(Phase(rawValue: phase)?.isTerminal ?? true) {
                parts.append("stage \(stage) \(reply["stage_state"]?.string ?? "")")
            }
        }
        parts.append("event \(event)")
        text = parts.joined(separator: ", ")
    }

    /// Where a migration is that goes back, or has come back.
    private static let backPhases = [
        Phase.rollingBack.rawValue, Phase.rolledBack.rawValue, Phase.stuck.rawValue,
        Phase.paused.rawValue,
    ]

    private static func outcome(_ phase: String, isLive: Bool) -> String {
        switch phase {
        case Phase.rolledBack.rawValue: "the candidate serves nothing"
        case Phase.paused.rawValue: "paused at the earlier stage"
        case Phase.stuck.rawValue: "stuck; see `cutover retry`"
        default:
            isLive
                ? "going on" : "no controller runs: it is done when the path runs with its target"
        }
    }
}
