internal import Failures
internal import TestKit
internal import Testing
internal import YAML

@Suite("YAML")
struct YAMLReadingTests {
    @Test("Keys and values know their line and column, counted in characters")
    func placesAreKnown() throws {
        let text = """
            # a comment
            name: "ä €"
            list:
              - one
              - { é: 2, three: [3] }
            """
        let root = try YAMLNode(parsing: text, source: "plan.yaml")
        let members = try #require(root.mapping)
        #expect(members.map(\.key) == ["name", "list"])
        #expect(members.map(\.position.description) == ["plan.yaml:2:1", "plan.yaml:3:1"])
        #expect(members[0].value.position.description == "plan.yaml:2:7")
        let list = try #require(members[1].value.sequence)
        #expect(list[0].position.description == "plan.yaml:4:5")
        let inner = try #require(list[1].mapping)
        #expect(inner[1].key == "three")
        #expect(inner[1].position.description == "plan.yaml:5:13")
        #expect(inner[1].value.position.description == "plan.yaml:5:20")
    }

    @Test("Plain scalars have the types of the core schema, quoted ones are strings")
    func scalarsAreTyped() throws {
        let cases: [(String, YAMLScalar.Value)] = [
            ("~", .null), ("null", .null), ("Null", .null), ("nUll", .string("nUll")),
            ("true", .bool(true)), ("FALSE", .bool(false)), ("yes", .string("yes")),
            ("off", .string("off")), ("0", .integer(0)), ("-12", .integer(-12)),
            ("+7", .integer(7)), ("010", .integer(10)), ("0o17", .integer(15)),
            ("0xFf", .integer(255)), ("0x-1", .string("0x-1")), ("1_000", .string("1_000")),
            ("1.5", .number(1.5)), (".5", .number(0.5)), ("5.", .number(5)),
            ("-.5e3", .number(-500)), ("5.e1", .number(50)), ("1e-9", .number(1e-9)),
            ("+1.0", .number(1)), (".inf", .number(.infinity)), ("-.INF", .number(-.infinity)),
            ("10%", .string("10%")), ("2026-12-31", .string("2026-12-31")),
            ("-", .string("-")), (".", .string(".")), ("1e", .string("1e")),
            ("12:30", .string("12:30")), ("\"1\"", .string("1")), ("'true'", .string("true")),
            ("99999999999999999999", .number(1e20)),
        ]
        for (text, value) in cases {
            // A lone hyphen begins a list elsewhere.
            let node = try YAMLNode(parsing: text == "-" ? "[\"-\"]" : "[\(text)]")
            #expect(node.sequence?[0].scalar?.value == value, "\(text)")
        }
        let nan = try YAMLNode(parsing: ".nan").scalar?.value
        guard case .number(let number) = nan else {
            Issue.record("\(String(describing: nan))")
            return
        }
        #expect(number.isNaN)
    }

    @Test("Aliases stand for the value of their anchor")
    func aliasesStand() throws {
        let root = try YAMLNode(parsing: "a: &x { k: 1 }\nb: *x\nc: [*x, *x]\n")
        #expect(root["b"] == root["a"])
        #expect(root["c"]?.sequence?.count == 2)
        #expect(try YAMLNode(parsing: "- &n name\n- { *n : 1 }\n").sequence?[1]["name"] != nil)
    }

    @Test("Core tags are obeyed, others refused")
    func tagsAreChecked() throws {
        #expect(try YAMLNode(parsing: "!!str 8").scalar?.value == .string("8"))
        #expect(try YAMLNode(parsing: "!!int \"8\"").scalar?.value == .integer(8))
        #expect(try YAMLNode(parsing: "!!map { a: 1 }")["a"] != nil)
        for text in ["!secret x", "!!int x", "!!seq { }", "!!python/object:x y", "!<tag:x> 1"] {
            let error = #expect(throws: YAMLError.self) { _ = try YAMLNode(parsing: text) }
            #expect(error?.problem.hasPrefix("the tag ") == true, "\(text)")
        }
    }

    @Test(
        "Bad texts are errors with a place and a remedy",
        arguments: [
            Bad("a: 1\nb: 2\na: 3\n", "3:1", "the key \"a\" appears twice (first at 1:1)"),
            Bad("a: [1, 2\nb: 3\n", "2:2", "while parsing a flow sequence"),
            Bad("a: \"x\n", "2:1", "while scanning a quoted scalar"),
            Bad("a:\n\t- 1\n", "2:1", "cannot start any token"),
            Bad("a: *b\n", "1:4", "the alias *b stands for nothing before it"),
            Bad("a: &a [*a]\n", "1:8", "the alias *a stands for nothing before it"),
            Bad("? [1]\n: 2\n", "1:3", "a list is a key"),
            Bad("a: 1\n---\nb: 2\n", "2:1", "a second document begins"),
            Bad("", "1:1", "the text is empty"),
            Bad("# nothing\n", "2:1", "the text is empty"),
            Bad("a: 1\n b: 2\n", "2:3", "mapping values are not allowed"),
        ]
    )
    func badTextsAreErrors(_ bad: Bad) throws {
        let error = #expect(throws: YAMLError.self) { _ = try YAMLNode(parsing: bad.text) }
        #expect(error?.position.description == bad.position)
        #expect(error?.problem.contains(bad.problem) == true, "\(error?.problem ?? "")")
        #expect(error?.remedy.isEmpty == false)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var text: String
        var position: String
        var problem: String

        init(_ text: String, _ position: String, _ problem: String) {
            self.text = text
            self.position = position
            self.problem = problem
        }

        var testDescription: String { text.debugDescription }
    }

    @Test("Bytes that are no UTF-8 are told with their place")
    func brokenCharactersAreTold() throws {
        let bytes = Array("a: é\nb: ".utf8) + [0xFF, 0x0A]
        let error = #expect(throws: YAMLError.self) { _ = try YAMLNode(parsing: bytes) }
        #expect(error?.position.description == "2:4")
        #expect(error?.remedy == "write the text in UTF-8")
    }

    @Test("Size, depth and the growth by aliases have limits")
    func limitsHold() throws {
        let long = [UInt8](repeating: 0x61, count: (1 << 20) + 1)
        #expect(throws: YAMLError.self) { _ = try YAMLNode(parsing: long) }
        #expect(try YAMLNode(parsing: Array(long.dropLast())).scalar != nil)
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(try YAMLNode(parsing: deep).sequence != nil)
        let deeper = #expect(throws: YAMLError.self) { _ = try YAMLNode(parsing: "[[\(deep)]]") }
        #expect(deeper?.problem == "values are nested too deep")
        var laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            laughs += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let bomb = #expect(throws: YAMLError.self) { _ = try YAMLNode(parsing: laughs) }
        #expect(bomb?.problem == "its aliases make more than 10 times of what it writes")
    }
}
