/// The text of a field, without quotes and escapes.
enum FieldContent {
    case missing
    /// These bytes of the chunk.
    case plain(Range<Int>)
    /// The bytes of the scratch.
    case unescaped
    case bad(RejectionReason)
}

/// Takes quotes and escapes off fields.
struct FieldUnescaper {
    private let quote: UInt8?
    /// Nil also where it is the quote byte, which is doubled then.
    private let escape: UInt8?

    init(_ options: CSVOptions) {
        quote = options.quote
        escape = options.escape == options.quote ? nil : options.escape
    }

    /// The text of the field in `start..<end`; where it differs from those bytes, it is put into `scratch`.
    func content(
        _ bytes: ByteWindow,
        _ start: Int,
        _ end: Int,
        scratch: inout [UInt8]
    ) -> FieldContent {
        if end < start { return .missing }
        if let quote, start < end, bytes.byte(start) == quote {
            return quoted(bytes, start + 1, end, quote: quote, scratch: &scratch)
        }
        guard let escape else { return .plain(start..<end) }
        var position = start
        while position < end, bytes.byte(position) != escape { position += 1 }
        if position == end { return .plain(start..<end) }
        scratch.removeAll(keepingCapacity: true)
        position = start
        while position < end {
            let byte = bytes.byte(position)
            position += 1
            guard byte == escape else {
                scratch.append(byte)
                continue
            }
            guard position < end else { return .bad(.quotes) }
            scratch.append(Self.escaped(bytes.byte(position)))
            position += 1
        }
        return .unescaped
    }

    private func quoted(
        _ bytes: ByteWindow,
        _ first: Int,
        _ end: Int,
        quote: UInt8,
        scratch: inout [UInt8]
    ) -> FieldContent {
        var position = first
        while position < end, bytes.byte(position) != quote, bytes.byte(position) != escape {
            position += 1
        }
        // Usually the first quote closes the field, and the text is what lies between.
        let isPlain =
            position < end && bytes.byte(position) == quote
            && !(position + 1 < end && bytes.byte(position + 1) == quote)
        if isPlain {
            let plain = first..<position
            return closes(bytes, position + 1, end) ? .plain(plain) : .bad(.quotes)
        }
        scratch.removeAll(keepingCapacity: true)
        position = first
        while position < end {
            let byte = bytes.byte(position)
            position += 1
            if byte == quote {
                guard position < end, bytes.byte(position) == quote else {
                    return closes(bytes, position, end) ? .unescaped : .bad(.quotes)
                }
                scratch.append(quote)
                position += 1
            } else if byte == escape {
                guard position < end else { break }
                scratch.append(Self.escaped(bytes.byte(position)))
                position += 1
            } else {
                scratch.append(byte)
            }
        }
        return .bad(.openQuote)
    }

    /// Whether nothing but space lies between a closing quote and the field's end.
    private func closes(_ bytes: ByteWindow, _ position: Int, _ end: Int) -> Bool {
        for index in position..<max(position, end) where bytes.byte(index) > 0x20 { return false }
        return true
    }

    /// What an escaped byte stands for.
    private static func escaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x30: 0x00
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: byte
        }
    }
}
