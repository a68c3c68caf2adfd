package import Failures
internal import Files
internal import MigrationControl
internal import MigrationRules
private import Glibc

/// The controller of a state folder, in this process.
package final class LiveController: Sendable {
    let controller: MigrationController
    private let stateDirectory: String
    private let binary: String

    /// Takes control.
    ///
    /// - Throws: `MIG_STATE_LOCKED` with the other process, `MIG_JOURNAL_CHAIN` for a damaged journal.
    package convenience init(_ settings: MigrationSettings, binary: String) throws(Failure) {
        try self.init(stateDirectory: settings.state, binary: binary, settings.control)
    }

    /// Takes control as a controller that decides every `tickMs`, of routers that are never late.
    package convenience init(
        stateDirectory: String,
        binary: String,
        tickMs: Int
    ) throws(Failure) {
        let settings = ControlSettings(tickMs: tickMs, latenessMs: 0)
        try self.init(stateDirectory: stateDirectory, binary: binary, settings)
    }

    private init(
        stateDirectory: String,
        binary: String,
        _ settings: ControlSettings
    ) throws(Failure) {
        self.stateDirectory = stateDirectory
        self.binary = binary
        try Directory.create(stateDirectory)
        controller = try MigrationController(
            state: stateDirectory,
            options: ControllerOptions(
                holder: "controller:\(getpid())",
                binary: binary,
                settings: settings
            )
        )
    }

    /// Stores a plan as the next attempt of its name, and starts it.
    ///
    /// - Throws: the plan's first failure; `MIG_PHASE` where an attempt is under way.
    package func begin(_ plan: PlanFile) throws(Failure) {
        if let failure = plan.failures.first { throw failure }
        guard let read = plan.plan, plan.isGood() else {
            let problems = plan.findings.filter(\.isError).map(\.description)
            throw Failure(
                "MIG_PLAN_SYNTAX",
                blame: .request,
                "\(plan.path) has \(problems.count) errors: \(problems.first ?? "")",
                remedy: "run `cutover plan lint \(plan.path)`"
            )
        }
        _ = try controller.apply(read, source: plan.text)
        let reply = try controller.submit(Command(.start, by: Self.actor), for: read.name)
        try reply.requireObeyed()
    }

    /// Ends the attempt that is under way, back on the primary.
    ///
    /// No job of the target runs meanwhile: its router is told through its file.
    ///
    /// - Throws: `MIG_PHASE` where the way back does not come to its end.
    package func discard(_ name: String, of target: String, because reason: String) throws(Failure)
    {
        let story = try StoredMigration(of: target, in: stateDirectory, binary: binary)
        let resting = StreamTarget(
            nil,
            router: try story.router(in: stateDirectory),
            description: .stream(
                primary: story.plan.primary.ref ?? "v1",
                candidate: story.plan.candidate.ref ?? "v2"
            ),
            intervalMs: 1000,
            after: 0
        )
        try controller.attach(resting, to: target)
        let reply = try controller.submit(
            Command(.abort, by: Self.actor, because: reason),
            for: name
        )
        try reply.requireObeyed()
        var phase = try rest(of: name)
        if phase == .stuck {
            // Giving up is a word to go on above whatever the router has seen.
            let command = Command(.retry(.adopt), by: Self.actor, because: reason)
            try controller.submit(command, for: name).requireObeyed()
            phase = try rest(of: name)
        }
        resting.retire()
        guard phase?.isTerminal ?? true else {
            let phase = phase?.rawValue ?? "unknown"
            throw Failure(
                "MIG_PHASE",
                blame: .outside,
                isRetryable: true,
                "\(name) is still \(phase) after it was aborted",
                remedy: "look at `cutover journal show \(name)`, and try again"
            )
        }
    }

    /// Turns the migrations until one has ended or is stuck, for ten seconds at most; nil where it is not there any more.
    private func rest(of name: String) throws(Failure) -> Phase? {
        _ = try controller.step(within: .seconds(10)) { [controller] in
            guard let phase = controller.snapshot(of: name)?.phase else { return true }
            return phase.isTerminal || phase == .stuck
        }
        return controller.snapshot(of: name)?.phase
    }

    private static let actor = "user:\(getuid())"
}
