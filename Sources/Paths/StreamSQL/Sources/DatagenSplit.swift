internal import Columns
internal import Failures
internal import Flow
internal import Hashing
internal import SQLFront
internal import Units

/// The `datagen` connector: rows made from a seed, at most so many a second.
///
/// Value `j` of row `i` is drawn from SplitMix64(SplitMix64(seed XOR i) + j), so rows do not depend on each
/// other, on batches or on threads.
final class DatagenSplit: SplitReader {
    private let options: Connector.Datagen
    private let fields: [Field]
    private let columns: [Int]
    private let seed: UInt64
    private let batchRows: Int
    private let rowCount: Int64
    private let now: Int64
    private let isStopped: @Sendable () -> Bool
    private var nextRow: Int64 = 0
    /// The row that is due when the generator starts.
    private var firstRow: Int64 = 0
    private let start = ContinuousClock.now

    /// - Parameters:
    ///   - options: the table's WITH options.
    ///   - fields: all physical fields.
    ///   - columns: indices of the fields that are wanted.
    ///   - seed: makes the rows.
    ///   - batchRows: rows in a piece at most.
    ///   - batchLatency: how long a piece may gather rows.
    ///   - now: the job's clock in microseconds, for `max-past`.
    ///   - isStopped: asked while no row is due.
    init(
        options: Connector.Datagen,
        fields: [Field],
        columns: [Int],
        seed: UInt64,
        batchRows: Int,
        batchLatency: Duration,
        now: Int64,
        isStopped: @escaping @Sendable () -> Bool
    ) {
        self.isStopped = isStopped
        self.options = options
        self.fields = fields
        self.columns = columns
        self.seed = seed
        self.now = now
        // So that a slow generator shows its rows soon.
        let due = Double(options.rowsPerSecond) * batchLatency.inSeconds
        self.batchRows = max(1, Int(min(Double(batchRows), due)))
        var count = options.rowCount ?? .max
        for rule in options.rules {
            if case .sequence(let first, let last) = rule.generator {
                count = min(count, last - first + 1)
            }
        }
        rowCount = max(0, count)
    }

    func claim() throws(Failure) -> (any SplitPiece)? {
        guard nextRow < rowCount else { return nil }
        let first = nextRow
        let count = Int(min(Int64(batchRows), rowCount - first))
        nextRow += Int64(count)
        waitUntilDue(first)
        let made = columns.map { column in
            column < options.rules.count
                ? make(column, rows: first..<first + Int64(count))
                : Column.nulls(fields[column].type, count: count)
        }
        let batch = Batch(
            schema: Schema(columns.map { fields[$0] }),
            columns: made,
            rowCount: count
        )
        return BatchPiece(batch: batch)
    }

    func skip(to place: SplitPlace) {
        nextRow = min(rowCount, Int64(place.piece) * Int64(batchRows))
        firstRow = nextRow
    }

    private func waitUntilDue(_ row: Int64) {
        let rate = Double(max(options.rowsPerSecond, 1))
        let due = start + .seconds(Double(row - firstRow) / rate)
        while !isStopped() {
            let rest = ContinuousClock.now.duration(to: due)
            guard rest > .zero else { return }
            pause(for: min(rest, .milliseconds(100)))
        }
    }

    private func make(_ column: Int, rows: Range<Int64>) -> Column {
        let rule = options.rules[column]
        let values = rows.map { row in
            let base = SplitMix64.mix(seed ^ UInt64(bitPattern: row))
            let draw = SplitMix64.mix(base &+ UInt64(2 * column))
            let nullDraw = SplitMix64.mix(base &+ UInt64(2 * column + 1))
            if Double(nullDraw >> 11) * 0x1p-53 < rule.nullRate { return Value.null }
            return value(rule.generator, draw, row)
        }
        return Column(fields[column].type, values: values)
    }

    private func value(
        _ generator: Connector.Datagen.Generator,
        _ draw: UInt64,
        _ row: Int64
    ) -> Value {
        switch generator {
        case .sequence(let start, _): return .integer(start + row)
        case .past(let maximum):
            return .integer(now - Int64(SplitMix64.below(UInt64(max(maximum, 0)) + 1, draw)))
        case .randomText(let length):
            let digits = Array("0123456789abcdef".utf8)
            var state = draw
            let text = (0..<length).map { _ in
                state = SplitMix64.mix(state)
                return digits[Int(state & 15)]
            }
            return .text(String(decoding: text, as: UTF8.self))
        case .random(let minimum, let maximum): return between(minimum, maximum, draw)
        }
    }

    private func between(_ minimum: Value, _ maximum: Value, _ draw: UInt64) -> Value {
        switch (minimum, maximum) {
        case (.integer(let low), .integer(let high)):
            let width = UInt64(bitPattern: high &- low)
            let offset = width == .max ? draw : SplitMix64.below(width + 1, draw)
            return .integer(low &+ Int64(bitPattern: offset))
        case (.double(let low), .double(let high)):
            return .double(low + (high - low) * (Double(draw >> 11) * 0x1p-53))
        case (.decimal(let low), .decimal(let high)):
            let width = UInt64(clamping: high - low)
            return .decimal(low + Int128(SplitMix64.below(width == .max ? width : width + 1, draw)))
        case (.boolean, .boolean): return .boolean(draw & 1 == 1)
        default: return .null
        }
    }
}
