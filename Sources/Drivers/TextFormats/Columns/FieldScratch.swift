internal import Columns

/// Memory that one decoder uses again for each column: which fields need care, which are NULL or bad.
///
/// SAFETY: the block of pending rows has room for `pendingCapacity` rows and eight more, which kernels and
/// the readers' loops overwrite without a branch.
@safe
final class FieldScratch {
    /// A field that could not be read.
    struct FieldFailure {
        var row: Int
        var field: Int
        var reason: RejectionReason
    }

    /// The bytes of an unescaped field, with padding.
    var text: [UInt8] = []
    /// Bits of the current column, 0 for NULL; empty while there is no NULL.
    private(set) var validity: [UInt64] = []
    var failures: [FieldFailure] = []
    /// Where the current column's fields lie without their quotes.
    let unquoted = SlotBuffer()
    var nulledFieldCount = 0
    private(set) var pending: UnsafeMutablePointer<UInt32>
    private var pendingCapacity: Int

    init() {
        pendingCapacity = 4096
        unsafe pending = .allocate(capacity: pendingCapacity + 8)
    }

    deinit { unsafe pending.deallocate() }

    /// Begins a column of `rowCount` rows.
    func beginColumn(rowCount: Int) {
        validity.removeAll(keepingCapacity: true)
        guard rowCount > pendingCapacity else { return }
        unsafe pending.deallocate()
        pendingCapacity = rowCount
        unsafe pending = .allocate(capacity: rowCount + 8)
    }

    func pendingRow(_ index: Int) -> Int {
        precondition(index >= 0 && index < pendingCapacity, "a pending row")
        return unsafe Int(pending[index])
    }

    func setNull(_ row: Int, rowCount: Int) {
        if validity.isEmpty {
            validity.append(contentsOf: repeatElement(~0, count: (rowCount + 63) >> 6))
        }
        validity[row >> 6] &= ~(1 << UInt64(row & 63))
    }

    /// The column's validity; nil without NULLs.
    func bitmap(rowCount: Int) -> Bitmap? {
        validity.isEmpty ? nil : Bitmap(words: Buffer(validity), count: rowCount)
    }
}
