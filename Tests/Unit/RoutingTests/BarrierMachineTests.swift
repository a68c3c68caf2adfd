internal import Routing
internal import TestKit
internal import Testing

@Suite("Route log")
struct RouteLogTests {
    private func entry(_ generation: Int, _ barrier: Int64, _ threshold: Int) -> RouteLog.Entry {
        RouteLog.Entry(generation: generation, barrier: barrier, thresholdPPM: threshold)
    }

    @Test("the highest generation whose barrier is at or before the start owns a window")
    func owners() throws {
        let log = try #require(
            RouteLog([entry(2, 100, 100_000), entry(5, 300, 900_000), entry(6, 200, 0)])
        )
        #expect(log.entry(forWindowStart: 99) == nil)
        #expect(log.entry(forWindowStart: 100)?.generation == 2)
        #expect(log.entry(forWindowStart: 199)?.generation == 2)
        #expect(log.entry(forWindowStart: 200)?.generation == 6)
        #expect(log.entry(forWindowStart: 300)?.generation == 6)
        #expect(RouteLog([entry(2, 1, 0), entry(2, 2, 0)]) == nil)
    }

    @Test("I6: the fast rule is the plain one, and later generations leave earlier windows alone")
    func rule() {
        let part = pair(Gen<Int>.integer(in: -9...9), Gen<Int>.integer(in: 0...4))
        checkProperty("owners are stable", Gen<[(Int, Int)]>.array(of: part)) { parts in
            let entries = parts.enumerated().map { place, part in
                entry(place + 1, Int64(part.0), part.1 * 250_000)
            }
            guard let log = RouteLog(entries) else { return false }
            return (-10...10).allSatisfy { start in
                let plain = entries.last { $0.barrier <= Int64(start) }
                guard log.entry(forWindowStart: Int64(start)) == plain else { return false }
                // Without entries whose barrier is later, the owner is the same.
                let earlier = RouteLog(entries.filter { $0.barrier <= Int64(start) })
                return earlier?.entry(forWindowStart: Int64(start)) == plain
            }
        }
    }

    @Test("pins move windows to the candidate only where the generation gives it anything")
    func pins() throws {
        let table = try makeTable(generation: 6) { rules in
            rules.log = RouteLog([entry(2, 100, 100_000), entry(6, 200, 0)]) ?? RouteLog()
            rules.pins = RoutePins(primary: [1], candidate: [.max]) ?? RoutePins()
        }
        #expect(table.owner(hash: .max, windowStart: 50).side == .primary)
        #expect(table.owner(hash: .max, windowStart: 100).side == .candidate)
        #expect(table.owner(hash: .max, windowStart: 100).reason == .pinned)
        #expect(table.owner(hash: .max, windowStart: 200).side == .primary)
        #expect(table.owner(hash: 1, windowStart: 100).side == .primary)
        #expect(table.owner(hash: 2, windowStart: 100).side == .candidate)
        #expect(table.owner(hash: 2, windowStart: 100).generation == 2)
        #expect(table.owner(hash: nil, windowStart: 100).reason == .missingKey)
    }
}

@Suite("Barrier machine")
struct BarrierMachineTests {
    private let first = BarrierProposal(
        fence: 1,
        generation: 2,
        barrier: 100,
        thresholdPPM: 100_000
    )

    private func machine(maximum: Int64? = nil) -> BarrierMachine {
        BarrierMachine(BarrierMachine.Persistent(), maximum: maximum)
    }

    @Test("it persists, acknowledges, stalls, and releases on activation")
    func activation() {
        var machine = machine()
        let before = machine.admit(eventTime: 99)
        #expect(before)
        #expect(machine.propose(first) == .persist)
        #expect(machine.persistent.pending == first)
        #expect(machine.persisted() == .acknowledge(first))
        let behind = machine.admit(eventTime: 100)
        let late = machine.admit(eventTime: 7)
        #expect(!behind && late)
        #expect(machine.propose(first) == .acknowledge(first))
        #expect(machine.activate(first) == .release)
        #expect(machine.persistent.log.entries == [first.entry])
        let after = machine.admit(eventTime: 100)
        #expect(after)
        #expect(machine.activate(first) == .none)
        #expect(machine.propose(first) == .none)
    }

    @Test("it refuses with its maximum when it has processed the barrier, even while persisting")
    func refusal() {
        var machine = machine(maximum: 50)
        #expect(machine.propose(first) == .persist)
        let isAdmitted = machine.admit(eventTime: 130)
        #expect(isAdmitted)
        #expect(machine.persisted() == .refuse(first, maximum: 130))
        #expect(machine.stallsFrom == nil)
        #expect(machine.activate(first) == .none)
        #expect(machine.persistent.log.isEmpty)
    }

    @Test("old messages change nothing, also a proposal that its cancellation overtook")
    func reordering() {
        var machine = machine()
        var later = first
        later.barrier = 200
        #expect(machine.cancel(first) == .none)
        #expect(machine.propose(first) == .none)
        #expect(machine.propose(later) == .persist)
        #expect(machine.persisted() == .acknowledge(later))
        #expect(machine.cancel(first) == .none)
        #expect(machine.activate(first) == .none)
        #expect(machine.stallsFrom == 200)
        #expect(machine.cancel(later) == .release)
        #expect(machine.stallsFrom == nil)
        var old = later
        old.fence = 0
        old.generation = 9
        #expect(machine.propose(old) == .none)
    }

    @Test("a later proposal tells what became of one whose outcome was overtaken")
    func overtaken() {
        var machine = machine()
        _ = machine.propose(first)
        _ = machine.persisted()
        var cancelled = machine
        var next = first
        next.generation = 3
        next.barrier = 300
        #expect(cancelled.propose(next) == .persist)
        #expect(cancelled.persistent.log.isEmpty)
        next.base = 2
        #expect(machine.propose(next) == .persist)
        #expect(machine.persistent.log.entries == [first.entry])
        #expect(machine.persisted() == .acknowledge(next))
        #expect(machine.activate(next) == .release)
        #expect(machine.persistent.log.entries.map(\.generation) == [2, 3])
        var behind = self.machine()
        #expect(behind.propose(next) == .none)
    }

    @Test("after a crash it stalls until it hears the outcome, from a message or from the log")
    func restart() throws {
        var machine = machine()
        _ = machine.propose(first)
        var restarted = BarrierMachine(machine.persistent, maximum: 80)
        let isAdmitted = restarted.admit(eventTime: 100)
        #expect(!isAdmitted)
        var other = restarted
        #expect(restarted.propose(first) == .acknowledge(first))
        #expect(restarted.activate(first) == .release)
        let log = try #require(RouteLog([first.entry]))
        #expect(other.load(log) == .release)
        #expect(other.persistent.log == log && other.stallsFrom == nil)
        #expect(other.load(RouteLog()) == .none)
    }

    @Test("a router that was left out reads again from the first barrier it missed")
    func missed() throws {
        var machine = machine(maximum: 150)
        let log = try #require(RouteLog([first.entry]))
        #expect(machine.load(log) == .reprocess(from: 100))
        #expect(machine.maximum == 99)
        var behind = self.machine(maximum: 50)
        #expect(behind.load(log) == .release)
    }
}
