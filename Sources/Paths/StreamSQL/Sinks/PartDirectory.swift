internal import Failures
internal import Files
internal import JSON

/// The directory of a filesystem sink, in which parts appear all together or not at all.
///
/// Invariants:
/// 1. A part is written as `.part-EEEEEEEE-NNNN.ext.inprogress`; readers skip names that begin with a dot.
/// 2. Before the first part is renamed, a commit file lists all parts, flushed. Whoever opens the directory
///    next finishes the renames of a commit file that is still there; without one, hidden parts are left
///    over from an attempt that died, and are removed.
/// 3. One job at a time writes: it holds the lock of `.cutover.lock`.
final class PartDirectory {
    /// What to do where the directory has parts already.
    enum Existing: Sendable, Hashable {
        case refuse
        /// New parts under the next epoch.
        case append
        /// The old parts vanish when the new ones appear.
        case overwrite
    }

    let path: String
    private let fileExtension: String
    private let epoch: Int
    private let replaced: [String]
    private let lock: FileHandle
    private var partCount = 0

    private static let commitName = ".cutover.commit"
    private static let hiddenSuffix = ".inprogress"

    /// Opens the directory for one job, making it if it is missing.
    ///
    /// - Throws: `SINK_NOT_EMPTY`, `JOB_RUNNING`, or what the file system refuses.
    init(path: String, fileExtension: String, existing: Existing) throws(Failure) {
        self.path = path
        self.fileExtension = fileExtension
        try Directory.create(path)
        lock = try FileHandle(path: Directory.join(path, ".cutover.lock"), mode: .append)
        guard try lock.tryLock() else {
            throw Failure(
                "JOB_RUNNING",
                blame: .request,
                isRetryable: true,
                "another job is writing to \(path)",
                remedy: "wait for it to end, or choose another directory"
            )
        }
        try Self.recover(path)
        let names = try Directory.names(in: path).filter { !$0.hasPrefix(".") }
        let parts = names.filter { Self.epoch(ofPart: $0) != nil }
        if existing == .refuse, let first = names.first {
            throw Failure(
                "SINK_NOT_EMPTY",
                blame: .request,
                "\(path) is not empty: it has \(first)"
                    + (names.count > 1 ? " and \(names.count - 1) more" : ""),
                remedy: "choose an empty directory, or pass --append or --overwrite"
            )
        }
        epoch = (parts.compactMap(Self.epoch(ofPart:)).max() ?? -1) + 1
        replaced = existing == .overwrite ? parts : []
    }

    /// The hidden path of the next part.
    func nextPart() -> String {
        defer { partCount += 1 }
        return hiddenPath(partCount)
    }

    /// Makes all parts visible, and the replaced ones vanish.
    ///
    /// Every part has been flushed.
    func publish() throws(Failure) {
        let parts = (0..<partCount).map(name)
        let commit: JSONValue = [
            "publish": JSONValue(.array(parts.map { JSONValue($0) })),
            "remove": JSONValue(.array(replaced.map { JSONValue($0) })),
        ]
        let bytes = Array(commit.compactText.utf8)
        try Directory.replace(Directory.join(path, Self.commitName), with: bytes.span)
        try Self.finish(parts: parts, replaced: replaced, in: path)
    }

    /// Removes the hidden parts, as far as possible.
    func discard() {
        for number in 0..<partCount {
            // What cannot be removed now is removed by the next job here (invariant 2).
            do throws(Failure) { try Directory.remove(hiddenPath(number)) } catch { continue }
        }
    }

    private func hiddenPath(_ number: Int) -> String {
        Directory.join(path, Self.hidden(name(number)))
    }

    private func name(_ number: Int) -> String {
        "part-\(padded(epoch, 8))-\(padded(number, 4))\(fileExtension)"
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func hidden(_ name: String) -> String { ".\(name)\(hiddenSuffix)" }

    /// The epoch in a part's name; nil for names that are not ours.
    private static func epoch(ofPart name: String) -> Int? {
        let pieces = name.split(separator: "-", omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0] == "part", pieces[1].count >= 8 else { return nil }
        return Int(pieces[1])
    }

    /// Renames parts, removes what they replace, then the commit file: safe to repeat from any point.
    private static func finish(
        parts: [String],
        replaced: [String],
        in path: String
    ) throws(Failure) {
        for part in parts {
            let hiddenPath = Directory.join(path, hidden(part))
            if try Directory.kind(of: hiddenPath) != .missing {
                try Directory.rename(hiddenPath, to: Directory.join(path, part))
            }
        }
        for name in replaced { try Directory.remove(Directory.join(path, name)) }
        try Directory.synchronize(path)
        try Directory.remove(Directory.join(path, commitName))
        try Directory.synchronize(path)
    }

    /// Brings a directory in which a job died to the state before or after its commit.
    private static func recover(_ path: String) throws(Failure) {
        let commitPath = Directory.join(path, commitName)
        if try Directory.kind(of: commitPath) != .missing {
            let (parts, replaced) = try readCommit(commitPath)
            try finish(parts: parts, replaced: replaced, in: path)
        }
        for name in try Directory.names(in: path) where name.hasSuffix(hiddenSuffix) {
            try Directory.remove(Directory.join(path, name))
        }
    }

    private static func readCommit(
        _ path: String
    ) throws(Failure) -> (parts: [String], replaced: [String]) {
        let bytes = try Directory.read(path, limit: 64 << 20)
        do throws(JSONError) {
            let value = try JSONValue(parsing: bytes.span, source: path)
            return (try names(value, "publish"), try names(value, "remove"))
        } catch {
            throw error.failure("STATE_CORRUPT", blame: .outside)
        }
    }

    private static func names(
        _ value: JSONValue,
        _ member: String
    ) throws(JSONError) -> [String] {
        var names: [String] = []
        for item in try value.member(member).requireArray() {
            names.append(try item.requireString())
        }
        return names
    }
}
