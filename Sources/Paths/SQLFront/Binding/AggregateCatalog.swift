internal import Columns

/// The aggregate functions by upper-case name, and their result types.
enum AggregateCatalog {
    static let functions: [String: AggregateFunction] = [
        "COUNT": .count, "SUM": .sum, "AVG": .average, "MIN": .minimum, "MAX": .maximum,
        "FIRST_VALUE": .firstValue, "LAST_VALUE": .lastValue,
        "STDDEV": .standardDeviationSample, "STDDEV_SAMP": .standardDeviationSample,
        "STDDEV_POP": .standardDeviationPopulation, "VARIANCE": .varianceSample,
        "VAR_SAMP": .varianceSample, "VAR_POP": .variancePopulation,
        "LISTAGG": .listAggregate, "STRING_AGG": .listAggregate,
    ]

    /// Functions that need OVER.
    static let rankings: Set<String> = ["ROW_NUMBER", "RANK", "DENSE_RANK", "LAG", "LEAD"]

    /// Result type for an argument; nil where the function does not take it.
    static func result(of function: AggregateFunction, _ argument: DataType) -> DataType? {
        switch function {
        case .count: .bigint
        case .minimum, .maximum: argument == .null ? nil : argument
        case .firstValue, .lastValue, .anyValue: argument
        case .listAggregate: argument.isText ? .string : nil
        case .sum: sum(argument)
        case .average, .standardDeviationPopulation, .standardDeviationSample, .variancePopulation,
            .varianceSample:
            mean(argument)
        }
    }

    private static func sum(_ argument: DataType) -> DataType? {
        if case .decimal(_, let scale) = argument { return .decimal(precision: 38, scale: scale) }
        return argument.isNumeric ? argument : nil
    }

    private static func mean(_ argument: DataType) -> DataType? {
        if case .decimal(_, let scale) = argument {
            return .decimal(precision: 38, scale: max(6, scale))
        }
        return argument.isNumeric ? argument : nil
    }

    static func signatures(_ name: String) -> String {
        switch functions[name] {
        case .count: "COUNT(*), COUNT([DISTINCT] any)"
        case .listAggregate: "\(name)(text[, 'separator'])"
        case .minimum, .maximum, .firstValue, .lastValue: "\(name)(any)"
        default: "\(name)([DISTINCT] number)"
        }
    }
}
