internal import Failures
internal import Foundation
internal import Hashing
internal import JSON
internal import MigrationJournal
internal import SQLite
internal import TestKit
internal import Testing

@Suite("Journal verification", .scratchDirectory, .timeLimit(.minutes(3)))
struct VerificationTests {
    /// A closed journal of one migration with five events.
    private func fiveEvents() throws -> (state: String, id: String) {
        let state = try JournalScript.state()
        let (journal, ready) = try JournalScript.ready(state)
        var record = try journal.commit(JournalScript.shift(ready, to: 1))
        for (second, name) in ["warming", "observing", "deciding"].enumerated() {
            var next = record.state
            next.stageState = name
            record = try journal.commit(
                JournalScript.step(record, next, "stage.\(name)", second + 3)
            )
        }
        return (state, record.id)
    }

    /// Changes the store behind the journal's back.
    private func tamper(_ state: String, _ sql: String) throws {
        let connection = try SQLiteConnection(path: MigrationJournal.path(in: state))
        try connection.execute(SQLiteStatement("tamper", sql))
    }

    private func verify(
        _ state: String,
        _ id: String,
        knownHead: KnownHead? = nil
    ) throws -> VerificationReport {
        let journal = try JournalScript.open(state, access: .readOnly)
        return try journal.verify(id, rules: JournalScript.rules, knownHead: knownHead)
    }

    @Test("I19: a sound journal replays to its row")
    func soundJournalsReplay() throws {
        let (state, id) = try fiveEvents()
        let report = try verify(state, id)
        #expect(report.isGood, "\(report.failure?.description ?? "")")
        #expect(
            report.text
                == "5 events, chain intact, replay equals state, 0 verdicts recomputed and equal"
        )
        #expect(report.json["chain"]?.string == "intact")
        #expect(report.json["replay"]?.string == "equal")
        #expect(report.json["verdicts"]?.string == "equal")
    }

    @Test(
        "A changed column of an event is found, with the event's number",
        arguments: [
            "fence = fence + 1", "type = 'stage.passed'", "actor = 'user:eve'", "cause = NULL",
            "at = '2026-01-05T09:00:04.001Z'", "binary = '1.0.1'",
            "payload = replace(payload, 'observing', 'deciding')", "payload = payload || ' '",
            "prev_hash = replace(prev_hash, 'a', 'b')", "hash = replace(hash, 'c', 'd')",
            "hash = ''", "seq = 44",
        ]
    )
    func changedColumnsAreFound(_ change: String) throws {
        let (state, id) = try fiveEvents()
        try tamper(state, "UPDATE journal SET \(change) WHERE seq = 4")
        let report = try verify(state, id)
        #expect(report.chain?.code == "MIG_JOURNAL_CHAIN")
        #expect(
            report.chain?.problem.hasPrefix("event 4 of flights-demo-1 ") == true,
            "\(report.text)"
        )
        #expect(report.eventCount == 3)
        #expect(report.json["chain"]?.string == "broken")
    }

    @Test("A removed event, a cut end and swapped events are found")
    func structuralDamageIsFound() throws {
        for (change, number) in [
            ("DELETE FROM journal WHERE seq = 2", 2), ("DELETE FROM journal WHERE seq > 3", 4),
            ("UPDATE journal SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)", 2),
        ] {
            let state = try JournalScript.state()
            try? FileManager.default.removeItem(atPath: state)
            let id = try fiveEvents().id
            try tamper(state, change)
            try tamper(state, "UPDATE journal SET seq = -seq WHERE seq < 0")
            let report = try verify(state, id)
            #expect(
                report.chain?.problem.hasPrefix("event \(number) of ") == true,
                "\(change): \(report.text)"
            )
        }
    }

    @Test("A flipped bit anywhere in an event's bytes is found, with the event's number")
    func everyFlippedBitIsFound() throws {
        let (state, id) = try fiveEvents()
        let url = URL(filePath: MigrationJournal.path(in: state))
        let whole = [UInt8](try Data(contentsOf: url))
        let event = try JournalScript.open(state, access: .readOnly).events(of: id)[2]
        let hashes = Array((event.previousHash + event.hash).utf8)
        let end = try #require(firstRange(of: hashes, in: whole)?.upperBound)
        // The row begins with the length of its cell, the lengths of its columns, and the migration's name.
        let name = Array(id.utf8)
        let row = whole[..<end]
        let start = try #require(lastRange(of: name, in: row)?.lowerBound) - 15
        let folder = try JournalScript.state(named: "flipped")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let copy = URL(filePath: MigrationJournal.path(in: folder))
        var named = 0
        for place in start..<end {
            for bit in 0..<8 {
                var bytes = whole
                bytes[place] ^= 1 << UInt8(bit)
                try Data(bytes).write(to: copy)
                let report = try verify(folder, id)
                let isNamed = report.chain?.problem.hasPrefix("event 3 of ") == true
                #expect(isNamed, "byte \(place - start), bit \(bit): \(report.text)")
                if isNamed { named += 1 }
            }
        }
        #expect(named == (end - start) * 8)
        #expect(named > 2000)
    }

    private func firstRange(of piece: [UInt8], in bytes: [UInt8]) -> Range<Int>? {
        bytes.firstRange(of: piece)
    }

    private func lastRange(of piece: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        bytes.ranges(of: piece).last
    }

    @Test("A changed row, plan or identity is found though the chain is whole")
    func changedStateIsFound() throws {
        for (change, column) in [
            ("UPDATE migrations SET stage_state = 'passed'", "stage_state"),
            ("UPDATE migrations SET stage_index = 1", "stage_index"),
            ("UPDATE migrations SET hold_reason = 'freeze'", "hold_reason"),
            ("UPDATE migrations SET salt = 'other'", "salt"),
            ("UPDATE migrations SET target = 'stream/other'", "target"),
        ] {
            let state = try JournalScript.state()
            try? FileManager.default.removeItem(atPath: state)
            let id = try fiveEvents().id
            try tamper(state, change)
            let report = try verify(state, id)
            #expect(report.chain == nil, "\(change): \(report.text)")
            #expect(report.differences == [column], "\(change)")
            #expect(report.failure?.code == "MIG_JOURNAL_CHAIN")
        }
        try FileManager.default.removeItem(atPath: try JournalScript.state())
        let (state, id) = try fiveEvents()
        try tamper(state, "UPDATE plans SET normal = normal || ' '")
        #expect(try verify(state, id).chain?.problem.contains("stored text was changed") == true)
    }

    @Test("Verdicts are recomputed from the stored evidence")
    func verdictsAreRecomputed() throws {
        let (state, id) = try fiveEvents()
        do {
            let journal = try JournalScript.open(state)
            try journal.takeLease(holder: "controller:c2", at: JournalScript.time(9))
            let record = try journal.requireMigration(id: id)
            var transition = JournalScript.step(record, record.state, "stage.evaluated", 10)
            transition.event.payload["units"] = 10
            try journal.commit(transition)
        }
        let report = try verify(state, id)
        #expect(report.isGood, "\(report.text)")
        #expect(report.verdictCount == 1)
        do {
            let journal = try JournalScript.open(state)
            try journal.takeLease(holder: "controller:c3", at: JournalScript.time(19))
            var counts = try #require(try journal.evidence(of: id, stage: "shadow").first)
            counts.counts["units"] = 11
            try journal.record([counts], of: id)
        }
        let wrong = try verify(state, id)
        #expect(wrong.wrongVerdicts == [.init(seq: 6, type: "stage.evaluated")])
        #expect(wrong.json["verdicts"]?.string == "different")
    }

    @Test(
        "Counts that were changed are found, whatever rests on them",
        arguments: [
            "counts = replace(counts, '10', '11')", "stage = 'canary-10'", "generation = 2",
            "interval_start = interval_start + 1", "query_hash = 'other'", "check_id = 'other'",
            "stratum = 'other'", "counts = '{}'",
        ]
    )
    func changedCounts(_ change: String) throws {
        let (state, _) = try fiveEvents()
        func check() throws {
            try JournalScript.open(state, access: .readOnly).checkEvidence()
        }
        try check()
        try tamper(state, "UPDATE evidence SET \(change)")
        let failure = #expect(throws: Failure.self) { try check() }
        #expect(failure?.code == "MIG_JOURNAL_CHAIN")
    }

    @Test("An export stands by itself, and shows later that the journal was cut")
    func exportsShowCuts() throws {
        let (state, id) = try fiveEvents()
        let journal = try JournalScript.open(state, access: .readOnly)
        var text = ""
        let head = try journal.export(id) { text += $0 }
        #expect(head.seq == 5)
        #expect(try JournalExport.check(text) == head)
        #expect(text.split(separator: "\n").count == 7)
        #expect(try verify(state, id, knownHead: head).isGood)
        let lines = text.split(separator: "\n").map(String.init)
        for number in 1...5 {
            var shorter = lines
            shorter.remove(at: number)
            let cut = #expect(throws: Failure.self) {
                _ = try JournalExport.check(shorter.joined(separator: "\n"))
            }
            #expect(cut?.code == "MIG_JOURNAL_CHAIN")
            var changed = lines
            changed[number] = changed[number].replacing("controller:c1", with: "controller:c2")
            let altered = #expect(throws: Failure.self) {
                _ = try JournalExport.check(changed.joined(separator: "\n"))
            }
            #expect(altered?.problem.hasPrefix("event \(number) of ") == true)
        }
        // Whoever cuts the end can also mend the row; only the head outside shows it.
        let hash = try journal.events(of: id)[3].hash
        try tamper(state, "DELETE FROM journal WHERE seq = 5")
        try tamper(
            state,
            """
            UPDATE migrations SET seq = 4, head = '\(hash)', stage_state = 'observing',
                updated_at = '2026-01-05T09:00:04.000Z'
            """
        )
        let short = try verify(state, id)
        #expect(
            short.chain?.problem
                == "event 5 of flights-demo-1 is missing at the end: the folder `heads` remembers 5 events"
        )
        try FileManager.default.removeItem(atPath: "\(state)/heads/\(id).json")
        #expect(try verify(state, id).isGood)
        let report = try verify(state, id, knownHead: head)
        #expect(report.chain?.problem == "event 5 of flights-demo-1 is missing at the end")
    }

    @Test("whatever bit of the log flips, no event is lost in silence", arguments: 0..<60)
    func logsAreGuarded(_ seed: UInt64) throws {
        let (state, id) = try fiveEvents()
        // While it is open the journal's end is in the log.
        let journal = try JournalScript.open(state)
        try journal.takeLease(holder: "controller:c2", at: JournalScript.time(9))
        var record = try journal.requireMigration(id: id)
        for second in 10..<14 {
            record = try journal.commit(
                JournalScript.step(record, record.state, "note.\(second)", second)
            )
        }
        let copy = try JournalScript.state(named: "copy")
        try FileManager.default.copyItem(atPath: state, toPath: copy)
        let log = "\(copy)/journal.db-wal"
        var bytes = try Data(contentsOf: URL(filePath: log))
        try #require(bytes.count > 10_000)
        var generator = SeededGenerator(seed: seed)
        let bit = Int(generator.next() % UInt64(bytes.count * 8))
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        try bytes.write(to: URL(filePath: log))
        do {
            let report = try verify(copy, id)
            #expect(!report.isGood || report.eventCount == record.seq, "bit \(bit) of the log")
            let reopened = try JournalScript.open(copy)
            let start = try reopened.startUp(
                holder: "controller:c3",
                at: JournalScript.time(20),
                rules: JournalScript.rules
            )
            #expect(report.isGood == start.damage.isEmpty, "bit \(bit) of the log")
        } catch let failure as Failure {
            #expect(failure.code == "STATE_CORRUPT", "bit \(bit) of the log: \(failure)")
        }
    }

    @Test("A journal of a later form is refused, and a file that is no journal as well")
    func otherFormsAreRefused() throws {
        let (state, _) = try fiveEvents()
        try tamper(state, "UPDATE meta SET value = '2' WHERE key = 'schema_version'")
        let newer = #expect(throws: Failure.self) { _ = try JournalScript.open(state) }
        #expect(newer?.code == "MIG_JOURNAL_NEWER")
        let other = try JournalScript.state(named: "other")
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        try tamper(other, "CREATE TABLE things(name TEXT)")
        let foreign = #expect(throws: Failure.self) { _ = try JournalScript.open(other) }
        #expect(foreign?.code == "STATE_CORRUPT")
        #expect(foreign?.problem.contains("no journal of migrations") == true)
    }
}
