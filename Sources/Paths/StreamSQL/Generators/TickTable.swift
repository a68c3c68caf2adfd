package import Columns
package import Failures

/// Trades of many symbols in order of time: the input of the benchmark `tumbling`.
///
/// Prices are multiples of 0.25, which binary floating point holds exactly, and so are all their sums below
/// 2⁵¹: engines that add in different orders must agree to the last bit.
package struct TickTable: GeneratedTable {
    package let rowCount: Int
    package let seed: UInt64
    /// Number of different symbols, 1...100,000.
    package let keyCount: Int
    /// Rows per second of event time.
    ///
    /// Above 1,000 several rows share a millisecond, so a watermark must lag by one at least: a window of
    /// milliseconds closes when the watermark reaches its last one.
    package let rate: Int
    private let symbols: TextDictionary

    /// - Throws: `CFG_VALUE` for a row count outside 0...10¹², a key count outside 1...100,000 or a rate outside 1...10⁹.
    package init(
        rows: Int,
        keys: Int = 5000,
        seed: UInt64 = 42,
        rate: Int = 10_000
    ) throws(Failure) {
        try checkRange("--rows", rows, 0...1_000_000_000_000)
        try checkRange("--keys", keys, 1...100_000)
        try checkRange("--rate", rate, 1...1_000_000_000)
        rowCount = rows
        keyCount = keys
        self.seed = seed
        self.rate = rate
        symbols = TextDictionary(
            TextValues(
                (0..<keys).map { key in
                    let digits = String(key)
                    return "SYM" + String(repeating: "0", count: max(5 - digits.count, 0)) + digits
                }
            )
        )
    }

    package var name: String { "ticks" }

    package let schema = Schema([
        Field("ts", .timestamp(precision: 3)),
        Field("symbol", .string),
        Field("price", .double),
        Field("quantity", .bigint),
    ])

    /// 2024-01-01 00:00:00, in milliseconds.
    private static let firstMilliseconds = 1_704_067_200_000

    package func batch(_ rows: Range<Int>) -> Batch {
        var times = BufferBuilder<Int64>(capacity: rows.count)
        var codes = BufferBuilder<Int32>(capacity: rows.count)
        var prices = BufferBuilder<Double>(capacity: rows.count)
        var quantities = BufferBuilder<Int64>(capacity: rows.count)
        for row in rows {
            let draws = Draws(seed: seed, row: row)
            times.append(Int64(Self.firstMilliseconds + row * 1000 / rate) * 1000)
            codes.append(Int32(draws.below(keyCount, 0)))
            // 10.00 ... 509.75
            prices.append(Double(40 + draws.below(2000, 1)) * 0.25)
            quantities.append(Int64(1 + draws.below(1000, 2)))
        }
        return Batch(
            schema: schema,
            columns: [
                Column(.timestamp(precision: 3), .integers(times.finish())),
                Column(.string, .coded(codes: codes.finish(), dictionary: symbols)),
                Column(.double, .doubles(prices.finish())),
                Column(.bigint, .integers(quantities.finish())),
            ],
            rowCount: rows.count
        )
    }
}
