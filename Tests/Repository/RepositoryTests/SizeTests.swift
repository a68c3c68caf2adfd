internal import Testing

@Suite("Sizes")
struct SizeTests {
    @Test("No Swift file has more than 500 lines")
    func filesAreShort() {
        for file in Checkout.files where file.path.hasSuffix(".swift") {
            let count = file.lines.count
            #expect(count <= 500, "\(file.path) has \(count) lines; split it by topic")
        }
    }

    @Test("Functions of more than 70 lines are at most 4 in 100, and none has more than 150")
    func functionsAreShort() {
        let functions = Checkout.swift(below: "Sources").flatMap(FunctionLengths.measure)
        let long = functions.filter { $0.lines > 70 }
        #expect(!functions.isEmpty)
        #expect(
            long.count * 100 <= functions.count * 4,
            "\(long.count) of \(functions.count) functions are long: \(long)"
        )
        for function in long {
            #expect(function.lines <= 150, "\(function)")
        }
    }

    @Test("A function is measured from its name to its closing brace, whatever stands in strings")
    func lengthsAreMeasured() {
        let file = SourceFile(
            path: "x.swift",
            text: #"""
                struct S {
                    func a() { print("}") }
                    init(
                        b: Int
                    ) {
                        // }
                        let text = """
                            } \(b) {
                            """
                        print(text)
                    }
                }
                """#
        )
        #expect(FunctionLengths.measure(file).map(\.lines) == [1, 9])
    }
}
