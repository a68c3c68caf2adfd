internal import Failures
internal import MigrationRules
internal import Routing
internal import YAML

/// Turns a plan's text into its normal form: aliases resolved, presets expanded, defaults filled.
struct PlanDecoder {
    let reading = PlanReading()
    var plan = MigrationPlan()

    /// Reads a file's bytes; `source` is its name in positions.
    init(_ text: [UInt8], source: String) {
        let root: YAMLNode
        do throws(YAMLError) {
            root = try YAMLNode(parsing: text, source: source)
        } catch {
            reading.refuse(error.problem, remedy: error.remedy, at: error.position)
            return
        }
        var keys = PlanKeys(root, "the plan", reading)
        guard readVersion(&keys) else { return }
        if let metadata = keys.require("metadata") { readMetadata(metadata) }
        if let spec = keys.require("spec") { readSpecification(spec) }
        keys.finish()
    }

    /// Whether the rest can be read at all.
    private func readVersion(_ keys: inout PlanKeys) -> Bool {
        guard let version = keys.take("apiVersion"), let kind = keys.take("kind") else {
            // Of a text that is no mapping this was told already.
            guard reading.failures.isEmpty else { return false }
            reading.refuse(
                "the plan has no apiVersion or no kind",
                remedy: "begin with apiVersion: \(MigrationPlan.apiVersion) and kind: Migration",
                at: keys.position
            )
            return false
        }
        let found = version.scalar?.text ?? version.kind
        guard found == MigrationPlan.apiVersion else {
            reading.fail(
                "MIG_PLAN_VERSION",
                "the plan's apiVersion is \(found)",
                remedy: "this version of cutover reads \(MigrationPlan.apiVersion)",
                at: version.position
            )
            return false
        }
        guard kind.scalar?.text == "Migration" else {
            reading.fail(
                "MIG_PLAN_VERSION",
                "the plan's kind is \(kind.scalar?.text ?? kind.kind)",
                remedy: "this version of cutover reads the kind Migration",
                at: kind.position
            )
            return false
        }
        return true
    }

    private mutating func readMetadata(_ node: YAMLNode) {
        var keys = PlanKeys(node, "metadata", reading)
        if let name = keys.require("name") {
            reading.note("name", at: name.position)
            plan.name = identifier(name, "metadata.name") ?? ""
        }
        plan.owner = keys.take("owner").flatMap { reading.text($0, "metadata.owner") }
        keys.finish()
    }

    /// A name that can stand in paths, metrics and commands.
    func identifier(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reading.text(node, what) else { return nil }
        let isGood =
            text.utf8.count <= 128 && text.first != "." && text.first != "-"
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
        guard isGood else {
            reading.refuse(
                "\(what) is \"\(text)\"",
                remedy: "write letters, digits, `.`, `_` and `-`, at most 128",
                at: node.position
            )
            return nil
        }
        return text
    }

    private mutating func readSpecification(_ node: YAMLNode) {
        var keys = PlanKeys(node, "spec", reading)
        readTarget(&keys)
        readRouting(&keys)
        if let compare = keys.take("compare") { readCompare(compare) }
        if let invariants = keys.take("invariants") {
            reading.note("invariants", at: invariants.position)
            plan.invariants = self.invariants(invariants, "spec.invariants")
        }
        readChecks(&keys)
        readStages(&keys)
        if let defaults = keys.take("defaults") { readDefaults(defaults) }
        readEnding(&keys)
        readSurroundings(&keys)
        keys.finish()
    }

    private mutating func readTarget(_ keys: inout PlanKeys) {
        if let target = keys.require("target"), let text = reading.text(target, "spec.target") {
            reading.note("target", at: target.position)
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count != 2 || parts.contains(where: \.isEmpty) {
                reading.refuse(
                    "spec.target is \"\(text)\"",
                    remedy: "write PATH/NAME, such as stream/flights-hourly",
                    at: target.position
                )
            }
            plan.target = text
        }
        if let primary = keys.require("primary", or: "control", "stable", "blue", "v1") {
            plan.primary = variant(primary, "primary")
        }
        if let candidate = keys.require("candidate", or: "secondary", "canary", "green", "v2") {
            reading.note("candidate", at: candidate.position)
            plan.candidate = variant(candidate, "candidate")
        }
        if let effects = keys.require("effects"),
            let choice = reading.choice(effects, "spec.effects", Effects.self)
        {
            plan.effects = choice
        }
        if let unit = keys.take("unit") {
            reading.note("unit", at: unit.position)
            plan.unit = self.unit(unit)
        } else if plan.primary.adapter == "exec" {
            plan.unit.kind = .key
        }
        plan.dependsOn = keys.take("dependsOn").map { reading.texts($0, "spec.dependsOn") } ?? []
    }

    private func variant(_ node: YAMLNode, _ what: String) -> VariantPlan {
        var variant = VariantPlan()
        let failureCount = reading.failures.count
        var keys = PlanKeys(node, what, reading)
        let adapterNode = keys.take("adapter")
        let adapter = adapterNode.flatMap { adapterName($0, what) }
        let reference = keys.take("ref")
        variant.ref = reference.flatMap { reading.text($0, "\(what).ref") }
        if let command = keys.take("command") { variant.command = words(command, what) }
        variant.url = keys.take("http").flatMap { endpoint($0, what) }
        if let match = keys.take("match"), let text = reading.text(match, "\(what).match") {
            variant.answersInOrder = text == "order"
            if !["order", "id"].contains(text) {
                reading.refuse(
                    "\(what).match is \"\(text)\"",
                    remedy: "write id or order",
                    at: match.position
                )
            }
        }
        if let shadow = keys.take("shadow") {
            var inner = PlanKeys(shadow, "\(what).shadow", reading)
            if let command = inner.take("command") {
                variant.sandboxCommand = words(command, "\(what).shadow")
            }
            variant.sandboxURL = inner.take("http").flatMap { endpoint($0, "\(what).shadow") }
            inner.finish()
        }
        let isExec = !variant.command.isEmpty || variant.url != nil
        variant.adapter = adapter ?? (isExec ? "exec" : "")
        keys.finish()
        guard reading.failures.count == failureCount else { return variant }
        if variant.adapter.isEmpty {
            reading.refuse(
                "\(what) names no adapter",
                remedy: "add adapter, or command or http for programs of your own",
                at: node.position
            )
        }
        requireParts(of: variant, what, reference, at: adapterNode ?? node)
        return variant
    }

    /// A list of arguments, or a text that is split at spaces; no shell reads it.
    private func words(_ node: YAMLNode, _ what: String) -> [String] {
        if node.sequence != nil { return reading.texts(node, "\(what).command") }
        let text = reading.text(node, "\(what).command") ?? ""
        return text.split(separator: " ").map(String.init)
    }

    private func endpoint(_ node: YAMLNode, _ what: String) -> String? {
        var keys = PlanKeys(node, "\(what).http", reading)
        let url = keys.require("url").flatMap { reading.text($0, "\(what).http.url") }
        keys.finish()
        return url
    }

    /// Names, or names with the columns that they are about.
    func invariants(_ node: YAMLNode, _ what: String) -> [InvariantPlan] {
        reading.elements(node, what).compactMap { element in
            var invariant = InvariantPlan()
            if let member = element.mapping?.first, element.mapping?.count == 1 {
                invariant.name = member.key
                invariant.fields = reading.texts(member.value, "\(what).\(member.key)")
            } else {
                guard let name = reading.text(element, what) else { return nil }
                invariant.name = name
            }
            reading.note("invariants/\(invariant.name)", at: element.position)
            return invariant
        }
    }
}
