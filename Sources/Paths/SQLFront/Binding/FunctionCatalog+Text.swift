internal import Columns

extension FunctionCatalog {
    static let text: [String: [Overload]] = measures.merging(pieces) { $0 + $1 }
        .merging(compositions) { $0 + $1 }.merging(patterns) { $0 + $1 }

    private static let characterLength = [
        Overload(function: .charLength, parameters: [.text], result: .type(.int))
    ]

    private static let measures: [String: [Overload]] = [
        "CHAR_LENGTH": characterLength, "CHARACTER_LENGTH": characterLength,
        "LENGTH": [
            Overload(
                function: .charLength,
                parameters: [.text],
                result: .type(.int),
                isExtension: true
            )
        ],
        "OCTET_LENGTH": [
            Overload(
                function: .octetLength,
                parameters: [.text],
                result: .type(.int),
                isExtension: true
            )
        ],
        "POSITION": [
            Overload(
                function: .position,
                parameters: [.text, .text, .int],
                optional: 1,
                result: .type(.int)
            )
        ],
        "LOCATE": [
            Overload(
                function: .position,
                parameters: [.text, .text, .int],
                optional: 1,
                result: .type(.int)
            )
        ],
        "INSTR": [
            Overload(
                function: .position,
                parameters: [.text, .text],
                result: .type(.int),
                order: [1, 0]
            )
        ],
        "ASCII": [Overload(function: .ascii, parameters: [.text], result: .type(.int))],
        "MD5": [Overload(function: .md5, parameters: [.text], result: .type(.string))],
        "SHA256": [Overload(function: .sha256, parameters: [.text], result: .type(.string))],
    ]

    private static func trim(_ function: ScalarFunction) -> [Overload] {
        [
            Overload(
                function: function,
                parameters: [.text, .text],
                optional: 1,
                result: .varying(0)
            )
        ]
    }

    private static let substring = [
        Overload(
            function: .substring,
            parameters: [.text, .int, .int],
            optional: 1,
            result: .varying(0)
        )
    ]

    private static let pieces: [String: [Overload]] = [
        "UPPER": [Overload(function: .upper, parameters: [.text], result: .varying(0))],
        "LOWER": [Overload(function: .lower, parameters: [.text], result: .varying(0))],
        "INITCAP": [Overload(function: .initCap, parameters: [.text], result: .varying(0))],
        "TRIM": trim(.trim), "BTRIM": trim(.trim), "LTRIM": trim(.trimLeading),
        "RTRIM": trim(.trimTrailing),
        "SUBSTRING": substring, "SUBSTR": substring,
        "LEFT": [Overload(function: .left, parameters: [.text, .int], result: .type(.string))],
        "RIGHT": [Overload(function: .right, parameters: [.text, .int], result: .type(.string))],
        "SPLIT_INDEX": [
            Overload(
                function: .splitIndex,
                parameters: [.text, .text, .int],
                result: .type(.string),
                nullability: .always
            )
        ],
        "SPLIT_PART": [
            Overload(
                function: .splitPart,
                parameters: [.text, .text, .int],
                result: .type(.string),
                isExtension: true
            )
        ],
        "JSON_VALUE": [
            Overload(
                function: .jsonValue,
                parameters: [.text, .literalText],
                result: .type(.string),
                nullability: .always
            )
        ],
    ]

    private static func pad(_ function: ScalarFunction) -> [Overload] {
        [Overload(function: function, parameters: [.text, .int, .text], result: .type(.string))]
    }

    private static let compositions: [String: [Overload]] = [
        "REPLACE": [
            Overload(
                function: .replace,
                parameters: [.text, .text, .text],
                result: .type(.string)
            )
        ],
        "CONCAT": [
            Overload(
                function: .concat,
                parameters: [.text],
                rest: .text,
                result: .type(.string)
            )
        ],
        "CONCAT_WS": [
            Overload(
                function: .concatWithSeparator,
                parameters: [.text],
                rest: .text,
                result: .type(.string),
                nullability: .first
            )
        ],
        "LPAD": pad(.padLeft), "RPAD": pad(.padRight),
        "REPEAT": [
            Overload(function: .repeatText, parameters: [.text, .int], result: .type(.string))
        ],
        "REVERSE": [Overload(function: .reverse, parameters: [.text], result: .type(.string))],
        "OVERLAY": [
            Overload(
                function: .overlay,
                parameters: [.text, .text, .int, .int],
                optional: 1,
                result: .type(.string)
            )
        ],
        "CHR": [Overload(function: .chr, parameters: [.bigint], result: .type(.string))],
    ]

    private static let patterns: [String: [Overload]] = [
        "REGEXP": [
            Overload(function: .regexp, parameters: [.text, .text], result: .type(.boolean))
        ],
        "REGEXP_EXTRACT": [
            Overload(
                function: .regexpExtract,
                parameters: [.text, .text, .int],
                optional: 1,
                result: .type(.string),
                nullability: .always
            )
        ],
        "REGEXP_REPLACE": [
            Overload(
                function: .regexpReplace,
                parameters: [.text, .text, .text],
                result: .type(.string)
            )
        ],
    ]
}
