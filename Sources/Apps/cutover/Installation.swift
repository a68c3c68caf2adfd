internal import Foundation

/// Where this program lives: a clone that built it, or a prefix that `scripts/install` filled.
package struct Installation: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case clone
        case installed
        /// The program was copied somewhere by itself; it runs, without examples and scripts.
        case alone
    }

    package var kind: Kind
    /// Folder that holds `Examples` and `scripts`; nil for a program alone.
    package var resources: String?
    /// Commit of the sources, where it is known.
    package var commit: String?

    package init(kind: Kind, resources: String?, commit: String?) {
        self.kind = kind
        self.resources = resources
        self.commit = commit
    }

    /// Finds the folders from the program's own path.
    ///
    /// - Parameters:
    ///   - program: absolute path of the running program, without symbolic links.
    ///   - environment: the launcher hands the clone's commit over in `CUTOVER_COMMIT`.
    package init(program: String, environment: [String: String]) {
        let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        let shared = folder.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "share/cutover")
        let handed = environment["CUTOVER_COMMIT"].flatMap { $0.isEmpty ? nil : $0 }
        if folder.lastPathComponent == "cutover", Self.exists(shared, "LICENSE") {
            let recorded = try? String(
                contentsOf: shared.appending(path: "commit"),
                encoding: .utf8
            )
            let commit = recorded?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            self.init(
                kind: .installed,
                resources: shared.path,
                commit: commit.isEmpty ? nil : commit
            )
            return
        }
        // A clone's program is in .build/release or in .build/TRIPLE/release.
        var parent = folder
        for _ in 0..<4 {
            if Self.exists(parent, "Package.swift"), Self.exists(parent, "scripts/prepare.sh") {
                self.init(kind: .clone, resources: parent.path, commit: handed)
                return
            }
            parent = parent.deletingLastPathComponent()
        }
        self.init(kind: .alone, resources: nil, commit: handed)
    }

    /// The installation of the running program.
    package static let current = Installation(
        program: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path,
        environment: ProcessInfo.processInfo.environment
    )

    private static func exists(_ folder: URL, _ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }
}
