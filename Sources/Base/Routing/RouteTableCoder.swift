private import Arguments
package import Failures
private import Hashing
internal import JSON

/// Route tables as canonical JSON, and back.
extension RouteTable {
    /// The canonical text, `digest` included.
    package var canonicalText: String {
        get throws(Failure) {
            try RouteTableCoder.text(rules, rollback: rollback, digest: digest)
        }
    }

    /// Reads what ``canonicalText`` writes, in any order and with any white space.
    ///
    /// `source` is the text's name in positions; it may be empty.
    ///
    /// - Throws: `MIG_ROUTE_TABLE` for text that is no such table, for a wrong digest and for rules that
    ///   contradict themselves; `MIG_UNKNOWN_KEY` for a member that is not known; both with the position.
    package init(parsing text: String, source: String = "") throws(Failure) {
        let json: JSONValue
        do {
            let limits = JSONLimits(depth: 8, size: Self.sizeLimit)
            json = try JSONValue(parsing: text, source: source, limits: limits)
        } catch {
            throw error.failure("MIG_ROUTE_TABLE", blame: .data)
        }
        self = try RouteTableCoder.table(json)
    }
}

/// Writes and reads the members of route tables.
enum RouteTableCoder {
    private static let names = [
        "cohorts", "compareFromPPM", "deadlineMs", "digest", "expiryHint", "fence", "first",
        "generation", "log", "migration", "mode", "onControlLoss", "pins", "rollback", "salt",
        "shadowPPM", "target", "thresholdPPM",
    ]

    static func text(
        _ rules: RouteRules,
        rollback: RouteTable?,
        digest: String?
    ) throws(Failure) -> String {
        let text: String
        do {
            text = try CanonicalJSON.text(json(rules, rollback: rollback, digest: digest))
        } catch {
            throw error.failure("MIG_ROUTE_TABLE", blame: .bug)
        }
        guard text.utf8.count <= RouteTable.sizeLimit else {
            throw Failure(
                "MIG_ROUTE_TABLE",
                blame: .request,
                "the table has \(text.utf8.count) bytes",
                remedy: "stay within \(RouteTable.sizeLimit) bytes: use fewer pins and cohorts"
            )
        }
        return text
    }

    private static func json(
        _ rules: RouteRules,
        rollback: RouteTable?,
        digest: String?
    ) -> JSONValue {
        var object: JSONObject = [
            "cohorts": JSONValue(rules.cohorts.map(json)),
            "compareFromPPM": JSONValue(rules.compareFromPPM),
            "deadlineMs": JSONValue(rules.deadlineMs),
            "expiryHint": JSONValue(rules.expiryHint),
            "fence": JSONValue(rules.fence),
            "first": JSONValue(rules.first.rawValue),
            "generation": JSONValue(rules.generation),
            "log": JSONValue(rules.log.entries.map(json)),
            "migration": JSONValue(rules.migration),
            "mode": JSONValue(rules.mode.rawValue),
            "onControlLoss": JSONValue(rules.onControlLoss.rawValue),
            "pins": [
                "candidate": json(rules.pins.candidate),
                "primary": json(rules.pins.primary),
            ],
            "rollback": rollback.map {
                json($0.rules, rollback: nil, digest: $0.digest)
            } ?? .null,
            "salt": JSONValue(rules.salt),
            "shadowPPM": JSONValue(rules.shadowPPM),
            "target": JSONValue(rules.target),
            "thresholdPPM": JSONValue(rules.thresholdPPM),
        ]
        if let digest { object["digest"] = JSONValue(digest) }
        return JSONValue(object)
    }

    private static func json(_ cohort: RouteCohort) -> JSONValue {
        var object: JSONObject = [
            "name": JSONValue(cohort.name), "side": JSONValue(cohort.side.rawValue),
        ]
        switch cohort.members {
        case .listed(let hashes): object["members"] = json(hashes)
        case .rankedUpTo(let last): object["rankedUpTo"] = JSONValue(Hexadecimal.text(last))
        }
        return JSONValue(object)
    }

    private static func json(_ entry: RouteLog.Entry) -> JSONValue {
        [
            "barrier": JSONValue(entry.barrier),
            "generation": JSONValue(entry.generation),
            "thresholdPPM": JSONValue(entry.thresholdPPM),
        ]
    }

    private static func json(_ hashes: [UInt64]) -> JSONValue {
        JSONValue(hashes.map { JSONValue(Hexadecimal.text($0)) })
    }

    static func table(_ json: JSONValue) throws(Failure) -> RouteTable {
        let members = try Members(json, names)
        var rules = RouteRules(target: try members.string("target"))
        rules.migration = try members.optionalString("migration")
        rules.generation = try members.integer("generation")
        rules.fence = try members.integer("fence")
        rules.salt = try members.string("salt")
        rules.mode = try members.word("mode")
        rules.first = try members.word("first")
        rules.thresholdPPM = try members.integer("thresholdPPM")
        rules.compareFromPPM = try members.integer("compareFromPPM")
        rules.shadowPPM = try members.integer("shadowPPM")
        rules.pins = try pins(try members.value("pins"))
        rules.cohorts = []
        for cohort in try members.array("cohorts") { rules.cohorts.append(try self.cohort(cohort)) }
        rules.log = try log(try members.array("log"), at: try members.value("log"))
        rules.deadlineMs = try members.optionalInteger("deadlineMs")
        rules.expiryHint = try members.optionalInteger("expiryHint")
        rules.onControlLoss = try members.word("onControlLoss")
        let inner = try members.value("rollback")
        let digest = try members.string("digest")
        let table = try members.located { () throws(Failure) in
            try RouteTable(rules, rollback: inner.isNull ? nil : try Self.table(inner))
        }
        guard table.digest == digest else {
            throw try members.failure(
                "digest",
                "the digest is \(digest), but the content's is \(table.digest)",
                "the table was changed or cut; fetch it again"
            )
        }
        return table
    }

    private static func pins(_ json: JSONValue) throws(Failure) -> RoutePins {
        let members = try Members(json, ["candidate", "primary"])
        let pins = RoutePins(
            primary: try members.hashes("primary"),
            candidate: try members.hashes("candidate")
        )
        guard let pins else {
            throw try members.failure(
                "candidate",
                "a unit is pinned to both sides",
                "remove it from one of them"
            )
        }
        return pins
    }

    private static func cohort(_ json: JSONValue) throws(Failure) -> RouteCohort {
        let members = try Members(json, ["members", "name", "rankedUpTo", "side"])
        let name = try members.string("name")
        let side: Side = try members.word("side")
        guard members.has("rankedUpTo") else {
            return RouteCohort(name, side: side, members: try members.hashes("members"))
        }
        guard !members.has("members"), side == .candidate else {
            throw try members.failure(
                "rankedUpTo",
                "a cohort by rank lists members or belongs to the primary",
                "leave members out, and give it to the candidate"
            )
        }
        return RouteCohort(name, rankedUpTo: try members.hash(try members.value("rankedUpTo")))
    }

    private static func log(
        _ elements: [JSONValue],
        at json: JSONValue
    ) throws(Failure) -> RouteLog {
        var entries: [RouteLog.Entry] = []
        for element in elements {
            let members = try Members(element, ["barrier", "generation", "thresholdPPM"])
            let entry = RouteLog.Entry(
                generation: try members.integer("generation"),
                barrier: Int64(try members.integer("barrier")),
                thresholdPPM: try members.integer("thresholdPPM")
            )
            entries.append(entry)
        }
        guard let log = RouteLog(entries) else {
            throw Failure(
                "MIG_ROUTE_TABLE",
                blame: .data,
                "the log's generations do not rise",
                remedy: "list each generation once, the oldest first",
                at: json.position.map { .text($0) }
            )
        }
        return log
    }
}

/// The members of one object, every one of them known.
private struct Members {
    private let json: JSONValue
    private let members: JSONObject

    init(_ json: JSONValue, _ names: [String]) throws(Failure) {
        self.json = json
        members = try Self.read { () throws(JSONError) in try json.requireObject() }
        for member in members.members where !names.contains(member.name) {
            throw Failure(
                "MIG_UNKNOWN_KEY",
                blame: .data,
                "a route table has no member \"\(member.name)\"",
                remedy: NearestName.remedy(for: member.name, in: names),
                at: member.position.map { .text($0) }
            )
        }
    }

    func has(_ name: String) -> Bool { members[name] != nil }

    func value(_ name: String) throws(Failure) -> JSONValue {
        try Self.read { () throws(JSONError) in try json.member(name) }
    }

    func string(_ name: String) throws(Failure) -> String {
        let value = try value(name)
        return try Self.read { () throws(JSONError) in try value.requireString() }
    }

    func optionalString(_ name: String) throws(Failure) -> String? {
        try value(name).isNull ? nil : try string(name)
    }

    func integer(_ name: String) throws(Failure) -> Int {
        let value = try value(name)
        return Int(try Self.read { () throws(JSONError) in try value.requireInteger() })
    }

    func optionalInteger(_ name: String) throws(Failure) -> Int? {
        try value(name).isNull ? nil : try integer(name)
    }

    func array(_ name: String) throws(Failure) -> [JSONValue] {
        let value = try value(name)
        return try Self.read { () throws(JSONError) in try value.requireArray() }
    }

    func word<Word: RawRepresentable<String> & CaseIterable>(
        _ name: String
    ) throws(Failure) -> Word {
        let text = try string(name)
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue)
            throw try failure(
                name,
                "\(name) is \"\(text)\"",
                NearestName.remedy(for: text, in: words)
            )
        }
        return word
    }

    func hashes(_ name: String) throws(Failure) -> [UInt64] {
        var hashes: [UInt64] = []
        for element in try array(name) { hashes.append(try hash(element)) }
        return hashes
    }

    func hash(_ value: JSONValue) throws(Failure) -> UInt64 {
        let text = try Self.read { () throws(JSONError) in try value.requireString() }
        guard text.utf8.count == 16, text == text.lowercased(),
            let bytes = Hexadecimal.bytes(text)
        else {
            throw Failure(
                "MIG_ROUTE_TABLE",
                blame: .data,
                "\"\(text)\" is no hash of a key",
                remedy: "write 16 hexadecimal digits in lower case",
                at: value.position.map { .text($0) }
            )
        }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Gives a failure without a position the object's.
    func located<Result>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do {
            return try body()
        } catch {
            var failure = error
            failure.position = failure.position ?? json.position.map { .text($0) }
            throw failure
        }
    }

    func failure(
        _ name: String,
        _ problem: String,
        _ remedy: String
    ) throws(Failure) -> Failure {
        let position = try value(name).position
        return Failure(
            "MIG_ROUTE_TABLE",
            blame: .data,
            problem,
            remedy: remedy,
            at: position.map { .text($0) }
        )
    }

    private static func read<Result>(
        _ body: () throws(JSONError) -> Result
    ) throws(Failure) -> Result {
        do {
            return try body()
        } catch {
            throw error.failure("MIG_ROUTE_TABLE", blame: .data)
        }
    }
}
