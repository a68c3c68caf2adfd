internal import Columns

/// Which rows of two batches have the same key.
struct RowGroups {
    struct Duplicate {
        var primary: [Int]
        var candidate: [Int]
    }

    private(set) var pairs: [BatchComparison.Pair] = []
    private(set) var duplicates: [Duplicate] = []
    private(set) var missing: [Int] = []
    private(set) var extra: [Int] = []

    init(_ primary: Batch, _ candidate: Batch, key: [Int]) {
        var table = GroupTable(keyTypes: key.map { primary.schema[$0].type })
        let ours = table.groups(of: key.map { primary.columns[$0] }, rows: primary.rowCount)
        let theirs = table.groups(of: key.map { candidate.columns[$0] }, rows: candidate.rowCount)
        let left = Self.firstRows(ours, groups: table.count)
        let right = Self.firstRows(theirs, groups: table.count)
        var repeated: [Int: Duplicate] = [:]
        for group in 0..<table.count {
            if left.isRepeated[group] || right.isRepeated[group] {
                repeated[group] = Duplicate(primary: [], candidate: [])
                continue
            }
            switch (left.first[group], right.first[group]) {
            case (let mine, -1): missing.append(Int(mine))
            case (-1, let yours): extra.append(Int(yours))
            case (let mine, let yours):
                pairs.append(.init(primary: Int(mine), candidate: Int(yours)))
            }
        }
        guard !repeated.isEmpty else { return }
        let (ourSpan, theirSpan) = (ours.span, theirs.span)
        for row in ourSpan.indices { repeated[Int(ourSpan[row])]?.primary.append(row) }
        for row in theirSpan.indices { repeated[Int(theirSpan[row])]?.candidate.append(row) }
        duplicates = repeated.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The first row of each group, or -1, and whether there are more.
    private static func firstRows(
        _ groups: Buffer<Int32>,
        groups count: Int
    ) -> (first: [Int32], isRepeated: [Bool]) {
        var first = [Int32](repeating: -1, count: count)
        var isRepeated = [Bool](repeating: false, count: count)
        let span = groups.span
        for row in span.indices {
            let group = Int(span[row])
            if first[group] >= 0 {
                isRepeated[group] = true
            } else {
                first[group] = Int32(row)
            }
        }
        return (first, isRepeated)
    }
}
