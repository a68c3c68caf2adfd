import Hashing
import TestKit
import Testing

@Suite("SipHash")
struct SipHashTests {
    static let counting = Array(UInt8(0)..<64)

    static var countingKey: SipKey {
        let bytes = Array(counting.prefix(16))
        return SipKey(bytes.span)
    }

    @Test(
        "the 64-bit vectors of the authors hold",
        arguments: [
            (0, 0x726f_db47_dd0e_0e31 as UInt64), (1, 0x74f8_39c5_93dc_67fd),
            (8, 0x93f5_f579_9a93_2462), (15, 0xa129_ca61_49be_45e5), (63, 0x958a_324c_eb06_4572),
        ]
    )
    func vectors64(length: Int, expected: UInt64) {
        let message = Array(Self.counting.prefix(length))
        let actual = SipHash64.hash(message.span, key: Self.countingKey)
        #expect(actual == expected)
    }

    @Test("the 128-bit hash of nothing is the authors' vector")
    func vector128() {
        let actual = SipHash128.hash([UInt8]().span, key: Self.countingKey)
        #expect(Hexadecimal.littleEndianText(actual) == "a3817f04ba25a8e66df67214c7550293")
    }

    @Test(
        "keys derive from tag and salt",
        arguments: [
            ("route/v1", "mig-001", "74b37eaff70ccdf119a81464dca41006"),
            ("route/v1", "mig-002", "be671a2ebfadfab34ad7d06b9b46f951"),
            ("digest/v1", "", "47fa490c6cf92b70cd0fd2a5af5fd885"),
            ("digest/v1", "mig-001", "0c67de2c0331af68b634751bee3558b4"),
        ]
    )
    func derivedKeys(tag: String, salt: String, expected: String) {
        #expect(SipKey(tag: tag, salt: salt).description == expected)
    }

    @Test("any cut of a message gives the same hash")
    func cutsDoNotMatter() {
        let pieces = Gen.array(of: Gen.array(of: Gen<UInt8>.integer()), maximum: 8)
        checkProperty("hash of pieces = hash of the whole", pieces) { pieces in
            let whole = pieces.flatMap { $0 }
            var hash64 = SipHash64(Self.countingKey)
            var hash128 = SipHash128(Self.countingKey)
            for piece in pieces {
                hash64.update(piece.span)
                hash128.update(piece.span)
            }
            return hash64.finalize() == SipHash64.hash(whole.span, key: Self.countingKey)
                && hash128.finalize() == SipHash128.hash(whole.span, key: Self.countingKey)
        }
    }

    @Test("integers are fed as their bytes, lowest first")
    func integersAreBytes() {
        let values = pair(Gen<UInt64>.integer(), Gen<UInt32>.integer())
        checkProperty("integers = bytes", pair(values, Gen<UInt8>.integer())) { value in
            let ((wide, narrow), byte) = value
            var hash = SipHash128(Self.countingKey)
            hash.update(byte)
            hash.update(wide)
            hash.update(narrow)
            var message = [byte]
            message += (0..<8).map { UInt8(truncatingIfNeeded: wide >> UInt64($0 * 8)) }
            message += (0..<4).map { UInt8(truncatingIfNeeded: narrow >> UInt32($0 * 8)) }
            return hash.finalize() == SipHash128.hash(message.span, key: Self.countingKey)
        }
    }
}

@Suite("Route hash")
struct RouteHashTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var salt: String
        var fields: [String]
        var hash: UInt64
        var bucket: Int
        var shadowBucket: Int
        var testDescription: String { "\(salt) \(fields)" }
    }

    static let cases = [
        Case("mig-001", ["job-1"], 0x3d72_061f_7ff2_44bb, 240021, 791296),
        Case("mig-001", ["job-2"], 0x920a_921d_cee1_0737, 570473, 783240),
        Case("mig-001", ["tenant-a", "order-42"], 0x2af8_76ea_734a_d27c, 167853, 345936),
        Case("mig-001", ["ab", "c"], 0x125b_b346_8ff4_0e9b, 71711, 547159),
        Case("mig-001", ["a", "bc"], 0xdebc_d923_6185_344d, 870069, 175688),
        Case("mig-001", [""], 0xc272_34a4_e871_bdcc, 759555, 381919),
        Case("mig-001", ["Z\u{fc}rich"], 0xc095_40ad_56f8_950d, 752277, 482193),
        Case("mig-002", ["job-1"], 0x64ca_d04e_97db_fa15, 393719, 920588),
    ]

    @Test("the vectors hold", arguments: cases)
    func vectors(_ example: Case) {
        #expect(hash("route/v1", example.salt, example.fields) == example.hash)
        #expect(RouteHash.bucket(example.hash) == example.bucket)
        let shadow = hash("shadow/v1", example.salt, example.fields)
        #expect(RouteHash.bucket(shadow) == example.shadowBucket)
    }

    @Test("a tenth of twenty thousand keys is below a tenth of the buckets")
    func shares() {
        let keys = (0..<20_000).map { "k\($0)" }
        let first = keys.filter { RouteHash.bucket(hash("route/v1", "mig-001", [$0])) < 100_000 }
        let both = first.filter { RouteHash.bucket(hash("route/v1", "mig-002", [$0])) < 100_000 }
        #expect(first.count == 1976)
        #expect(both.count == 194)
    }

    private func hash(_ tag: String, _ salt: String, _ fields: [String]) -> UInt64 {
        var hash = RouteHash(tag: tag, salt: salt)
        hash.begin()
        for field in fields {
            let bytes = Array(field.utf8)
            hash.append(bytes.span)
        }
        return hash.finish()
    }
}

extension RouteHashTests.Case {
    init(_ salt: String, _ fields: [String], _ hash: UInt64, _ bucket: Int, _ shadow: Int) {
        self.init(salt: salt, fields: fields, hash: hash, bucket: bucket, shadowBucket: shadow)
    }
}
