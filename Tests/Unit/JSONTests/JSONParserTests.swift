import Failures
import JSON
import TestKit
import Testing

/// Any value made in memory, at most four levels deep.
func anyJSON(depth: Int = 4) -> Gen<JSONValue> {
    var kinds: [Gen<JSONValue>] = [
        Gen { _, _ in .null },
        Gen.bool.map { JSONValue($0) },
        Gen<Int64>.integer().map { JSONValue($0) },
        Gen.double.map { JSONValue($0) },
        Gen.text.map { JSONValue($0) },
    ]
    if depth > 0 {
        let inner = anyJSON(depth: depth - 1)
        kinds.append(Gen.array(of: inner, maximum: 5).map { JSONValue($0) })
        let member = pair(Gen.text, inner)
        kinds.append(
            Gen.array(of: member, maximum: 5).map { members in
                var object = JSONObject()
                for (name, value) in members { object[name] = value }
                return JSONValue(object)
            }
        )
    }
    let choices = kinds
    return Gen { generator, size in
        choices[Int.random(in: choices.indices, using: &generator)].make(&generator, size)
    }
}

@Suite("JSON reader")
struct JSONParserTests {
    @Test("what is written reads back as itself")
    func roundTrip() {
        checkProperty("parse(compact(x)) = x", anyJSON(), rounds: 400) { value in
            try JSONValue(parsing: value.compactText) == value
        }
        checkProperty("parse(indented(x)) = x", anyJSON(), rounds: 400) { value in
            try JSONValue(parsing: value.indentedText) == value
        }
    }

    @Test("values and names know where they stand")
    func positions() throws {
        let text = "{\n  \"é漢\": 1, \"b\": [true,\n\t\"x\"]\n}"
        let value = try JSONValue(parsing: text, source: "plan.json")
        let members = try value.requireObject().members
        #expect(value.position?.description == "plan.json:1:1")
        #expect(members[0].position?.description == "plan.json:2:3")
        #expect(members[0].value.position?.description == "plan.json:2:9")
        #expect(members[1].position?.description == "plan.json:2:12")
        #expect(members[1].value.array?[1].position?.description == "plan.json:3:2")
    }

    @Test(
        "broken texts are refused where they break",
        arguments: [
            ("", "1:1"), ("  ", "1:3"), ("tru", "1:1"), ("[1,]", "1:4"), ("[1 2]", "1:4"),
            ("{\"a\" 1}", "1:6"), ("{a:1}", "1:2"), ("{\"a\":1,}", "1:8"), ("01", "1:2"),
            ("1.", "1:3"), ("-", "1:2"), ("1e+", "1:4"), (".5", "1:1"), ("1 1", "1:3"),
            ("\"a", "1:3"), ("\"\n\"", "1:2"), ("\"\\x\"", "1:2"), ("\"\\u12\"", "1:2"),
            ("\"\\ud800\"", "1:2"), ("\"\\udc00\"", "1:2"), ("\"\\ud800\\u0041\"", "1:2"),
            ("[1,\n 2,\n x]", "3:2"), ("{\"a\":1,\"a\":2}", "1:8"), ("\u{0}", "1:1"),
            ("NaN", "1:1"),
            ("+1", "1:1"), ("'a'", "1:1"), ("[1", "1:3"), ("{\"a\":", "1:6"), ("nul l", "1:1"),
            ("\"\\", "1:2"), ("\"\\u", "1:2"),
        ]
    )
    func refuses(text: String, position: String) {
        let error = #expect(throws: JSONError.self) { _ = try JSONValue(parsing: text) }
        #expect(error?.position?.description == position)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test(
        "bytes that are not UTF-8 are refused where they are",
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0xFF, 0x22],
            [0x22, 0xE2, 0x82],
        ] as [[UInt8]]
    )
    func badUTF8(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { _ = try JSONValue(parsing: bytes.span) }
        #expect(error?.position?.description == "1:2")
    }

    @Test("escapes become the characters they name")
    func escapes() throws {
        let text = #"["\"\\\/\b\f\n\r\t", "\u00e9\u6F22\ud83d\ude00", "a\u0000b"]"#
        let value = try JSONValue(parsing: text)
        #expect(value.array?[0].string == "\"\\/\u{8}\u{c}\n\r\t")
        #expect(value.array?[1].string == "é漢😀")
        #expect(value.array?[2].string == "a\u{0}b")
    }

    @Test("numbers keep their text")
    func numbers() throws {
        let text = "[9223372036854775807, 9223372036854775808, 1.50, -0, 1e400, 12e0]"
        let numbers = try JSONValue(parsing: text).requireArray()
        #expect(
            numbers.map { $0.number?.text ?? "" }.joined(separator: ", ")
                == text.dropFirst().dropLast()
        )
        #expect(numbers.map(\.integer) == [.max, nil, nil, 0, nil, nil])
        #expect(numbers[4].double == .infinity)
        #expect(numbers[5].double == 12)
    }

    @Test("depth and size have limits")
    func limits() throws {
        let deep = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        _ = try JSONValue(parsing: deep)
        let error = #expect(throws: JSONError.self) { _ = try JSONValue(parsing: "[\(deep)]") }
        #expect(error?.position?.column == 257)
        let endless = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { _ = try JSONValue(parsing: endless) }
        #expect(throws: JSONError.self) {
            _ = try JSONValue(parsing: "[1, 2]", limits: JSONLimits(size: 5))
        }
    }

    @Test("duplicate names follow the policy")
    func duplicates() throws {
        let text = #"{"a":1,"b":2,"a":3}"#
        let first = try JSONValue(parsing: text, limits: JSONLimits(duplicates: .firstWins))
        let last = try JSONValue(parsing: text, limits: JSONLimits(duplicates: .lastWins))
        #expect(first.compactText == #"{"a":1,"b":2}"#)
        #expect(last.compactText == #"{"a":3,"b":2}"#)
        let error = #expect(throws: JSONError.self) { _ = try JSONValue(parsing: text) }
        #expect(error?.problem.contains("(first at 1:2)") == true)
        let distinct = try JSONValue(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(distinct["e\u{301}"] == 2)
    }

    @Test("a byte order mark is skipped")
    func byteOrderMark() throws {
        let value = try JSONValue(parsing: "\u{FEFF}[1]")
        #expect(value == [1])
        #expect(value.position?.column == 1)
    }

    @Test("no text makes the reader crash")
    func totality() {
        checkProperty("reading ends", Gen.array(of: Gen<UInt8>.integer()), rounds: 2000) { bytes in
            _ = try? JSONValue(parsing: bytes.span)
            return true
        }
        let near = Gen.text(of: Array("[]{},:\"\\u0dd8c19eE+-.truefalsn \n"))
        checkProperty("reading what is almost right ends", near, rounds: 3000) { text in
            guard let value = try? JSONValue(parsing: text) else { return true }
            return try JSONValue(parsing: value.compactText) == value
        }
    }

    @Test("values of another shape are refused with what was wanted")
    func shapes() throws {
        let value = try JSONValue(parsing: #"{"a": "x", "n": 7, "f": 1.5}"#, source: "s")
        #expect(try value.member("n").requireInteger(in: 0...9) == 7)
        #expect(try value.member("f").requireDouble() == 1.5)
        let missing = #expect(throws: JSONError.self) { _ = try value.member("b") }
        #expect(missing?.description == "s:1:1: the member \"b\" is missing; add it")
        let text = #expect(throws: JSONError.self) { _ = try value.member("a").requireInteger() }
        #expect(text?.description == "s:1:7: a string where an integer should be; write an integer")
        let range = #expect(throws: JSONError.self) {
            _ = try value.member("n").requireInteger(in: 1...5)
        }
        #expect(range?.problem == "the number 7 where an integer from 1 to 5 should be")
        #expect(range?.failure("CFG_VALUE").code == "CFG_VALUE")
    }
}
