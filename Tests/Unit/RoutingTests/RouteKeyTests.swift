internal import Columns
internal import Failures
internal import Hashing
internal import Routing
internal import TestKit
internal import Testing

@Suite("Route key")
struct RouteKeyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var salt: String
        var fields: [String]
        var hash: UInt64
        var bucket: Int
        var shadowBucket: Int
        var testDescription: String { "\(salt) \(fields)" }

        init(_ salt: String, _ fields: [String], _ hash: UInt64, _ bucket: Int, _ shadow: Int) {
            self.salt = salt
            self.fields = fields
            self.hash = hash
            self.bucket = bucket
            shadowBucket = shadow
        }
    }

    static let cases = [
        Case("mig-001", ["job-1"], 0x3d72_061f_7ff2_44bb, 240021, 791296),
        Case("mig-001", ["job-2"], 0x920a_921d_cee1_0737, 570473, 783240),
        Case("mig-001", ["tenant-a", "order-42"], 0x2af8_76ea_734a_d27c, 167853, 345936),
        Case("mig-001", ["ab", "c"], 0x125b_b346_8ff4_0e9b, 71711, 547159),
        Case("mig-001", ["a", "bc"], 0xdebc_d923_6185_344d, 870069, 175688),
        Case("mig-001", [""], 0xc272_34a4_e871_bdcc, 759555, 381919),
        Case("mig-001", ["Z\u{fc}rich"], 0xc095_40ad_56f8_950d, 752277, 482193),
        Case("mig-001", ["Zu\u{308}rich"], 0xc095_40ad_56f8_950d, 752277, 482193),
        Case("mig-002", ["job-1"], 0x64ca_d04e_97db_fa15, 393719, 920588),
    ]

    @Test("the vectors hold, by fields, by text and by batch", arguments: cases)
    func vectors(_ example: Case) throws {
        let key = RouteKey(.route, salt: example.salt)
        let fields = example.fields.map { RouteField.text($0) }
        #expect(try key.hash(fields) == example.hash)
        #expect(RouteHash.bucket(example.hash) == example.bucket)
        let shadow = try #require(try RouteKey(.shadow, salt: example.salt).hash(fields))
        #expect(RouteHash.bucket(shadow) == example.shadowBucket)
        if example.fields.count == 1 {
            let bytes = Array(example.fields[0].utf8)
            let hash = key.hash(text: bytes.span)
            #expect(hash == example.hash)
        }
        var batch = RouteHashes(key)
        try batch.hash(example.fields.map { Column(.string, .texts(TextValues([$0]))) })
        #expect(batch.hash(0) == example.hash)
    }

    @Test("one pass over a field hashes what the general hash does, at every length")
    func onePass() throws {
        let key = RouteKey(.route, salt: "s")
        var generator = SeededGenerator(seed: 7)
        for length in 0..<70 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let fast = key.hash(bytes: bytes.span)
            #expect(try key.hash([.bytes(bytes)]) == fast, "\(length) bytes")
        }
    }

    @Test("integers are hashed as decimal text")
    func integers() throws {
        let key = RouteKey(.route, salt: "s")
        for number in [0, 7, -7, 10, .max, .min] as [Int64] {
            let text = try key.hash([.text("\(number)")])
            #expect(key.hash(integer: number) == text)
            #expect(try key.hash([.integer(number)]) == text)
        }
    }

    @Test("strided ids spread evenly: shares of ids 7, 7+s, … below a tenth")
    func strides() {
        let key = RouteKey(.route, salt: "mig-001")
        let shares = [4, 20, 25, 100].map { stride -> Int in
            let ids = Swift.stride(from: 7, to: 7 + 5000 * stride, by: stride)
            let below = ids.filter { RouteHash.bucket(key.hash(integer: Int64($0))) < 100_000 }
            return (below.count + 2) / 5
        }
        // In thousandths, as published: 9.9, 11.0, 10.1, 10.3 %.
        #expect(shares == [99, 110, 101, 103])
    }

    @Test("a key with a missing field, without fields or over 64 KiB is none")
    func unusable() throws {
        let key = RouteKey(.route, salt: "s")
        #expect(try key.hash([.text("a"), .null]) == nil)
        #expect(try key.hash([]) == nil)
        let limit = String(repeating: "x", count: 64 << 10)
        #expect(try key.hash([.text(limit)]) != nil)
        #expect(try key.hash([.text(limit), .text("")]) != nil)
        #expect(try key.hash([.text(limit + "x")]) == nil)
        #expect(try key.hash([.text(limit), .text("x")]) == nil)
        let long = Array((limit + "x").utf8)
        let hash = key.hash(text: long.span)
        #expect(hash == nil)
        // The limit is that of the normal form, so both ways to write a text fare alike.
        let composed = String(repeating: "\u{fc}", count: 32 << 10)
        let decomposed = String(repeating: "u\u{308}", count: 32 << 10)
        #expect(try key.hash([.text(composed)]) != nil)
        #expect(try key.hash([.text(composed)]) == key.hash([.text(decomposed)]))
        let bytes = Array(decomposed.utf8)
        let fromBytes = key.hash(text: bytes.span)
        #expect(try fromBytes == key.hash([.text(composed)]))
    }

    @Test("floats are refused by name and remedy")
    func floats() throws {
        let key = RouteKey(.route, salt: "s")
        let single = #expect(throws: Failure.self) { _ = try key.hash([.float(1.5)]) }
        #expect(single?.code == "MIG_KEY_TYPE")
        #expect(single?.description.contains("1.5") == true)
        var batch = RouteHashes(key)
        let column = Column(.double, .doubles(Buffer([1.5])))
        let whole = #expect(throws: Failure.self) { try batch.hash([column]) }
        #expect(whole?.code == "MIG_KEY_TYPE")
    }

    @Test("a batch hashes what single keys do, over all layouts, NULLs and repeated dictionaries")
    func batches() throws {
        let key = RouteKey(.route, salt: "mig-001")
        let texts = ["EWR", "LAX", "", "Zu\u{308}rich", "a longer text than twelve bytes"]
        let rows = [0, 1, 2, 3, 4, 0, 3]
        let valid = [true, true, true, true, true, false, true]
        let validity = Bitmap(valid)
        let plain = Column(
            .string,
            .texts(TextValues(rows.map { texts[$0] })),
            validity: validity
        )
        let dictionary = TextDictionary(TextValues(Array(texts[..<4])))
        let extended = dictionary.extended(by: TextValues([texts[4]]))
        let coded = Column(
            .string,
            .coded(codes: Buffer(rows.map(Int32.init)), dictionary: extended),
            validity: validity
        )
        let first = Column(
            .string,
            .coded(codes: Buffer([3, 1]), dictionary: dictionary)
        )
        let numbers = Column(.bigint, .integers(Buffer((-3...3).map(Int64.init))))
        var hashes = RouteHashes(key)
        try hashes.hash([first])
        #expect(hashes.hash(0) == (try key.hash([.text(texts[3])])))
        for column in [plain, coded] {
            try hashes.hash([column])
            for row in rows.indices {
                let expected = try valid[row] ? key.hash([.text(texts[rows[row]])]) : nil
                #expect(hashes.hash(row) == expected)
            }
            try hashes.hash([column, numbers])
            for row in rows.indices {
                let fields: [RouteField] = [.text(texts[rows[row]]), .integer(Int64(row - 3))]
                #expect(hashes.hash(row) == (valid[row] ? try key.hash(fields) : nil))
            }
        }
        try hashes.hash([numbers])
        #expect(hashes.hash(0) == key.hash(integer: -3))
        #expect(hashes.missing.isEmpty)
    }
}
