import Scalars
import Testing

@Suite("Integer, decimal and approximate numbers as text")
struct NumberTextTests {
    @Test("integers read back what they write, at the ends of the range too")
    func integers() throws {
        for value in [0, 1, -1, 9, 10, 99, 100, .max, .min, 1_000_000_007, -42] as [Int64] {
            let text = writing { IntegerText.append(value, to: &$0) }
            #expect(text == String(value))
            #expect(try reading(text, IntegerText.parse) == value)
        }
        #expect(try reading("+007", IntegerText.parse) == 7)
    }

    @Test(
        "what is not an integer is refused",
        arguments: ["", "-", "+", " 1", "1 ", "1.0", "0x1", "--1", "1e3", "\u{FF11}"]
    )
    func malformedIntegers(text: String) {
        #expect(throws: ScalarTextError.malformed) { try reading(text, IntegerText.parse) }
    }

    @Test(
        "an integer past 64 bits is out of range",
        arguments: ["9223372036854775808", "-9223372036854775809", "99999999999999999999999999"]
    )
    func largeIntegers(text: String) {
        #expect(throws: ScalarTextError.outOfRange) { try reading(text, IntegerText.parse) }
    }

    struct DecimalCase: Sendable, CustomTestStringConvertible {
        var text: String
        var precision: Int
        var scale: Int
        var unscaled: Int128?
        var testDescription: String { "\(text) as DECIMAL(\(precision), \(scale))" }
    }

    @Test(
        "decimals round half away from zero and refuse what does not fit",
        arguments: [
            DecimalCase(text: "12.345", precision: 10, scale: 2, unscaled: 1235),
            DecimalCase(text: "12.335", precision: 10, scale: 2, unscaled: 1234),
            DecimalCase(text: "-12.345", precision: 10, scale: 2, unscaled: -1235),
            DecimalCase(text: "1", precision: 10, scale: 2, unscaled: 100),
            DecimalCase(text: ".5", precision: 10, scale: 0, unscaled: 1),
            DecimalCase(text: "5.", precision: 10, scale: 1, unscaled: 50),
            DecimalCase(text: "0.04", precision: 3, scale: 1, unscaled: 0),
            DecimalCase(text: "0.004999", precision: 3, scale: 2, unscaled: 0),
            DecimalCase(text: "1.5e2", precision: 5, scale: 0, unscaled: 150),
            DecimalCase(text: "155e-1", precision: 5, scale: 0, unscaled: 16),
            DecimalCase(text: "4e-400", precision: 5, scale: 0, unscaled: 0),
            DecimalCase(text: "0e999999999999", precision: 5, scale: 0, unscaled: 0),
            DecimalCase(text: "9e999999999999", precision: 5, scale: 0, unscaled: nil),
            DecimalCase(text: "99.95", precision: 3, scale: 1, unscaled: nil),
            DecimalCase(text: "99.94", precision: 3, scale: 1, unscaled: 999),
            DecimalCase(text: "100", precision: 2, scale: 0, unscaled: nil),
            DecimalCase(
                text: "000000000000000000000000000000000000000001",
                precision: 1,
                scale: 0,
                unscaled: 1
            ),
            DecimalCase(
                text: "99999999999999999999999999999999999999",
                precision: 38,
                scale: 0,
                unscaled: 99_999_999_999_999_999_999_999_999_999_999_999_999
            ),
            DecimalCase(
                text: "999999999999999999999999999999999999999",
                precision: 38,
                scale: 0,
                unscaled: nil
            ),
        ]
    )
    func decimals(item: DecimalCase) {
        let actual = try? reading(item.text) { bytes throws(ScalarTextError) in
            try DecimalText.parse(bytes, precision: item.precision, scale: item.scale)
        }
        #expect(actual == item.unscaled)
    }

    @Test("decimals keep their scale when written")
    func writtenDecimals() {
        #expect(writing { DecimalText.append(-50, scale: 2, to: &$0) } == "-0.50")
        #expect(writing { DecimalText.append(150, scale: 2, to: &$0) } == "1.50")
        #expect(writing { DecimalText.append(0, scale: 3, to: &$0) } == "0.000")
        #expect(writing { DecimalText.append(7, scale: 0, to: &$0) } == "7")
        #expect(
            writing { DecimalText.append(.min, scale: 38, to: &$0) }
                == "-1.70141183460469231731687303715884105728"
        )
    }

    @Test(
        "doubles read as the standard library reads them",
        arguments: [
            "0", "-0", "1", "-1.5", "0.1", "1e22", "1e23", "123456789012345678", "9007199254740993",
            "0.000001", "3.14159265358979323846", "1.7976931348623157e308", "1e400", "4.9e-324",
            "1e-400",
            "8.41", "5e-324", ".5", "5.", "2.2250738585072011e-308", "179.769313486231580793e306",
            "18446744073709551615", "18446744073709551616e-5", "9007199254740991.5", "7.0E-3",
        ]
    )
    func doubles(text: String) throws {
        let actual = try reading(text, DoubleText.parse)
        let expected = try #require(
            Double(text.hasSuffix(".") ? text + "0" : text.hasPrefix(".") ? "0" + text : text)
        )
        #expect(actual.bitPattern == expected.bitPattern)
        let float = try reading(text, DoubleText.parseFloat)
        let expectedFloat = try #require(
            Float(text.hasSuffix(".") ? text + "0" : text.hasPrefix(".") ? "0" + text : text)
        )
        #expect(float == Double(expectedFloat))
    }

    @Test("random numbers of up to 19 digits round as the standard library rounds them")
    func randomDoubles() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let digits = String(
                UInt64.random(in: 0...UInt64.max, using: &generator) >> UInt64.random(in: 0...63)
            )
            let text = "\(digits)e\(Int.random(in: -25...25))"
            let actual = try reading(text, DoubleText.parse)
            #expect(actual == Double(text), "\(text)")
            let float = try reading(text, DoubleText.parseFloat)
            #expect(float == Float(text).map(Double.init), "\(text)")
        }
    }

    @Test(
        "what is not a number is refused",
        arguments: [
            "", "-", ".", "e5", "1e", "1e+", "nan", "inf", "0x1p3", "1.2.3", "1 ", "Infinit", "1d",
        ]
    )
    func malformedDoubles(text: String) {
        #expect(throws: ScalarTextError.malformed) { try reading(text, DoubleText.parse) }
    }

    @Test("doubles are written as CAST to STRING writes them")
    func writtenDoubles() throws {
        let cases: [(Double, String)] = [
            (1, "1.0"), (1e10, "1.0E10"), (1e-5, "1.0E-5"), (0.001, "0.001"), (0.00099, "9.9E-4"),
            (9_999_999, "9999999.0"), (1e7, "1.0E7"), (123.456, "123.456"), (-0.0, "-0.0"),
            (0, "0.0"),
            (.nan, "NaN"), (-.infinity, "-Infinity"), (0.1 + 0.2, "0.30000000000000004"),
            (1.7976931348623157e308, "1.7976931348623157E308"), (1234567.125, "1234567.125"),
            (100, "100.0"),
            (0.0123456789012345, "0.0123456789012345"),
        ]
        for (value, text) in cases {
            #expect(writing { DoubleText.append(value, to: &$0) } == text)
        }
        #expect(writing { DoubleText.append(.leastNonzeroMagnitude, to: &$0) } == "5.0E-324")
        #expect(writing { DoubleText.appendFloat(Double(Float(0.1)), to: &$0) } == "0.1")
        for _ in 0..<20_000 {
            let value = Double(bitPattern: .random(in: 0...UInt64.max))
            let decimals = (Double.random(in: -1e6...1e6) * 1000).rounded() / 1000
            for number in [value, decimals] where !number.isNaN {
                let text = writing { DoubleText.append(number, to: &$0) }
                #expect(try reading(text, DoubleText.parse) == number)
            }
        }
    }

    @Test("booleans read in any case")
    func booleans() throws {
        #expect(try reading("TRUE", BooleanText.parse))
        #expect(try !reading("fAlse", BooleanText.parse))
        #expect(throws: ScalarTextError.malformed) { try reading("yes", BooleanText.parse) }
        #expect(writing { BooleanText.appendUpper(true, to: &$0) } == "TRUE")
        #expect(writing { BooleanText.append(false, to: &$0) } == "false")
    }
}
