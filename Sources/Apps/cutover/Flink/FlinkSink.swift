internal import Failures
internal import Files
internal import Foundation
internal import StreamSQL

/// A sink's folder while Flink writes: parts lie in a hidden folder inside it until the jobs have ended.
struct FlinkSink: Sendable {
    private let path: String
    /// Where Flink writes.
    let pending: String
    private let replaced: [String]

    /// - Throws: `SINK_NOT_EMPTY`, what the file system refuses.
    init(_ path: String, existing: StreamRunOptions.Existing) throws(Failure) {
        self.path = path
        try Directory.create(path)
        let names = try Directory.names(in: path).filter { !$0.hasPrefix(".") }
        if existing == .refuse, let first = names.first {
            throw Failure(
                "SINK_NOT_EMPTY",
                blame: .request,
                "\(path) is not empty: it has \(first)"
                    + (names.count > 1 ? " and \(names.count - 1) more" : ""),
                remedy: "choose an empty directory, or pass --append or --overwrite"
            )
        }
        replaced = existing == .overwrite ? names.filter { $0.hasPrefix("part-") } : []
        pending = Directory.join(path, ".flink-\(UUID().uuidString)")
    }

    /// Makes the parts visible, and the replaced ones vanish.
    func publish() throws(Failure) {
        for name in replaced { try Directory.remove(Directory.join(path, name)) }
        for file in try Directory.files(below: pending) {
            let name = Directory.lastComponent(of: file)
            if name == Scratch.empty { continue }
            try Directory.rename(file, to: Directory.join(path, name))
        }
        try Directory.synchronize(path)
    }

    /// Removes the hidden folder and what is left in it.
    func abandon() { try? FileManager.default.removeItem(atPath: pending) }
}
