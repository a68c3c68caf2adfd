internal import Columns
internal import SQLFront

/// The positions that each row's frame holds.
struct OverFrames {
    /// Per position the first of its frame, and one behind the last; equal for an empty frame.
    private(set) var lower: [Int]
    private(set) var upper: [Int]

    /// The distances of a RANGE refer to `key` of `batch`.
    init(_ frame: Over.Frame, _ order: OverOrder, key: SortKey?, _ batch: Batch) {
        lower = order.partitionStarts
        upper = order.partitionEnds
        if frame.isRange {
            limitRange(frame, order, key.map { RangeDistances($0, order, batch) })
        } else {
            limitRows(frame, order)
        }
        for position in lower.indices { upper[position] = max(upper[position], lower[position]) }
    }

    private mutating func limitRows(_ frame: Over.Frame, _ order: OverOrder) {
        for position in 0..<order.count {
            let start = order.partitionStarts[position]
            let end = order.partitionEnds[position]
            lower[position] = Self.place(frame.lower, position, start, end)
            upper[position] = Self.place(frame.upper, position, start - 1, end - 1) + 1
        }
    }

    /// The position that a bound of ROWS means, between `first` and `last`.
    private static func place(
        _ bound: Over.Bound,
        _ position: Int,
        _ first: Int,
        _ last: Int
    ) -> Int {
        // More rows than a batch can have are as good as all.
        let most = Int64(Int32.max)
        switch bound {
        case .unboundedPreceding: return first
        case .unboundedFollowing: return last
        case .currentRow: return position
        case .preceding(let distance): return max(first, position - Int(min(distance, most)))
        case .following(let distance): return min(last, position + Int(min(distance, most)))
        }
    }

    private mutating func limitRange(
        _ frame: Over.Frame,
        _ order: OverOrder,
        _ distances: RangeDistances?
    ) {
        for position in 0..<order.count {
            switch frame.lower {
            case .unboundedPreceding: break
            case .unboundedFollowing: lower[position] = order.partitionEnds[position]
            case .currentRow: lower[position] = order.peerStarts[position]
            case .preceding(let distance):
                lower[position] = distances?.first(position, -Int128(distance)) ?? lower[position]
            case .following(let distance):
                lower[position] = distances?.first(position, Int128(distance)) ?? lower[position]
            }
            switch frame.upper {
            case .unboundedFollowing: break
            case .unboundedPreceding: upper[position] = order.partitionStarts[position]
            case .currentRow: upper[position] = order.peerEnds[position]
            case .preceding(let distance):
                upper[position] = distances?.end(position, -Int128(distance)) ?? upper[position]
            case .following(let distance):
                upper[position] = distances?.end(position, Int128(distance)) ?? upper[position]
            }
        }
    }
}

/// Finds the rows of a partition whose sort key lies within a distance.
///
/// Keys without distances (NULL and NaN) have their peers for a frame.
private struct RangeDistances {
    private let order: OverOrder
    /// Per position the key, its sign such that keys ascend; nil without a distance.
    private var integers: [Int128?] = []
    private var doubles: [Double?] = []
    /// Distances are multiples of this.
    private var unit: Int128 = 1

    init(_ key: SortKey, _ order: OverOrder, _ batch: Batch) {
        self.order = order
        let column = batch.columns[key.column]
        let sign: Int128 = key.isDescending ? -1 : 1
        if case .decimal(_, let scale) = column.type {
            unit = (0..<scale).reduce(1) { power, _ in power * 10 }
        }
        for position in 0..<order.count {
            let row = Int(order.rows[position])
            switch column.values {
            case .integers(let values):
                integers.append(column.isNull(row) ? nil : Int128(values[row]) * sign)
            case .decimals(let values):
                integers.append(column.isNull(row) ? nil : values[row] * sign)
            case .doubles(let values):
                let isPoint = !column.isNull(row) && !values[row].isNaN
                doubles.append(isPoint ? values[row] * Double(sign) : nil)
            default: integers.append(nil)
            }
        }
    }

    /// The first position of the partition whose key is at least the row's plus `distance`.
    func first(_ position: Int, _ distance: Int128) -> Int {
        search(position, otherwise: order.peerStarts[position]) { other in
            isBelow(other, position, distance, orEqual: false)
        }
    }

    /// One behind the last position whose key is at most the row's plus `distance`.
    func end(_ position: Int, _ distance: Int128) -> Int {
        search(position, otherwise: order.peerEnds[position]) { other in
            isBelow(other, position, distance, orEqual: true)
        }
    }

    /// The first position with a distance for which `isBefore` does not hold.
    private func search(
        _ position: Int,
        otherwise: Int,
        _ isBefore: (Int) -> Bool
    ) -> Int {
        guard hasDistance(position) else { return otherwise }
        var low = order.partitionStarts[position]
        var high = order.partitionEnds[position]
        // Keys without distances stand together at the ends.
        while low < high, !hasDistance(low) { low = order.peerEnds[low] }
        while low < high, !hasDistance(high - 1) { high = order.peerStarts[high - 1] }
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func hasDistance(_ position: Int) -> Bool {
        doubles.isEmpty ? integers[position] != nil : doubles[position] != nil
    }

    private func isBelow(
        _ other: Int,
        _ position: Int,
        _ distance: Int128,
        orEqual: Bool
    ) -> Bool {
        if !doubles.isEmpty {
            guard let own = doubles[position], let key = doubles[other] else { return false }
            let limit = own + Double(distance)
            return orEqual ? key <= limit : key < limit
        }
        guard let own = integers[position], let key = integers[other] else { return false }
        let limit = own + distance * unit
        return orEqual ? key <= limit : key < limit
    }
}
