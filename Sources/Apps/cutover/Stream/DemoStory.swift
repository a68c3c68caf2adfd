internal import Columns
internal import Hashing
internal import JSON
internal import Observe
internal import StreamSQL
internal import Units

/// What the demo proved and found, as people and machines read it.
struct DemoStory: Sendable {
    private let comparison: JobComparison
    private let primary: JobSummary
    private let candidate: JobSummary
    private let elapsed: Duration

    /// Whether every run of both engines gave the same rows.
    let isProven: Bool

    /// A story of at least one comparison; the last one is told, with the fastest run of each side.
    init(comparisons: [JobComparison], elapsed: Duration) {
        comparison = comparisons[comparisons.count - 1]
        primary = Self.fastest(comparisons.map(\.primary))
        candidate = Self.fastest(comparisons.map(\.candidate))
        self.elapsed = elapsed
        let digests = Set(
            comparisons.flatMap { [$0.primary.report.digest, $0.candidate.report.digest] }
        )
        isProven = digests.count == 1 && comparisons.allSatisfy { $0.verdict == .pass }
    }

    private static func fastest(_ summaries: [JobSummary]) -> JobSummary {
        summaries.min { $0.report.elapsed < $1.report.elapsed } ?? summaries[0]
    }

    var json: JSONValue {
        [
            "rows": JSONValue(primary.report.rowsIn), "windows": JSONValue(primary.report.rowsOut),
            "matched": JSONValue(comparison.rows.matched),
            "missing": JSONValue(comparison.rows.missing),
            "extra": JSONValue(comparison.rows.extra),
            "mismatch": JSONValue(comparison.rows.mismatched),
            "v1_digest": JSONValue(primary.report.digest.description),
            "v2_digest": JSONValue(candidate.report.digest.description),
            "v1_rows_per_second": JSONValue(Self.rate(primary)),
            "v2_rows_per_second": JSONValue(Self.rate(candidate)),
            "elapsed_seconds": JSONValue(JobSummary.rounded(elapsed.inSeconds)),
        ]
    }

    private static func rate(_ summary: JobSummary) -> Int {
        JobSummary.rate(summary.report.rowsIn, summary.report.elapsed.inSeconds)
    }

    func text(on terminal: Terminal) -> String {
        let rowCount = NumberText.grouped(primary.report.rowsIn)
        let windows = NumberText.grouped(primary.report.rowsOut)
        var lines = [
            "One SQL script, two engines, the same answer.", "",
            "  Data      \(rowCount) flights from New York's three airports in 2013",
            "  Question  departures and delays for each hour, origin and destination",
            "  Script    Examples/stream/flights-hourly.sql", "",
        ]
        lines += speeds(terminal)
        lines += [
            "", "  \(verdict(windows))", "",
            "Share of departures more than 15 minutes late, by the hour on New York's clocks:", "",
        ]
        let chart = LateShare.chart(of: comparison.primary.rows).text(on: narrow(terminal))
        lines += chart.split(separator: "\n").map { "  \($0)" }
        lines += [
            "", "Next:",
            "  cutover stream explain Examples/stream/flights-hourly.sql --processor v2:2",
            "  cutover stream compare Examples/stream/flights-weather.sql --primary v1 --candidate v2",
            "  cutover stream --help",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func narrow(_ terminal: Terminal) -> Terminal {
        var terminal = terminal
        terminal.width = min(terminal.width - 2, 64)
        return terminal
    }

    private func speeds(_ terminal: Terminal) -> [String] {
        let engines = [("V1  one thread", primary), ("V2  \(candidate.processor)", candidate)]
        return engines.map { name, summary in
            let speed = NumberText.scaled(Double(Self.rate(summary))) + " rows/s"
            let time = summary.report.elapsed.roundedText
            return "  \(TerminalText.padded(name, to: 16))"
                + "\(TerminalText.padded(time, to: 8, right: true))   \(terminal.styled(speed, .bold))"
        }
    }

    private func verdict(_ windows: String) -> String {
        guard isProven else {
            return "The engines DISAGREE: \(comparison.line)"
        }
        return "All \(windows) result rows are equal, with the digest "
            + "\(primary.report.digest.hexadecimal.prefix(12))… on both."
    }
}

/// When departures are late.
private enum LateShare {
    /// A bar for each hour of the day in which at least a thousand flights left.
    ///
    /// `rows` are those of `flights-hourly.sql`.
    static func chart(of rows: Batch?) -> BarChart {
        guard let rows, let starts = rows.integers("window_start"),
            let counts = rows.integers("departures"), let shares = rows.doubles("late_share")
        else { return BarChart([]) }
        var departures = [Int64](repeating: 0, count: 24)
        var late = [Double](repeating: 0, count: 24)
        for row in 0..<rows.rowCount where counts.values[row] > 0 && !shares.column.isNull(row) {
            let hour = newYorkHour(of: starts.values[row])
            departures[hour] += counts.values[row]
            late[hour] += shares.values[row] * Double(counts.values[row])
        }
        return BarChart(
            (0..<24).filter { departures[$0] >= 1000 }.map { hour in
                let share = late[hour] / Double(departures[hour])
                let percent = NumberText.fixed(share * 100, digits: 0)
                return BarChart.Bar("\(hour < 10 ? "0" : "")\(hour):00", share, "\(percent)%")
            }
        )
    }

    /// The hour on New York's clocks in 2013: five hours behind UTC, four from 10 March to 3 November.
    ///
    /// `microseconds` are since 1970-01-01 00:00 UTC.
    private static func newYorkHour(of microseconds: Int64) -> Int {
        let hours = microseconds / 3_600_000_000
        // 2013-03-10 07:00 and 2013-11-03 06:00 UTC.
        let isSummer = (378_583..<384_294).contains(hours)
        return Int((hours - (isSummer ? 4 : 5)) % 24)
    }
}

extension Batch {
    fileprivate func integers(_ name: String) -> (column: Column, values: Buffer<Int64>)? {
        guard let index = schema.index(of: name), case .integers(let values) = columns[index].values
        else { return nil }
        return (columns[index], values)
    }

    fileprivate func doubles(_ name: String) -> (column: Column, values: Buffer<Double>)? {
        guard let index = schema.index(of: name), case .doubles(let values) = columns[index].values
        else { return nil }
        return (columns[index], values)
    }
}
