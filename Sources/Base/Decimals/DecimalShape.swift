/// Precision and scale of a SQL DECIMAL: how many digits it has, and how many of them follow the point.
package struct DecimalShape: Hashable, Sendable {
    /// The most digits that fit an `Int128`.
    package static let digitLimit = 38

    /// 1...38.
    package let precision: Int
    /// 0...precision.
    package let scale: Int

    package init(precision: Int, scale: Int) {
        precondition(precision >= 1 && precision <= Self.digitLimit, "a decimal has 1 to 38 digits")
        precondition(scale >= 0 && scale <= precision, "a scale is not above its precision")
        self.precision = precision
        self.scale = scale
    }

    /// Whether an unscaled value has no more digits than the shape allows.
    @inline(__always)
    package func holds(_ unscaled: Int128) -> Bool {
        unscaled.magnitude < powerOfTen(precision).magnitude
    }
}

/// 10^0 … 10^38, the powers that fit an `Int128`.
private let powersOfTen: [Int128] = {
    var powers: [Int128] = [1]
    while powers.count <= DecimalShape.digitLimit { powers.append((powers.last ?? 1) * 10) }
    return powers
}()

/// 10 to the power of `exponent`, which is 0...38.
package func powerOfTen(_ exponent: Int) -> Int128 { powersOfTen[exponent] }
