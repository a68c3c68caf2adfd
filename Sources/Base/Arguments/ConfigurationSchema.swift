internal import Failures

/// One key that a user may set.
package struct ConfigurationKey: Sendable, Equatable {
    /// The section, which is a path's name, or empty for the core: `stream`.
    package var section: String
    /// The key inside its section: `batch.rows`.
    package var name: String
    package var kind: ValueKind
    /// The text of the value where nobody sets it; nil for none.
    package var standard: String?
    /// Words that are allowed besides what `kind` says, such as `off`.
    package var words: [String]
    /// One line for `config show` and the reference.
    package var summary: String
    /// Environment variables of other names that set it too, weaker than its own.
    package var environmentAliases: [String]
    /// Old names inside the section that files may use, with a notice; one with a dot is a whole path.
    package var fileAliases: [String]
    /// Code of the failure that a bad value gives.
    package var valueCode: String

    package init(
        _ section: String,
        _ name: String,
        _ kind: ValueKind,
        default standard: String? = nil,
        or words: [String] = [],
        _ summary: String,
        environmentAliases: [String] = [],
        fileAliases: [String] = [],
        valueCode: String = "CFG_VALUE"
    ) {
        self.section = section
        self.name = name
        self.kind = kind
        self.standard = standard
        self.words = words
        self.summary = summary
        self.environmentAliases = environmentAliases
        self.fileAliases = fileAliases
        self.valueCode = valueCode
    }

    /// `stream.batch.rows`, as files and `SET` name it.
    package var path: String { section.isEmpty ? name : "\(section).\(name)" }

    /// `CUTOVER_STREAM_BATCH_ROWS`.
    package var environmentName: String { "CUTOVER_" + Self.upperSnake(path) }

    static func upperSnake(_ path: String) -> String {
        String(path.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }

    /// Reads a text as the key's kind, or as one of its words.
    func value(of text: String) throws(ValueError) -> ArgumentValue {
        if let word = words.first(where: { $0 == text.lowercased() }) { return .text(word) }
        do throws(ValueError) {
            return try kind.value(of: text)
        } catch {
            guard !words.isEmpty else { throw error }
            let remedy = "\(error.remedy), or \(words.joined(separator: ", "))"
            throw ValueError(column: error.column, problem: error.problem, remedy: remedy)
        }
    }
}

/// All keys that a program knows.
package struct ConfigurationSchema: Sendable {
    package let keys: [ConfigurationKey]
    private let places: [String: Int]

    /// A schema of keys with different paths.
    package init(_ keys: [ConfigurationKey]) {
        self.keys = keys
        var places: [String: Int] = [:]
        for (place, key) in keys.enumerated() {
            let existing = places.updateValue(place, forKey: key.path)
            precondition(existing == nil, "the key \(key.path) is declared twice")
            precondition(
                key.standard.map { (try? key.value(of: $0)) != nil } ?? true,
                "the default of \(key.path) is not of its kind"
            )
        }
        self.places = places
    }

    package subscript(path: String) -> ConfigurationKey? { places[path].map { keys[$0] } }

    /// The key that an old name stood for.
    func key(ofFileAlias path: String) -> ConfigurationKey? {
        keys.first { key in
            key.fileAliases.contains { alias in
                let isWhole = key.section.isEmpty || alias.contains(".")
                return path == (isWhole ? alias : "\(key.section).\(alias)")
            }
        }
    }

    func unknownKey(_ path: String, at position: Failure.Position?) -> Failure {
        Failure(
            "CFG_UNKNOWN_KEY",
            blame: .request,
            "no key \"\(path)\"",
            remedy: NearestName.remedy(for: path, in: keys.map(\.path)),
            at: position
        )
    }
}
