internal import Assembly
internal import Failures
internal import JSON
internal import SQLFront
internal import StreamSQL

/// `stream run --target`: one job under its target's migration, with the controller in this process.
struct TargetRun {
    let target: String
    let settings: MigrationSettings
    let launcher: JobLauncher
    let console: Console
    let isJSON: Bool

    /// Runs the job; once its target's migration has ended, on the side that has it.
    ///
    /// - Throws: `MIG_UNKNOWN` for a target without a migration, `MIG_STATE_LOCKED`, what the job throws.
    func run(_ job: Job, _ choices: JobLauncher.Choices) throws(Failure) -> ExitCode {
        switch try TargetStanding(of: target, in: settings.state, binary: programVersion) {
        case .ended(let reference): return try runAlone(job, choices, on: reference)
        case .underWay: return try runLive(job, choices)
        }
    }

    private func runAlone(
        _ job: Job,
        _ choices: JobLauncher.Choices,
        on reference: String
    ) throws(Failure) -> ExitCode {
        console.note("the migration of \(target) has ended: \(reference) runs the job")
        var choices = choices
        choices.processor = (reference, "plan")
        let launch = try launcher.prepare(job, choices)
        let report = try launcher.run(launch)
        try show(JobSummary(report: report, processor: launch.processor, rows: nil), nil)
        return .done
    }

    private func runLive(_ job: Job, _ choices: JobLauncher.Choices) throws(Failure) -> ExitCode {
        let controller = try LiveController(settings, binary: programVersion)
        var request = LiveRequest(settings, target: target, binary: programVersion) { name in
            launcher.engine(named: name, for: job)
        }
        request.rowsPerSecond = choices.rowsPerSecond
        let parts = try launcher.parts(job, choices)
        let live = try LiveStream(
            job,
            settings: parts.settings,
            options: parts.options,
            controller: controller,
            request: request
        )
        if live.replayed > 0 {
            console.note(
                "rows before \(live.replayed) were reported by an earlier run, and are read again"
            )
        }
        let report = try live.watched(on: console, of: nil, isSilent: isJSON)
        if let trouble = report.trouble {
            console.note("warning: the controller ended before the job: \(trouble.description)")
        }
        try show(
            JobSummary(report: report.live.job, processor: "target \(target)", rows: nil),
            report.view
        )
        return report.view.phase == "stuck" ? .violated : .done
    }

    private func show(_ summary: JobSummary, _ view: LiveView?) throws(Failure) {
        guard isJSON else {
            try console.write(JobSummary.table([summary], on: console.outputTerminal))
            guard let view else { return }
            let stage = view.stage.map { " in stage \($0)" } ?? ""
            return try console.write(
                "\(view.name) is \(view.phase)\(stage): \(view.primary.served) windows from "
                    + "\(view.primary.name), \(view.candidate.served) from \(view.candidate.name), "
                    + "\(view.compared) compared, \(view.different) differed\n"
            )
        }
        var object = summary.json
        if let view {
            object["migration"] = [
                "name": JSONValue(view.name), "phase": JSONValue(view.phase),
                "stage": JSONValue(view.stage), "generation": JSONValue(view.generation),
                "primary_served": JSONValue(view.primary.served),
                "candidate_served": JSONValue(view.candidate.served),
                "compared": JSONValue(view.compared), "mismatches": JSONValue(view.different),
                "skipped": JSONValue(view.skipped),
            ]
        }
        try console.write(JSONValue(object))
    }
}
