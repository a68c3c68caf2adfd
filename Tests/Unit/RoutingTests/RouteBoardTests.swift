internal import Failures
internal import Routing
internal import TestKit
internal import Testing

@Suite("Route board")
struct RouteBoardTests {
    @Test("the highest fence and generation win, a lower one is refused with its reason")
    func order() throws {
        let board = RouteBoard(try RouteTable.untouched(target: "stream/flights"))
        var reader = board.reader()
        let second = try makeTable(generation: 2, fence: 2)
        #expect(try board.post(second) == .applied)
        let changed = reader.refresh()
        #expect(changed && reader.table == second)
        let unchanged = reader.refresh()
        #expect(!unchanged)
        #expect(try board.post(second) == .repeated)
        func code(_ table: RouteTable) -> String? {
            let error = #expect(throws: Failure.self) { _ = try board.post(table) }
            return error?.code
        }
        #expect(code(try makeTable(generation: 3, fence: 1)) == "MIG_FENCED")
        #expect(code(try makeTable(generation: 1, fence: 2)) == "MIG_STALE")
        #expect(code(try makeTable(generation: 1, fence: 3)) == "MIG_ROUTER_AHEAD")
        #expect(code(try makeTable(5, generation: 2, fence: 3)) == "MIG_STALE")
        #expect(code(try makeTable { $0.target = "other/path" }) == "MIG_ROUTE_TABLE")
        // A new controller sends the same table under its own fence.
        #expect(try board.post(makeTable(generation: 2, fence: 3)) == .applied)
        #expect(board.table.fence == 3)
    }

    @Test("I3: whatever order tables come in, a router's generation and fence never fall")
    func monotone() throws {
        let pairs = pair(Gen<Int>.integer(in: 0...6), Gen<Int>.integer(in: 0...6))
        let sequence = Gen<[(Int, Int)]>.array(of: pairs)
        checkProperty("generations rise", sequence) { tables in
            let board = RouteBoard(try RouteTable.untouched(target: "stream/flights"))
            var reader = board.reader()
            for (generation, fence) in tables {
                let before = reader.table
                let next = try makeTable(generation * 1000, generation: generation, fence: fence)
                let outcome = Result { () throws(Failure) in try board.post(next) }
                _ = reader.refresh()
                let isApplied = (try? outcome.get()) == .applied
                guard reader.table == (isApplied ? next : before) else { return false }
                guard reader.table.generation >= before.generation,
                    reader.table.fence >= before.fence
                else { return false }
            }
            return true
        }
    }

    @Test("the local rollback holds until a higher generation, not until a new controller")
    func localRollback() throws {
        let inert = try makeTable(0, generation: 2)
        let forward = try RouteTable(makeTable(generation: 2).rules, rollback: inert)
        let board = RouteBoard(forward)
        var reader = board.reader()
        #expect(board.rollBackLocally() == inert)
        let changed = reader.refresh()
        #expect(changed && reader.table == inert)
        var rules = forward.rules
        rules.fence = 9
        var inertRules = inert.rules
        inertRules.fence = 9
        let same = try RouteTable(rules, rollback: RouteTable(inertRules))
        #expect(try board.post(same) == .applied)
        _ = reader.refresh()
        #expect(reader.table.thresholdPPM == 0)
        #expect(try board.post(makeTable(generation: 3, fence: 9)) == .applied)
        _ = reader.refresh()
        #expect(reader.table.thresholdPPM == 100_000)
        #expect(board.rollBackLocally() == nil)
    }

    @Test("under one salt no activated barrier is ever forgotten")
    func logs() throws {
        let entry = RouteLog.Entry(generation: 1, barrier: 10, thresholdPPM: 100_000)
        let log = try #require(RouteLog([entry]))
        let board = RouteBoard(try makeTable { $0.log = log })
        let error = #expect(throws: Failure.self) {
            _ = try board.post(makeTable(generation: 2))
        }
        #expect(error?.code == "MIG_STALE")
        let next = try makeTable(generation: 2) { rules in
            rules.salt = "mig-009"
            rules.log = RouteLog()
        }
        #expect(try board.post(next) == .applied)
    }

    @Test("a rollback under a higher fence may lack barriers: it decides about every window")
    func rollbacksBeginAnew() throws {
        let entries = [10, 20].map { barrier in
            RouteLog.Entry(generation: Int(barrier) / 10, barrier: barrier, thresholdPPM: 100_000)
        }
        let log = try #require(RouteLog(entries))
        let board = RouteBoard(try makeTable(generation: 2, fence: 3) { $0.log = log })
        func rollback(_ generation: Int, _ fence: Int, _ barrier: Int64) throws -> RouteTable {
            try makeTable(generation: generation, fence: fence) { rules in
                let entry = RouteLog.Entry(
                    generation: generation,
                    barrier: barrier,
                    thresholdPPM: 0
                )
                rules.log = RouteLog([entries[0], entry]) ?? RouteLog()
            }
        }
        for (fence, barrier) in [(3, RouteLog.beginning), (4, 30)] {
            let error = #expect(throws: Failure.self) {
                _ = try board.post(rollback(3, fence, barrier))
            }
            #expect(error?.code == "MIG_STALE")
        }
        #expect(try board.post(rollback(3, 4, RouteLog.beginning)) == .applied)
    }

    @Test("staleness reaches readers, and the next table ends it")
    func stale() throws {
        let board = RouteBoard(try makeTable())
        var reader = board.reader()
        board.setStale(true)
        _ = reader.refresh()
        #expect(reader.isStale)
        #expect(try board.post(makeTable(generation: 2)) == .applied)
        _ = reader.refresh()
        #expect(!reader.isStale)
    }

    @Test("many threads read what one posts, and see generations rise only")
    func threads() async throws {
        let board = RouteBoard(try makeTable(0, generation: 0))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var reader = board.reader()
                    var last = 0
                    while last < 200 {
                        guard reader.refresh() else {
                            await Task.yield()
                            continue
                        }
                        let table = reader.table
                        guard table.generation >= last, table.thresholdPPM == table.generation
                        else { return false }
                        last = table.generation
                    }
                    return true
                }
            }
            for generation in 1...200 {
                _ = try board.post(makeTable(generation, generation: generation))
                await Task.yield()
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
