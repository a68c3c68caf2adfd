internal import Columns
internal import Decimals
internal import SQLFront

/// A comparison that holds or not; NULLs are the callers' concern.
enum Relation {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

    init?(_ function: ScalarFunction) {
        switch function {
        case .equal: self = .equal
        case .notEqual: self = .notEqual
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        default: return nil
        }
    }

    /// Whether it holds for operands in this order: negative, 0, positive.
    @inline(__always)
    func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }

    /// The relation with its sides exchanged.
    var mirrored: Relation {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}

extension Call {
    /// A comparison, NULL where an operand is.
    func comparison(_ relation: Relation) -> Column {
        column(.booleans(compare(relation)))
    }

    /// IS [NOT] DISTINCT FROM: NULL equals NULL.
    func distinction(isDistinct: Bool) -> Column {
        let (left, right) = (inputs[0], inputs[1])
        let equal = compare(.equal)
        let all = Bitmap(repeating: true, count: count)
        let leftValid = left.validity(count: count) ?? all
        let rightValid = right.validity(count: count) ?? all
        let same = (leftValid & rightValid & equal) | (~leftValid & ~rightValid)
        return Column(type, .booleans(isDistinct ? ~same : same))
    }

    /// The bits of rows for which the relation holds; those of rows with a NULL are unspecified.
    private func compare(_ relation: Relation) -> Bitmap {
        let (left, right) = (inputs[0], inputs[1])
        if left.isNullScalar || right.isNullScalar || left.type == .null || right.type == .null {
            return Bitmap(repeating: false, count: count)
        }
        switch (left.type.physical, right.type.physical) {
        case (.integer, .integer):
            return compareOrdered(relation, left.integers, right.integers)
        case (.double, .double): return compareOrdered(relation, left.doubles, right.doubles)
        case (.integer, .double): return compareMixed(relation, left.integers, right.doubles)
        case (.double, .integer):
            return compareMixed(relation.mirrored, right.integers, left.doubles)
        case (.decimal, .decimal): return compareDecimals(relation)
        case (.boolean, .boolean): return compareBooleans(relation)
        case (.text, .text): return compareTexts(relation)
        default:
            preconditionFailure("the binder lets nobody compare \(left.type) with \(right.type)")
        }
    }

    /// NaN is unequal to everything and neither less nor greater, by the operators of `Double` themselves.
    private func compareOrdered<Element: Comparable & BitwiseCopyable & Sendable>(
        _ relation: Relation,
        _ left: Source<Element>,
        _ right: Source<Element>
    ) -> Bitmap {
        switch relation {
        case .equal: pack(left, right, count: count, Equality())
        case .notEqual: ~pack(left, right, count: count, Equality())
        case .less: pack(left, right, count: count, LessThan())
        case .lessOrEqual: pack(left, right, count: count, LessOrEqual())
        case .greater: pack(right, left, count: count, LessThan())
        case .greaterOrEqual: pack(right, left, count: count, LessOrEqual())
        }
    }

    private func compareMixed(
        _ relation: Relation,
        _ integers: Source<Int64>,
        _ doubles: Source<Double>
    ) -> Bitmap {
        pack(integers, doubles, count: count) { integer, double in
            exactOrder(integer, double).map { relation.holds($0) } ?? (relation == .notEqual)
        }
    }

    private func compareDecimals(_ relation: Relation) -> Bitmap {
        let leftScale = inputs[0].type.decimalShape.scale
        let rightScale = inputs[1].type.decimalShape.scale
        let (left, right) = (inputs[0].decimals, inputs[1].decimals)
        if leftScale == rightScale { return compareOrdered(relation, left, right) }
        return pack(left, right, count: count) {
            relation.holds(DecimalMath.compare($0, scale: leftScale, $1, scale: rightScale))
        }
    }

    private func compareBooleans(_ relation: Relation) -> Bitmap {
        let left = inputs[0].booleans(count: count)
        let right = inputs[1].booleans(count: count)
        switch relation {
        case .equal: return ~((left & ~right) | (~left & right))
        case .notEqual: return (left & ~right) | (~left & right)
        case .less: return ~left & right
        case .lessOrEqual: return ~left | right
        case .greater: return left & ~right
        case .greaterOrEqual: return left | ~right
        }
    }
}
