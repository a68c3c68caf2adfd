package import Failures
internal import Files
internal import Flow
internal import JSON
internal import LocalSocket
package import MigrationControl
internal import MigrationRules
private import Synchronization

/// Lets the verbs of other processes reach a controller, over `control.sock` in its state folder.
///
/// Whoever runs a controller starts one beside it, and stops it before the controller.
package final class ControlServer: Sendable {
    private let socket: LocalSocketServer

    private init(_ socket: LocalSocketServer) { self.socket = socket }

    /// Serves a controller that holds the lock of the state folder; its loop should be running.
    ///
    /// - Throws: `IO_SOCKET` where the socket cannot be made, or another process answers there.
    package static func start(
        _ controller: MigrationController,
        state: String
    ) throws(Failure) -> ControlServer {
        let work = ControllerWork(controller)
        let busy = Failure(
            "MIG_CONTROL",
            blame: .outside,
            isRetryable: true,
            "the controller has \(LocalSocketLimits().connectionCount) connections already",
            remedy: "try again in a moment"
        )
        let tooLong = Failure(
            "MIG_CONTROL",
            blame: .request,
            "the request has more than \(LocalSocketLimits().lineSize) bytes",
            remedy: "make the plan smaller"
        )
        let socket = try LocalSocketServer(
            path: Directory.join(state, ControlProtocol.socketName),
            busyLine: ControlProtocol.line(.failure(busy)),
            tooLongLine: ControlProtocol.line(.failure(tooLong))
        ) { line in
            do throws(Failure) {
                return ControlProtocol.line(.success(try work.answer(line)))
            } catch {
                return ControlProtocol.line(.failure(error))
            }
        }
        return ControlServer(socket)
    }

    /// Ends every conversation after the answer that is being given; saying it again is safe.
    package func stop() { socket.stop() }
}

/// What a controller is asked to do, by a socket or by hand.
final class ControllerWork: Sendable {
    private let controller: MigrationController
    /// A controller without its loop works on the caller's thread, and takes one at a time.
    private let turn = Mutex(())

    init(_ controller: MigrationController) { self.controller = controller }

    /// Does what a line asks for.
    func answer(_ line: [UInt8]) throws(Failure) -> JSONValue {
        switch try ControlProtocol.request(line) {
        case .submit(let request, let name): return try submit(request, to: name)
        case .apply(let request): return try apply(request)
        case .snapshot(let name):
            if let failure = controller.failure {
                return [ControlProtocol.failedMember: JSONValue(failure.description)]
            }
            return controller.snapshot(of: name)?.json ?? .null
        }
    }

    /// Obeys, or throws the refusal.
    func submit(_ request: MigrationRequest, to name: String) throws(Failure) -> JSONValue {
        let reply = try turn.withLock { (_) throws(Failure) in
            try controller.submit(request.command, for: name)
        }
        try reply.requireObeyed()
        return reply.json(request.word, name: name)
    }

    /// Stores a plan, or makes it the plan of a running migration.
    func apply(_ request: ApplyRequest) throws(Failure) -> JSONValue {
        let file = PlanFile(path: request.path, bytes: Array(request.text.utf8))
        let (plan, hash) = try file.requireGood()
        return try turn.withLock { (_) throws(Failure) in
            do throws(Failure) {
                return try controller.apply(plan, source: request.text).json
            } catch {
                guard request.amends, error.code == "MIG_PHASE" else { throw error }
            }
            let command = MigrationRules.Command(
                .amend(plan, hash: hash),
                by: request.actor,
                because: request.reason
            )
            let reply = try controller.submit(command, for: plan.name)
            try reply.requireObeyed()
            var object = reply.json("apply", name: plan.name).object ?? JSONObject()
            object["plan_hash"] = JSONValue(hash)
            object["amended"] = true
            return JSONValue(object)
        }
    }

    /// Turns the migrations until nothing more happens to one of them by itself, or the time is over.
    func settle(_ name: String, within time: Duration) throws(Failure) {
        var quietTurns = 0
        var last: Int?
        _ = try controller.step(within: time) {
            let now = controller.snapshot(of: name)?.seq
            quietTurns = now == last ? quietTurns + 1 : 0
            last = now
            return quietTurns >= 2
        }
    }

    func snapshot(of name: String) -> JSONValue? { controller.snapshot(of: name)?.json }
}

extension CommandReply {
    /// `{"verb","name","outcome",…}` of a command that was obeyed.
    func json(_ verb: String, name: String) -> JSONValue {
        [
            "verb": JSONValue(verb), "name": JSONValue(name),
            "outcome": JSONValue(outcome == .alreadySo ? "already" : "done"),
            "migration": JSONValue(migration), "attempt": JSONValue(attempt),
            "phase": JSONValue(phase.rawValue), "stage": JSONValue(stage),
            "stage_state": JSONValue(stageState?.rawValue),
            "generation": JSONValue(generation), "event": JSONValue(seq),
        ]
    }
}

extension AppliedPlan {
    var json: JSONValue {
        [
            "verb": "apply", "name": JSONValue(name),
            "outcome": JSONValue(isRepeated ? "already" : "done"),
            "migration": JSONValue(migration), "attempt": JSONValue(attempt),
            "plan_hash": JSONValue(planHash), "amended": false,
        ]
    }
}

extension PlanFile {
    /// The plan of a file without errors.
    ///
    /// - Throws: the first error; `MIG_PLAN_LINT` for a finding.
    func requireGood() throws(Failure) -> (plan: MigrationPlan, hash: String) {
        if let failure = failures.first { throw failure }
        if let finding = findings.first(where: \.isError) { throw finding.failure }
        guard let plan, let hash else { preconditionFailure("a plan without errors is there") }
        return (plan, hash)
    }
}
