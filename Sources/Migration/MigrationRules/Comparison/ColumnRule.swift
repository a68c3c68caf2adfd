internal import Columns

/// How one column is compared.
struct ColumnRule: Sendable {
    let ignoredBecause: String?
    private let type: DataType
    private let tolerance: ToleranceTest
    /// Bits, text and numbers agree only if they are the same.
    let isExact: Bool

    var isIgnored: Bool { ignoredBecause != nil }

    init(_ field: Field, _ rules: ComparisonRules) {
        let judgement = rules.judgement(at: ValuePath.root.appending(.name(field.name)))
        ignoredBecause = judgement.ignoredBecause
        type = field.type
        tolerance = judgement.tolerance ?? (field.type.isApproximate ? .floats : .exact)
        isExact = tolerance.tolerance.kind == .exact
    }

    /// Places in `pairs` whose rows differ.
    func rows(
        _ left: Column,
        _ right: Column,
        _ pairs: [BatchComparison.Pair]
    ) -> [Int] {
        switch (left.values, right.values) {
        case (.integers(let ours), .integers(let theirs)):
            let (mine, yours) = (ours.span, theirs.span)
            return places(left, right, pairs) { pair in
                let (a, b) = (mine[pair.primary], yours[pair.candidate])
                return a == b || (!isExact && agree(a, b))
            }
        case (.doubles(let ours), .doubles(let theirs)):
            let (mine, yours) = (ours.span, theirs.span)
            return places(left, right, pairs) { pair in
                let (a, b) = (mine[pair.primary], yours[pair.candidate])
                // Equal bits are equal under every tolerance, except a NaN that equals nothing.
                return (a.bitPattern == b.bitPattern && !a.isNaN) || agree(a, b)
            }
        case (.decimals(let ours), .decimals(let theirs)) where isExact:
            let (mine, yours) = (ours.span, theirs.span)
            return places(left, right, pairs) { mine[$0.primary] == yours[$0.candidate] }
        default: return others(left, right, pairs)
        }
    }

    /// Places of the pairs of which one side is NULL, or whose values do not agree.
    @inline(__always)
    private func places(
        _ left: Column,
        _ right: Column,
        _ pairs: [BatchComparison.Pair],
        agree: (BatchComparison.Pair) -> Bool
    ) -> [Int] {
        pairs.indices.filter { index in
            let pair = pairs[index]
            let isNull = left.isNull(pair.primary)
            guard isNull == right.isNull(pair.candidate) else { return true }
            return !isNull && !agree(pair)
        }
    }

    private func others(
        _ left: Column,
        _ right: Column,
        _ pairs: [BatchComparison.Pair]
    ) -> [Int] {
        pairs.indices.filter { index in
            !agree(left.value(pairs[index].primary), right.value(pairs[index].candidate))
        }
    }

    private func agree(_ left: Double, _ right: Double) -> Bool {
        guard type == .float, tolerance.tolerance.kind == .ulp, left.isFinite, right.isFinite else {
            return tolerance.agree(left, right)
        }
        return ToleranceTest.steps(Float(left), Float(right)) <= UInt64(tolerance.tolerance.ulps)
    }

    /// Integers, and what is stored as integers: times in microseconds.
    private func agree(_ left: Int64, _ right: Int64) -> Bool {
        if type.isTimestamp {
            func instant(_ microseconds: Int64) -> (Int64, Int) {
                let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
                return rest < 0
                    ? (seconds - 1, Int(rest + 1_000_000) * 1000) : (seconds, Int(rest) * 1000)
            }
            return tolerance.agree(instant(left), instant(right))
        }
        return tolerance.agreement((Int128(left), 0), (Int128(right), 0)) != .differs
    }

    private func agree(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.text(let mine), .text(let yours)): return tolerance.agree(mine, yours)
        case (.decimal(let mine), .decimal(let yours)):
            guard case .decimal(_, let scale) = type else { return mine == yours }
            return tolerance.agreement((mine, scale), (yours, scale)) != .differs
        default: return left == right
        }
    }
}
