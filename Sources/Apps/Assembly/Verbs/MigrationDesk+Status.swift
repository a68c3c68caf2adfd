package import Failures
internal import Flow
package import JSON
internal import MigrationControl
internal import MigrationJournal

/// Looking and waiting.
extension MigrationDesk {
    /// How a migration stands.
    ///
    /// - Throws: `MIG_UNKNOWN` with the nearest name.
    package func status(of name: String) throws(Failure) -> StatusView {
        let live = try liveStatus(of: name)
        let failure = live?[ControlProtocol.failedMember]?.string
        if let live, !live.isNull, failure == nil { return StatusView(live, isLive: true) }
        let reader = try JournalReader.require(state, binary: binary)
        return try reader.journal.reading { () throws(Failure) in
            let record = try reader.resolve(name)
            return StatusView(
                try MigrationViews.snapshot(record, in: reader.journal).json,
                isLive: false,
                controllerFailure: failure,
                damage: try reader.damage(of: record)?.problem
            )
        }
    }

    /// What a running controller says; nil where none runs, and null where it does not have the name.
    private func liveStatus(of name: String) throws(Failure) -> JSONValue? {
        do throws(Failure) {
            return try ControlClient.connect(state)?.ask(.snapshot(name: name))
        } catch {
            // A controller that ends just now leaves everything in the journal.
            let isPassing = error.code == "IO_SOCKET" || error.code == "MIG_CONTROL"
            guard isPassing, error.isRetryable else { throw error }
            return nil
        }
    }

    /// Why a wait is over.
    package enum WaitEnd: Sendable, Hashable {
        case ended
        /// Only a person gets the migration going again.
        case person
        /// No process controls the migrations.
        case abandoned
        case timeout
        case interrupted
    }

    /// What a wait is for.
    package struct WaitRules: Sendable {
        /// nil: for as long as it takes.
        package var time: Duration?
        /// Whether waiting for a person ends it.
        package var endsForPerson: Bool
        /// How often to look.
        package var interval: Duration

        package init(
            time: Duration? = nil,
            endsForPerson: Bool = true,
            interval: Duration = .milliseconds(200)
        ) {
            self.time = time
            self.endsForPerson = endsForPerson
            self.interval = interval
        }
    }

    /// Waits until a migration is at rest.
    ///
    /// - Parameters:
    ///   - name: the migration.
    ///   - rules: what ends the wait.
    ///   - isStopped: asked at every look.
    ///   - show: is handed every look, the last one too.
    /// - Returns: the last look, and why the wait is over.
    /// - Throws: `MIG_UNKNOWN`, and what `show` throws.
    package func wait(
        for name: String,
        _ rules: WaitRules,
        isStopped: () -> Bool,
        show: (StatusView) throws(Failure) -> Void = { _ in }
    ) throws(Failure) -> (view: StatusView, end: WaitEnd) {
        let start = ContinuousClock.now
        var lonelyLooks = 0
        while true {
            let view = try status(of: name)
            try show(view)
            if view.hasEnded { return (view, .ended) }
            if rules.endsForPerson, view.waitsForPerson { return (view, .person) }
            // Whoever writes by hand has the lock for a moment, and a controller that begins has no socket yet.
            var isControlled = view.isLive
            if !isControlled, view.controllerFailure == nil {
                isControlled = try ControllerLock.isHeld(in: state)
            }
            lonelyLooks = isControlled ? 0 : lonelyLooks + 1
            if lonelyLooks >= 2 { return (view, .abandoned) }
            if isStopped() { return (view, .interrupted) }
            if let time = rules.time, ContinuousClock.now - start >= time {
                return (view, .timeout)
            }
            pause(for: rules.interval)
        }
    }

    /// Every migration's latest attempt, by name.
    package func list() throws(Failure) -> [JSONValue] {
        guard let reader = try JournalReader(state, binary: binary) else { return [] }
        return try reader.journal.reading { () throws(Failure) in
            let records = try reader.journal.migrations()
            var items: [JSONValue] = []
            for (index, record) in records.enumerated() {
                let isLatest =
                    index + 1 == records.count
                    || records[index + 1].identity.name != record.identity.name
                guard isLatest else { continue }
                items.append([
                    "name": JSONValue(record.identity.name), "migration": JSONValue(record.id),
                    "attempt": JSONValue(record.identity.attempt),
                    "target": JSONValue(record.identity.target),
                    "phase": JSONValue(record.state.phase),
                    "stage": JSONValue(record.isActive ? try reader.stageName(of: record) : nil),
                    "stage_state": JSONValue(record.isActive ? record.state.stageState : nil),
                    "hold": JSONValue(record.state.holdReason),
                    "generation": JSONValue(record.generation), "events": JSONValue(record.seq),
                    "updated_at": JSONValue(record.updatedAt),
                ])
            }
            return items
        }
    }
}
