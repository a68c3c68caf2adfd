package import Arguments
package import Failures
internal import Foundation
internal import JSON
internal import YAML

/// Reads the configuration file: one JSON object, or a YAML mapping where its name ends in `.yaml` or `.yml`.
///
/// A key's dots are levels or stand in a name: `{"stream": {"batch": {"rows": 4096}}}` and
/// `{"stream": {"batch.rows": 4096}}` say the same.
package enum ConfigurationFile {
    /// A larger file is no configuration.
    private static let sizeLimit = 1 << 20

    /// The settings that hold for a command.
    ///
    /// The environment is above the file, which is `--config` or what `CUTOVER_CONFIG` names.
    ///
    /// `flags` are settings from the command line, by path. Throws `CFG_FILE` where the file cannot be read or is neither JSON nor YAML, `CFG_UNKNOWN_KEY`, `CFG_VALUE`.
    package static func effective(
        _ invocation: Invocation,
        _ console: Console,
        flags: [String: ConfigurationLayers.Setting] = [:]
    ) throws(Failure) -> Configuration {
        try Settings.schema.resolve(try layers(invocation, console, flags: flags))
    }

    /// What is set where, before a script's own settings and before anybody decides.
    ///
    /// Throws `CFG_FILE` where the file cannot be read or is neither JSON nor YAML.
    static func layers(
        _ invocation: Invocation,
        _ console: Console,
        flags: [String: ConfigurationLayers.Setting] = [:]
    ) throws(Failure) -> ConfigurationLayers {
        let path = invocation.text("config") ?? console.environment["CUTOVER_CONFIG"]
        var layers = ConfigurationLayers(flags: flags, environment: console.environment)
        if let path, !path.isEmpty { layers.file = try settings(ofFile: path) }
        return layers
    }

    /// The file's settings by path.
    static func settings(
        ofFile path: String
    ) throws(Failure) -> [String: ConfigurationLayers.Setting] {
        try settings(of: try bytes(ofFile: path), source: path)
    }

    /// The settings of a text by path; `source` names it in positions.
    package static func settings(
        of text: [UInt8],
        source: String
    ) throws(Failure) -> [String: ConfigurationLayers.Setting] {
        if source.hasSuffix(".yaml") || source.hasSuffix(".yml") {
            return try settings(ofYAML: text, source: source)
        }
        do throws(JSONError) {
            let limits = JSONLimits(depth: 16, size: sizeLimit)
            let root = try JSONValue(parsing: text.span, source: source, limits: limits)
            var settings: [String: ConfigurationLayers.Setting] = [:]
            try collect(try root.requireObject(), prefix: "", into: &settings)
            return settings
        } catch {
            throw error.failure("CFG_FILE")
        }
    }

    private static func collect(
        _ object: JSONObject,
        prefix: String,
        into settings: inout [String: ConfigurationLayers.Setting]
    ) throws(JSONError) {
        for member in object.members {
            let path = prefix + member.name
            let position = member.position.map { Failure.Position.text($0) }
            let text: String
            switch member.value.content {
            case .object(let inner):
                try collect(inner, prefix: path + ".", into: &settings)
                continue
            case .string(let string): text = string
            case .number(let number): text = number.text
            case .bool(let bool): text = bool ? "true" : "false"
            case .null, .array:
                throw JSONError(
                    "\(path) is \(member.value.kind), and no setting is",
                    remedy: "write a text, a number, true or false",
                    at: member.value.position ?? member.position
                )
            }
            let old = settings.updateValue(.init(text, at: position), forKey: path)
            guard old == nil else {
                throw JSONError(
                    "\(path) is set twice",
                    remedy: "keep one of the two",
                    at: member.position
                )
            }
        }
    }

    private static func settings(
        ofYAML text: [UInt8],
        source: String
    ) throws(Failure) -> [String: ConfigurationLayers.Setting] {
        do throws(YAMLError) {
            let limits = YAMLLimits(size: sizeLimit, depth: 16)
            let root = try YAMLNode(parsing: text, source: source, limits: limits)
            var settings: [String: ConfigurationLayers.Setting] = [:]
            try collect(root, prefix: "", at: root.position, into: &settings)
            return settings
        } catch {
            throw error.failure("CFG_FILE")
        }
    }

    /// `place` is the key's, whose path is `prefix` without its last dot.
    private static func collect(
        _ node: YAMLNode,
        prefix: String,
        at place: SourcePosition,
        into settings: inout [String: ConfigurationLayers.Setting]
    ) throws(YAMLError) {
        if let members = node.mapping {
            for member in members {
                let path = prefix + member.key + "."
                try collect(member.value, prefix: path, at: member.position, into: &settings)
            }
            return
        }
        let path = prefix.isEmpty ? "the file" : String(prefix.dropLast())
        guard let scalar = node.scalar, !node.isNull, !prefix.isEmpty else {
            throw YAMLError(
                "\(path) is \(node.kind), and no setting is",
                remedy: "write keys with a text, a number, true or false",
                at: node.position
            )
        }
        guard settings.updateValue(.init(scalar.text, at: .text(place)), forKey: path) == nil else {
            throw YAMLError("\(path) is set twice", remedy: "keep one of the two", at: place)
        }
    }

    private static func bytes(ofFile path: String) throws(Failure) -> [UInt8] {
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            return [UInt8](try file.read(upToCount: sizeLimit + 1) ?? Data())
        } catch {
            throw Failure(
                "CFG_FILE",
                blame: .request,
                "the configuration file \"\(path)\" cannot be read",
                remedy: "name a readable file with --config or CUTOVER_CONFIG",
                cause: (error as NSError).localizedDescription
            )
        }
    }
}
