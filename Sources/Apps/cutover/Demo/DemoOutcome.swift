internal import Assembly
internal import Columns
internal import Failures
internal import Hashing
internal import JSON
internal import Observe
internal import SQLFront
internal import StreamSQL
internal import Units

/// What the demo did, and whether what came out is right.
struct DemoOutcome {
    private let report: LiveStreamReport
    private let oracle: JobSummary
    private let emitted: JobSummary
    private let comparison: ResultComparison
    /// Units that came out more than once.
    private let duplicates: Int
    /// The report's file.
    private let page: String
    private let elapsed: Duration

    init(
        report: LiveStreamReport,
        oracle: JobSummary,
        emitted: JobSummary,
        job: Job,
        page: String,
        elapsed: Duration
    ) {
        self.report = report
        self.oracle = oracle
        self.emitted = emitted
        self.page = page
        self.elapsed = elapsed
        comparison = ResultComparison(
            primary: oracle.collected,
            candidate: emitted.collected,
            key: job.plan.uniqueKey,
            tolerance: .exact,
            exampleLimit: 5
        )
        duplicates = Self.duplicates(emitted.collected, key: job.plan.uniqueKey ?? [])
    }

    private static func duplicates(_ rows: Batch, key: [Int]) -> Int {
        var seen: Set<[Value]> = []
        var count = 0
        for row in 0..<rows.rowCount {
            let unit = key.map { rows.columns[$0].value(row) }
            if !seen.insert(unit).inserted { count += 1 }
        }
        return count
    }

    private var view: LiveView { report.view }

    /// Whether what came out is what V1 alone gives.
    private var isRight: Bool {
        comparison.isEqual && duplicates == 0
            && emitted.report.digest == oracle.report.digest
            && emitted.report.rowsOut == view.primary.served + view.candidate.served
    }

    var exitCode: ExitCode {
        guard isRight else { return .violated }
        return switch view.phase {
        case "completed": .done
        case "rolled-back": .failed
        case "stuck": .violated
        default: .holding
        }
    }

    var json: JSONValue {
        [
            "migration": JSONValue(view.name), "attempt": JSONValue(view.attempt),
            "phase": JSONValue(view.phase), "rows": JSONValue(report.live.rowsIn),
            "windows": JSONValue(emitted.report.rowsOut), "compared": JSONValue(view.compared),
            "mismatches": JSONValue(view.different),
            "primary_served": JSONValue(view.primary.served),
            "candidate_served": JSONValue(view.candidate.served),
            "emitted_digest": JSONValue(emitted.report.digest.description),
            "oracle_digest": JSONValue(oracle.report.digest.description),
            "duplicates": JSONValue(duplicates), "missing": JSONValue(comparison.missing),
            "generations": JSONValue(view.generation), "journal_head": JSONValue(view.head),
            "elapsed_seconds": JSONValue(JobSummary.rounded(elapsed.inSeconds)),
            "report": JSONValue(page),
        ]
    }

    func text(on terminal: Terminal) -> String {
        let windows = NumberText.grouped(emitted.report.rowsOut)
        var lines = ["", "  " + terminal.styled(verdict, isRight ? .bold : .red), ""]
        lines += [
            "  Rows      \(NumberText.grouped(report.live.rowsIn)) read, \(NumberText.grouped(report.live.job.rowsLate)) late",
            "  Windows   \(windows) came out: \(NumberText.grouped(view.primary.served)) from V1, "
                + "\(NumberText.grouped(view.candidate.served)) from V2",
            "  Compared  \(NumberText.grouped(view.compared)) windows on both engines, "
                + "\(NumberText.grouped(view.different)) differed",
            "  Proof     " + proof,
            "  Journal   \(view.seq) events, head \(view.head.prefix(16))…",
        ]
        lines.append("  Report    \(page)")
        if let trouble = report.trouble { lines.append("  Trouble   \(trouble.description)") }
        lines += [
            "", "Next:",
            "  cutover journal show \(view.name)",
            "  cutover demo --fault bad-candidate",
            "  cutover stream explain Examples/stream/flights-live.sql --processor v2:2",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private var verdict: String {
        guard isRight else { return "WRONG RESULTS CAME OUT: see the figures below." }
        return switch view.phase {
        case "completed": "V2 has taken over, and every window came out right."
        case "rolled-back":
            "V1 has the job again (\(view.reason ?? "rolled back")), and every window came out right."
        default:
            "The migration is \(view.phase) in stage \(view.stage ?? "-"); every window so far is right."
        }
    }

    private var proof: String {
        guard isRight else {
            return
                "missing \(comparison.missing), extra \(comparison.extra), different \(comparison.mismatched), "
                + "twice \(duplicates)"
        }
        return
            "equal to a run on V1 alone, row by row; digest \(oracle.report.digest.hexadecimal.prefix(12))…"
    }
}
