internal import Failures
internal import Files
internal import Hashing
internal import JSON

/// The heads of the chains, kept beside the journal: what was once committed must still be there.
///
/// A journal that has lost its last transactions, because its log was damaged or an older copy was put in its place,
/// is sound in itself. Only something outside it can tell. Each migration has a file `heads/MIGRATION.json` in the
/// state folder, `{"migration":"prices-v2-1","seq":41,"hash":"…"}`, that is replaced after each commit; so it may be
/// behind the journal by what a crash interrupted, and never ahead of it. It is not flushed to the disk: after a crash of
/// the system it guards less, and says nothing wrong.
struct JournalHeads: Sendable {
    /// What was remembered when the journal was opened or since, by migration.
    ///
    /// It is read before anything of the journal is, so another process's commits in between make the journal later
    /// than this and never earlier.
    private(set) var known: [String: KnownHead] = [:]
    /// Heads that have not reached their files.
    private var unwritten: [String: KnownHead] = [:]
    private let directory: String

    private static let suffix = ".json"
    private static let sizeLimit = 4096

    /// Reads the heads of a state folder.
    ///
    /// - Throws: `STATE_CORRUPT` for a damaged file, `IO_READ`.
    init(state: String) throws(Failure) {
        directory = Directory.join(state, "heads")
        guard case .directory = try Directory.kind(of: directory) else { return }
        for name in try Directory.names(in: directory) where name.hasSuffix(Self.suffix) {
            let path = Directory.join(directory, name)
            guard let (migration, head) = try Self.read(path) else { continue }
            known[migration] = head
        }
    }

    /// A migration and its head; nil where a crash of the system has left nothing.
    private static func read(_ path: String) throws(Failure) -> (String, KnownHead)? {
        let bytes = try Directory.read(path, limit: sizeLimit)
        guard bytes.contains(where: { $0 != 0 }) else { return nil }
        do throws(JSONError) {
            let json = try JSONValue(parsing: bytes.span)
            let head = KnownHead(
                seq: Int(try json.member("seq").requireInteger()),
                hash: try json.member("hash").requireString()
            )
            return (try json.member("migration").requireString(), head)
        } catch {
            throw Failure(
                "STATE_CORRUPT",
                blame: .data,
                "\(path), which tells how far the journal had come, is damaged: \(error.problem)",
                remedy:
                    "restore the state folder from a copy; without one remove the file, and that nothing was "
                    + "cut off is not known any more"
            )
        }
    }

    /// Plans name migrations by letters, digits, `-`, `_` and `.`; any other name has a hash for its file.
    static func fileName(of migration: String) -> String {
        let isPlain = migration.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        let isShort = migration.utf8.count <= 128
        return (isPlain && isShort ? migration : SHA256.hexadecimal(migration)) + suffix
    }

    /// Notes what has been committed; ``write()`` brings it to the disk.
    mutating func note(_ head: KnownHead, of migration: String) {
        known[migration] = head
        unwritten[migration] = head
    }

    /// Replaces the files of what was noted.
    ///
    /// - Throws: `IO_WRITE`, `IO_SPACE`; a later call tries again.
    mutating func write() throws(Failure) {
        guard !unwritten.isEmpty else { return }
        try Directory.create(directory)
        for (migration, head) in unwritten {
            let json: JSONValue = [
                "migration": JSONValue(migration), "seq": JSONValue(head.seq),
                "hash": JSONValue(head.hash),
            ]
            let bytes = Array((json.compactText + "\n").utf8)
            let path = Directory.join(directory, Self.fileName(of: migration))
            try Directory.replace(path, with: bytes.span, durable: false)
            unwritten[migration] = nil
        }
    }
}
