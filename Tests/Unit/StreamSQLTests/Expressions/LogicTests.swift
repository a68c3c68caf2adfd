import Columns
import SQLFront
import StreamSQL
import Testing

@Suite("Logic, comparison and choice")
struct LogicTests {
    private static let truth: [Bool?] = [true, false, nil]

    private func value(_ truth: Bool?) -> Value { truth.map(Value.boolean) ?? .null }

    @Test("AND, OR and NOT follow the three-valued truth tables")
    func truthTables() throws {
        var pairs: [(Bool?, Bool?)] = []
        for left in Self.truth { for right in Self.truth { pairs.append((left, right)) } }
        let input = batch([
            (.boolean, pairs.map { value($0.0) }), (.boolean, pairs.map { value($0.1) }),
        ])
        let (left, right) = (column(0, .boolean), column(1, .boolean))
        let and = try answers(call(.and, .boolean, left, right), over: input)
        let or = try answers(call(.or, .boolean, left, right), over: input)
        let not = try answers(call(.not, .boolean, left), over: input)
        for (row, (first, second)) in pairs.enumerated() {
            let both: Bool? =
                first == false || second == false
                ? false : first == nil || second == nil ? nil : true
            let either: Bool? =
                first == true || second == true ? true : first == nil || second == nil ? nil : false
            #expect(and[row] == .value(value(both)))
            #expect(or[row] == .value(value(either)))
            #expect(not[row] == .value(value(first.map { !$0 })))
            #expect(
                try answer(call(.and, .boolean, bool(first), bool(second))) == .value(value(both))
            )
            #expect(
                try answer(call(.or, .boolean, bool(first), bool(second))) == .value(value(either))
            )
        }
    }

    @Test("T6: comparisons with NULL are NULL, and IS tests never are")
    func nullComparisons() throws {
        #expect(try answer(call(.equal, .boolean, null(.int), null(.int))) == .null)
        #expect(try answer(call(.not, .boolean, null(.boolean))) == .null)
        let notGreater = call(.not, .boolean, call(.greater, .boolean, column(0, .int), int(5)))
        let input = batch([(.int, [.null, .integer(3), .integer(9)])])
        let predicate = try Predicate(
            notGreater,
            inputSchema: input.schema,
            context: EvaluationContext()
        )
        #expect(predicate.select(from: input, clock: 0).selection.rows.span[0] == 1)
        #expect(predicate.select(from: input, clock: 0).selection.count == 1)
        let tests: [(ScalarFunction, [Bool])] = [
            (.isNull, [false, false, true]), (.isNotNull, [true, true, false]),
            (.isTrue, [true, false, false]), (.isNotTrue, [false, true, true]),
            (.isFalse, [false, true, false]), (.isNotFalse, [true, false, true]),
        ]
        let rows = batch([(.boolean, Self.truth.map(value))])
        for (function, expected) in tests {
            let result = try answers(call(function, .boolean, column(0, .boolean)), over: rows)
            #expect(result == expected.map(Answer.boolean), "\(function)")
            for (index, truth) in Self.truth.enumerated() {
                let constant = try answer(call(function, .boolean, bool(truth)))
                #expect(
                    constant == .boolean(expected[index]),
                    "\(function) \(String(describing: truth))"
                )
            }
        }
    }

    @Test("IS DISTINCT FROM treats NULL as a value")
    func distinction() throws {
        let values: [Value] = [.integer(1), .integer(1), .null, .null]
        let others: [Value] = [.integer(1), .integer(2), .integer(1), .null]
        let input = batch([(.int, values), (.int, others)])
        let (left, right) = (column(0, .int), column(1, .int))
        let distinct = try answers(call(.isDistinctFrom, .boolean, left, right), over: input)
        #expect(distinct == [.boolean(false), .boolean(true), .boolean(true), .boolean(false)])
        let same = try answers(call(.isNotDistinctFrom, .boolean, left, right), over: input)
        #expect(same == [.boolean(true), .boolean(false), .boolean(false), .boolean(true)])
    }

    @Test("T8: NaN compares with nothing, and both zeros are equal")
    func nanComparisons() throws {
        for function in [ScalarFunction.equal, .less, .lessOrEqual, .greater, .greaterOrEqual] {
            #expect(
                try answer(call(function, .boolean, double(.nan), double(1))) == .boolean(false)
            )
            #expect(
                try answer(call(function, .boolean, double(.nan), double(.nan))) == .boolean(false)
            )
            #expect(
                try answer(call(function, .boolean, bigint(1), double(.nan))) == .boolean(false)
            )
        }
        #expect(try answer(call(.notEqual, .boolean, double(.nan), double(.nan))) == .boolean(true))
        #expect(try answer(call(.notEqual, .boolean, bigint(1), double(.nan))) == .boolean(true))
        #expect(try answer(call(.equal, .boolean, double(0), double(-0.0))) == .boolean(true))
        #expect(
            try answer(call(.equal, .boolean, double(1), double(1.000_000_000_1)))
                == .boolean(false)
        )
    }

    @Test("BIGINT compares exactly with DOUBLE, in both orders")
    func exactComparison() throws {
        let big = bigint(9_007_199_254_740_993)
        let rounded = double(9_007_199_254_740_992)
        #expect(try answer(call(.equal, .boolean, big, rounded)) == .boolean(false))
        #expect(try answer(call(.greater, .boolean, big, rounded)) == .boolean(true))
        #expect(try answer(call(.less, .boolean, rounded, big)) == .boolean(true))
        #expect(try answer(call(.greaterOrEqual, .boolean, rounded, big)) == .boolean(false))
    }

    @Test("decimals of different scales compare as numbers")
    func decimalComparison() throws {
        let half = literal(.decimal(5), .decimal(precision: 2, scale: 1))
        let fifty = literal(.decimal(500), .decimal(precision: 5, scale: 3))
        #expect(try answer(call(.equal, .boolean, half, fifty)) == .boolean(true))
        #expect(try answer(call(.less, .boolean, half, fifty)) == .boolean(false))
    }

    @Test("texts compare by bytes, coded or not", arguments: [false, true])
    func textComparison(isCoded: Bool) throws {
        let values: [Value] = [.text("a"), .text("ab"), .null, .text("é"), .text("z"), .text("")]
        let input = batch([(.string, values), (.string, values.reversed())], isCoded: isCoded)
        let expected: [(ScalarFunction, [Bool?])] = [
            (.equal, [false, true, nil, false, false, false]),
            (.notEqual, [true, false, nil, true, true, true]),
            (.less, [true, false, nil, false, false, true]),
            (.lessOrEqual, [true, true, nil, false, false, true]),
            (.greater, [false, false, nil, true, true, false]),
            (.greaterOrEqual, [false, true, nil, true, true, false]),
        ]
        for (function, answersExpected) in expected {
            let constant = call(function, .boolean, column(0, .string), text("ab"))
            #expect(
                try answers(constant, over: input) == answersExpected.map { .value(value($0)) },
                "\(function)"
            )
            let columns = call(function, .boolean, column(0, .string), column(1, .string))
            let rows = try answers(columns, over: input)
            for row in values.indices {
                guard case .text(let left) = values[row],
                    case .text(let right) = values[values.count - 1 - row]
                else {
                    #expect(rows[row] == .null)
                    continue
                }
                let isEqual = Array(left.utf8) == Array(right.utf8)
                let isLess = left.utf8.lexicographicallyPrecedes(right.utf8)
                let holds =
                    switch function {
                    case .equal: isEqual
                    case .notEqual: !isEqual
                    case .less: isLess
                    case .lessOrEqual: isLess || isEqual
                    case .greater: !isLess && !isEqual
                    default: !isLess
                    }
                #expect(rows[row] == .boolean(holds), "\(function) \(left) \(right)")
            }
        }
    }

    @Test("IN knows NULL on both sides", arguments: [false, true])
    func membership(isCoded: Bool) throws {
        let numbers = batch([(.int, [.integer(1), .integer(5), .null])])
        let texts = batch([(.string, [.text("a"), .text("x"), .null])], isCoded: isCoded)
        func isIn(_ operand: Expression, _ list: [Value], isNegated: Bool = false) -> Expression {
            Expression(
                .membership(operand, list, isNegated: isNegated),
                type: .boolean,
                at: somewhere
            )
        }
        let list: [Value] = [.integer(1), .integer(2)]
        #expect(
            try answers(isIn(column(0, .int), list), over: numbers)
                == [.boolean(true), .boolean(false), .null]
        )
        #expect(
            try answers(isIn(column(0, .int), list + [.null]), over: numbers)
                == [.boolean(true), .null, .null]
        )
        #expect(
            try answers(isIn(column(0, .int), list + [.null], isNegated: true), over: numbers)
                == [.boolean(false), .null, .null]
        )
        let long = (0..<100).map { Value.integer($0 * 5) }
        #expect(
            try answers(isIn(column(0, .int), long), over: numbers)
                == [.boolean(false), .boolean(true), .null]
        )
        #expect(
            try answers(isIn(column(0, .string), [.text("b"), .text("a")]), over: texts)
                == [.boolean(true), .boolean(false), .null]
        )
        #expect(try answer(isIn(double(.nan), [.double(.nan)])) == .boolean(false))
        #expect(try answer(isIn(double(-0.0), [.double(0)])) == .boolean(true))
    }

    @Test("errors count only where an operand is needed")
    func shortCircuit() throws {
        let input = batch([(.int, [.integer(0), .integer(2), .null])])
        let value = column(0, .int)
        let quotient = call(.divide, .int, int(10), value)
        let isBig = call(.greater, .boolean, quotient, int(1))
        let isZero = call(.equal, .boolean, value, int(0))
        let isNotZero = call(.notEqual, .boolean, value, int(0))
        #expect(
            try answers(call(.and, .boolean, isNotZero, isBig), over: input)
                == [.boolean(false), .boolean(true), .null]
        )
        #expect(
            try answers(call(.or, .boolean, isZero, isBig), over: input)
                == [.boolean(true), .boolean(true), .null]
        )
        #expect(
            try answers(call(.and, .boolean, isBig, isNotZero), over: input)
                == [.error("EVAL_DIV_ZERO"), .boolean(true), .null]
        )
        #expect(
            try answers(choice([(isNotZero, quotient)], otherwise: int(-1), .int), over: input)
                == [.integer(-1), .integer(5), .integer(-1)]
        )
        #expect(
            try answers(
                choice([(isZero, int(0)), (isBig, int(1))], otherwise: nil, .int),
                over: input
            )
                == [.integer(0), .integer(1), .null]
        )
        #expect(
            try answers(
                call(.coalesce, .int, value, call(.divide, .int, int(1), int(0))),
                over: input
            )
                == [.integer(0), .integer(2), .error("EVAL_DIV_ZERO")]
        )
        let failing = call(.divide, .int, int(1), int(0))
        #expect(
            try answer(choice([(bool(false), failing)], otherwise: int(3), .int)) == .integer(3)
        )
        #expect(try answer(call(.coalesce, .int, int(4), failing)) == .integer(4))
    }

    @Test("CASE chooses values of every layout", arguments: [false, true])
    func choices(isCoded: Bool) throws {
        let rows = batch(
            [
                (.int, [.integer(1), .integer(2), .null, .integer(3)]),
                (.string, [.text("p"), .text("q"), .text("r"), .null]),
            ],
            isCoded: isCoded
        )
        func isNumber(_ number: Int64) -> Expression {
            call(.equal, .boolean, column(0, .int), int(number))
        }
        let texts = choice(
            [(isNumber(1), text("one")), (isNumber(2), column(1, .string))],
            otherwise: column(1, .string),
            .string
        )
        #expect(try answers(texts, over: rows) == [.text("one"), .text("q"), .text("r"), .null])
        let constants = choice(
            [(isNumber(1), text("one")), (isNumber(2), text("two"))],
            otherwise: nil,
            .string
        )
        #expect(try answers(constants, over: rows) == [.text("one"), .text("two"), .null, .null])
        let booleans = choice(
            [(isNumber(1), bool(true)), (isNumber(2), bool(nil))],
            otherwise: bool(false),
            .boolean
        )
        #expect(
            try answers(booleans, over: rows) == [
                .boolean(true), .null, .boolean(false), .boolean(false),
            ]
        )
        let doubles = choice([(isNumber(1), double(1.5))], otherwise: null(.double), .double)
        #expect(try answers(doubles, over: rows) == [.double(1.5), .null, .null, .null])
    }

    @Test("literals that only look alike stay apart")
    func lookalikes() throws {
        let quotients = [0.0, -0.0].map { call(.divide, .double, column(0, .double), double($0)) }
        let texts = ["\u{E9}", "e\u{301}"].map { text($0) }
        let isPositive = call(.greater, .boolean, column(0, .double), double(0))
        let chosen = choice([(isPositive, texts[0])], otherwise: texts[1], .string)
        let input = batch([(.double, [.double(1), .double(-1)])])
        let evaluator = try ExpressionEvaluator(
            quotients + texts + [chosen],
            inputSchema: input.schema,
            context: EvaluationContext()
        )
        let columns = evaluator.evaluate(input, clock: 0).columns
        #expect(columns[0].value(0) == .double(.infinity))
        #expect(columns[1].value(0) == .double(-.infinity))
        func byteCount(_ column: Column, _ row: Int) -> Int? {
            if case .text(let text) = column.value(row) { text.utf8.count } else { nil }
        }
        #expect(byteCount(columns[2], 0) == 2)
        #expect(byteCount(columns[3], 0) == 3)
        #expect(byteCount(columns[4], 0) == 2)
        #expect(byteCount(columns[4], 1) == 3)
    }

    @Test("a predicate leaves out rows with an error and reports them")
    func predicateErrors() throws {
        let input = batch([(.int, [.integer(0), .integer(2), .integer(20)])])
        let condition = call(
            .greater,
            .boolean,
            call(.divide, .int, int(10), column(0, .int)),
            int(1)
        )
        let predicate = try Predicate(
            condition,
            inputSchema: input.schema,
            context: EvaluationContext()
        )
        let outcome = predicate.select(from: input, clock: 0)
        #expect(outcome.selection.count == 1)
        #expect(outcome.selection.rows[0] == 1)
        #expect(outcome.errors.map(\.row) == [0])
        #expect(outcome.errors.map(\.code) == ["EVAL_DIV_ZERO"])
    }
}
