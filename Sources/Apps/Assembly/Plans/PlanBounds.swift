internal import Failures
internal import MigrationRules
internal import Units
internal import YAML

/// Relations to quantities.
extension PlanReading {
    /// A bound such as `<= 0.1%`, `> 1.5x`, `> 400MiB`, `>= 250ms`.
    func bound(_ node: YAMLNode, _ what: String) -> BoundPlan? {
        guard let text = text(node, what) else { return nil }
        if let bound = Self.bound(text[...]) { return bound }
        refuse(
            "\(what) is \"\(text)\"",
            remedy: "write a relation and a quantity, such as \"<= 0.1%\" or \"> 1.5x\"",
            at: node.position
        )
        return nil
    }

    /// A condition such as `source_lag_seconds > 30`.
    func condition(_ node: YAMLNode, _ what: String) -> ThrottlePlan.Condition? {
        guard let text = text(node, what) else { return nil }
        let metric = text.prefix { $0 != "<" && $0 != ">" }
        let name = String(metric.trimmed)
        guard !name.isEmpty, let bound = Self.bound(text[metric.endIndex...]) else {
            refuse(
                "\(what) is \"\(text)\"",
                remedy: "write a metric, a relation and a quantity, such as \"lag_seconds > 30\"",
                at: node.position
            )
            return nil
        }
        var condition = ThrottlePlan.Condition()
        condition.metric = name
        condition.bound = bound
        return condition
    }

    private static func bound(_ text: Substring) -> BoundPlan? {
        let text = text.trimmed
        // The longer relations first: `<=` begins with `<`.
        let relations: [BoundPlan.Relation] = [.atMost, .atLeast, .below, .above]
        guard let relation = relations.first(where: { text.hasPrefix($0.rawValue) }) else {
            return nil
        }
        let quantity = String(text.dropFirst(relation.rawValue.count).trimmed)
        guard let (amount, unit) = Self.quantity(quantity) else { return nil }
        return BoundPlan(relation, amount, unit)
    }

    private static func quantity(_ text: String) -> (Double, BoundPlan.Unit)? {
        if let number = Double(text), number.isFinite { return (number, .number) }
        if let share = try? PartsPerMillion(parsing: text) { return (Double(share.value), .share) }
        if let multiple = millionths(text) { return (Double(multiple), .multiple) }
        if let size = try? ByteCount(parsing: text) { return (Double(size.bytes), .bytes) }
        guard let duration = try? Duration(parsing: text) else { return nil }
        let nanoseconds = duration.inNanoseconds
        guard nanoseconds % 1_000_000 == 0 else { return nil }
        return (Double(nanoseconds / 1_000_000), .milliseconds)
    }

    /// A word with arguments in brackets: `replay(2026-01-01)` is `replay` with one argument.
    static func call(_ text: String) -> (name: String, arguments: [String])? {
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else {
            return text.contains("(") ? nil : (text, [])
        }
        let inside = text[text.index(after: open)...].dropLast()
        let arguments = inside.split(separator: ",").map { String($0.trimmed) }
        return (String(text[..<open].trimmed), arguments.filter { !$0.isEmpty })
    }
}

extension Substring {
    /// Without spaces at both ends.
    var trimmed: Substring {
        var text = self
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return text
    }
}
