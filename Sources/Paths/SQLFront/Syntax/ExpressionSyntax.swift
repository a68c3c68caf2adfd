internal import Columns
internal import Failures

/// A name as it stands in the script.
struct Identifier: Hashable, Sendable {
    var text: String
    var position: SourcePosition
    /// Whether it was written in quotes, which hides it from keyword checks.
    var isQuoted = false
}

/// A parsed, unbound scalar expression.
struct ExpressionSyntax: Sendable {
    indirect enum Kind: Sendable {
        /// `a`, `t.a`.
        case name([Identifier])
        /// `*` or `t.*`, in items and COUNT(*).
        case star(Identifier?)
        case number(String)
        case string(String)
        case bytes(String)
        case boolean(Bool)
        case null
        /// `DATE '…'`, `TIME '…'`, `TIMESTAMP '…'`: the keyword and the text.
        case temporal(TemporalKind, String)
        case interval(IntervalSyntax)
        /// `10s` in a window clause: microseconds.
        case duration(Int64)
        case unary(UnaryOperator, ExpressionSyntax)
        case binary(BinaryOperator, ExpressionSyntax, ExpressionSyntax)
        /// AND or OR of two or more terms.
        case logical(isAnd: Bool, [ExpressionSyntax])
        case isTest(ExpressionSyntax, IsTest, isNegated: Bool)
        case isDistinct(ExpressionSyntax, ExpressionSyntax, isNegated: Bool)
        case like(
            ExpressionSyntax,
            pattern: ExpressionSyntax,
            escape: ExpressionSyntax?,
            isNegated: Bool
        )
        case between(
            ExpressionSyntax,
            lower: ExpressionSyntax,
            upper: ExpressionSyntax,
            isNegated: Bool,
            isSymmetric: Bool
        )
        case inList(ExpressionSyntax, [ExpressionSyntax], isNegated: Bool)
        case inQuery(ExpressionSyntax, QuerySyntax, isNegated: Bool)
        case choice(operand: ExpressionSyntax?, [BranchSyntax], otherwise: ExpressionSyntax?)
        case cast(ExpressionSyntax, TypeSyntax, isTry: Bool)
        case call(CallSyntax)
        /// A bare unit word in the place of an argument: `EXTRACT(HOUR FROM t)`.
        case unit(TimeUnit)
    }

    enum TemporalKind: String, Sendable {
        case date = "DATE"
        case time = "TIME"
        case timestamp = "TIMESTAMP"
    }

    enum UnaryOperator: Sendable {
        case minus, plus, not
    }

    enum IsTest: Sendable {
        case null, isTrue, isFalse
    }

    var kind: Kind
    var position: SourcePosition
    /// Levels of expressions inside, 1 for a leaf; bounded by ``ScriptLimits/nesting``.
    var height: Int
}

/// `WHEN condition THEN result`.
struct BranchSyntax: Sendable {
    var condition: ExpressionSyntax
    var result: ExpressionSyntax
}

/// Operators between two operands, with their spelling.
enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case concat = "||"
    case equal = "="
    case notEqual = "<>"
    case bangEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .bangEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }
}

/// `INTERVAL '1 02' DAY TO HOUR`, unread: the text is read when its type is known.
struct IntervalSyntax: Sendable {
    var text: String
    var isNegative: Bool
    /// The leading unit as it was written.
    var field: IntervalFieldSyntax
    var from: TimeUnit
    var to: TimeUnit?
}

/// `DAY(3)`: a unit of an interval as it was written.
struct IntervalFieldSyntax: Sendable {
    var unit: TimeUnit
    /// In upper case.
    var word: String
    /// Digits that the amount may have, where they are written.
    var digits: Int64?
}

/// `f([DISTINCT] arguments) [FILTER (WHERE …)] [OVER (…)]`.
struct CallSyntax: Sendable {
    var name: Identifier
    var arguments: [ExpressionSyntax]
    var isDistinct = false
    var filter: ExpressionSyntax?
    var over: OverSyntax?
}

/// `OVER (PARTITION BY … ORDER BY … frame)`.
struct OverSyntax: Sendable {
    var partition: [ExpressionSyntax]
    var order: [OrderSyntax]
    var frame: FrameSyntax?
    var position: SourcePosition
}

/// `ROWS|RANGE BETWEEN lower AND upper`.
struct FrameSyntax: Sendable {
    enum Bound: Sendable {
        case unboundedPreceding, currentRow, unboundedFollowing
        case preceding(ExpressionSyntax)
        case following(ExpressionSyntax)
    }

    var isRange: Bool
    var lower: Bound
    var upper: Bound
    var position: SourcePosition
}

/// One term of an ORDER BY.
struct OrderSyntax: Sendable {
    var expression: ExpressionSyntax
    var isDescending: Bool
    /// `NULLS FIRST` or `NULLS LAST`, as whether NULLs come first.
    var nullsFirst: Bool?
}

/// A type as written, with `NOT NULL`.
struct TypeSyntax: Sendable {
    var type: DataType
    var isNullable: Bool
    var position: SourcePosition
}
