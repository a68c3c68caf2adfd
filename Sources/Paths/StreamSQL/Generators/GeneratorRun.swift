internal import Columns
package import Failures
internal import Files
internal import Flow

/// One command of a generator: tables into files of one directory, made by several threads.
///
/// A thread takes the next chunk of rows, makes it and its texts alone, and then waits for its turn at the
/// files. So files get their rows in order, and each thread holds one chunk.
package struct GeneratorRun: Sendable {
    package typealias Progress = @Sendable (GeneratorProgress) throws(Failure) -> Void

    private let options: GeneratorOptions
    private let csv: RowForm
    private let progress: Progress

    /// - Parameters:
    ///   - options: formats and threads.
    ///   - delimiter: between the fields of CSV files.
    ///   - nullLiteral: NULL in CSV files.
    ///   - progress: called after each chunk, by one thread at a time; what it throws ends the run.
    package init(
        options: GeneratorOptions,
        delimiter: UInt8 = 0x2C,
        nullLiteral: String = "",
        progress: @escaping Progress
    ) {
        self.options = options
        csv = .quotedCSV(delimiter: delimiter, nullLiteral: nullLiteral)
        self.progress = progress
    }

    /// Rows that one thread makes at a time.
    private static let chunkRows = 1 << 15

    /// Writes each table as `NAME.csv`, `NAME.jsonl` and `NAME.parquet`, as far as they are wanted.
    ///
    /// Files appear when all tables are done, and replace what was there; a failure before leaves what was
    /// there untouched.
    ///
    /// The directory is made where it is missing. Throws `IO_WRITE`, `IO_SPACE`, `JOB_RUNNING`, `FLOW_THREAD`, and
    /// what `progress` throws.
    package func write(
        _ tables: [any GeneratedTable],
        into directory: String
    ) throws(Failure) -> GeneratorReport {
        try Directory.create(directory)
        let rowsInAll = tables.reduce(0) { $0 + $1.rowCount }
        var outputs: [TableOutput] = []
        do throws(Failure) {
            var done = GeneratorProgress(rowsDone: 0, rowsInAll: rowsInAll)
            for table in tables {
                let output = TableOutput(table, files: Exclusive(try open(table, directory)))
                outputs.append(output)
                try make(output, done)
                done.rowsDone += table.rowCount
            }
            for output in outputs { try output.finish() }
            var files: [GeneratorReport.File] = []
            for output in outputs { files += try output.publish() }
            return GeneratorReport(files: files)
        } catch {
            for output in outputs { output.discard() }
            throw error
        }
    }

    private func open(
        _ table: any GeneratedTable,
        _ directory: String
    ) throws(Failure) -> sending [any TableFile] {
        var files: [any TableFile] = []
        do throws(Failure) {
            for format in GeneratedFormat.allCases where options.formats.contains(format) {
                let path = Directory.join(directory, "\(table.name).\(format.suffix)")
                switch format {
                case .csv, .json: files.append(try LineFile(path, format))
                case .parquet: files.append(try ColumnFile(path, table.schema))
                }
            }
        } catch {
            for file in files { file.place.discard() }
            throw error
        }
        return files
    }

    private func make(_ output: TableOutput, _ before: GeneratorProgress) throws(Failure) {
        let turns = ChunkTurns(rowCount: output.table.rowCount, chunkRows: Self.chunkRows)
        let work: @Sendable () -> Void = { [self] in
            while let chunk = turns.take() { make(chunk, of: output, turns, before) }
        }
        var threads: [WorkerThread] = []
        while threads.count + 1 < min(options.threads, turns.chunkCount) {
            do throws(Failure) {
                threads.append(try WorkerThread(work))
            } catch {
                turns.fail(error)
                break
            }
        }
        work()
        for thread in threads { thread.join() }
        if let failure = turns.failure { throw failure }
    }

    private func make(
        _ chunk: ChunkTurns.Chunk,
        of output: TableOutput,
        _ turns: ChunkTurns,
        _ before: GeneratorProgress
    ) {
        var forms: [GeneratedFormat: RowForm] = [.csv: csv, .json: .jsonLines]
        forms = forms.filter { options.formats.contains($0.key) }
        let prepared = PreparedChunk(output.table.batch(chunk.rows), forms: forms)
        guard turns.wait(for: chunk) else { return }
        do throws(Failure) {
            try output.write(prepared)
            var now = before
            now.rowsDone += chunk.rows.upperBound
            try progress(now)
            turns.finish(chunk)
        } catch {
            turns.fail(error)
        }
    }
}

/// A table with its files, which the threads use in turn.
private struct TableOutput: Sendable {
    let table: any GeneratedTable
    private let files: Exclusive<[any TableFile]>

    init(_ table: any GeneratedTable, files: Exclusive<[any TableFile]>) {
        self.table = table
        self.files = files
    }

    func write(_ chunk: PreparedChunk) throws(Failure) {
        try files.withValue { files throws(Failure) in
            for file in files { try file.write(chunk) }
        }
    }

    func finish() throws(Failure) {
        try files.withValue { files throws(Failure) in
            for file in files { try file.finish() }
        }
    }

    func publish() throws(Failure) -> [GeneratorReport.File] {
        try files.withValue { files throws(Failure) in
            var published: [GeneratorReport.File] = []
            for file in files {
                try file.place.publish()
                published.append(
                    GeneratorReport.File(
                        path: file.place.path,
                        table: table.name,
                        format: file.format,
                        rowCount: table.rowCount,
                        byteCount: file.byteCount
                    )
                )
            }
            return published
        }
    }

    func discard() {
        files.withValue { files in
            for file in files { file.place.discard() }
        }
    }
}
