internal import Hashing
package import JSON

/// Something that happened to a migration, to be written down.
package struct EventDraft: Sendable, Hashable {
    /// What happened, for example `stage.held`.
    package var type: String
    /// Who: `user:ana`, `controller:c1`.
    package var actor: String
    /// Number of the event that led to this one.
    package var cause: Int?
    package var at: JournalTime
    /// Version of the program that wrote it.
    package var binary: String
    /// At most 64 KiB as text; no secrets and no data values.
    package var payload: JSONObject

    package init(
        _ type: String,
        actor: String,
        cause: Int? = nil,
        at time: JournalTime,
        binary: String,
        payload: JSONObject = [:]
    ) {
        self.type = type
        self.actor = actor
        self.cause = cause
        self.at = time
        self.binary = binary
        self.payload = payload
    }
}

/// A link of a migration's chain.
///
/// `hash = SHA-256(previous hash ‖ canonical JSON of {actor, at, binary, cause, fence, migration, payload, seq, type})`;
/// before the first event stand 32 zero bytes. Whoever changes, removes or reorders an event breaks every later hash.
package struct JournalEvent: Sendable, Hashable {
    package let migration: String
    /// 1 for a migration's first event.
    package let seq: Int
    /// Of the lease under which it was written.
    package let fence: Int
    package let type: String
    package let actor: String
    package let cause: Int?
    /// RFC 3339 in UTC with milliseconds.
    package let at: String
    package let binary: String
    package let payload: JSONObject
    /// 64 hexadecimal digits.
    package let previousHash: String
    package let hash: String

    /// What stands before the first event: 32 zero bytes as text.
    package static let origin = String(repeating: "0", count: 64)

    /// Links an event to the one before it.
    ///
    /// - Throws: ``JSONError`` for a payload that has no canonical text.
    package init(
        migration: String,
        seq: Int,
        fence: Int,
        type: String,
        actor: String,
        cause: Int?,
        at time: String,
        binary: String,
        payload: JSONObject,
        after previousHash: String
    ) throws(JSONError) {
        self.migration = migration
        self.seq = seq
        self.fence = fence
        self.type = type
        self.actor = actor
        self.cause = cause
        self.at = time
        self.binary = binary
        self.payload = payload
        self.previousHash = previousHash
        let content: JSONValue = [
            "actor": JSONValue(actor), "at": JSONValue(time), "binary": JSONValue(binary),
            "cause": JSONValue(cause), "fence": JSONValue(fence), "migration": JSONValue(migration),
            "payload": JSONValue(payload), "seq": JSONValue(seq), "type": JSONValue(type),
        ]
        let text = Array(try CanonicalJSON.text(content).utf8)
        let previous = Hexadecimal.bytes(previousHash) ?? []
        precondition(previous.count == 32, "a hash has 64 hexadecimal digits")
        var hash = SHA256()
        hash.update(previous.span)
        hash.update(text.span)
        let digest = hash.finalize()
        self.hash = Hexadecimal.text(digest.span)
    }

    /// The event with its hashes, as exports and commands print it.
    package var json: JSONValue {
        [
            "seq": JSONValue(seq), "type": JSONValue(type), "at": JSONValue(at),
            "actor": JSONValue(actor), "cause": JSONValue(cause), "fence": JSONValue(fence),
            "binary": JSONValue(binary), "migration": JSONValue(migration),
            "payload": JSONValue(payload), "prev_hash": JSONValue(previousHash),
            "hash": JSONValue(hash),
        ]
    }
}
