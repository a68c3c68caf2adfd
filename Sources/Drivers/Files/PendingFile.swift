package import Failures
internal import Glibc

/// A file that is written aside and appears under its name only when it is whole and durable.
///
/// It is written as `.NAME.inprogress` in the same directory, a name that readers skip. `publish` makes the bytes
/// durable, moves them to their name, and makes the name durable; a value that goes away without it removes what it
/// wrote. After a crash the leftover keeps its hidden name.
package struct PendingFile: ~Copyable {
    /// What publishing does where the name is taken.
    package enum Conflict: Sendable {
        /// Readers see the old bytes or the new ones, never a part.
        case replace
        /// `publish` throws `SINK_NOT_EMPTY` and leaves the other file as it is.
        case refuse
    }

    /// The final path.
    package let path: String
    /// Where the bytes are until then; a library that writes by path may write here.
    package let temporaryPath: String
    private let handle: FileHandle
    private var isPublished = false

    /// Creates the hidden file, or empties a leftover of it.
    ///
    /// - Throws: `IO_WRITE` or `IO_SPACE`.
    package init(path: String) throws(Failure) {
        self.path = path
        let name = ".\(Directory.lastComponent(of: path)).inprogress"
        temporaryPath = Directory.join(Directory.parent(of: path) ?? "", name)
        handle = try FileHandle(path: temporaryPath, mode: .write)
    }

    deinit {
        // SAFETY: the path lives during the call. Nobody can be told that removing failed; the name says
        // what the file is.
        if !isPublished { _ = unsafe unlink(temporaryPath) }
    }

    package func write(_ bytes: Span<UInt8>) throws(Failure) { try handle.write(bytes) }

    /// Makes the file appear under its name.
    ///
    /// - Throws: `IO_WRITE`, `IO_SPACE`, and `SINK_NOT_EMPTY` where the name is taken and must not be.
    package consuming func publish(_ conflict: Conflict = .replace) throws(Failure) {
        try handle.synchronize()
        switch conflict {
        case .replace: try Directory.rename(temporaryPath, to: path)
        case .refuse: try Directory.renameWithoutReplacing(temporaryPath, to: path)
        }
        isPublished = true
        try Directory.synchronize(Directory.parent(of: path) ?? ".")
    }
}

extension Directory {
    /// Renames a file to a name that must be free, in one step.
    ///
    /// - Throws: `SINK_NOT_EMPTY` where the name is taken, else `IO_WRITE` or `IO_SPACE`.
    package static func renameWithoutReplacing(_ old: String, to new: String) throws(Failure) {
        // A hard link fails where the name is taken, on every file system that has links; both names lead to
        // the same whole file until the old one goes.
        guard unsafe link(old, new) == 0 else {
            if errno == EEXIST {
                throw Failure(
                    "SINK_NOT_EMPTY",
                    blame: .request,
                    "\(new) exists already",
                    remedy: "choose another path, or allow it to be overwritten"
                )
            }
            throw fileFailure("publishing", new)
        }
        try remove(old)
    }
}
