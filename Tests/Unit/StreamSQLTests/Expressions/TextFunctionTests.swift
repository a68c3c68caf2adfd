import Columns
import Failures
import SQLFront
import StreamSQL
import Testing

@Suite("Text functions")
struct TextFunctionTests {
    private static func string(_ function: ScalarFunction, _ operands: Expression...) -> Expression
    {
        Expression(.call(function, operands), type: .string, at: somewhere)
    }

    private static func number(_ function: ScalarFunction, _ operands: Expression...) -> Expression
    {
        Expression(.call(function, operands), type: .int, at: somewhere)
    }

    private static func truth(_ function: ScalarFunction, _ operands: Expression...) -> Expression {
        Expression(.call(function, operands), type: .boolean, at: somewhere)
    }

    static let lengths: [Vector] = [
        Vector("T9: CHAR_LENGTH('é')", number(.charLength, text("é")), .integer(1)),
        Vector("CHAR_LENGTH('a😀漢')", number(.charLength, text("a😀漢")), .integer(3)),
        Vector("CHAR_LENGTH('')", number(.charLength, text("")), .integer(0)),
        Vector("CHAR_LENGTH(NULL)", number(.charLength, null(.string)), .null),
        Vector("OCTET_LENGTH('é')", number(.octetLength, text("é")), .integer(2)),
        Vector("ASCII('abc')", number(.ascii, text("abc")), .integer(97)),
        Vector("ASCII('')", number(.ascii, text("")), .integer(0)),
        Vector(
            "T9: POSITION beyond the text",
            number(.position, text("b"), text("aé"), int(9)),
            .integer(0)
        ),
        Vector("POSITION('é' IN 'aéb')", number(.position, text("é"), text("aéb")), .integer(2)),
        Vector("POSITION('b' IN 'éb')", number(.position, text("b"), text("éb")), .integer(2)),
        Vector("POSITION('' IN 'abc')", number(.position, text(""), text("abc")), .integer(1)),
        Vector("POSITION('x' IN 'abc')", number(.position, text("x"), text("abc")), .integer(0)),
        Vector(
            "LOCATE('b', 'abcb', 3)",
            number(.position, text("b"), text("abcb"), int(3)),
            .integer(4)
        ),
        Vector(
            "LOCATE('a', 'abc', -5)",
            number(.position, text("a"), text("abc"), int(-5)),
            .integer(1)
        ),
    ]

    static let cases: [Vector] = [
        Vector("UPPER('straße')", string(.upper, text("straße")), .text("STRASSE")),
        Vector("UPPER('abc1')", string(.upper, text("abc1")), .text("ABC1")),
        Vector("LOWER('ÀB')", string(.lower, text("ÀB")), .text("àb")),
        Vector("LOWER('ΑΣ ΣΑ')", string(.lower, text("ΑΣ ΣΑ")), .text("ας σα")),
        Vector("LOWER('ABC[')", string(.lower, text("ABC[")), .text("abc[")),
        Vector(
            "INITCAP('hello wORLD-x2y')",
            string(.initCap, text("hello wORLD-x2y")),
            .text("Hello World-X2y")
        ),
        Vector("INITCAP('élan VITAL')", string(.initCap, text("élan VITAL")), .text("Élan Vital")),
        Vector("UPPER(NULL)", string(.upper, null(.string)), .null),
        Vector("REVERSE('aé😀')", string(.reverse, text("aé😀")), .text("😀éa")),
        Vector("CHR(65)", string(.chr, int(65)), .text("A")),
        Vector("CHR(233)", string(.chr, int(233)), .text("é")),
        Vector("CHR(321)", string(.chr, int(321)), .text("A")),
        Vector("CHR(-1)", string(.chr, int(-1)), .text("")),
        Vector("CHR(256)", string(.chr, int(256)), .text("\0")),
        Vector("MD5('')", string(.md5, text("")), .text("d41d8cd98f00b204e9800998ecf8427e")),
        Vector("MD5('abc')", string(.md5, text("abc")), .text("900150983cd24fb0d6963f7d28e17f72")),
        Vector(
            "SHA256('abc')",
            string(.sha256, text("abc")),
            .text("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        ),
    ]

    static let parts: [Vector] = [
        Vector("SUBSTRING('hello', 2)", string(.substring, text("hello"), int(2)), .text("ello")),
        Vector(
            "SUBSTRING('hello', 2, 3)",
            string(.substring, text("hello"), int(2), int(3)),
            .text("ell")
        ),
        Vector(
            "SUBSTRING('hello', 0, 2)",
            string(.substring, text("hello"), int(0), int(2)),
            .text("he")
        ),
        Vector("SUBSTRING('hello', -3)", string(.substring, text("hello"), int(-3)), .text("llo")),
        Vector("SUBSTRING('hello', -9)", string(.substring, text("hello"), int(-9)), .text("")),
        Vector("SUBSTRING('hello', 9)", string(.substring, text("hello"), int(9)), .text("")),
        Vector(
            "SUBSTRING('hello', 2, -1)",
            string(.substring, text("hello"), int(2), int(-1)),
            .null
        ),
        Vector(
            "SUBSTRING('aé漢b', 2, 2)",
            string(.substring, text("aé漢b"), int(2), int(2)),
            .text("é漢")
        ),
        Vector(
            "SUBSTRING('hello', 2, greatest)",
            string(.substring, text("hello"), int(2), bigint(.max)),
            .text("ello")
        ),
        Vector(
            "SUBSTRING('hello', least)",
            string(.substring, text("hello"), bigint(.min)),
            .text("")
        ),
        Vector("LEFT('aéb', 2)", string(.left, text("aéb"), int(2)), .text("aé")),
        Vector("LEFT('ab', -1)", string(.left, text("ab"), int(-1)), .text("")),
        Vector("RIGHT('aéb', 2)", string(.right, text("aéb"), int(2)), .text("éb")),
        Vector("RIGHT('ab', 9)", string(.right, text("ab"), int(9)), .text("ab")),
        Vector("RIGHT('ab', 0)", string(.right, text("ab"), int(0)), .text("")),
        Vector("TRIM('  a b ')", string(.trim, text("  a b "), text(" ")), .text("a b")),
        Vector("TRIM(BOTH 'éx' …)", string(.trim, text("xéaéx"), text("éx")), .text("a")),
        Vector("LTRIM('  a ')", string(.trimLeading, text("  a "), text(" ")), .text("a ")),
        Vector(
            "RTRIM('xxaxx', 'x')",
            string(.trimTrailing, text("xxaxx"), text("x")),
            .text("xxa")
        ),
        Vector("TRIM('   ')", string(.trim, text("   "), text(" ")), .text("")),
        Vector(
            "OVERLAY('abcdef','XY',3)",
            string(.overlay, text("abcdef"), text("XY"), int(3)),
            .text("abXYef")
        ),
        Vector(
            "OVERLAY('abcdef','XY',3,3)",
            string(.overlay, text("abcdef"), text("XY"), int(3), int(3)),
            .text("abXYf")
        ),
        Vector(
            "OVERLAY('abcdef','X',2,0)",
            string(.overlay, text("abcdef"), text("X"), int(2), int(0)),
            .text("aXbcdef")
        ),
        Vector(
            "OVERLAY('abc','X',9)",
            string(.overlay, text("abc"), text("X"), int(9)),
            .text("abc")
        ),
        Vector(
            "OVERLAY('aéb','é',2)",
            string(.overlay, text("aéb"), text("xy"), int(2)),
            .text("axy")
        ),
        Vector(
            "SPLIT_INDEX('a,b,,c', ',', 2)",
            string(.splitIndex, text("a,b,,c"), text(","), int(2)),
            .text("")
        ),
        Vector(
            "SPLIT_INDEX('a,b', ',', 0)",
            string(.splitIndex, text("a,b"), text(","), int(0)),
            .text("a")
        ),
        Vector(
            "SPLIT_INDEX('a,b', ',', 2)",
            string(.splitIndex, text("a,b"), text(","), int(2)),
            .null
        ),
        Vector(
            "SPLIT_INDEX('a,b', ',', -1)",
            string(.splitIndex, text("a,b"), text(","), int(-1)),
            .null
        ),
        Vector(
            "SPLIT_INDEX('a::b', '::', 1)",
            string(.splitIndex, text("a::b"), text("::"), int(1)),
            .text("b")
        ),
        Vector(
            "SPLIT_PART('a,b', ',', 2)",
            string(.splitPart, text("a,b"), text(","), int(2)),
            .text("b")
        ),
        Vector(
            "SPLIT_PART('a,b', ',', 3)",
            string(.splitPart, text("a,b"), text(","), int(3)),
            .text("")
        ),
        Vector(
            "SPLIT_PART('a,b', ',', 0)",
            string(.splitPart, text("a,b"), text(","), int(0)),
            .text("")
        ),
    ]

    static let building: [Vector] = [
        Vector(
            "CONCAT('a','b','c')",
            string(.concat, text("a"), text("b"), text("c")),
            .text("abc")
        ),
        Vector("CONCAT('a',NULL)", string(.concat, text("a"), null(.string)), .null),
        Vector(
            "CONCAT_WS('-','a',NULL,'','c')",
            string(.concatWithSeparator, text("-"), text("a"), null(.string), text(""), text("c")),
            .text("a--c")
        ),
        Vector(
            "CONCAT_WS(NULL,'a','b')",
            string(.concatWithSeparator, null(.string), text("a"), text("b")),
            .null
        ),
        Vector(
            "CONCAT_WS('-',NULL)",
            string(.concatWithSeparator, text("-"), null(.string)),
            .text("")
        ),
        Vector(
            "REPLACE('aXbX','X','yy')",
            string(.replace, text("aXbX"), text("X"), text("yy")),
            .text("ayybyy")
        ),
        Vector(
            "REPLACE('abé','','-')",
            string(.replace, text("abé"), text(""), text("-")),
            .text("-a-b-é-")
        ),
        Vector(
            "REPLACE('aaa','aa','b')",
            string(.replace, text("aaa"), text("aa"), text("b")),
            .text("ba")
        ),
        Vector(
            "LPAD('hi',5,'xy')",
            string(.padLeft, text("hi"), int(5), text("xy")),
            .text("xyxhi")
        ),
        Vector(
            "LPAD('hello',2,'x')",
            string(.padLeft, text("hello"), int(2), text("x")),
            .text("he")
        ),
        Vector("LPAD('é',3,'漢')", string(.padLeft, text("é"), int(3), text("漢")), .text("漢漢é")),
        Vector("LPAD('a',3,'')", string(.padLeft, text("a"), int(3), text("")), .null),
        Vector("LPAD('a',-1,'x')", string(.padLeft, text("a"), int(-1), text("x")), .null),
        Vector("LPAD('a',0,'x')", string(.padLeft, text("a"), int(0), text("x")), .text("")),
        Vector(
            "RPAD('hi',5,'xy')",
            string(.padRight, text("hi"), int(5), text("xy")),
            .text("hixyx")
        ),
        Vector(
            "RPAD to a billion",
            string(.padRight, text("a"), int(1_000_000_000), text("x")),
            .error("EVAL_STRING_LENGTH")
        ),
        Vector("REPEAT('ab',3)", string(.repeatText, text("ab"), int(3)), .text("ababab")),
        Vector("REPEAT('ab',0)", string(.repeatText, text("ab"), int(0)), .text("")),
        Vector(
            "REPEAT('ab', greatest)",
            string(.repeatText, text("ab"), bigint(.max)),
            .error("EVAL_STRING_LENGTH")
        ),
    ]

    static let patterns: [Vector] = [
        Vector("T7: 'abc' LIKE 'a.c'", truth(.like, text("abc"), text("a.c")), .boolean(false)),
        Vector("'a\\nc' LIKE 'a_c'", truth(.like, text("a\nc"), text("a_c")), .boolean(true)),
        Vector(
            "'50%' LIKE '50!%' ESCAPE '!'",
            truth(.like, text("50%"), text("50!%"), text("!")),
            .boolean(true)
        ),
        Vector("NULL LIKE 'a'", truth(.like, null(.string), text("a")), .null),
        Vector(
            "REGEXP('foobar','o+b')",
            truth(.regexp, text("foobar"), text("o+b")),
            .boolean(true)
        ),
        Vector(
            "REGEXP('foobar','^bar')",
            truth(.regexp, text("foobar"), text("^bar")),
            .boolean(false)
        ),
        Vector("REGEXP('foobar','')", truth(.regexp, text("foobar"), text("")), .boolean(false)),
        Vector(
            "REGEXP_EXTRACT('foothebar','foo(.*?)(bar)',2)",
            string(.regexpExtract, text("foothebar"), text("foo(.*?)(bar)"), int(2)),
            .text("bar")
        ),
        Vector(
            "REGEXP_EXTRACT('foothebar','foo(.*?)(bar)',1)",
            string(.regexpExtract, text("foothebar"), text("foo(.*?)(bar)"), int(1)),
            .text("the")
        ),
        Vector(
            "REGEXP_EXTRACT('abc','b.')",
            string(.regexpExtract, text("abc"), text("b.")),
            .text("bc")
        ),
        Vector("REGEXP_EXTRACT('abc','x')", string(.regexpExtract, text("abc"), text("x")), .null),
        Vector(
            "REGEXP_EXTRACT('abc','b',3)",
            string(.regexpExtract, text("abc"), text("b"), int(3)),
            .null
        ),
        Vector(
            "REGEXP_REPLACE('foobar','oo|ar','')",
            string(.regexpReplace, text("foobar"), text("oo|ar"), text("")),
            .text("fb")
        ),
        Vector(
            "REGEXP_REPLACE('aab','a*','X')",
            string(.regexpReplace, text("aab"), text("a*"), text("X")),
            .text("XXbX")
        ),
        Vector(
            "REGEXP_REPLACE('abc','x*','-')",
            string(.regexpReplace, text("abc"), text("x*"), text("-")),
            .text("-a-b-c-")
        ),
        Vector(
            "REGEXP_REPLACE takes its text literally",
            string(.regexpReplace, text("a1"), text("\\d"), text("$0")),
            .text("a$0")
        ),
    ]

    static let json: [Vector] = [
        Vector(
            "JSON_VALUE $.a",
            string(.jsonValue, text(#"{"a": true}"#), text("$.a")),
            .text("true")
        ),
        Vector(
            "JSON_VALUE lax $.a.b[1]",
            string(.jsonValue, text(#"{"a": {"b": [1, "x"]}}"#), text("lax $.a.b[1]")),
            .text("x")
        ),
        Vector(
            "JSON_VALUE number",
            string(.jsonValue, text(#"{"a": 1.50}"#), text("$.a")),
            .text("1.5")
        ),
        Vector("JSON_VALUE integer", string(.jsonValue, text(#"[12]"#), text("$[0]")), .text("12")),
        Vector(
            "JSON_VALUE of an object",
            string(.jsonValue, text(#"{"a": {}}"#), text("$.a")),
            .null
        ),
        Vector("JSON_VALUE null", string(.jsonValue, text(#"{"a": null}"#), text("$.a")), .null),
        Vector("JSON_VALUE absent", string(.jsonValue, text(#"{"a": 1}"#), text("$.b")), .null),
        Vector("JSON_VALUE of bad JSON", string(.jsonValue, text("{"), text("$.a")), .null),
        Vector(
            "JSON_VALUE $['a b']",
            string(.jsonValue, text(#"{"a b": "é"}"#), text("$['a b']")),
            .text("é")
        ),
    ]

    @Test(
        "every vector holds, constant, plain and coded",
        arguments: lengths + cases + parts + building + patterns + json
    )
    func holds(_ vector: Vector) throws {
        #expect(try answer(vector.expression) == vector.expected())
    }

    @Test("a constant pattern that cannot be compiled is refused with its place")
    func refusedPatterns() {
        let operands = [
            Self.truth(.regexp, column(0, .string), text("(?=a)")),
            Self.truth(.regexp, column(0, .string), text("(a)\\1")),
            Self.string(.regexpReplace, column(0, .string), text("["), text("")),
            Self.truth(.like, column(0, .string), text("a!b"), text("!")),
        ]
        for expression in operands {
            let error = #expect(throws: Failure.self) {
                _ = try ExpressionEvaluator(
                    [expression],
                    inputSchema: Schema([Field("c", .string)]),
                    context: EvaluationContext()
                )
            }
            #expect(error?.code == "EVAL_REGEX")
            #expect(error?.position == .text(somewhere))
        }
        let path = Self.string(.jsonValue, column(0, .string), text("a.b"))
        let error = #expect(throws: Failure.self) {
            _ = try ExpressionEvaluator(
                [path],
                inputSchema: Schema([Field("c", .string)]),
                context: EvaluationContext()
            )
        }
        #expect(error?.code == "TYPE_ARGUMENT")
    }

    @Test("a pattern from a column that is none is the row's error", arguments: [false, true])
    func patternsFromColumns(isCoded: Bool) throws {
        let input = batch(
            [
                (.string, [.text("abc"), .text("abc"), .text("abc")]),
                (.string, [.text("b"), .text("("), .null]),
            ],
            isCoded: isCoded
        )
        let regexp = Self.truth(.regexp, column(0, .string), column(1, .string))
        #expect(try answers(regexp, over: input) == [.boolean(true), .error("EVAL_REGEX"), .null])
        let like = Self.truth(.like, column(0, .string), column(1, .string), text("("))
        #expect(try answers(like, over: input) == [.boolean(false), .error("EVAL_REGEX"), .null])
    }

    @Test("results of coded texts share one dictionary of distinct texts from batch to batch")
    func dictionaries() throws {
        let input = batch(
            [(.string, [.text("a"), .text("A"), .null, .text("b"), .text("a")])],
            isCoded: true
        )
        let evaluator = try ExpressionEvaluator(
            [Self.string(.upper, column(0, .string))],
            inputSchema: input.schema,
            context: EvaluationContext()
        )
        let first = evaluator.evaluate(input, clock: 0).columns[0]
        let second = evaluator.evaluate(input.slice(1..<4), clock: 0).columns[0]
        #expect(first.valueArray == [.text("A"), .text("A"), .null, .text("B"), .text("A")])
        #expect(second.valueArray == [.text("A"), .null, .text("B")])
        guard case .coded(let codes, let dictionary) = first.values,
            case .coded(_, let other) = second.values
        else {
            Issue.record("the result is not coded")
            return
        }
        #expect(dictionary === other)
        #expect(dictionary.values.count == 2)
        #expect(codes[0] == codes[1])
    }

    @Test("errors of entries reach exactly the rows that have them")
    func entryErrors() throws {
        let input = batch(
            [(.string, [.text("1"), .text("x"), .null, .text("x"), .text("2")])],
            isCoded: true
        )
        let number = cast(column(0, .string), .int)
        #expect(
            try answers(number, over: input)
                == [.integer(1), .error("EVAL_CAST"), .null, .error("EVAL_CAST"), .integer(2)]
        )
        let tried = cast(column(0, .string), .int, isTry: true)
        #expect(try answers(tried, over: input) == [.integer(1), .null, .null, .null, .integer(2)])
        let slice = input.slice(0..<1)
        #expect(try answers(number, over: slice) == [.integer(1)])
    }
}
