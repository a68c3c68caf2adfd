import Hashing
import TestKit

/// One random script with its data, and how it is run.
struct EquivalenceCase: Sendable {
    var world: World
    var relation: Relation
    var tables: Tables
    var partitions: Int
    var batchRows: Int
    var chunkSize: Int
    /// Of each table: JSON lines instead of CSV.
    var isJSON: [Bool]

    private static let types: [Kind: [String]] = [
        .int: ["INT", "BIGINT"], .decimal: ["DECIMAL(8, 2)"],
        .double: ["DOUBLE"], .text: ["STRING", "VARCHAR(20)"], .bool: ["BOOLEAN"],
    ]

    /// The case of a seed.
    init(seed: UInt64) {
        var dice = Dice(generator: SeededGenerator(seed: seed))
        var world = World(tables: [], delay: 1000 * dice.below(8), isBatch: dice.chance(1, in: 2))
        var tables: Tables = []
        for _ in 0..<2 {
            let columns = Self.columns(&dice)
            world.tables.append(columns)
            tables.append(Self.rows(columns, &dice))
        }
        let maker = RelationMaker(world: world)
        relation = maker.make(&dice, depth: 1 + dice.below(3))
        if dice.chance(1, in: 4) { relation = maker.ordered(relation, &dice) }
        self.world = world
        self.tables = tables
        partitions = dice.pick([1, 2, 3, 4, 7, 8, 16])
        batchRows = dice.pick([1, 2, 3, 7, 16, 8192])
        chunkSize = dice.pick([1, 5, 17, 64, 500, 262_144])
        isJSON = [dice.chance(1, in: 2), dice.chance(1, in: 2)]
    }

    private static func columns(_ dice: inout Dice) -> [ColumnOf] {
        var columns = (0...dice.below(4)).map { index in
            let kind = dice.pick(Kind.plain)
            return ColumnOf(name: "c\(index)", kind: kind, type: dice.pick(types[kind] ?? []))
        }
        columns.append(ColumnOf(name: "ts", kind: .time, type: "TIMESTAMP(3)"))
        return columns
    }

    private static func rows(_ columns: [ColumnOf], _ dice: inout Dice) -> [Row] {
        let count = dice.pick([0, 1, 5, 12, 30])
        let disorder = dice.pick([0, 0, 1000, 20_000])
        var time = dice.integer(-40_000...0)
        return (0..<count).map { _ in
            // Whole seconds, so that times lie on the windows' borders.
            time += dice.chance(1, in: 2) ? 1000 * dice.below(3) : dice.below(4000)
            let late = disorder > 0 ? dice.below(disorder) : 0
            return columns.dropLast().map { column in
                dice.chance(1, in: 5) ? .null : RandomCells.value(column.kind, &dice)
            } + [.time(time - late)]
        }
    }

    // MARK: As text

    func fileName(_ table: Int) -> String { "t\(table).\(isJSON[table] ? "jsonl" : "csv")" }

    func file(_ table: Int) -> String {
        let columns = world.tables[table]
        return tables[table].map { row in
            isJSON[table] ? Self.json(row, columns) : Self.csv(row)
        }.map { $0 + "\n" }.joined()
    }

    private static func csv(_ row: Row) -> String {
        row.map { cell in
            switch cell {
            case .null: "~"
            case .text(let text): "\"" + text.flatMap { $0 == "\"" ? [$0, $0] : [$0] } + "\""
            default: RandomCells.text(cell)
            }
        }.joined(separator: ",")
    }

    private static func json(_ row: Row, _ columns: [ColumnOf]) -> String {
        let members = zip(columns, row).map { column, cell in
            switch cell {
            case .null: "\"\(column.name)\":null"
            case .text(let text):
                "\"\(column.name)\":\"" + text.flatMap { $0 == "\"" ? ["\\", $0] : [$0] } + "\""
            case .time: "\"\(column.name)\":\"\(RandomCells.text(cell))\""
            default: "\"\(column.name)\":\(RandomCells.text(cell))"
            }
        }
        return "{\(members.joined(separator: ","))}"
    }

    var script: String {
        var lines = world.isBatch ? ["SET 'execution.runtime-mode' = 'batch';"] : []
        for table in world.tables.indices {
            let columns = world.tables[table].map { "\($0.name) \($0.type)" }
            let format =
                isJSON[table] ? "'format' = 'json'" : "'format' = 'csv', 'csv.null-literal' = '~'"
            lines.append(
                "CREATE TABLE t\(table) (\(columns.joined(separator: ", ")), WATERMARK FOR ts AS ts - "
                    + "INTERVAL '\(world.delay / 1000)' SECOND) WITH ('connector' = 'filesystem', "
                    + "'path' = '\(fileName(table))', \(format));"
            )
        }
        return (lines + [relation.statement + ";"]).joined(separator: "\n") + "\n"
    }

    /// The case as a file of `Tests/SQL/cases`, which can be run as it is.
    func caseFile(expecting rows: [String]) -> String {
        let files = tables.indices.map { "@file \(fileName($0))\n\(file($0))" }.joined()
        return files + "@script\n\(script)@expect\n" + rows.map { $0 + "\n" }.joined()
    }

    // MARK: Simpler cases

    /// Cases that ask less or have fewer rows, the simplest first.
    var simpler: [EquivalenceCase] {
        var cases: [EquivalenceCase] = []
        func add(_ change: (inout EquivalenceCase) -> Void) {
            var copy = self
            change(&copy)
            cases.append(copy)
        }
        for part in relation.parts { add { $0.relation = part } }
        for table in tables.indices where !tables[table].isEmpty {
            let count = tables[table].count
            for size in [count, count / 2, count / 4, 1] where size > 0 && size <= count {
                for start in stride(from: 0, to: count, by: size) {
                    add { $0.tables[table].removeSubrange(start..<min(start + size, count)) }
                }
            }
        }
        if batchRows != 8192 { add { $0.batchRows = 8192 } }
        if chunkSize != 262_144 { add { $0.chunkSize = 262_144 } }
        if partitions > 2 { add { $0.partitions = 2 } }
        return cases
    }
}
