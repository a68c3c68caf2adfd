internal import CKernels

/// Checks of text.
enum UTF8Text {
    /// Whether `bytes` are well-formed UTF-8.
    static func isValid(_ bytes: Span<UInt8>) -> Bool {
        // SAFETY: the kernel reads `bytes` only: it steps by what is left.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return true }
            return unsafe ck_utf8_prefix(start, buffer.count) == buffer.count
        }
    }
}
