internal import Failures
internal import Files

/// Earlier lines of the shell, kept in a file between sessions.
struct ShellHistory {
    /// Nil where there is no home to keep it in.
    private let path: String?

    /// Long lines and many of them still stay below.
    private static let sizeLimit = 4 << 20

    /// `XDG_STATE_HOME`, else `~/.local/state`, has it.
    init(environment: [String: String]) {
        let state = environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        let folder = state ?? home.map { Directory.join($0, ".local/state") }
        path = folder.map { Directory.join($0, "cutover/shell-history") }
    }

    /// The lines, the oldest first; none where the file cannot be read, which is told.
    func load(_ console: Console) -> [String] {
        guard let path else { return [] }
        do throws(Failure) {
            guard case .file = try Directory.kind(of: path) else { return [] }
            let bytes = try Directory.read(path, limit: Self.sizeLimit)
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        } catch {
            console.note("warning: \(error.description)")
            return []
        }
    }

    func save(_ lines: [String], _ console: Console) {
        guard let path, !lines.isEmpty else { return }
        do throws(Failure) {
            try Directory.create(Directory.parent(of: path) ?? "")
            let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
            try Directory.replace(path, with: bytes.span)
        } catch {
            console.note("warning: \(error.description)")
        }
    }
}
