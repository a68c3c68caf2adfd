internal import Columns
internal import Hashing
internal import JSON
internal import StreamSQL
internal import TextFormats
internal import Units

extension JobReport {
    /// Rows read a second.
    var rowsPerSecond: Double { Double(rowsIn) / max(elapsed.inSeconds, 1e-9) }

    /// The run as machines read it.
    func json(processor: String) -> JSONObject {
        [
            "rows_in": JSONValue(rowsIn),
            "rows_out": JSONValue(rowsOut),
            "rows_late": JSONValue(rowsLate),
            "rows_bad": JSONValue(rowsBad),
            "elapsed_seconds": JSONValue(elapsed.inSeconds),
            "rows_per_second": JSONValue(rowsPerSecond.rounded()),
            "processor": JSONValue(processor),
            "output_digest": JSONValue(digest.description),
        ]
    }

    /// The run in one line for people.
    func line(processor: String) -> String {
        let inputs = sources.map { "\($0.table) \(NumberText.grouped($0.rowsIn))" }
        let output = "\(sink ?? "result") \(NumberText.grouped(rowsOut)) out"
        return "\(name)  \(processor)  \(inputs.joined(separator: " + ")) in, "
            + "\(NumberText.grouped(rowsBad)) rejected, \(NumberText.grouped(rowsLate)) late → "
            + "\(output)  \(elapsed.roundedText)  \(NumberText.rate(rowsIn, "rows", per: elapsed))"
    }

    /// Warnings that people should see after the run.
    var warnings: [String] {
        var lines: [String] = []
        if rowsLate > 0 {
            let place = firstLate?.position.map { "; first at \($0)" } ?? ""
            lines.append(
                "warning WARN_LATE_ROWS: \(NumberText.grouped(rowsLate)) of "
                    + "\(NumberText.grouped(rowsIn)) rows came late and were dropped "
                    + "(keep them: --late dlq)\(place)"
            )
        }
        for (reason, count) in rejectedCounts.sorted(by: { $0.key < $1.key }) {
            lines.append("warning: \(NumberText.grouped(count)) rows refused (\(reason))")
        }
        return lines
    }
}

extension Column {
    /// One value as people read it; empty for NULL.
    func shownText(_ row: Int) -> String {
        if isNull(row) { return "" }
        var bytes: [UInt8] = []
        PlainText.append(self, row: row, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One value as JSON: numbers as numbers, everything else as text.
    func json(_ row: Int) -> JSONValue {
        if isNull(row) { return .null }
        if type == .boolean { return JSONValue(shownText(row) == "TRUE") }
        if case .integer(let number) = value(row), type.isInteger { return JSONValue(number) }
        if case .double(let number) = value(row), number.isFinite { return JSONValue(number) }
        return JSONValue(shownText(row))
    }
}
