/// SHA-256 in the making, for short texts: keys, names, manifests.
///
/// Bulk bytes go through the `Digests` driver, which has the processor's SHA instructions.
/// Source: FIPS 180-4.
package struct SHA256: Sendable {
    private var state: [8 of UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var block: [64 of UInt8] = .init(repeating: 0)
    private var length: UInt64 = 0

    package init() {}

    /// Feeds bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        for index in bytes.indices { update(byte: bytes[index]) }
    }

    /// Feeds one byte.
    package mutating func update(byte: UInt8) {
        block[Int(length & 63)] = byte
        length &+= 1
        if length & 63 == 0 { compress() }
    }

    /// The 32 bytes of the digest of everything fed.
    package consuming func finalize() -> [UInt8] {
        let bits = length &* 8
        update(byte: 0x80)
        while length & 63 != 56 { update(byte: 0) }
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            update(byte: UInt8(truncatingIfNeeded: bits >> shift))
        }
        let words = state
        return [UInt8](capacity: 32) { output in
            for index in words.indices {
                for shift in stride(from: UInt32(24), through: 0, by: -8) {
                    output.append(UInt8(truncatingIfNeeded: words[index] >> shift))
                }
            }
        }
    }

    /// The digest of one message.
    package static func hash(_ bytes: Span<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// The digest of a text's UTF-8 as 64 hexadecimal digits.
    package static func hexadecimal(_ text: String) -> String {
        let digest = hash(text.utf8.span)
        return Hexadecimal.text(digest.span)
    }

    private mutating func compress() {
        var schedule: [64 of UInt32] = .init(repeating: 0)
        for index in 0..<16 {
            let high = UInt32(block[index * 4]) << 24 | UInt32(block[index * 4 + 1]) << 16
            let low = UInt32(block[index * 4 + 2]) << 8 | UInt32(block[index * 4 + 3])
            schedule[index] = high | low
        }
        for index in 16..<64 {
            let early = schedule[index - 15]
            let late = schedule[index - 2]
            let first = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3
            let second = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10
            schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let choice = (e & f) ^ (~e & g)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let first = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let second = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let sum = h &+ first &+ choice &+ Self.constants[index] &+ schedule[index]
            (h, g, f, e) = (g, f, e, d &+ sum)
            (d, c, b, a) = (c, b, a, sum &+ second &+ majority)
        }
        let rounds: [8 of UInt32] = [a, b, c, d, e, f, g, h]
        for index in rounds.indices { state[index] &+= rounds[index] }
    }

    private func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 {
        word &>> bits | word &<< (32 &- bits)
    }

    // The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [64 of UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5,
        0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
        0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
        0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
        0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
        0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3,
        0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5,
        0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
        0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
