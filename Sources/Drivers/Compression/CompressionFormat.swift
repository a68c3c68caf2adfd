/// A format of compressed bytes.
package enum CompressionFormat: String, Sendable, Hashable, CaseIterable {
    case gzip
    case zstd

    /// The format that a path's suffix names: `.gz`, `.zst`; nil for any other.
    package init?(path: String) {
        if path.hasSuffix(".gz") {
            self = .gzip
        } else if path.hasSuffix(".zst") {
            self = .zstd
        } else {
            return nil
        }
    }

    /// Compression level that balances time and size.
    package var defaultLevel: Int { self == .gzip ? 6 : 3 }
}
