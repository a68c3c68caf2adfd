internal import Observe

/// A line that is being written, as a machine of its own: keys in, what to show out.
package struct LineEditor {
    /// What a key led to.
    package enum Outcome: Hashable, Sendable {
        /// The line goes on.
        case editing
        /// Enter.
        case line(String)
        /// Ctrl-C: the line is dropped.
        case interrupted
        /// Ctrl-D on an empty line.
        case end
        /// Ctrl-L.
        case cleared
        /// Tab met several names.
        case choices([String])
    }

    /// Names that may stand where a word begins with `prefix`.
    package typealias Completion = (_ prefix: String) -> [String]

    private var characters: [Character] = []
    private var cursor = 0
    private let history: [String]
    /// Place in the history; its count is the line itself.
    private var place: Int
    /// The line as it was before the history was looked at.
    private var draft: [Character] = []
    private let completion: Completion

    package init(history: [String], completion: @escaping Completion) {
        self.history = history
        self.completion = completion
        place = history.count
    }

    package var text: String { String(characters) }

    package mutating func apply(_ key: Key) -> Outcome {
        switch key {
        case .enter: return .line(text)
        case .control("c"): return .interrupted
        case .control("d") where characters.isEmpty: return .end
        case .control("l"): return .cleared
        case .tab: return complete()
        case .character(let character): insert([character])
        case .up, .control("p"): look(at: place - 1)
        case .down, .control("n"): look(at: place + 1)
        default: edit(key)
        }
        return .editing
    }

    private mutating func edit(_ key: Key) {
        switch key {
        case .backspace where cursor > 0: remove(cursor - 1..<cursor)
        case .delete, .control("d"):
            if cursor < characters.count { remove(cursor..<cursor + 1) }
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .wordLeft: cursor = wordStart
        case .wordRight: cursor = wordEnd
        case .control("w"): remove(wordStart..<cursor)
        case .control("u"): remove(0..<cursor)
        case .control("k"): remove(cursor..<characters.count)
        default: break
        }
    }

    private mutating func insert(_ new: [Character]) {
        characters.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    private mutating func remove(_ range: Range<Int>) {
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private var wordStart: Int {
        var start = cursor
        while start > 0, !Self.isWord(characters[start - 1]) { start -= 1 }
        while start > 0, Self.isWord(characters[start - 1]) { start -= 1 }
        return start
    }

    private var wordEnd: Int {
        var end = cursor
        while end < characters.count, !Self.isWord(characters[end]) { end += 1 }
        while end < characters.count, Self.isWord(characters[end]) { end += 1 }
        return end
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    private mutating func look(at wanted: Int) {
        guard (0...history.count).contains(wanted) else { return }
        if place == history.count { draft = characters }
        place = wanted
        characters = place == history.count ? draft : Array(history[place])
        cursor = characters.count
    }

    // MARK: Completion

    private mutating func complete() -> Outcome {
        var start = cursor
        while start > 0, Self.isWord(characters[start - 1]) { start -= 1 }
        let prefix = String(characters[start..<cursor])
        let names = completion(prefix).sorted()
        guard let first = names.first else { return .editing }
        if names.count == 1 {
            replaceWord(from: start, with: first + " ")
            return .editing
        }
        let common = names.dropFirst().reduce(first) { Self.commonPrefix($0, $1) }
        if common.count > prefix.count {
            replaceWord(from: start, with: common)
            return .editing
        }
        return .choices(names)
    }

    private mutating func replaceWord(from start: Int, with word: String) {
        remove(start..<cursor)
        insert(Array(word))
    }

    private static func commonPrefix(_ left: String, _ right: String) -> String {
        String(zip(left, right).prefix { $0 == $1 }.map(\.0))
    }

    // MARK: Showing

    /// The part of the line that fits behind a prompt, and the column of the cursor in it.
    ///
    /// A line that is too long is shown around its cursor.
    package func view(columns: Int) -> (text: String, cursor: Int) {
        let room = max(columns - 1, 8)
        var start = 0
        var before = TerminalText.width(String(characters[..<cursor]))
        while before > room {
            before -= TerminalText.width(String(characters[start]))
            start += 1
        }
        var shown = ""
        var width = 0
        for character in characters[start...] {
            width += TerminalText.width(String(character))
            if width > room { break }
            shown.append(character)
        }
        return (TerminalText.withoutControls(shown), before)
    }
}
