internal import Failures

/// Applies SET and RESET to the settings of the jobs that follow.
struct SettingReader {
    let context: BindingContext

    /// Keys with a meaning here.
    static let known = [
        "execution.runtime-mode", "table.local-time-zone", "table.exec.state.ttl",
        "table.exec.source.idle-timeout", "parallelism.default", "execution.checkpointing.interval",
    ]

    /// Families of Flink's keys that change nothing here.
    private static let withoutEffect = [
        "table.exec.mini-batch.", "table.optimizer.", "taskmanager.", "rest.", "pipeline.",
        "execution.checkpointing.",
    ]

    func set(_ option: OptionSyntax) throws(Failure) {
        switch option.key {
        case "execution.runtime-mode": try setMode(option)
        case "table.local-time-zone":
            context.settings.zoneOffset = try TimeZoneText.offset(of: option)
        case "table.exec.state.ttl":
            guard try duration(option) == 0 else {
                throw .notYet(
                    "'table.exec.state.ttl'",
                    remedy: "leave it at 0: state is kept until the end of the input",
                    at: option.keyPosition
                )
            }
        case "table.exec.source.idle-timeout":
            context.settings.idleTimeout = try duration(option)
            context.settings.idlePosition = option.keyPosition
        case "parallelism.default":
            guard let count = Int(option.value.trimmingBlanks()), (1...1024).contains(count) else {
                throw OptionReader.invalid(option, expected: "a whole number from 1 to 1024")
            }
            context.settings.parallelism = count
        case "execution.checkpointing.interval":
            _ = try duration(option)
            setOwn("checkpoint.interval", option)
        default: try setOther(option)
        }
    }

    private func setOther(_ option: OptionSyntax) throws(Failure) {
        let own = "cutover.stream."
        if option.key.hasPrefix(own), option.key.count > own.count {
            setOwn(String(option.key.dropFirst(own.count)), option)
            return
        }
        if Self.withoutEffect.contains(where: { option.key.hasPrefix($0) }) {
            context.notice(
                "WARN_SET_NO_EFFECT",
                "'\(option.key)' has no effect here",
                at: option.keyPosition
            )
            return
        }
        throw Self.unknown(option.key, at: option.keyPosition)
    }

    private func setOwn(_ key: String, _ option: OptionSyntax) {
        context.settings.own[key] = .init(text: option.value, position: option.valuePosition)
    }

    private func setMode(_ option: OptionSyntax) throws(Failure) {
        switch option.value.lowercased() {
        case "streaming": context.settings.isBatch = false
        case "batch": context.settings.isBatch = true
        default: throw OptionReader.invalid(option, expected: "streaming or batch")
        }
    }

    private func duration(_ option: OptionSyntax) throws(Failure) -> Int64 {
        guard let value = DurationUnit.optionMicroseconds(of: option.value) else {
            throw OptionReader.invalid(option, expected: "a duration such as '10 s'")
        }
        return value
    }

    func reset(_ key: String?, at position: SourcePosition) throws(Failure) {
        guard let key else {
            context.settings = JobSettings()
            return
        }
        let fresh = JobSettings()
        switch key {
        case "execution.runtime-mode": context.settings.isBatch = fresh.isBatch
        case "table.local-time-zone": context.settings.zoneOffset = fresh.zoneOffset
        case "table.exec.state.ttl": break
        case "table.exec.source.idle-timeout":
            context.settings.idleTimeout = nil
            context.settings.idlePosition = nil
        case "parallelism.default": context.settings.parallelism = nil
        case "execution.checkpointing.interval":
            context.settings.own["checkpoint.interval"] = nil
        default:
            let own = "cutover.stream."
            if key.hasPrefix(own) {
                context.settings.own[String(key.dropFirst(own.count))] = nil
            } else if !Self.withoutEffect.contains(where: { key.hasPrefix($0) }) {
                throw Self.unknown(key, at: position)
            }
        }
    }

    private static func unknown(_ key: String, at position: SourcePosition) -> Failure {
        let near = nearestName(to: key, among: known)
        return .request(
            "CFG_UNKNOWN_KEY",
            "there is no setting '\(key)'",
            remedy: near.map { "nearest is '\($0)'" }
                ?? "known are \(known.joined(separator: ", ")) and cutover.stream.KEY",
            at: position
        )
    }
}

/// Fixed offsets from UTC as `table.local-time-zone` writes them.
enum TimeZoneText {
    static func offset(of option: OptionSyntax) throws(Failure) -> Int64 {
        let text = option.value.trimmingBlanks()
        if let offset = offset(of: text) { return offset }
        if text.contains("/") || text.allSatisfy(\.isLetter) {
            throw .notYet(
                "the time zone '\(text)'",
                remedy: "use UTC or a fixed offset such as '+01:00'",
                at: option.valuePosition
            )
        }
        throw OptionReader.invalid(option, expected: "UTC or an offset such as '+01:00'")
    }

    /// Microseconds east of UTC.
    private static func offset(of text: String) -> Int64? {
        var rest = text[...]
        for name in ["UTC", "GMT", "Z"] where rest.hasPrefix(name) {
            rest = rest.dropFirst(name.count)
            break
        }
        if rest.isEmpty { return text.isEmpty ? nil : 0 }
        guard let sign = rest.first, sign == "+" || sign == "-" else { return nil }
        let parts = rest.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let hours = Int64(parts[0]), (0...18).contains(hours),
            parts[0].count <= 2
        else { return nil }
        let minutes = parts.count == 2 ? Int64(parts[1]) ?? -1 : 0
        guard (0...59).contains(minutes), hours < 18 || minutes == 0 else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000_000
    }
}
