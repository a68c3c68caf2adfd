internal import Failures
internal import JSON
internal import Routing
internal import TestKit
internal import Testing

@Suite("Route table text")
struct RouteTableTextTests {
    private func rich() throws -> RouteTable {
        var inert = RouteRules(target: "stream/flights")
        inert.migration = "mig-001"
        inert.salt = "mig-001"
        inert.generation = 7
        inert.fence = 3
        inert.compareFromPPM = 1_000_000
        let log = RouteLog([
            RouteLog.Entry(generation: 2, barrier: -5, thresholdPPM: 100_000),
            RouteLog.Entry(generation: 7, barrier: 9_000_000_000, thresholdPPM: 500_000),
        ])
        return try RouteTable(
            try rules(log),
            rollback: RouteTable(inert)
        )
    }

    private func rules(_ log: RouteLog?) throws -> RouteRules {
        var rules = RouteRules(target: "stream/flights")
        rules.migration = "mig-001"
        rules.salt = "mig-001"
        rules.generation = 7
        rules.fence = 3
        rules.thresholdPPM = 500_000
        rules.compareFromPPM = 500_000
        rules.shadowPPM = 10
        rules.pins = try #require(RoutePins(primary: [.max, 0], candidate: [7]))
        rules.cohorts = [
            RouteCohort("wave-1", side: .primary, members: [3, 1, 2, 3]),
            RouteCohort("ranked", rankedUpTo: 99),
        ]
        rules.log = try #require(log)
        rules.deadlineMs = 30_000
        rules.expiryHint = 60_000
        rules.onControlLoss = .primary
        return rules
    }

    @Test("a table reads back as itself, and its text is canonical")
    func roundTrip() throws {
        let table = try rich()
        let text = try table.canonicalText
        let again = try RouteTable(parsing: text)
        #expect(again == table && again.rules == table.rules)
        #expect(again.rollback == table.rollback && again.rollback != nil)
        #expect(try CanonicalJSON.text(JSONValue(parsing: text)) == text)
        #expect(text.contains(#""pins":{"candidate":["0000000000000007"],"primary":["#))
        let untouched = try RouteTable.untouched(target: "x/y")
        #expect(try RouteTable(parsing: untouched.canonicalText) == untouched)
    }

    @Test("every change of the content changes the digest, and a wrong digest is refused")
    func digest() throws {
        let table = try rich()
        var other = table.rules
        other.thresholdPPM -= 1
        #expect(try RouteTable(other).digest != table.digest)
        let text = try table.canonicalText
        let changed = text.replacing("\"thresholdPPM\":500000}", with: "\"thresholdPPM\":400000}")
        #expect(changed != text)
        let error = #expect(throws: Failure.self) { _ = try RouteTable(parsing: changed) }
        #expect(error?.code == "MIG_ROUTE_TABLE")
        #expect(error?.problem.contains("digest") == true)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var code = "MIG_ROUTE_TABLE"
        var mentions: String
        var testDescription: String { new }
    }

    @Test(
        "unknown members and bad values are errors with a position",
        arguments: [
            Case(old: "\"fence\":3", new: "\"fence\":-1", mentions: "fence"),
            Case(old: "\"fence\":3", new: "\"fence\":\"3\"", mentions: "an integer"),
            Case(
                old: "\"fence\":3",
                new: "\"fencing\":3",
                code: "MIG_UNKNOWN_KEY",
                mentions: "fence"
            ),
            Case(
                old: "\"mode\":\"split\"",
                new: "\"mode\":\"splitt\"",
                mentions: "nearest is split"
            ),
            Case(old: "\"shadowPPM\":10", new: "\"shadowPPM\":1000001", mentions: "shadowPPM"),
            Case(old: "\"compareFromPPM\":500000", new: "\"compareFromPPM\":9", mentions: "below"),
            Case(old: "\"0000000000000007\"", new: "\"7\"", mentions: "16 hexadecimal"),
            Case(old: "\"0000000000000007\"", new: "\"0000000000000000\"", mentions: "both sides"),
            Case(old: "\"barrier\":-5,", new: "\"barrier\":9007199254740993,", mentions: "2^53"),
            Case(
                old: "\"barrier\":-5,\"generation\":2",
                new: "\"barrier\":-5,\"generation\":7",
                mentions: "do not rise"
            ),
            Case(old: "\"salt\":\"mig-001\"", new: "\"salt\":\"mig-002\"", mentions: "rollback"),
            Case(old: "\"target\":", new: "\"target\":\"a\",\"target\":", mentions: "twice"),
        ]
    )
    func refused(_ example: Case) throws {
        let text = try rich().canonicalText
        // The last place is the outer table's: the inert one stands before it.
        let parts = text.split(separator: example.old, omittingEmptySubsequences: false)
        try #require(parts.count > 1)
        let isInner = example.old.contains("000") || example.old.contains("barrier")
        let place = isInner || parts.count == 2 ? 1 : parts.count - 1
        let changed =
            parts[..<place].joined(separator: example.old) + example.new
            + parts[place...].joined(separator: example.old)
        let error = #expect(throws: Failure.self) {
            _ = try RouteTable(parsing: changed, source: "route.json")
        }
        #expect(error?.code == example.code)
        #expect(
            error?.description.contains(example.mentions) == true,
            "\(String(describing: error))"
        )
        #expect(error?.description.hasPrefix("route.json:1:") == true)
    }

    @Test("a table over 8 MiB is refused, one with 100,000 pins is not")
    func size() throws {
        var rules = RouteRules(target: "cache/sessions")
        rules.pins = try #require(
            RoutePins(primary: [], candidate: (0..<100_000).map { UInt64($0) << 40 })
        )
        let table = try RouteTable(rules)
        #expect(try RouteTable(parsing: table.canonicalText) == table)
        #expect(table.decide(hash: 99_999 << 40).reason == .pinned)
        rules.cohorts = [
            RouteCohort("all", side: .candidate, members: (0..<400_000).map { UInt64($0) })
        ]
        let error = #expect(throws: Failure.self) { _ = try RouteTable(rules) }
        #expect(error?.problem.contains("bytes") == true)
    }

    @Test("text that is no table never crashes the reader")
    func garbage() throws {
        let text = try rich().canonicalText
        let bytes = Array(text.utf8)
        let place = Gen<Int>.integer(in: 0...bytes.count - 1)
        let byte = Gen<Int>.integer(in: 32...126)
        checkProperty("damage is found", pair(place, byte)) { place, byte in
            var damaged = bytes
            damaged[place] = UInt8(byte)
            guard damaged != bytes else { return true }
            do {
                _ = try RouteTable(parsing: String(decoding: damaged, as: UTF8.self))
                return false
            } catch {
                return (error as? Failure)?.code.hasPrefix("MIG_") == true
            }
        }
    }
}
