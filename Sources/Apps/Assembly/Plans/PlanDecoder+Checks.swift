internal import MigrationRules
internal import YAML

/// Checks and comparison.
extension PlanDecoder {
    mutating func readChecks(_ keys: inout PlanKeys) {
        guard let member = keys.member("checks") else {
            plan.checks = Self.standardChecks
            return
        }
        reading.note("checks", at: member.position)
        guard let members = member.value.mapping else {
            reading.refuse(
                "spec.checks is \(member.value.kind)",
                remedy: "write a mapping of names to checks",
                at: member.value.position
            )
            return
        }
        if members.count > MigrationPlan.checkLimit {
            reading.refuse(
                "the plan has \(members.count) checks",
                remedy: "write at most \(MigrationPlan.checkLimit)",
                at: member.position
            )
        }
        plan.checks = members.map { check($0) }
    }

    /// What a plan without checks is held to: no plan is promoted on no evidence.
    static var standardChecks: [CheckPlan] {
        func rate(_ name: String, _ metric: String, _ per: String) -> CheckPlan {
            var check = CheckPlan()
            check.name = name
            check.role = .guarding
            check.metric = metric
            check.per = per
            check.promote = BoundPlan(.atMost, 1000, .share)
            check.rollback = BoundPlan(.above, 10_000, .share)
            return check
        }
        return [rate("errors", "failed", "total"), rate("mismatches", "mismatch", "compared")]
    }

    private func check(_ member: YAMLMember) -> CheckPlan {
        var check = CheckPlan()
        check.name = member.key
        let what = "check \(member.key)"
        reading.note("checks/\(member.key)", at: member.position)
        let failureCount = reading.failures.count
        var keys = PlanKeys(member.value, what, reading)
        if let kind = keys.require("kind") { check.kind = reading.choice(kind, "kind") ?? .rate }
        let metric = keys.take("metric")
        if let metric, let text = reading.text(metric, "metric") {
            let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
            check.metric = parts.first
            check.per = parts.count > 1 ? parts[1] : nil
        }
        check.provider = keys.take("provider").flatMap { reading.text($0, "provider") }
        check.query = keys.take("query").flatMap { reading.text($0, "query") }
        check.quantilePPM = keys.take("q").flatMap { quantile($0) }
        readBounds(&check, &keys)
        check.minUnits = keys.take("minUnits").flatMap {
            reading.integer($0, "minUnits", in: 1...Int.max)
        }
        check.windowMs = keys.take("window").flatMap { reading.milliseconds($0, "window") }
        if let intervals = keys.take("for") {
            check.forIntervals = reading.integer(intervals, "for", in: 1...10_000) ?? 1
        }
        check.cap = keys.take("cap").flatMap { reading.number($0, "cap") }
        check.expectedUnits = keys.take("expectedUnits").flatMap {
            reading.integer($0, "expectedUnits", in: 1...Int.max)
        }
        if let weight = keys.take("alphaWeight") {
            check.alphaWeight = reading.integer(weight, "alphaWeight", in: 1...1000) ?? 1
        }
        if let role = keys.take("role") {
            reading.note("checks/\(member.key)/role", at: role.position)
            check.role = reading.choice(role, "role") ?? check.role
        } else {
            check.role = check.rollback != nil ? .guarding : check.promote != nil ? .gate : .signal
        }
        keys.finish()
        guard reading.failures.count == failureCount else { return check }
        requireParts(of: check, member)
        if let metric, reading.failures.count == failureCount {
            requireMetric(of: check, at: metric)
        }
        return check
    }

    private func readBounds(_ check: inout CheckPlan, _ keys: inout PlanKeys) {
        for bound in ["promote", "rollback", "hold"] {
            guard let node = keys.take(bound) else { continue }
            reading.note("checks/\(check.name)/\(bound)", at: node.position)
            let value = reading.bound(node, "\(bound) of check \(check.name)")
            switch bound {
            case "promote": check.promote = value
            case "rollback": check.rollback = value
            default: check.hold = value
            }
        }
    }

    /// `0.99`, in parts per million.
    private func quantile(_ node: YAMLNode) -> Int? {
        guard let number = reading.number(node, "q") else { return nil }
        let share = (number * 1_000_000).rounded()
        guard share > 0, share < 1_000_000 else {
            reading.refuse(
                "q is \(number)",
                remedy: "write a number between 0 and 1, such as 0.99",
                at: node.position
            )
            return nil
        }
        return Int(share)
    }

    private func requireParts(of check: CheckPlan, _ member: YAMLMember) {
        if check.promote == nil, check.rollback == nil, check.hold == nil {
            reading.refuse(
                "check \(check.name) has no bound",
                remedy: "add promote, rollback or hold",
                at: member.position
            )
        }
        if check.metric == nil, check.query == nil {
            reading.refuse(
                "check \(check.name) measures nothing",
                remedy: "add metric, or provider and query",
                at: member.position
            )
        }
        if check.kind == .quantile, check.quantilePPM == nil {
            reading.refuse(
                "check \(check.name) names no quantile",
                remedy: "add q, such as 0.99",
                at: member.position
            )
        }
        let isRatio = [.rate, .rateRatio, .ratio].contains(check.kind)
        if isRatio, check.metric != nil, check.per == nil {
            reading.refuse(
                "the metric of check \(check.name) is no ratio",
                remedy: "write what is counted and of what, such as failed/total",
                at: member.position
            )
        }
    }

    mutating func readCompare(_ node: YAMLNode) {
        var keys = PlanKeys(node, "spec.compare", reading)
        if let align = keys.take("align") {
            reading.note("compare/align", at: align.position)
            plan.compare.align = reading.texts(align, "compare.align")
        }
        if let rules = keys.take("rules") {
            plan.compare.rules = reading.elements(rules, "compare.rules").map { rule($0) }
        }
        if let examples = keys.take("examples") {
            var inner = PlanKeys(examples, "compare.examples", reading)
            if let keep = inner.take("keep") {
                plan.compare.keepExamples =
                    reading.integer(keep, "examples.keep", in: 0...1000) ?? 20
            }
            if let sensitive = inner.take("sensitive") {
                plan.compare.isSensitive = reading.bool(sensitive, "examples.sensitive") ?? true
            }
            inner.finish()
        }
        if let noise = keys.take("noise") {
            var inner = PlanKeys(noise, "compare.noise", reading)
            if let share = inner.require("of") {
                plan.compare.noisePPM = reading.share(share, "noise.of") ?? 0
            }
            inner.finish()
        }
        keys.finish()
    }

    private func rule(_ node: YAMLNode) -> ComparisonRule {
        var rule = ComparisonRule()
        var keys = PlanKeys(node, "a comparison rule", reading)
        if let path = keys.require("path"), let text = reading.text(path, "path") {
            rule.path = text
            if !text.hasPrefix("$") {
                reading.refuse(
                    "the path is \"\(text)\"",
                    remedy: "begin paths with $",
                    at: path.position
                )
            }
        }
        rule.tolerance = tolerance(&keys)
        if let ignore = keys.take("ignore") {
            var inner = PlanKeys(ignore, "ignore", reading)
            var what = IgnoreRule()
            what.reason = inner.require("reason").flatMap { reading.text($0, "reason") } ?? ""
            what.owner = inner.require("owner").flatMap { reading.text($0, "owner") } ?? ""
            what.expires = inner.require("expires").flatMap { date($0) } ?? ""
            inner.finish()
            rule.ignore = what
        }
        if let list = keys.take("list") { rule.list = self.list(list) }
        if let sensitive = keys.take("sensitive") {
            rule.isSensitive = reading.bool(sensitive, "sensitive") ?? true
        }
        keys.finish()
        return rule
    }

    private func date(_ node: YAMLNode) -> String? {
        guard let text = reading.text(node, "expires") else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard parts.map(\.utf8.count) == [4, 2, 2], numbers.count == 3,
            (1...12).contains(numbers[1]), (1...31).contains(numbers[2])
        else {
            reading.refuse(
                "expires is \"\(text)\"",
                remedy: "write a day such as 2026-12-31",
                at: node.position
            )
            return nil
        }
        return text
    }

    /// `ordered`, `multiset`, or `{ keyed: [COLUMN] }`.
    private func list(_ node: YAMLNode) -> ListRule? {
        var rule = ListRule()
        if node.mapping != nil {
            var keys = PlanKeys(node, "list", reading)
            rule.mode = .keyed
            rule.by = keys.require("keyed").map { reading.texts($0, "list.keyed") } ?? []
            keys.finish()
            return rule
        }
        guard let mode = reading.choice(node, "list", ListRule.Mode.self) else { return nil }
        rule.mode = mode
        if mode == .keyed {
            reading.refuse(
                "a keyed list names no key",
                remedy: "write { keyed: [COLUMN] }",
                at: node.position
            )
        }
        return rule
    }

    private func tolerance(_ keys: inout PlanKeys) -> Tolerance? {
        let kind = keys.take("tol")
        var tolerance = Tolerance()
        if let kind {
            tolerance.kind = reading.choice(kind, "tol") ?? .exact
            if tolerance.kind == .absrel {
                tolerance.abs = Tolerance.floats.abs
                tolerance.rel = Tolerance.floats.rel
            }
        }
        var options: [YAMLNode] = []
        func number(_ key: String, _ place: WritableKeyPath<Tolerance, Double>) {
            guard let node = keys.take(key) else { return }
            options.append(node)
            tolerance[keyPath: place] = reading.number(node, key) ?? 0
        }
        func integer(_ key: String, _ place: WritableKeyPath<Tolerance, Int>) {
            guard let node = keys.take(key) else { return }
            options.append(node)
            tolerance[keyPath: place] = reading.integer(node, key, in: 0...Int.max) ?? 0
        }
        func time(_ key: String, _ place: WritableKeyPath<Tolerance, Int>) {
            guard let node = keys.take(key) else { return }
            options.append(node)
            tolerance[keyPath: place] = (reading.milliseconds(node, key) ?? 0) * 1_000_000
        }
        number("abs", \.abs)
        number("rel", \.rel)
        number("coefficient", \.coefficient)
        integer("ulps", \.ulps)
        integer("digits", \.digits)
        time("delta", \.deltaNs)
        time("precision", \.precisionNs)
        if let text = keys.take("text") {
            options.append(text)
            let rules = text.sequence ?? [text]
            tolerance.text = rules.compactMap { reading.choice($0, "text") }
        }
        if let capture = keys.take("capture") {
            options.append(capture)
            tolerance.capture = reading.text(capture, "capture")
        }
        if let first = options.first, kind == nil {
            reading.refuse(
                "a tolerance has no kind",
                remedy: "add tol, such as tol: absrel",
                at: first.position
            )
        }
        return kind == nil ? nil : tolerance
    }
}
