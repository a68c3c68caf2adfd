/// A command or a group of commands, as data: parsing, help and completion all follow from it.
package struct Command: Sendable {
    /// Lower-case letters, digits and hyphens.
    package var name: String
    /// One line without a final stop, for lists of commands.
    package var summary: String
    /// Paragraphs for the command's own help; may be empty.
    package var discussion: String
    package var options: [Option]
    package var positionals: [Positional]
    /// Whole command lines with what they do; every leaf has one.
    package var examples: [Example]
    /// Commands of a group; empty for a command that runs.
    package var subcommands: [Command]

    package init(
        _ name: String,
        _ summary: String,
        discussion: String = "",
        positionals: [Positional] = [],
        options: [Option] = [],
        examples: [Example] = [],
        subcommands: [Command] = []
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.options = options
        self.positionals = positionals
        self.examples = examples
        self.subcommands = subcommands
    }

    /// A group of commands under a noun.
    package static func group(
        _ name: String,
        _ summary: String,
        discussion: String = "",
        _ subcommands: [Command]
    ) -> Command {
        Command(name, summary, discussion: discussion, subcommands: subcommands)
    }

    /// A command line and what it does.
    package struct Example: Sendable, Equatable {
        package var line: String
        package var meaning: String

        package init(_ line: String, _ meaning: String) {
            self.line = line
            self.meaning = meaning
        }
    }

    /// An option with two hyphens.
    package struct Option: Sendable, Equatable {
        /// Without the hyphens: `row-group-limit`.
        package var name: String
        /// A letter for the form with one hyphen.
        package var letter: Character?
        /// nil for a flag, which has no value.
        package var kind: ValueKind?
        /// How help names the value; the kind's own name where nil.
        package var placeholder: String?
        package var summary: String
        /// The text of the value where the option is not given.
        package var standard: String?
        package var isRepeatable: Bool
        package var isRequired: Bool

        package static func flag(
            _ name: String,
            letter: Character? = nil,
            _ summary: String
        ) -> Option {
            Option(
                name: name,
                letter: letter,
                kind: nil,
                placeholder: nil,
                summary: summary,
                standard: nil,
                isRepeatable: false,
                isRequired: false
            )
        }

        package static func value(
            _ name: String,
            letter: Character? = nil,
            _ kind: ValueKind,
            _ summary: String,
            placeholder: String? = nil,
            default standard: String? = nil,
            isRepeatable: Bool = false,
            isRequired: Bool = false
        ) -> Option {
            Option(
                name: name,
                letter: letter,
                kind: kind,
                placeholder: placeholder,
                summary: summary,
                standard: standard,
                isRepeatable: isRepeatable,
                isRequired: isRequired
            )
        }

        /// `--processor P`, or `--json`.
        package var usage: String {
            guard let kind else { return "--\(name)" }
            return "--\(name) \(placeholder ?? kind.placeholder)"
        }
    }

    /// An argument that is known by its place.
    package struct Positional: Sendable, Equatable {
        package enum Arity: Sendable, Equatable {
            case one
            case optional
            /// Any number; only as the last argument.
            case any
            /// At least one; only as the last argument.
            case some
        }

        /// Upper case, as help shows it: `FILE`.
        package var name: String
        package var kind: ValueKind
        package var arity: Arity
        package var summary: String

        package init(
            _ name: String,
            _ kind: ValueKind,
            _ summary: String,
            arity: Arity = .one
        ) {
            self.name = name
            self.kind = kind
            self.arity = arity
            self.summary = summary
        }

        package var usage: String {
            switch arity {
            case .one: name
            case .optional: "[\(name)]"
            case .any: "[\(name)...]"
            case .some: "\(name)..."
            }
        }
    }

    /// Options that every command has.
    package static let globalOptions: [Option] = [
        .flag("help", letter: "h", "Show this help"),
        .flag("json", "Print one JSON object for machines"),
        .value("state", .folder, "Journal, locks and spill files", default: ".cutover"),
        .value("config", .file, "Configuration file"),
    ]
}
