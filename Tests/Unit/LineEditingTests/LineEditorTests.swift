import LineEditing
import Testing

@Suite("Line editor")
struct LineEditorTests {
    /// Keys of a terminal's bytes.
    private func keys(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        return text.utf8.compactMap { decoder.take($0) }
    }

    private func editor(
        _ history: [String] = [],
        words: [String] = []
    ) -> LineEditor {
        LineEditor(history: history) { prefix in
            words.filter { !prefix.isEmpty && $0.hasPrefix(prefix) }
        }
    }

    /// What a line is after some keys.
    private func edited(_ text: String, _ history: [String] = []) -> String {
        var editor = editor(history)
        for key in keys(text) { _ = editor.apply(key) }
        return editor.text
    }

    @Test("bytes become keys, also where they arrive apart")
    func decoding() {
        let edits: [Key] = [.character("a"), .character("é"), .up, .delete, .backspace, .enter]
        #expect(keys("aé\u{1B}[A\u{1B}[3~\u{7F}\r") == edits)
        let moves: [Key] = [.control("c"), .control("d"), .wordLeft, .home, .tab]
        #expect(keys("\u{3}\u{4}\u{1B}[1;5D\u{1B}OH\t") == moves)
        var decoder = KeyDecoder()
        #expect(decoder.take(0xC3) == nil)
        #expect(decoder.isInsideKey)
        #expect(decoder.take(0xA9) == .character("é"))
        #expect(decoder.take(0xFF) == .unknown)
    }

    @Test("keys edit where the cursor is")
    func editing() {
        #expect(edited("abc\u{1B}[D\u{1B}[Dx") == "axbc")
        #expect(edited("abc\u{1}x\u{5}y") == "xabcy")
        #expect(edited("abc\u{7F}") == "ab")
        #expect(edited("abc\u{1B}[D\u{1B}[3~") == "ab")
        #expect(edited("one two\u{17}x") == "one x")
        #expect(edited("one two\u{1B}[1;5D\u{B}") == "one ")
        #expect(edited("one two\u{15}x") == "x")
        #expect(edited("\u{7F}\u{1B}[D\u{1B}[Ca") == "a")
    }

    @Test("up and down walk through the history and come back to the line")
    func history() {
        let lines = ["first", "second"]
        #expect(edited("\u{1B}[A", lines) == "second")
        #expect(edited("\u{1B}[A\u{1B}[A\u{1B}[A", lines) == "first")
        #expect(edited("new\u{1B}[A\u{1B}[B", lines) == "new")
        #expect(edited("\u{1B}[Ax", lines) == "secondx")
    }

    @Test("Tab completes a word, as far as names agree, and then shows them")
    func completion() {
        var editor = editor(words: ["flights", "flying", "weather"])
        for key in keys("SELECT w") { _ = editor.apply(key) }
        #expect(editor.apply(.tab) == .editing)
        #expect(editor.text == "SELECT weather ")
        for key in keys("f") { _ = editor.apply(key) }
        #expect(editor.apply(.tab) == .editing)
        #expect(editor.text == "SELECT weather fl")
        #expect(editor.apply(.tab) == .choices(["flights", "flying"]))
    }

    @Test("Enter, Ctrl-C and Ctrl-D end a line in their ways")
    func endings() {
        var editor = editor()
        #expect(editor.apply(.control("d")) == .end)
        _ = editor.apply(.character("a"))
        #expect(editor.apply(.control("d")) == .editing)
        #expect(editor.apply(.control("c")) == .interrupted)
        #expect(editor.apply(.enter) == .line("a"))
    }

    @Test("a line that is too long is shown around its cursor")
    func longLines() {
        var editor = editor()
        for key in keys(String(repeating: "ab", count: 40)) { _ = editor.apply(key) }
        let (text, cursor) = editor.view(columns: 21)
        #expect(cursor == 20)
        #expect(text.count == 20)
        _ = editor.apply(.home)
        let first = editor.view(columns: 21)
        #expect(first.cursor == 0)
        #expect(first.text == String(repeating: "ab", count: 10))
    }

    @Test("a reader remembers each line once, and only so many")
    func remembering() {
        var reader = LineReader(history: ["a"], historyLimit: 2)
        reader.remember("a")
        reader.remember("  ")
        reader.remember("b")
        reader.remember("c")
        #expect(reader.history == ["b", "c"])
    }
}
