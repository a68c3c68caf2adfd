package import Failures
internal import MigrationJournal
internal import MigrationRules

/// Where the migration of a target stands, for a path that is about to run.
package enum TargetStanding: Sendable, Hashable {
    /// Both sides run.
    case underWay
    /// One side has the target for good: its implementation's name in the plan.
    case ended(String)

    /// Reads the journal.
    ///
    /// - Throws: `MIG_UNKNOWN` for a target that no plan was ever applied to.
    package init(of target: String, in state: String, binary: String) throws(Failure) {
        guard let reader = try JournalReader(state, binary: binary) else {
            throw Self.unknown(target, state)
        }
        let records = try reader.journal.migrations().filter { $0.identity.target == target }
        guard let last = records.last else { throw Self.unknown(target, state) }
        guard records.allSatisfy(\.isTerminal) else {
            self = .underWay
            return
        }
        let story = try StoredMigration(of: target, in: state, binary: binary, takesEnded: true)
        let isCandidates = last.state.phase == Phase.completed.rawValue
        let variant = isCandidates ? story.plan.candidate : story.plan.primary
        self = .ended(variant.ref ?? (isCandidates ? "v2" : "v1"))
    }

    private static func unknown(_ target: String, _ state: String) -> Failure {
        Failure(
            "MIG_UNKNOWN",
            blame: .request,
            "no migration of \(target) is known in \(state)",
            remedy: "apply a plan and start it, or leave out --target"
        )
    }
}
