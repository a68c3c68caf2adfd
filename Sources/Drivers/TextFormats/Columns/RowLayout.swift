internal import CKernels

/// Where the fields of rows lie in a chunk.
///
/// Row `r`'s field `f` is `slots[r·stride + f] + 1 ..< slots[r·stride + f + 1]`: slots are separators, and
/// the one before the first field is the row's start less one (which wraps at position 0). A field that ends
/// before it starts is missing.
///
/// SAFETY: `@safe` rests on the decoder that owns the slots and keeps `rowCount·stride + fieldCount` of them.
@safe
struct RowLayout {
    let bytes: ByteWindow
    private let slots: UnsafePointer<UInt32>
    let stride: Int
    let rowCount: Int
    let fieldCount: Int
    /// Whether lines may end with a carriage return.
    private let hasCarriageReturns: Bool

    @unsafe init(
        bytes: ByteWindow,
        slots: UnsafePointer<UInt32>,
        stride: Int,
        rowCount: Int,
        fieldCount: Int,
        hasCarriageReturns: Bool
    ) {
        self.bytes = bytes
        unsafe self.slots = unsafe slots
        self.stride = stride
        self.rowCount = rowCount
        self.fieldCount = fieldCount
        self.hasCarriageReturns = hasCarriageReturns
    }

    func slot(row: Int, _ index: Int) -> UInt32 {
        precondition(
            row >= 0 && row < rowCount && index >= 0 && index <= fieldCount,
            "a slot of a row"
        )
        return unsafe slots[row * stride + index]
    }

    /// Field `index` of all rows.
    func run(_ index: Int) -> FieldRun {
        precondition(index >= 0 && index < fieldCount, "a field of the rows")
        return unsafe FieldRun(
            bytes: bytes,
            slots: slots + index,
            stride: stride,
            count: rowCount,
            trimsCarriageReturn: hasCarriageReturns && index == fieldCount - 1
        )
    }

    /// A row's bytes without its line end.
    func range(row: Int) -> Range<Int> {
        let start = Int(slot(row: row, 0) &+ 1)
        return RowLayout.withoutCarriageReturn(start..<Int(slot(row: row, fieldCount)), bytes)
    }

    static func withoutCarriageReturn(_ range: Range<Int>, _ bytes: ByteWindow) -> Range<Int> {
        let ends = !range.isEmpty && bytes.byte(range.upperBound - 1) == 0x0D
        return ends ? range.lowerBound..<range.upperBound - 1 : range
    }
}

/// One field of all rows.
///
/// SAFETY: as ``RowLayout``; debug builds check the row.
@safe
struct FieldRun {
    let bytes: ByteWindow
    private let slots: UnsafePointer<UInt32>
    private let stride: Int
    let count: Int
    private let trimsCarriageReturn: Bool

    @unsafe fileprivate init(
        bytes: ByteWindow,
        slots: UnsafePointer<UInt32>,
        stride: Int,
        count: Int,
        trimsCarriageReturn: Bool
    ) {
        self.bytes = bytes
        unsafe self.slots = unsafe slots
        self.stride = stride
        self.count = count
        self.trimsCarriageReturn = trimsCarriageReturn
    }

    /// The same rows with other slots, whose fields end before the line end.
    @unsafe func replacingSlots(_ slots: UnsafePointer<UInt32>, stride: Int) -> FieldRun {
        unsafe FieldRun(
            bytes: bytes,
            slots: slots,
            stride: stride,
            count: count,
            trimsCarriageReturn: false
        )
    }

    /// The same for kernels.
    var kernelFields: ck_fields {
        unsafe ck_fields(
            bytes: bytes.start,
            slots: slots,
            stride: stride,
            count: count,
            trims_carriage_return: trimsCarriageReturn ? 1 : 0
        )
    }

    /// Where the field begins; behind its end where it is missing.
    @inline(__always)
    func start(_ row: Int) -> Int {
        assert(row >= 0 && row < count, "a row of the chunk")
        return unsafe Int(slots[row &* stride] &+ 1)
    }

    /// Where the field ends; a last field ends before the carriage return of a line end.
    @inline(__always)
    func end(_ row: Int, start: Int) -> Int {
        assert(row >= 0 && row < count, "a row of the chunk")
        let end = unsafe Int(slots[row &* stride &+ 1])
        guard trimsCarriageReturn, end > start else { return end }
        return bytes.byte(end - 1) == 0x0D ? end - 1 : end
    }
}
