package import Failures
internal import Files
package import JSON
package import MigrationRules

/// A finding about a plan, at its place in the plan's file.
package struct PlanFinding: Sendable, Hashable, CustomStringConvertible {
    package let rule: String
    package let title: String
    package let isError: Bool
    package let position: SourcePosition
    package let problem: String
    package let fix: String

    init(_ finding: LintFinding, at position: SourcePosition) {
        rule = finding.rule.rawValue
        title = finding.rule.title
        isError = finding.rule.severity == .error
        self.position = position
        problem = finding.problem
        fix = finding.fix
    }

    /// `plan.yaml:31:5 error L02 unreachable-evidence: …`, and the remedy on a line of its own.
    package var lines: [String] {
        let severity = isError ? "error" : "warning"
        return ["\(position) \(severity) \(rule) \(title): \(problem)", "   fix: \(fix)"]
    }

    package var description: String { lines.joined(separator: "\n") }

    /// The finding as the failure of what needs a plan without it.
    package var failure: Failure {
        Failure(
            "MIG_PLAN_LINT",
            blame: .request,
            "\(rule) \(title): \(problem)",
            remedy: fix,
            at: .text(position)
        )
    }

    package var json: JSONValue {
        [
            "rule": JSONValue(rule), "title": JSONValue(title),
            "severity": JSONValue(isError ? "error" : "warning"),
            "position": JSONValue(position.description), "problem": JSONValue(problem),
            "fix": JSONValue(fix),
        ]
    }
}

/// A file with a plan, read and held against the rules.
package struct PlanFile: Sendable {
    /// As the user named it.
    package let path: String
    /// The file's text, as the journal keeps it.
    package let text: String
    /// What was read; nil where something is wrong with it.
    package let plan: MigrationPlan?
    /// `sha256:…`; nil where there is no plan.
    package let hash: String?
    /// What is wrong with the file itself.
    package let failures: [Failure]
    /// What the rules say about the plan, in the order of the file.
    package let findings: [PlanFinding]

    /// Largest plan.
    package static let sizeLimit = 1 << 20

    /// Reads and checks a file.
    ///
    /// What is wrong with the plan is in ``failures`` and ``findings``. Throws `IO_READ` where there is no such file.
    package init(_ path: String, facts: LintFacts = LintFacts()) throws(Failure) {
        let bytes: [UInt8]
        do throws(Failure) {
            guard case .file(let size) = try Directory.kind(of: path) else {
                throw Failure(
                    "IO_READ",
                    blame: .request,
                    "there is no file \(path)",
                    remedy: "name a file with a plan"
                )
            }
            guard size <= Self.sizeLimit else {
                throw Failure(
                    "IO_READ",
                    blame: .request,
                    "the plan \(path) has \(size) bytes; the limit is \(Self.sizeLimit)",
                    remedy: "name a smaller file, or leave out what is no plan"
                )
            }
            bytes = try Directory.read(path, limit: Self.sizeLimit)
        } catch {
            var failure = error
            failure.blame = .request
            throw failure
        }
        self.init(path: path, bytes: bytes, facts: facts)
    }

    /// Reads and checks a file at the load that is expected, for callers that know nothing of rules.
    package init(_ path: String, unitsPerHour: Double?) throws(Failure) {
        try self.init(path, facts: LintFacts(unitsPerHour: unitsPerHour))
    }

    /// Reads and checks bytes that the user gave as `path`.
    package init(path: String, bytes: [UInt8], facts: LintFacts = LintFacts()) {
        self.path = path
        text = String(decoding: bytes, as: UTF8.self)
        let decoder = PlanDecoder(bytes, source: path)
        let reading = decoder.reading
        var failures = reading.failures
        var hash: String?
        if failures.isEmpty {
            do throws(JSONError) {
                hash = try decoder.plan.hash()
            } catch {
                failures.append(error.failure("MIG_PLAN_SYNTAX"))
            }
        }
        self.failures = failures.sorted { Self.place($0) < Self.place($1) }
        self.hash = hash
        plan = hash == nil ? nil : decoder.plan
        guard let plan else {
            findings = []
            return
        }
        let start = SourcePosition(source: path, line: 1, column: 1)
        var findings = PlanLint.findings(plan, facts).map { finding in
            PlanFinding(finding, at: reading.position(of: finding.place) ?? start)
        }
        findings += reading.oddities.map { PlanFinding($0.finding, at: $0.position) }
        self.findings = findings.sorted { ($0.position, $0.rule) < ($1.position, $1.rule) }
    }

    private static func place(_ failure: Failure) -> SourcePosition {
        if case .text(let position) = failure.position { return position }
        return SourcePosition(line: 1, column: 1)
    }

    /// The plan's stages in their order.
    package var stageNames: [String] { plan?.stages.map(\.name) ?? [] }

    /// Whether the plan may be run; `isStrict` counts warnings as errors.
    package func isGood(isStrict: Bool = false) -> Bool {
        failures.isEmpty && !findings.contains { $0.isError || isStrict }
    }

    /// `plan.yaml: flights-demo, 5 stages, 3 checks, sha256:…, 2 findings`.
    package var summary: String {
        guard let plan, let hash else {
            return "\(path): no plan, \(Self.count(failures.count, "error"))"
        }
        let parts = [
            plan.name, Self.count(plan.stages.count, "stage"),
            Self.count(plan.checks.count, "check"),
            hash, findings.isEmpty ? "no findings" : Self.count(findings.count, "finding"),
        ]
        return "\(path): \(parts.joined(separator: ", "))"
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// What a machine wants to know; `isStrict` counts warnings as errors.
    package func json(isStrict: Bool = false) -> JSONValue {
        [
            "file": JSONValue(path), "valid": JSONValue(isGood(isStrict: isStrict)),
            "name": JSONValue(plan?.name), "plan_hash": JSONValue(hash),
            "stages": JSONValue(plan?.stages.count), "checks": JSONValue(plan?.checks.count),
            "errors": JSONValue(failures.compactMap { $0.json["error"] }),
            "findings": JSONValue(findings.map(\.json)),
        ]
    }
}

extension PlanReading {
    /// Where a part of the plan stands, or else the smallest part around it that has a place.
    func position(of place: String) -> SourcePosition? {
        var name = place[...]
        while true {
            if let position = places[String(name)] { return position }
            guard let slash = name.lastIndex(of: "/") else { return nil }
            name = name[..<slash]
        }
    }
}

extension PlanReading.Oddity {
    fileprivate var finding: LintFinding {
        switch kind {
        case .otherAssignment(let way): PlanLint.otherAssignment(way, stage: stage)
        case .secondSalt: PlanLint.secondSalt(stage: stage ?? "")
        }
    }
}
