internal import Columns

/// What a scalar function takes and gives.
struct Overload: Sendable {
    enum Parameter: Sendable {
        case text
        /// Text that must be a literal.
        case literalText
        case boolean
        /// Any integer, cast to INT.
        case int
        /// Any integer, cast to BIGINT.
        case bigint
        /// Any number, as it is.
        case number
        /// Any number, cast to DOUBLE.
        case double
        /// DATE, TIME, TIMESTAMP or TIMESTAMP_LTZ.
        case temporal
        /// DATE, TIMESTAMP or TIMESTAMP_LTZ.
        case day
        /// A temporal value or an interval.
        case extractable
        case unit
        case any

        var name: String {
            switch self {
            case .text: "text"
            case .literalText: "'literal'"
            case .boolean: "BOOLEAN"
            case .int, .bigint: "integer"
            case .number, .double: "number"
            case .temporal: "time"
            case .day: "date or timestamp"
            case .extractable: "time or interval"
            case .unit: "unit"
            case .any: "any"
            }
        }
    }

    enum Result: Sendable {
        case type(DataType)
        /// The type of an argument.
        case argument(Int)
        /// The type of a text argument, CHAR becoming VARCHAR.
        case varying(Int)
        /// The common type of all arguments, to which they are cast.
        case common
        /// DECIMAL without a fraction, other numbers as they are.
        case whole
        /// By the digits kept: ROUND and TRUNCATE.
        case rounded
    }

    enum Nullability: Sendable {
        case operands
        case always
        case never
        /// Only the first argument.
        case first
        /// Where every argument may be NULL.
        case all
    }

    var function: ScalarFunction
    var parameters: [Parameter]
    /// Arguments that may be left out, from the end.
    var optional = 0
    /// Any number of further arguments.
    var rest: Parameter?
    var result: Result
    var nullability = Nullability.operands
    /// Order in which the arguments go to the function, where it differs.
    var order: [Int]?
    /// Flink has no such function.
    var isExtension = false

    func signature(_ name: String) -> String {
        var shown = parameters.enumerated().map { index, parameter in
            index >= parameters.count - optional ? "[\(parameter.name)]" : parameter.name
        }
        if let rest { shown.append("\(rest.name)…") }
        return "\(name)(\(shown.joined(separator: ", ")))"
    }
}

/// The scalar functions by upper-case name.
enum FunctionCatalog {
    static let overloads: [String: [Overload]] = mathematics.merging(text) { $0 + $1 }
        .merging(time) { $0 + $1 }.merging(conditional) { $0 + $1 }

    /// Functions that are called without parentheses.
    static let bareNames: Set<String> = [
        "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME",
    ]

    /// Functions of stream SQL that this version does not have.
    static let later: Set<String> = [
        "SIN", "COS", "TAN", "COT", "ASIN", "ACOS", "ATAN", "ATAN2", "SINH", "COSH", "TANH",
        "DEGREES", "RADIANS", "PI", "E", "RAND", "RAND_INTEGER", "SPLIT", "PROCTIME",
        "CURRENT_WATERMARK", "DATE_TRUNC", "STRFTIME", "JSON_QUERY", "JSON_EXISTS", "CARDINALITY",
        "ARRAY_CONTAINS", "MAP_KEYS", "MAP_VALUES", "CURRENT_ROW_TIMESTAMP", "UUID", "CONVERT_TZ",
        "APPROX_COUNT_DISTINCT", "PERCENTILE", "ARRAY_AGG", "MEDIAN", "PERCENTILE_CONT",
        "PERCENTILE_DISC", "CORR", "COVAR_POP", "COVAR_SAMP", "REGR_SLOPE", "REGR_INTERCEPT",
        "REGR_R2", "BOOL_AND", "BOOL_OR", "DELTA", "APPROX_PERCENTILE", "COLLECT", "NTILE",
        "CUME_DIST", "PERCENT_RANK", "NTH_VALUE", "GROUPING", "GROUPING_ID",
        "TUMBLE_PROCTIME", "HOP_PROCTIME", "SESSION_PROCTIME",
    ]

    /// Every name, for suggestions.
    static let names: [String] =
        Set(overloads.keys).union(AggregateCatalog.functions.keys).union(bareNames)
        .union(["IF", "CAST", "TRY_CAST", "MOD", "NULLIF"]).sorted()

    private static let mathematics: [String: [Overload]] = [
        "ABS": [Overload(function: .abs, parameters: [.number], result: .argument(0))],
        "CEIL": ceil, "CEILING": ceil,
        "FLOOR": [
            Overload(function: .floor, parameters: [.number], result: .whole),
            Overload(function: .floorTo, parameters: [.temporal, .unit], result: .argument(0)),
        ],
        "ROUND": [
            Overload(
                function: .round,
                parameters: [.number, .int],
                optional: 1,
                result: .rounded
            )
        ],
        "TRUNCATE": [
            Overload(
                function: .truncate,
                parameters: [.number, .int],
                optional: 1,
                result: .rounded
            )
        ],
        "SIGN": [Overload(function: .sign, parameters: [.number], result: .argument(0))],
        "POWER": power, "POW": power,
        "SQRT": real(.sqrt), "LN": real(.ln), "LOG10": real(.log10), "EXP": real(.exp),
        "LOG": [
            Overload(function: .ln, parameters: [.double], result: .type(.double)),
            Overload(function: .log, parameters: [.double, .double], result: .type(.double)),
        ],
        "GREATEST": [
            Overload(function: .greatest, parameters: [.any], rest: .any, result: .common)
        ],
        "LEAST": [Overload(function: .least, parameters: [.any], rest: .any, result: .common)],
    ]

    private static let ceil = [
        Overload(function: .ceil, parameters: [.number], result: .whole),
        Overload(function: .ceilTo, parameters: [.temporal, .unit], result: .argument(0)),
    ]

    private static let power = [
        Overload(function: .power, parameters: [.double, .double], result: .type(.double))
    ]

    private static func real(_ function: ScalarFunction) -> [Overload] {
        [Overload(function: function, parameters: [.double], result: .type(.double))]
    }
}
