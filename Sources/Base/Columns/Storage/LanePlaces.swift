/// Sorts the rows of a batch by worker, keeping their order.
///
/// A counting sort waits for each count to come back from memory before it can raise it again. So the batch is cut
/// into lanes of consecutive rows that are counted and placed side by side, each with counts of its own.
@safe
struct LanePlaces {
    private static var laneCount: Int { 4 }

    private let workerCount: Int
    private let laneRows: Int
    /// Where each worker's rows begin, and where the last worker's end.
    private var starts: [Int]
    /// Per lane, per worker: where its next row goes.
    private var places: [Int32]

    init(_ slots: Buffer<UInt16>, _ workerCount: Int) {
        self.workerCount = workerCount
        laneRows = slots.count / Self.laneCount
        places = [Int32](repeating: 0, count: Self.laneCount * workerCount)
        starts = []
        starts.reserveCapacity(workerCount + 1)
        visit(slots) { _, place in place &+= 1 }
        var next: Int32 = 0
        for worker in 0..<workerCount {
            starts.append(Int(next))
            for lane in 0..<Self.laneCount {
                let size = places[lane * workerCount + worker]
                places[lane * workerCount + worker] = next
                next += size
            }
        }
        starts.append(Int(next))
    }

    /// A worker's part of ``sortedRows(_:)``.
    func rows(of worker: Int) -> Range<Int> { starts[worker]..<starts[worker + 1] }

    /// The rows of the first worker, then those of the second, and so on; to be called once.
    mutating func sortedRows(_ slots: Buffer<UInt16>) -> Buffer<Int32> {
        let memory = Memory(byteCount: slots.count * 4)
        let rows = unsafe memory.start.bindMemory(to: Int32.self, capacity: slots.count)
        // SAFETY: the places of all lanes and workers are the numbers below `slots.count`, each given once.
        visit(slots) { row, place in
            unsafe rows[Int(place)] = Int32(truncatingIfNeeded: row)
            place &+= 1
        }
        return unsafe Buffer(memory: memory, first: UnsafePointer(rows), count: slots.count)
    }

    /// Calls `body` for each row with its place, one lane after the other in turn.
    @inline(__always)
    private mutating func visit(
        _ slots: Buffer<UInt16>,
        _ body: (_ row: Int, _ place: inout Int32) -> Void
    ) {
        let (workerCount, laneRows) = (workerCount, laneRows)
        let source = unsafe slots.first
        // SAFETY: lanes are below `laneCount` and workers below `workerCount`; rows are below `slots.count`.
        unsafe places.withUnsafeMutableBufferPointer { places in
            guard let first = places.baseAddress else { return }
            for index in 0..<laneRows {
                for lane in 0..<Self.laneCount {
                    let row = lane &* laneRows &+ index
                    let worker = unsafe KeyEncoding.worker(
                        slot: source[row],
                        workerCount: workerCount
                    )
                    unsafe body(row, &first[lane &* workerCount &+ worker])
                }
            }
            // What does not fill all lanes follows the last one.
            for row in laneRows &* Self.laneCount..<slots.count {
                let worker = unsafe KeyEncoding.worker(slot: source[row], workerCount: workerCount)
                unsafe body(row, &first[(Self.laneCount &- 1) &* workerCount &+ worker])
            }
        }
    }
}
