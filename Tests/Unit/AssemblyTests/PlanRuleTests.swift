internal import Assembly
internal import Failures
internal import Foundation
internal import MigrationRules
internal import Testing

@Suite("Rules about plans")
struct PlanRuleTests {
    private func findings(
        _ lines: String,
        _ facts: LintFacts = LintFacts(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> [PlanFinding] {
        let file = PlanFileTests.read(PlanFileTests.plan(lines), facts)
        #expect(file.failures.isEmpty, "\(file.failures)", sourceLocation: sourceLocation)
        return file.findings
    }

    @Test("L02: a gate that cannot decide in time is found, with what would do")
    func unreachableEvidence() {
        let lines = """
              checks:
                errors: { kind: rate, metric: failed/total, promote: "<= 0.1%", rollback: "> 1%" }
              stages:
                - { name: shadow, strategy: shadow, soak: { min: 24h } }
                - { name: canary-10, strategy: canary, weight: 10%, soak: { min: 24h, max: 72h } }
                - { name: full, strategy: full, soak: { min: 24h } }
            """
        let found = findings(lines, LintFacts(unitsPerHour: 125))
        #expect(found.map(\.rule) == ["L02"])
        #expect(found.first?.position.description == "p.yaml:13:63")
        #expect(
            found.first?.problem
                == "check errors, stage canary-10 needs 3,688 units; 72h yield about 900"
        )
        #expect(found.first?.fix == "a shadow stage at 100% decides in 30h, or soak.max: 296h")
        #expect(findings(lines).isEmpty)
        #expect(findings(lines, LintFacts(unitsPerHour: 600)).isEmpty)
    }

    @Test("L02: the numbers of units are those without a failure")
    func unitsNeeded() {
        var check = CheckPlan()
        for (ppm, promote, rollback) in [
            (50_000, 72, 104), (10_000, 368, 528), (5000, 736, 1058), (1000, 3688, 5296),
            (100, 36_887, 52_981),
        ] {
            check.promote = BoundPlan(.atMost, Double(ppm), .share)
            #expect(PlanLint.unitsNeeded(check, alphaPPM: 50_000) == promote)
            #expect(PlanLint.unitsNeeded(check, alphaPPM: 10_000) == rollback)
        }
        check.minUnits = 60_000
        #expect(PlanLint.unitsNeeded(check, alphaPPM: 50_000) == 60_000)
    }

    @Test("L04: weights that fall, parity and second salts break the nesting of cohorts")
    func cohortsNest() {
        let falls = findings(
            """
              stages:
                - { name: a, strategy: canary, weight: 50% }
                - { name: b, strategy: canary, weight: 10.5% }
                - { name: c, strategy: full }
            """
        )
        #expect(falls.map(\.rule) == ["L04"])
        #expect(falls.first?.position.description == "p.yaml:11:44")
        #expect(falls.first?.problem.contains("from 50% in a to 10.5% in b") == true)
        let parity = findings(
            """
              stages:
                - { name: a, strategy: canary, weight: 10% }
                - { name: b, strategy: ab-test, weight: 50%, assign: parity, salt: other }
                - { name: c, strategy: full }
            """
        )
        #expect(parity.map(\.rule) == ["L04", "L04"])
        #expect(parity.map(\.problem).contains { $0.contains("by parity") })
        #expect(parity.map(\.problem).contains { $0.contains("salt of its own") })
    }

    @Test("L05: units finer than what keeps state are found")
    func stateIsNotSplit() {
        let lines = """
              unit: { kind: key, targetingKey: [symbol, order] }
              invariants: [{ no-split: symbol }]
              preset: ramp
            """
        let found = findings(lines)
        #expect(found.map(\.rule) == ["L05"])
        #expect(found.first?.position.description == "p.yaml:9:36")
        #expect(found.first?.problem.contains("order splits a group over both sides") == true)
        let coarse = lines.replacing("[symbol, order]", with: "[symbol]")
        #expect(findings(coarse).isEmpty)
        let facts = LintFacts(stateKeys: ["window": ["symbol", "venue"], "rank": ["venue"]])
        #expect(findings(coarse, facts).map(\.problem).filter { $0.contains("rank") }.count == 1)
    }

    @Test("L12: a missing cell of the compatibility matrix is named")
    func matrixIsComplete() {
        let found = findings(
            """
              preset: ramp
              compatibility:
                readers: [old, new]
                data: [plain, packed]
                matrix: { old: { plain: ok }, new: { plain: ok, packed: ok } }
            """
        )
        #expect(found.map(\.rule) == ["L12"])
        #expect(found.first?.problem == "1 of 4 cells are missing: old reads packed")
    }

    @Test("L18: bounds that contradict each other, and roles that do not fit them")
    func boundsAgree() {
        func found(_ check: String) -> [String] {
            findings("  preset: ramp\n  checks: { c: { \(check) } }\n").map(\.rule)
        }
        let rate = "kind: rate, metric: failed/total"
        #expect(found("\(rate), promote: \"<= 1%\", rollback: \"> 1%\"").isEmpty)
        #expect(found("\(rate), promote: \"<= 1%\", rollback: \">= 1%\"") == ["L18"])
        #expect(found("\(rate), promote: \"<= 2%\", rollback: \"> 1%\"") == ["L18"])
        #expect(found("\(rate), promote: \">= 1%\", rollback: \"> 5%\"") == ["L18"])
        #expect(found("\(rate), promote: \"<= 1%\", rollback: \"> 1.5x\"") == ["L18"])
        #expect(found("role: gate, \(rate), promote: \"<= 1%\", rollback: \"> 5%\"") == ["L18"])
        #expect(found("role: guard, \(rate), promote: \"<= 1%\"") == ["L18"])
        #expect(found("role: signal, \(rate), promote: \"<= 1%\"") == ["L18"])
        #expect(found("\(rate), promote: \"<= 0%\"") == ["L02"])
        let soak = findings("  stages: [{ name: a, strategy: full, soak: { min: 2h, max: 1h } }]\n")
        #expect(soak.map(\.rule) == ["L18"])
    }

    @Test("L24: units that would stay on the primary for ever are found")
    func nothingIsLeftBehind() {
        let canary = findings("  stages: [{ name: a, strategy: canary, weight: 90% }]\n")
        #expect(canary.map(\.rule) == ["L24"])
        #expect(canary.first?.problem.contains("leaves 10% of the units") == true)
        #expect(findings("  stages: [{ name: a, strategy: shadow }]\n").map(\.rule) == ["L24"])
        #expect(findings("  stages: [{ name: a, strategy: blue-green }]\n").isEmpty)
    }

    @Test("L11, L17: many stages and many guards are warnings, which only strictness refuses")
    func warningsAreNoErrors() {
        let stages = (1...7).map { "- { name: s\($0), strategy: canary, weight: \($0 * 10)% }" }
        let guards = (1...9).map {
            "g\($0): { kind: rate, metric: failed/total, rollback: \"> 1%\" }"
        }
        let lines = """
              checks: { \(guards.joined(separator: ", ")) }
              stages:
                \(stages.joined(separator: "\n    "))
                - { name: full, strategy: full }
            """
        let file = PlanFileTests.read(PlanFileTests.plan(lines))
        #expect(file.failures.isEmpty, "\(file.failures)")
        #expect(Set(file.findings.map(\.rule)) == ["L11", "L17"])
        #expect(file.isGood())
        #expect(!file.isGood(isStrict: true))
        #expect(file.findings.first?.description.contains(" warning L") == true)
    }

    @Test("The examples are good plans, and each broken one is refused by the rule in its name")
    func examplesHold() throws {
        var folder = URL(filePath: #filePath)
        while folder.lastPathComponent != "Tests" { folder.deleteLastPathComponent() }
        folder = folder.deletingLastPathComponent().appending(path: "Examples/plans")
        for name in ["flights", "smallest"] {
            let file = try PlanFile(folder.appending(path: "\(name).yaml").path)
            #expect(file.failures.isEmpty, "\(file.failures)")
            #expect(file.findings.isEmpty, "\(file.findings)")
        }
        let codes = [
            "unknown-key": "MIG_UNKNOWN_KEY", "version": "MIG_PLAN_VERSION",
            "syntax": "MIG_PLAN_SYNTAX", "no-unit": "MIG_PLAN_SYNTAX",
        ]
        let broken = folder.appending(path: "broken")
        let names = try FileManager.default.contentsOfDirectory(atPath: broken.path)
        #expect(names.count > 8)
        for name in names.sorted() {
            let file = try PlanFile(broken.appending(path: name).path)
            let stem = String(name.dropLast(5))
            if let code = codes[stem] {
                #expect(file.failures.first?.code == code, "\(name): \(file.failures)")
            } else {
                let rule = stem.prefix(3).uppercased()
                #expect(file.failures.isEmpty, "\(name): \(file.failures)")
                #expect(Set(file.findings.map(\.rule)) == [rule], "\(name): \(file.findings)")
            }
            #expect(!file.isGood(), "\(name)")
        }
    }
}
