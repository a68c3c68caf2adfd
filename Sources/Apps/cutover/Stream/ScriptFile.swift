internal import Arguments
internal import Failures
internal import Files
internal import SQLFront

/// A script of stream SQL that was read and checked.
struct ScriptFile: Sendable {
    /// As the user named it.
    let path: String
    /// Empty for statements that were checked elsewhere.
    let text: String
    /// What its jobs are called after.
    let name: String
    let report: StreamScript.Report

    /// Far more than a script may have; the front end tells of those that are a little too long.
    private static let sizeLimit = 16 << 20

    /// Reads and checks a script.
    ///
    /// - Parameters:
    ///   - path: relative to the current folder.
    ///   - name: of the jobs; the file's name without `.sql` where nil.
    /// - Throws: `IO_READ`; what is wrong with the text itself is in `report`.
    init(_ path: String, name: String? = nil) throws(Failure) {
        let bytes: [UInt8]
        do throws(Failure) {
            guard case .file = try Directory.kind(of: path) else {
                throw Failure(
                    "IO_READ",
                    blame: .request,
                    "there is no file \(path)",
                    remedy: "name a file with a script of SQL"
                )
            }
            bytes = try Directory.read(path, limit: Self.sizeLimit)
        } catch {
            var failure = error
            failure.blame = .request
            throw failure
        }
        self.init(path: path, text: String(decoding: bytes, as: UTF8.self), name: name)
    }

    /// Checks a text that the user gave as `path`.
    init(path: String, text: String, name: String? = nil) {
        self.path = path
        self.text = text
        let name = name ?? Self.name(ofFile: path)
        self.name = name
        report = StreamScript.check(text, source: path, options: .init(name: name))
    }

    /// Statements that were checked in a session.
    init(path: String, report: StreamScript.Report) {
        self.path = path
        text = ""
        name = Self.name(ofFile: path)
        self.report = report
    }

    /// `flights-hourly` for `Examples/flights-hourly.sql`.
    private static func name(ofFile path: String) -> String {
        let name = Directory.lastComponent(of: path)
        return name.hasSuffix(".sql") ? String(name.dropLast(4)) : name
    }

    /// Where the script's relative paths start; empty for the current folder.
    var directory: String { Directory.parent(of: path) ?? "" }

    /// The script's jobs; only for a script without failures.
    var jobs: [Job] { report.script.jobs }
}
