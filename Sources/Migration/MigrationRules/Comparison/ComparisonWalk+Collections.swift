/// Structs, maps and lists.
extension ComparisonWalk {
    mutating func compare(
        _ left: [ComparedValue.Member],
        _ right: [ComparedValue.Member],
        at path: ValuePath
    ) {
        let others = Dictionary(right.map { ($0.name, $0.value) }) { _, last in last }
        for member in left {
            let below = path.appending(.name(member.name))
            if let other = others[member.name] {
                compare(member.value, other, at: below)
            } else {
                note(.missing, below, member.value, nil)
            }
        }
        let ours = Set(left.map(\.name))
        for member in right where !ours.contains(member.name) {
            note(.extra, path.appending(.name(member.name)), nil, member.value)
        }
    }

    /// Whether two values differ in nothing that counts.
    private func agree(
        _ left: ComparedValue,
        _ right: ComparedValue,
        at path: ValuePath
    ) -> Bool {
        var inner = ComparisonWalk(rules: rules, scales: scales)
        inner.compare(left, right, at: path)
        return !inner.differences.contains(where: \.counts)
    }

    mutating func compareOrdered(
        _ left: [ComparedValue],
        _ right: [ComparedValue],
        at path: ValuePath
    ) {
        guard left.count == right.count else {
            compareUneven(left, right, at: path)
            return
        }
        let bad = left.indices.filter {
            !agree(left[$0], right[$0], at: path.appending(.element($0)))
        }
        if bad.count > 1, isPermutation(bad.map { left[$0] }, bad.map { right[$0] }) {
            note(.order, path, .list(left), .list(right))
            return
        }
        for index in left.indices {
            compare(left[index], right[index], at: path.appending(.element(index)))
        }
    }

    private func isPermutation(_ left: [ComparedValue], _ right: [ComparedValue]) -> Bool {
        left.map(\.text).sorted() == right.map(\.text).sorted()
    }

    private mutating func compareUneven(
        _ left: [ComparedValue],
        _ right: [ComparedValue],
        at path: ValuePath
    ) {
        note(.length, path, .integer(Int64(left.count)), .integer(Int64(right.count)))
        let isAligned = max(left.count, right.count) <= ValueComparison.alignmentLimit
        guard isAligned else {
            for index in 0..<min(left.count, right.count) {
                compare(left[index], right[index], at: path.appending(.element(index)))
            }
            noteRest(left, right, from: min(left.count, right.count), at: path)
            return
        }
        let pairs = CommonSubsequence.pairs(left.count, right.count) { i, j in
            agree(left[i], right[j], at: path.appending(.element(i)))
        }
        var (i, j) = (0, 0)
        for pair in pairs + [(left.count, right.count)] {
            while i < pair.0 {
                note(.missing, path.appending(.element(i)), left[i], nil)
                i += 1
            }
            while j < pair.1 {
                note(.extra, path.appending(.element(j)), nil, right[j])
                j += 1
            }
            (i, j) = (pair.0 + 1, pair.1 + 1)
        }
    }

    private mutating func noteRest(
        _ left: [ComparedValue],
        _ right: [ComparedValue],
        from start: Int,
        at path: ValuePath
    ) {
        for index in start..<max(start, left.count) {
            note(.missing, path.appending(.element(index)), left[index], nil)
        }
        for index in start..<max(start, right.count) {
            note(.extra, path.appending(.element(index)), nil, right[index])
        }
    }

    /// Elements without order: equal ones cancel out, then those that agree pair in canonical order.
    mutating func compareBags(
        _ left: [ComparedValue],
        _ right: [ComparedValue],
        at path: ValuePath,
        isDuplicateKey: Bool = false
    ) {
        var counts: [ComparedValue: Int] = [:]
        for element in right { counts[element, default: 0] += 1 }
        var ours: [ComparedValue] = []
        for element in left {
            if let count = counts[element], count > 0 {
                counts[element] = count - 1
            } else {
                ours.append(element)
            }
        }
        var theirs = ComparedValue.sorted(
            counts.flatMap { Array(repeating: $0.key, count: $0.value) }
        )
        let place = path.appending(.element(nil))
        for element in ComparedValue.sorted(ours) {
            if let partner = theirs.firstIndex(where: { agree(element, $0, at: place) }) {
                compare(element, theirs.remove(at: partner), at: place)
            } else {
                note(.missing, place, element, nil, isDuplicateKey: isDuplicateKey)
            }
        }
        for element in theirs {
            note(.extra, place, nil, element, isDuplicateKey: isDuplicateKey)
        }
    }

    /// Elements find each other by key; a key that stands more than once is compared as a multiset.
    mutating func compareKeyed(
        _ left: [ComparedValue],
        _ right: [ComparedValue],
        by names: [String],
        at path: ValuePath
    ) {
        let ours = Dictionary(grouping: left) { $0.key(names) }
        let theirs = Dictionary(grouping: right) { $0.key(names) }
        let keys = Set(ours.keys).union(theirs.keys).map { ($0.map(\.text), $0) }
        let place = path.appending(.element(nil))
        for (_, key) in keys.sorted(by: { $0.0.lexicographicallyPrecedes($1.0) }) {
            let (mine, yours) = (ours[key] ?? [], theirs[key] ?? [])
            if mine.count == 1, yours.count == 1 {
                compare(mine[0], yours[0], at: place)
            } else {
                let isDuplicate = mine.count > 1 || yours.count > 1
                compareBags(mine, yours, at: path, isDuplicateKey: isDuplicate)
            }
        }
    }
}
