/// XXH64 in the making, with seed 0 unless another is given.
///
/// Words and bytes may be fed in any cut; the result depends only on the bytes. Nothing is allocated,
/// so that a key of several columns is hashed without being put together first.
/// Source: the XXH64 algorithm description in the xxHash project's specification.
package struct XXH64: Sendable {
    @usableFromInline static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    @usableFromInline static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    @usableFromInline static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    @usableFromInline static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    @usableFromInline static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    @usableFromInline let seed: UInt64
    @usableFromInline var lane0: UInt64
    @usableFromInline var lane1: UInt64
    @usableFromInline var lane2: UInt64
    @usableFromInline var lane3: UInt64
    // Whole words that wait until a stripe of four is full: a short message never reaches the lanes.
    @usableFromInline var word0: UInt64 = 0
    @usableFromInline var word1: UInt64 = 0
    @usableFromInline var word2: UInt64 = 0
    /// The bytes after the last whole word, lowest first; clear above them.
    @usableFromInline var tail: UInt64 = 0
    /// Bytes fed so far.
    @usableFromInline var length: UInt64 = 0

    @inlinable
    package init(seed: UInt64 = 0) {
        self.seed = seed
        lane0 = seed &+ Self.prime1 &+ Self.prime2
        lane1 = seed &+ Self.prime2
        lane2 = seed
        lane3 = seed &- Self.prime1
    }

    /// Feeds one byte.
    @inlinable
    package mutating func update(_ byte: UInt8) { write(UInt64(byte), byteCount: 1) }

    /// Feeds the four bytes of an integer, lowest first.
    @inlinable
    package mutating func update(_ word: UInt32) { write(UInt64(word), byteCount: 4) }

    /// Feeds the eight bytes of an integer, lowest first.
    @inlinable
    package mutating func update(_ word: UInt64) { write(word, byteCount: 8) }

    /// Feeds bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        var offset = 0
        while bytes.count &- offset >= 8 {
            write(littleEndian64(bytes, at: offset), byteCount: 8)
            offset &+= 8
        }
        let rest = bytes.count &- offset
        guard rest > 0 else { return }
        write(
            littleEndianTail(bytes, at: offset, count: rest),
            byteCount: UInt64(truncatingIfNeeded: rest)
        )
    }

    /// The hash of everything fed so far; more may be fed afterwards.
    @inlinable
    package func finalize() -> UInt64 {
        var hash = length >= 32 ? mergedLanes() : seed &+ Self.prime5
        hash &+= length
        let words = (length >> 3) & 3
        if words > 0 { hash = Self.mixed(hash, word: word0) }
        if words > 1 { hash = Self.mixed(hash, word: word1) }
        if words > 2 { hash = Self.mixed(hash, word: word2) }
        return Self.avalanche(Self.mixed(hash, tail: tail, byteCount: length & 7))
    }

    /// The hash of one message.
    package static func hash(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
        var hash = XXH64(seed: seed)
        hash.update(bytes)
        return hash.finalize()
    }

    /// Feeds the low `byteCount` (1...8) bytes of `word`, which is clear above them.
    @inlinable @inline(__always)
    mutating func write(_ word: UInt64, byteCount: UInt64) {
        let waiting = length & 7
        let place = (length >> 3) & 3
        tail |= word &<< (waiting &* 8)
        length &+= byteCount
        guard waiting &+ byteCount >= 8 else { return }
        complete(tail, place: place)
        // Where nothing waited, the word went in whole: the shift by 64 gives 0.
        tail = word >> (64 &- waiting &* 8)
    }

    @inlinable @inline(__always)
    mutating func complete(_ word: UInt64, place: UInt64) {
        switch place {
        case 0: word0 = word
        case 1: word1 = word
        case 2: word2 = word
        default:
            lane0 = Self.round(lane0, word0)
            lane1 = Self.round(lane1, word1)
            lane2 = Self.round(lane2, word2)
            lane3 = Self.round(lane3, word)
        }
    }

    @inlinable
    func mergedLanes() -> UInt64 {
        var hash = Self.rotated(lane0, 1) &+ Self.rotated(lane1, 7)
        hash &+= Self.rotated(lane2, 12) &+ Self.rotated(lane3, 18)
        hash = Self.merged(hash, lane: lane0)
        hash = Self.merged(hash, lane: lane1)
        hash = Self.merged(hash, lane: lane2)
        return Self.merged(hash, lane: lane3)
    }

    @inlinable @inline(__always)
    static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
        word &<< bits | word &>> (64 &- bits)
    }

    @inlinable @inline(__always)
    static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotated(lane &+ word &* prime2, 31) &* prime1
    }

    @inlinable @inline(__always)
    static func merged(_ hash: UInt64, lane: UInt64) -> UInt64 {
        (hash ^ round(0, lane)) &* prime1 &+ prime4
    }

    @inlinable @inline(__always)
    static func mixed(_ hash: UInt64, word: UInt64) -> UInt64 {
        rotated(hash ^ round(0, word), 27) &* prime1 &+ prime4
    }

    @inlinable @inline(__always)
    static func mixed(_ hash: UInt64, tail: UInt64, byteCount: UInt64) -> UInt64 {
        var hash = hash
        var rest = tail
        var count = byteCount
        if count >= 4 {
            hash ^= (rest & 0xFFFF_FFFF) &* prime1
            hash = rotated(hash, 23) &* prime2 &+ prime3
            rest &>>= 32
            count &-= 4
        }
        while count > 0 {
            hash = rotated(hash ^ (rest & 0xFF) &* prime5, 11) &* prime1
            rest &>>= 8
            count &-= 1
        }
        return hash
    }

    @inlinable @inline(__always)
    static func avalanche(_ hash: UInt64) -> UInt64 {
        var hash = hash
        hash = (hash ^ hash &>> 33) &* prime2
        hash = (hash ^ hash &>> 29) &* prime3
        return hash ^ hash &>> 32
    }
}
