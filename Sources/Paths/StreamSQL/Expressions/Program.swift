internal import Columns
internal import Failures
internal import Patterns
internal import SQLFront

/// Expressions compiled to a list of nodes in which operands come before their users and equal
/// subexpressions exist once.
///
/// Every node is evaluated for every row of a batch. That is what keeps loops tight and common
/// subexpressions shared; operations that need only some of their operands (AND, CASE, COALESCE) drop the
/// faults of rows in which an operand was not needed.
struct Program: Sendable {
    var nodes: [Node] = []
    /// Nodes whose values are wanted, in the order of the expressions.
    var outputs: [Int] = []
}

/// One operation of a program.
struct Node: Sendable {
    enum Operation: Sendable {
        /// Index of an input column.
        case column(Int)
        case literal(Value)
        case call(ScalarFunction, Preparation)
        case cast(isTry: Bool)
        /// Operands: condition, result, condition, result, …, and the other result if there is one.
        case choice(hasOtherwise: Bool)
        case membership(MemberSet, isNegated: Bool)
    }

    var operation: Operation
    /// Indices of nodes.
    var operands: [Int]
    var type: DataType
    var position: SourcePosition
    /// Where results per dictionary entry are kept; nil for nodes that cannot work by entries.
    var memory: DictionaryMemory?
}

/// What a call works out once, at compile time, from operands that are constant.
enum Preparation: Sendable {
    case none
    case like(LikePattern)
    case regex(Pattern)
    case datePattern(DatePattern)
    case unit(TimeUnit)
    case jsonPath(JSONPath)
}
