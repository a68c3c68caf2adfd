internal import Columns

/// One expression to sort by.
struct OrderTerm {
    var expression: Expression
    var isDescending: Bool

    /// The terms that sort as written: NULL is lowest by itself, so `NULLS LAST` ascending and `NULLS FIRST`
    /// descending sort by `IS NULL` first.
    static func keys(of expression: Expression, _ syntax: OrderSyntax) -> [OrderTerm] {
        let term = OrderTerm(expression: expression, isDescending: syntax.isDescending)
        guard let nullsFirst = syntax.nullsFirst, nullsFirst == syntax.isDescending,
            expression.isNullable
        else { return [term] }
        let isNull = Expression.call(
            .isNull,
            [expression],
            .boolean,
            isNullable: false,
            at: expression.position
        )
        return [OrderTerm(expression: isNull, isDescending: syntax.isDescending), term]
    }
}
