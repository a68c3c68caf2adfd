/// The longest common subsequence of two sequences, given by when two places agree.
enum CommonSubsequence {
    /// Pairs of places in rising order.
    ///
    /// - Complexity: O(n·m) calls of `agree` beyond what both have in common at their ends, and n·m bits.
    static func pairs(
        _ leftCount: Int,
        _ rightCount: Int,
        agree: (Int, Int) -> Bool
    ) -> [(Int, Int)] {
        var start = 0
        while start < min(leftCount, rightCount), agree(start, start) { start += 1 }
        var (leftEnd, rightEnd) = (leftCount, rightCount)
        while leftEnd > start, rightEnd > start, agree(leftEnd - 1, rightEnd - 1) {
            leftEnd -= 1
            rightEnd -= 1
        }
        let rows = leftEnd - start
        let columns = rightEnd - start
        var pairs = (0..<start).map { ($0, $0) }
        if rows > 0, columns > 0 {
            pairs += middle(rows, columns) { agree(start + $0, start + $1) }
                .map { (start + $0.0, start + $0.1) }
        }
        for offset in 0..<(leftCount - leftEnd) {
            pairs.append((leftEnd + offset, rightEnd + offset))
        }
        return pairs
    }

    /// One row of lengths is kept, and a bit for each cell: whether the way leads down or to the right.
    private static func middle(
        _ rows: Int,
        _ columns: Int,
        _ agree: (Int, Int) -> Bool
    ) -> [(Int, Int)] {
        let words = (columns + 63) / 64
        var equal = [UInt64](repeating: 0, count: rows * words)
        var down = equal
        var below = [Int32](repeating: 0, count: columns + 1)
        for row in stride(from: rows - 1, through: 0, by: -1) {
            var current = [Int32](repeating: 0, count: columns + 1)
            for column in stride(from: columns - 1, through: 0, by: -1) {
                let word = row * words + column >> 6
                let bit = UInt64(1) << UInt64(column & 63)
                if agree(row, column) {
                    equal[word] |= bit
                    current[column] = below[column + 1] + 1
                } else if below[column] >= current[column + 1] {
                    down[word] |= bit
                    current[column] = below[column]
                } else {
                    current[column] = current[column + 1]
                }
            }
            below = current
        }
        var pairs: [(Int, Int)] = []
        var (row, column) = (0, 0)
        while row < rows, column < columns {
            let word = row * words + column >> 6
            let bit = UInt64(1) << UInt64(column & 63)
            if equal[word] & bit != 0 {
                pairs.append((row, column))
                row += 1
                column += 1
            } else if down[word] & bit != 0 {
                row += 1
            } else {
                column += 1
            }
        }
        return pairs
    }
}
