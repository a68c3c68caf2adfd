internal import Charts
internal import TestKit
internal import Testing

@Suite("Markup")
struct MarkupTests {
    @Test(
        "whatever a text holds comes back as that text",
        arguments: [
            "a<b>&\"c\"'d'", "</title><script>alert(1)</script>", "]]>", "&amp;", "<!--", "é 漢 🛫",
            "two\nlines\tand a tab",
        ]
    )
    func textsComeBack(_ text: String) {
        var markup = Markup()
        markup.element("p", ["title": text], text: text)
        let outline = MarkupOutline(markup.text)
        #expect(outline.problem == nil)
        #expect(outline.counts == ["p": 1])
        #expect(outline.texts == [text])
        // A parser reads a line's end and a tab in a value as a space.
        let value = text.replacing("\n", with: " ").replacing("\t", with: " ")
        #expect(outline.values == [value])
    }

    @Test("characters that XML does not know, and those that turn text round, are shown as unknown")
    func unfitCharacters() {
        let text = "a\u{0}b\u{1B}c\u{202E}d\u{FFFF}e\u{85}f\r"
        #expect(Markup.escaped(text) == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f\u{FFFD}")
    }

    @Test("numbers of a drawing have at most two digits behind the point")
    func numbers() {
        let cases: [(Double, String)] = [
            (0, "0"), (12, "12"), (-3.5, "-3.5"), (0.126, "0.13"), (-0.001, "0"), (1.05, "1.05"),
            (99.999, "100"), (.nan, "0"), (.infinity, "0"), (1e300, "0"),
        ]
        for (number, text) in cases { #expect(Markup.number(number) == text) }
    }
}
