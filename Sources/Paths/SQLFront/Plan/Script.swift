package import Failures

/// A whole script after binding: what to run, in order.
package struct BoundScript: Sendable {
    /// INSERT, SELECT and EXPLAIN statements in order.
    package var jobs: [Job]
    /// `SET` values as the last statement of each key left them before the first job; jobs carry their own copies.
    package var warnings: [Notice]

    package init(jobs: [Job], warnings: [Notice]) {
        self.jobs = jobs
        self.warnings = warnings
    }
}

/// One INSERT or SELECT: a plan and where its rows go.
package struct Job: Sendable {
    package enum Sink: Sendable {
        /// Plan columns are in the order of the table's physical fields, cast to their types.
        case table(TableDefinition)
        /// A bare SELECT: rows go to the caller.
        case result
        /// EXPLAIN: the plan is shown, not run.
        case explain
    }

    /// Script's name, with `-1`, `-2` … where a script has several.
    package var name: String
    package var plan: Plan
    package var sink: Sink
    package var settings: JobSettings
    package var position: SourcePosition

    package init(
        name: String,
        plan: Plan,
        sink: Sink,
        settings: JobSettings,
        at position: SourcePosition
    ) {
        self.name = name
        self.plan = plan
        self.sink = sink
        self.settings = settings
        self.position = position
    }
}

/// What `SET` statements decided for a job.
package struct JobSettings: Hashable, Sendable {
    /// `execution.runtime-mode`: batch means no watermarks and no late rows.
    package var isBatch = false
    /// `table.local-time-zone` as an offset from UTC in microseconds.
    package var zoneOffset: Int64 = 0
    /// `table.exec.source.idle-timeout` in microseconds; nil is the default.
    package var idleTimeout: Int64?
    /// Where that was set.
    package var idlePosition: SourcePosition?
    /// `parallelism.default`.
    package var parallelism: Int?
    /// `cutover.stream.KEY` values with their place, checked against the path's configuration schema by its owner.
    package var own: [String: Setting] = [:]

    package struct Setting: Hashable, Sendable {
        package var text: String
        package var position: SourcePosition

        package init(text: String, position: SourcePosition) {
            self.text = text
            self.position = position
        }
    }

    package init() {}
}

/// A warning about a script.
package struct Notice: Hashable, Sendable, CustomStringConvertible {
    /// `WARN_…` or, from `validate --portable`, `PORT_…`.
    package var code: String
    package var message: String
    package var position: SourcePosition?

    package init(code: String, message: String, position: SourcePosition?) {
        self.code = code
        self.message = message
        self.position = position
    }

    package var description: String {
        "\(position.map { "\($0): " } ?? "")warning \(code): \(message)"
    }
}
