internal import Failures
internal import Files
internal import JSON

/// The directory of a filesystem sink, in which parts appear all together or not at all.
///
/// Invariants:
/// 1. A part is written as `.part-EEEEEEEE-NNNN.ext.inprogress`; readers skip names that begin with a dot.
/// 2. Before the first part is renamed, something durable lists all parts of the commit: a file of the directory,
///    or the manifest of a checkpoint. Whoever opens the directory next finishes the renames of that list; hidden
///    parts on no list are left over from an attempt that died, and are removed.
/// 3. One job at a time writes: it holds the directory's lock.
final class PartDirectory {
    /// What to do where the directory has parts already.
    enum Existing: Sendable, Hashable {
        case refuse
        /// New parts under the next epoch.
        case append
        /// The job's old parts vanish when the new ones appear.
        case overwrite
        /// Goes on behind a checkpoint, whose parts are published first.
        case resume(PartCommit, epoch: Int)
    }

    let path: String
    private let fileExtension: String
    private let job: String
    private let probe: DeliveryProbe
    private let lock: JobLock
    private var catalogue: PartCatalogue
    /// What the next commit removes.
    private var replaced: [String] = []
    /// Number of the next commit, which its parts have in their names.
    private(set) var epoch: Int
    private var partCount = 0

    private static let commitName = ".cutover.commit"
    private static let hiddenSuffix = ".inprogress"

    /// Opens the directory for one job, making it if it is missing.
    ///
    /// - Throws: `SINK_NOT_EMPTY`, `JOB_RUNNING`, or what the file system refuses.
    init(
        path: String,
        fileExtension: String,
        existing: Existing,
        job: String,
        probe: DeliveryProbe
    ) throws(Failure) {
        self.path = path
        self.fileExtension = fileExtension
        self.job = job
        self.probe = probe
        try Directory.create(path)
        lock = try JobLock(path, purpose: "writes to")
        catalogue = try PartCatalogue(path)
        epoch = 0
        try recover(existing)
        let names = try Directory.names(in: path).filter { !$0.hasPrefix(".") }
        let parts = names.filter { Self.epoch(ofPart: $0) != nil }
        epoch = (parts.compactMap(Self.epoch(ofPart:)).max() ?? -1) + 1
        if case .resume(_, let next) = existing {
            epoch = max(epoch, next)
            return
        }
        if existing == .refuse, let first = names.first {
            throw Failure(
                "SINK_NOT_EMPTY",
                blame: .request,
                "\(path) is not empty: it has \(first)"
                    + (names.count > 1 ? " and \(names.count - 1) more" : ""),
                remedy: "choose an empty directory, or pass --append or --overwrite"
            )
        }
        if existing == .overwrite { replaced = parts.filter { catalogue.owner(of: $0) == job } }
    }

    /// The hidden path of the next part.
    func nextPart() -> String {
        defer { partCount += 1 }
        return Directory.join(path, Self.hidden(name(partCount)))
    }

    /// Says that a part has been made.
    func didOpenPart() throws(Failure) { try probe.reach(.partOpened) }

    /// Makes all parts visible, and the replaced ones vanish; every part has been flushed.
    func publish() throws(Failure) {
        try probe.reach(.partsClosed)
        let commit = nextCommit
        try catalogue.record(commit)
        let bytes = Array(commit.json.compactText.utf8)
        try Directory.replace(Directory.join(path, Self.commitName), with: bytes.span)
        endEpoch()
        try probe.reach(.commitWritten)
        try finish(commit)
    }

    /// Ends the epoch: its parts, which have been flushed, wait in a checkpoint's manifest for ``finish(_:)``.
    func preCommit() throws(Failure) -> PartCommit {
        try probe.reach(.partsClosed)
        let commit = nextCommit
        try catalogue.record(commit)
        try Directory.synchronize(path)
        endEpoch()
        return commit
    }

    private var nextCommit: PartCommit {
        PartCommit(job: job, parts: (0..<partCount).map(name), replaced: replaced)
    }

    private func endEpoch() {
        replaced = []
        partCount = 0
        epoch += 1
    }

    /// Brings a listed commit about; what has been done of it already is not done again.
    ///
    /// - Throws: `STATE_CORRUPT` where a part is neither hidden nor published.
    func finish(_ commit: PartCommit) throws(Failure) {
        for part in commit.parts {
            let hiddenPath = Directory.join(path, Self.hidden(part))
            let publicPath = Directory.join(path, part)
            if try Directory.kind(of: hiddenPath) != .missing {
                try Directory.rename(hiddenPath, to: publicPath)
                try probe.reach(.partRenamed)
            } else if try Directory.kind(of: publicPath) == .missing {
                throw Failure(
                    "STATE_CORRUPT",
                    blame: .outside,
                    "\(publicPath) was written, and is gone",
                    remedy: "run the job again from its beginning"
                )
            }
        }
        for name in commit.replaced {
            try Directory.remove(Directory.join(path, name))
            try probe.reach(.partRemoved)
        }
        try Directory.synchronize(path)
        try probe.reach(.partsNamed)
        try Directory.remove(Directory.join(path, Self.commitName))
        try Directory.synchronize(path)
        try probe.reach(.published)
    }

    /// Removes the hidden parts of an epoch that has not ended; what cannot be removed now is removed by the next
    /// job here.
    func discard() {
        guard partCount > 0 else { return }
        do throws(Failure) {
            // A list without its parts could never be finished.
            try Directory.remove(Directory.join(path, Self.commitName))
            for number in 0..<partCount {
                try Directory.remove(Directory.join(path, Self.hidden(name(number))))
            }
        } catch {
            return
        }
    }

    private func name(_ number: Int) -> String {
        "part-\(padded(epoch, 8))-\(padded(number, 4))\(fileExtension)"
    }

    /// Removes the job's parts of an epoch and of later ones: a checkpoint behind the one to go on from made them.
    private func removeParts(from epoch: Int) throws(Failure) {
        for name in try Directory.names(in: path) where catalogue.owner(of: name) == job {
            guard let own = Self.epoch(ofPart: name), own >= epoch else { continue }
            try Directory.remove(Directory.join(path, name))
        }
    }

    private static func hidden(_ name: String) -> String { ".\(name)\(hiddenSuffix)" }

    /// Epoch of a part's name; nil for names of other files.
    private static func epoch(ofPart name: String) -> Int? {
        let pieces = name.split(separator: "-", omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0] == "part", pieces[1].count >= 8 else { return nil }
        return Int(pieces[1])
    }

    /// Brings a directory in which a job died to the state before or after its commit.
    private func recover(_ existing: Existing) throws(Failure) {
        let commitPath = Directory.join(path, Self.commitName)
        if try Directory.kind(of: commitPath) != .missing {
            let bytes = try Directory.read(commitPath, limit: 64 << 20)
            let commit: PartCommit
            do throws(JSONError) {
                commit = try PartCommit(JSONValue(parsing: bytes.span, source: commitPath))
            } catch {
                throw error.failure("STATE_CORRUPT", blame: .outside)
            }
            try finish(commit)
        }
        if case .resume(let commit, let epoch) = existing {
            try finish(commit)
            try removeParts(from: epoch)
        }
        for name in try Directory.names(in: path) where name.hasSuffix(Self.hiddenSuffix) {
            try Directory.remove(Directory.join(path, name))
        }
    }
}

/// A number with zeros before it.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
