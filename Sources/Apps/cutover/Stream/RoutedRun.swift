internal import Arguments
internal import Assembly
internal import Failures
internal import JSON
internal import SQLFront
internal import StreamSQL

/// A `stream run` of one job that obeys routes: its target's migration's, or a static one.
struct RoutedRun {
    private enum Routes {
        case migration
        case fixed(StaticRoute)
    }

    private let invocation: Invocation
    private let console: Console
    private let script: ScriptFile
    private let settings: MigrationSettings
    private let target: String
    private let routes: Routes

    /// nil where neither a migration nor a static route was asked for.
    ///
    /// - Throws: `MIG_STATIC_VALUE`, what reading the settings and the journal throws.
    init?(
        _ invocation: Invocation,
        _ console: Console,
        _ layers: ConfigurationLayers,
        _ script: ScriptFile
    ) throws(Failure) {
        let route = try StaticRoute.read(layers)
        let named = invocation.text("target")
        guard route != nil || named != nil else { return nil }
        self.invocation = invocation
        self.console = console
        self.script = script
        settings = try MigrationOptions.settings(invocation, console)
        let target = named ?? "stream/\(script.name)"
        self.target = target
        guard let route else {
            routes = .migration
            return
        }
        let active = try ActiveMigration.all(in: settings.state, binary: programVersion)
            .first { $0.target == target }
        let reason = active?.clause ?? named.map { "--target names \($0), and plans rule it" }
        guard let reason else {
            routes = .fixed(route)
            return
        }
        console.note("warning \(route.ignored(because: reason))")
        routes = .migration
    }

    /// Runs the script's job.
    ///
    /// - Throws: `CFG_VALUE` for options that mean nothing here, `MIG_UNIT` for a script of several statements, and
    ///   what the run throws.
    func run(
        _ jobs: [Job],
        _ launcher: JobLauncher,
        _ choices: JobLauncher.Choices
    ) throws(Failure) -> ExitCode {
        switch routes {
        case .migration:
            let reason = "under a migration: its plan names both engines"
            try refuse(["processor", "resume", "resume-from", "metrics"], reason)
        case .fixed:
            let reason = "under a static route, which reads the input from its beginning"
            try refuse(["resume", "resume-from", "metrics"], reason)
        }
        guard jobs.count == 1, script.jobs.count == 1, jobs[0].sinkTable != nil else {
            throw Failure(
                "MIG_UNIT",
                blame: .request,
                "the script has \(script.jobs.count) statements that run",
                remedy: "a target is one INSERT: keep the others in a script of their own"
            )
        }
        try FlightsData(console: console).supply(jobs, directory: script.directory)
        let isJSON = invocation.flag("json")
        guard case .fixed(let route) = routes else {
            let run = TargetRun(
                target: target,
                settings: settings,
                launcher: launcher,
                console: console,
                isJSON: isJSON
            )
            return try run.run(jobs[0], choices)
        }
        let run = StaticRun(
            route: route,
            target: target,
            settings: settings,
            launcher: launcher,
            console: console
        )
        let (summary, outcome) = try run.run(jobs[0], choices)
        try show(summary, outcome)
        let lostRows = summary.report.rowsLate > 0 || summary.report.rowsBad > 0
        return invocation.flag("strict") && lostRows ? .holding : .done
    }

    private func refuse(_ options: [String], _ reason: String) throws(Failure) {
        for option in options where invocation.isGiven(option) {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--\(option) means nothing \(reason)",
                remedy: "leave it out",
                at: invocation.position(of: option)
            )
        }
    }

    private func show(_ summary: JobSummary, _ outcome: StaticOutcome) throws(Failure) {
        for warning in [summary.lateWarning, summary.badWarning] {
            if let warning { console.note(warning) }
        }
        for warning in summary.skewWarnings { console.note(warning) }
        for warning in outcome.warnings { console.note("warning: \(warning)") }
        guard invocation.flag("json") else {
            try console.write(JobSummary.table([summary], on: console.outputTerminal))
            return try console.write(outcome.line + "\n")
        }
        var object = summary.json
        object["static_route"] = outcome.json
        try console.write(JSONValue(object))
    }
}
