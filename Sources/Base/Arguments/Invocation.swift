package import Failures
package import Units

/// A command line that was understood.
///
/// Asking for an option that the command does not declare, or for another type than it has, is a mistake
/// of the program and stops it.
package struct Invocation: Sendable {
    /// Names of the command from below the root: `["stream", "run"]`.
    package let path: [String]
    package let command: Command
    private let given: [String: [Given]]
    private let places: [String: [Given]]

    /// A value and where it came from.
    package struct Given: Sendable, Equatable {
        /// The text as written.
        package var text: String
        package var value: ArgumentValue
        /// 1-based number of the argument that holds it; 0 for a default.
        package var argument: Int
    }

    init(path: [String], command: Command, given: [String: [Given]], places: [String: [Given]]) {
        self.path = path
        self.command = command
        self.given = given
        self.places = places
    }

    /// Whether an option was on the command line.
    package func isGiven(_ option: String) -> Bool {
        _ = declared(option)
        return given[option] != nil
    }

    package func flag(_ option: String) -> Bool {
        precondition(declared(option).kind == nil, "--\(option) is no flag")
        return given[option] != nil
    }

    /// Everything that was given for an option, or its default.
    package func values(_ option: String) -> [Given] {
        let declaration = declared(option)
        if let given = given[option] { return given }
        guard let standard = declaration.standard, let kind = declaration.kind,
            let value = try? kind.value(of: standard)
        else { return [] }
        return [Given(text: standard, value: value, argument: 0)]
    }

    package func text(_ option: String) -> String? { values(option).last?.value.text }

    package func texts(_ option: String) -> [String] { values(option).map(\.value.text) }

    package func integer(_ option: String) -> Int? {
        guard let value = values(option).last?.value else { return nil }
        guard case .integer(let integer) = value else { preconditionFailure("--\(option)") }
        return integer
    }

    package func number(_ option: String) -> Double? {
        guard let value = values(option).last?.value else { return nil }
        guard case .number(let number) = value else { preconditionFailure("--\(option)") }
        return number
    }

    package func byteCount(_ option: String) -> ByteCount? {
        guard let value = values(option).last?.value else { return nil }
        guard case .byteCount(let count) = value else { preconditionFailure("--\(option)") }
        return count
    }

    package func duration(_ option: String) -> Duration? {
        guard let value = values(option).last?.value else { return nil }
        guard case .duration(let duration) = value else { preconditionFailure("--\(option)") }
        return duration
    }

    package func share(_ option: String) -> PartsPerMillion? {
        guard let value = values(option).last?.value else { return nil }
        guard case .share(let share) = value else { preconditionFailure("--\(option)") }
        return share
    }

    /// The argument called `name`; nil where an optional one is absent.
    package func argument(_ name: String) -> String? { arguments(name).first }

    /// The arguments called `name`, for those that may be many.
    package func arguments(_ name: String) -> [String] {
        precondition(command.positionals.contains { $0.name == name }, "no argument \(name)")
        return (places[name] ?? []).map(\.value.text)
    }

    /// Where a character of an option's value stands, for errors: `--processor:1:4`.
    package func position(of option: String, column: Int = 1) -> Failure.Position {
        .text(SourcePosition(source: "--\(option)", line: 1, column: column))
    }

    private func declared(_ name: String) -> Command.Option {
        for option in command.options + Command.globalOptions where option.name == name {
            return option
        }
        preconditionFailure("the command \(path.joined(separator: " ")) has no option --\(name)")
    }
}
