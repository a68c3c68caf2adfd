internal import Synchronization

/// Memory that chunks have given back: first use of fresh pages costs as much as parsing them.
final class ChunkPool: Sendable {
    private let idle = Mutex<[ChunkMemory]>([])
    private let limit: Int

    /// Keeps at most `limit` blocks.
    init(limit: Int) { self.limit = limit }

    /// A block of at least `capacity` bytes.
    func take(capacity: Int) -> ChunkMemory {
        let kept = idle.withLock { idle -> ChunkMemory? in
            guard let position = idle.lastIndex(where: { $0.capacity >= capacity }) else {
                return nil
            }
            return idle.remove(at: position)
        }
        return kept ?? ChunkMemory(capacity: capacity)
    }

    func give(_ memory: ChunkMemory) {
        idle.withLock { idle in
            if idle.count < limit { idle.append(memory) }
        }
    }
}
