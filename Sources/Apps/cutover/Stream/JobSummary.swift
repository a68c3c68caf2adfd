internal import Columns
internal import Failures
internal import Hashing
internal import JSON
internal import Observe
internal import StreamSQL
internal import Units

/// What a run of a job did, as people and machines read it.
struct JobSummary: Sendable {
    let report: JobReport
    let processor: String
    /// The rows of a SELECT.
    let rows: Batch?
    /// Whether what went in was counted; another engine tells only what came out.
    var knowsInput = true

    /// The members that every job has.
    var json: JSONObject {
        let elapsed = report.elapsed.inSeconds
        var object = JSONObject()
        if knowsInput { object["rows_in"] = JSONValue(report.rowsIn) }
        object["rows_out"] = JSONValue(report.rowsOut)
        if knowsInput {
            object["rows_late"] = JSONValue(report.rowsLate)
            object["rows_bad"] = JSONValue(report.rowsBad)
        }
        object["elapsed_seconds"] = JSONValue(Self.rounded(elapsed))
        if knowsInput {
            object["rows_per_second"] = JSONValue(Self.rate(report.rowsIn, elapsed))
        }
        object["processor"] = JSONValue(processor)
        object["output_digest"] = JSONValue(report.digest.description)
        if let rows {
            object["columns"] = JSONValue(rows.schema.fields.map { JSONValue($0.name) })
            object["rows"] = ResultText.json(rows)
        }
        return object
    }

    /// To the microsecond.
    static func rounded(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e6 }

    /// Whole rows per second; 0 for no time.
    static func rate(_ rows: Int, _ seconds: Double) -> Int {
        seconds > 0 ? Int((Double(rows) / seconds).rounded()) : 0
    }

    /// How many rows came late, and where the first one is; nil where there are none.
    var lateWarning: String? {
        guard report.rowsLate > 0 else { return nil }
        let late = NumberText.grouped(report.rowsLate)
        let all = NumberText.grouped(report.rowsIn)
        var text = "warning WARN_LATE_ROWS: \(late) of \(all) rows came late and were "
        text += keepsLateRows ? "kept as dead letters" : "dropped (keep them: --late dlq)"
        if let position = report.firstLate?.position {
            let name = position.path.split(separator: "/").last ?? ""
            text += "; first at \(name)\(position.line.map { ":\($0)" } ?? "")"
        }
        return text
    }

    /// Whether late rows go to the dead letters.
    var keepsLateRows = false

    /// One for each operator whose rows V2 could not spread evenly.
    var skewWarnings: [String] {
        report.skews.map { skew in
            let share = Int((skew.share * 100).rounded())
            let fair = Int((100 / Double(skew.partitions)).rounded())
            let what = "\(share)% of the rows of \(skew.operatorLabel) share one slot of keys"
            return "warning WARN_SKEW: \(what), and a partition's fair share is \(fair)%;"
                + " V2 cannot spread them further"
        }
    }

    /// What was refused, by code; nil where nothing was.
    var badWarning: String? {
        guard report.rowsBad > 0 else { return nil }
        let reasons = report.rejectedCounts.sorted { $0.key < $1.key }
            .map { "\(NumberText.grouped($0.value)) \($0.key)" }
        var text = "warning: \(NumberText.grouped(report.rowsBad)) rows could not be used"
        if !reasons.isEmpty { text += ": \(reasons.joined(separator: ", "))" }
        if let example = report.firstRejected { text += "; first: \(example.message)" }
        return text
    }

    /// One row a job.
    static func table(_ summaries: [JobSummary], on terminal: Terminal) -> String {
        var table = TextTable([
            .text("job"), .text("processor"), .number("rows in"), .number("out"), .number("late"),
            .number("bad"), .number("time"), .number("rows/s"), .text("output digest"),
        ])
        for summary in summaries {
            let report = summary.report
            func counted(_ text: String) -> String { summary.knowsInput ? text : "–" }
            table.append([
                report.name, summary.processor, counted(NumberText.grouped(report.rowsIn)),
                NumberText.grouped(report.rowsOut), counted(NumberText.grouped(report.rowsLate)),
                counted(NumberText.grouped(report.rowsBad)), report.elapsed.roundedText,
                counted(
                    NumberText.scaled(Double(rate(report.rowsIn, report.elapsed.inSeconds)))
                ),
                report.digest.description,
            ])
        }
        return table.text(on: terminal)
    }
}
