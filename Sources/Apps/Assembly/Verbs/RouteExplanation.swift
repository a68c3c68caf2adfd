internal import Arguments
package import Failures
package import JSON
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Routing
internal import Units

/// Why a unit goes to its side.
package struct RouteExplanation: Sendable {
    /// One sentence, and for windows a line for each generation that owns some.
    package let lines: [String]
    package let json: JSONValue

    init(
        _ question: RouteQuestion,
        _ table: RouteTable,
        plan: MigrationPlan?,
        waiting: Int?
    ) throws(Failure) {
        let values = try question.values(plan?.unit.targetingKey ?? [])
        let hash = try table.key.hash(values.map { .text($0) })
        let isWindowed = plan?.unit.kind == .keyWindow
        let scale = EventTime.perMillisecond(table.target)
        let start = isWindowed ? try question.windowStart(plan, scale: scale) : nil
        let decision =
            isWindowed
            ? table.owner(hash: hash, windowStart: start ?? .max) : table.decide(hash: hash)
        let threshold =
            isWindowed
            ? table.rules.log.entries.last { $0.generation == decision.generation }?.thresholdPPM
                ?? 0
            : table.thresholdPPM

        var object: JSONObject = [
            "target": JSONValue(table.target), "key": JSONValue(values.map { JSONValue($0) }),
            "migration": JSONValue(table.rules.migration),
            "table_generation": JSONValue(table.generation),
            "generation": JSONValue(decision.generation), "bucket": JSONValue(decision.bucket),
            "side": JSONValue(decision.side.rawValue),
            "reason": JSONValue(decision.reason.rawValue), "threshold_ppm": JSONValue(threshold),
            "candidate_from_ppm": JSONValue(decision.bucket.map { $0 + 1 }),
            "waiting_generation": JSONValue(waiting),
        ]
        var lines = [Self.sentence(decision, threshold, isWindowed: isWindowed)]
        if table.generation == 0 {
            // Without a migration there is no salt, and no bucket that would mean anything.
            for name in ["bucket", "candidate_from_ppm"] { object[name] = .null }
            lines = ["no route of \(table.target) was published yet: primary (DISABLED)"]
        }
        if isWindowed {
            let steps = Self.steps(table, hash)
            object["window_start"] = JSONValue(start.flatMap { EventTime.text($0, table.target) })
            object["windows"] = JSONValue(steps.map(\.json))
            if question.window == nil { lines += steps.map { "  \($0.text)" } }
        }
        if let waiting {
            lines.append(
                "generation \(waiting) is decided and not in force: its barrier is not agreed"
            )
        }
        self.lines = lines
        json = JSONValue(object)
    }

    private static func sentence(
        _ decision: RouteDecision,
        _ threshold: Int,
        isWindowed: Bool
    ) -> String {
        guard let bucket = decision.bucket else {
            return "no usable key: \(decision.side.rawValue) (\(decision.reason.rawValue))"
        }
        let result = "\(decision.side.rawValue) (\(decision.reason.rawValue))"
        let share = PartsPerMillion(min(bucket + 1, 1_000_000))?.description ?? ""
        let generation = "generation \(decision.generation)"
        switch decision.reason {
        case .pinned: return "bucket \(bucket); pinned in \(generation): \(result)"
        case .targetingMatch: return "bucket \(bucket); in a cohort of \(generation): \(result)"
        default:
            let owns = isWindowed ? "gives windows of" : "sends"
            return "bucket \(bucket); \(generation) \(owns) [0,\(threshold)) to the candidate: "
                + "\(result); candidate from weight \(share)"
        }
    }

    private struct Step {
        var text: String
        var json: JSONValue
    }

    /// The generations that own windows, and who serves the key in each.
    private static func steps(_ table: RouteTable, _ hash: UInt64?) -> [Step] {
        let log = table.rules.log
        let deciding = log.entries.filter {
            log.entry(forWindowStart: $0.barrier)?.generation == $0.generation
        }
        return deciding.map { entry in
            let side = table.owner(hash: hash, windowStart: entry.barrier).side.rawValue
            let from = EventTime.text(entry.barrier, table.target)
            return Step(
                text: "windows from \(from ?? "the beginning") on: generation \(entry.generation), "
                    + "[0,\(entry.thresholdPPM)): \(side)",
                json: [
                    "from": JSONValue(from), "generation": JSONValue(entry.generation),
                    "threshold_ppm": JSONValue(entry.thresholdPPM), "side": JSONValue(side),
                ]
            )
        }
    }
}

extension MigrationDesk {
    /// Explains where a unit goes, or went, from the stored route tables.
    ///
    /// - Throws: `MIG_UNKNOWN` for a target or a generation that is not there, `MIG_ROUTE_KEY`.
    package func explain(_ question: RouteQuestion) throws(Failure) -> RouteExplanation {
        let reader = try JournalReader.require(state, binary: binary)
        return try reader.journal.reading { () throws(Failure) in
            try reader.explain(question)
        }
    }
}

extension JournalReader {
    func explain(_ question: RouteQuestion) throws(Failure) -> RouteExplanation {
        let migrations = try journal.migrations()
        let target = try self.target(question, migrations)
        let newest = try journal.counters(of: target).generation
        if let asked = question.generation, asked < 1 || asked > newest {
            throw Failure(
                "MIG_UNKNOWN",
                blame: .request,
                "\(target) has no generation \(asked)",
                remedy: newest == 0
                    ? "none was published yet" : "generations go from 1 to \(newest)"
            )
        }
        var record = try journal.route(of: target, at: question.generation ?? .max)
        var waiting: Int?
        var table = try record.map { record throws(Failure) in try RouteTable(stored: record) }
        let owner = record?.migration ?? migrations.last { $0.identity.target == target }?.id
        let plan = try owner.flatMap { id throws(Failure) in try journal.migration(id: id) }
            .map { migration throws(Failure) in try self.plan(migration.state.planHash) }
        if plan?.unit.kind == .keyWindow, let found = record, found.barrier == nil {
            waiting = found.generation
            record = try journal.route(of: target, at: found.generation - 1)
            table = try record.map { record throws(Failure) in try RouteTable(stored: record)
            }
        }
        if table == nil { table = try RouteTable.untouched(target: target) }
        guard let table else { preconditionFailure("there is a table now") }
        return try RouteExplanation(question, table, plan: plan, waiting: waiting)
    }

    private func target(
        _ question: RouteQuestion,
        _ migrations: [MigrationRecord]
    ) throws(Failure) -> String {
        let known = Array(Set(migrations.map(\.identity.target))).sorted()
        guard let target = question.target else {
            if known.count == 1 { return known[0] }
            throw Failure(
                "MIG_UNKNOWN",
                blame: .request,
                "the journal has \(known.count) targets",
                remedy: known.isEmpty
                    ? "store a plan with `cutover apply PLAN`"
                    : "name one with --target: \(known.prefix(12).joined(separator: ", "))"
            )
        }
        var isKnown = known.contains(target)
        if !isKnown { isKnown = try journal.counters(of: target).generation > 0 }
        guard isKnown else {
            throw Failure(
                "MIG_UNKNOWN",
                blame: .request,
                "there is no target \(target)",
                remedy: NearestName.remedy(for: target, in: known)
            )
        }
        return target
    }
}
