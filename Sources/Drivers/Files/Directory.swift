package import Failures
internal import Glibc

/// What lies at a path.
package enum FileKind: Sendable, Hashable {
    case missing
    case file(size: Int)
    case directory
    /// A device, pipe or socket.
    case other
}

/// Directories and names: listing, creating, renaming, removing; every rename is made durable.
package enum Directory {
    /// What lies at `path`, links followed.
    package static func kind(of path: String) throws(Failure) -> FileKind {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return .missing }
            throw fileFailure("reading", path)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(size: Int(status.st_size))
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    /// The names in a directory, ascending by their bytes, without `.` and `..`.
    package static func names(in path: String) throws(Failure) -> [String] {
        guard let stream = unsafe opendir(path) else { throw fileFailure("reading", path) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            // SAFETY: the entry is valid until the next call, and its name ends with a zero byte.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { bytes in
                    unsafe String(cString: bytes)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw fileFailure("reading", path) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// All files below a directory, by the bytes of their paths; names that begin with `.` or `_` are skipped, as
    /// are directories with such names.
    ///
    /// - Throws: `IO_READ`; also for a tree deeper than 64 directories, which is a loop of links.
    package static func files(below path: String, depth: Int = 0) throws(Failure) -> [String] {
        guard depth <= 64 else { throw fileFailure("reading", path, errno: ELOOP) }
        var files: [String] = []
        for name in try names(in: path) where !name.hasPrefix(".") && !name.hasPrefix("_") {
            let child = join(path, name)
            switch try kind(of: child) {
            case .directory:
                files.append(contentsOf: try Self.files(below: child, depth: depth + 1))
            case .file, .other: files.append(child)
            case .missing: break
            }
        }
        return depth == 0 ? files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : files
    }

    /// Makes a directory and those above it, where they are missing.
    package static func create(_ path: String) throws(Failure) {
        if unsafe mkdir(path, 0o755) == 0 { return }
        switch errno {
        case EEXIST:
            guard case .directory = try kind(of: path) else {
                throw Failure(
                    "IO_WRITE",
                    blame: .outside,
                    "creating the directory \(path) failed: it is a file",
                    remedy: "choose another path, or remove the file"
                )
            }
        case ENOENT:
            guard let parent = parent(of: path) else { throw fileFailure("creating", path) }
            try create(parent)
            guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
                throw fileFailure("creating", path)
            }
        default: throw fileFailure("creating", path)
        }
    }

    /// Renames a file, replacing what is there; the caller makes the directory durable by ``synchronize(_:)``.
    package static func rename(_ old: String, to new: String) throws(Failure) {
        guard unsafe Glibc.rename(old, new) == 0 else { throw fileFailure("publishing", new) }
    }

    /// Removes a file; one that is not there is no failure.
    package static func remove(_ path: String) throws(Failure) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw fileFailure("writing", path)
        }
    }

    /// Removes a directory that has nothing in it; one that is not there is no failure.
    package static func removeEmpty(_ path: String) throws(Failure) {
        guard unsafe rmdir(path) == 0 || errno == ENOENT else {
            throw fileFailure("writing", path)
        }
    }

    /// Makes the names in a directory durable.
    package static func synchronize(_ path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fileFailure("writing", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fileFailure("writing", path) }
    }

    /// Writes a whole file so that a reader sees the old bytes or the new ones, never a part: aside, flushed, renamed.
    ///
    /// Where it is not `durable` nothing is flushed, which is far cheaper: a crash of the process changes nothing, but
    /// after one of the system the file may have its old bytes, its new ones, none, or zeros.
    package static func replace(
        _ path: String,
        with bytes: Span<UInt8>,
        durable: Bool = true
    ) throws(Failure) {
        let aside = path + ".inprogress"
        do throws(Failure) {
            let sink = try FileSink(path: aside, mode: .write)
            try sink.write(bytes)
            if durable { try sink.synchronize() }
            try rename(aside, to: path)
        } catch {
            // The first failure is the one to tell of, whether or not its traces can be removed.
            do throws(Failure) { try remove(aside) } catch {}
            throw error
        }
        if durable { try synchronize(parent(of: path) ?? ".") }
    }

    /// All bytes of a file of at most `limit` bytes.
    package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        let source = try FileSource(path: path)
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let before = bytes.count
            let room = min(1 << 16, limit + 1 - before)
            guard room > 0 else { break }
            var failed: Failure?
            bytes.append(addingCapacity: room) { output in
                do throws(Failure) { try source.read(into: &output) } catch { failed = error }
            }
            if let failed { throw failed }
            if bytes.count == before { return bytes }
        }
        throw Failure(
            "IO_READ",
            blame: .request,
            "\(path) is larger than \(limit) bytes",
            remedy: "check that it is the file you mean"
        )
    }

    /// `directory/name`; an absolute `name` stands alone.
    package static func join(_ directory: String, _ name: String) -> String {
        if name.hasPrefix("/") || directory.isEmpty { return name }
        return directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }

    /// The path without its last component; nil for a path of one component.
    package static func parent(of path: String) -> String? {
        var trimmed = Substring(path)
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return nil }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    /// The last component of a path.
    package static func lastComponent(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }
}
