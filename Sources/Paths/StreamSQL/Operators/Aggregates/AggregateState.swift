internal import Columns
internal import Failures
internal import SQLFront

/// The states of one aggregate in columns; a slot is one group of one window.
///
/// Rows are added in sequence order, so that sums of doubles have the same bits however rows were cut into
/// batches and spread over partitions.
protocol AggregateState: AnyObject {
    /// Makes room for slots 0..<`slotCount`; new ones are empty. Never shrinks.
    func grow(to slotCount: Int)

    /// Adds every row to its slot; a negative slot leaves the row out.
    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers)

    /// Adds the state of each source slot to the target slot beside it, pair after pair; sources stay.
    func merge(_ sources: Span<Int32>, into targets: Span<Int32>)

    /// Makes slots empty again.
    func clear(_ slots: Span<Int32>)

    /// The results of `call` for slots, in their order; groups without one are NULL and get a fault.
    func result(
        of call: AggregateCall,
        _ slots: Span<Int32>,
        faults: inout [GroupFault]
    ) -> Column

    var byteCount: Int { get }

    /// Writes the states of slots, in their order.
    func write(_ slots: Span<Int32>, to output: inout StateWriter)

    /// Reads what `write` wrote into as many slots, which are empty.
    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure)
}

/// A group whose result cannot be given.
struct GroupFault {
    /// Index among the slots asked for.
    var index: Int
    var code: String
    /// What the value is and why it cannot be given, without the group's key.
    var problem: String
    var call: AggregateCall
}

/// Rows that count, with their slots.
enum SlotRows {
    /// Calls `body` in order for each row whose slot is not negative and that is not NULL.
    @inline(__always)
    static func forEach(
        _ slots: Span<Int32>,
        _ validity: Bitmap?,
        _ body: (_ row: Int, _ slot: Int) -> Void
    ) {
        guard let validity else {
            for row in slots.indices where slots[row] >= 0 { body(row, Int(slots[row])) }
            return
        }
        precondition(validity.count == slots.count, "validity of another length")
        let words = validity.words.span
        var start = 0
        while start < slots.count {
            var word = words[start &>> 6]
            let rest = slots.count &- start
            if rest < 64 { word &= (1 &<< UInt64(rest)) &- 1 }
            while word != 0 {
                let row = start &+ word.trailingZeroBitCount
                if slots[row] >= 0 { body(row, Int(slots[row])) }
                word &= word &- 1
            }
            start &+= 64
        }
    }

    /// Lets `body` change the cell of each row that counts, in order.
    @inline(__always)
    static func update<Cell>(
        _ cells: inout [Cell],
        _ slots: Span<Int32>,
        _ validity: Bitmap?,
        _ body: (_ cell: inout Cell, _ row: Int) -> Void
    ) {
        var span = cells.mutableSpan
        forEach(slots, validity) { row, slot in body(&span[slot], row) }
    }

    /// Rows in which no column is NULL; nil where that is every row.
    static func validity(_ columns: [Column]) -> Bitmap? {
        var result: Bitmap?
        for case let validity? in columns.map(\.validity) {
            result = result.map { $0 & validity } ?? validity
        }
        return result
    }
}

/// Columns of results.
enum ResultValues {
    /// One element a slot, with the rows for which `value` gave nil as NULL.
    @inline(__always)
    static func make<Element: BitwiseCopyable & Sendable>(
        _ slots: Span<Int32>,
        placeholder: Element,
        _ value: (_ index: Int, _ slot: Int) -> Element?
    ) -> (values: Buffer<Element>, validity: Bitmap?) {
        var words = [UInt64](repeating: ~0, count: (slots.count + 63) >> 6)
        var hasNulls = false
        let values = Buffer<Element>(capacity: slots.count) { output in
            for index in slots.indices {
                if let element = value(index, Int(slots[index])) {
                    output.append(element)
                } else {
                    output.append(placeholder)
                    words[index >> 6] &= ~(1 << UInt64(index & 63))
                    hasNulls = true
                }
            }
        }
        let validity = hasNulls ? Bitmap(words: Buffer(words), count: slots.count) : nil
        return (values, validity)
    }

    static func integers(
        _ type: DataType,
        _ slots: Span<Int32>,
        _ value: (_ index: Int, _ slot: Int) -> Int64?
    ) -> Column {
        let made = make(slots, placeholder: Int64(0), value)
        return Column(type, .integers(made.values), validity: made.validity)
    }

    static func doubles(
        _ type: DataType,
        _ slots: Span<Int32>,
        _ value: (_ index: Int, _ slot: Int) -> Double?
    ) -> Column {
        let made = make(slots, placeholder: 0.0) { index, slot in
            value(index, slot).map { type == .float ? Double(Float($0)) : $0 }
        }
        return Column(type, .doubles(made.values), validity: made.validity)
    }

    static func decimals(
        _ type: DataType,
        _ slots: Span<Int32>,
        _ value: (_ index: Int, _ slot: Int) -> Int128?
    ) -> Column {
        let made = make(slots, placeholder: Int128(0), value)
        return Column(type, .decimals(made.values), validity: made.validity)
    }

    static func booleans(
        _ type: DataType,
        _ slots: Span<Int32>,
        _ value: (_ index: Int, _ slot: Int) -> Bool?
    ) -> Column {
        var bits: [Bool] = []
        bits.reserveCapacity(slots.count)
        let made = make(slots, placeholder: UInt8(0)) { index, slot in
            let bit = value(index, slot)
            bits.append(bit ?? false)
            return bit.map { $0 ? 1 : 0 }
        }
        return Column(type, .booleans(Bitmap(bits)), validity: made.validity)
    }
}
