internal import Arguments
internal import Failures
internal import YAML

/// The keys of one mapping of a plan: those that are asked for are known, all others are mistakes.
struct PlanKeys {
    private let members: [YAMLMember]
    private let reading: PlanReading
    /// What the mapping is, for messages: `stage canary-10`.
    let what: String
    let position: SourcePosition
    private var known: [String] = []
    private var used: Set<String> = []
    private var missing: [String] = []

    /// The keys of a mapping; a value of another kind is a mistake and has none.
    init(_ node: YAMLNode, _ what: String, _ reading: PlanReading) {
        self.what = what
        self.reading = reading
        position = node.position
        if let mapping = node.mapping {
            members = mapping
        } else {
            members = []
            // An empty value is a mapping without keys.
            guard !node.isNull else { return }
            reading.refuse(
                "\(what) is \(node.kind)",
                remedy: "write keys with values",
                at: node.position
            )
        }
    }

    /// The value of a key, which may be written under other names too.
    mutating func take(_ key: String, or aliases: String...) -> YAMLNode? {
        member(key, aliases)?.value
    }

    /// The member of a key.
    mutating func member(_ key: String, _ aliases: [String] = []) -> YAMLMember? {
        let names = [key] + aliases
        known += names
        var found: YAMLMember?
        for member in members where names.contains(member.key) {
            used.insert(member.key)
            if let first = found {
                reading.refuse(
                    "\(what) has \(first.key) and \(member.key), which mean the same",
                    remedy: "remove one of them",
                    at: member.position
                )
            } else {
                found = member
            }
        }
        return found
    }

    /// The value of a key that must be there.
    mutating func require(_ key: String, or aliases: String...) -> YAMLNode? {
        if let value = member(key, aliases)?.value { return value }
        missing.append(key)
        return nil
    }

    /// Tells of every key that nobody asked for, or else of those that are missing.
    ///
    /// A missing key beside an unknown one is most likely that one, misspelt.
    func finish() {
        let unknown = members.filter { !used.contains($0.key) }
        for key in missing where unknown.isEmpty {
            reading.refuse("\(what) has no \(key)", remedy: "add \(key)", at: position)
        }
        for member in unknown {
            reading.fail(
                "MIG_UNKNOWN_KEY",
                "\(what) has no key \"\(member.key)\"",
                remedy: NearestName.remedy(for: member.key, in: known),
                at: member.position
            )
        }
    }
}
