package import Columns
package import Failures

/// A bound scalar expression: typed, its columns resolved to indices of the input's schema.
///
/// The binder makes operands uniform, so an evaluator sees few shapes: see ``ScalarFunction``.
package struct Expression: Hashable, Sendable {
    package indirect enum Kind: Hashable, Sendable {
        /// Index into the input's columns.
        case column(Int)
        case literal(Value)
        case call(ScalarFunction, [Expression])
        /// `TRY_CAST` gives NULL where `CAST` raises an error.
        case cast(Expression, isTry: Bool)
        /// The first branch whose condition is TRUE; branches not taken raise no errors. `otherwise` nil is NULL.
        case choice([Branch], otherwise: Expression?)
        /// `operand [NOT] IN (list)`; the values have the operand's type and may include NULL.
        case membership(Expression, [Value], isNegated: Bool)
    }

    /// One `WHEN condition THEN result`.
    package struct Branch: Hashable, Sendable {
        package var condition: Expression
        package var result: Expression

        package init(condition: Expression, result: Expression) {
            self.condition = condition
            self.result = result
        }
    }

    package var kind: Kind
    package var type: DataType
    package var isNullable: Bool
    /// Where the expression begins in the script; not part of its identity.
    package var position: SourcePosition

    package init(
        _ kind: Kind,
        type: DataType,
        isNullable: Bool = true,
        at position: SourcePosition
    ) {
        self.kind = kind
        self.type = type
        self.isNullable = isNullable
        self.position = position
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.type == right.type && left.kind == right.kind
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(type)
    }
}
