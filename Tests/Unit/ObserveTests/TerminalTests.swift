import Observe
import TestKit
import Testing

@Suite("Terminal")
struct TerminalTests {
    @Test("the environment decides what is shown")
    func environment() {
        let full = Terminal(
            isTerminal: true,
            environment: ["LANG": "en_US.UTF-8", "COLUMNS": "120"]
        )
        #expect(full.isInteractive && full.hasColor && full.hasUnicode && full.width == 120)
        let dumb = Terminal(isTerminal: true, environment: ["TERM": "dumb"])
        #expect(!dumb.isInteractive && !dumb.hasColor && !dumb.hasUnicode && dumb.width == 80)
        let plain = Terminal(isTerminal: true, environment: ["NO_COLOR": "1"])
        #expect(plain.isInteractive && !plain.hasColor)
        #expect(Terminal(isTerminal: true, environment: ["NO_COLOR": ""]).hasColor)
        let file = Terminal(isTerminal: false, environment: ["LC_ALL": "C", "LANG": "x.UTF-8"])
        #expect(!file.isInteractive && !file.hasColor && !file.hasUnicode)
        #expect(Terminal(isTerminal: true, environment: ["COLUMNS": "1"]).width == 20)
    }

    @Test("styles are only where there are colours")
    func styles() {
        #expect(Terminal.plain.styled("a", .red) == "a")
        let terminal = Terminal(isTerminal: true, environment: [:])
        #expect(terminal.styled("a", .red) == "\u{1B}[31ma\u{1B}[0m")
    }

    @Test("widths count columns, and cutting keeps to them")
    func widths() {
        #expect(TerminalText.width("漢字") == 4)
        #expect(TerminalText.width("e\u{301}é") == 2)
        #expect(TerminalText.width("😀") == 2)
        #expect(TerminalText.cut("abcdef", to: 4) == "abc…")
        #expect(TerminalText.cut("漢字漢字", to: 4) == "漢…")
        checkProperty("a cut text fits", pair(Gen.text, Gen<Int>.integer(in: 0...40))) {
            text,
            limit in
            let clean = TerminalText.withoutControls(text)
            return TerminalText.width(TerminalText.cut(clean, to: limit)) <= limit
                && !clean.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        }
    }
}

@Suite("Tables and charts")
struct TextTableTests {
    @Test("numbers stand to the right, texts to the left, control characters are shown")
    func table() throws {
        var table = TextTable([.text("origin"), .number("rows"), .text("note")], cellLimit: 12)
        table.append(["EWR", "120,835", "first\u{1B}[2J"])
        table.append(["漢字", "7", ""])
        table.append(["LGA", "104,662", "a text that is too long"])
        try expectGolden(table.text(), "table.plain")
        let empty = TextTable([.text("a"), .number("b")])
        #expect(empty.text() == "a  b\n─  ─\n")
    }

    @Test("bars share one scale and never pass the terminal's edge")
    func chart() throws {
        let chart = BarChart([
            .init("v1", 306_000, "306 k rows/s"), .init("v2", 612_345, "612 k rows/s"),
            .init("nothing", 0, "0 rows/s"), .init("little", 1, "1 row/s"),
            .init("unknown", .nan, "-"),
        ])
        let terminal = Terminal(isInteractive: false, hasColor: false, hasUnicode: false, width: 60)
        try expectGolden(chart.text() + "\n" + chart.text(on: terminal), "chart.plain")
        #expect(chart.text(on: terminal).split(separator: "\n").allSatisfy { $0.count <= 60 })
        #expect(BarChart([]).text().isEmpty)
    }
}

@Suite("Progress")
struct ProgressTests {
    static let terminal = Terminal(
        isTerminal: true,
        environment: ["LANG": "C.UTF-8", "COLUMNS": "100"]
    )

    @Test("nothing is shown in the first second, then at most ten times a second")
    func rateLimit() {
        var progress = ProgressMachine("run", noun: "rows", total: 1000, on: Self.terminal)
        var shown: [Int] = []
        for step in 0..<300 {
            let elapsed = Duration.milliseconds(step * 10)
            if progress.update(done: step, elapsed: elapsed) != nil { shown.append(step) }
        }
        #expect(shown == Array(stride(from: 100, to: 300, by: 10)))
    }

    @Test("the line tells share, counts, speed and time left, and is wiped out at the end")
    func line() {
        var progress = ProgressMachine("run", noun: "rows", total: 336_776, on: Self.terminal)
        let line = progress.update(done: 168_388, elapsed: .seconds(2))
        #expect(
            line
                == "\rrun  [██████████          ]  50%  168,388 of 336,776 rows  84.2 k rows/s  2 s left\u{1B}[K"
        )
        #expect(progress.finish() == "\r\u{1B}[K")
        #expect(progress.finish() == nil)
    }

    @Test("without a total the count and the speed are told")
    func withoutTotal() {
        var progress = ProgressMachine("run", noun: "rows", on: Self.terminal)
        #expect(
            progress.update(done: 10, elapsed: .seconds(2)) == "\rrun  10 rows  5.00 rows/s\u{1B}[K"
        )
    }

    @Test("where nobody watches there is silence, or plain lines if asked for")
    func notATerminal() {
        var silent = ProgressMachine("run", noun: "rows", on: .plain)
        #expect(silent.update(done: 1, elapsed: .seconds(5)) == nil)
        #expect(silent.finish() == nil)
        var lines = ProgressMachine("run", noun: "rows", total: 10, on: .plain, style: .lines)
        #expect(
            lines.update(done: 5, elapsed: .seconds(5))
                == "run  50%  5 of 10 rows  1.00 rows/s  5 s left\n"
        )
        #expect(lines.update(done: 6, elapsed: .seconds(14)) == nil)
        #expect(lines.update(done: 7, elapsed: .seconds(15)) != nil)
        #expect(lines.finish() == nil)
    }

    @Test("no count makes it crash or pass the terminal's edge")
    func totality() {
        let counts = pair(Gen<Int>.integer(), Gen<Int>.integer())
        checkProperty("a line fits", pair(counts, Gen<Int>.integer(in: 1...Int(1e12)))) { value in
            let ((done, total), seconds) = value
            var progress = ProgressMachine("run", noun: "rows", total: total, on: Self.terminal)
            let line = progress.update(done: done, elapsed: .seconds(seconds)) ?? ""
            return TerminalText.width(line) <= 100 + 2
        }
    }
}
