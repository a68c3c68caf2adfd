private import Decimals
internal import Patterns

/// How two values of a leaf stand to each other.
enum Agreement: Sendable, Hashable {
    case equal
    /// Equal under the tolerance's digits, and unequal before.
    case precisionOnly
    case differs
}

/// A tolerance that was checked and is ready to be applied.
package struct ToleranceTest: Sendable {
    let tolerance: Tolerance
    private let pattern: Pattern?

    package init(
        _ tolerance: Tolerance,
        path: String = "$"
    ) throws(ComparisonRuleError) {
        func problem(_ problem: String, _ remedy: String) -> ComparisonRuleError {
            ComparisonRuleError(path: path, problem: problem, remedy: remedy)
        }
        let numbers = [tolerance.abs, tolerance.rel, tolerance.coefficient]
        guard numbers.allSatisfy({ $0 >= 0 && $0.isFinite }), tolerance.ulps >= 0,
            tolerance.deltaNs >= 0, tolerance.precisionNs > 0
        else { throw problem("a tolerance is negative or not finite", "write 0 or more") }
        guard (0...38).contains(tolerance.digits) else {
            throw problem("\(tolerance.digits) digits", "write 0 to 38")
        }
        self.tolerance = tolerance
        guard let capture = tolerance.capture else {
            pattern = nil
            return
        }
        do {
            pattern = try Pattern(capture)
        } catch {
            throw problem("the capture is no pattern: \(error)", "mend the regular expression")
        }
    }

    private init(unchecked tolerance: Tolerance) {
        self.tolerance = tolerance
        pattern = nil
    }

    package static let exact = ToleranceTest(unchecked: .exact)
    /// Floating-point numbers without a rule.
    package static let floats = ToleranceTest(unchecked: .floats)

    /// Two numbers; `scale` is the sum of magnitudes behind them, for `sum-scale`.
    ///
    /// Symmetric in `left` and `right`. Infinities are equal to themselves only.
    package func agree(_ left: Double, _ right: Double, scale: Double? = nil) -> Bool {
        if left.isNaN || right.isNaN {
            return left.isNaN && right.isNaN && tolerance.nanEqualsNaN
        }
        if left == 0, right == 0, !tolerance.zerosAreEqual { return left.sign == right.sign }
        if left == right { return true }
        if left.isInfinite || right.isInfinite { return false }
        let distance = (left - right).magnitude
        let larger = max(left.magnitude, right.magnitude)
        switch tolerance.kind {
        case .exact, .time, .string: return false
        case .abs: return distance <= tolerance.abs
        case .rel: return distance <= tolerance.rel * larger
        case .absrel: return distance <= max(tolerance.abs, tolerance.rel * larger)
        case .ulp: return Self.steps(left, right) <= UInt64(tolerance.ulps)
        case .sumScale:
            // Without a scale the values' own magnitude is the least that was summed.
            return distance <= tolerance.coefficient * Double.ulpOfOne * (scale ?? larger)
        case .decimal:
            return DecimalMath.rounded(left, digits: tolerance.digits)
                == DecimalMath.rounded(right, digits: tolerance.digits)
        }
    }

    /// How many numbers of `Double` lie between, counted along one folded line.
    static func steps(_ left: Double, _ right: Double) -> UInt64 {
        func folded(_ value: Double) -> Int64 {
            let bits = Int64(bitPattern: value.bitPattern)
            return bits < 0 ? Int64.min &- bits : bits
        }
        let (a, b) = (folded(left), folded(right))
        return a > b ? UInt64(bitPattern: a &- b) : UInt64(bitPattern: b &- a)
    }

    static func steps(_ left: Float, _ right: Float) -> UInt64 {
        func folded(_ value: Float) -> Int64 {
            let bits = Int32(bitPattern: value.bitPattern)
            return Int64(bits < 0 ? Int32.min &- bits : bits)
        }
        return (folded(left) - folded(right)).magnitude
    }

    /// Two exact numbers `unscaled` · 10^−`scale`.
    func agreement(
        _ left: (unscaled: Int128, scale: Int),
        _ right: (unscaled: Int128, scale: Int),
        scale: Double? = nil
    ) -> Agreement {
        let order = DecimalMath.compare(
            left.unscaled,
            scale: left.scale,
            right.unscaled,
            scale: right.scale
        )
        if order == 0 { return .equal }
        switch tolerance.kind {
        case .exact, .time, .string, .ulp: return .differs
        case .decimal:
            let (a, b) = (
                Self.halfEven(left, digits: tolerance.digits),
                Self.halfEven(right, digits: tolerance.digits)
            )
            return a == b ? .precisionOnly : .differs
        case .abs, .rel, .absrel, .sumScale:
            let a = DecimalMath.double(left.unscaled, scale: left.scale)
            let b = DecimalMath.double(right.unscaled, scale: right.scale)
            // Unequal numbers may be one Double; only a tolerance above zero lets them pass.
            let isOpen = tolerance.abs > 0 || tolerance.rel > 0 || tolerance.coefficient > 0
            return isOpen && agree(a, b, scale: scale) ? .equal : .differs
        }
    }

    /// Rounded half to even, with `digits` after the point and no trailing zeros.
    static func halfEven(
        _ value: (unscaled: Int128, scale: Int),
        digits: Int
    ) -> ComparedValue {
        guard value.scale > digits else {
            return .exactDecimal(unscaled: value.unscaled, scale: value.scale)
        }
        let shift = value.scale - digits
        guard shift <= 38 else { return .exactDecimal(unscaled: 0, scale: 0) }
        let power = powerOfTen(shift)
        var (quotient, rest) = value.unscaled.quotientAndRemainder(dividingBy: power)
        let half = power.magnitude / 2
        if rest.magnitude > half || (rest.magnitude == half && quotient % 2 != 0) {
            quotient += value.unscaled < 0 ? -1 : 1
        }
        return .exactDecimal(unscaled: quotient, scale: digits)
    }

    func agree(_ left: String, _ right: String) -> Bool {
        if left.utf8.elementsEqual(right.utf8) { return true }
        guard tolerance.kind == .string else { return false }
        let (a, b) = (normalised(left), normalised(right))
        // Swift compares text by canonical equivalence, which is what NFC makes equal bytes of.
        return tolerance.text.contains(.nfc) ? a == b : a.utf8.elementsEqual(b.utf8)
    }

    private func normalised(_ text: String) -> String {
        var text = text
        if let pattern {
            var matcher = PatternMatcher(pattern)
            let bytes = Array(text.utf8)
            let group = pattern.groupCount > 0 ? 1 : 0
            let range = matcher.firstRange(ofGroup: group, in: bytes.span)
            // What does not match is compared as a whole.
            if let range { text = String(decoding: bytes[range], as: UTF8.self) }
        }
        if tolerance.text.contains(.trim) {
            let start = text.drop { $0.isWhitespace }
            let end = start.lastIndex { !$0.isWhitespace }
            text = end.map { String(start[...$0]) } ?? ""
        }
        // Upper case first: ß and SS meet, as in full case folding.
        if tolerance.text.contains(.caseFold) { text = text.uppercased().lowercased() }
        return text
    }

    /// Two instants, each as seconds and nanoseconds.
    func agree(
        _ left: (seconds: Int64, nanoseconds: Int),
        _ right: (seconds: Int64, nanoseconds: Int)
    ) -> Bool {
        if left == right { return true }
        guard tolerance.kind == .time else { return false }
        func floored(_ time: (seconds: Int64, nanoseconds: Int)) -> Int128 {
            let whole = Int128(time.seconds) * 1_000_000_000 + Int128(time.nanoseconds)
            let precision = Int128(tolerance.precisionNs)
            let rest = whole % precision
            return whole - (rest < 0 ? rest + precision : rest)
        }
        return (floored(left) - floored(right)).magnitude <= UInt128(tolerance.deltaNs)
    }
}
