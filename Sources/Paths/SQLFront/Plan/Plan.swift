package import Columns
package import Failures

/// A bound, typed query: a tree of operators, each with the schema of its output.
///
/// Keys, arguments and sort columns are indices into the input's columns: where a query computes them, the
/// binder puts a `project` below. Rows leave each operator in its canonical order: what looks at one row at a time
/// keeps the input's; windows by (end, start, key); groups by key; joins by (left, right) place; Top-N by (partition,
/// rank); ORDER BY by its keys, ties by place.
package struct Plan: Hashable, Sendable {
    package indirect enum Operation: Hashable, Sendable {
        case scan(Scan)
        /// Rows of literals.
        case values([[Value]])
        /// Keeps rows where the boolean expression is TRUE.
        case filter(Plan, Expression)
        case project(Plan, [Expression])
        /// Adds `window_start`, `window_end`, `window_time` to each row, one row per window it is in.
        case assignWindows(Plan, WindowSpecification)
        case aggregate(Plan, Aggregate)
        case topN(Plan, TopN)
        case over(Plan, Over)
        case join(Plan, Plan, Join)
        /// UNION ALL of inputs with equal types.
        case union([Plan])
        /// ORDER BY, LIMIT and OFFSET; `keys` empty means only a limit, in sequence order.
        case sort(Plan, Sort)
    }

    package var operation: Operation
    package var schema: Schema
    /// Output column that is the event-time attribute, if rows still carry one with a watermark.
    package var timeColumn: Int?
    /// Output columns that are together unique, where the plan guarantees it.
    package var uniqueKey: [Int]?
    /// The clause that made this operator.
    package var position: SourcePosition

    package init(
        _ operation: Operation,
        schema: Schema,
        timeColumn: Int? = nil,
        uniqueKey: [Int]? = nil,
        at position: SourcePosition
    ) {
        self.operation = operation
        self.schema = schema
        self.timeColumn = timeColumn
        self.uniqueKey = uniqueKey
        self.position = position
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.operation == right.operation && left.schema == right.schema
            && left.timeColumn == right.timeColumn
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(operation)
        hasher.combine(schema)
    }
}

/// Reads a table.
///
/// Output: the physical columns in `columns`, in that order; computed columns come from a `project`
/// above.
package struct Scan: Hashable, Sendable {
    package var table: TableDefinition
    /// Indices into `table.physicalFields`, ascending: the columns that anything above needs.
    package var columns: [Int]
    /// Over the scan's output; nil where the table has none or in batch mode.
    package var watermark: Watermark?
    /// Simple conjuncts `column op literal` over the scan's output, for row-group pruning only: a filter above
    /// still applies them.
    package var pruning: [Expression]

    package init(
        table: TableDefinition,
        columns: [Int],
        watermark: Watermark? = nil,
        pruning: [Expression] = []
    ) {
        self.table = table
        self.columns = columns
        self.watermark = watermark
        self.pruning = pruning
    }

    /// The event time of a row and the watermark that it raises.
    package struct Watermark: Hashable, Sendable {
        /// The rowtime column as an expression over the scan's output; NULL is `TIME_NULL`.
        package var time: Expression
        /// The WATERMARK expression over the scan's output, in microseconds.
        package var expression: Expression
        /// The watermark as `time − delay`, where it has that form (µs), so that it need not be evaluated twice.
        package var delay: Int64?

        package init(time: Expression, expression: Expression, delay: Int64?) {
            self.time = time
            self.expression = expression
            self.delay = delay
        }
    }
}

/// GROUP BY, DISTINCT and window aggregates.
///
/// Output columns: the keys, then the aggregates, then for a window aggregate `window_start`,
/// `window_end`, `window_time` (= end − 1 ms).
package struct Aggregate: Hashable, Sendable {
    /// Input columns; empty means one group (for unwindowed aggregates one row even of no input).
    package var keys: [Int]
    package var aggregates: [AggregateCall]
    package var window: WindowSpecification?

    package init(keys: [Int], aggregates: [AggregateCall], window: WindowSpecification? = nil) {
        self.keys = keys
        self.aggregates = aggregates
        self.window = window
    }
}

/// One column of an ORDER BY.
///
/// NULL sorts lowest: first ascending, last descending.
package struct SortKey: Hashable, Sendable {
    package var column: Int
    package var isDescending: Bool

    package init(column: Int, isDescending: Bool = false) {
        self.column = column
        self.isDescending = isDescending
    }
}

/// The rows of each partition whose ROW_NUMBER is in `ranks`.
///
/// Output: the input's columns, then the rank as BIGINT if `emitsRank`.
package struct TopN: Hashable, Sendable {
    package var partition: [Int]
    package var order: [SortKey]
    /// Ranks to keep, from 1.
    package var ranks: ClosedRange<Int64>
    package var emitsRank: Bool
    /// Set where the partition includes the columns of an upstream window: it then closes with the window.
    package var window: WindowSpecification?

    package init(
        partition: [Int],
        order: [SortKey],
        ranks: ClosedRange<Int64>,
        emitsRank: Bool,
        window: WindowSpecification? = nil
    ) {
        self.partition = partition
        self.order = order
        self.ranks = ranks
        self.emitsRank = emitsRank
        self.window = window
    }
}

/// Functions over ordered partitions of bounded input.
///
/// Output: the input's columns, then one per call.
package struct Over: Hashable, Sendable {
    package enum Function: Hashable, Sendable {
        case rowNumber, rank, denseRank
        /// (value[, default]) `offset` rows before or after in the partition.
        case lag(offset: Int64), lead(offset: Int64)
        case aggregate(AggregateFunction)
    }

    /// A bound of a frame, relative to the current row.
    package enum Bound: Hashable, Sendable {
        case unboundedPreceding
        case preceding(Int64)
        case currentRow
        case following(Int64)
        case unboundedFollowing
    }

    /// ROWS or RANGE BETWEEN; for RANGE the distances are in the sort key's unit (µs for timestamps).
    package struct Frame: Hashable, Sendable {
        package var isRange: Bool
        package var lower: Bound
        package var upper: Bound

        package init(isRange: Bool, lower: Bound, upper: Bound) {
            self.isRange = isRange
            self.lower = lower
            self.upper = upper
        }
    }

    package struct Call: Hashable, Sendable {
        package var function: Function
        package var arguments: [Int]
        package var separator: String?
        package var frame: Frame
        package var type: DataType
        package var position: SourcePosition

        package init(
            _ function: Function,
            arguments: [Int],
            separator: String? = nil,
            frame: Frame,
            type: DataType,
            at position: SourcePosition
        ) {
            self.function = function
            self.arguments = arguments
            self.separator = separator
            self.frame = frame
            self.type = type
            self.position = position
        }

        /// Where the call stands is not part of its identity.
        package static func == (left: Self, right: Self) -> Bool {
            left.function == right.function && left.arguments == right.arguments
                && left.separator == right.separator && left.frame == right.frame
                && left.type == right.type
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(function)
            hasher.combine(arguments)
            hasher.combine(type)
        }
    }

    package var partition: [Int]
    package var order: [SortKey]
    package var calls: [Call]

    package init(partition: [Int], order: [SortKey], calls: [Call]) {
        self.partition = partition
        self.order = order
        self.calls = calls
    }
}

/// A join of two inputs.
///
/// Output: the left columns, then the right ones; `semi` and `anti`: the left ones only.
package struct Join: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case inner, left, right, full
        /// IN: a left row with a match.
        case semi
        /// NOT IN: a left row that certainly has no match; NULL on either side makes that unknown.
        case antiNullAware
        /// NOT EXISTS: a left row without a match.
        case anti
    }

    package var kind: Kind
    /// Pairs of equal columns (left index, right index), cast to one type below; NULL never
    /// matches.
    ///
    /// Empty: every pair of rows is a candidate.
    package var leftKeys: [Int]
    package var rightKeys: [Int]
    /// Over left columns then right columns; decides before padding.
    package var residual: Expression?
    /// Set where both inputs carry windows and the keys include their start and end: closes per window.
    package var window: Window?

    /// The window columns of both inputs.
    package struct Window: Hashable, Sendable {
        package var left: WindowSpecification
        package var right: WindowSpecification

        package init(left: WindowSpecification, right: WindowSpecification) {
            self.left = left
            self.right = right
        }
    }

    package init(
        _ kind: Kind,
        leftKeys: [Int],
        rightKeys: [Int],
        residual: Expression? = nil,
        window: Window? = nil
    ) {
        precondition(leftKeys.count == rightKeys.count, "join keys come in pairs")
        self.kind = kind
        self.leftKeys = leftKeys
        self.rightKeys = rightKeys
        self.residual = residual
        self.window = window
    }
}

/// ORDER BY with LIMIT and OFFSET.
package struct Sort: Hashable, Sendable {
    package var keys: [SortKey]
    package var offset: Int64
    package var limit: Int64?

    package init(keys: [SortKey], offset: Int64 = 0, limit: Int64? = nil) {
        self.keys = keys
        self.offset = offset
        self.limit = limit
    }
}
