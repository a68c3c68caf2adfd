import Arguments
import Columns
import Failures
import Foundation
import SQLFront
import StreamSQL
import TestKit
import Testing

@Suite("Random scripts", .scratchDirectory, .timeLimit(.minutes(60)))
struct EquivalenceTests {
    @Test("V2 gives V1's rows bit for bit, and both give the obvious evaluator's")
    func equivalence() throws {
        let environment = ProcessInfo.processInfo.environment
        let rounds = environment["PROPERTY_ROUNDS"].flatMap(Int.init) ?? 600
        let first = environment["PROPERTY_SEED"].flatMap(UInt64.init) ?? 1
        var broken = 0
        for seed in first..<first + UInt64(rounds) where broken < 5 {
            let item = EquivalenceCase(seed: seed)
            guard let reason = try failure(of: item) else { continue }
            broken += 1
            let (simplest, last) = try simplified(item, reason)
            Issue.record(
                """
                seed=\(seed) replay: PROPERTY_SEED=\(seed) PROPERTY_ROUNDS=1
                \(last)
                v2:\(simplest.partitions), batch.rows \(simplest.batchRows), \
                chunks of \(simplest.chunkSize) bytes
                \(simplest.caseFile(expecting: expected(simplest).rows))
                """
            )
        }
    }

    /// The same failure with less of everything, and what it says now.
    private func simplified(
        _ item: EquivalenceCase,
        _ reason: String
    ) throws -> (EquivalenceCase, String) {
        var (best, last) = (item, reason)
        var tries = 0
        var improved = true
        while improved {
            improved = false
            for candidate in best.simpler {
                tries += 1
                guard tries < 2000 else { return (best, last) }
                guard let reason = try failure(of: candidate) else { continue }
                (best, last) = (candidate, reason)
                improved = true
                break
            }
        }
        return (best, last)
    }

    /// Why a case fails; nil where everything agrees.
    private func failure(of item: EquivalenceCase) throws -> String? {
        for table in item.tables.indices {
            try item.file(table)
                .write(
                    toFile: scratchPath(item.fileName(table)),
                    atomically: false,
                    encoding: .utf8
                )
        }
        let script: BoundScript
        do throws(StreamScript.Rejection) {
            script = try StreamScript.bind(
                item.script,
                source: "",
                options: StreamScript.Options(name: "case")
            )
        } catch {
            return "refused: \(error.failures.map(\.description))"
        }
        do throws(Failure) {
            let job = script.jobs[0]
            let serial = try run(job, .serial, batchRows: 8192, chunkSize: 262_144)
            let other = try run(
                job,
                .parallel(partitions: item.partitions, bindsThreads: false),
                batchRows: item.batchRows,
                chunkSize: item.chunkSize
            )
            guard serial == other else {
                return "V1 and V2 differ\nV1: \(Self.lines(serial))\nV2: \(Self.lines(other))"
            }
            let wanted = expected(item)
            var found = Self.lines(serial)
            if !wanted.isOrdered { found.sort() }
            return found == wanted.rows ? nil : "the rows are wrong\n\(found)\n\(wanted.rows)"
        } catch {
            return "failed: \(error.description)"
        }
    }

    private func expected(_ item: EquivalenceCase) -> (rows: [String], isOrdered: Bool) {
        let rows = item.relation.rows(item.tables)
            .map { $0.map(\.canonical).joined(separator: "|") }
        return item.relation.isOrdered ? (rows, true) : (rows.sorted(), false)
    }

    private func run(
        _ job: Job,
        _ engine: StreamEngine,
        batchRows: Int,
        chunkSize: Int
    ) throws(Failure) -> Batch {
        var layers = ConfigurationLayers()
        layers.flags["stream.batch.rows"] = ConfigurationLayers.Setting("\(batchRows)")
        let settings = try StreamSettings(layers, job: job.settings)
        var options = StreamRunOptions(
            engine: engine,
            processorName: "test",
            scriptDirectory: ScratchDirectory.current?.path(percentEncoded: false) ?? "",
            now: { 0 }
        )
        options.chunkSize = chunkSize
        let running = StreamJob(job, settings: settings, options: options)
        let rows = ResultRows(schema: running.outputSchema)
        _ = try running.run(into: rows, control: JobControl())
        return rows.batch
    }

    private static func lines(_ batch: Batch) -> [String] {
        (0..<batch.rowCount).map { row in
            zip(batch.schema.fields, batch.row(row))
                .map { cell($0.type, $1).canonical }
                .joined(separator: "|")
        }
    }

    private static func cell(_ type: DataType, _ value: Value) -> Cell {
        switch value {
        case .null: .null
        case .boolean(let flag): .bool(flag)
        case .double(let number): .double(number)
        case .text(let text): .text(text)
        case .decimal(let unscaled): .decimal(unscaled: Int(unscaled), scale: type.decimalScale)
        case .integer(let number):
            if case .timestamp = type { .time(Int(number) / 1000) } else { .int(Int(number)) }
        case .bytes: preconditionFailure("no case has bytes")
        }
    }
}

extension Batch {
    /// Whether two results have the same rows in the same order, to the bit.
    fileprivate static func == (left: Batch, right: Batch) -> Bool {
        guard left.rowCount == right.rowCount else { return false }
        return (0..<left.rowCount).allSatisfy { left.row($0) == right.row($0) }
    }
}
