import Hashing
import TestKit
import Testing

@Suite("XXH64")
struct XXH64Tests {
    // Key encodings: 00 NULL, 02 integer + i64, 04 double + f64, 05 text + u32 length + bytes.
    static let integerOne: [UInt8] = [2, 1, 0, 0, 0, 0, 0, 0, 0]
    static let nan: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f]

    static func text(_ text: String) -> [UInt8] {
        [5, UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
    }

    @Test(
        "encoded keys have the documented hashes and slots",
        arguments: [
            (integerOne, 0x7bc7_59f3_a16f_d092 as UInt64, 1980 as UInt64),
            ([0], 0xe934_a84a_db05_2768, 3731),
            (text("EWR"), 0x1a1c_7f7b_f2e9_a893, 417),
            (text("JFK"), 0x9b6c_d430_b42f_611c, 2486),
            (text("ab") + text("c"), 0x746f_90d0_585d_f8b7, 1862),
            (text("a") + text("bc"), 0x4a26_c9b1_8c69_77fd, 1186),
            (nan, 0x2803_0885_6b40_9770, 640),
        ]
    )
    func keys(message: [UInt8], expected: UInt64, slot: UInt64) {
        let hash = XXH64.hash(message.span)
        #expect(hash == expected)
        #expect(hash >> 52 == slot)
    }

    @Test(
        "published hashes of texts hold",
        arguments: [
            ("", 0 as UInt64, 0xef46_db37_51d8_e999 as UInt64),
            ("a", 0, 0xd24e_c4f1_a98c_6e5b),
            ("abc", 0, 0x44bc_2cf5_ad77_0999),
            ("xxhash", 0, 0x32dd_3895_2c4b_c720),
            ("xxhash", 20_141_025, 0xb559_b98d_844e_0635),
            ("Nobody inspects the spammish repetition", 0, 0xfbce_a83c_8a37_8bf1),
        ]
    )
    func texts(text: String, seed: UInt64, expected: UInt64) {
        let bytes = Array(text.utf8)
        let actual = XXH64.hash(bytes.span, seed: seed)
        #expect(actual == expected)
    }

    @Test("any cut of a message gives the same hash")
    func cutsDoNotMatter() {
        let pieces = Gen.array(of: Gen.array(of: Gen<UInt8>.integer()), maximum: 8)
        checkProperty("hash of pieces = hash of the whole", pieces) { pieces in
            let whole = pieces.flatMap { $0 }
            var hash = XXH64()
            for piece in pieces { hash.update(piece.span) }
            return hash.finalize() == XXH64.hash(whole.span)
        }
    }

    @Test("integers are fed as their bytes, lowest first")
    func integersAreBytes() {
        checkProperty("integers = bytes", Gen.array(of: Gen<UInt64>.integer())) { values in
            var hash = XXH64()
            hash.update(UInt8(7))
            hash.update(UInt32(0x0102_0304))
            for value in values { hash.update(value) }
            var message: [UInt8] = [7, 4, 3, 2, 1]
            for value in values {
                message += (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
            }
            return hash.finalize() == XXH64.hash(message.span)
        }
    }
}

@Suite("SplitMix64")
struct SplitMix64Tests {
    @Test("the first numbers of seeds 0 to 5 are the documented ones")
    func mixing() {
        let rests = (0..<6).map { SplitMix64.mix($0) % 10_000 }
        #expect(rests == [7535, 2465, 8110, 9053, 3978, 8618])
    }

    @Test("the generator gives the published sequence of seed 1234567")
    func sequence() {
        var generator = SplitMix64(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ]
        )
    }

    @Test("numbers below a bound are below it and reach it")
    func bounded() {
        #expect(SplitMix64.below(6, .max) == 5)
        #expect(SplitMix64.below(6, 0) == 0)
    }
}

@Suite("SHA-256, MD5, HMAC")
struct MessageDigestTests {
    @Test(
        "SHA-256 has the published digests",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1000),
                "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
            ),
        ]
    )
    func sha256(text: String, expected: String) {
        #expect(SHA256.hexadecimal(text) == expected)
    }

    @Test(
        "MD5 has the published digests",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a"
            ),
        ]
    )
    func md5(text: String, expected: String) {
        let bytes = Array(text.utf8)
        let digest = MD5.hash(bytes.span)
        let actual = Hexadecimal.text(digest.span)
        #expect(actual == expected)
    }

    @Test(
        "HMAC-SHA-256 has the digests of RFC 4231",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
    )
    func hmac(key: [UInt8], text: String, expected: String) {
        let message = Array(text.utf8)
        let digest = HMAC.sha256(message.span, key: key.span)
        let actual = Hexadecimal.text(digest.span)
        #expect(actual == expected)
    }

    @Test("hexadecimal text reads back")
    func hexadecimal() {
        checkProperty("bytes(text(x)) = x", Gen.array(of: Gen<UInt8>.integer())) { bytes in
            Hexadecimal.bytes(Hexadecimal.text(bytes.span)) == bytes
        }
        #expect(Hexadecimal.bytes("0g") == nil)
        #expect(Hexadecimal.bytes("012") == nil)
        #expect(Hexadecimal.bytes("0aF0") == [0x0a, 0xf0])
    }
}
