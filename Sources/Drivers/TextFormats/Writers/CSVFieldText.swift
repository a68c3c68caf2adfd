package import Failures

/// Texts as fields of CSV: the one owner of quotes and escapes.
package struct CSVFieldText: Sendable {
    private let options: CSVOptions
    /// Text with one of these bytes is quoted or escaped.
    private let isSpecial: [Bool]

    package init(_ options: CSVOptions) {
        self.options = options
        var isSpecial = [Bool](repeating: false, count: 256)
        for byte in [options.delimiter, 0x0A, 0x0D] { isSpecial[Int(byte)] = true }
        if let quote = options.quote { isSpecial[Int(quote)] = true }
        if let escape = options.escape { isSpecial[Int(escape)] = true }
        self.isSpecial = isSpecial
    }

    /// Appends a field; quoted or escaped where a reader would else take it for something else.
    ///
    /// Throws `SINK_REJECTED` where the text needs quotes and the options have neither quote nor escape.
    package func append(
        _ text: Span<UInt8>,
        isFirst: Bool,
        to output: inout [UInt8]
    ) throws(Failure) {
        var needsQuotes = isFirst && options.allowsComments && looksLikeComment(text)
        for index in text.indices where isSpecial[Int(text[index])] { needsQuotes = true }
        guard needsQuotes else {
            output.append(addingCapacity: text.count) { space in
                for index in text.indices { space.append(text[index]) }
            }
            return
        }
        guard let quote = options.quote else {
            guard let escape = options.escape else { throw unwritable(text) }
            appendEscaped(text, escape, to: &output)
            return
        }
        output.append(quote)
        for index in text.indices {
            let byte = text[index]
            // A quote is doubled; an escape byte escapes itself.
            if byte == quote || byte == options.escape { output.append(byte) }
            output.append(byte)
        }
        output.append(quote)
    }

    /// Whether a reader that allows comments would take a record that begins so for none.
    private func looksLikeComment(_ text: Span<UInt8>) -> Bool {
        text.isEmpty || text[0] == 0x20 || text[0] == 0x23
    }

    private func appendEscaped(_ text: Span<UInt8>, _ escape: UInt8, to output: inout [UInt8]) {
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case 0x0A: output.append(contentsOf: [escape, 0x6E])
            case 0x0D: output.append(contentsOf: [escape, 0x72])
            case options.delimiter, escape, 0x20, 0x23: output.append(contentsOf: [escape, byte])
            default: output.append(byte)
            }
        }
    }

    private func unwritable(_ text: Span<UInt8>) -> Failure {
        var copy: [UInt8] = []
        for index in 0..<min(text.count, 80) { copy.append(text[index]) }
        return Failure(
            "SINK_REJECTED",
            blame: .data,
            "the text `\(String(decoding: copy, as: UTF8.self))` holds a delimiter or line end, and quotes are disabled",
            remedy: "set csv.quote-character or csv.escape-character on the sink"
        )
    }
}
