/// A block of bytes with one owner and any number of readers; aligned to 64 bytes as Arrow asks.
///
/// A block is written once, while its creator alone holds it, and is constant afterwards. Blocks made by
/// somebody else (an Arrow library, a mapped file) are adopted with the call that gives them back.
///
/// SAFETY: `@unchecked Sendable` holds because nobody writes after `Buffer`'s initialisers return.
@safe @usableFromInline
package final class Memory: @unchecked Sendable {
    @usableFromInline let start: UnsafeMutableRawPointer
    /// Size in bytes.
    package let byteCount: Int
    private let release: (() -> Void)?

    /// Allocates `byteCount` uninitialised bytes.
    package init(byteCount: Int) {
        precondition(byteCount >= 0, "a block has no negative size")
        self.byteCount = byteCount
        unsafe start = .allocate(byteCount: max(byteCount, 1), alignment: 64)
        release = nil
    }

    /// Adopts bytes that stay valid until `release` is called, which happens once, on any thread.
    @unsafe package init(
        adopting start: UnsafeRawPointer,
        byteCount: Int,
        release: @escaping @Sendable () -> Void
    ) {
        unsafe self.start = UnsafeMutableRawPointer(mutating: start)
        self.byteCount = byteCount
        self.release = release
    }

    deinit {
        if let release { release() } else { unsafe start.deallocate() }
    }
}
