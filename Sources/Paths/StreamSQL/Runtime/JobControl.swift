internal import Columns
internal import Failures
internal import Flow
private import Synchronization

/// A caller's hold on a running job: it may cancel it and look at its progress.
package final class JobControl: Sendable {
    private let isCancelled = Atomic<Bool>(false)
    private let sequencedRows = Atomic<Int>(0)
    private let start = ContinuousClock.now
    /// Rows per second that enter the job at most; nil is as fast as they can be read.
    private let rowsPerSecond: Double?

    package init(rowsPerSecond: Double? = nil) { self.rowsPerSecond = rowsPerSecond }

    /// Makes the job end with `JOB_CANCELLED` at the next step; safe to call from any thread, any number of times.
    package func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Rows that have entered the sequence so far.
    package var rowCount: Int { sequencedRows.load(ordering: .relaxed) }

    /// Whether the job shall end; what waits for others asks again and again.
    var isStopped: Bool { isCancelled.load(ordering: .relaxed) }

    func checkCancellation() throws(Failure) {
        guard isStopped else { return }
        throw Failure(
            "JOB_CANCELLED",
            blame: .request,
            "the job was stopped before its end; nothing was published",
            remedy: "run it again when you want its result"
        )
    }

    /// Counts rows that enter the job at somebody else's pace.
    func count(_ rows: SequencedBatch) {
        sequencedRows.add(rows.batch.rowCount, ordering: .relaxed)
    }

    /// Counts rows that enter the job, and sleeps until the configured rate allows them.
    func waitUntilDue(_ rows: SequencedBatch) {
        let count = rows.batch.rowCount
        let total = sequencedRows.add(count, ordering: .relaxed).newValue
        guard let rowsPerSecond else { return }
        let due = start + .seconds(Double(total) / rowsPerSecond)
        while !isCancelled.load(ordering: .relaxed) {
            let rest = ContinuousClock.now.duration(to: due)
            guard rest > .zero else { return }
            pause(for: min(rest, .milliseconds(50)))
        }
    }
}

/// The moments that `NOW` and its like show: one for the whole job in batch mode, else one per step.
package struct JobClock: Sendable {
    private let fixed: Int64?
    private let read: @Sendable () -> Int64

    package init(isFixed: Bool, read: @escaping @Sendable () -> Int64) {
        self.read = read
        fixed = isFixed ? read() : nil
    }

    package func moment() -> Int64 { fixed ?? read() }
}
