internal import Arguments
internal import Failures
internal import Files
internal import SQLFront
internal import StreamSQL

/// A script as a command line names it: read, bound, and with the settings that hold around it.
struct StreamScriptFile {
    let path: String
    let script: BoundScript
    private let layers: ConfigurationLayers

    /// A larger text is no script.
    private static let sizeLimit = 1 << 20

    /// Reads and binds the script at `path`; notices go to the console.
    ///
    /// - Throws: `IO_READ`, or the first mistake in the script; the others are printed.
    init(path: String, _ invocation: Invocation, _ console: Console) throws(Failure) {
        self.path = path
        layers = try Self.layers(invocation, console)
        let bytes = try Directory.read(path, limit: Self.sizeLimit)
        do throws(StreamScript.Rejection) {
            script = try StreamScript.bind(
                String(decoding: bytes, as: UTF8.self),
                source: path,
                options: StreamScript.Options(name: Self.jobName(path))
            )
        } catch {
            for failure in error.failures.dropFirst() { console.complain(failure.description) }
            throw error.failures[0]
        }
        for notice in script.warnings { console.complain(notice.description) }
    }

    /// Settings of a job, with the script's `SET` statements among the layers.
    func settings(of job: Job) throws(Failure) -> StreamSettings {
        try StreamSettings(layers, job: job.settings)
    }

    /// Where relative paths of the script start.
    var directory: String { Directory.parent(of: path) ?? "." }

    /// The script's name without folders and extension.
    static func jobName(_ path: String) -> String {
        let name = Directory.lastComponent(of: path)
        return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }

    private static func layers(
        _ invocation: Invocation,
        _ console: Console
    ) throws(Failure) -> ConfigurationLayers {
        var layers = try ConfigurationFile.layers(invocation, console)
        let names = Set(invocation.command.options.map(\.name))
        for (option, key) in [("failure", "failure.strategy"), ("late", "late.strategy")]
        where names.contains(option) {
            guard let text = invocation.text(option) else { continue }
            layers.flags["stream.\(key)"] = .init(text, at: invocation.position(of: option))
        }
        guard names.contains("set") else { return layers }
        for text in invocation.texts("set") {
            guard let equals = text.firstIndex(of: "=") else {
                throw Failure(
                    "CFG_VALUE",
                    blame: .request,
                    "--set takes KEY=VALUE, not \"\(text)\"",
                    remedy: "write for example --set batch.rows=4096",
                    at: invocation.position(of: "set")
                )
            }
            let value = String(text[text.index(after: equals)...])
            layers.flags["stream.\(text[..<equals])"] =
                .init(value, at: invocation.position(of: "set"))
        }
        return layers
    }
}
