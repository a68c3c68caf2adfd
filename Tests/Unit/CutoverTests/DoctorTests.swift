internal import Foundation
internal import Testing
internal import cutover

@Suite("Doctor")
struct DoctorTests {
    @Test("A version is read out of what tools print")
    func versionsAreRead() {
        let swift = "Swift version 6.3.1 (swift-6.3.1-RELEASE)\nTarget: x86_64-unknown-linux-gnu"
        #expect(ToolVersion(in: swift, after: "Swift version") == ToolVersion(6, 3, 1))
        #expect(
            ToolVersion(in: "openjdk version \"17.0.1\" 2021", after: "version \"")
                == ToolVersion(17, 0, 1)
        )
        #expect(ToolVersion(in: "pip 23.2.1 from somewhere") == ToolVersion(23, 2, 1))
        #expect(ToolVersion(in: "no number here") == nil)
        #expect(ToolVersion(in: "1.2", after: "version") == nil)
    }

    @Test("Versions are ordered by number, not by text")
    func versionsAreOrdered() {
        #expect(ToolVersion(6, 10) > ToolVersion(6, 9, 9))
        #expect(ToolVersion(6, 3) >= ToolVersion(6, 3, 0))
        #expect(ToolVersion(6, 2, 9) < ToolVersion(6, 3))
    }

    @Test("A program that does not end in time, or is missing, gives no answer")
    func slowToolsAreEnded() {
        let tools = ToolRunner(deadline: .milliseconds(100))
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            #expect(tools.output(of: "sleep", ["20"]) == nil)
            #expect(tools.output(of: "no-such-program", []) == nil)
            #expect(tools.output(of: "false", []) == nil)
        }
        #expect(elapsed < .seconds(10))
        #expect(ToolRunner().output(of: "echo", ["7.1"]) == "7.1\n")
    }

    @Test("Only what every command needs makes the machine unfit")
    func healthFollowsStatus() {
        let limited = [
            DoctorCheck("a", .ok, "1"), DoctorCheck("b", .limited, "none", remedy: "Install b."),
        ]
        #expect(limited.isHealthy)
        #expect(!(limited + [DoctorCheck("c", .missing, "none")]).isHealthy)
        #expect(limited.table == "ok      a  1\nlimited b  none\n           Install b.\n")
    }

    @Test("The doctor finds this clone's toolchain and Arrow")
    func thisCloneIsExamined() {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let clone = Installation(
            program: root.appending(path: ".build/release/cutover").path,
            environment: ["CUTOVER_COMMIT": "0123abc"]
        )
        #expect(clone == Installation(kind: .clone, resources: root.path, commit: "0123abc"))
        let checks = Doctor(installation: clone).examine()
        #expect(checks.isHealthy, "\(checks.table)")
        #expect(checks.first?.found == "cutover \(programVersion) (commit 0123abc), in a clone")
    }

    @Test("An installed program finds its folder and its commit")
    func installationIsFound() throws {
        let prefix = FileManager.default.temporaryDirectory.appending(
            path: "cutover-\(UUID().uuidString)"
        )
        defer { try? FileManager.default.removeItem(at: prefix) }
        let share = prefix.appending(path: "share/cutover")
        try FileManager.default.createDirectory(at: share, withIntermediateDirectories: true)
        try "free\n".write(to: share.appending(path: "LICENSE"), atomically: true, encoding: .utf8)
        try "fedcba\n".write(to: share.appending(path: "commit"), atomically: true, encoding: .utf8)
        let program = prefix.appending(path: "lib/cutover/cutover").path
        let found = Installation(program: program, environment: ["CUTOVER_COMMIT": "other"])
        #expect(found == Installation(kind: .installed, resources: share.path, commit: "fedcba"))
        let alone = Installation(program: "/nowhere/cutover", environment: [:])
        #expect(alone == Installation(kind: .alone, resources: nil, commit: nil))
    }
}
