internal import Assembly
internal import Failures
internal import Flow
internal import SQLFront
internal import StreamSQL

/// One job under a static route, without a plan and without a controller.
struct StaticRun {
    let route: StaticRoute
    let target: String
    let settings: MigrationSettings
    let launcher: JobLauncher
    let console: Console

    /// Runs the job.
    ///
    /// - Throws: `MIG_UNIT` for what the job and its processors cannot do, `MIG_TARGET_BUSY`, and the failure that
    ///   ended the job; nothing has been published then.
    func run(
        _ job: Job,
        _ choices: JobLauncher.Choices
    ) throws(Failure) -> (JobSummary, StaticOutcome) {
        let sides = try sides(of: job, choices)
        try launcher.tellOfSettings(job, choices)
        if route.routesWindows { return try runBoth(job, choices, sides) }
        return try runInTurn(job, choices, sides)
    }

    /// Both implementations.
    private struct Sides {
        var primary: ProcessorConfiguration
        var candidate: ProcessorConfiguration
    }

    /// What is configured is the side that it is an implementation of.
    private func sides(
        of job: Job,
        _ choices: JobLauncher.Choices
    ) throws(Failure) -> Sides {
        let configured = try launcher.processor(for: job, choices)
        let isOld = if case .serial = configured { true } else { false }
        var sides = Sides(primary: configured, candidate: configured)
        if let name = route.primary {
            sides.primary = try processor(name, "processor.migration.primary", job, choices)
        } else if !isOld {
            sides.primary = try processor("v1:simple", "primary", job, choices)
        }
        if let name = route.candidate {
            sides.candidate = try processor(name, "processor.migration.secondary", job, choices)
        } else if isOld {
            sides.candidate = try processor("v2", "secondary", job, choices)
        }
        for side in [sides.primary, sides.candidate] { try check(side) }
        return sides
    }

    private func processor(
        _ name: String,
        _ source: String,
        _ job: Job,
        _ choices: JobLauncher.Choices
    ) throws(Failure) -> ProcessorConfiguration {
        var choices = choices
        choices.processor = (name, source)
        do throws(Failure) {
            return try launcher.processor(for: job, choices)
        } catch {
            guard error.code.hasPrefix("CFG_") else { throw error }
            var failure = error
            failure.code = StaticRoute.valueCode
            failure.cause = error.code
            throw failure
        }
    }

    private func check(_ processor: ProcessorConfiguration) throws(Failure) {
        if case .flink = processor {
            throw Failure(
                "MIG_UNIT",
                blame: .request,
                "\(processor) takes no part in a static route",
                remedy: "choose v1 and v2, or hold Flink against them with `cutover stream compare`"
            )
        }
        guard processor.isTransactional else { return }
        throw Failure(
            "MIG_UNIT",
            blame: .request,
            "\(processor) publishes with each checkpoint, and a static route all at once",
            remedy: "leave `transactional` out of the processor"
        )
    }

    private func choices(
        _ choices: JobLauncher.Choices,
        for processor: ProcessorConfiguration
    ) -> JobLauncher.Choices {
        var choices = choices
        choices.processor = (processor.description, "processor")
        return choices
    }

    // MARK: Both sides at once

    private func runBoth(
        _ job: Job,
        _ choices: JobLauncher.Choices,
        _ sides: Sides
    ) throws(Failure) -> (JobSummary, StaticOutcome) {
        let parts = try launcher.parts(job, self.choices(choices, for: sides.primary))
        var request = LiveRequest(settings, target: target, binary: programVersion) { name in
            launcher.engine(named: name, for: job)
        }
        request.rowsPerSecond = choices.rowsPerSecond
        let stream = try StaticStream(
            job,
            settings: parts.settings,
            options: parts.options,
            route: route,
            candidate: try request.engine(sides.candidate.description).get(),
            request: request
        )
        let title = "\(sides.primary) and \(sides.candidate)"
        let control = JobControl()
        let line = ProgressLine(title: "\(job.name)  \(title)", noun: "rows")
        let (report, failure) = try console.interruption.calling { () -> Void in
            control.cancel()
        } during: { () throws(Failure) -> StaticStream.Report in
            try line.show(on: console) {
                (control.rowCount, nil)
            } during: { () throws(Failure) -> StaticStream.Report in
                try stream.run(control: control)
            }
        }
        var outcome = StaticOutcome(
            target: target,
            generation: stream.generation,
            route: route,
            primary: sides.primary.description,
            candidate: sides.candidate.description
        )
        outcome.take(report.totals.units, candidateFailure: failure)
        return (JobSummary(report: report.job, processor: title, rows: nil), outcome)
    }

    // MARK: One side after the other

    private func runInTurn(
        _ job: Job,
        _ choices: JobLauncher.Choices,
        _ sides: Sides
    ) throws(Failure) -> (JobSummary, StaticOutcome) {
        let hasBegun = OneWayFlag()
        let broken = try BrokenDelivery.probe(console.environment)
        let probe = DeliveryProbe { (step) throws(Failure) in
            if step == .partsClosed { hasBegun.set() }
            try broken.reach(step)
        }
        let first = try launch(job, choices, on: sides.primary, probe)
        let second = try launch(job, choices, on: sides.candidate, probe)
        try checkRepetition(of: first.job, job)
        let generation = try route.takeGeneration(
            of: target,
            in: settings.state,
            binary: programVersion
        )
        var outcome = StaticOutcome(
            target: target,
            generation: generation,
            route: route,
            primary: first.processor,
            candidate: second.processor
        )
        do throws(Failure) {
            let report = try launcher.run(first)
            outcome.takeJob(after: nil)
            return (JobSummary(report: report, processor: first.processor, rows: nil), outcome)
        } catch {
            // The other side can mend neither a wrong request nor what has begun to appear.
            guard error.blame != .request, !hasBegun.isSet, !console.interruption.isRequested else {
                throw error
            }
            let report = try runInstead(second, after: error, of: first)
            outcome.takeJob(after: error)
            return (JobSummary(report: report, processor: second.processor, rows: nil), outcome)
        }
    }

    private func runInstead(
        _ second: JobLauncher.Launch,
        after failure: Failure,
        of first: JobLauncher.Launch
    ) throws(Failure) -> JobReport {
        console.note(
            "warning: \(first.processor) failed, and \(second.processor) runs the job: \(failure)"
        )
        do throws(Failure) {
            return try launcher.run(second)
        } catch {
            guard error.code != "JOB_CANCELLED" else { throw error }
            var both = failure
            both.problem =
                "\(first.processor) failed: \(failure.problem); then \(second.processor) failed "
                + "with \(error.code): \(error.problem)"
            both.cause = [failure.cause, error.cause].compactMap(\.self).joined(separator: "; ")
            if both.cause?.isEmpty == true { both.cause = nil }
            throw both
        }
    }

    private func launch(
        _ job: Job,
        _ choices: JobLauncher.Choices,
        on processor: ProcessorConfiguration,
        _ probe: DeliveryProbe
    ) throws(Failure) -> JobLauncher.Launch {
        var parts = try launcher.parts(job, self.choices(choices, for: processor))
        parts.options.probe = probe
        return JobLauncher.Launch(
            job: StreamJob(job, settings: parts.settings, options: parts.options),
            name: job.name,
            processor: parts.options.processorName,
            rowsPerSecond: choices.rowsPerSecond
        )
    }

    private func checkRepetition(of running: StreamJob, _ job: Job) throws(Failure) {
        let settings = try StreamSettings(launcher.layers, job: job.settings)
        if settings.policy.failing == .dlq || settings.policy.late == .dlq {
            throw Failure(
                "MIG_UNIT",
                blame: .request,
                "the strategy fallback may run the job twice, and dead letters cannot be taken back",
                remedy: "choose `--failure fail` or `log`, and `--late drop`"
            )
        }
        guard let obstacle = running.repetitionObstacle else { return }
        throw Failure(
            "MIG_UNIT",
            blame: .request,
            "the strategy fallback may run the job twice, and \(obstacle.problem)",
            remedy: "INSERT into a filesystem table from one that can be read again",
            at: .text(obstacle.position)
        )
    }
}
