internal import Columns

extension FunctionCatalog {
    /// Functions that are EXTRACT under another name.
    static let extractors: [String: TimeUnit] = [
        "YEAR": .year, "QUARTER": .quarter, "MONTH": .month, "WEEK": .week,
        "DAYOFWEEK": .dayOfWeek, "DAYOFMONTH": .day, "DAYOFYEAR": .dayOfYear, "HOUR": .hour,
        "MINUTE": .minute, "SECOND": .second,
    ]

    private static let now = [
        Overload(
            function: .currentTimestamp,
            parameters: [],
            result: .type(.timestampLTZ(precision: 3)),
            nullability: .never
        )
    ]

    static let time: [String: [Overload]] = {
        var table = clocks.merging(conversions) { $0 + $1 }
        for name in extractors.keys {
            table[name] = [
                Overload(function: .extract, parameters: [.extractable], result: .type(.bigint))
            ]
        }
        return table
    }()

    private static let clocks: [String: [Overload]] = [
        "CURRENT_TIMESTAMP": now, "NOW": now,
        "LOCALTIMESTAMP": [
            Overload(
                function: .localTimestamp,
                parameters: [],
                result: .type(.timestamp(precision: 3)),
                nullability: .never
            )
        ],
        "UNIX_TIMESTAMP": [
            Overload(
                function: .unixTimestamp,
                parameters: [],
                result: .type(.bigint),
                nullability: .never
            ),
            Overload(
                function: .unixTimestamp,
                parameters: [.text, .text],
                optional: 1,
                result: .type(.bigint),
                nullability: .always
            ),
        ],
        "EXTRACT": [
            Overload(
                function: .extract,
                parameters: [.unit, .extractable],
                result: .type(.bigint)
            )
        ],
        "TIMESTAMPADD": [
            Overload(
                function: .timestampAdd,
                parameters: [.unit, .bigint, .temporal],
                result: .argument(2)
            )
        ],
        "TIMESTAMPDIFF": [
            Overload(
                function: .timestampDiff,
                parameters: [.unit, .day, .day],
                result: .type(.int)
            )
        ],
    ]

    private static let conversions: [String: [Overload]] = [
        "DATE_FORMAT": [
            Overload(
                function: .dateFormat,
                parameters: [.day, .text],
                result: .type(.string)
            ),
            Overload(
                function: .dateFormat,
                parameters: [.text, .text],
                result: .type(.string)
            ),
        ],
        "TO_TIMESTAMP": [
            Overload(
                function: .toTimestamp,
                parameters: [.text, .text],
                optional: 1,
                result: .type(.timestamp(precision: 3)),
                nullability: .always
            )
        ],
        "TO_TIMESTAMP_LTZ": [
            Overload(
                function: .toTimestampLTZ,
                parameters: [.bigint, .int],
                optional: 1,
                result: .type(.timestampLTZ(precision: 3))
            ),
            Overload(
                function: .toTimestampLTZ,
                parameters: [.text, .text],
                optional: 1,
                result: .type(.timestampLTZ(precision: 3)),
                nullability: .always
            ),
        ],
        "TO_DATE": [
            Overload(
                function: .toDate,
                parameters: [.text, .text],
                optional: 1,
                result: .type(.date),
                nullability: .always
            )
        ],
        "FROM_UNIXTIME": [
            Overload(
                function: .fromUnixtime,
                parameters: [.bigint, .text],
                optional: 1,
                result: .type(.string)
            )
        ],
    ]

    static let conditional: [String: [Overload]] = [
        "COALESCE": [
            Overload(
                function: .coalesce,
                parameters: [.any],
                rest: .any,
                result: .common,
                nullability: .all
            )
        ],
        "IFNULL": [
            Overload(
                function: .coalesce,
                parameters: [.any, .any],
                result: .common,
                nullability: .all
            )
        ],
    ]
}
