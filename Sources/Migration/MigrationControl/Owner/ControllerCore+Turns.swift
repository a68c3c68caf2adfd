internal import Failures
internal import JSON
internal import MigrationJournal
internal import MigrationRules
internal import Routing

/// Turns: what the outside said in, actions out.
extension ControllerCore {
    /// One turn of every migration, and the intents that are due.
    func step() throws(Failure) {
        do throws(Failure) {
            try renew(options.clock.now())
        } catch {
            // A full or broken disk: nothing moves, routers keep their tables, and the state says why.
            try endure(error)
            for id in entries.keys { troubles[id] = error }
            return
        }
        for id in entries.keys.sorted() where entries[id]?.control.rules.phase.isTerminal == false {
            troubles[id] = nil
            do throws(Failure) {
                _ = try tick(id, command: nil)
            } catch {
                try endure(error)
                troubles[id] = error
                stale.insert(id)
            }
        }
        do throws(Failure) {
            try performIntents()
        } catch {
            try endure(error)
            // Which migration's turn it was is not known; it concerns all of them.
            for id in entries.keys { troubles[id] = troubles[id] ?? error }
        }
    }

    /// Lets a failure pass that a later turn may not have.
    ///
    /// - Throws: it, where another controller has taken over or the journal cannot be trusted.
    private func endure(_ failure: Failure) throws(Failure) {
        let isFinal = ["MIG_FENCED", "MIG_STALE"].contains(failure.code)
        guard !isFinal, failure.isRetryable || failure.blame == .outside else { throw failure }
    }

    /// One turn of a migration.
    ///
    /// - Returns: the answer to the command.
    func tick(_ id: String, command: Command?) throws(Failure) -> MachineStep.Reply? {
        if stale.contains(id) {
            try load(try journal.requireMigration(id: id))
            stale.remove(id)
        }
        guard let entry = entries[id] else { return nil }
        var input = try gather(id, entry)
        input.command = command
        let machine = machine
        let settings = options.settings
        let reply = try turn(id) { (control, actions) throws(Failure) in
            actions = try control.tick(input, machine: machine, settings: settings)
        }
        entries[id]?.backlog = []
        return reply
    }

    /// Lets `body` change the state, and does what it says.
    @discardableResult
    func turn(
        _ id: String,
        _ body: (inout ControlState, inout [ControlAction]) throws(Failure) -> Void
    ) throws(Failure) -> MachineStep.Reply? {
        guard var entry = entries[id] else { return nil }
        var actions: [ControlAction] = []
        try body(&entry.control, &actions)
        var reply: MachineStep.Reply?
        for action in actions {
            switch action {
            case .store(let evidence, let mismatches):
                try journal.record(evidence, mismatches: mismatches, of: id)
            case .commit(let commit): try self.commit(commit, &entry)
            case .propose(let proposal):
                tell(id) { () throws(Failure) in try adapter(of: entry).propose(proposal) }
            case .cancel(let proposal):
                tell(id) { () throws(Failure) in try adapters[target(entry)]?.cancel(proposal) }
            case .resend(let generation):
                tell(id) { () throws(Failure) in try publish(generation, entry) }
            case .reply(let given): reply = given
            }
        }
        entries[id] = entry
        return reply
    }

    /// Tells the path something that is said again until it is understood.
    private func tell(_ id: String, _ body: () throws(Failure) -> Void) {
        do throws(Failure) {
            try body()
        } catch {
            troubles[id] = error
        }
    }

    private func target(_ entry: Entry) -> String { entry.control.identity.target }

    func adapter(of entry: Entry) throws(Failure) -> any TargetAdapter {
        if let adapter = adapters[target(entry)] { return adapter }
        throw Failure(
            "MIG_ROUTER_BEHIND",
            blame: .outside,
            isRetryable: true,
            "no process that runs \(target(entry)) is here",
            remedy: "run the path with its target; what waits is done then"
        )
    }

    private func commit(_ commit: ControlCommit, _ entry: inout Entry) throws(Failure) {
        let event = commit.transition.event
        let intents = commit.transition.intents.enumerated().map { place, intent in
            IntentDraft(
                intent.kind,
                idempotencyKey: intent.key(
                    migration: entry.record.id,
                    seq: event.seq,
                    place: place
                ),
                payload: intent.payload.object ?? JSONObject()
            )
        }
        entry.record = try journal.commit(
            JournalTransition(
                from: entry.record,
                to: commit.stored,
                EventCoding.draft(event, binary: options.binary, extras: commit.extras),
                route: commit.route,
                sealed: commit.sealed,
                intents: intents,
                cancelled: commit.cancelled,
                evidence: commit.evidence,
                soak: commit.soak
            )
        )
        entry.recent = Array((entry.recent + [event]).suffix(Self.recentLimit))
    }

    /// Sends the stored table of a generation, under the present lease.
    func publish(_ generation: Int, _ entry: Entry) throws(Failure) {
        let adapter = try adapter(of: entry)
        guard let route = try journal.route(of: target(entry), at: generation),
            route.generation == generation
        else {
            throw Failure(
                "MIG_STALE",
                blame: .bug,
                "generation \(generation) of \(target(entry)) has no stored table",
                remedy: "report this"
            )
        }
        try adapter.publish(try RouteTable(stored: route).stamped(fence: fence))
    }
}
