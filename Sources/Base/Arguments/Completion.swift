/// Scripts that complete the command line in a shell.
package enum CompletionShell: String, Sendable, CaseIterable {
    case bash
    case zsh
}

extension Command {
    /// The script that completes this command and all below it; names only, no program is run.
    package func completionScript(_ shell: CompletionShell) -> String {
        switch shell {
        case .bash: bashCompletion
        case .zsh: zshCompletion
        }
    }

    /// All commands of the tree with their paths from below the root, groups before their members.
    var allCommands: [(path: [String], command: Command)] {
        var found: [(path: [String], command: Command)] = [([], self)]
        for subcommand in subcommands {
            found += subcommand.allCommands.map { ([subcommand.name] + $0.path, $0.command) }
        }
        return found
    }

    private var bashCompletion: String {
        """
        # Completion of \(name) for bash: source this file, or place it in bash-completion's folder.
        _\(name)() {
            local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
            local path="" word index
            for ((index = 1; index < COMP_CWORD; index++)); do
                word="${COMP_WORDS[index]}"
                case "$path/$word" in
        \(groupPaths.map { "            \($0)) path=\"\($0)\" ;;" }.joined(separator: "\n"))
                esac
            done
            case "$path $previous" in
        \(bashValueCases)
            esac
            local words=""
            case "$path" in
        \(bashWordCases)
            esac
            COMPREPLY=($(compgen -W "$words" -- "$current"))
            if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then
                COMPREPLY=($(compgen -f -- "$current"))
            fi
        }
        complete -o filenames -F _\(name) \(name)

        """
    }

    /// The path of every command but the root: `/stream/run`.
    private var groupPaths: [String] {
        allCommands.dropFirst().map { "/" + $0.path.joined(separator: "/") }
    }

    private var bashWordCases: String {
        allCommands.map { path, command in
            let options = command.options + Command.globalOptions
            let names = command.subcommands.map(\.name) + options.map { "--\($0.name)" }
            let label = path.isEmpty ? "" : "/" + path.joined(separator: "/")
            return "        \"\(label)\") words=\"\(names.joined(separator: " "))\" ;;"
        }
        .joined(separator: "\n")
    }

    private var bashValueCases: String {
        var cases: [String] = []
        for (path, command) in allCommands {
            let label = path.isEmpty ? "" : "/" + path.joined(separator: "/")
            for option in command.options + Command.globalOptions {
                guard let kind = option.kind else { continue }
                let reply =
                    "COMPREPLY=($(compgen \(Self.bashAction(kind)) -- \"$current\")); return"
                cases.append("        \"\(label) --\(option.name)\") \(reply) ;;")
            }
        }
        return cases.joined(separator: "\n")
    }

    private static func bashAction(_ kind: ValueKind) -> String {
        switch kind {
        case .choice(let words): "-W \"\(words.joined(separator: " "))\""
        case .boolean: "-W \"true false\""
        case .file: "-f"
        case .folder: "-d"
        default: "-W \"\""
        }
    }
}

/// zsh: a function per command, which hands over to the function of the command below it.
extension Command {
    private var zshCompletion: String {
        let functions = allCommands.map { path, command in
            command.zshFunction(([name] + path).joined(separator: "_"))
        }
        return
            "#compdef \(name)\n# Completion of \(name) for zsh: place this file in a folder of $fpath "
            + "as _\(name).\n\n"
            + functions.joined(separator: "\n") + "\n_\(name) \"$@\"\n"
    }

    private func zshFunction(_ label: String) -> String {
        var specifications = (options + Command.globalOptions).flatMap(Self.zshOption)
        if subcommands.isEmpty { specifications += positionals.map(Self.zshPositional) }
        let arguments = specifications.map { " \\\n        '\($0)'" }.joined()
        guard !subcommands.isEmpty else { return "_\(label)() {\n    _arguments\(arguments)\n}\n" }
        let commands = subcommands.map {
            "        '\($0.name):\(Self.zshQuoted($0.summary, escaping: [":"]))'"
        }
        let cases = subcommands.map { "                \($0.name)) _\(label)_\($0.name) ;;" }
        return """
            _\(label)() {
                local context state line
                typeset -A opt_args
                local -a commands=(
            \(commands.joined(separator: "\n"))
                )
                _arguments -C\(arguments) \\
                    '1: :->command' \\
                    '*:: :->rest'
                case $state in
                    command) _describe -t commands command commands ;;
                    rest)
                        case $line[1] in
            \(cases.joined(separator: "\n"))
                        esac ;;
                esac
            }

            """
    }

    private static func zshOption(_ option: Option) -> [String] {
        let summary = zshQuoted(option.summary, escaping: ["[", "]", ":"])
        let repeated = option.isRepeatable ? "*" : ""
        let value = option.kind.map { kind in
            ":\(zshQuoted(option.placeholder ?? "value", escaping: [":"])):\(zshAction(kind))"
        }
        let letter = option.letter.map { ["-\($0)[\(summary)]\(value ?? "")"] } ?? []
        return letter + ["\(repeated)--\(option.name)[\(summary)]\(value ?? "")"]
    }

    private static func zshPositional(_ positional: Positional) -> String {
        let name = zshQuoted(positional.name, escaping: [":"])
        let action = zshAction(positional.kind)
        switch positional.arity {
        case .one: return ":\(name):\(action)"
        case .optional: return "::\(name):\(action)"
        case .any, .some: return "*:\(name):\(action)"
        }
    }

    private static func zshAction(_ kind: ValueKind) -> String {
        switch kind {
        case .choice(let words): "(\(words.joined(separator: " ")))"
        case .boolean: "(true false)"
        case .file: "_files"
        case .folder: "_files -/"
        default: " "
        }
    }

    /// A text inside single quotes, with a backslash before each of `escaping`.
    private static func zshQuoted(_ text: String, escaping: [Character]) -> String {
        text.reduce(into: "") { quoted, character in
            if character == "'" {
                quoted += "'\\''"
            } else {
                if character == "\\" || escaping.contains(character) { quoted += "\\" }
                quoted.append(character)
            }
        }
    }
}
