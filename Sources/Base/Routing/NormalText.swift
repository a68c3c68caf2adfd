@_spi(_Unicode) private import Swift

/// Text in Unicode's normal form C, so that one word has one key however its accents were typed.
///
/// The standard library's own normaliser does the work. Normal forms of assigned characters never change
/// (Unicode's stability policy), so a key keeps its bucket over versions.
enum NormalText {
    static func isASCII(_ bytes: Span<UInt8>) -> Bool {
        var seen: UInt8 = 0
        for index in bytes.indices { seen |= bytes[index] }
        return seen < 0x80
    }

    /// The normal form C of valid UTF-8.
    ///
    /// Kept out of line: what it needs to begin costs more than the hash of an ASCII key.
    @inline(never)
    static func composed(_ bytes: Span<UInt8>) -> [UInt8] {
        let raw = [UInt8](capacity: bytes.count) { output in
            for index in bytes.indices { output.append(bytes[index]) }
        }
        var normal = String.UnicodeScalarView()
        for scalar in String(decoding: raw, as: UTF8.self)._nfc { normal.append(scalar) }
        return Array(String(normal).utf8)
    }
}
