internal import Columns
internal import SQLFront

/// Pairs of rows of two inputs whose keys are equal, found through a table of the right side's keys.
///
/// NULL and NaN equal nothing. Without keys every pair matches.
struct JoinMatcher {
    /// Per left row the group of right rows with its key, or −1.
    private let groups: Buffer<Int32>
    /// Right rows, group after group, ascending within each.
    private var rightRows: [Int32]
    /// Where each group begins in `rightRows`; one more at the end.
    private var starts: [Int]

    init(left: [Column], leftCount: Int, right: [Column], rightCount: Int) {
        var table = GroupTable(keyTypes: right.map(\.type))
        let rightGroups = Self.known(table.groups(of: right, rows: rightCount), right)
        groups = Self.known(table.knownGroups(of: left, rows: leftCount), left)
        starts = [Int](repeating: 0, count: table.count + 2)
        for row in 0..<rightCount { starts[Int(rightGroups[row]) + 2] += 1 }
        // Group −1, of rows that match nothing, comes first and is left out.
        for group in starts.indices.dropFirst() { starts[group] += starts[group - 1] }
        rightRows = [Int32](repeating: 0, count: rightCount)
        for row in 0..<rightCount {
            let group = Int(rightGroups[row]) + 1
            rightRows[starts[group]] = Int32(truncatingIfNeeded: row)
            starts[group] += 1
        }
    }

    /// The groups, −1 for rows with a key that equals nothing.
    private static func known(_ groups: Buffer<Int32>, _ keys: [Column]) -> Buffer<Int32> {
        guard let bits = matchable(keys, count: groups.count) else { return groups }
        let span = groups.span
        return Buffer(capacity: span.count) { output in
            for row in span.indices { output.append(bits[row] ? span[row] : -1) }
        }
    }

    /// Rows whose keys can equal something; nil where that is every row.
    private static func matchable(_ keys: [Column], count: Int) -> Bitmap? {
        var result = SlotRows.validity(keys)
        for key in keys {
            guard case .doubles(let values) = key.values else { continue }
            let span = values.span
            var hasNaN = false
            for row in span.indices where span[row].isNaN { hasNaN = true }
            guard hasNaN else { continue }
            let numbers = Bitmap((0..<count).map { !values[$0].isNaN })
            result = result.map { $0 & numbers } ?? numbers
        }
        return result
    }

    /// The places in ``rightRow(_:)`` of the rows that match a left row.
    func matches(_ left: Int) -> Range<Int> {
        let group = Int(groups[left])
        guard group >= 0 else { return 0..<0 }
        // Filling moved every start to the start of the group behind it.
        return starts[group]..<starts[group + 1]
    }

    func rightRow(_ place: Int) -> Int32 { rightRows[place] }
}
