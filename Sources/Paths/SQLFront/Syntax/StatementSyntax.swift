internal import Failures

/// One parsed statement of a script.
enum StatementSyntax: Sendable {
    case createTable(CreateTableSyntax)
    case createView(CreateViewSyntax)
    case insert(InsertSyntax)
    case select(QuerySyntax)
    /// The statement is an INSERT or a SELECT.
    indirect case explain(StatementSyntax, SourcePosition)
    case set(OptionSyntax)
    /// Nil resets every setting.
    case reset(key: String?, SourcePosition)
    case drop(DropSyntax)

    var position: SourcePosition {
        switch self {
        case .createTable(let table): table.position
        case .createView(let view): view.position
        case .insert(let insert): insert.position
        case .select(let query): query.position
        case .explain(_, let position): position
        case .set(let option): option.keyPosition
        case .reset(_, let position): position
        case .drop(let drop): drop.position
        }
    }
}

/// `CREATE TABLE`.
struct CreateTableSyntax: Sendable {
    enum Column: Sendable {
        case physical(Identifier, TypeSyntax)
        case computed(Identifier, ExpressionSyntax)

        var name: Identifier {
            switch self {
            case .physical(let name, _), .computed(let name, _): name
            }
        }
    }

    struct Watermark: Sendable {
        var column: Identifier
        var expression: ExpressionSyntax
        var position: SourcePosition
    }

    var name: Identifier
    var ifNotExists: Bool
    var columns: [Column]
    var primaryKey: [Identifier]
    var watermark: Watermark?
    var partitionedBy: [Identifier]
    var options: [OptionSyntax]
    var position: SourcePosition
}

/// `'key' = 'value'` of a WITH list or a SET.
struct OptionSyntax: Sendable {
    var key: String
    var value: String
    var keyPosition: SourcePosition
    var valuePosition: SourcePosition
}

/// `CREATE VIEW`.
struct CreateViewSyntax: Sendable {
    var name: Identifier
    var ifNotExists: Bool
    var columns: [Identifier]
    var query: QuerySyntax
    var position: SourcePosition
}

/// `INSERT INTO`.
struct InsertSyntax: Sendable {
    var table: Identifier
    var columns: [Identifier]
    var query: QuerySyntax
    var position: SourcePosition
}

/// `DROP TABLE` or `DROP VIEW`.
struct DropSyntax: Sendable {
    var isView: Bool
    var name: Identifier
    var ifExists: Bool
    var position: SourcePosition
}
