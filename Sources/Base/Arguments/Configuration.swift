package import Failures
package import Units

/// The effective value of every key, with its origin.
///
/// Asking for a key that the schema does not declare, or for another type than it has, is a mistake of
/// the program and stops it.
package struct Configuration: Sendable {
    package struct Entry: Sendable, Equatable {
        package var key: ConfigurationKey
        /// nil where nobody sets the key and it has no default.
        package var value: ArgumentValue?
        package var origin: ConfigurationOrigin
    }

    /// One for each key, in the schema's order.
    package let entries: [Entry]
    /// Sentences for the user: old names that were used.
    package let notices: [String]
    private let places: [String: Int]

    init(entries: [Entry], notices: [String]) {
        self.entries = entries
        self.notices = notices
        places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key.path, $0) })
    }

    package subscript(path: String) -> Entry {
        guard let place = places[path] else { preconditionFailure("no key \(path)") }
        return entries[place]
    }

    package func text(_ path: String) -> String? { self[path].value?.text }

    package func bool(_ path: String) -> Bool? {
        if case .boolean(let value) = self[path].value { value } else { nil }
    }

    /// nil where the key is unset or one of its words (`off`); so are the following.
    package func integer(_ path: String) -> Int? {
        if case .integer(let value) = self[path].value { value } else { nil }
    }

    package func number(_ path: String) -> Double? {
        if case .number(let value) = self[path].value { value } else { nil }
    }

    package func byteCount(_ path: String) -> ByteCount? {
        if case .byteCount(let value) = self[path].value { value } else { nil }
    }

    package func duration(_ path: String) -> Duration? {
        if case .duration(let value) = self[path].value { value } else { nil }
    }

    package func share(_ path: String) -> PartsPerMillion? {
        if case .share(let value) = self[path].value { value } else { nil }
    }
}

extension ConfigurationSchema {
    /// Decides every key: flag > SET > environment > file > default.
    ///
    /// A variable `CUTOVER_SECTION_…` of a section that the schema knows must name a key, since a misspelt
    /// one would be ignored in silence; other variables are nobody's business here.
    ///
    /// - Throws: `CFG_UNKNOWN_KEY` with the nearest name, or what a bad value gives; both with the position.
    package func resolve(_ layers: ConfigurationLayers) throws(Failure) -> Configuration {
        try requireKnownNames(layers)
        let (file, notices) = try withoutAliases(layers.file)
        var entries: [Configuration.Entry] = []
        for key in keys { entries.append(try effective(key, layers, file)) }
        return Configuration(entries: entries, notices: notices)
    }

    private func effective(
        _ key: ConfigurationKey,
        _ layers: ConfigurationLayers,
        _ file: [String: ConfigurationLayers.Setting]
    ) throws(Failure) -> Configuration.Entry {
        if let setting = layers.flags[key.path] {
            return try entry(key, setting, .flag(setting.position))
        }
        if let setting = layers.statements[key.path] {
            return try entry(key, setting, .statement(setting.position))
        }
        for name in [key.environmentName] + key.environmentAliases {
            guard let text = layers.environment[name] else { continue }
            let position = Failure.Position.text(SourcePosition(source: name, line: 1, column: 1))
            let setting = ConfigurationLayers.Setting(text, at: position)
            return try entry(key, setting, .environment(name))
        }
        if let setting = file[key.path] { return try entry(key, setting, .file(setting.position)) }
        guard let standard = key.standard else {
            return Configuration.Entry(key: key, value: nil, origin: .standard)
        }
        return try entry(key, ConfigurationLayers.Setting(standard), .standard)
    }

    private func entry(
        _ key: ConfigurationKey,
        _ setting: ConfigurationLayers.Setting,
        _ origin: ConfigurationOrigin
    ) throws(Failure) -> Configuration.Entry {
        do throws(ValueError) {
            let value = try key.value(of: setting.text)
            return Configuration.Entry(key: key, value: value, origin: origin)
        } catch {
            throw Failure(
                key.valueCode,
                blame: .request,
                "\(key.path): \(error.problem)",
                remedy: error.remedy,
                at: setting.position
            )
        }
    }

    /// Unknown names in the order of their text, so that the same input gives the same error.
    private func requireKnownNames(_ layers: ConfigurationLayers) throws(Failure) {
        for path in layers.flags.keys.sorted() where self[path] == nil {
            throw unknownKey(path, at: layers.flags[path]?.position)
        }
        for path in layers.statements.keys.sorted() where self[path] == nil {
            throw unknownKey(path, at: layers.statements[path]?.position)
        }
        let prefixes = Set(keys.map(\.section)).subtracting([""]).map {
            "CUTOVER_" + ConfigurationKey.upperSnake($0) + "_"
        }
        let known = keys.flatMap { [$0.environmentName] + $0.environmentAliases }
        for name in layers.environment.keys.sorted() {
            guard prefixes.contains(where: name.hasPrefix), !known.contains(name) else { continue }
            throw Failure(
                "CFG_UNKNOWN_KEY",
                blame: .request,
                "the environment variable \(name) names no key",
                remedy: NearestName.remedy(for: name, in: known),
                at: .text(SourcePosition(source: name, line: 1, column: 1))
            )
        }
    }

    /// The file's settings under the names of today, and a notice for each old one.
    private func withoutAliases(
        _ file: [String: ConfigurationLayers.Setting]
    ) throws(Failure) -> ([String: ConfigurationLayers.Setting], [String]) {
        var current: [String: ConfigurationLayers.Setting] = [:]
        var notices: [String] = []
        for path in file.keys.sorted() {
            guard let setting = file[path] else { continue }
            if self[path] != nil {
                current[path] = setting
                continue
            }
            guard let key = key(ofFileAlias: path) else {
                throw unknownKey(path, at: setting.position)
            }
            guard file[key.path] == nil else {
                throw Failure(
                    "CFG_VALUE",
                    blame: .request,
                    "\(path) is the old name of \(key.path), and both are set",
                    remedy: "remove \(path)",
                    at: setting.position
                )
            }
            let place = setting.position.map { "\($0): " } ?? ""
            notices.append("\(place)\(path) is now called \(key.path)")
            current[key.path] = setting
        }
        return (current, notices)
    }
}
