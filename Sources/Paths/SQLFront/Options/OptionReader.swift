internal import Failures

/// Takes WITH options one by one; what is left at the end is unknown.
struct OptionReader {
    let subject: String
    private var options: [String: OptionSyntax] = [:]
    private var order: [String] = []
    private var known: Set<String> = []
    /// Beginnings of keys whose rest is a name: `fields.`.
    private var families: [String] = []

    init(_ list: [OptionSyntax], subject: String) throws(Failure) {
        self.subject = subject
        for option in list {
            guard options[option.key] == nil else {
                throw .request(
                    "BIND_DUPLICATE",
                    "the option '\(option.key)' is given twice",
                    remedy: "remove one of them",
                    at: option.keyPosition
                )
            }
            options[option.key] = option
            order.append(option.key)
        }
    }

    /// The option, which is known from now on.
    mutating func take(_ key: String) -> OptionSyntax? {
        known.insert(key)
        return options.removeValue(forKey: key)
    }

    mutating func text(_ key: String) -> String? { take(key)?.value }

    mutating func required(_ key: String, at position: SourcePosition) throws(Failure)
        -> OptionSyntax
    {
        guard let option = take(key) else {
            throw .request(
                "CFG_VALUE",
                "\(subject) has no '\(key)'",
                remedy: nearestName(to: key, among: options.keys.sorted())
                    .map { "rename '\($0)'?" } ?? "add '\(key)' = '…' to WITH",
                at: position
            )
        }
        return option
    }

    mutating func flag(_ key: String) throws(Failure) -> Bool? {
        guard let option = take(key) else { return nil }
        switch option.value.lowercased() {
        case "true": return true
        case "false": return false
        default: throw Self.invalid(option, expected: "true or false")
        }
    }

    mutating func integer(
        _ key: String,
        in range: ClosedRange<Int64>
    ) throws(Failure) -> Int64? {
        guard let option = take(key) else { return nil }
        guard let value = Int64(option.value.trimmingBlanks()), range.contains(value) else {
            throw Self.invalid(
                option,
                expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    /// One byte: a character, or an escape such as `\t`.
    mutating func character(_ key: String) throws(Failure) -> UInt8? {
        guard let option = take(key) else { return nil }
        let escapes: [String: UInt8] = ["\\t": 9, "\\\\": 92, "\\u0001": 1, "\\u0009": 9]
        if let byte = escapes[option.value] { return byte }
        guard option.value.utf8.count == 1, let byte = option.value.utf8.first, byte != 10,
            byte != 13
        else { throw Self.invalid(option, expected: "one ASCII character, or \\t") }
        return byte
    }

    /// A duration such as `10 s`, in microseconds.
    mutating func duration(_ key: String) throws(Failure) -> Int64? {
        guard let option = take(key) else { return nil }
        guard let value = DurationUnit.optionMicroseconds(of: option.value) else {
            throw Self.invalid(option, expected: "a duration such as '10 s'")
        }
        return value
    }

    /// A size such as `128MB`, in bytes; units are powers of 1024 as in Flink.
    mutating func byteSize(_ key: String) throws(Failure) -> Int64? {
        guard let option = take(key) else { return nil }
        let text = option.value.trimmingBlanks().lowercased()
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = String(text.dropFirst(digits.count)).trimmingBlanks()
        let factors: [String: Int64] = [
            "": 1, "b": 1, "bytes": 1, "k": 1 << 10, "kb": 1 << 10, "kib": 1 << 10, "m": 1 << 20,
            "mb": 1 << 20, "mib": 1 << 20, "g": 1 << 30, "gb": 1 << 30, "gib": 1 << 30,
            "t": 1 << 40, "tb": 1 << 40, "tib": 1 << 40,
        ]
        guard let count = Int64(digits), let factor = factors[unit], count > 0,
            case let (size, overflow) = count.multipliedReportingOverflow(by: factor), !overflow
        else { throw Self.invalid(option, expected: "a size such as '128MB'") }
        return size
    }

    /// Keys left that begin with a family's name.
    mutating func remaining(in family: String) -> [OptionSyntax] {
        families.append(family)
        return order.compactMap { options[$0] }.filter { $0.key.hasPrefix(family) }
    }

    /// Names keys that this version does not use, so that they are not called unknown.
    mutating func refuseLater(_ keys: [String: String]) throws(Failure) {
        for key in order {
            guard let remedy = keys[key], let option = options[key] else { continue }
            throw .notYet("the option '\(key)'", remedy: remedy, at: option.keyPosition)
        }
    }

    /// Fails for the first option that nobody took.
    func finish() throws(Failure) {
        guard let key = order.first(where: { options[$0] != nil }), let option = options[key] else {
            return
        }
        let near = nearestName(to: key, among: known.sorted())
        throw .request(
            "CFG_UNKNOWN_KEY",
            "\(subject) has no option '\(key)'",
            remedy: near.map { "nearest is '\($0)'" }
                ?? "known are \(known.sorted().joined(separator: ", "))",
            at: option.keyPosition
        )
    }

    static func invalid(_ option: OptionSyntax, expected: String) -> Failure {
        .request(
            "CFG_VALUE",
            "'\(option.key)' is '\(option.value.prefix(60))'",
            remedy: "give \(expected)",
            at: option.valuePosition
        )
    }
}
