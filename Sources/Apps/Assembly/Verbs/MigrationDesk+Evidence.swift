internal import Arguments
package import Failures
package import JSON
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Units

/// Evidence: what was counted, and what checks made of it.
extension MigrationDesk {
    /// A report for people and for machines.
    package struct Report: Sendable {
        /// Texts of users may stand in each of them.
        package var lines: [String]
        package var json: JSONValue
    }

    /// Counts, ln e paths and bounds of every stage, of one stage, or of one check of it.
    ///
    /// Everything comes from the journal; what a controller has counted and not stored yet is missing.
    ///
    /// - Throws: `MIG_UNKNOWN` with the nearest name of a migration, a stage or a check.
    package func evidence(
        of name: String,
        stage: String?,
        check: String?
    ) throws(Failure) -> Report {
        let reader = try JournalReader.require(state, binary: binary)
        return try reader.journal.reading { () throws(Failure) in
            let record = try reader.resolve(name)
            let plan = try reader.plan(record.state.planHash)
            try Self.require(stage, in: plan.stages.map(\.name) + ["baseline"], "stage", of: name)
            let story = try MigrationStory(of: record.id, in: reader.journal)
            try Self.require(
                check,
                in: Self.distinct(plan.checks.map(\.name) + story.paths.map(\.check)),
                "check",
                of: name
            )
            let counted = Set(story.intervals.map(\.generation))
            let spans = story.spans.filter {
                counted.contains($0.generation) && (stage == nil || stage == $0.stage)
            }
            let stages = spans.map { EvidenceStory($0, story, check: check) }
            let nothing = "\(record.id): nothing was counted yet"
            return Report(
                lines: stages.isEmpty ? [nothing] : stages.flatMap(\.lines),
                json: [
                    "migration": JSONValue(record.id),
                    "stages": JSONValue(stages.map(\.json)),
                ]
            )
        }
    }

    /// A check has a path in each stage.
    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private static func require(
        _ name: String?,
        in known: [String],
        _ kind: String,
        of migration: String
    ) throws(Failure) {
        guard let name, !known.contains(name) else { return }
        throw Failure(
            "MIG_UNKNOWN",
            blame: .request,
            "\(migration) has no \(kind) \(name)",
            remedy: NearestName.remedy(for: name, in: known)
        )
    }

    /// Kinds of differences, the most frequent first.
    ///
    /// - Throws: `MIG_UNKNOWN`.
    package func mismatches(of name: String) throws(Failure) -> Report {
        let reader = try JournalReader.require(state, binary: binary)
        return try reader.journal.reading { () throws(Failure) in
            let record = try reader.resolve(name)
            let kinds = try reader.journal.mismatches(of: record.id)
            let lines = kinds.map { kind in
                "\(kind.path)  \(kind.kind)  \(NumberText.grouped(kind.count))"
                    + (kind.example.map { "  example \($0)" } ?? "")
            }
            let items = kinds.map { kind -> JSONValue in
                [
                    "path": JSONValue(kind.path), "class": JSONValue(kind.kind),
                    "count": JSONValue(kind.count), "fingerprint": JSONValue(kind.fingerprint),
                    "first_seen": JSONValue(kind.firstSeen.description),
                    "last_seen": JSONValue(kind.lastSeen.description),
                    "example": JSONValue(kind.example),
                ]
            }
            return Report(
                lines: kinds.isEmpty ? ["\(record.id): no mismatches"] : lines,
                json: ["migration": JSONValue(record.id), "mismatches": JSONValue(items)]
            )
        }
    }
}

/// One stage's evidence in words and for machines.
private struct EvidenceStory {
    let lines: [String]
    let json: JSONValue

    init(_ span: MigrationStory.Span, _ story: MigrationStory, check: String?) {
        let intervals = story.intervals.filter { $0.generation == span.generation }
        let paths = story.paths.filter {
            $0.generation == span.generation && (check == nil || $0.check == check)
        }
        var total = EvidenceCell()
        for interval in intervals { total.add(interval.cell) }
        let since = JournalTime(milliseconds: Int64(span.fromMs)).description
        func count(_ number: Int) -> String { NumberText.grouped(number) }
        let (candidate, primary) = (total.candidate, total.primary)
        var lines = [
            "\(span.stage), generation \(span.generation), since \(since), "
                + "\(count(intervals.count)) intervals",
            "  units: candidate \(count(candidate.units)), primary \(count(primary.units)), "
                + "others \(count(total.rest.units)); failed: candidate \(count(candidate.failed)), "
                + "primary \(count(primary.failed))",
            "  compared \(count(total.comparisons.compared)), "
                + "mismatch \(count(total.comparisons.mismatch)), "
                + "skipped \(count(total.comparisons.skipped))",
        ]
        for path in paths {
            guard let last = path.points.last else { continue }
            lines.append("  " + StatusView.line(ofCheck: path.json(at: last)))
            guard check != nil else { continue }
            for point in path.points {
                let time = JournalTime(milliseconds: Int64(point.atMs)).description
                lines.append("    \(time)  " + StatusView.line(ofCheck: path.json(at: point)))
            }
        }
        self.lines = lines
        json = [
            "stage": JSONValue(span.stage), "generation": JSONValue(span.generation),
            "since": JSONValue(since), "intervals": JSONValue(intervals.count),
            "counts": total.json, "checks": JSONValue(paths.map(\.json)),
        ]
    }
}

extension MigrationStory.CheckPath {
    /// What the check says now, with the way to it.
    fileprivate var json: JSONValue {
        guard let last = points.last else { return .null }
        var object = json(at: last).object ?? JSONObject()
        let path = points.map { point -> JSONValue in
            [
                "at_ms": JSONValue(point.atMs), "units": JSONValue(point.units),
                "harm_ln_e": JSONValue(point.harm), "safe_ln_e": JSONValue(point.safe),
                "verdict": JSONValue(point.verdict.rawValue),
            ]
        }
        object["path"] = JSONValue(path)
        return JSONValue(object)
    }

    fileprivate func json(at point: MigrationStory.Point) -> JSONValue {
        func claim(_ value: Double?, _ bound: Double?) -> JSONValue {
            guard let value, let bound else { return .null }
            return ["ln_e": JSONValue(value), "bound": JSONValue(bound)]
        }
        return [
            "name": JSONValue(check), "role": JSONValue(role.rawValue),
            "verdict": JSONValue(point.verdict.rawValue), "harm": claim(point.harm, harmBound),
            "safe": claim(point.safe, safeBound), "units": JSONValue(point.units),
            "units_required": JSONValue(unitsRequired),
        ]
    }
}
