import CPeers
import Hashing
import TestKit
import Testing

/// The C that benchmarks hold SipHash against has to be SipHash.
@Suite("SipHash in C")
struct SipHashPeerTests {
    private static func peer(_ bytes: [UInt8], _ key: SipKey) -> UInt64 {
        // An empty array may have no address, and C wants one even for no bytes.
        let padded = bytes + [0]
        return unsafe padded.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            // SAFETY: the buffer has one byte more than are read.
            return unsafe cp_siphash24(key.low, key.high, base, bytes.count)
        }
    }

    @Test("the authors' vectors of all lengths up to 63 are Swift's too")
    func lengths() {
        let key = SipHashTests.countingKey
        for length in 0..<64 {
            let message = Array(SipHashTests.counting.prefix(length))
            let own = SipHash64.hash(message.span, key: key)
            #expect(Self.peer(message, key) == own, "length \(length)")
        }
        // From the paper, Appendix A.
        #expect(Self.peer(Array(0..<15), key) == 0xa129_ca61_49be_45e5)
    }

    @Test("any message under any key has one hash")
    func anyMessage() {
        let messages = Gen.array(of: Gen<UInt8>.integer(), maximum: 200)
        checkProperty("C = Swift", messages) { message in
            let key = SipKey(tag: "peer", salt: "\(message.count) \(message.first ?? 0)")
            return Self.peer(message, key) == SipHash64.hash(message.span, key: key)
        }
    }
}
