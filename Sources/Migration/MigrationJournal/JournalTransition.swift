package import JSON

/// A route table as it is stored and published.
package struct RouteRecord: Sendable, Hashable {
    package var generation: Int
    /// Canonical JSON of the table.
    package var table: String
    /// Event time from which it holds, for windows; nil: at once.
    package var barrier: String?
    /// nil for a static route.
    package internal(set) var migration: String?

    package init(generation: Int, table: String, barrier: String? = nil) {
        self.generation = generation
        self.table = table
        self.barrier = barrier
    }
}

/// Something that has to happen outside once the transaction is committed.
package struct IntentDraft: Sendable, Hashable {
    /// What it is, for example `publish-route` or `notify`.
    package var kind: String
    package var payload: JSONObject
    /// What makes doing it twice the same as doing it once; an intent with a known key is not added again.
    package var idempotencyKey: String

    package init(_ kind: String, idempotencyKey: String, payload: JSONObject = [:]) {
        self.kind = kind
        self.payload = payload
        self.idempotencyKey = idempotencyKey
    }
}

/// One change of one migration: everything in it is committed together or not at all.
package struct JournalTransition: Sendable {
    /// The row as it was read; another number, generation or fence by now is `MIG_STALE`.
    package var from: MigrationRecord
    package var to: MigrationState
    package var event: EventDraft
    /// A new route table; its generation is the new state's.
    package var route: RouteRecord?
    /// The last table again, in the form in which it holds: its barrier was proposed and is agreed now.
    package var sealed: RouteRecord?
    package var intents: [IntentDraft]
    /// Intents whose doing this event records.
    package var finished: [Int]
    /// Kinds of intents of this migration that must not be begun any more.
    package var cancelled: [String]
    package var evidence: [EvidenceRecord]
    package var soak: [SoakRecord]

    package init(
        from record: MigrationRecord,
        to state: MigrationState,
        _ event: EventDraft,
        route: RouteRecord? = nil,
        sealed: RouteRecord? = nil,
        intents: [IntentDraft] = [],
        finished: [Int] = [],
        cancelled: [String] = [],
        evidence: [EvidenceRecord] = [],
        soak: [SoakRecord] = []
    ) {
        from = record
        to = state
        self.event = event
        self.route = route
        self.sealed = sealed
        self.intents = intents
        self.finished = finished
        self.cancelled = cancelled
        self.evidence = evidence
        self.soak = soak
    }
}
