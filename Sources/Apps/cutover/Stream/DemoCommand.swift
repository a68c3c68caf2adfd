internal import Arguments
internal import Columns
internal import Failures
internal import Files
internal import Hashing
internal import JSON
internal import Observe
internal import SQLFront
internal import StreamSQL
internal import Units

extension CommandTree {
    static var demo: CommandTree {
        CommandTree(
            Command(
                "demo",
                "one SQL job over 336,776 real flights on both engines, compared row by row",
                examples: [.init("cutover demo", "the whole story in a few seconds")]
            )
        ) { (invocation, console) throws(Failure) in
            try runDemo(invocation, console)
        }
    }
}

private func runDemo(_ invocation: Invocation, _ console: Console) throws(Failure) -> ExitCode {
    guard let resources = Installation.current.resources else {
        throw Failure(
            "IO_NO_FILES",
            blame: .outside,
            "the demo's script is not beside this program",
            remedy: "run `./cutover demo` in the clone, or install with scripts/install"
        )
    }
    let isJSON = invocation.flag("json")
    let start = ContinuousClock.now
    let path = Directory.join(resources, "Examples/stream/flights-hourly.sql")
    let file = try StreamScriptFile(path: path, invocation, console)
    try FlightsInput.fetchIfMissing(for: file, console)
    let paired = try PairedRun(
        file.script.jobs[0],
        StreamRun(file, console, showsProgress: !isJSON),
        primary: "v1",
        candidate: "v2",
        exampleLimit: 5
    )
    let demo = DemoReport(paired, elapsed: ContinuousClock.now - start)
    try console.write(isJSON ? JSONValue(demo.json).compactText + "\n" : demo.text)
    return paired.comparison.isEqual ? .done : .failed
}

/// What the demo found.
struct DemoReport {
    private let paired: PairedRun
    private let elapsed: Duration

    init(_ paired: PairedRun, elapsed: Duration) {
        self.paired = paired
        self.elapsed = elapsed
    }

    var json: JSONObject {
        let comparison = paired.comparison
        return [
            "rows": JSONValue(paired.primary.report.rowsIn),
            "windows": JSONValue(comparison.primaryCount),
            "matched": JSONValue(comparison.matched),
            "missing": JSONValue(comparison.missing),
            "extra": JSONValue(comparison.extra),
            "mismatch": JSONValue(comparison.mismatched),
            "v1_digest": JSONValue(paired.primary.report.digest.description),
            "v2_digest": JSONValue(paired.candidate.report.digest.description),
            "v1_rows_per_second": JSONValue(paired.primary.report.rowsPerSecond.rounded()),
            "v2_rows_per_second": JSONValue(paired.candidate.report.rowsPerSecond.rounded()),
            "elapsed_seconds": JSONValue(elapsed.inSeconds),
        ]
    }

    var text: String {
        let comparison = paired.comparison
        let rows = NumberText.grouped(paired.primary.report.rowsIn)
        let windows = NumberText.grouped(comparison.primaryCount)
        var text = """
            \(rows) flights left New York in 2013. How late, by hour, origin and destination?

              \(line("V1, one thread", paired.primary))
              \(line("V2, partitions", paired.candidate))

            """
        if comparison.isEqual, !comparison.isReordered {
            text += """
                Both engines gave the same \(windows) rows, byte for byte: \
                digest \(paired.primary.report.digest)

                """
        } else {
            text += paired.text
        }
        text += "\nFlights that left more than 15 minutes late, by origin:\n\n"
        text += lateShares.text()
        text += """

            Next: cutover stream run Examples/stream/flights-hourly.sql --output out/hourly
                  cutover stream compare Examples/stream/flights-weather.sql
                  cutover stream --help

            """
        return text
    }

    private func line(
        _ title: String,
        _ side: (report: JobReport, processor: String)
    ) -> String {
        let rate = NumberText.rate(side.report.rowsIn, "rows", per: side.report.elapsed)
        return "\(title) (\(side.processor)): \(side.report.elapsed.roundedText), \(rate)"
    }

    /// Share of late departures per origin, weighted by departures.
    private var lateShares: BarChart {
        let rows = paired.primaryRows
        var sums: [String: (departures: Double, late: Double)] = [:]
        guard let origin = rows.schema.index(of: "origin"),
            let departures = rows.schema.index(of: "departures"),
            let share = rows.schema.index(of: "late_share")
        else { return BarChart([]) }
        for row in 0..<rows.rowCount {
            guard case .text(let name) = rows.columns[origin].value(row),
                case .integer(let count) = rows.columns[departures].value(row),
                case .double(let late) = rows.columns[share].value(row)
            else { continue }
            sums[name, default: (0, 0)].departures += Double(count)
            sums[name, default: (0, 0)].late += Double(count) * late
        }
        let bars = sums.keys.sorted().map { name -> BarChart.Bar in
            let sum = sums[name] ?? (0, 0)
            let late = sum.late / max(sum.departures, 1)
            return BarChart.Bar(name, late, NumberText.percent(late))
        }
        return BarChart(bars)
    }
}
