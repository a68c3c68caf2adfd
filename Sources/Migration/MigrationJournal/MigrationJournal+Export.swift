package import Failures
internal import JSON
internal import Hashing

/// A journal as a text that stands by itself.
///
/// The first line names the migration, then comes a line for each event, then one with the number of events and the
/// head. All lines are JSON. The chain can be checked without the store, and the head shows later whether the store
/// was cut short.
package enum JournalExport {
    package static let format = "cutover-journal/v1"

    /// Checks a text that ``MigrationJournal/export(_:to:)`` wrote.
    ///
    /// - Returns: the head that it ends with.
    /// - Throws: `MIG_JOURNAL_CHAIN` with the number of the first event that is wrong, `MIG_JOURNAL_NEWER`.
    package static func check(_ text: String) throws(Failure) -> KnownHead {
        var lines = text.split(separator: "\n")[...]
        let header = try line(lines.popFirst(), event: 0, "the export")
        guard let format = header["format"]?.string, let migration = header["migration"]?.string
        else { throw JournalFailure.chain("the export", event: 0, "has no header") }
        guard format == Self.format else {
            throw JournalFailure.newer("the export has the form \(format)")
        }
        let footer = try line(lines.popLast(), event: lines.count, migration)
        var head = KnownHead(seq: 0, hash: JournalEvent.origin)
        for text in lines {
            let next = try line(text, event: head.seq + 1, migration)
            guard let event = try event(next, after: head), event.migration == migration else {
                throw JournalFailure.chain(migration, event: head.seq + 1, "was changed")
            }
            head = KnownHead(seq: event.seq, hash: event.hash)
        }
        guard footer["events"]?.integer == Int64(head.seq), footer["head"]?.string == head.hash
        else {
            throw JournalFailure.chain(migration, event: head.seq + 1, "is missing at the end")
        }
        return head
    }

    private static func line(
        _ text: Substring?,
        event: Int,
        _ migration: String
    ) throws(Failure) -> JSONObject {
        guard let text, let object = try? MigrationJournal.object(String(text)) else {
            throw JournalFailure.chain(migration, event: event, "is no JSON")
        }
        return object
    }

    /// The event of a line; nil where it does not hash to what it says.
    private static func event(
        _ line: JSONObject,
        after head: KnownHead
    ) throws(Failure) -> JournalEvent? {
        guard let fence = line["fence"]?.integer, let type = line["type"]?.string,
            let actor = line["actor"]?.string, let at = line["at"]?.string,
            let binary = line["binary"]?.string, let payload = line["payload"]?.object,
            let migration = line["migration"]?.string, let cause = line["cause"]
        else { return nil }
        let event = try? JournalEvent(
            migration: migration,
            seq: head.seq + 1,
            fence: Int(fence),
            type: type,
            actor: actor,
            cause: cause.integer.map { Int($0) },
            at: at,
            binary: binary,
            payload: payload,
            after: head.hash
        )
        guard let event, event.json == JSONValue(line) else { return nil }
        return event
    }
}

extension MigrationJournal {
    /// Writes a migration's events line by line.
    ///
    /// - Returns: the head, which belongs into a log beside the export.
    @discardableResult
    package func export(
        _ id: String,
        to write: (String) throws(Failure) -> Void
    ) throws(Failure) -> KnownHead {
        let record = try requireMigration(id: id)
        var header: JSONObject = [
            "format": JSONValue(JournalExport.format), "migration": JSONValue(id),
        ]
        for member in record.identity.json.members { header[member.name] = member.value }
        try write(JSONValue(header).compactText + "\n")
        var head = KnownHead(seq: 0, hash: JournalEvent.origin)
        try forEachEvent(of: id) { (event) throws(Failure) in
            try write(event.json.compactText + "\n")
            head = KnownHead(seq: event.seq, hash: event.hash)
            return true
        }
        let footer: JSONObject = ["events": JSONValue(head.seq), "head": JSONValue(head.hash)]
        try write(JSONValue(footer).compactText + "\n")
        return head
    }
}
