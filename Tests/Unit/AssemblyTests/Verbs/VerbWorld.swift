internal import Arguments
internal import Assembly
internal import Failures
internal import Flow
internal import Foundation
internal import JSON
internal import MigrationControl
internal import Synchronization
internal import TestKit
internal import Testing

/// A state folder with verbs, and a controller with a scripted path where a test starts one.
struct VerbWorld {
    let folder: String
    let desk: MigrationDesk
    let path: ScriptedPath

    static let name = "orders"
    static let target = "exec/orders"

    /// Three stages; the second one waits for an approval where `approval` says so.
    static func plan(
        target: String = target,
        unit: String = "{ kind: key, targetingKey: [origin, dest] }",
        approval: Bool = false,
        units: Int = 30_000,
        weight: Int = 50
    ) -> String {
        """
        apiVersion: cutover/v1
        kind: Migration
        metadata: { name: \(name) }
        spec:
          target: \(target)
          primary: { command: ./v1 }
          candidate: { command: ./v2 }
          effects: none
          unit: \(unit)
          checks:
            errors: { role: guard, kind: rate, metric: failed/total, promote: "<= 0.1%", rollback: "> 1%" }
          stages:
            - { name: shadow, strategy: shadow, sample: 100%, soak: { units: \(units) } }
            - name: half
              strategy: canary
              weight: \(weight)%
              soak: { units: \(units) }
              \(approval ? "approval: { by: [oncall] }" : "")
            - { name: full, strategy: full, soak: { units: \(units) } }
          rollback: { to: baseline, deadline: 60s, drill: never }
          finalize: { reverseWindow: 0s, commit: manual }
        """
    }

    let target: String

    /// `eventTime` is where a path whose windows change owners stands, in microseconds.
    init(target: String = target, eventTime: Int64? = nil) throws {
        self.target = target
        folder = try scratchPath("state")
        let schema = ConfigurationSchema(MigrationSettings.keys)
        let flags: [String: ConfigurationLayers.Setting] = [
            "migration.state": .init(folder), "migration.tick": .init("20ms"),
            "migration.lateness": .init("0s"),
        ]
        let configuration = try schema.resolve(ConfigurationLayers(flags: flags))
        desk = MigrationDesk(MigrationSettings(configuration), binary: "1.0.0")
        path = try ScriptedPath(target) { Int(wallMilliseconds()) }
        path.state.withLock { $0.eventTime = eventTime }
    }

    /// A controller with the path, its loop, and its socket.
    func control<Result>(
        _ body: (MigrationController) throws -> Result
    ) throws -> Result {
        let controller = try MigrationController(
            state: folder,
            options: ControllerOptions(
                holder: "controller:test",
                binary: "1.0.0",
                settings: desk.settings.control
            )
        )
        try controller.attach(path, to: target)
        try controller.start()
        defer { controller.stop() }
        let server = try ControlServer.start(controller, state: folder)
        defer { server.stop() }
        return try body(controller)
    }

    @discardableResult
    func apply(_ text: String = plan(), amends: Bool = false) throws(Failure)
        -> MigrationDesk.Answer
    {
        try desk.apply(
            ApplyRequest(path: "p.yaml", text: text, amends: amends, actor: "user:ana", reason: "")
        )
    }

    @discardableResult
    func ask(
        _ verb: MigrationRequest.Verb,
        because reason: String = "test"
    ) throws(Failure) -> MigrationDesk.Answer {
        try desk.submit(
            MigrationRequest(verb, by: "user:ana", because: reason),
            to: Self.name,
            within: .seconds(5)
        )
    }

    /// Looks until the view is as wanted, for ten seconds at most.
    func wait(_ isSo: (StatusView) -> Bool) throws -> StatusView {
        var last: StatusView?
        for _ in 0..<1000 {
            let view = try desk.status(of: Self.name)
            if isSo(view) { return view }
            last = view
            pause(for: .milliseconds(10))
        }
        Issue.record("it never came so: \(last?.lines ?? [])")
        return try #require(last)
    }
}
