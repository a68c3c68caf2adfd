internal import Failures
internal import Files
internal import JSON

/// The file that lies in the state folder from a demo's beginning until its outcome has been told.
///
/// It remembers which attempt came before, so that whoever finds it after a crash knows whether the demo's own
/// migration was stored yet.
struct DemoMark {
    private let path: String

    private static let sizeLimit = 4096

    init(in state: String) { path = Directory.join(state, "demo.json") }

    /// The number of the attempt before the demo's own, 0 for none; nil where every demo has told its outcome.
    ///
    /// - Throws: `STATE_CORRUPT`, `IO_READ`.
    func earlierAttempt() throws(Failure) -> Int? {
        guard case .file = try Directory.kind(of: path) else { return nil }
        let bytes = try Directory.read(path, limit: Self.sizeLimit)
        do throws(JSONError) {
            return Int(try JSONValue(parsing: bytes.span).member("after").requireInteger())
        } catch {
            throw Failure(
                "STATE_CORRUPT",
                blame: .data,
                "\(path) is damaged: \(error.problem)",
                remedy: "remove it; a demo that was not finished is then begun anew"
            )
        }
    }

    /// - Throws: `IO_WRITE`, `IO_SPACE`.
    func set(after attempt: Int) throws(Failure) {
        let json: JSONValue = ["after": JSONValue(attempt)]
        let bytes = Array((json.compactText + "\n").utf8)
        try Directory.replace(path, with: bytes.span)
    }

    /// - Throws: `IO_WRITE`.
    func remove() throws(Failure) { try Directory.remove(path) }
}
