/// Compares rows of one or several lists of key columns, as `Selection(sorting:orders:rows:)` orders them.
@safe
package struct RowComparator: Sendable {
    /// One key column of one source.
    ///
    /// SAFETY: `@unchecked Sendable` holds because the memory is constant, and `sources` holds it.
    private struct View: @unchecked Sendable {
        let layout: Layout
        let validity: VisitedValidity
    }

    @safe
    private enum Layout {
        case integers(UnsafePointer<Int64>)
        case doubles(UnsafePointer<Double>)
        case booleans(UnsafePointer<UInt64>)
        case decimals(UnsafePointer<Int128>)
        case texts(TextPointers)
        case coded(codes: UnsafePointer<Int32>, TextPointers)
    }

    private let sources: [[Column]]
    private let orders: [SortOrder]
    /// The columns of the first source, then those of the next.
    private let views: [View]

    /// - Parameters:
    ///   - sources: lists of key columns, each list with a column for every order.
    ///   - orders: how each key column orders rows.
    package init(sources: [[Column]], orders: [SortOrder]) {
        precondition(sources.allSatisfy { $0.count == orders.count }, "an order per column")
        self.sources = sources
        self.orders = orders
        views = sources.flatMap { $0.map(Self.view) }
    }

    private static func view(_ column: Column) -> View {
        let layout: Layout =
            switch column.values {
            case .integers(let buffer): unsafe .integers(buffer.first)
            case .doubles(let buffer): unsafe .doubles(buffer.first)
            case .booleans(let bitmap): unsafe .booleans(bitmap.words.first)
            case .decimals(let buffer): unsafe .decimals(buffer.first)
            case .texts(let texts): .texts(TextPointers(texts))
            case .coded(let codes, let dictionary):
                unsafe .coded(codes: codes.first, TextPointers(dictionary.values))
            }
        return unsafe View(
            layout: layout,
            validity: VisitedValidity(words: column.validity?.words.first)
        )
    }

    /// Compares two rows of the first source: negative, 0 or positive.
    package func compare(_ left: Int, _ right: Int) -> Int {
        compare(left, in: 0, right, in: 0)
    }

    /// Compares row `left` of one source with row `right` of another: negative, 0 or positive.
    package func compare(
        _ left: Int,
        in leftSource: Int,
        _ right: Int,
        in rightSource: Int
    ) -> Int {
        let width = orders.count
        for key in 0..<width {
            let order = compareKey(
                views[leftSource * width + key],
                left,
                views[rightSource * width + key],
                right
            )
            if order != 0 { return orders[key] == .descending ? -order : order }
        }
        return 0
    }

    private func compareKey(_ left: View, _ leftRow: Int, _ right: View, _ rightRow: Int) -> Int {
        let leftIsNull = left.validity.isNull(leftRow)
        let rightIsNull = right.validity.isNull(rightRow)
        if leftIsNull || rightIsNull { return (leftIsNull ? 0 : 1) - (rightIsNull ? 0 : 1) }
        switch (left.layout, right.layout) {
        case (.integers(let a), .integers(let b)):
            return unsafe order(a[leftRow], b[rightRow])
        case (.doubles(let a), .doubles(let b)):
            return unsafe Self.order(a[leftRow], b[rightRow])
        case (.decimals(let a), .decimals(let b)):
            return unsafe order(a[leftRow], b[rightRow])
        case (.booleans(let a), .booleans(let b)):
            let leftBit = unsafe a[leftRow >> 6] &>> UInt64(leftRow & 63) & 1
            let rightBit = unsafe b[rightRow >> 6] &>> UInt64(rightRow & 63) & 1
            return order(leftBit, rightBit)
        default:
            return unsafe Self.order(
                Self.text(left.layout, leftRow),
                Self.text(right.layout, rightRow)
            )
        }
    }

    private static func text(_ layout: Layout, _ row: Int) -> UnsafeBufferPointer<UInt8> {
        switch layout {
        case .texts(let texts): return unsafe texts.text(row)
        case .coded(let codes, let texts): return unsafe texts.text(Int(codes[row]))
        default: preconditionFailure("rows of different layouts are never compared")
        }
    }

    @inline(__always)
    private func order<Element: Comparable>(_ left: Element, _ right: Element) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    private static func order(_ left: Double, _ right: Double) -> Int {
        if left.isNaN || right.isNaN { return (left.isNaN ? 1 : 0) - (right.isNaN ? 1 : 0) }
        return left < right ? -1 : left > right ? 1 : 0
    }

    private static func order(
        _ left: UnsafeBufferPointer<UInt8>,
        _ right: UnsafeBufferPointer<UInt8>
    ) -> Int {
        let common = min(left.count, right.count)
        for index in 0..<common {
            let a = unsafe left[index]
            let b = unsafe right[index]
            if a != b { return a < b ? -1 : 1 }
        }
        return left.count - right.count
    }

    /// Merges the sources, each of which is sorted, into one order.
    ///
    /// - Parameter counts: rows of each source.
    /// - Returns: rows of the sources' concatenation; equal rows by source, then by row.
    /// - Complexity: O(rows × log sources) comparisons.
    package func merged(counts: [Int]) -> Selection {
        precondition(counts.count == sources.count, "a count per source")
        var bases: [Int] = []
        var total = 0
        for count in counts {
            bases.append(total)
            total += count
        }
        var positions = [Int](repeating: 0, count: counts.count)
        var heap: [Int] = []
        for source in counts.indices where counts[source] > 0 {
            heap.append(source)
        }
        for index in heap.indices.reversed() { sink(index, &heap, positions) }
        let rows = Buffer<Int32>(capacity: total) { output in
            while let source = heap.first {
                output.append(Int32(truncatingIfNeeded: bases[source] + positions[source]))
                positions[source] += 1
                if positions[source] == counts[source] {
                    heap[0] = heap[heap.count - 1]
                    heap.removeLast()
                }
                sink(0, &heap, positions)
            }
        }
        return Selection(rows: rows, bound: total)
    }

    /// Restores the heap below `start`: a source is no later than its two children.
    private func sink(_ start: Int, _ heap: inout [Int], _ positions: [Int]) {
        var parent = start
        while true {
            var first = parent
            for child in [parent * 2 + 1, parent * 2 + 2] where child < heap.count {
                if precedes(heap[child], heap[first], positions) { first = child }
            }
            if first == parent { return }
            heap.swapAt(first, parent)
            parent = first
        }
    }

    private func precedes(_ left: Int, _ right: Int, _ positions: [Int]) -> Bool {
        let order = compare(positions[left], in: left, positions[right], in: right)
        return order < 0 || (order == 0 && left < right)
    }
}
