internal import Arguments
internal import Assembly
internal import Failures
internal import Foundation
internal import JSON

/// Options and surroundings that the verbs of migrations share.
enum MigrationOptions {
    static let name = Command.Positional(
        "NAME",
        .text,
        "Migration: the plan's name, or an attempt's id"
    )

    /// Where somebody has to say why.
    static let reason = Command.Option.value(
        "reason",
        .text,
        "Why; stands in the journal",
        isRequired: true
    )

    /// Where somebody may say why.
    static let optionalReason = Command.Option.value(
        "reason",
        .text,
        "Why; stands in the journal"
    )

    static let timeout = Command.Option.value(
        "timeout",
        .duration,
        "How long to wait until routers obey",
        default: "10s"
    )

    /// Where verbs are answered: `--state`, or the setting migration.state.
    static func desk(
        _ invocation: Invocation,
        _ console: Console
    ) throws(Failure) -> MigrationDesk {
        MigrationDesk(try settings(invocation, console), binary: programVersion)
    }

    /// What the command line, the environment and the file say about migrations.
    static func settings(
        _ invocation: Invocation,
        _ console: Console
    ) throws(Failure) -> MigrationSettings {
        var flags: [String: ConfigurationLayers.Setting] = [:]
        if invocation.isGiven("state"), let state = invocation.text("state") {
            flags["migration.state"] = .init(state, at: invocation.position(of: "state"))
        }
        return MigrationSettings(
            try ConfigurationFile.effective(invocation, console, flags: flags)
        )
    }

    /// Who asks, as the journal names people.
    static func actor(_ console: Console) -> String {
        for variable in ["USER", "LOGNAME"] {
            if let name = console.environment[variable], !name.isEmpty { return "user:\(name)" }
        }
        return "user:\(NSUserName())"
    }
}

extension Console {
    /// Writes the answer of a verb, for people or for machines.
    func write(_ answer: MigrationDesk.Answer, asJSON: Bool) throws(Failure) {
        if asJSON { try write(answer.json) } else { try write(lines: answer.lines) }
    }

    /// Writes a report, for people or for machines.
    func write(_ report: MigrationDesk.Report, asJSON: Bool) throws(Failure) {
        if asJSON { try write(report.json) } else { try write(lines: report.lines) }
    }
}
