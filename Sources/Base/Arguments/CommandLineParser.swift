package import Failures

/// What a command line asks for.
package enum CommandLineRequest: Sendable {
    case run(Invocation)
    /// Print this text and succeed.
    case help(String)
}

extension Command {
    /// Understands the arguments behind the program's name.
    ///
    /// Options may stand anywhere behind their command, as `--name value` or `--name=value`; what follows
    /// `--` is an argument whatever it looks like, and so is a lone `-`. `help COMMAND` is `COMMAND --help`.
    ///
    /// - Throws: a `Failure` of the `CFG_` family, whose position is the argument's number or the column
    ///   in an option's value. The caller exits with 2.
    package func parse(_ arguments: [String]) throws(Failure) -> CommandLineRequest {
        var arguments = arguments
        if arguments.first == "help", !subcommands.contains(where: { $0.name == "help" }) {
            arguments = Array(arguments.dropFirst()) + ["--help"]
        }
        var parser = CommandLineParser(root: self, arguments: arguments)
        return try parser.parse()
    }

    /// Whether the caller wants errors as JSON too, even where the arguments cannot be understood.
    package static func wantsJSON(_ arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains("--json")
    }
}

/// Goes through the arguments once.
struct CommandLineParser {
    private let root: Command
    private let arguments: [String]
    private var command: Command
    private var path: [String] = []
    private var index = 0
    private var given: [String: [Invocation.Given]] = [:]
    private var places: [Invocation.Given] = []

    /// A command line longer than this is a mistake, or an attack.
    private static let argumentLimit = 100_000

    init(root: Command, arguments: [String]) {
        self.root = root
        self.arguments = arguments
        command = root
    }

    mutating func parse() throws(Failure) -> CommandLineRequest {
        guard arguments.count <= Self.argumentLimit else {
            throw failure("TOO_MANY_ARGUMENTS", "\(arguments.count) arguments", "give fewer")
        }
        var takesOptions = true
        while index < arguments.count {
            let argument = arguments[index]
            if takesOptions && argument == "--" {
                takesOptions = false
            } else if takesOptions && argument.hasPrefix("-") && argument != "-" {
                try takeOption(argument)
                if given["help"] != nil { return .help(helpText) }
            } else if command.subcommands.isEmpty {
                places.append(.init(text: argument, value: .text(argument), argument: index + 1))
            } else {
                try descend(argument)
            }
            index += 1
        }
        guard command.subcommands.isEmpty else {
            if arguments.isEmpty { return .help(helpText) }
            let names = command.subcommands.map(\.name).joined(separator: ", ")
            throw failure(
                "MISSING_COMMAND",
                "no command behind \"\(label)\"",
                "add one of \(names)"
            )
        }
        try requireOptions()
        return .run(
            Invocation(path: path, command: command, given: given, places: try namedPlaces())
        )
    }

    private var label: String { ([root.name] + path).joined(separator: " ") }

    private var helpText: String { command.helpText(path: [root.name] + path) }

    private mutating func descend(_ name: String) throws(Failure) {
        guard let next = command.subcommands.first(where: { $0.name == name }) else {
            throw failure(
                "UNKNOWN_COMMAND",
                "no command \"\(name)\" in \"\(label)\"",
                NearestName.remedy(for: name, in: command.subcommands.map(\.name))
            )
        }
        command = next
        path.append(name)
    }

    private mutating func takeOption(_ argument: String) throws(Failure) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let options = command.options + Command.globalOptions
        guard let option = options.first(where: { Self.matches($0, name) }) else {
            throw failure(
                "UNKNOWN_OPTION",
                "no option \(name) in \"\(label)\"",
                NearestName.remedy(for: name, in: options.map { "--\($0.name)" })
            )
        }
        let number = index + 1
        if given[option.name] != nil && !option.isRepeatable {
            throw failure("DUPLICATE_OPTION", "\(name) is given twice", "give it once")
        }
        guard let kind = option.kind else {
            if parts.count > 1 {
                let remedy = "write \(name) alone"
                throw failure("UNEXPECTED_VALUE", "\(name) is a flag and takes no value", remedy)
            }
            given[option.name] = [.init(text: "", value: .boolean(true), argument: number)]
            return
        }
        let text = try value(of: option, in: parts)
        let value = try self.value(text, kind, source: "--\(option.name)")
        given[option.name, default: []].append(.init(text: text, value: value, argument: number))
    }

    private static func matches(_ option: Command.Option, _ name: String) -> Bool {
        name == "--\(option.name)" || option.letter.map { name == "-\($0)" } == true
    }

    private mutating func value(
        of option: Command.Option,
        in parts: [Substring]
    ) throws(Failure) -> String {
        if parts.count > 1 { return String(parts[1]) }
        let isLast = index + 1 >= arguments.count
        // A value that looks like an option is more often a forgotten value; `=` allows it.
        guard !isLast, !arguments[index + 1].hasPrefix("--") else {
            let remedy = "write \(option.usage)"
            throw failure("MISSING_VALUE", "--\(option.name) has no value", remedy)
        }
        index += 1
        return arguments[index]
    }

    private func value(
        _ text: String,
        _ kind: ValueKind,
        source: String
    ) throws(Failure) -> ArgumentValue {
        do throws(ValueError) {
            return try kind.value(of: text)
        } catch {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "\(source): \(error.problem)",
                remedy: error.remedy,
                at: .text(SourcePosition(source: source, line: 1, column: error.column))
            )
        }
    }

    private func requireOptions() throws(Failure) {
        for option in command.options where option.isRequired && given[option.name] == nil {
            throw failure("MISSING_OPTION", "--\(option.name) is missing", "add \(option.usage)")
        }
    }

    /// Deals the arguments out to their names, from left to right.
    private func namedPlaces() throws(Failure) -> [String: [Invocation.Given]] {
        var named: [String: [Invocation.Given]] = [:]
        var rest = places[...]
        for positional in command.positionals {
            let takesAll = positional.arity == .any || positional.arity == .some
            let taken = takesAll ? rest : rest.prefix(1)
            rest = rest.dropFirst(taken.count)
            if taken.isEmpty && (positional.arity == .one || positional.arity == .some) {
                let remedy = "write \(command.usage(path: [root.name] + path))"
                throw failure("MISSING_ARGUMENT", "\(positional.name) is missing", remedy)
            }
            for place in taken {
                var place = place
                let source = "argument \(place.argument)"
                place.value = try value(place.text, positional.kind, source: source)
                named[positional.name, default: []].append(place)
            }
        }
        guard let extra = rest.first else { return named }
        throw failure(
            "TOO_MANY_ARGUMENTS",
            "\"\(extra.text)\" is one argument too many",
            "write \(command.usage(path: [root.name] + path))",
            argument: extra.argument
        )
    }

    private func failure(
        _ code: String,
        _ problem: String,
        _ remedy: String,
        argument: Int? = nil
    ) -> Failure {
        let source = "argument \(argument ?? min(index, arguments.count) + 1)"
        return Failure(
            "CFG_\(code)",
            blame: .request,
            problem,
            remedy: remedy,
            at: .text(SourcePosition(source: source, line: 1, column: 1))
        )
    }
}
