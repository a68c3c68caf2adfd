internal import Columns
internal import Compression
internal import Failures
internal import Files
internal import Flow
internal import Parquet
internal import SQLFront

/// Finds the splits of a job's sources: a split is one file, or one generator.
struct SourceOpener {
    let graph: StreamGraph
    let options: StreamRunOptions
    let batchRows: Int
    /// How long a live source may gather rows.
    let batchLatency: Duration
    /// Asked while a live source gives nothing.
    let isStopped: @Sendable () -> Bool
    let context: EvaluationContext
    let clock: JobClock

    /// Splits in script order and, within a source, in order of their paths' bytes.
    ///
    /// - Throws: `IO_NO_FILES`, what the file system refuses, what compiling a watermark throws.
    func open() throws(Failure) -> JobInput {
        var splits: [(source: Int, reader: Exclusive<any SplitReader>)] = []
        var times: [EventTimeReader?] = []
        var names: [String] = []
        for (index, source) in graph.sources.enumerated() {
            switch source.origin {
            case .values(let batch):
                splits.append((index, Exclusive(BatchSplit([batch]))))
                names.append(source.name)
                times.append(nil)
            case .feed(let feed, let name):
                splits.append((index, Exclusive(FeedSplit(feed))))
                names.append(name)
                times.append(nil)
            case .table(let scan):
                for reader in try readers(scan) { splits.append((index, reader)) }
                names += try self.names(scan)
                times.append(try time(scan, source.schema))
            }
        }
        var input = JobInput(splits: splits, times: times)
        input.names = names
        return input
    }

    /// What a table's splits are called; files with their sizes.
    private func names(_ scan: Scan) throws(Failure) -> [String] {
        guard case .filesystem(let place) = scan.table.connector else { return [scan.table.name] }
        var names: [String] = []
        for path in try paths(place, scan.table) {
            var size = 0
            if case .file(let bytes) = try Directory.kind(of: path) { size = bytes }
            names.append("\(scan.table.name) \(path) \(size)")
        }
        return names
    }

    private func time(_ scan: Scan, _ schema: Schema) throws(Failure) -> EventTimeReader? {
        guard let watermark = scan.watermark else { return nil }
        return try EventTimeReader(watermark, schema: schema, context: context, clock: clock)
    }

    private func readers(_ scan: Scan) throws(Failure) -> [Exclusive<any SplitReader>] {
        if let batches = options.tables[scan.table.name] {
            return [Exclusive(BatchSplit(batches.map { scan.columns(of: $0) }))]
        }
        switch scan.table.connector {
        case .filesystem(let place): return try fileReaders(place, scan)
        case .standardInput(let format):
            let decoders = decoders(format, scan)
            return [
                Exclusive(
                    TextSplit(
                        decoders: decoders,
                        chunkSize: options.chunkSize,
                        patience: batchLatency
                    ) { () throws(Failure) in
                        FileSource(standardInput: (), isStopped: isStopped)
                    }
                )
            ]
        case .datagen(let datagen):
            return [
                Exclusive(
                    DatagenSplit(
                        options: datagen,
                        fields: scan.table.physicalFields,
                        columns: scan.columns,
                        seed: options.seed,
                        batchRows: batchRows,
                        batchLatency: batchLatency,
                        now: options.now(),
                        isStopped: isStopped
                    )
                )
            ]
        case .print, .blackhole, .standardOutput:
            throw Failure(
                "PLAN_NOT_READABLE",
                blame: .request,
                "the connector of \(scan.table.name) can only be written to",
                remedy: "read from filesystem, datagen or stdin",
                at: .text(scan.table.position)
            )
        }
    }

    private func decoders(_ format: TextFormat, _ scan: Scan) -> TextDecoderPool {
        TextDecoderPool(
            format: format,
            fields: scan.table.physicalFields,
            projection: scan.columns
        )
    }

    private func fileReaders(
        _ place: Connector.Filesystem,
        _ scan: Scan
    ) throws(Failure) -> [Exclusive<any SplitReader>] {
        let paths = try paths(place, scan.table)
        var readers: [Exclusive<any SplitReader>] = []
        switch place.format {
        case .text(let format):
            let decoders = decoders(format, scan)
            for path in paths {
                readers.append(
                    Exclusive(
                        TextSplit(decoders: decoders, chunkSize: options.chunkSize) {
                            () throws(Failure) in
                            try openText(path)
                        }
                    )
                )
            }
        case .parquet:
            for path in paths {
                readers.append(
                    Exclusive(
                        ParquetSplit(
                            path: path,
                            fields: scan.columns.map { scan.table.physicalFields[$0] },
                            conditions: scan.pruning.compactMap {
                                ParquetCondition(
                                    $0,
                                    fields: scan.columns.map { scan.table.physicalFields[$0] }
                                )
                            }
                        )
                    )
                )
            }
        }
        return readers
    }

    /// The files of a table, by their bytes.
    private func paths(
        _ place: Connector.Filesystem,
        _ table: TableDefinition
    ) throws(Failure) -> [String] {
        let path = Directory.join(options.scriptDirectory, place.path)
        let paths: [String]
        switch try Directory.kind(of: path) {
        case .directory: paths = try Directory.files(below: path)
        case .file, .other: paths = [path]
        case .missing: paths = Glob.isPattern(path) ? try Glob.paths(matching: path) : []
        }
        guard !paths.isEmpty else {
            throw Failure(
                "IO_NO_FILES",
                blame: .request,
                "table \(table.name) has no file at \(path)",
                remedy: "check the path; relative ones start from the script's directory",
                at: .text(table.position)
            )
        }
        return paths
    }
}

extension Scan {
    /// The columns that the scan wants of rows with all of the table's.
    fileprivate func columns(of batch: Batch) -> Batch {
        precondition(
            batch.schema.fields.map(\.type) == table.physicalFields.map(\.type),
            "rows in memory have the table's types"
        )
        return Batch(
            schema: Schema(columns.map { table.physicalFields[$0] }),
            columns: columns.map { batch.columns[$0] },
            rowCount: batch.rowCount
        )
    }
}

/// Opens a text file, decompressing what its name says is compressed.
private func openText(_ path: String) throws(Failure) -> any ByteSource {
    let file = try FileSource(path: path)
    guard let format = CompressionFormat(path: path) else { return file }
    return try DecompressingSource(file, format: format)
}
