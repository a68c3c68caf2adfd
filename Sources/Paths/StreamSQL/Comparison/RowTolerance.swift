/// When two approximate numbers of two processors count as equal.
package enum RowTolerance: Hashable, Sendable {
    /// The same bits, except that −0 = +0 and NaN = NaN: V1 against V2.
    case exact
    /// |a−b| ≤ max(absolute, relative·max(|a|,|b|)): Cutover against another engine.
    case absoluteOrRelative(absolute: Double, relative: Double)

    /// The tolerance against Flink and DuckDB.
    package static let engines = RowTolerance.absoluteOrRelative(absolute: 1e-12, relative: 1e-9)

    package func agree(_ left: Double, _ right: Double) -> Bool {
        if left == right || (left.isNaN && right.isNaN) { return true }
        switch self {
        case .exact: return false
        case .absoluteOrRelative(let absolute, let relative):
            guard left.isFinite, right.isFinite else { return false }
            let scale = max(left.magnitude, right.magnitude)
            return (left - right).magnitude <= max(absolute, relative * scale)
        }
    }
}
