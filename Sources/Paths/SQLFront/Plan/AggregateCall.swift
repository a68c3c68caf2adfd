package import Columns
package import Failures

/// The aggregate functions of stream SQL.
package enum AggregateFunction: String, Hashable, Sendable, CaseIterable {
    /// Rows, or rows whose argument is not NULL.
    case count
    case sum, average, minimum, maximum
    /// By arrival; NULL arguments are skipped.
    case firstValue, lastValue
    case standardDeviationPopulation, standardDeviationSample
    case variancePopulation, varianceSample
    /// (text[, separator literal], default `,`): in arrival order, NULL skipped.
    case listAggregate
    /// Any value of the group: for columns that the GROUP BY key determines.
    case anyValue
}

/// One aggregate of a query: its arguments are columns of the aggregate's input.
package struct AggregateCall: Hashable, Sendable {
    package var function: AggregateFunction
    /// Input columns; empty for COUNT(*).
    package var arguments: [Int]
    /// LISTAGG's separator.
    package var separator: String?
    /// Only distinct argument values count.
    package var isDistinct: Bool
    /// Boolean input column: rows where it is not TRUE do not count.
    package var filter: Int?
    /// Result type, as in Flink: SUM(INT) is INT.
    package var type: DataType
    package var position: SourcePosition

    package init(
        _ function: AggregateFunction,
        arguments: [Int] = [],
        separator: String? = nil,
        isDistinct: Bool = false,
        filter: Int? = nil,
        type: DataType,
        at position: SourcePosition
    ) {
        self.function = function
        self.arguments = arguments
        self.separator = separator
        self.isDistinct = isDistinct
        self.filter = filter
        self.type = type
        self.position = position
    }

    /// Where the call stands is not part of its identity.
    package static func == (left: Self, right: Self) -> Bool {
        left.function == right.function && left.arguments == right.arguments
            && left.separator == right.separator && left.isDistinct == right.isDistinct
            && left.filter == right.filter && left.type == right.type
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(function)
        hasher.combine(arguments)
        hasher.combine(filter)
        hasher.combine(type)
    }
}
