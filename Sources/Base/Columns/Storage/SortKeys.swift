/// A column as sortable words: level by level, rows that tie on all earlier levels are ordered by a word.
///
/// Levels of text are eight bytes each, padded with zeros, and at last the length: bytes that differ only
/// in padding are a prefix of one another, and the shorter comes first.
struct SortKeys {
    @safe
    enum Layout {
        case integers(UnsafePointer<Int64>)
        case doubles(UnsafePointer<Double>)
        case booleans(UnsafePointer<UInt64>)
        case decimals(UnsafePointer<Int128>)
        case texts(offsets: UnsafePointer<Int32>, bytes: UnsafePointer<UInt8>)
        /// Ranks of the dictionary's entries stand for the texts.
        case ranks(codes: UnsafePointer<Int32>, ranks: UnsafePointer<UInt32>)
    }

    /// SAFETY: holds the memory that `layout` points into.
    private let column: Column
    private let ranks: Buffer<UInt32>
    let layout: Layout
    let validity: VisitedValidity
    let flip: UInt64

    init(_ column: Column, _ order: SortOrder, rows: Int) {
        var column = column
        var ranks: Buffer<UInt32>?
        if case .coded(_, let dictionary) = column.values {
            // Ranking more entries than there are rows costs more than spelling the rows out.
            if dictionary.values.count <= max(rows, 256) {
                ranks = Self.ranks(of: dictionary.values)
            } else {
                column = column.decoded
            }
        }
        self.column = column
        let ranked = ranks ?? Buffer([])
        self.ranks = ranked
        unsafe validity = VisitedValidity(words: column.validity?.words.first)
        flip = order == .descending ? ~0 : 0
        layout =
            switch column.values {
            case .integers(let buffer): unsafe .integers(buffer.first)
            case .doubles(let buffer): unsafe .doubles(buffer.first)
            case .booleans(let bitmap): unsafe .booleans(bitmap.words.first)
            case .decimals(let buffer): unsafe .decimals(buffer.first)
            case .texts(let texts):
                unsafe .texts(offsets: texts.offsets.first, bytes: texts.bytes.first)
            case .coded(let codes, _):
                unsafe .ranks(codes: codes.first, ranks: ranked.first)
            }
    }

    /// The rank of every text among the texts; equal ones share a rank.
    private static func ranks(of texts: TextValues) -> Buffer<UInt32> {
        let column = Column(.bytes, .texts(texts))
        let sorted = Selection(sorting: [column], orders: [.ascending], rows: texts.count).rows
        let comparator = RowComparator(sources: [[column]], orders: [.ascending])
        var ranks = [UInt32](repeating: 0, count: texts.count)
        var rank: UInt32 = 0
        for index in 0..<sorted.count {
            let row = Int(sorted[index])
            if index > 0, comparator.compare(Int(sorted[index - 1]), row) != 0 { rank += 1 }
            ranks[row] = rank
        }
        return Buffer(ranks)
    }

    /// Writes the key of each item's row on `level`; the rows are not NULL.
    ///
    /// SAFETY: every item's row is a row of the column.
    func fill(_ items: UnsafeMutablePointer<SortItems.Item>, _ count: Int, level: Int) {
        switch layout {
        case .integers(let values):
            for index in 0..<count {
                let value = unsafe values[Int(items[index].row)]
                unsafe items[index].key = (UInt64(bitPattern: value) ^ 1 &<< 63) ^ flip
            }
        case .doubles(let values):
            for index in 0..<count {
                let value = unsafe values[Int(items[index].row)]
                unsafe items[index].key = Self.word(value) ^ flip
            }
        case .booleans(let words):
            for index in 0..<count {
                let row = unsafe Int(items[index].row)
                let bit = unsafe words[row >> 6] &>> UInt64(row & 63) & 1
                unsafe items[index].key = bit ^ flip
            }
        case .decimals(let values):
            for index in 0..<count {
                let value = unsafe values[Int(items[index].row)]
                let high = UInt64(truncatingIfNeeded: value >> 64) ^ 1 &<< 63
                let word = level == 0 ? high : UInt64(truncatingIfNeeded: value)
                unsafe items[index].key = word ^ flip
            }
        case .texts(let offsets, let bytes):
            for index in 0..<count {
                let row = unsafe Int(items[index].row)
                let start = unsafe Int(offsets[row]) + level * 8
                let end = unsafe Int(offsets[row + 1])
                unsafe items[index].key = Self.word(bytes, start, end) ^ flip
            }
        case .ranks(let codes, let ranks):
            for index in 0..<count {
                let code = unsafe Int(codes[Int(items[index].row)])
                unsafe items[index].key = UInt64(ranks[code]) ^ flip
            }
        }
    }

    /// Writes the length of each item's text as its key.
    func fillLengths(_ items: UnsafeMutablePointer<SortItems.Item>, _ count: Int) {
        guard case .texts(let offsets, _) = layout else { return }
        for index in 0..<count {
            let row = unsafe Int(items[index].row)
            unsafe items[index].key = UInt64(offsets[row + 1] - offsets[row]) ^ flip
        }
    }

    /// What is left to tell items apart that tie on `level`.
    enum Next {
        case nothing
        case level(Int)
        case lengths
    }

    func next(
        after level: Int,
        _ items: UnsafePointer<SortItems.Item>,
        _ count: Int
    ) -> Next {
        switch layout {
        case .integers, .doubles, .booleans, .ranks: return .nothing
        case .decimals: return level == 0 ? .level(1) : .nothing
        case .texts(let offsets, _):
            var shortest = Int32.max
            var longest: Int32 = 0
            for index in 0..<count {
                let row = unsafe Int(items[index].row)
                let length = unsafe offsets[row + 1] - offsets[row]
                shortest = min(shortest, length)
                longest = max(longest, length)
            }
            if Int(longest) > (level + 1) * 8 { return .level(level + 1) }
            return shortest == longest ? .nothing : .lengths
        }
    }

    /// A word that orders doubles: −0 as 0, every NaN as the same largest one.
    @inline(__always)
    private static func word(_ value: Double) -> UInt64 {
        if value.isNaN { return ~0 }
        let bits = (value + 0).bitPattern
        let mask = UInt64(bitPattern: Int64(bitPattern: bits) &>> 63) | 1 &<< 63
        return bits ^ mask
    }

    /// Up to eight bytes from `start`, the first one uppermost, zeros behind `end`.
    @inline(__always)
    private static func word(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
        if end &- start >= 8 {
            let word = unsafe UnsafeRawPointer(bytes)
                .loadUnaligned(fromByteOffset: start, as: UInt64.self)
            return UInt64(bigEndian: word)
        }
        var word: UInt64 = 0
        var shift: UInt64 = 56
        var offset = start
        while offset < end {
            word |= unsafe UInt64(bytes[offset]) &<< shift
            shift &-= 8
            offset &+= 1
        }
        return word
    }
}
