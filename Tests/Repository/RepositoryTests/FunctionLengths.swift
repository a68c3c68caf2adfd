/// The length of one function's text.
struct FunctionLength: Sendable, CustomStringConvertible {
    var path: String
    /// Line of its first word, from 1.
    var line: Int
    var lines: Int

    var description: String { "\(path):\(line) (\(lines) lines)" }
}

/// Measures functions by counting braces outside strings and comments.
///
/// It knows enough of the language for well-formatted code: line comments, strings in one and three
/// quotes with or without `#`. Regular expression literals with braces count as code.
enum FunctionLengths {
    static func measure(_ file: SourceFile) -> [FunctionLength] {
        let bare = withoutText(file.text)
        let lines = SourceFile(path: file.path, text: bare).lines.map(\.text)
        return lines.indices.compactMap { start in
            guard begins(lines[start]), let end = close(of: start, in: lines) else { return nil }
            return FunctionLength(path: file.path, line: start + 1, lines: end - start + 1)
        }
    }

    private static func begins(_ line: Substring) -> Bool {
        (line.contains("func ") || line.contains("init"))
            && line.firstMatch(of: /^\s*(?:[a-z@_]\S*\s+)*(?:func\s|init[(<?]|deinit\s)/) != nil
    }

    /// The line where the braces that open at or after `start` are closed again; nil for a function
    /// without a body, such as a protocol's.
    private static func close(of start: Int, in lines: [Substring]) -> Int? {
        var depth = 0
        var parentheses = 0
        var opened = false
        for index in start..<lines.count {
            for character in lines[index].utf8 {
                switch character {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{"):
                    depth += 1
                    if parentheses == 0 { opened = true }
                case UInt8(ascii: "}"): depth -= 1
                default: break
                }
                if depth < 0 { return nil }
                if opened && depth == 0 { return index }
            }
            let next = index + 1 < lines.count ? lines[index + 1].drop { $0 == " " } : ""
            let continues = ["{", "where", "->", "throws", ")", "async"].contains {
                next.hasPrefix($0)
            }
            if !opened && parentheses == 0 && !continues { return nil }
        }
        return nil
    }

    /// The source with every comment and the content of every string blanked; lines stay lines.
    private static func withoutText(_ source: String) -> String {
        var result: [UInt8] = []
        var scanner = TextScanner(bytes: Array(source.utf8))
        while let byte = scanner.next() { result.append(byte) }
        return String(decoding: result, as: UTF8.self)
    }
}

/// Yields a source's bytes; those of comments and strings as spaces.
private struct TextScanner {
    private enum State {
        case code
        case comment
        case string(delimiter: [UInt8])
    }

    private let bytes: [UInt8]
    private var position = 0
    private var state = State.code

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> UInt8? {
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        defer { position += 1 }
        if byte == UInt8(ascii: "\n") {
            if case .comment = state { state = .code }
            return byte
        }
        switch state {
        case .comment: return UInt8(ascii: " ")
        case .code: return code(byte)
        case .string(let delimiter): return string(byte, delimiter)
        }
    }

    private mutating func code(_ byte: UInt8) -> UInt8 {
        if byte == UInt8(ascii: "/"), at(position + 1) == UInt8(ascii: "/") {
            state = .comment
            return UInt8(ascii: " ")
        }
        guard byte == UInt8(ascii: "\"") else { return byte }
        var hashes = 0
        while at(position - 1 - hashes) == UInt8(ascii: "#") { hashes += 1 }
        let quote = UInt8(ascii: "\"")
        let quotes = at(position + 1) == quote && at(position + 2) == quote ? 3 : 1
        state = .string(
            delimiter: [UInt8](repeating: quote, count: quotes)
                + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        )
        position += quotes - 1
        return UInt8(ascii: " ")
    }

    private mutating func string(_ byte: UInt8, _ delimiter: [UInt8]) -> UInt8 {
        if byte == UInt8(ascii: "\\"), delimiter.last == UInt8(ascii: "\"") {
            if at(position + 1) != UInt8(ascii: "\n") { position += 1 }
        } else if bytes[position...].starts(with: delimiter) {
            position += delimiter.count - 1
            state = .code
        }
        return UInt8(ascii: " ")
    }

    private func at(_ index: Int) -> UInt8? {
        bytes.indices.contains(index) ? bytes[index] : nil
    }
}
