/// Where texts lie, for loops over rows that must not count references.
///
/// SAFETY: whoever makes one holds the texts for as long, and passes rows of them.
@safe
struct TextPointers {
    let offsets: UnsafePointer<Int32>
    let bytes: UnsafePointer<UInt8>

    init(_ texts: TextValues) {
        unsafe offsets = texts.offsets.first
        unsafe bytes = texts.bytes.first
    }

    @inline(__always)
    func text(_ row: Int) -> UnsafeBufferPointer<UInt8> {
        let start = unsafe Int(offsets[row])
        let end = unsafe Int(offsets[row + 1])
        return unsafe UnsafeBufferPointer(start: bytes + start, count: end - start)
    }
}
