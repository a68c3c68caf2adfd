/// Maps tuples of key columns to dense group numbers 0, 1, 2 … in the order in which they are first seen.
///
/// NULL is a value of its own, all NaN are one value, and −0 equals 0. Every key column numbers its own
/// distinct values; tuples are numbered by pairing those numbers from left to right, so a text or decimal
/// is hashed and stored once for its column however many tuples hold it. Dictionary columns are looked up
/// once for each entry of a dictionary object. Group numbers depend on the order of rows alone, never on
/// the hash. A copy is a snapshot and shares memory until one side changes.
package struct GroupTable: Sendable {
    private var columns: [KeyColumnTable]
    /// Element `i` numbers pairs of (number of the first `i + 1` columns, number of column `i + 1`).
    private var pairs: [IntegerKeyTable]
    /// Without key columns all rows are one group, which exists as soon as a row has been seen.
    private var hasOnlyGroup = false
    /// The groups known when ranks were last asked for, in key order.
    private var sorted: [Int32] = []
    private var ranks = Buffer<Int32>([])

    /// - Parameter keyTypes: a type for each key column; may be empty.
    package init(keyTypes: [DataType]) {
        columns = keyTypes.map { KeyColumnTable($0) }
        pairs = keyTypes.dropFirst().map { _ in IntegerKeyTable() }
    }

    package var keyTypes: [DataType] { columns.map(\.type) }

    /// Number of groups.
    package var count: Int {
        if let last = pairs.last { return last.count }
        return columns.first?.count ?? (hasOnlyGroup ? 1 : 0)
    }

    /// Bytes of memory held, dictionaries of the input not counted.
    package var byteCount: Int {
        columns.reduce(0) { $0 + $1.byteCount } + pairs.reduce(0) { $0 + $1.byteCount }
            + sorted.capacity * 4 + ranks.count * 4
    }

    /// Forgets all groups.
    package mutating func removeAll() { self = GroupTable(keyTypes: keyTypes) }

    /// The group of each of the first `rows` rows, new ones numbered on.
    package mutating func groups(of keys: [Column], rows: Int) -> Buffer<Int32> {
        precondition(keys.allSatisfy { $0.count >= rows }, "a key column is too short")
        return unsafe number(keys, VisitedRows(rows: nil, count: rows), inserts: true)
    }

    /// The group of each selected row, new ones numbered on.
    package mutating func groups(of keys: [Column], rows: Selection) -> Buffer<Int32> {
        precondition(keys.allSatisfy { rows.bound <= $0.count }, "a selected row is outside a key")
        let visited = unsafe VisitedRows(rows: rows.rows.first, count: rows.count)
        return number(keys, visited, inserts: true)
    }

    /// The group of each of the first `rows` rows, or -1 where the tuple has none; nothing is added.
    package mutating func knownGroups(of keys: [Column], rows: Int) -> Buffer<Int32> {
        precondition(keys.allSatisfy { $0.count >= rows }, "a key column is too short")
        return unsafe number(keys, VisitedRows(rows: nil, count: rows), inserts: false)
    }

    private mutating func number(
        _ keys: [Column],
        _ visited: VisitedRows,
        inserts: Bool
    ) -> Buffer<Int32> {
        precondition(keys.count == columns.count, "a column per key")
        guard !keys.isEmpty else {
            if visited.count > 0, inserts { hasOnlyGroup = true }
            return Buffer(repeating: hasOnlyGroup ? 0 : -1, count: visited.count)
        }
        var groups = number(keys[0], column: 0, visited, inserts)
        for index in 1..<max(keys.count, 1) {
            let values = number(keys[index], column: index, visited, inserts)
            groups = pair(groups, values, at: index - 1, inserts)
        }
        return groups
    }

    /// As ``groups(of:rows:)`` of at least one key, with the number of each row's value in its own column.
    mutating func numberedGroups(
        of keys: [Column],
        rows: Int
    ) -> (groups: Buffer<Int32>, numbers: [Buffer<Int32>]) {
        precondition(!keys.isEmpty && keys.count == columns.count, "a column per key")
        precondition(keys.allSatisfy { $0.count >= rows }, "a key column is too short")
        let visited = unsafe VisitedRows(rows: nil, count: rows)
        let numbers = keys.indices.map { number(keys[$0], column: $0, visited, true) }
        var groups = numbers[0]
        for index in 1..<max(keys.count, 1) {
            groups = pair(groups, numbers[index], at: index - 1, true)
        }
        return (groups, numbers)
    }

    /// The values of one key column by their numbers, from number `first` on.
    func values(ofColumn index: Int, from first: Int) -> Column {
        let numbers = (first..<max(columns[index].count, first)).map(Int32.init)
        return columns[index].values(numbers.span)
    }

    private mutating func number(
        _ key: Column,
        column: Int,
        _ visited: VisitedRows,
        _ inserts: Bool
    ) -> Buffer<Int32> {
        let memory = Memory(byteCount: visited.count * 4)
        // SAFETY: the block is fresh and has room for `visited.count` numbers, all of which are written.
        let output = unsafe memory.start.bindMemory(to: Int32.self, capacity: visited.count)
        unsafe columns[column].number(key, visited, inserts: inserts, into: output)
        return unsafe Buffer(memory: memory, first: UnsafePointer(output), count: visited.count)
    }

    private mutating func pair(
        _ left: Buffer<Int32>,
        _ right: Buffer<Int32>,
        at index: Int,
        _ inserts: Bool
    ) -> Buffer<Int32> {
        let count = left.count
        let leftSpan = left.span
        let rightSpan = right.span
        // A missing part (-1) makes a pair that is never inserted, because nothing is inserted then.
        let keys = Buffer<Int64>(capacity: count) { output in
            for row in 0..<count {
                let low = Int64(UInt32(bitPattern: rightSpan[row]))
                output.append(Int64(leftSpan[row]) &<< 32 | low)
            }
        }
        let memory = Memory(byteCount: count * 4)
        // SAFETY: the block is fresh and has room for `count` numbers, all of which are written.
        let output = unsafe memory.start.bindMemory(to: Int32.self, capacity: count)
        unsafe pairs[index].number(
            keys.first,
            VisitedRows(rows: nil, count: count),
            VisitedValidity(words: nil),
            inserts: inserts,
            into: output
        )
        return unsafe Buffer(memory: memory, first: UnsafePointer(output), count: count)
    }

    /// The keys of the selected groups, one column per key, as first seen (−0 as 0, every NaN as one).
    package func keyColumns(groups: Selection) -> [Column] {
        precondition(groups.bound <= count || groups.count == 0, "no such group")
        guard !columns.isEmpty else { return [] }
        var numbers = groups.rows
        var result: [Column] = []
        for index in stride(from: columns.count - 1, to: 0, by: -1) {
            let own = parts(of: numbers, at: index - 1, shift: 0)
            result.append(columns[index].values(own.span))
            numbers = parts(of: numbers, at: index - 1, shift: 32)
        }
        result.append(columns[0].values(numbers.span))
        return result.reversed()
    }

    /// The right (`shift` 0) or left (32) parts of numbered pairs.
    private func parts(of numbers: Buffer<Int32>, at index: Int, shift: Int64) -> Buffer<Int32> {
        let source = numbers.span
        let table = pairs[index]
        return Buffer(capacity: source.count) { output in
            for row in source.indices {
                output.append(Int32(truncatingIfNeeded: table.key(Int(source[row])) >> shift))
            }
        }
    }

    /// The keys of all groups, in the order of their numbers.
    package func keyColumns() -> [Column] { keyColumns(groups: Selection(all: count)) }

    /// The rank of every group in canonical key order: columns in order, ascending, NULL first.
    ///
    /// Kept until groups are added; then only the new ones are sorted, and merged into the old order.
    package mutating func sortedRanks() -> Buffer<Int32> {
        updateOrder()
        return ranks
    }

    /// All groups in canonical key order, the inverse of ``sortedRanks()``.
    package mutating func sortedGroups() -> Selection {
        updateOrder()
        return Selection(rows: Buffer(sorted), bound: sorted.count)
    }

    private mutating func updateOrder() {
        let total = count
        let known = sorted.count
        guard total > known else { return }
        let keys = keyColumns()
        let orders = [SortOrder](repeating: .ascending, count: keys.count)
        let added = Selection(
            sorting: keys.map { $0.slice(known..<total) },
            orders: orders,
            rows: total - known
        ).rows
        if known == 0 {
            sorted = (0..<total).map { added[$0] }
        } else {
            let comparator = RowComparator(sources: [keys], orders: orders)
            sorted = merged(sorted, with: added, known, comparator)
        }
        var ranks = [Int32](repeating: 0, count: total)
        for rank in 0..<total { ranks[Int(sorted[rank])] = Int32(truncatingIfNeeded: rank) }
        self.ranks = Buffer(ranks)
    }

    private func merged(
        _ old: [Int32],
        with added: Buffer<Int32>,
        _ shift: Int,
        _ comparator: RowComparator
    ) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(old.count + added.count)
        var left = 0
        for index in 0..<added.count {
            let group = Int(added[index]) + shift
            while left < old.count, comparator.compare(Int(old[left]), group) < 0 {
                result.append(old[left])
                left += 1
            }
            result.append(Int32(truncatingIfNeeded: group))
        }
        result.append(contentsOf: old[left...])
        return result
    }
}
