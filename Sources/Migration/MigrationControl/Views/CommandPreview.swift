package import Failures
package import MigrationJournal
package import MigrationRules

/// Finds out what a command would do, without taking control and without writing anything.
///
/// Taking control leaves a mark in every active migration, so that whoever writes under an older fence loses. A
/// command that changes nothing needs none: asked again and again, it would only make the journal grow.
package enum CommandPreview {
    /// The answer to a command that is refused or was obeyed already; nil where a controller has to look at it.
    ///
    /// No path is here, and `record` is the latest attempt of its name.
    ///
    /// - Throws: `MIG_JOURNAL_CHAIN`, `MIG_JOURNAL_NEWER`, `STATE_CORRUPT`.
    package static func reply(
        to command: Command,
        for record: MigrationRecord,
        in journal: MigrationJournal,
        options: ControllerOptions
    ) throws(Failure) -> CommandReply? {
        // The next attempt is a migration of its own, and another plan has to be stored first.
        if case .retry = command.verb, record.isTerminal { return nil }
        if case .amend = command.verb { return nil }
        var control = try ControlState(reading: journal, record)
        var input = ControlInput()
        input.clock = options.clock.now()
        input.command = command
        input.fence = record.fence + 1
        input.routers = try RouterStatus.known(of: record.identity.target, in: journal)
        input.reverseProbe = .missing
        input.dryRun = .missing
        try input.read(journal, for: control)
        let actions = try control.tick(
            input,
            machine: StageMachine(settings: options.settings.machine, actor: options.holder),
            settings: options.settings
        )
        var outcome: MachineStep.Reply?
        for action in actions {
            switch action {
            case .reply(let reply): outcome = reply
            // Only how far the clock has come.
            case .store: break
            case .commit, .propose, .cancel, .resend: return nil
            }
        }
        return outcome.flatMap { $0 == .done ? nil : CommandReply($0, control) }
    }
}

extension CommandReply {
    /// The answer, and where the migration stands after it.
    init(_ outcome: MachineStep.Reply, _ control: ControlState) {
        let rules = control.rules
        self.init(
            outcome: outcome,
            migration: control.identity.id,
            attempt: rules.attempt,
            phase: rules.phase,
            stage: control.stage?.name,
            stageState: rules.stageState,
            generation: rules.generation,
            seq: rules.seq
        )
    }
}

extension RouterStatus {
    /// The routers that a journal knows; whether they are there only a path can say.
    static func known(
        of target: String,
        in journal: MigrationJournal
    ) throws(Failure) -> [RouterStatus] {
        try journal.routers(of: target).map { router in
            RouterStatus(
                router.id,
                isAlive: false,
                fence: router.fence,
                generation: router.generation
            )
        }
    }
}
