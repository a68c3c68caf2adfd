internal import Columns
internal import Hashing
internal import StreamSQL
internal import TestKit
internal import Testing

@Suite("Window pairing")
struct WindowPairingTests {
    private static let schema = Schema([
        Field("key", .string), Field("window_start", .timestamp(precision: 3)),
        Field("window_end", .timestamp(precision: 3)), Field("total", .bigint),
    ])
    private static let identity = WindowIdentity(start: 1, end: 2, key: [0])

    /// A window of ten microseconds.
    private struct Row: Hashable {
        var end: Int64
        var key: String
        var total: Int64
    }

    private static func batch(_ rows: [Row]) -> Batch {
        Batch(
            schema: schema,
            columns: [
                Column(.string, values: rows.map { .text($0.key) }),
                Column(schema[1].type, values: rows.map { .integer($0.end - 10) }),
                Column(schema[2].type, values: rows.map { .integer($0.end) }),
                Column(.bigint, values: rows.map { .integer($0.total) }),
            ],
            rowCount: rows.count
        )
    }

    private static func rows(_ batches: [Batch]) -> [Row] {
        batches.flatMap { batch in
            (0..<batch.rowCount).map { row in
                guard case .text(let key) = batch.columns[0].value(row),
                    case .integer(let end) = batch.columns[2].value(row),
                    case .integer(let total) = batch.columns[3].value(row)
                else { return Row(end: 0, key: "", total: 0) }
                return Row(end: end, key: key, total: total)
            }
        }
    }

    private static let owned: WindowPairing.Flags = [.candidateOwned, .shared]

    @Test("in shadow the primary's rows leave at once, and are compared later")
    func shadowNeverWaits() {
        var pairing = WindowPairing(Self.identity, schema: Self.schema)
        let rows = [Row(end: 10, key: "a", total: 1), Row(end: 10, key: "b", total: 2)]
        pairing.addPrimary(Self.batch(rows), flags: [.shared, .shared])
        pairing.closePrimary(through: 10)
        let first = pairing.advance()
        #expect(Self.rows(first.published) == rows)
        #expect(first.compared == 0)
        #expect(pairing.pendingCount == 2)
        pairing.addCandidate(Self.batch(rows))
        pairing.closeCandidate(through: 10)
        let second = pairing.advance()
        #expect(second.published.isEmpty)
        #expect(second.compared == 2 && second.matched == 2)
        #expect(pairing.pendingCount == 0)
    }

    @Test("a window that the candidate saw in part is done once the primary has closed it")
    func taintedWindowsWaitForNobody() {
        var pairing = WindowPairing(Self.identity, schema: Self.schema)
        let rows = [Row(end: 10, key: "a", total: 1), Row(end: 20, key: "a", total: 2)]
        pairing.taint(through: 10)
        pairing.addPrimary(Self.batch(rows), flags: [Self.owned, Self.owned])
        pairing.closePrimary(through: 20)
        let first = pairing.advance()
        #expect(Self.rows(first.published) == [rows[0]])
        #expect(first.skipped == 1 && first.primaryServed == 1)
        // What it gives of that window later is no difference.
        pairing.addCandidate(Self.batch([Row(end: 10, key: "a", total: 9), rows[1]]))
        pairing.closeCandidate(through: 20)
        let second = pairing.advance()
        #expect(Self.rows(second.published) == [rows[1]])
        #expect(second.matched == 1 && second.differences.isEmpty)
        #expect(pairing.pendingCount == 0)
    }

    @Test("rows that have left already count, and do not leave again")
    func rowsLeaveOnce() {
        var pairing = WindowPairing(Self.identity, schema: Self.schema)
        let rows = [Row(end: 10, key: "a", total: 1), Row(end: 10, key: "b", total: 2)]
        #expect(pairing.hasPublishedAll)
        pairing.addPrimary(
            Self.batch(rows),
            flags: [.shared, .shared],
            generations: [1, 1],
            hasLeft: true
        )
        #expect(pairing.hasPublishedAll)
        pairing.closePrimary(through: 10)
        let first = pairing.advance()
        #expect(first.published.isEmpty && first.primaryServed == 2)
        pairing.addCandidate(Self.batch(rows))
        pairing.closeCandidate(through: 10)
        #expect(pairing.advance().matched == 2)
        #expect(pairing.pendingCount == 0)
    }

    @Test("a row of the candidate waits for it, and later rows wait behind it")
    func ownedRowsWait() {
        var pairing = WindowPairing(Self.identity, schema: Self.schema)
        let rows = [
            Row(end: 10, key: "a", total: 1), Row(end: 10, key: "b", total: 2),
            Row(end: 10, key: "c", total: 3),
        ]
        pairing.addPrimary(Self.batch(rows), flags: [[], Self.owned, []])
        pairing.closePrimary(through: 10)
        let first = pairing.advance()
        #expect(Self.rows(first.published) == [rows[0]])
        pairing.addCandidate(Self.batch([rows[1]]))
        // Not closed yet: rows may follow.
        #expect(pairing.advance().published.isEmpty)
        pairing.closeCandidate(through: 12)
        let second = pairing.advance()
        #expect(Self.rows(second.published) == [rows[1], rows[2]])
        #expect(second.candidateServed == 1 && second.primaryServed == 1)
        #expect(pairing.pendingCount == 0)
    }

    @Test("where the sides differ the primary's row is published")
    func differencesAreNotPublished() {
        var pairing = WindowPairing(Self.identity, schema: Self.schema)
        let rows = [
            Row(end: 10, key: "a", total: 1), Row(end: 10, key: "b", total: 2),
            Row(end: 20, key: "a", total: 3),
        ]
        pairing.addPrimary(Self.batch(rows), flags: [Self.owned, Self.owned, .shared])
        pairing.addCandidate(
            Self.batch([
                Row(end: 10, key: "a", total: 7), Row(end: 10, key: "x", total: 9),
                Row(end: 20, key: "a", total: 3),
            ])
        )
        pairing.closePrimary(through: 20)
        pairing.closeCandidate(through: 20)
        let outcome = pairing.advance()
        #expect(Self.rows(outcome.published) == rows)
        #expect(outcome.differences.map(\.kind) == [.missing, .extra, .value])
        #expect(outcome.differences.map(\.isCandidateOwned) == [true, false, true])
        #expect(outcome.differences[2].columns == ["total"])
        #expect(outcome.compared == 4 && outcome.matched == 1)
        #expect(outcome.candidateServed == 0 && outcome.primaryServed == 3)
    }

    @Test("what the candidate saw in part is skipped, and served by the primary")
    func taintedWindowsAreSkipped() {
        var pairing = WindowPairing(Self.identity, schema: Self.schema)
        let rows = [Row(end: 10, key: "a", total: 1), Row(end: 20, key: "a", total: 2)]
        pairing.addPrimary(Self.batch(rows), flags: [Self.owned, Self.owned])
        pairing.addCandidate(Self.batch([Row(end: 10, key: "a", total: 5), rows[1]]))
        pairing.taint(through: 15)
        pairing.closePrimary(through: 20)
        pairing.closeCandidate(through: 20)
        let outcome = pairing.advance()
        #expect(Self.rows(outcome.published) == rows)
        #expect(outcome.skipped == 1 && outcome.compared == 1 && outcome.matched == 1)
        #expect(outcome.differences.isEmpty)
    }

    @Test("without its candidate everything is the primary's")
    func lostCandidateStopsNothing() {
        var pairing = WindowPairing(Self.identity, schema: Self.schema)
        let rows = [Row(end: 10, key: "a", total: 1), Row(end: 20, key: "a", total: 2)]
        pairing.addPrimary(Self.batch(rows), flags: [Self.owned, Self.owned])
        pairing.closePrimary(through: 20)
        #expect(pairing.advance().published.isEmpty)
        pairing.dropCandidate(hasFailed: true)
        let outcome = pairing.advance()
        #expect(Self.rows(outcome.published) == rows)
        #expect(outcome.candidateServed == 0 && outcome.primaryServed == 2)
        #expect(pairing.pendingCount == 0)
    }

    @Test(
        "any timing publishes the primary's rows in order, and finds every difference",
        arguments: 1...40
    )
    func timingChangesNothing(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let rows = (1...30).flatMap { window in
            (0..<Int.random(in: 0...4, using: &random)).map { key in
                Row(end: Int64(window * 10), key: "k\(key)", total: Int64(window * key))
            }
        }
        let flags = rows.map { row -> WindowPairing.Flags in
            row.key == "k0" ? [] : row.key == "k1" ? .shared : Self.owned
        }
        var wrong = 0
        let candidates = zip(rows, flags).compactMap { row, flags -> Row? in
            guard flags.contains(.shared) else { return nil }
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                wrong += 1
                return nil
            case 1:
                wrong += 1
                return Row(end: row.end, key: row.key, total: row.total + 1)
            default: return row
            }
        }
        var pairing = WindowPairing(Self.identity, schema: Self.schema)
        var published: [Row] = []
        var counts = (compared: 0, matched: 0, differences: 0)
        var ends: (primary: Int64, candidate: Int64) = (0, 0)
        while ends.primary < 300 || ends.candidate < 300 {
            if Bool.random(using: &random), ends.primary < 300 {
                let end = ends.primary + 10 * Int64.random(in: 1...4, using: &random)
                let places = rows.indices.filter {
                    rows[$0].end > ends.primary && rows[$0].end <= end
                }
                pairing.addPrimary(
                    Self.batch(places.map { rows[$0] }),
                    flags: places.map { flags[$0] }
                )
                pairing.closePrimary(through: end)
                ends.primary = end
            } else if ends.candidate < 300 {
                let end = ends.candidate + 10 * Int64.random(in: 1...4, using: &random)
                pairing.addCandidate(
                    Self.batch(candidates.filter { $0.end > ends.candidate && $0.end <= end })
                )
                pairing.closeCandidate(through: end)
                ends.candidate = end
            }
            let outcome = pairing.advance()
            published += Self.rows(outcome.published)
            counts.compared += outcome.compared
            counts.matched += outcome.matched
            counts.differences += outcome.differences.count
        }
        #expect(published == rows)
        #expect(counts.compared == flags.count(where: { $0.contains(.shared) }))
        #expect(counts.differences == wrong)
        #expect(counts.matched == counts.compared - wrong)
        #expect(pairing.pendingCount == 0)
    }
}

extension WindowPairing {
    /// Rows of windows that one generation decides about.
    fileprivate mutating func addPrimary(_ rows: Batch, flags: [Flags]) {
        addPrimary(rows, flags: flags, generations: flags.map { _ in 1 })
    }

    fileprivate mutating func addCandidate(_ rows: Batch) {
        addCandidate(rows, generations: Array(repeating: 1, count: rows.rowCount))
    }
}

extension WindowPairing.Outcome {
    fileprivate var compared: Int { total.compared }
    fileprivate var matched: Int { total.matched }
    fileprivate var skipped: Int { total.skipped }
    fileprivate var candidateServed: Int { total.candidateServed }
    fileprivate var primaryServed: Int { total.primaryServed }
}
