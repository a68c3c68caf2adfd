private import Decimals

/// One comparison under way.
struct ComparisonWalk {
    let rules: ComparisonRules
    let scales: [String: Double]
    var differences: [FieldDifference] = []

    mutating func note(
        _ fieldClass: FieldClass,
        _ path: ValuePath,
        _ primary: ComparedValue?,
        _ candidate: ComparedValue?,
        isDuplicateKey: Bool = false
    ) {
        let judgement = rules.judgement(at: path)
        let difference = FieldDifference(
            path: path,
            fieldClass: fieldClass,
            primary: primary,
            candidate: candidate,
            ignoredBecause: judgement.ignoredBecause,
            isSensitive: judgement.isSensitive,
            isDuplicateKey: isDuplicateKey
        )
        if differences.count < ValueComparison.differenceLimit {
            differences.append(difference)
        } else if difference.counts, differences.last?.counts == false {
            // A full list still shows that something counts.
            differences[differences.count - 1] = difference
        }
    }

    mutating func compare(
        _ primary: ComparedValue,
        _ candidate: ComparedValue,
        at path: ValuePath
    ) {
        switch (primary, candidate) {
        case (.record(let left), .record(let right)): compare(left, right, at: path)
        case (.map(let left), .map(let right)):
            // Keys of maps are told apart by their text; a path shows them like names.
            compare(
                left.map { .init($0.key.text, $0.value) },
                right.map { .init($0.key.text, $0.value) },
                at: path
            )
        case (.list(let left), .list(let right)):
            let rule = rules.judgement(at: path).list ?? ListRule()
            switch rule.mode {
            case .ordered: compareOrdered(left, right, at: path)
            case .multiset: compareBags(left, right, at: path)
            case .keyed: compareKeyed(left, right, by: rule.by, at: path)
            }
        case (.multiset(let left), .multiset(let right)): compareBags(left, right, at: path)
        default: compareLeaves(primary, candidate, at: path)
        }
    }

    private mutating func compareLeaves(
        _ primary: ComparedValue,
        _ candidate: ComparedValue,
        at path: ValuePath
    ) {
        let judgement = rules.judgement(at: path)
        switch leafAgreement(primary, candidate, judgement.tolerance, scale(at: path)) {
        case .equal: break
        case .precisionOnly: note(.precisionOnly, path, primary, candidate)
        case .differs: note(leafClass(primary, candidate), path, primary, candidate)
        }
    }

    private func scale(at path: ValuePath) -> Double? {
        scales.isEmpty ? nil : scales[path.description]
    }

    private func leafClass(_ primary: ComparedValue, _ candidate: ComparedValue) -> FieldClass {
        if primary == .null || candidate == .null {
            return primary.isEmpty || candidate.isEmpty ? .nullVersusEmpty : .value
        }
        return areComparable(primary, candidate) ? .value : .type
    }
}

/// Leaves.
extension ComparisonWalk {
    private func areComparable(_ left: ComparedValue, _ right: ComparedValue) -> Bool {
        left.kind == right.kind || (left.isNumber && right.isNumber)
    }

    private func leafAgreement(
        _ primary: ComparedValue,
        _ candidate: ComparedValue,
        _ tolerance: ToleranceTest?,
        _ scale: Double?
    ) -> Agreement {
        let exact = tolerance ?? .exact
        switch (primary, candidate) {
        case (.null, .null): return .equal
        case (.bool(let left), .bool(let right)): return left == right ? .equal : .differs
        case (.bytes(let left), .bytes(let right)): return left == right ? .equal : .differs
        case (.string(let left), .string(let right)):
            return exact.agree(left, right) ? .equal : .differs
        case (.timestamp(let s, let n), .timestamp(let otherS, let otherN)):
            return exact.agree((s, n), (otherS, otherN)) ? .equal : .differs
        case (.float(let left), .float(let right)):
            return floats(left, right, tolerance ?? .floats, scale)
        default:
            if let left = primary.exactNumber, let right = candidate.exactNumber {
                return exact.agreement(left, right, scale: scale)
            }
            guard let left = primary.approximateNumber, let right = candidate.approximateNumber
            else { return .differs }
            return doubles(left, right, tolerance ?? .floats, scale)
        }
    }

    private func doubles(
        _ left: Double,
        _ right: Double,
        _ tolerance: ToleranceTest,
        _ scale: Double?
    ) -> Agreement {
        guard tolerance.agree(left, right, scale: scale) else { return .differs }
        let isRounded = tolerance.tolerance.kind == .decimal && left != right
        return isRounded && !left.isNaN ? .precisionOnly : .equal
    }

    private func floats(
        _ left: Float,
        _ right: Float,
        _ tolerance: ToleranceTest,
        _ scale: Double?
    ) -> Agreement {
        let isFinite = left.isFinite && right.isFinite
        guard tolerance.tolerance.kind == .ulp, isFinite, left != right else {
            return doubles(Double(left), Double(right), tolerance, scale)
        }
        let steps = ToleranceTest.steps(left, right)
        return steps <= UInt64(tolerance.tolerance.ulps) ? .equal : .differs
    }
}

extension ComparedValue {
    func key(_ names: [String]) -> [ComparedValue] {
        guard case .record(let members) = self else { return [self] }
        return names.map { name in members.first { $0.name == name }?.value ?? .null }
    }

    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .decimal, .float, .double: true
        default: false
        }
    }

    fileprivate var approximateNumber: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .decimal(let unscaled, let scale): DecimalMath.double(unscaled, scale: scale)
        case .float(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    fileprivate var exactNumber: (unscaled: Int128, scale: Int)? {
        switch self {
        case .integer(let value): (Int128(value), 0)
        case .decimal(let unscaled, let scale): (unscaled, scale)
        default: nil
        }
    }
}
