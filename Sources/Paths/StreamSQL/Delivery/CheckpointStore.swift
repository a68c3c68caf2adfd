internal import Failures
internal import Files
internal import Hashing

/// The checkpoints of one job: a folder `chk-EEEEEEEE` each, below the job's own folder.
///
/// Invariants:
/// 1. A folder counts from the moment its file `manifest` has its name; it was written aside and made durable after
///    all files that it lists. A folder without one is left over from a process that died.
/// 2. The file `committed` says that the sink has published what the manifest lists; without it that is done when
///    the job goes on.
/// 3. One process at a time uses the job's folder: it holds its lock.
final class CheckpointStore: Sendable {
    let directory: String
    private let probe: DeliveryProbe
    private let lock: JobLock

    private static let manifestName = "manifest"
    private static let markName = "committed"
    private static let kept = 2
    private static let manifestLimit = 256 << 20

    /// Opens a job's folder, making it if it is missing.
    ///
    /// - Throws: `JOB_RUNNING`, or what the file system refuses.
    init(_ directory: String, probe: DeliveryProbe) throws(Failure) {
        self.directory = directory
        self.probe = probe
        try Directory.create(directory)
        lock = try JobLock(directory, purpose: "keeps its state in")
    }

    // MARK: Writing

    /// Writes a checkpoint's files and its manifest, which lists them.
    func write(
        _ manifest: CheckpointManifest,
        _ files: [StateFile]
    ) throws(Failure) {
        var manifest = manifest
        let folder = path(manifest.epoch)
        try remove(manifest.epoch)
        try Directory.create(folder)
        for file in files {
            let bytes = file.bytes
            let name = file.number == StateFile.jobNumber ? "job" : "operator-\(file.number)"
            let sink = try FileSink(path: Directory.join(folder, name), mode: .write)
            try sink.write(bytes.span)
            try sink.synchronize()
            manifest.files.append(
                CheckpointManifest.File(
                    name: name,
                    size: bytes.count,
                    hash: XXH64.hash(bytes.span)
                )
            )
            try probe.reach(.stateWritten)
        }
        let text = Array(manifest.text.utf8)
        let path = Directory.join(folder, Self.manifestName)
        let aside = path + ".inprogress"
        let sink = try FileSink(path: aside, mode: .write)
        try sink.write(text.span)
        try sink.synchronize()
        try probe.reach(.manifestAside)
        try Directory.rename(aside, to: path)
        try Directory.synchronize(folder)
        try Directory.synchronize(directory)
        try probe.reach(.manifestNamed)
    }

    /// Says that the sink has published a checkpoint's parts, and removes the checkpoints before the last two.
    func mark(_ epoch: Int) throws(Failure) {
        let sink = try FileSink(
            path: Directory.join(path(epoch), Self.markName),
            mode: .write
        )
        try sink.synchronize()
        try Directory.synchronize(path(epoch))
        try probe.reach(.marked)
        for old in try epochs() where old <= epoch - Self.kept { try remove(old) }
        try probe.reach(.pruned)
    }

    /// Forgets all checkpoints.
    func removeAll() throws(Failure) {
        for epoch in try epochs() { try remove(epoch) }
    }

    /// Forgets the checkpoints behind one.
    func removeAll(after epoch: Int) throws(Failure) {
        for later in try epochs() where later > epoch { try remove(later) }
    }

    private func remove(_ epoch: Int) throws(Failure) {
        let folder = path(epoch)
        guard try Directory.kind(of: folder) != .missing else { return }
        // The manifest goes first, so that what is left never counts.
        try Directory.remove(Directory.join(folder, Self.manifestName))
        for name in try Directory.names(in: folder) {
            try Directory.remove(Directory.join(folder, name))
        }
        try Directory.removeEmpty(folder)
    }

    // MARK: Reading

    /// The last checkpoint, or the one of `epoch`; nil where there is none.
    ///
    /// - Throws: `STATE_CORRUPT` where it is damaged, with the checkpoint before it as a remedy.
    func read(_ epoch: Int? = nil) throws(Failure) -> Checkpoint? {
        let epochs = try epochs().filter { epoch == nil || $0 == epoch }
        for candidate in epochs.reversed() {
            let path = Directory.join(path(candidate), Self.manifestName)
            guard try Directory.kind(of: path) != .missing else { continue }
            let bytes = try Directory.read(path, limit: Self.manifestLimit)
            guard let manifest = CheckpointManifest(String(decoding: bytes, as: UTF8.self)),
                manifest.epoch == candidate
            else { throw try damaged(candidate, Self.manifestName) }
            return try read(manifest)
        }
        guard let epoch else { return nil }
        throw Failure(
            "STATE_CORRUPT",
            blame: .request,
            "\(directory) has no checkpoint \(epoch)",
            remedy: try offer(before: .max) ?? "run the job again from its beginning"
        )
    }

    private func read(_ manifest: CheckpointManifest) throws(Failure) -> Checkpoint {
        var checkpoint = Checkpoint(manifest: manifest, job: [], operators: [])
        for file in manifest.files {
            let path = Directory.join(path(manifest.epoch), file.name)
            guard try Directory.kind(of: path) == .file(size: file.size) else {
                throw try damaged(manifest.epoch, file.name)
            }
            let bytes = try Directory.read(path, limit: file.size)
            guard XXH64.hash(bytes.span) == file.hash else {
                throw try damaged(manifest.epoch, file.name)
            }
            let state = try StateFile(bytes, name: path)
            if state.number == StateFile.jobNumber {
                checkpoint.job = state.state.parts.first?.bytes ?? []
            } else {
                checkpoint.operators.append(state.state)
            }
        }
        return checkpoint
    }

    private func damaged(_ epoch: Int, _ name: String) throws(Failure) -> Failure {
        let path = Directory.join(path(epoch), name)
        return Failure(
            "STATE_CORRUPT",
            blame: .outside,
            "\(path) is damaged: its bytes are not those that were written",
            remedy: try offer(before: epoch) ?? "run the job again from its beginning"
        )
    }

    /// How to go on from the last checkpoint before `epoch`; nil where there is none.
    private func offer(before epoch: Int) throws(Failure) -> String? {
        for earlier in try epochs().reversed() where earlier < epoch {
            let path = Directory.join(path(earlier), Self.manifestName)
            guard try Directory.kind(of: path) != .missing else { continue }
            return "pass --resume-from \(earlier) to go on from the checkpoint before it"
        }
        return nil
    }

    private func path(_ epoch: Int) -> String {
        Directory.join(directory, "chk-\(padded(epoch, 8))")
    }

    /// Numbers of all checkpoints, whole or not, ascending.
    private func epochs() throws(Failure) -> [Int] {
        try Directory.names(in: directory).compactMap { name in
            name.hasPrefix("chk-") ? Int(name.dropFirst(4)) : nil
        }.sorted()
    }
}
