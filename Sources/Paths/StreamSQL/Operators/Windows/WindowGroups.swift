/// The groups of one window: which keys it has met, and the slot of each.
///
/// A few keys are searched one by one; more are found by a hash table, or where a good share of all keys is
/// present by an array over them. So a window costs memory by its own keys, and a busy one a single look.
struct WindowGroups {
    struct Member {
        var key: Int32
        var slot: Int32
    }

    /// In the order in which they were met.
    private(set) var members: [Member] = []
    /// Empty while there are few members.
    private var index: [Int32] = []
    private var layout = Layout.list

    private enum Layout {
        case list
        /// `index[place]` is a member's position plus 1, or 0.
        case hashed
        /// `index[key]` is the slot, or −1.
        case direct
    }

    private static let listLimit = 8

    init() {}

    var isEmpty: Bool { members.isEmpty }

    /// Writes the slot of each of `rows` to `slots`; keys not met before get a new one.
    ///
    /// `keys` has the key of every row of the batch, below `keyCount`.
    mutating func resolve(
        _ keys: Span<Int32>,
        _ rows: Range<Int>,
        keyCount: Int,
        _ allocator: inout SlotAllocator,
        into slots: inout [Int32]
    ) {
        prepare(keyCount: keyCount)
        var row = rows.lowerBound
        while row < rows.upperBound {
            if case .direct = layout {
                row = lookUp(keys, row, rows.upperBound, into: &slots)
                guard row < rows.upperBound else { return }
            }
            slots[row] = slot(of: keys[row], keyCount: keyCount, &allocator)
            row += 1
        }
    }

    /// The same for rows given by number.
    mutating func resolve(
        _ keys: Span<Int32>,
        _ rows: Span<Int32>,
        keyCount: Int,
        _ allocator: inout SlotAllocator,
        into slots: inout [Int32]
    ) {
        prepare(keyCount: keyCount)
        for position in rows.indices {
            let row = Int(rows[position])
            slots[row] = slot(of: keys[row], keyCount: keyCount, &allocator)
        }
    }

    /// Looks keys up in the array over keys, from `start` until one has no slot; returns where it stopped.
    private func lookUp(
        _ keys: Span<Int32>,
        _ start: Int,
        _ end: Int,
        into slots: inout [Int32]
    ) -> Int {
        let index = index.span
        var slots = slots.mutableSpan
        var row = start
        while row < end {
            let slot = index[Int(keys[row])]
            if slot < 0 { return row }
            slots[row] = slot
            row &+= 1
        }
        return row
    }

    /// The slot of a key, a new one if it has none.
    @inline(__always)
    mutating func slot(
        of key: Int32,
        keyCount: Int,
        _ allocator: inout SlotAllocator
    ) -> Int32 {
        let found = find(key)
        return found >= 0 ? found : insert(key, allocator.allocate(), keyCount: keyCount)
    }

    /// The slot of a key, or −1.
    @inline(__always)
    func find(_ key: Int32) -> Int32 {
        switch layout {
        case .direct: return Int(key) < index.count ? index[Int(key)] : -1
        case .list:
            for member in members where member.key == key { return member.slot }
            return -1
        case .hashed:
            let mask = index.count - 1
            var place = Self.place(key, mask)
            while index[place] != 0 {
                let member = members[Int(index[place]) - 1]
                if member.key == key { return member.slot }
                place = (place + 1) & mask
            }
            return -1
        }
    }

    /// Gives a key, which has none, a slot, and returns it.
    @discardableResult
    mutating func insert(_ key: Int32, _ slot: Int32, keyCount: Int) -> Int32 {
        members.append(Member(key: key, slot: slot))
        switch layout {
        case .list: if members.count > Self.listLimit { rebuild(keyCount: keyCount) }
        case .direct:
            if Int(key) >= index.count { prepare(keyCount: max(keyCount, Int(key) + 1)) }
            index[Int(key)] = slot
        case .hashed:
            if members.count * 2 > index.count {
                rebuild(keyCount: keyCount)
            } else {
                link(members.count - 1)
            }
        }
        return slot
    }

    /// Forgets all members.
    mutating func removeAll() {
        members.removeAll(keepingCapacity: true)
        index = []
        layout = .list
    }

    /// Makes the array over keys long enough.
    private mutating func prepare(keyCount: Int) {
        guard case .direct = layout, index.count < keyCount else { return }
        // A little more than needed, so that a growing number of keys does not copy again and again.
        let wanted = keyCount + keyCount / 4
        index.append(contentsOf: repeatElement(-1, count: wanted - index.count))
    }

    private mutating func rebuild(keyCount: Int) {
        // An array over keys takes no more room than the hash table that would come next.
        if keyCount <= members.count * 8 {
            layout = .direct
            index = [Int32](repeating: -1, count: keyCount)
            for member in members { index[Int(member.key)] = member.slot }
            return
        }
        layout = .hashed
        var capacity = 32
        while capacity < members.count * 4 { capacity *= 2 }
        index = [Int32](repeating: 0, count: capacity)
        for position in members.indices { link(position) }
    }

    private mutating func link(_ position: Int) {
        let mask = index.count - 1
        var place = Self.place(members[position].key, mask)
        while index[place] != 0 { place = (place + 1) & mask }
        index[place] = Int32(truncatingIfNeeded: position + 1)
    }

    /// Where the search for a key begins: Fibonacci hashing.
    @inline(__always)
    private static func place(_ key: Int32, _ mask: Int) -> Int {
        let product = UInt64(UInt32(bitPattern: key)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: product >> 32) & mask
    }

    /// Renames keys: `newKeys[key]` is the new number of a member's key.
    mutating func renumber(_ newKeys: [Int32], keyCount: Int) {
        for position in members.indices {
            members[position].key = newKeys[Int(members[position].key)]
        }
        index = []
        layout = .list
        if members.count > Self.listLimit { rebuild(keyCount: keyCount) }
    }

    var byteCount: Int {
        members.capacity * MemoryLayout<Member>.stride + index.capacity * 4
    }
}
