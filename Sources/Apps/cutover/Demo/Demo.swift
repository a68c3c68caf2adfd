internal import Arguments
internal import Assembly
internal import Failures
internal import Files
internal import Foundation
internal import SQLFront
internal import StreamSQL

/// The whole story on real data: a live job moves from V1 to V2 under evidence.
struct Demo {
    private let options: DemoOptions
    private let console: Console
    private let start = ContinuousClock.now

    init(_ options: DemoOptions, console: Console) {
        self.options = options
        self.console = console
    }

    static let migration = "flights-demo"
    private static let target = "stream/flights-hourly"
    private static let tickMs = 100
    private static let intervalMs = 250
    /// Per stage the share of the rows that it may use up before it has decided.
    private static let shares = [0.19, 0.23, 0.19, 0.18, 0.18]

    func run() throws(Failure) -> ExitCode {
        let resources = try resources()
        let script = try ScriptFile(Directory.join(resources, "Examples/stream/flights-live.sql"))
        guard script.report.failures.isEmpty, let job = script.jobs.first else {
            return console.report(script.report.failures, asJSON: options.isJSON)
        }
        let plan = try PlanFile(Directory.join(resources, "Examples/plans/flights.yaml"))
        let launcher = JobLauncher(
            script: script,
            layers: .init(environment: [:]),
            console: console
        )
        let directory = try workDirectory(resources)
        let fault = try fault(plan)
        let controller = try control(plan)
        try FlightsData(console: console).supply([job], directory: directory)
        let oracle = try run(job, launcher, directory)
        var request = request(job, launcher, rows: oracle.report.rowsIn)
        request.fault = fault
        let live = try stream(job, launcher, directory, controller, request)
        if live.replayed > 0, !options.isJSON {
            console.note("resuming: rows before \(live.replayed) were reported, and are read again")
        }
        let report = try watch(live, rows: oracle.report.rowsIn)
        let emitted = try emitted(job, launcher, directory)
        let page = try MigrationReport.write(
            of: Self.migration,
            in: options.stateDirectory,
            binary: programVersion
        )
        let outcome = DemoOutcome(
            report: report,
            oracle: oracle,
            emitted: emitted,
            job: job,
            page: page,
            elapsed: ContinuousClock.now - start
        )
        if options.isJSON {
            try console.write(outcome.json)
        } else {
            try console.write(outcome.text(on: console.outputTerminal))
        }
        // A migration that is still under way can be gone on with.
        try mark.remove()
        return outcome.exitCode
    }

    private func resources() throws(Failure) -> String {
        guard let resources = Installation.current.resources else {
            throw Failure(
                "CFG_MISSING",
                blame: .request,
                "this program stands alone, without the examples that the demo runs",
                remedy: "run it from a clone, or install it with scripts/install"
            )
        }
        return resources
    }

    /// Where the script's relative paths start: the clone, or a folder of the user's beside what was installed.
    private func workDirectory(_ resources: String) throws(Failure) -> String {
        let home =
            Installation.current.kind == .installed
            ? FlightsData.cache(console.environment) : resources
        let directory = Directory.join(home, "Examples/stream")
        try Directory.create(directory)
        return directory
    }
}

// MARK: - The migration

extension Demo {
    /// Takes control of the state folder, and sees to it that there is a migration to go on with.
    private func control(_ plan: PlanFile) throws(Failure) -> LiveController {
        let latest = try LatestAttempt(
            of: Self.migration,
            in: options.stateDirectory,
            binary: programVersion
        )
        let earlier = try mark.earlierAttempt()
        let unfinished = latest.flatMap { $0.hasEnded ? nil : $0 }
        let isUntold = unfinished != nil || earlier != nil
        if options.resumes {
            guard isUntold else {
                throw Failure(
                    "MIG_PHASE",
                    blame: .request,
                    "no demo is unfinished in \(options.stateDirectory)",
                    remedy: "begin one without --resume"
                )
            }
            let controller = try takeControl()
            // It may have been killed before its migration was stored, or had started.
            if latest?.number == earlier || latest?.hasStarted == false || latest == nil {
                try controller.begin(plan)
            }
            // Published rows are made again, for the figures that belong to them.
            try removeOutput()
            return controller
        }
        if isUntold, !options.discards {
            let phase = unfinished?.phase ?? "its outcome was not told"
            throw Failure(
                "MIG_PHASE",
                blame: .request,
                "a demo is unfinished in \(options.stateDirectory): \(phase)",
                remedy: "go on with --resume, or give it up with --discard"
            )
        }
        let controller = try takeControl()
        if unfinished != nil {
            try controller.discard(Self.migration, of: Self.target, because: "a new demo begins")
        }
        try mark.set(after: latest?.number ?? 0)
        try removeOutput()
        try controller.begin(plan)
        return controller
    }

    private func watch(_ live: LiveStream, rows: Int) throws(Failure) -> LiveStreamReport {
        do throws(Failure) {
            return try live.watched(on: console, of: rows, isSilent: options.isJSON)
        } catch {
            guard error.code == "JOB_CANCELLED" else { throw error }
            var stopped = error
            stopped.remedy = "go on with `cutover demo --resume`, or give it up with --discard"
            throw stopped
        }
    }

    private var mark: DemoMark { DemoMark(in: options.stateDirectory) }

    /// Where the live job's rows come out.
    private var output: String {
        let folder = Directory.join(options.stateDirectory, Self.migration)
        return Directory.join(FileManager.default.currentDirectoryPath, folder)
    }

    /// A demo begins with an empty folder.
    private func removeOutput() throws(Failure) {
        guard case .directory = try Directory.kind(of: output) else { return }
        for path in try Directory.files(below: output) { try Directory.remove(path) }
    }

    private func takeControl() throws(Failure) -> LiveController {
        try LiveController(
            stateDirectory: options.stateDirectory,
            binary: programVersion,
            tickMs: Self.tickMs
        )
    }

    private func request(_ job: Job, _ launcher: JobLauncher, rows: Int) -> LiveRequest {
        var request = LiveRequest(
            stateDirectory: options.stateDirectory,
            target: Self.target,
            binary: programVersion
        ) { name in launcher.engine(named: name, for: job) }
        request.tickMs = Self.tickMs
        request.intervalMs = Self.intervalMs
        request.speed = options.speed
        request.quotas = Self.shares.map { Int64(Double(rows) * $0) }
        request.takesEnded = options.resumes
        return request
    }

    private func stream(
        _ job: Job,
        _ launcher: JobLauncher,
        _ directory: String,
        _ controller: LiveController,
        _ request: LiveRequest
    ) throws(Failure) -> LiveStream {
        var choices = JobLauncher.Choices()
        choices.processor = ("v1", "demo")
        choices.directory = directory
        choices.existing = .overwrite
        choices.outputDirectory = output
        let parts = try launcher.parts(job, choices)
        return try LiveStream(
            job,
            settings: parts.settings,
            options: parts.options,
            controller: controller,
            request: request
        )
    }

    /// What shall go wrong, and from which stage on.
    private func fault(_ plan: PlanFile) throws(Failure) -> LiveRequest.Fault? {
        guard let fault = options.fault else { return nil }
        let kind = LiveFault.Kind(rawValue: fault.name)
        let usual = kind == nil || kind == .killCandidate ? "canary-50" : "canary-10"
        let stage = fault.stage ?? usual
        guard plan.stageNames.contains(stage) else {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--fault names the stage \(stage), which the plan lacks",
                remedy: NearestName.remedy(for: stage, in: plan.stageNames)
            )
        }
        return LiveRequest.Fault(
            kind.map { .candidate(LiveFault($0)) } ?? .killController,
            from: stage
        )
    }
}

// MARK: - The proof

extension Demo {
    /// The rows that the live job has published, read back from its files.
    private func emitted(
        _ job: Job,
        _ launcher: JobLauncher,
        _ directory: String
    ) throws(Failure) -> JobSummary {
        guard var table = job.sinkTable, case .filesystem(var place) = table.connector else {
            preconditionFailure("the demo's job writes files")
        }
        place.path = output
        table.connector = .filesystem(place)
        let columns = Array(table.physicalFields.indices)
        let plan = Plan(
            .scan(Scan(table: table, columns: columns)),
            schema: job.plan.schema,
            at: job.position
        )
        let reading = Job(
            name: "emitted",
            plan: plan,
            sink: .result,
            settings: job.settings,
            at: job.position
        )
        return try run(reading, launcher, directory)
    }

    /// A job's rows on V1 alone.
    private func run(
        _ job: Job,
        _ launcher: JobLauncher,
        _ directory: String
    ) throws(Failure) -> JobSummary {
        var choices = JobLauncher.Choices()
        choices.processor = ("v1", "demo")
        choices.directory = directory
        let launch = try launcher.prepare(job, choices)
        let rows = ResultRows(schema: launch.job.outputSchema)
        let report = try launcher.run(launch, into: rows)
        return JobSummary(report: report, processor: launch.processor, rows: rows.batch)
    }
}
