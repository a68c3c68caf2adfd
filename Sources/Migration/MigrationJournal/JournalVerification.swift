package import Failures
package import JSON

/// The pure rules, as far as the journal needs them to check itself.
package struct JournalRules: Sendable {
    /// The state after an event.
    package typealias Fold =
        @Sendable (MigrationState, JournalEvent, MigrationIdentity) throws(Failure) ->
        MigrationState

    /// Whether the verdict that an event carries follows from the evidence; nil for events without a verdict.
    package typealias Recompute =
        @Sendable (JournalEvent, EvidenceReader) throws(Failure) -> Bool?

    /// The counts of one stage under one generation, as they are stored.
    package typealias EvidenceReader =
        (_ stage: String, _ generation: Int) throws(Failure) -> [EvidenceRecord]

    package var fold: Fold
    package var recompute: Recompute?

    package init(fold: @escaping Fold, recompute: Recompute? = nil) {
        self.fold = fold
        self.recompute = recompute
    }
}

/// What a check of one migration's journal found.
package struct VerificationReport: Sendable, Equatable {
    /// A verdict that does not follow from its evidence.
    package struct WrongVerdict: Sendable, Hashable {
        package var seq: Int
        package var type: String

        package init(seq: Int, type: String) {
            self.seq = seq
            self.type = type
        }
    }

    package var migration: String
    /// Events that are good from the first on.
    package var eventCount = 0
    /// Hash of the last good event.
    package var head = JournalEvent.origin
    /// What breaks the chain: `MIG_JOURNAL_CHAIN` with the number of the event.
    package var chain: Failure?
    /// Columns of the row that differ from what the events fold to; nil where the chain is broken.
    package var differences: [String]?
    package var verdictCount = 0
    package var wrongVerdicts: [WrongVerdict] = []

    package init(migration: String) { self.migration = migration }

    package var isGood: Bool {
        chain == nil && differences == [] && wrongVerdicts.isEmpty
    }

    /// The first thing that is wrong, as a failure.
    package var failure: Failure? {
        if let chain { return chain }
        if let differences, !differences.isEmpty {
            return JournalFailure.chain(
                migration,
                event: eventCount,
                "folds to another state than the stored one in \(differences.joined(separator: ", "))"
            )
        }
        guard let wrong = wrongVerdicts.first else { return nil }
        return JournalFailure.chain(
            migration,
            event: wrong.seq,
            "(\(wrong.type)) has a verdict that does not follow from the stored evidence"
        )
    }

    /// `41 events, chain intact, replay equals state, 6 verdicts recomputed and equal`.
    package var text: String {
        let events = eventCount == 1 ? "1 event" : "\(eventCount) events"
        if let chain { return "\(events) good, then the chain breaks: \(chain.problem)" }
        let replay =
            differences == []
            ? "replay equals state"
            : "replay differs from the state in \((differences ?? []).joined(separator: ", "))"
        let noun = verdictCount == 1 ? "verdict" : "verdicts"
        let verdicts =
            wrongVerdicts.isEmpty
            ? "\(verdictCount) \(noun) recomputed and equal"
            : "\(wrongVerdicts.count) of \(verdictCount) \(noun) differ"
        return "\(events), chain intact, \(replay), \(verdicts)"
    }

    package var json: JSONValue {
        [
            "migration": JSONValue(migration), "events": JSONValue(eventCount),
            "chain": JSONValue(chain == nil ? "intact" : "broken"),
            "replay": JSONValue(differences == [] ? "equal" : "different"),
            "verdicts": JSONValue(wrongVerdicts.isEmpty ? "equal" : "different"),
            "verdicts_recomputed": JSONValue(verdictCount),
            "head": JSONValue(head),
        ]
    }
}

/// The head of a chain as it was once exported or logged: the journal must still lead to it.
package struct KnownHead: Sendable, Hashable {
    package var seq: Int
    package var hash: String

    package init(seq: Int, hash: String) {
        self.seq = seq
        self.hash = hash
    }
}
