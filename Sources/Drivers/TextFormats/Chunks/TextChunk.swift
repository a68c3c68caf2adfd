/// A piece of a text that begins and ends where records do; constant, so it may move between threads.
///
/// Its memory goes back to the reader's pool with the last reference.
///
/// SAFETY: `@unchecked Sendable` holds because nobody writes into `memory` while a chunk has it: the reader
/// fills it before it makes the chunk, and `deinit` gives it back when no reader is left.
@safe
package final class TextChunk: @unchecked Sendable {
    /// How many chunks of the text come before this one.
    package let index: Int
    /// Where the chunk's first byte lies in the (decompressed) text.
    package let byteOffset: Int
    /// Number of bytes.
    package let count: Int
    /// Where records begin: behind a byte order mark and a header, else 0.
    package let contentStart: Int
    /// The same bytes for kernels, which may read 64 bytes past the end.
    let window: ByteWindow
    private let memory: ChunkMemory
    private let pool: ChunkPool

    init(
        index: Int,
        byteOffset: Int,
        count: Int,
        contentStart: Int,
        memory: ChunkMemory,
        pool: ChunkPool
    ) {
        precondition(
            contentStart <= count && count <= memory.capacity,
            "a chunk lies in its memory"
        )
        self.index = index
        self.byteOffset = byteOffset
        self.count = count
        self.contentStart = contentStart
        unsafe window = ByteWindow(start: memory.start, count: count)
        self.memory = memory
        self.pool = pool
    }

    deinit { pool.give(memory) }

    /// The chunk's bytes.
    package var bytes: Span<UInt8> {
        // SAFETY: `memory` holds at least `count` initialized bytes as long as `self` lives.
        @_lifetime(borrow self) get {
            let span = unsafe Span(_unsafeStart: window.start, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// A chunk by itself, for texts that are in memory already.
    package convenience init(copying text: [UInt8], byteOffset: Int = 0, index: Int = 0) {
        let memory = ChunkMemory(capacity: text.count)
        // SAFETY: the memory is fresh and as large as the text.
        unsafe text.withUnsafeBufferPointer { source in
            if let base = source.baseAddress {
                unsafe memory.start.update(from: base, count: source.count)
            }
        }
        self.init(
            index: index,
            byteOffset: byteOffset,
            count: text.count,
            contentStart: 0,
            memory: memory,
            pool: ChunkPool(limit: 0)
        )
    }
}

/// A block of bytes with room for kernels that read past the end.
///
/// SAFETY: `@unchecked Sendable` holds because it has one owner at a time: a reader, a chunk or the pool.
@safe
final class ChunkMemory: @unchecked Sendable {
    /// How far kernels read past the bytes they are given.
    static let paddingSize = 64

    let start: UnsafeMutablePointer<UInt8>
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        let size = capacity + Self.paddingSize
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        unsafe start = raw.bindMemory(to: UInt8.self, capacity: size)
        // So that no kernel ever meets bytes that were never written.
        unsafe start.initialize(repeating: 0, count: size)
    }

    deinit { unsafe start.deallocate() }
}
