package import Failures
internal import Glibc

/// A whole file in memory, read by the system as it is touched.
///
/// The file must not be made shorter meanwhile: touching what is gone ends the process. So this serves files
/// that Cutover wrote and owns; files of others are read through ``FileSource``.
@safe
package struct MappedFile: ~Copyable, @unchecked Sendable {
    // SAFETY: `@unchecked Sendable` holds because the pages are mapped for reading alone, at one address from
    // `init` to `deinit`.
    private let start: UnsafeMutableRawPointer?
    /// Size in bytes.
    package let byteCount: Int

    /// - Throws: `IO_READ`.
    package init(path: String) throws(Failure) {
        let mapping = unsafe try Self.map(path)
        unsafe start = mapping.start
        byteCount = unsafe mapping.byteCount
    }

    private static func map(
        _ path: String
    ) throws(Failure) -> (start: UnsafeMutableRawPointer?, byteCount: Int) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fileFailure("reading", path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw fileFailure("reading", path) }
        let byteCount = Int(status.st_size)
        // The system maps no empty files.
        guard byteCount > 0 else { return (nil, 0) }
        let mapped = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard unsafe mapped != MAP_FAILED else { throw fileFailure("reading", path) }
        return unsafe (mapped, byteCount)
    }

    deinit { if let start = unsafe start { unsafe munmap(start, byteCount) } }

    /// The bytes of the file.
    package var span: Span<UInt8> {
        // SAFETY: `byteCount` bytes are mapped at `start` until `deinit`, which the borrow of `self` delays.
        @_lifetime(borrow self) get {
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: byteCount)
            let span = unsafe Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Tells the system that the bytes will be read once from front to back.
    package func adviseSequentialReading() {
        if let start = unsafe start { _ = unsafe madvise(start, byteCount, MADV_SEQUENTIAL) }
    }
}
