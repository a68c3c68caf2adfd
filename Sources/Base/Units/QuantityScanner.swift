/// Splits `12.5 MiB` into a number and a unit, and keeps where each began.
struct QuantityScanner {
    let text: String
    private let scalars: [Unicode.Scalar]
    private(set) var index = 0
    /// How a right text looks, for errors.
    let example: String

    /// More is never needed, and bounds the work on any input.
    private static let lengthLimit = 64

    init(_ text: String, example: String) throws(UnitError) {
        self.text = text
        self.example = example
        scalars = Array(text.unicodeScalars.prefix(Self.lengthLimit + 1))
        skipSpaces()
        if isAtEnd { throw error("the text is empty") }
        if scalars.count > Self.lengthLimit {
            throw error("the text has more than \(Self.lengthLimit) characters")
        }
    }

    var isAtEnd: Bool { index >= scalars.count }

    /// 1-based column of the next scalar.
    var column: Int { index + 1 }

    func error(_ problem: String, column: Int? = nil) -> UnitError {
        UnitError(text, column: column ?? self.column, problem, remedy: "write it like \(example)")
    }

    mutating func skipSpaces() {
        while index < scalars.count, scalars[index] == " " || scalars[index] == "\t" { index += 1 }
    }

    /// A decimal number without sign or exponent; `_` and `,` may stand between digits.
    mutating func number() throws(UnitError) -> DecimalNumber {
        let start = index
        var number = DecimalNumber()
        var isFraction = false
        var digitCount = 0
        scan: while index < scalars.count {
            let scalar = scalars[index]
            switch scalar {
            case "0"..."9":
                digitCount += 1
                let digit = Int128(scalar.value - 0x30)
                guard number.append(digit: digit, isFraction: isFraction) else {
                    throw error("\(quoted(start)) has too many digits", column: start + 1)
                }
            case "." where !isFraction: isFraction = true
            case "_" where digitCount > 0, "," where digitCount > 0 && !isFraction: break
            default: break scan
            }
            index += 1
        }
        guard digitCount > 0 else {
            throw error("\(quoted(start)) does not begin with a number", column: start + 1)
        }
        return number
    }

    /// The letters (and `%`) that come next, as written.
    mutating func unit() -> String {
        skipSpaces()
        var unit = ""
        while index < scalars.count {
            let scalar = scalars[index]
            guard scalar.properties.isAlphabetic || scalar == "%" || scalar == "‰" || scalar == "/"
            else { break }
            unit.unicodeScalars.append(scalar)
            index += 1
        }
        return unit
    }

    mutating func requireEnd() throws(UnitError) {
        skipSpaces()
        if !isAtEnd { throw error("\(quoted(index)) follows the quantity") }
    }

    private func quoted(_ start: Int) -> String {
        var rest = String.UnicodeScalarView()
        rest.append(contentsOf: scalars[min(start, scalars.count)...])
        return "\"\(String(rest))\""
    }
}

/// A number as it was written: `digits` · 10^−`scale`, exactly.
struct DecimalNumber {
    private(set) var digits: Int128 = 0
    private(set) var scale = 0

    /// False where the number gets longer than 30 digits, so that 10^scale stays within 128 bits.
    mutating func append(digit: Int128, isFraction: Bool) -> Bool {
        guard scale < 30, digits < 100_000_000_000_000_000_000_000_000_000 else { return false }
        digits = digits * 10 + digit
        if isFraction { scale += 1 }
        return true
    }

    /// `self · factor` where that is a whole number of at most `limit`, else nil.
    func times(_ factor: Int128, limit: Int128) -> Int128? {
        let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        var divisor: Int128 = 1
        for _ in 0..<scale { divisor *= 10 }
        guard product % divisor == 0, product / divisor <= limit else { return nil }
        return product / divisor
    }
}
