package import Failures

/// What was set where, before anybody decided which setting wins.
package struct ConfigurationLayers: Sendable {
    /// A text and the place in a script or file that holds it.
    package struct Setting: Sendable, Equatable {
        package var text: String
        package var position: Failure.Position?

        package init(_ text: String, at position: Failure.Position? = nil) {
            self.text = text
            self.position = position
        }
    }

    /// By path: options of the command line, those of `--set` too; the position names the option.
    package var flags: [String: Setting]
    /// By path: `SET` statements of a script.
    package var statements: [String: Setting]
    /// The process's environment, whole.
    package var environment: [String: String]
    /// By path: the configuration file.
    package var file: [String: Setting]

    package init(
        flags: [String: Setting] = [:],
        statements: [String: Setting] = [:],
        environment: [String: String] = [:],
        file: [String: Setting] = [:]
    ) {
        self.flags = flags
        self.statements = statements
        self.environment = environment
        self.file = file
    }
}

/// Where an effective value came from, the strongest first.
package enum ConfigurationOrigin: Sendable, Equatable, CustomStringConvertible {
    /// The command line; the option as a position names it.
    case flag(Failure.Position?)
    /// A `SET` statement.
    case statement(Failure.Position?)
    /// The environment variable of this name.
    case environment(String)
    case file(Failure.Position?)
    case standard

    package var description: String {
        switch self {
        case .flag(let position): Self.text("flag", position)
        case .statement(let position): Self.text("SET", position)
        case .environment(let name): "environment \(name)"
        case .file(let position): Self.text("file", position)
        case .standard: "default"
        }
    }

    private static func text(_ layer: String, _ position: Failure.Position?) -> String {
        position.map { "\(layer) \($0)" } ?? layer
    }
}
