import Flow
import Hashing
import TestKit
import Testing

@Suite("Queues")
struct QueueTests {
    private final class Thing {}

    @Test("a queue gives what an array would give", arguments: 0..<40)
    func order(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = Queue<Int>()
        var array: [Int] = []
        for number in 0..<2000 {
            switch generator.next() % 16 {
            case 0..<8:
                queue.append(number)
                array.append(number)
            case 8..<15: #expect(queue.popFirst() == (array.isEmpty ? nil : array.removeFirst()))
            default: #expect(queue.popLast() == array.popLast())
            }
            #expect(queue.count == array.count)
            #expect(queue.isEmpty == array.isEmpty)
        }
        queue.removeAll()
        #expect(queue.popFirst() == nil)
    }

    @Test("what was taken is released, also where the queue is never empty")
    func release() throws {
        var queue = Queue<Thing>()
        for _ in 0..<100 { queue.append(Thing()) }
        for _ in 0..<1000 {
            queue.append(Thing())
            weak let taken = queue.popFirst()
            #expect(taken == nil)
        }
        #expect(queue.count == 100)
    }
}
