package import Failures

/// Stream SQL text to bound, typed, optimised plans.
///
/// Pure: reads no file and no clock.
package enum StreamScript {
    /// What the caller knows beside the text.
    package struct Options: Sendable {
        /// Name of the jobs; several get `-1`, `-2` … behind it.
        package var name: String
        /// Settings in force before the first statement, as from `--set` and files: key and value.
        package var settings: [(key: String, value: String)]

        package init(name: String, settings: [(key: String, value: String)] = []) {
            self.name = name
            self.settings = settings
        }
    }

    /// Why a script cannot run: at least one failure, in the order of the text, at most 20.
    package struct Rejection: Error, Sendable {
        package var failures: [Failure]
        package var notices: [Notice]
    }

    /// Everything that can be said about a script without running it.
    package struct Report: Sendable {
        package var failures: [Failure]
        /// `WARN_…` notices.
        package var warnings: [Notice]
        /// `PORT_…` notices: what Flink refuses or reads differently.
        package var portability: [Notice]
        /// The statements that are sound; jobs of a script with failures must not be run.
        package var script: BoundScript
    }

    /// The script's jobs.
    ///
    /// - Parameters:
    ///   - text: the script, at most 1 MiB.
    ///   - source: path or title for positions.
    ///   - options: the jobs' name, and settings in force before the first statement.
    /// - Returns: the jobs in order, with warnings.
    /// - Throws: ``Rejection`` with every failure found.
    package static func bind(
        _ text: String,
        source: String,
        options: Options
    ) throws(Rejection) -> BoundScript {
        let report = check(text, source: source, options: options)
        guard report.failures.isEmpty else {
            throw Rejection(failures: report.failures, notices: report.warnings)
        }
        return report.script
    }

    /// The script's jobs and all failures and notices, for `validate`.
    package static func check(_ text: String, source: String, options: Options) -> Report {
        var binder = ScriptBinder(source: source, options: options)
        return binder.check(text)
    }
}
