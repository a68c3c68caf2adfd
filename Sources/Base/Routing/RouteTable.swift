package import Failures
private import Hashing
private import JSON

/// What routers obey: a checked, sealed, immutable value.
///
/// 1. Decisions are pure functions of the table and a unit's key.
/// 2. In one generation a unit is served by exactly one side.
/// 3. While the threshold grows under one salt, no unit returns to the primary.
/// 4. `digest` names the content: equal digests mean equal decisions.
package struct RouteTable: Hashable, Sendable {
    package let rules: RouteRules
    /// What a router falls back to by itself when it is told to, and no controller answers.
    package var rollback: RouteTable? {
        if case .table(let table) = inert { table } else { nil }
    }
    /// `sha256:` and 64 hexadecimal digits over the canonical text without `digest`.
    package let digest: String
    private let inert: Inert
    private let routeKey: RouteKey
    private let shadowKey: RouteKey
    /// Whether some units do not follow their bucket.
    let hasExceptions: Bool

    private indirect enum Inert: Hashable, Sendable {
        case none
        case table(RouteTable)
    }

    /// Bytes of the canonical text.
    package static let sizeLimit = 8 << 20

    /// Checks and seals rules.
    ///
    /// `rollback` is an inert table of the same generation whose weight is no higher.
    ///
    /// - Throws: `MIG_ROUTE_TABLE` with what contradicts itself.
    package init(_ rules: RouteRules, rollback: RouteTable? = nil) throws(Failure) {
        try rules.check()
        if let rollback { try rules.check(rollback: rollback) }
        self.rules = rules
        inert = rollback.map { .table($0) } ?? .none
        digest = try Self.digest(rules, rollback)
        routeKey = RouteKey(.route, salt: rules.salt)
        shadowKey = RouteKey(.shadow, salt: rules.salt)
        hasExceptions = rules.pins.count > 0 || !rules.cohorts.isEmpty
    }

    /// The table of a target that no migration ever touched: everything on the primary.
    package static func untouched(target: String) throws(Failure) -> RouteTable {
        var rules = RouteRules(target: target)
        rules.mode = .disabled
        rules.compareFromPPM = 1_000_000
        return try RouteTable(rules)
    }

    package var target: String { rules.target }
    package var generation: Int { rules.generation }
    package var fence: Int { rules.fence }
    package var thresholdPPM: Int { rules.thresholdPPM }

    /// What keys are hashed with to find their side.
    package var key: RouteKey { routeKey }
    /// What keys are hashed with to find out whether they are sampled.
    package var sampleKey: RouteKey { shadowKey }

    /// Whether both tables decide alike: they differ at most in the controller that sent them.
    package func decidesLike(_ other: RouteTable) -> Bool {
        var left = rules
        left.fence = other.fence
        guard left == other.rules else { return false }
        switch (rollback, other.rollback) {
        case (nil, nil): return true
        case (let mine?, let others?): return mine.decidesLike(others)
        default: return false
        }
    }

    package static func == (left: Self, right: Self) -> Bool { left.digest == right.digest }

    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    private static func digest(
        _ rules: RouteRules,
        _ rollback: RouteTable?
    ) throws(Failure) -> String {
        let text = try RouteTableCoder.text(rules, rollback: rollback, digest: nil)
        return "sha256:" + SHA256.hexadecimal(text)
    }
}
