import CAllocations
import Columns
import Failures
import Hashing
import Routing
import Testing

@Suite("Allocations of route decisions")
struct RouteAllocationTests {
    private static func table() throws -> RouteTable {
        var rules = RouteRules(target: "stream/job")
        rules.migration = "mig-001"
        rules.generation = 3
        rules.salt = "mig-001"
        rules.thresholdPPM = 500_000
        rules.compareFromPPM = 500_000
        rules.log =
            RouteLog([.init(generation: 3, barrier: 0, thresholdPPM: 500_000)]) ?? RouteLog()
        return try RouteTable(rules)
    }

    /// Blocks that a body asks of the heap.
    private static func allocations(_ body: () -> Void) -> Int {
        let before = allocations_of_this_thread()
        body()
        return Int(allocations_of_this_thread() - before)
    }

    @Test("what is counted is what is allocated")
    func counterCounts() {
        var arrays: [[Int]] = []
        arrays.reserveCapacity(10)
        let count = Self.allocations {
            for length in 1...10 { arrays.append(Array(repeating: length, count: length)) }
        }
        #expect(count == 10)
        #expect(arrays.last?.count == 10)
    }

    @Test("a decision about a key of ASCII allocates nothing, by key and by window")
    func decisionsAllocateNothing() throws {
        let table = try Self.table()
        var reader = RouteBoard(table).reader()
        let keys = (0..<256).flatMap { Array("key-\(10_000_000 + $0)".utf8) }
        var candidates = 0
        let count = Self.allocations {
            let bytes = keys.span
            for index in 0..<256 {
                _ = reader.refresh()
                let text = bytes.extracting(index * 12..<index * 12 + 12)
                let decision = reader.table.decide(text: text)
                let hash = reader.table.key.hash(text: text)
                let owner = reader.table.owner(hash: hash, windowStart: Int64(index))
                if decision.side == .candidate, owner.side == .candidate { candidates += 1 }
                _ = reader.table.key.hash(integer: Int64(index) &* 1_000_003)
            }
        }
        #expect(count == 0)
        #expect((80...176).contains(candidates))
    }

    @Test("batches of keys allocate only until the buffers have grown")
    func batchesAllocateNothing() throws {
        var hashes = RouteHashes(try Self.table().key)
        let columns = [
            [Column(.string, values: (0..<500).map { .text("key-\(10_000_000 + $0)") })],
            [
                Column(.string, values: (0..<500).map { .text("symbol\($0)") }),
                Column(.bigint, values: (0..<500).map { .integer(Int64($0) &* 7_919) }),
            ],
        ]
        for batch in columns {
            try hashes.hash(batch)
            var failure: (any Error)?
            let count = Self.allocations {
                do { try hashes.hash(batch) } catch { failure = error }
            }
            #expect(failure == nil)
            #expect(count == 0, "\(batch.count) columns")
        }
    }
}
