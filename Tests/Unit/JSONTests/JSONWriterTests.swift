import Failures
import JSON
import TestKit
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    @Test("members keep their order, and numbers their text")
    func order() {
        var report: JSONObject = ["rows_in": 336_776, "elapsed_seconds": 1.5]
        report["digest"] = "2:37"
        report["rows_in"] = 7
        report["nothing"] = JSONValue(String?.none)
        #expect(
            JSONValue(report).compactText
                == #"{"rows_in":7,"elapsed_seconds":1.5,"digest":"2:37","nothing":null}"#
        )
        report["digest"] = nil
        #expect(report.members.map(\.name) == ["rows_in", "elapsed_seconds", "nothing"])
    }

    @Test("people get a line per member")
    func indented() {
        let value: JSONValue = ["a": [1, [:], []], "b": ["c": nil, "d": true]]
        #expect(
            value.indentedText == """
                {
                  "a": [
                    1,
                    {},
                    []
                  ],
                  "b": {
                    "c": null,
                    "d": true
                  }
                }
                """
        )
    }

    @Test("control characters, quotes and backslashes are escaped, nothing else")
    func escapes() {
        let value = JSONValue("\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f}\"\\/\u{7f}é\u{2028}")
        #expect(
            value.compactText == "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7f}é\u{2028}\""
        )
    }

    @Test("numbers that JSON does not have become null")
    func nonFinite() {
        #expect(
            JSONValue([JSONValue(Double.nan), JSONValue(Double.infinity)]).compactText
                == "[null,null]"
        )
    }

    @Test("a failure becomes one error object")
    func failures() {
        let failure = Failure(
            "CFG_UNKNOWN_KEY",
            blame: .request,
            "no key \"x\"",
            remedy: "write y",
            at: .text(SourcePosition(line: 1, column: 4))
        )
        #expect(
            failure.json.compactText == #"{"error":{"code":"CFG_UNKNOWN_KEY","#
                + #""problem":"no key \"x\"","remedy":"write y","position":"1:4"}}"#
        )
    }
}

@Suite("Canonical JSON")
struct CanonicalJSONTests {
    /// RFC 8785, appendix B.
    static let numbers: [(UInt64, String)] = [
        (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"), (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ]

    @Test("numbers are written as the RFC's appendix says", arguments: numbers)
    func numberTexts(bits: UInt64, expected: String) {
        #expect(JSONNumber(Double(bitPattern: bits))?.text == expected)
    }

    @Test("the RFC's example is canonical")
    func example() throws {
        let text = #"""
            {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
             "literals": [null, true, false]}
            """#
        let canonical = try CanonicalJSON.text(JSONValue(parsing: text))
        #expect(
            canonical
                == #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
                + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        )
    }

    @Test("names are sorted by UTF-16 code units")
    func sorting() throws {
        let text = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
             "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",
             "\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        let canonical = try JSONValue(parsing: CanonicalJSON.text(JSONValue(parsing: text)))
        #expect(
            canonical.object?.members.compactMap(\.value.string) == [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis",
                "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
            ]
        )
    }

    @Test("a number without an exact value is refused")
    func inexact() throws {
        for text in ["9007199254740993", "1e400", "[9223372036854775807]"] {
            let value = try JSONValue(parsing: text)
            #expect(throws: JSONError.self) { _ = try CanonicalJSON.text(value) }
        }
    }

    @Test("canonical text is a fixed point and keeps numbers")
    func fixedPoint() {
        checkProperty("canonical(parse(canonical(x))) = canonical(x)", anyJSON(), rounds: 300) {
            value in
            guard let text = try? CanonicalJSON.text(value) else { return true }
            return try CanonicalJSON.text(JSONValue(parsing: text)) == text
        }
        checkProperty("the text of a number reads back", Gen.double, rounds: 2000) { value in
            guard value.isFinite else { return true }
            return JSONNumber(value)?.double == value
        }
    }
}
