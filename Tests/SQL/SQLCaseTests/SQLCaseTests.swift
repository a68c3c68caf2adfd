import Arguments
import Columns
import Failures
import Foundation
import SQLFront
import Scalars
import StreamSQL
import TestKit
import Testing

@Suite("SQL text cases", .scratchDirectory, .timeLimit(.minutes(5)))
struct SQLCaseTests {
    @Test(
        "a case gives the same rows on both engines, for any partitions and batches",
        arguments: try SQLCase.all
    )
    func sameRows(_ item: SQLCase) throws {
        for file in item.files {
            try file.text.write(toFile: scratchPath(file.name), atomically: true, encoding: .utf8)
        }
        let engines: [StreamEngine] = [
            .serial,
            .parallel(partitions: 1, bindsThreads: false),
            .parallel(partitions: 3, bindsThreads: false),
        ]
        for engine in engines {
            for batchRows in [1, 7, 8192] {
                let result = try run(item, engine, batchRows: batchRows)
                let place: Comment = "\(item.name) on \(engine), batch.rows \(batchRows)"
                if let error = item.error {
                    #expect(result.error == error, place)
                } else {
                    #expect(result.error == nil, place)
                    #expect(result.rows == item.rows, place)
                    #expect(result.late == item.late, place)
                    #expect(result.bad == item.bad, place)
                }
            }
        }
    }

    private struct Outcome {
        var rows: [String] = []
        var late = 0
        var bad = 0
        var error: String?
    }

    private func run(_ item: SQLCase, _ engine: StreamEngine, batchRows: Int) throws -> Outcome {
        let script: BoundScript
        do throws(StreamScript.Rejection) {
            script = try StreamScript.bind(
                item.script,
                source: "",
                options: StreamScript.Options(name: "case")
            )
        } catch {
            return Outcome(error: error.failures.first.map(Self.summary))
        }
        var layers = ConfigurationLayers()
        layers.flags["stream.batch.rows"] = ConfigurationLayers.Setting("\(batchRows)")
        for setting in item.settings {
            layers.flags["stream.\(setting.key)"] = ConfigurationLayers.Setting(setting.value)
        }
        var outcome = Outcome()
        do throws(Failure) {
            for job in script.jobs {
                let settings = try StreamSettings(layers, job: job.settings)
                let options = StreamRunOptions(
                    engine: engine,
                    processorName: "test",
                    scriptDirectory: directory,
                    now: { 1_700_000_000_000_000 }
                )
                let running = StreamJob(job, settings: settings, options: options)
                let rows = ResultRows(schema: running.outputSchema)
                let report = try running.run(into: rows, control: JobControl())
                outcome.rows += Self.lines(rows.batch)
                outcome.late += report.rowsLate
                outcome.bad += report.rowsBad
            }
        } catch {
            outcome.error = Self.summary(error)
        }
        return outcome
    }

    private var directory: String {
        ScratchDirectory.current?.path(percentEncoded: false) ?? ""
    }

    /// `CODE LINE:COLUMN`, or the code alone where no script position is known.
    private static func summary(_ failure: Failure) -> String {
        guard case .text(let position)? = failure.position else { return failure.code }
        return "\(failure.code) \(position.line):\(position.column)"
    }

    private static func lines(_ batch: Batch) -> [String] {
        (0..<batch.rowCount).map { row in
            zip(batch.schema.fields, batch.row(row))
                .map { text($0.type, $1) }
                .joined(separator: "|")
        }
    }

    private static func text(_ type: DataType, _ value: Value) -> String {
        var bytes: [UInt8] = []
        switch (type, value) {
        case (_, .null): return "NULL"
        case (.date, .integer(let days)): TemporalText.appendDate(days, to: &bytes)
        case (.timestamp(let precision), .integer(let time)):
            TemporalText.appendTimestamp(time, precision: precision, to: &bytes)
        case (_, .integer(let number)): return "\(number)"
        case (_, .boolean(let flag)): return flag ? "TRUE" : "FALSE"
        case (_, .double(let number)): DoubleText.append(number, to: &bytes)
        case (_, .decimal(let unscaled)):
            DecimalText.append(unscaled, scale: type.decimalScale, to: &bytes)
        case (_, .text(let text)): return text
        case (_, .bytes(let data)): return data.map { String($0, radix: 16) }.joined()
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
