/// Windows over one table in its file's order, with the rows that come late left out.
extension RelationMaker {
    private enum Shape: Sendable {
        case tumble(size: Int)
        case hop(slide: Int, size: Int)
        case cumulate(step: Int, size: Int)
        case session(gap: Int)

        /// The windows of a time; a session's own window before any merge.
        func windows(_ time: Int) -> [Range<Int>] {
            switch self {
            case .tumble(let size): return Self.hops(time, size, size)
            case .hop(let slide, let size): return Self.hops(time, slide, size)
            case .cumulate(let step, let size):
                let start = Self.floor(time, size)
                return stride(from: start + step, through: start + size, by: step)
                    .filter { time < $0 }.map { start..<$0 }
            case .session(let gap): return [time..<time + gap]
            }
        }

        private static func hops(_ time: Int, _ slide: Int, _ size: Int) -> [Range<Int>] {
            stride(from: floor(time, slide), to: time - size, by: -slide).map { $0..<$0 + size }
        }

        private static func floor(_ time: Int, _ size: Int) -> Int {
            time - ((time % size) + size) % size
        }
    }

    private static func seconds(_ milliseconds: Int) -> String {
        "INTERVAL '\(milliseconds / 1000)' SECOND"
    }

    func window(_ dice: inout Dice) -> Relation {
        let table = dice.below(world.tables.count)
        let columns = world.tables[table]
        let time = columns.count - 1
        let keys = columns.indices.dropLast().filter { _ in dice.chance(1, in: 3) }
        let names = keys.map { columns[$0].name }
        let (shape, call) = shape(table, names, &dice)
        let input = Relation(sql: "t\(table)", columns: columns) { $0[table] }
        let filter =
            dice.chance(1, in: 3) ? FormulaMaker(columns: columns).condition(&dice, 1) : nil
        let aggregates = (0...dice.below(2)).map { _ in
            aggregate(input, &dice, isOrdered: true)
        }
        let items = (names + ["window_start", "window_end"] + aggregates.map(\.sql)).enumerated()
            .map { "\($1) AS c\($0)" }.joined(separator: ", ")
        let grouping = (names + ["window_start", "window_end"]).joined(separator: ", ")
        let (delay, isBatch) = (world.delay, world.isBatch)
        // Flink filters before it makes sessions, and refuses other conditions: none is made.
        var condition = filter
        if case .session = shape { condition = nil }
        let kept = condition
        return Relation(
            sql: "SELECT \(items) FROM TABLE(\(call))"
                + (kept.map { " WHERE \($0.sql)" } ?? "") + " GROUP BY \(grouping)",
            columns: Self.named(
                keys.map { columns[$0].kind } + [.time, .time] + aggregates.map(\.kind)
            ),
            parts: [input]
        ) { tables in
            let filled = Self.assign(tables[table], shape, isBatch: isBatch, delay: delay) { row in
                (keys.map { row[$0] }, row[time], kept?.value(row).isTrue ?? true)
            }
            return filled.map { item in
                item.key + [.time(item.window.lowerBound), .time(item.window.upperBound)]
                    + aggregates.map { $0.value(item.rows) }
            }
        }
    }

    private func shape(
        _ table: Int,
        _ keys: [String],
        _ dice: inout Dice
    ) -> (Shape, String) {
        let unit = 1000 * (1 + dice.below(10))
        let many = unit * (2 + dice.below(3))
        let start = "(TABLE t\(table), DESCRIPTOR(ts), "
        switch dice.below(world.isBatch ? 3 : 4) {
        case 0: return (.tumble(size: unit), "TUMBLE\(start)\(Self.seconds(unit)))")
        case 1:
            let call = "HOP\(start)\(Self.seconds(unit)), \(Self.seconds(many)))"
            return (.hop(slide: unit, size: many), call)
        case 2:
            let call = "CUMULATE\(start)\(Self.seconds(unit)), \(Self.seconds(many)))"
            return (.cumulate(step: unit, size: many), call)
        default:
            let partition = keys.isEmpty ? "" : " PARTITION BY \(keys.joined(separator: ", "))"
            let call =
                "SESSION(TABLE t\(table)\(partition), DESCRIPTOR(ts), \(Self.seconds(unit)))"
            return (.session(gap: unit), call)
        }
    }

    private struct Filled {
        var key: Row
        var window: Range<Int>
        /// With their places in the file.
        var entries: [(place: Int, row: Row)]

        var rows: [Row] { entries.map(\.row) }

        func touches(_ other: Range<Int>) -> Bool {
            window.lowerBound <= other.upperBound && other.lowerBound <= window.upperBound
        }

        mutating func merge(_ other: Filled) {
            let low = min(window.lowerBound, other.window.lowerBound)
            window = low..<max(window.upperBound, other.window.upperBound)
            entries = (entries + other.entries).sorted { $0.place < $1.place }
        }
    }

    /// Each row into its windows; in streaming mode a window refuses rows once the watermark has passed its end.
    private static func assign(
        _ rows: [Row],
        _ shape: Shape,
        isBatch: Bool,
        delay: Int,
        _ read: (Row) -> (key: Row, time: Cell, isKept: Bool)
    ) -> [Filled] {
        var filled: [Filled] = []
        var watermark = Int.min
        for (place, row) in rows.enumerated() {
            let (key, cell, isKept) = read(row)
            guard case .time(let time) = cell else { continue }
            defer { if !isBatch { watermark = max(watermark, time - delay) } }
            guard isKept else { continue }
            let name = key.map(\.canonical)
            func isOpen(_ window: Range<Int>) -> Bool { watermark < window.upperBound - 1 }
            for window in shape.windows(time) {
                var next = Filled(key: key, window: window, entries: [(place, row)])
                if case .session = shape {
                    let merged = filled.indices.filter {
                        filled[$0].key.map(\.canonical) == name && isOpen(filled[$0].window)
                            && filled[$0].touches(window)
                    }
                    for index in merged { next.merge(filled[index]) }
                    guard isOpen(next.window) else { continue }
                    for index in merged.reversed() { filled.remove(at: index) }
                    filled.append(next)
                    continue
                }
                guard isOpen(window) else { continue }
                let same = filled.firstIndex {
                    $0.window == window && $0.key.map(\.canonical) == name
                }
                if let same { filled[same].merge(next) } else { filled.append(next) }
            }
        }
        return filled
    }
}
