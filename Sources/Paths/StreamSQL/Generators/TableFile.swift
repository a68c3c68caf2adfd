internal import Columns
internal import Failures
internal import Files

/// A file that is made beside its path, under a name that readers of the directory skip.
///
/// It appears by `publish`; until then the path keeps what it held, and `discard` removes what was made.
final class StagedPath {
    let path: String
    let temporary: String
    /// Locked as long as this object lives, so that two commands do not write one file at once.
    private let lock: FileHandle

    /// - Throws: `IO_WRITE`, `IO_SPACE`; `JOB_RUNNING` where another command is making this file.
    init(_ path: String) throws(Failure) {
        self.path = path
        let name = ".\(Directory.lastComponent(of: path)).inprogress"
        temporary = Directory.join(Directory.parent(of: path) ?? "", name)
        lock = try FileHandle(path: temporary, mode: .append)
        guard try lock.tryLock() else {
            throw Failure(
                "JOB_RUNNING",
                blame: .request,
                isRetryable: true,
                "another command is writing \(path)",
                remedy: "wait for it, or write to another directory"
            )
        }
    }

    /// Flushes the finished file and moves it to its path.
    func publish() throws(Failure) {
        try lock.synchronize()
        try Directory.rename(temporary, to: path)
        try Directory.synchronize(Directory.parent(of: path) ?? ".")
    }

    /// Removes what was not published; what cannot be removed, the next attempt overwrites.
    func discard() { try? Directory.remove(temporary) }
}

/// A file of a generated table in the making.
protocol TableFile: AnyObject {
    var place: StagedPath { get }
    var format: GeneratedFormat { get }
    /// Bytes of the file, complete after `finish`.
    var byteCount: Int { get }

    /// Appends rows; called in their order.
    func write(_ chunk: PreparedChunk) throws(Failure)

    /// Writes what stands behind the last row.
    func finish() throws(Failure)
}

/// Rows, and what could be made of them out of turn.
struct PreparedChunk: Sendable {
    let batch: Batch
    let lines: [GeneratedFormat: [UInt8]]

    init(_ batch: Batch, forms: [GeneratedFormat: RowForm]) {
        self.batch = batch
        lines = forms.mapValues { $0.text(of: batch) }
    }
}

/// CSV or JSON lines.
final class LineFile: TableFile {
    let place: StagedPath
    let format: GeneratedFormat
    private let sink: FileSink
    private(set) var byteCount = 0

    init(_ path: String, _ format: GeneratedFormat) throws(Failure) {
        place = try StagedPath(path)
        self.format = format
        sink = try FileSink(path: place.temporary, mode: .write)
    }

    func write(_ chunk: PreparedChunk) throws(Failure) {
        guard let bytes = chunk.lines[format] else { preconditionFailure("lines of each form") }
        try sink.write(bytes.span)
        byteCount += bytes.count
    }

    func finish() throws(Failure) {}
}
