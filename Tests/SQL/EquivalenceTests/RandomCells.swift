/// Random values, skewed towards few, and their text in files.
enum RandomCells {
    static func value(_ kind: Kind, _ dice: inout Dice) -> Cell {
        switch kind {
        case .int: .int(dice.chance(3, in: 4) ? dice.integer(-2...2) : dice.integer(-99...99))
        case .decimal:
            .decimal(
                unscaled: dice.chance(2, in: 3)
                    ? dice.pick([-50, 0, 5, 100, 105]) : dice.integer(-9999...9999),
                scale: 2
            )
        // Quarters add up exactly.
        case .double:
            .double(
                Double(dice.chance(2, in: 3) ? dice.integer(-4...4) : dice.integer(-400...400)) / 4
            )
        case .text: .text(dice.pick(["", "a", "ab", "b", "é", "a,b", "\"q\"", "it's", "ba", "NA"]))
        case .bool: .bool(dice.chance(1, in: 2))
        case .time: .time(dice.integer(-30_000...30_000))
        }
    }

    static func text(_ cell: Cell) -> String {
        switch cell {
        case .null: ""
        case .int(let value): "\(value)"
        case .decimal(let unscaled, let scale):
            (unscaled < 0 ? "-" : "") + "\(abs(unscaled) / power10(scale))."
                + padded(abs(unscaled) % power10(scale), scale)
        case .double(let value): "\(value)"
        case .text(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .time(let time): timeText(time)
        }
    }

    /// For times within a day of 1970.
    private static func timeText(_ time: Int) -> String {
        let inDay = time < 0 ? time + 86_400_000 : time
        let day = time < 0 ? "1969-12-31" : "1970-01-01"
        let clock = [inDay / 3_600_000, inDay / 60_000 % 60, inDay / 1000 % 60]
        return day + " " + clock.map { padded($0, 2) }.joined(separator: ":") + "."
            + padded(inDay % 1000, 3)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
