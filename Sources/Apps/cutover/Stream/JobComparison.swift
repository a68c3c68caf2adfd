internal import Columns
internal import Failures
internal import Hashing
internal import JSON
internal import SQLFront
internal import StreamSQL
internal import Units

/// One job on two processors, and their rows held against each other.
struct JobComparison: Sendable {
    enum Verdict: String, Sendable {
        case pass
        case fail
        /// Nothing was compared, or the job's own functions change from run to run.
        case inconclusive
    }

    let primary: JobSummary
    let candidate: JobSummary
    let rows: ResultComparison
    let schema: Schema
    let verdict: Verdict
    /// Whether the order of rows is part of the comparison: not with an engine that has none.
    private let comparesOrder: Bool

    /// Where one side's rows come from.
    enum Side: Sendable {
        case run(JobLauncher.Choices)
        /// Another engine has run the job already.
        case foreign(JobSummary)
    }

    /// Runs the job on the primary, then on the candidate.
    ///
    /// - Throws: what making ready and running throw.
    init(
        _ job: Job,
        launcher: JobLauncher,
        primary primarySide: Side,
        candidate candidateSide: Side,
        exampleLimit: Int = 20
    ) throws(Failure) {
        primary = try Self.summary(of: primarySide, job, launcher)
        candidate = try Self.summary(of: candidateSide, job, launcher)
        schema = primary.collected.schema
        let comparesOrder = primarySide.isOwn && candidateSide.isOwn
        self.comparesOrder = comparesOrder
        rows = ResultComparison(
            primary: primary.collected,
            candidate: candidate.collected,
            key: job.plan.uniqueKey,
            tolerance: comparesOrder ? .exact : .engines,
            choice: comparesOrder ? nil : FreeChoice(job.plan),
            exampleLimit: exampleLimit
        )
        verdict = Self.verdict(
            rows,
            comparesOrder: comparesOrder,
            launcher.script.report.warnings
        )
    }

    private static func summary(
        of side: Side,
        _ job: Job,
        _ launcher: JobLauncher
    ) throws(Failure) -> JobSummary {
        switch side {
        case .run(let choices): try collect(try launcher.prepare(job, choices), launcher)
        case .foreign(let summary): summary
        }
    }

    private static func collect(
        _ launch: JobLauncher.Launch,
        _ launcher: JobLauncher
    ) throws(Failure) -> JobSummary {
        let rows = ResultRows(schema: launch.job.outputSchema)
        let report = try launcher.run(launch, into: rows)
        return JobSummary(report: report, processor: launch.processor, rows: rows.batch)
    }

    private static func verdict(
        _ rows: ResultComparison,
        comparesOrder: Bool,
        _ warnings: [Notice]
    ) -> Verdict {
        // No evidence is never a pass.
        if rows.primaryCount == 0, rows.candidateCount == 0 { return .inconclusive }
        if rows.isEqual, !comparesOrder || !rows.isReordered { return .pass }
        let changes = warnings.contains { $0.code == "WARN_NONDETERMINISTIC" }
        return changes ? .inconclusive : .fail
    }

    var exitCode: ExitCode {
        switch verdict {
        case .pass: .done
        case .fail: .failed
        case .inconclusive: .holding
        }
    }

    // MARK: For people and machines

    /// `19,486 | 19,486 rows  matched 19,486  missing 0  extra 0  mismatch 0  verdict pass`.
    var line: String {
        let counts = [
            ("matched", rows.matched), ("missing", rows.missing), ("extra", rows.extra),
            ("mismatch", rows.mismatched),
        ]
        var text = "\(NumberText.grouped(rows.primaryCount)) | "
        text += "\(NumberText.grouped(rows.candidateCount)) rows"
        for (name, count) in counts { text += "  \(name) \(NumberText.grouped(count))" }
        if rows.tied > 0 { text += "  tied \(NumberText.grouped(rows.tied))" }
        if comparesOrder, rows.isReordered { text += "  other order" }
        return text + "  verdict \(verdict.rawValue)"
    }

    /// One example a line, with its values as they differ.
    var exampleLines: [String] {
        rows.examples.map { example in
            let shown = example.primary ?? example.candidate ?? []
            let identity = text(shown)
            guard example.kind == .mismatch, let other = example.candidate else {
                return "\(example.kind.rawValue)  \(identity)"
            }
            return "mismatch in \(example.columns.joined(separator: ", "))\n"
                + "  primary    \(identity)\n  candidate  \(text(other))"
        }
    }

    private func text(_ row: [Value]) -> String {
        zip(schema.fields, row).map { field, value in
            "\(field.name)=\(ResultText.cell(.constant(value, field.type, count: 1), 0))"
        }
        .joined(separator: " ")
    }

    var json: JSONObject {
        [
            "primary": JSONValue(primary.processor), "candidate": JSONValue(candidate.processor),
            "primary_rows": JSONValue(rows.primaryCount),
            "candidate_rows": JSONValue(rows.candidateCount),
            "matched": JSONValue(rows.matched), "missing": JSONValue(rows.missing),
            "extra": JSONValue(rows.extra), "mismatch": JSONValue(rows.mismatched),
            "tied": JSONValue(rows.tied),
            "reordered": JSONValue(comparesOrder && rows.isReordered),
            "verdict": JSONValue(verdict.rawValue),
            "primary_digest": JSONValue(primary.report.digest.description),
            "candidate_digest": JSONValue(candidate.report.digest.description),
            "primary_seconds": JSONValue(JobSummary.rounded(primary.report.elapsed.inSeconds)),
            "candidate_seconds": JSONValue(JobSummary.rounded(candidate.report.elapsed.inSeconds)),
            "examples": JSONValue(rows.examples.map(json)),
        ]
    }

    private func json(_ example: ResultComparison.Example) -> JSONValue {
        [
            "kind": JSONValue(example.kind.rawValue),
            "primary": json(example.primary), "candidate": json(example.candidate),
            "columns": JSONValue(example.columns.map { JSONValue($0) }),
        ]
    }

    private func json(_ row: [Value]?) -> JSONValue {
        guard let row else { return .null }
        var object = JSONObject()
        for (field, value) in zip(schema.fields, row) {
            object[field.name] = ResultText.json(.constant(value, field.type, count: 1), 0)
        }
        return JSONValue(object)
    }
}

extension JobComparison.Side {
    /// Whether V1 or V2 runs the job, whose order is defined.
    fileprivate var isOwn: Bool { if case .run = self { true } else { false } }
}

extension JobSummary {
    var collected: Batch {
        guard let rows else { preconditionFailure("a compared job keeps its rows") }
        return rows
    }
}
