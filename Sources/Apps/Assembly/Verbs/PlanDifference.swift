internal import Failures
internal import JSON

/// What a plan changes of another, by the paths of their normal forms.
struct PlanDifference: Sendable, Hashable {
    /// `stages.1.weightPPM: 100000 → 200000`.
    let lines: [String]

    private static let shownLimit = 8

    /// nil where nothing differs.
    init?(_ old: JSONValue, _ new: JSONValue) {
        var before: [String: String] = [:]
        var after: [String: String] = [:]
        Self.flatten(old, "", &before)
        Self.flatten(new, "", &after)
        var lines: [String] = []
        for path in Set(before.keys).union(after.keys).sorted() where before[path] != after[path] {
            lines.append("\(path): \(before[path] ?? "nothing") → \(after[path] ?? "nothing")")
        }
        if lines.isEmpty { return nil }
        self.lines = lines
    }

    private static func flatten(
        _ value: JSONValue,
        _ path: String,
        _ leaves: inout [String: String]
    ) {
        func child(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        switch value.content {
        case .object(let object):
            for member in object.members { flatten(member.value, child(member.name), &leaves) }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                // Stages and checks are known by their names, wherever they stand.
                flatten(element, child(element["name"]?.string ?? "\(index)"), &leaves)
            }
        default: leaves[path] = value.compactText
        }
    }

    func refusal(_ name: String) -> Failure {
        var shown = lines.prefix(Self.shownLimit).joined(separator: "; ")
        if lines.count > Self.shownLimit { shown += "; \(lines.count - Self.shownLimit) more" }
        return Failure(
            "MIG_PHASE",
            blame: .request,
            "\(name) has not ended, and has another plan: \(shown)",
            remedy: "take the new plan with --yes while it runs, or abort it first"
        )
    }
}
