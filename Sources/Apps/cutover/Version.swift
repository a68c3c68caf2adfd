internal import Compression
internal import Parquet

/// The version of this program, as `CHANGELOG.md` names it.
package let programVersion = "0.1.0"

/// What `cutover --version` prints.
package struct VersionReport: Sendable, Equatable {
    /// Version of the program.
    package var version: String
    /// Commit of the clone or of the installation; nil where neither is known.
    package var commit: String?

    /// Foreign libraries, the most telling first.
    package var libraries: [Library]

    package struct Library: Sendable, Equatable {
        package var name: String
        package var version: String
    }

    package init(version: String, commit: String?, libraries: [Library] = []) {
        self.version = version
        self.commit = commit
        self.libraries = libraries
    }

    /// What the running program is.
    package static var current: VersionReport {
        let compression = compressionVersions()
        return VersionReport(
            version: programVersion,
            commit: Installation.current.commit,
            libraries: [
                Library(name: "Arrow", version: arrowVersion()),
                Library(name: "zlib", version: compression.zlib),
                Library(name: "zstd", version: compression.zstd),
            ]
        )
    }

    /// The report as lines of text: the program first, then one library a line.
    package var text: String {
        ([title] + libraries.map { "\($0.name) \($0.version)" }).joined(separator: "\n")
    }

    /// The program in one line.
    package var title: String {
        "cutover \(version) (\(commit.map { "commit \($0)" } ?? "commit unknown"))"
    }
}
