internal import Arguments

/// Why people are not obeyed, and what they can do instead.
extension Situation {
    /// Why nobody can have a word on a subject: it is no stage, no hook, and no plan's hash.
    func unknownSubject(_ subject: String) -> Refusal? {
        let names = plan.stages.map(\.name) + plan.finalize.onCommit.map(\.name)
        let digits = subject.hasPrefix("sha256:") ? subject.dropFirst(7) : ""
        let isHash = digits.utf8.count == 64 && digits.allSatisfy(\.isHexDigit)
        guard !isHash, !names.contains(subject) else { return nil }
        return Refusal(
            .unknown,
            "\(state.name) has no stage or hook \(subject) that could be approved",
            remedy: NearestName.remedy(for: subject, in: names)
        )
    }

    func wrongPhase() -> Outcome {
        let stage = state.stageState.map { ", stage state \($0.rawValue)" } ?? ""
        let verb = obeying?.verb.name ?? ""
        return .refused(
            Refusal(
                .phase,
                "\(verb) is not possible in phase \(state.phase.rawValue)\(stage)",
                remedy: "possible now: \(possibleVerbs.joined(separator: ", "))"
            )
        )
    }

    /// The verbs that would be looked at now; one that is refused all the same says what it lacks.
    private var possibleVerbs: [String] {
        switch state.phase {
        case .draft: ["abort"]
        case .ready: ["start", "approve", "abort"]
        case .running: runningVerbs
        case .paused: ["resume", "approve", "rollback", "abort"]
        case .finalizing: ["promote", "approve", "rollback", "abort"]
        case .rollingBack: deeperVerbs + ["approve", "abort"]
        case .stuck: ["retry"] + deeperVerbs + ["approve", "abort"]
        case .rolledBack: ["retry"]
        case .completed, .cancelled: ["status", "journal"]
        }
    }

    private var runningVerbs: [String] {
        let waits = state.hold?.reason == .inconclusive && state.hold?.from == .observing
        return (isWatched ? ["promote"] : []) + ["pause"]
            + (state.isHeldByOperator ? ["resume"] : ["hold"])
            + (waits ? ["resume --extend"] : []) + ["approve", "rollback", "apply", "abort"]
    }

    /// A rollback that does not lead to the baseline can become one that leads further back.
    private var deeperVerbs: [String] { state.rollback?.stage == nil ? [] : ["rollback"] }
}
