internal import Failures

/// A parsed query with its ordering and limits.
struct QuerySyntax: Sendable {
    struct CommonTable: Sendable {
        var name: Identifier
        var columns: [Identifier]
        var query: QuerySyntax
    }

    indirect enum Body: Sendable {
        case select(SelectSyntax)
        case values([[ExpressionSyntax]], SourcePosition)
        case operation(SetOperator, Body, Body, SourcePosition)
        /// A query in parentheses.
        case nested(QuerySyntax)
    }

    enum SetOperator: Sendable {
        case union, unionAll, except, intersect
    }

    enum Emit: Sendable {
        case final, changes
    }

    var common: [CommonTable]
    var body: Body
    var order: [OrderSyntax]
    var limit: Int64?
    var offset: Int64
    /// Where LIMIT, OFFSET or FETCH stands.
    var limitPosition: SourcePosition?
    var emit: Emit?
    var emitPosition: SourcePosition?
    var position: SourcePosition
}

/// `SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW … QUALIFY …`.
struct SelectSyntax: Sendable {
    struct Item: Sendable {
        var expression: ExpressionSyntax
        var alias: Identifier?
    }

    var isDistinct: Bool
    var items: [Item]
    var from: [RelationSyntax]
    var filter: ExpressionSyntax?
    /// Nil without a GROUP BY.
    var groups: [ExpressionSyntax]?
    var having: ExpressionSyntax?
    var window: WindowClauseSyntax?
    var qualify: ExpressionSyntax?
    var position: SourcePosition
}

/// One source of a FROM clause.
struct RelationSyntax: Sendable {
    indirect enum Kind: Sendable {
        case name([Identifier])
        case query(QuerySyntax)
        case windows(TableFunctionSyntax)
        case join(RelationSyntax, JoinSyntax, RelationSyntax)
    }

    var kind: Kind
    var alias: Identifier?
    var columnAliases: [Identifier]
    var position: SourcePosition
    /// Levels of joins and queries inside.
    var height: Int
}

/// The kind and the condition of a JOIN.
struct JoinSyntax: Sendable {
    enum Kind: Sendable {
        case inner, left, right, full, cross
    }

    enum Condition: Sendable {
        case none
        case on(ExpressionSyntax)
        case using([Identifier])
    }

    var kind: Kind
    var condition: Condition
    var position: SourcePosition
}

/// `TUMBLE(TABLE t, DESCRIPTOR(ts), size)` and its siblings, arguments by position or by name.
struct TableFunctionSyntax: Sendable {
    enum Kind: String, Sendable {
        case tumble = "TUMBLE"
        case hop = "HOP"
        case cumulate = "CUMULATE"
        case session = "SESSION"
    }

    var kind: Kind
    /// The input after `TABLE`, or a query in parentheses.
    var input: RelationSyntax
    var partition: [Identifier]
    var timeColumn: Identifier
    /// After the descriptor, in the order of the parameters; nil for a missing offset.
    var durations: [ExpressionSyntax]
    var offset: ExpressionSyntax?
    var position: SourcePosition
}

/// `WINDOW TUMBLING(…)` and its siblings.
struct WindowClauseSyntax: Sendable {
    var kind: TableFunctionSyntax.Kind
    var timeColumn: [Identifier]?
    /// In the clause's order: HOP has size before advance.
    var durations: [ExpressionSyntax]
    var position: SourcePosition
}
