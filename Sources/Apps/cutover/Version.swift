/// The version of this program, as `CHANGELOG.md` names it.
package let programVersion = "0.1.0"

/// What `cutover --version` prints.
package struct VersionReport: Sendable, Equatable {
    /// Version of the program.
    package var version: String
    /// Commit of the clone or of the installation; nil where neither is known.
    package var commit: String?

    package init(version: String, commit: String?) {
        self.version = version
        self.commit = commit
    }

    /// The report as lines of text: the program first, then one library a line.
    package var text: String {
        "cutover \(version) (\(commit.map { "commit \($0)" } ?? "commit unknown"))"
    }
}
