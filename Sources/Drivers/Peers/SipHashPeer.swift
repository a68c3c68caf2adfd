private import CPeers

/// SipHash-2-4 in plain C, for benchmarks to hold the own one against.
package struct SipHashPeer: Sendable {
    private let low: UInt64
    private let high: UInt64

    /// - Parameters:
    ///   - low: the key's first eight bytes, read little-endian.
    ///   - high: its last eight bytes.
    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The hash of a message.
    package func hash(_ message: [UInt8]) -> UInt64 {
        sum(messages: message, size: message.count, passes: 1)
    }

    /// Hashes messages of one size that stand one after another, all of them `passes` times.
    ///
    /// - Returns: the sum of all hashes, so that none can be left out.
    package func sum(messages: [UInt8], size: Int, passes: Int) -> UInt64 {
        precondition(size > 0 && messages.count.isMultiple(of: size), "whole messages")
        let count = messages.count / size
        return unsafe messages.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            var sum: UInt64 = 0
            for _ in 0..<passes {
                for index in 0..<count {
                    // SAFETY: `count` times `size` bytes are all that the buffer has.
                    sum &+= unsafe cp_siphash24(low, high, base + index &* size, size)
                }
            }
            return sum
        }
    }
}

/// Bytes that the program has from the C library's heap now; 0 where the library does not tell.
package func heapByteCount() -> Int { Int(cp_heap_bytes()) }
