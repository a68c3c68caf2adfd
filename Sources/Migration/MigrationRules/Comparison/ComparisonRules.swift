/// A rule that cannot be obeyed.
package struct ComparisonRuleError: Error, Sendable, Hashable, CustomStringConvertible {
    package var path: String
    package var problem: String
    package var remedy: String

    package var description: String { "rule \(path): \(problem); \(remedy)" }
}

/// The rules of a plan, checked and ready to be looked up by path.
package struct ComparisonRules: Sendable {
    /// What holds for one path.
    struct Judgement: Sendable {
        var tolerance: ToleranceTest?
        /// The reason, where differences do not count.
        var ignoredBecause: String?
        var list: ListRule?
        var isSensitive: Bool
    }

    private struct Rule: Sendable {
        var pattern: PathPattern
        var tolerance: ToleranceTest?
        var ignoredBecause: String?
        var list: ListRule?
        var isSensitive: Bool
    }

    /// Most specific first.
    private let rules: [Rule]
    package let keepExamples: Int
    private let areAllSensitive: Bool

    /// Checks the rules of a plan.
    ///
    /// - Parameters:
    ///   - plan: how results are compared; `align` makes a list of rows a keyed one.
    ///   - today: the date as `2026-12-31`; ignore rules that expired by then no longer count.
    /// - Throws: ``ComparisonRuleError`` for a path, a tolerance or an ignore rule that is incomplete.
    package init(_ plan: ComparePlan, today: String) throws(ComparisonRuleError) {
        var rules: [Rule] = []
        for rule in plan.rules { rules.append(try Self.compiled(rule, today)) }
        if !plan.align.isEmpty, let root = PathPattern("$") {
            var keyed = ListRule()
            keyed.mode = .keyed
            keyed.by = plan.align
            rules.append(Rule(pattern: root, list: keyed, isSensitive: false))
        }
        // The sort is made stable by the place, so that of two equal paths the later rule wins.
        self.rules = rules.enumerated().sorted { left, right in
            if left.element.pattern.isMoreSpecific(than: right.element.pattern) { return true }
            if right.element.pattern.isMoreSpecific(than: left.element.pattern) { return false }
            return left.offset > right.offset
        }.map(\.element)
        keepExamples = plan.keepExamples
        areAllSensitive = plan.isSensitive
    }

    private static func compiled(
        _ rule: ComparisonRule,
        _ today: String
    ) throws(ComparisonRuleError) -> Rule {
        func problem(_ problem: String, _ remedy: String) -> ComparisonRuleError {
            ComparisonRuleError(path: rule.path, problem: problem, remedy: remedy)
        }
        guard let pattern = PathPattern(rule.path) else {
            throw problem("\"\(rule.path)\" is no path", "write it like $.items[*].price")
        }
        var compiled = Rule(pattern: pattern, list: rule.list, isSensitive: rule.isSensitive)
        if let ignore = rule.ignore {
            for (name, value) in [
                ("reason", ignore.reason), ("owner", ignore.owner), ("expires", ignore.expires),
            ] where value.isEmpty {
                throw problem("its ignore has no \(name)", "say why, who decided, and until when")
            }
            guard isDate(ignore.expires) else {
                throw problem("\"\(ignore.expires)\" is no date", "write it like 2026-12-31")
            }
            if today < ignore.expires { compiled.ignoredBecause = ignore.reason }
        }
        if let tolerance = rule.tolerance {
            compiled.tolerance = try ToleranceTest(tolerance, path: rule.path)
        }
        if let list = rule.list, list.mode == .keyed, list.by.isEmpty {
            throw problem("a keyed list names no key", "name the members in `by`")
        }
        return compiled
    }

    /// Whether a text has the form `2026-12-31`, in which dates sort as text.
    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [4, 2, 2]
            && parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    /// What holds at `path`: of each kind of rule the most specific one.
    func judgement(at path: ValuePath) -> Judgement {
        var found = Judgement(isSensitive: areAllSensitive)
        var isDecided = false
        for rule in rules where rule.pattern.covers(path) {
            // A tolerance below an ignored path takes its differences seriously again.
            if !isDecided, rule.tolerance != nil || rule.ignoredBecause != nil {
                found.tolerance = rule.tolerance
                found.ignoredBecause = rule.ignoredBecause
                isDecided = true
            }
            // How a list is read is said for the list itself, not for lists inside it.
            if found.list == nil, rule.pattern.segments.count == path.steps.count {
                found.list = rule.list
            }
            found.isSensitive = found.isSensitive || rule.isSensitive
        }
        return found
    }
}
