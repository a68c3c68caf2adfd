internal import Failures
internal import Files
internal import Flow
internal import Observe

/// A file with metrics as Prometheus' text, for its collectors of text files.
///
/// A reader sees a whole scrape, never a part: each is written aside and renamed.
struct MetricsFile: Sendable {
    let registry = MetricsRegistry()
    private let path: String
    private let console: Console

    /// Between two scrapes.
    private static let interval = Duration.seconds(1)

    init(_ path: String, console: Console) {
        self.path = path
        self.console = console
    }

    /// Writes the file again and again while `body` runs, and once more behind it, also where it fails.
    ///
    /// - Throws: what `body` throws; `IO_WRITE` or `IO_SPACE` where the last scrape cannot be written.
    func keep<Result>(
        during body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try write()
        let isOver = OneWayFlag()
        let thread = try WorkerThread { rewrite(until: isOver) }
        let result: Result
        do throws(Failure) {
            result = try body()
        } catch {
            isOver.set()
            thread.join()
            tryToWrite()
            throw error
        }
        isOver.set()
        thread.join()
        try write()
        return result
    }

    private func rewrite(until isOver: OneWayFlag) {
        var due = ContinuousClock.now + Self.interval
        while !isOver.isSet {
            pause(for: .milliseconds(20))
            guard ContinuousClock.now >= due else { continue }
            due = .now + Self.interval
            tryToWrite()
        }
    }

    /// A scrape that cannot be written must not end the job: the next one may.
    private func tryToWrite() {
        do throws(Failure) {
            try write()
        } catch {
            console.note("warning: \(error.description)")
        }
    }

    private func write() throws(Failure) {
        let bytes = Array(registry.prometheusText.utf8)
        try Directory.replace(path, with: bytes.span)
    }
}
