package import JSON

/// How two results of one unit are held against each other.
package struct ComparePlan: NormalForm {
    /// Columns by which rows find each other; empty: rows are a multiset.
    package var align: [String] = []
    /// The most specific path wins.
    package var rules: [ComparisonRule] = []
    /// Examples kept for each path and class.
    package var keepExamples = 20
    /// Whether values may be shown: sensitive ones are kept as fingerprints only.
    package var isSensitive = false
    /// Share of units for which the primary runs twice, to know its own noise.
    package var noisePPM = 0

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("align", &align)
        try coder.field("rules", &rules)
        try coder.field("keepExamples", &keepExamples)
        try coder.field("isSensitive", &isSensitive)
        try coder.field("noisePPM", &noisePPM)
    }
}

/// What holds at and below one path of a result.
package struct ComparisonRule: NormalForm {
    /// `$.vwap`, `$.items[*].price`, `$.*`.
    package var path = "$"
    package var tolerance: Tolerance?
    package var ignore: IgnoreRule?
    package var list: ListRule?
    /// Whether examples at the path never show their values.
    package var isSensitive = false

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("path", &path)
        try coder.field("tolerance", &tolerance)
        try coder.field("ignore", &ignore)
        try coder.field("list", &list)
        try coder.field("isSensitive", &isSensitive)
    }
}

/// Why differences at a path do not count, who says so, and until when.
package struct IgnoreRule: NormalForm {
    package var reason = ""
    package var owner = ""
    /// The first day on which they count again: `2026-12-31`.
    package var expires = ""

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("reason", &reason)
        try coder.field("owner", &owner)
        try coder.field("expires", &expires)
    }
}

/// How the elements of a list find each other.
package struct ListRule: NormalForm {
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        case ordered
        case multiset
        case keyed
    }

    package var mode = Mode.ordered
    /// Of keyed lists: the members that name an element.
    package var by: [String] = []

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("mode", &mode)
        try coder.field("by", &by)
    }
}

/// When two values count as equal.
package struct Tolerance: NormalForm {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Canonical equality.
        case exact
        /// |a − b| ≤ `abs`.
        case abs
        /// |a − b| ≤ `rel` · max(|a|, |b|).
        case rel
        /// |a − b| ≤ max(`abs`, `rel` · max(|a|, |b|)).
        case absrel
        /// At most `ulps` floating-point numbers of the same width lie between.
        case ulp
        /// |a − b| ≤ `coefficient` · ε · scale, with the sum of magnitudes that the adapter gives.
        case sumScale = "sum-scale"
        /// Equal after half-even rounding to `digits` after the point.
        case decimal
        /// At most `deltaNs` apart, once floored to `precisionNs`.
        case time
        /// Equal after the text rules.
        case string
    }

    package enum TextRule: String, Sendable, Hashable, CaseIterable {
        case nfc
        case trim
        case caseFold = "case-fold"
    }

    package var kind = Kind.exact
    package var abs = 0.0
    package var rel = 0.0
    package var ulps = 0
    package var coefficient = 0.0
    package var digits = 0
    package var deltaNs = 0
    package var precisionNs = 1
    package var text: [TextRule] = []
    /// Regular expression whose first group, or whole match, is what is compared.
    package var capture: String?
    package var nanEqualsNaN = true
    package var zerosAreEqual = true

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("kind", &kind)
        try coder.field("abs", &abs)
        try coder.field("rel", &rel)
        try coder.field("ulps", &ulps)
        try coder.field("coefficient", &coefficient)
        try coder.field("digits", &digits)
        try coder.field("deltaNs", &deltaNs)
        try coder.field("precisionNs", &precisionNs)
        try coder.field("text", &text)
        try coder.field("capture", &capture)
        try coder.field("nanEqualsNaN", &nanEqualsNaN)
        try coder.field("zerosAreEqual", &zerosAreEqual)
    }
}

extension Tolerance {
    package static var exact: Tolerance { Tolerance() }

    /// What floating-point numbers get without a rule.
    package static var floats: Tolerance { .absrel(abs: 1e-12, rel: 1e-9) }

    package static func absrel(abs: Double, rel: Double) -> Tolerance {
        var tolerance = Tolerance()
        tolerance.kind = .absrel
        tolerance.abs = abs
        tolerance.rel = rel
        return tolerance
    }
}
