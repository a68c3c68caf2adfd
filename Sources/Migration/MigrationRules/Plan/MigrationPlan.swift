private import Hashing
package import JSON

/// What a migration does, in normal form: aliases resolved, presets expanded, defaults filled.
///
/// Times are milliseconds, shares are parts per million, sizes are bytes. The plan's hash names the plan:
/// evidence, approvals and promotions are bound to it. A stored normal form keeps its meaning; defaults of
/// later versions never reach it.
package struct MigrationPlan: NormalForm {
    /// Name of the migration, of letters, digits, `.`, `_` and `-`.
    package var name = ""
    package var owner: String?
    /// The data path that is moved: `stream/trades-aggregation`.
    package var target = ""
    package var primary = VariantPlan()
    package var candidate = VariantPlan()
    package var unit = UnitPlan()
    package var effects = Effects.none
    package var routing = RoutingPlan()
    package var compare = ComparePlan()
    package var invariants: [InvariantPlan] = []
    package var checks: [CheckPlan] = []
    /// 1...64, in their order.
    package var stages: [StagePlan] = []
    package var defaults = DefaultsPlan()
    package var rollback = RollbackPlan()
    package var finalize = FinalizePlan()
    package var windows = WindowsPlan()
    package var throttle = ThrottlePlan()
    package var notify: [NotifyPlan] = []
    package var frontier: FrontierPlan?
    package var compatibility: CompatibilityPlan?
    /// Names of migrations that have to be completed before this one starts to shift.
    package var dependsOn: [String] = []

    package init() {}

    package static let apiVersion = "cutover/v1"
    package static let stageLimit = 64
    package static let checkLimit = 64
    package static let pinLimit = 100_000

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        var version = Self.apiVersion
        try coder.field("apiVersion", &version)
        guard version == Self.apiVersion else {
            throw JSONError(
                "the plan's apiVersion is \"\(version)\"",
                remedy: "this version of cutover reads \(Self.apiVersion)",
                at: nil
            )
        }
        try coder.field("name", &name)
        try coder.field("owner", &owner)
        try coder.field("target", &target)
        try coder.field("primary", &primary)
        try coder.field("candidate", &candidate)
        try coder.field("unit", &unit)
        try coder.field("effects", &effects)
        try coder.field("routing", &routing)
        try coder.field("compare", &compare)
        try coder.field("invariants", &invariants)
        try coder.field("checks", &checks)
        try coder.field("stages", &stages)
        try coder.field("defaults", &defaults)
        try coder.field("rollback", &rollback)
        try coder.field("finalize", &finalize)
        try coder.field("windows", &windows)
        try coder.field("throttle", &throttle)
        try coder.field("notify", &notify)
        try coder.field("frontier", &frontier)
        try coder.field("compatibility", &compatibility)
        try coder.field("dependsOn", &dependsOn)
    }

    /// The canonical text of the normal form: what is stored and hashed.
    ///
    /// - Throws: ``JSONError`` for a number that JSON cannot hold exactly, such as one beyond 2⁵³.
    package func canonicalText() throws(JSONError) -> String {
        try CanonicalJSON.text(json)
    }

    /// `sha256:` and 64 hexadecimal digits over ``canonicalText()``.
    package func hash() throws(JSONError) -> String {
        let bytes = Array(try canonicalText().utf8)
        let digest = SHA256.hash(bytes.span)
        return "sha256:" + Hexadecimal.text(digest.span)
    }

    /// The place of the stage called `name`.
    package func stageIndex(_ name: String) -> Int? { stages.firstIndex { $0.name == name } }
}

/// What running a side leaves behind.
package enum Effects: String, Sendable, Hashable, CaseIterable {
    case none
    case idempotent
    case transactional
    case external
}

/// One of the two implementations.
package struct VariantPlan: NormalForm {
    /// Name of the adapter, such as `stream` or `exec`.
    package var adapter = ""
    /// What the adapter runs: `v1`, `v2:8`; nil for `exec`.
    package var ref: String?
    /// `exec`: program and arguments; empty for an endpoint and for other adapters.
    package var command: [String] = []
    /// `exec`: the endpoint.
    package var url: String?
    /// `exec`: the worker prints one answer a line in order, without ids.
    package var answersInOrder = false
    /// What runs instead of the candidate while the primary answers and effects are not `none`.
    package var sandboxCommand: [String] = []
    package var sandboxURL: String?

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("adapter", &adapter)
        try coder.field("ref", &ref)
        try coder.field("command", &command)
        try coder.field("url", &url)
        try coder.field("answersInOrder", &answersInOrder)
        try coder.field("sandboxCommand", &sandboxCommand)
        try coder.field("sandboxURL", &sandboxURL)
    }
}

/// What is routed as a whole.
package struct UnitPlan: NormalForm {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case job
        case key
        case tenant
        case keyWindow = "key-window"
        case frontier
    }

    package var kind = Kind.job
    /// Fields whose values are hashed, in their order; empty for a job, which is its own key.
    package var targetingKey: [String] = []
    /// Column of event time, for windows.
    package var eventTime: String?
    package var window: WindowPlan?
    /// How far behind the newest event a row may lie.
    package var latenessMs = 0
    /// From where state is rebuilt before a side takes keys over.
    package var replayFrom: String?
    /// Whether state is handed over as a snapshot at the barrier.
    package var handsOverSnapshot = false

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("kind", &kind)
        try coder.field("targetingKey", &targetingKey)
        try coder.field("eventTime", &eventTime)
        try coder.field("window", &window)
        try coder.field("latenessMs", &latenessMs)
        try coder.field("replayFrom", &replayFrom)
        try coder.field("handsOverSnapshot", &handsOverSnapshot)
    }
}

/// The windows of key-window units.
package struct WindowPlan: NormalForm {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case tumbling
        case hopping
        case cumulating
    }

    package var kind = Kind.tumbling
    package var sizeMs = 0
    /// Distance of window starts; nil for tumbling windows.
    package var slideMs: Int?

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("kind", &kind)
        try coder.field("sizeMs", &sizeMs)
        try coder.field("slideMs", &slideMs)
    }
}
