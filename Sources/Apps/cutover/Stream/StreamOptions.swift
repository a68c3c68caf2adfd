internal import Arguments
internal import Failures

/// Options that several commands of `stream` share.
enum StreamOptions {
    static let processor = Command.Option.value(
        "processor",
        .text,
        "Implementation: v1, v2, v2:WORKERS; the default is the setting stream.processor",
        placeholder: "P"
    )

    static let set = Command.Option.value(
        "set",
        .text,
        "A setting of `config show`, such as batch.rows=4096",
        placeholder: "KEY=VALUE",
        isRepeatable: true
    )

    /// What the command line, the environment and the file say, the command line's part under settings' names.
    ///
    /// `shortcuts` are options of this command that stand for a setting.
    ///
    /// - Throws: `CFG_VALUE` for a `--set` without `=`, what reading the file throws, and what is wrong with settings of
    ///   other sections.
    static func layers(
        _ invocation: Invocation,
        _ console: Console,
        shortcuts: [(option: String, key: String)] = []
    ) throws(Failure) -> ConfigurationLayers {
        var flags: [String: ConfigurationLayers.Setting] = [:]
        for given in invocation.values("set") {
            let parts = given.text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                throw Failure(
                    "CFG_VALUE",
                    blame: .request,
                    "--set has no value in \"\(given.text)\"",
                    remedy: "write KEY=VALUE, for example batch.rows=4096",
                    at: invocation.position(of: "set")
                )
            }
            var key = String(parts[0])
            if key.hasPrefix("cutover.") { key.removeFirst("cutover.".count) }
            if !key.hasPrefix("stream.") { key = "stream." + key }
            flags[key] = .init(String(parts[1]), at: invocation.position(of: "set"))
        }
        for (option, key) in shortcuts {
            guard let text = invocation.values(option).last?.text else { continue }
            flags[key] = .init(text, at: invocation.position(of: option))
        }
        let layers = try ConfigurationFile.layers(invocation, console, flags: flags)
        try Settings.checkOthers(layers)
        return layers
    }
}
