internal import Failures
internal import JSON
internal import MigrationJournal
internal import MigrationRules
internal import Routing
internal import Scalars

/// A unit of which somebody asks where it goes, or went.
package struct RouteQuestion: Sendable, Hashable {
    /// One text; several targeting fields are joined by `-`.
    package var key: String?
    /// The fields one by one, in the plan's order; empty where ``key`` is given.
    package var fields: [String]
    /// nil: the only target that there is.
    package var target: String?
    /// nil: the generation in force.
    package var generation: Int?
    /// Start of a window, or a time within it.
    package var window: String?

    package init(
        key: String? = nil,
        fields: [String] = [],
        target: String? = nil,
        generation: Int? = nil,
        window: String? = nil
    ) {
        self.key = key
        self.fields = fields
        self.target = target
        self.generation = generation
        self.window = window
    }

    /// What joins the fields of a key that is given as one text.
    static let separator: Character = "-"

    /// The values of the targeting fields `names`.
    ///
    /// - Throws: `MIG_ROUTE_KEY` where their number is another.
    func values(_ names: [String]) throws(Failure) -> [String] {
        let count = max(1, names.count)
        var values = fields
        if let key, fields.isEmpty {
            values =
                count == 1
                ? [key]
                : key.split(separator: Self.separator, omittingEmptySubsequences: false).map(
                    String.init
                )
        }
        guard values.count == count else {
            let shown = names.isEmpty ? "one value" : names.joined(separator: ", ")
            let example = (names.isEmpty ? ["VALUE"] : names).map { "--field \($0.uppercased())" }
            throw Failure(
                "MIG_ROUTE_KEY",
                blame: .request,
                "the key has \(values.count) parts, and units are routed by \(shown)",
                remedy: "join the values by \(Self.separator), or give each: "
                    + example.joined(separator: " ")
            )
        }
        return values
    }

    /// The start of the window, in the path's own time.
    ///
    /// - Throws: `MIG_ROUTE_KEY` for a text that is no time.
    func windowStart(_ plan: MigrationPlan?, scale: Int64) throws(Failure) -> Int64? {
        guard let window else { return nil }
        let bytes = Array(window.utf8)
        let microseconds: Int64
        do {
            microseconds = try TemporalText.parseTimestamp(
                bytes.span,
                form: .cast,
                hasZone: true,
                precision: 3
            )
        } catch {
            throw Failure(
                "MIG_ROUTE_KEY",
                blame: .request,
                "\"\(window)\" is no time",
                remedy: "write --window '2013-01-01 05:00:00'"
            )
        }
        let time = microseconds / 1000 * scale
        guard let plan = plan?.unit.window else { return time }
        let step = Int64(plan.slideMs ?? plan.sizeMs) * scale
        guard step > 0 else { return time }
        let rest = time % step
        return time - (rest < 0 ? rest + step : rest)
    }
}

/// Units of event time.
enum EventTime {
    /// Units in a millisecond, as the target's path counts: SQL streams count microseconds.
    static func perMillisecond(_ target: String) -> Int64 { target.hasPrefix("stream/") ? 1000 : 1 }

    /// A time of a path as text; nil for the beginning of all time.
    static func text(_ time: Int64, _ target: String) -> String? {
        guard time > RouteLog.beginning else { return nil }
        let microseconds = time.multipliedReportingOverflow(by: 1000 / perMillisecond(target))
        guard !microseconds.overflow else { return nil }
        return JournalTime(milliseconds: microseconds.partialValue / 1000).description
    }
}
