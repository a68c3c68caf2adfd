package import Failures
internal import MigrationControl
internal import MigrationJournal
internal import Routing
package import SQLFront
package import StreamSQL

/// A stream job under a static route: both engines in one process, compared, and no controller.
package final class StaticStream: Sendable {
    /// What the job did, and why the candidate gave up where it did.
    package typealias Report = (live: LiveReport, candidateFailure: Failure?)

    /// The target's generation that this run is.
    package let generation: Int
    private let live: LiveJob

    /// Makes the job ready, and takes the target's next generation for it.
    ///
    /// - Throws: `MIG_UNIT` and `MIG_KEY_TYPE` for a job without units of key and window, `MIG_TARGET_BUSY` where a
    ///   migration holds the target, what the journal refuses.
    package init(
        _ job: Job,
        settings: StreamSettings,
        options: StreamRunOptions,
        route: StaticRoute,
        candidate: (engine: StreamEngine, name: String),
        request: LiveRequest
    ) throws(Failure) {
        let pacer = LivePacer(request) { nil }
        let make = { (tables: [RouteTable]) throws(Failure) -> LiveJob in
            // It begins with its only table and promises nothing, so it has nothing to remember.
            let router = try LiveRouter(
                id: "static",
                target: request.target,
                directory: nil,
                tables: tables
            )
            var live = LiveOptions(
                router: router,
                candidate: candidate.engine,
                candidateName: candidate.name
            )
            if request.rowsPerSecond != nil {
                live.pace = { pacer.pause(before: $0, eventTime: $1) }
            }
            return try LiveJob(job, settings: settings, options: options, live: live)
        }
        // What the job cannot do is told before the target takes a generation for it.
        _ = try make([])
        let table = try route.publish(
            of: request.target,
            in: request.stateDirectory,
            binary: request.binary
        )
        generation = table.generation
        live = try make([table])
    }

    /// Runs the job to its end.
    ///
    /// - Throws: the failure that ended the job; nothing has been published then.
    package func run(control: JobControl) throws(Failure) -> Report {
        let report = try live.run(control: control)
        return (report, live.takeEvidence().candidateFailure)
    }
}

extension StaticRoute {
    /// Takes a target's next generation for a run whose unit is the whole job.
    ///
    /// - Throws: `MIG_TARGET_BUSY` where a migration holds the target, what the journal refuses.
    package func takeGeneration(
        of target: String,
        in state: String,
        binary: String
    ) throws(Failure) -> Int {
        try publish(of: target, in: state, binary: binary).generation
    }

    /// Takes a target's next generation, and gives the table that the run obeys.
    fileprivate func publish(
        of target: String,
        in state: String,
        binary: String
    ) throws(Failure) -> RouteTable {
        let journal = try MigrationJournal(
            state: state,
            options: JournalOptions(access: .create, binary: binary)
        )
        // A journal that was cut short may have forgotten the migration that holds the target.
        try journal.checkMigrations()
        let record = try journal.publishStaticRoute(
            target: target,
            barrier: routesWindows ? String(RouteLog.beginning) : nil
        ) { (next) throws(Failure) in
            try table(of: target, generation: next.generation, fence: next.fence).canonicalText
        }
        return try RouteTable(parsing: record.table)
    }
}
