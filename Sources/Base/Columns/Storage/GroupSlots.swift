/// The open-addressed index of a key table: slots that lead from a key's hash to its number.
///
/// A slot holds the upper half of the hash and, in its lower half, the key's number plus one; 0 is free.
/// The slot of a hash is given by its uppermost bits, so doubling moves keys in order and needs no key.
/// At most half of the slots are taken.
struct GroupSlots: Sendable {
    /// A power of two.
    var words: [UInt64]
    /// Distance by which a hash is shifted to give its slot.
    private(set) var shift: UInt64

    init() {
        words = [UInt64](repeating: 0, count: 64)
        shift = 64 - 6
    }

    /// Number of keys that fit before the slots must grow.
    var limit: Int { words.count >> 1 }

    /// Quadruples small tables and doubles large ones.
    mutating func grow() {
        let bits: UInt64 = words.count < 1 << 16 ? 2 : 1
        let old = words
        shift -= bits
        words = [UInt64](repeating: 0, count: old.count << Int(bits))
        precondition(words.count <= 1 << 32, "a table holds at most 2^31 keys")
        let mask = words.count - 1
        let distance = shift
        var slots = words.mutableSpan
        for word in old where word != 0 {
            var slot = Int(truncatingIfNeeded: word &>> distance)
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = word
        }
    }

    var byteCount: Int { words.capacity * 8 }
}

/// The hash of key tables: fast, seeded for each process, and never part of a result.
enum GroupHash {
    /// Odd random numbers; keys that collide by design for one process do not for the next.
    static let seed: (UInt64, UInt64, UInt64) = {
        var generator = SystemRandomNumberGenerator()
        return (generator.next() | 1, generator.next() | 1, generator.next() | 1)
    }()

    /// Both halves of the 128-bit product, folded.
    @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always)
    static func hash(_ word: UInt64, _ seed: (UInt64, UInt64, UInt64)) -> UInt64 {
        fold(fold(word ^ seed.0, seed.1), seed.2)
    }

    @inline(__always)
    static func hash(_ low: UInt64, _ high: UInt64, _ seed: (UInt64, UInt64, UInt64)) -> UInt64 {
        fold(fold(low ^ seed.0, high ^ seed.1), seed.2)
    }
}

/// The rows that a kernel visits: the first `count`, or those that `rows` lists.
@safe
struct VisitedRows {
    // SAFETY: `GroupTable` checks that each of the `count` rows is below the number of rows of every
    // column visited, and holds the selection during the call.
    let rows: UnsafePointer<Int32>?
    let count: Int

    /// Whether every row is visited, in order.
    var areAll: Bool { unsafe rows == nil }

    @inline(__always)
    func row(_ index: Int) -> Int {
        guard let rows = unsafe rows else { return index }
        return unsafe Int(rows[index])
    }
}

/// Validity of the rows that a kernel visits.
@safe
struct VisitedValidity {
    // SAFETY: words of a bitmap as long as its column, which holds it; callers pass rows of the column.
    // Nil where no row is NULL.
    let words: UnsafePointer<UInt64>?

    var hasNulls: Bool { unsafe words != nil }

    @inline(__always)
    func isNull(_ row: Int) -> Bool {
        guard let words = unsafe words else { return false }
        return unsafe words[row &>> 6] & (1 &<< UInt64(truncatingIfNeeded: row & 63)) == 0
    }
}
