internal import Failures
internal import JSON
internal import MigrationJournal
internal import MigrationRules

/// Intents: what has to happen outside after a commit, once each.
extension ControllerCore {
    private static let intentLimit = 1000

    func performIntents() throws(Failure) {
        for _ in 0..<Self.intentLimit {
            guard let intent = try journal.claimIntent(at: time) else { return }
            do throws(Failure) {
                try perform(intent)
            } catch {
                // It stays open, and says why; a later turn tries again.
                let pause = min(30_000, options.settings.resendMs << min(intent.attempts, 10))
                try journal.postponeIntent(
                    intent.id,
                    until: time.advanced(by: .milliseconds(max(pause, 1))),
                    error: error.description
                )
                openIntents[intent.migration, default: [:]][intent.id] = error
                continue
            }
            try journal.finishIntent(intent.id)
            openIntents[intent.migration]?[intent.id] = nil
        }
    }

    private func perform(_ intent: IntentRecord) throws(Failure) {
        if entries[intent.migration] == nil {
            try load(try journal.requireMigration(id: intent.migration))
        }
        guard let entry = entries[intent.migration] else { return }
        switch intent.kind {
        // The loop itself does these: they follow from the state as long as it is so.
        case "propose", "start-evidence", "evaluate", "open-reverse-window", "cancel-forward":
            return
        case "publish", "activate", "redrive":
            try publish(try integer("generation", of: intent), entry)
        case "compensate":
            try adapter(of: entry).compensate(try text("step", of: intent), dryRun: false)
        case "verify": try verify(intent, entry)
        case "notify": try notify(intent, entry)
        case "page": try options.outlets.page?(try text("text", of: intent))
        case "run-hook": try runHook(intent)
        default: throw unreadable(intent, "is of a kind that this version does not know")
        }
    }

    private func verify(_ intent: IntentRecord, _ entry: Entry) throws(Failure) {
        let invariant: InvariantPlan = try form(of: intent)
        let finding = try adapter(of: entry).verify(invariant)
        guard finding != .passed else { return }
        throw Failure(
            "MIG_VERIFY",
            blame: .data,
            isRetryable: true,
            "\(invariant.name) after the rollback: \(finding)",
            remedy: "look at the path's output; the rollback ends once it holds"
        )
    }

    private func notify(_ intent: IntentRecord, _ entry: Entry) throws(Failure) {
        let word = try text("on", of: intent)
        guard let occasion = NotifyPlan.Occasion(rawValue: word) else {
            throw unreadable(intent, "is for the unknown occasion \(word)")
        }
        guard let notify = options.outlets.notify else { throw missing(intent, "notifications") }
        try notify(occasion, try text("text", of: intent), entry.control.plan)
    }

    private func runHook(_ intent: IntentRecord) throws(Failure) {
        let hook: HookPlan = try form(of: intent)
        guard let runHook = options.outlets.runHook else { throw missing(intent, "hooks") }
        try runHook(hook, intent.idempotencyKey)
    }

    private func missing(_ intent: IntentRecord, _ what: String) -> Failure {
        Failure(
            "MIG_INTENT",
            blame: .request,
            "this controller has no door for \(what), which intent \(intent.id) "
                + "(\(intent.kind)) of \(intent.migration) needs",
            remedy: "take it out of the plan, or do it by hand"
        )
    }

    private func form<Form: NormalForm>(of intent: IntentRecord) throws(Failure) -> Form {
        do throws(JSONError) {
            return try Form(json: JSONValue(intent.payload))
        } catch {
            throw unreadable(intent, "cannot be read: \(error.problem)")
        }
    }

    private func integer(_ name: String, of intent: IntentRecord) throws(Failure) -> Int {
        guard let value = intent.payload[name]?.integer else {
            throw unreadable(intent, "has no \(name)")
        }
        return Int(value)
    }

    private func text(_ name: String, of intent: IntentRecord) throws(Failure) -> String {
        guard let value = intent.payload[name]?.string else {
            throw unreadable(intent, "has no \(name)")
        }
        return value
    }

    private func unreadable(_ intent: IntentRecord, _ problem: String) -> Failure {
        Failure(
            "MIG_JOURNAL_NEWER",
            blame: .request,
            "intent \(intent.id) (\(intent.kind)) of \(intent.migration) \(problem)",
            remedy: "use the version of cutover that wrote it, or a later one"
        )
    }
}
