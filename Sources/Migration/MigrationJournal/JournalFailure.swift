internal import Failures

/// The failures of the journal, each in one place.
enum JournalFailure {
    /// Somebody else changed the migration first.
    static func stale(_ migration: String, expected: MigrationRecord, found: String) -> Failure {
        Failure(
            "MIG_STALE",
            blame: .outside,
            isRetryable: true,
            "migration \(migration) has moved on from event \(expected.seq), generation "
                + "\(expected.generation): \(found)",
            remedy: "read its state again and decide anew"
        )
    }

    static func fenced(_ lease: Lease, by fence: Int) -> Failure {
        Failure(
            "MIG_FENCED",
            blame: .outside,
            "the lease \(lease.name) with fence \(lease.fence) of \(lease.holder) was taken over with "
                + "fence \(fence)",
            remedy: "end this controller; the other one goes on"
        )
    }

    static func chain(_ migration: String, event: Int, _ problem: String) -> Failure {
        Failure(
            "MIG_JOURNAL_CHAIN",
            blame: .data,
            "event \(event) of \(migration) \(problem)",
            remedy: "trust nothing from that event on; restore the state folder from a copy"
        )
    }

    /// The journal is sound and has lost its end.
    static func cutShort(_ migration: String, event: Int, _ head: KnownHead) -> Failure {
        Failure(
            "MIG_JOURNAL_CHAIN",
            blame: .data,
            "event \(event) of \(migration) is missing at the end: the folder `heads` remembers \(head.seq) events",
            remedy: "restore the state folder from a copy; to go on with what is left, remove "
                + "heads/\(JournalHeads.fileName(of: migration))"
        )
    }

    static func newer(_ what: String) -> Failure {
        Failure(
            "MIG_JOURNAL_NEWER",
            blame: .request,
            what,
            remedy: "use the version of cutover that wrote it, or a later one"
        )
    }

    static func targetBusy(_ target: String, by migration: String, _ phase: String) -> Failure {
        Failure(
            "MIG_TARGET_BUSY",
            blame: .request,
            "\(target) is being moved by \(migration), which is \(phase)",
            remedy: "wait until it has ended, or abort it"
        )
    }

    static func limit(_ what: String, remedy: String) -> Failure {
        Failure("MIG_LIMIT", blame: .request, what, remedy: remedy)
    }

    static func unknown(_ what: String, _ name: String) -> Failure {
        Failure(
            "MIG_UNKNOWN",
            blame: .request,
            "there is no \(what) \(name)",
            remedy: "`cutover list` shows what there is"
        )
    }

    /// A writer of a journal that is damaged.
    static func readOnly(_ path: String, _ damage: Failure?) -> Failure {
        guard var failure = damage else {
            return Failure(
                "MIG_JOURNAL_READ_ONLY",
                blame: .request,
                "\(path) was opened for reading",
                remedy: "open it for writing"
            )
        }
        failure.problem = "nothing is written, because " + failure.problem
        return failure
    }
}
