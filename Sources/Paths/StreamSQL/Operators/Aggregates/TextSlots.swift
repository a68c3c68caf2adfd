internal import Columns
internal import Failures

/// Texts or byte strings of a batch's column, coded or not.
struct TextReader {
    private let texts: TextValues
    private let codes: Buffer<Int32>?

    /// - Parameter column: of a text or bytes type.
    init(_ column: Column) {
        switch column.values {
        case .texts(let texts):
            self.texts = texts
            codes = nil
        case .coded(let codes, let dictionary):
            texts = dictionary.values
            self.codes = codes
        default: preconditionFailure("\(column.type) is not stored as text")
        }
    }

    var bytes: Buffer<UInt8> { texts.bytes }

    /// Where the text of a row, which is not NULL, lies in `bytes`.
    @inline(__always)
    func range(_ row: Int) -> Range<Int> {
        guard let codes else { return texts.range(row) }
        return texts.range(Int(codes[row]))
    }
}

/// One text for each slot, or none, in one block of bytes.
///
/// A text that replaces another is appended; the block is rewritten when more than half of it is waste.
struct TextSlots {
    private var bytes: [UInt8] = []
    private var places: [Place] = []
    /// Bytes of `bytes` that a slot refers to.
    private var liveCount = 0

    private struct Place {
        var start: Int
        /// −1: no text.
        var count: Int

        static let none = Place(start: 0, count: -1)
    }

    mutating func grow(to slotCount: Int) {
        guard slotCount > places.count else { return }
        places.append(contentsOf: repeatElement(.none, count: slotCount - places.count))
    }

    func isEmpty(_ slot: Int) -> Bool { places[slot].count < 0 }

    mutating func set(_ slot: Int, to text: Span<UInt8>) {
        release(slot)
        places[slot] = Place(start: bytes.count, count: text.count)
        liveCount += text.count
        for index in text.indices { bytes.append(text[index]) }
        compactIfNeeded()
    }

    /// Gives a slot the text of another, or none.
    mutating func copy(_ source: Int, to target: Int) {
        guard source != target else { return }
        release(target)
        let place = places[source]
        guard place.count >= 0 else { return }
        places[target] = Place(start: bytes.count, count: place.count)
        liveCount += place.count
        bytes.append(contentsOf: bytes[place.start..<place.start + place.count])
        compactIfNeeded()
    }

    mutating func clear(_ slot: Int) {
        release(slot)
        compactIfNeeded()
    }

    private mutating func release(_ slot: Int) {
        liveCount -= max(places[slot].count, 0)
        places[slot] = .none
    }

    private mutating func compactIfNeeded() {
        guard bytes.count > 2 * liveCount + 1 << 16 else { return }
        var compacted: [UInt8] = []
        compacted.reserveCapacity(liveCount)
        for slot in places.indices where places[slot].count >= 0 {
            let place = places[slot]
            places[slot].start = compacted.count
            compacted.append(contentsOf: bytes[place.start..<place.start + place.count])
        }
        bytes = compacted
    }

    /// Whether `text` sorts before the slot's text.
    func isBefore(_ text: Span<UInt8>, _ slot: Int) -> Bool {
        let place = places[slot]
        return Self.order(text, bytes.span.extracting(place.start..<place.start + place.count)) < 0
    }

    /// Whether `text` sorts behind the slot's text.
    func isAfter(_ text: Span<UInt8>, _ slot: Int) -> Bool {
        let place = places[slot]
        return Self.order(text, bytes.span.extracting(place.start..<place.start + place.count)) > 0
    }

    /// The order of the texts of two slots: negative, 0 or positive.
    func order(_ left: Int, _ right: Int) -> Int {
        let first = places[left]
        let second = places[right]
        let span = bytes.span
        return Self.order(
            span.extracting(first.start..<first.start + first.count),
            span.extracting(second.start..<second.start + second.count)
        )
    }

    private static func order(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
        let common = min(left.count, right.count)
        for index in 0..<common where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return left.count - right.count
    }

    /// The texts of slots as a column; NULL where there is none.
    func column(_ type: DataType, _ slots: Span<Int32>) -> Column {
        var builder = TextBuilder(capacity: slots.count)
        let span = bytes.span
        let made = ResultValues.make(slots, placeholder: UInt8(0)) { _, slot in
            let place = places[slot]
            guard place.count >= 0 else {
                builder.appendEmpty()
                return nil
            }
            builder.append(span.extracting(place.start..<place.start + place.count))
            return 1
        }
        return Column(type, .texts(builder.finish()), validity: made.validity)
    }

    var byteCount: Int { bytes.capacity + places.capacity * MemoryLayout<Place>.stride }
}

// MARK: - Checkpoints

extension TextSlots {
    /// Writes a slot's text, or that there is none.
    func write(_ slot: Int, to output: inout StateWriter) {
        let place = places[slot]
        output.write(place.count >= 0)
        guard place.count >= 0 else { return }
        output.write(bytes.span.extracting(place.start..<place.start + place.count))
    }

    mutating func read(_ slot: Int, from input: inout StateReader) throws(Failure) {
        guard try input.flag() else { return }
        let text = try input.data()
        set(slot, to: text.span)
    }
}
