internal import Columns
internal import Failures
internal import Files
internal import Flow
internal import SQLFront

/// Opens the sink of a job.
struct SinkOpener {
    let table: TableDefinition
    let schema: Schema
    let options: StreamRunOptions
    /// What is done about writes that may succeed later.
    let retry: RetryPolicy
    let job: String
    /// What a checkpoint has left to be published, and the number of the parts behind it.
    var resumed: (commit: PartCommit, epoch: Int)?

    /// The sink, and what makes rows ready for it.
    ///
    /// - Throws: what the sink refuses before any row is read.
    func open() throws(Failure) -> (any RowSink, any OutputFormatter) {
        switch table.connector {
        case .filesystem(let place):
            let opened = try openParts(place)
            return (opened.sink, opened.formatter)
        case .blackhole: return (BlackholeSink(), ColumnFormatter())
        case .print(let identifier, let usesStandardError):
            let sink = LineSink(FileSink(standardError: usesStandardError, retry: retry))
            return (sink, PrintFormatter(identifier: identifier))
        case .standardOutput(let format):
            let sink = LineSink(FileSink(standardError: false, retry: retry))
            return (sink, TextFormatter(format, schema: schema))
        case .datagen, .standardInput:
            throw Failure(
                "PLAN_NOT_WRITABLE",
                blame: .request,
                "the connector of \(table.name) can only be read from",
                remedy: "write to filesystem, print, stdout or blackhole",
                at: .text(table.position)
            )
        }
    }

    /// A sink in both of its roles, which are one object.
    struct Opened {
        let sink: any RowSink
        let checkpoints: any CheckpointedSink
        let formatter: any OutputFormatter
    }

    /// The same for a job with checkpoints, whose sink has been found fit for them.
    func openCheckpointed() throws(Failure) -> Opened {
        switch table.connector {
        case .filesystem(let place): return try openParts(place)
        case .blackhole:
            let sink = BlackholeSink()
            return Opened(sink: sink, checkpoints: sink, formatter: ColumnFormatter())
        case .print, .standardOutput, .datagen, .standardInput:
            preconditionFailure("sinks without checkpoints are refused before")
        }
    }

    private func openParts(
        _ place: Connector.Filesystem
    ) throws(Failure) -> Opened {
        let path =
            options.outputDirectory ?? Directory.join(options.scriptDirectory, place.path)
        switch place.format {
        case .text(let format):
            let formatter = TextFormatter(format, schema: schema)
            let directory = try PartDirectory(
                path: path,
                fileExtension: format.fileExtension,
                existing: existing,
                job: job,
                probe: options.probe
            )
            let sink = TextPartSink(
                directory: directory,
                formatter: formatter,
                partSizeLimit: Int(place.rollingFileSize),
                retry: retry
            )
            return Opened(sink: sink, checkpoints: sink, formatter: formatter)
        case .parquet:
            let directory = try PartDirectory(
                path: path,
                fileExtension: ".parquet",
                existing: existing,
                job: job,
                probe: options.probe
            )
            let sink = ParquetPartSink(
                directory: directory,
                schema: schema,
                partSizeLimit: Int(place.rollingFileSize)
            )
            return Opened(sink: sink, checkpoints: sink, formatter: ColumnFormatter())
        }
    }

    private var existing: PartDirectory.Existing {
        if let resumed { return .resume(resumed.commit, epoch: resumed.epoch) }
        return switch options.existing {
        case .refuse: .refuse
        case .append: .append
        case .overwrite: .overwrite
        }
    }
}

extension TextFormat {
    fileprivate var fileExtension: String {
        switch self {
        case .csv: ".csv"
        case .json: ".json"
        }
    }
}
