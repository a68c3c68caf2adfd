package import Failures
package import JSON
internal import MigrationControl
internal import MigrationJournal
internal import Routing

/// The journal for people.
extension MigrationDesk {
    /// Every event of a migration.
    ///
    /// - Throws: `MIG_UNKNOWN`, `MIG_JOURNAL_CHAIN` with the number of the first event that is damaged.
    package func events(of name: String) throws(Failure) -> Report {
        let reader = try JournalReader.require(state, binary: binary)
        return try reader.journal.reading { () throws(Failure) in
            let record = try reader.resolve(name)
            var lines: [String] = []
            var items: [JSONValue] = []
            try reader.journal.forEachEvent(of: record.id) { (event) throws(Failure) in
                lines.append(
                    "\(event.seq)  \(event.at)  \(event.type)  \(event.actor)\(event.words)"
                )
                items.append(event.json)
                return true
            }
            return Report(
                lines: lines,
                json: ["migration": JSONValue(record.id), "events": JSONValue(items)]
            )
        }
    }

    /// What a check of a journal found.
    package struct Verification: Sendable {
        package var text: String
        package var json: JSONValue
        /// nil for a sound journal.
        package var damage: Failure?
    }

    /// Works out the chain, the state and the verdicts of a migration anew, and looks at the file itself.
    ///
    /// Damage is a result.
    ///
    /// - Throws: `MIG_UNKNOWN` where the whole journal is sound and does not have the name.
    package func verify(_ name: String) throws(Failure) -> Verification {
        do throws(Failure) {
            let reader = try JournalReader.require(state, binary: binary)
            return try reader.journal.reading { () throws(Failure) in try reader.verify(name) }
        } catch {
            guard error.code == "STATE_CORRUPT" || error.code == "MIG_JOURNAL_CHAIN" else {
                throw error
            }
            return Verification(damage: error, of: name)
        }
    }

    /// Writes a migration's events as text that can be checked without the journal.
    ///
    /// - Returns: what belongs into a log beside it.
    package func export(
        _ name: String,
        to write: (String) throws(Failure) -> Void
    ) throws(Failure) -> String {
        let reader = try JournalReader.require(state, binary: binary)
        return try reader.journal.reading { () throws(Failure) in
            let record = try reader.resolve(name)
            let head = try reader.journal.export(record.id, to: write)
            return "\(record.id): \(head.seq) events, head \(head.hash)"
        }
    }
}

extension MigrationDesk.Verification {
    /// A journal that could not even be read.
    fileprivate init(damage: Failure, of name: String) {
        self.init(
            text: "the journal is damaged: \(damage.problem)",
            json: [
                "migration": JSONValue(name), "events": 0, "chain": "broken", "replay": "different",
                "verdicts": "different", "verdicts_recomputed": 0, "head": .null,
                "damage": JSONValue(damage.problem),
            ],
            damage: damage
        )
    }

    fileprivate init(_ report: VerificationReport, _ damage: Failure?) {
        var json = report.json.object ?? JSONObject()
        json["damage"] = JSONValue(damage?.problem)
        self.init(
            text: report.isGood && damage != nil
                ? "\(report.text), but \(damage?.problem ?? "")" : report.text,
            json: JSONValue(json),
            damage: damage
        )
    }
}

extension JournalReader {
    fileprivate func verify(_ name: String) throws(Failure) -> MigrationDesk.Verification {
        do throws(Failure) {
            let record = try resolve(name)
            // A plan that was changed may not even be readable as one.
            for plan in try journal.plans() { try MigrationJournal.check(plan) }
            let rules = try ControlRules.journalRules(for: journal)
            let report = try journal.verify(record.id, rules: rules)
            if let failure = report.failure { return MigrationDesk.Verification(report, failure) }
            return MigrationDesk.Verification(report, try damage())
        } catch {
            // A damaged row or index may hide the name; a sound journal does not have it.
            if error.code == "MIG_UNKNOWN", let damage = try damage() { throw damage }
            throw error
        }
    }

    /// What is wrong with the file, with a route table, or with any migration of the journal.
    private func damage() throws(Failure) -> Failure? {
        do throws(Failure) {
            try journal.checkIntegrity()
            try journal.checkMigrations()
            try journal.checkEvidence()
            for plan in try journal.plans() { try MigrationJournal.check(plan) }
            let rules = try ControlRules.journalRules(for: journal)
            var targets: Set<String> = []
            for record in try journal.migrations() {
                targets.insert(record.identity.target)
                if let failure = try journal.verify(record.id, rules: rules).failure {
                    return failure
                }
                // Counts outside the chain, which whoever looks at the migration reads.
                _ = try MigrationViews.snapshot(record, in: journal)
            }
            for target in targets.sorted() {
                for route in try journal.routes(of: target) { _ = try RouteTable(stored: route) }
            }
            return nil
        } catch {
            guard error.code == "STATE_CORRUPT" || error.code == "MIG_JOURNAL_CHAIN" else {
                throw error
            }
            return error
        }
    }
}

extension JournalEvent {
    /// The payload in words, without what only a replay needs.
    fileprivate var words: String {
        let left: Set<String> = ["evidence", "salt", "earlier_fence", "stage_index"]
        let parts = payload.members.filter { !left.contains($0.name) }.map { member in
            "\(member.name) \(member.value.string ?? member.value.compactText)"
        }
        return parts.isEmpty ? "" : "  " + parts.joined(separator: ", ")
    }
}
