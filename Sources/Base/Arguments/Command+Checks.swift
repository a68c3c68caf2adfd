extension Command {
    /// What is wrong with the tree itself, one line each; tests demand that there is nothing.
    package var defects: [String] { defects(path: [name]) }

    private func defects(path: [String]) -> [String] {
        let label = path.joined(separator: " ")
        var defects: [String] = []
        let options = options + Command.globalOptions
        defects += Self.repeated(options.map(\.name)).map { "\(label): two options --\($0)" }
        defects += Self.repeated(subcommands.map(\.name)).map { "\(label): two commands \($0)" }
        if !subcommands.isEmpty, !positionals.isEmpty {
            defects.append("\(label): a group has arguments")
        }
        if subcommands.isEmpty, examples.isEmpty { defects.append("\(label): no example") }
        for example in examples where !example.line.hasPrefix(label) {
            defects.append("\(label): the example \"\(example.line)\" is of another command")
        }
        for positional in positionals.dropLast()
        where positional.arity == .any || positional.arity == .some {
            defects.append("\(label): \(positional.name) is not last")
        }
        for option in options {
            guard let standard = option.standard, let kind = option.kind else { continue }
            if (try? kind.value(of: standard)) == nil {
                defects.append("\(label): the default of --\(option.name) is not of its kind")
            }
        }
        let names = path.suffix(1) + options.map(\.name)
        defects += names.filter { !Self.isGoodName($0) }.map {
            "\(label): \"\($0)\" is no good name"
        }
        return subcommands.reduce(defects) { $0 + $1.defects(path: path + [$1.name]) }
    }

    private static func repeated(_ names: [String]) -> [String] {
        var seen = Set<String>()
        return names.filter { !seen.insert($0).inserted }
    }

    /// Letters that need no quoting in any shell.
    private static func isGoodName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("-")
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte)
                    || (0x61...0x7a).contains(byte)
            }
    }
}
