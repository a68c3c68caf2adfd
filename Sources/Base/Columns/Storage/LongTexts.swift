/// The texts of more than 15 bytes among a table's keys.
struct LongTexts: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count }

    var byteCount: Int { bytes.capacity + ends.capacity * 8 }

    private func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    @inline(never)
    mutating func append(_ texts: TextValues, _ range: Range<Int>) {
        let source = texts.bytes.span
        for index in range { bytes.append(source[index]) }
        ends.append(bytes.count)
    }

    func append(_ index: Int, to builder: inout TextBuilder) {
        builder.append(bytes.span.extracting(range(index)))
    }

    /// Whether `key` is a long text with the bytes in `range` of `texts`.
    @inline(never)
    func holds(_ key: WideKeyTable.Key, _ texts: TextValues, _ range: Range<Int>) -> Bool {
        guard key.high >> 56 == 0xFF else { return false }
        let own = self.range(Int(key.high & 0x00FF_FFFF_FFFF_FFFF))
        guard own.count == range.count else { return false }
        let left = bytes.span
        let right = texts.bytes.span
        for index in 0..<range.count
        where left[own.lowerBound + index] != right[range.lowerBound + index] {
            return false
        }
        return true
    }
}
