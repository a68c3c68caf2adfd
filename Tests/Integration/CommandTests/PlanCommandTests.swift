internal import Foundation
internal import JSON
internal import TestKit
internal import Testing

@Suite("cutover plan", .scratchDirectory)
struct PlanCommandTests {
    private static let plan = """
        apiVersion: cutover/v1
        kind: Migration
        metadata: { name: prices }
        spec:
          target: exec/prices
          primary: { command: ./v1.py }
          candidate: { command: ./v2.py }
          effects: none
          preset: ramp

        """

    private func program() throws -> Program {
        let program = try Program()
        try program.write("good.yaml", Self.plan)
        try program.write("typo.yaml", Self.plan.replacing("preset", with: "presett"))
        let stage = "stages: [{ name: a, strategy: canary, weight: 10% }]"
        try program.write("left.yaml", Self.plan.replacing("preset: ramp", with: stage))
        let many = "preset: ramp\n  defaults: { alpha: { rollback: 0.02 } }"
        try program.write("alarms.yaml", Self.plan.replacing("preset: ramp", with: many))
        return program
    }

    @Test("lint says of a good plan what it is")
    func goodPlans() throws {
        let result = try program().run("plan lint good.yaml")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("good.yaml: prices, 5 stages, 2 checks, sha256:"))
        #expect(result.output.hasSuffix(", no findings\n"))
    }

    @Test("lint tells mistakes and findings of all files, and exits with 2")
    func badPlans() throws {
        let program = try program()
        let result = try program.run("plan lint typo.yaml left.yaml good.yaml absent.yaml")
        #expect(result.status == 2)
        let error = "typo.yaml:9:3: error MIG_UNKNOWN_KEY: spec has no key \"presett\""
        #expect(result.errors.contains(error), "\(result.errors)")
        #expect(result.errors.contains("nearest is preset"))
        #expect(result.errors.contains("absent.yaml"))
        #expect(
            result.output.contains("left.yaml:9:49 error L24 units-left-behind: the last stage"),
            "\(result.output)"
        )
        #expect(result.output.contains("   fix: add a stage"))
        #expect(result.output.contains("good.yaml: prices"))
    }

    @Test("Warnings count with --strict only")
    func warnings() throws {
        let program = try program()
        let result = try program.run("plan lint alarms.yaml")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains(" warning L11 false-alarms: "))
        #expect(try program.run("plan lint alarms.yaml --strict").status == 2)
    }

    @Test("A plan that is too long is told with its size and the limit")
    func longPlans() throws {
        let program = try program()
        try program.write("long.yaml", Self.plan + String(repeating: "#\n", count: 1 << 19))
        let result = try program.run("plan lint long.yaml")
        #expect(result.status == 2)
        let size = (1 << 20) + Self.plan.utf8.count
        #expect(
            result.errors.contains("has \(size) bytes; the limit is 1048576"),
            "\(result.errors)"
        )
    }

    @Test("With --json there is one object, with the first error in front")
    func machines() throws {
        let program = try program()
        let result = try program.run("plan lint left.yaml good.yaml --units-per-hour 10 --json")
        #expect(result.status == 2)
        let json = try result.json
        #expect(json["valid"]?.bool == false)
        #expect(json["error"]?["code"]?.string == "MIG_PLAN_LINT")
        #expect(json["error"]?["problem"]?.string?.hasPrefix("L24 units-left-behind: ") == true)
        #expect(json["error"]?["position"]?.string == "left.yaml:9:49")
        let files = try #require(json["files"]?.array)
        #expect(files.map { $0["valid"]?.bool } == [false, true])
        #expect(files[0]["findings"]?.array?.map { $0["rule"]?.string } == ["L24"])
        #expect(files[1]["plan_hash"]?.string?.hasPrefix("sha256:") == true)
        #expect(try program.run("plan lint alarms.yaml --json").json["error"] == nil)
        let strict = try program.run("plan lint alarms.yaml --strict --json").json
        #expect(strict["error"]?["problem"]?.string?.hasPrefix("L11 ") == true)
        let typo = try program.run("plan lint typo.yaml --json")
        #expect(typo.status == 2)
        #expect(try typo.json["error"]?["code"]?.string == "MIG_UNKNOWN_KEY")
    }
}
