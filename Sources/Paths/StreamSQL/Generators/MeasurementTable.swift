package import Columns
package import Failures

/// The one-billion-row challenge's table: temperatures of weather stations, `station;temp`.
///
/// Each of 413 stations has a mean of its own; its temperatures spread around it by ten degrees and are rounded to one
/// decimal. All arithmetic is in integers, so that every machine makes the same rows.
package struct MeasurementTable: GeneratedTable {
    package let rowCount: Int
    package let seed: UInt64

    /// - Throws: `CFG_VALUE` for a row count outside 0...10¹².
    package init(rows: Int, seed: UInt64 = 42) throws(Failure) {
        try checkRange("--rows", rows, 0...1_000_000_000_000)
        rowCount = rows
        self.seed = seed
    }

    package var name: String { "measurements" }

    package let schema = Schema([
        Field("station", .string),
        Field("temp", .decimal(precision: 3, scale: 1)),
    ])

    package static let stationCount = 413
    private static let stations = TextDictionary(
        TextValues((0..<stationCount).map(StationNames.name))
    )

    package func batch(_ rows: Range<Int>) -> Batch {
        var codes = BufferBuilder<Int32>(capacity: rows.count)
        var temperatures = BufferBuilder<Int128>(capacity: rows.count)
        for row in rows {
            let (station, tenths) = measurement(row)
            codes.append(Int32(station))
            temperatures.append(Int128(tenths))
        }
        return Batch(
            schema: schema,
            columns: [
                Column(.string, .coded(codes: codes.finish(), dictionary: Self.stations)),
                Column(.decimal(precision: 3, scale: 1), .decimals(temperatures.finish())),
            ],
            rowCount: rows.count
        )
    }

    /// Station and tenths of a degree of one row.
    @inline(__always)
    private func measurement(_ row: Int) -> (station: Int, tenths: Int) {
        let draws = Draws(seed: seed, row: row)
        let station = draws.below(Self.stationCount, 0)
        let tenths = StationNames.meanTenths(station) + Self.deviation(draws)
        return (station, min(max(tenths, -999), 999))
    }

    /// A deviation in tenths with mean 0 and standard deviation 100, close to a Gaussian.
    ///
    /// The sum of twelve uniform numbers has variance 1 and nearly the normal shape (Irwin and Hall); here each is 16 bits.
    @inline(__always)
    private static func deviation(_ draws: Draws) -> Int {
        var sum = 0
        for index in 1...3 {
            let word = draws[UInt64(index)]
            sum += Int(word & 0xFFFF) + Int(word &>> 16 & 0xFFFF)
            sum += Int(word &>> 32 & 0xFFFF) + Int(word &>> 48)
        }
        // `sum / 65536` is around 6; half a tenth is added before the floor, so that it rounds.
        return ((sum - 6 * 65_536 + 6) * 100 + 32_768) >> 16
    }
}

extension MeasurementTable {
    /// What the challenge's query answers for one station, in tenths of a degree.
    package struct Summary: Hashable, Sendable {
        package var station: String
        package var minimum: Int
        /// Rounded half away from zero.
        package var average: Int
        package var maximum: Int
    }

    /// The right answer, computed in integers, in order of the stations' bytes; O(rows).
    package func summaries() -> [Summary] {
        var states = [(count: Int, sum: Int, minimum: Int, maximum: Int)](
            repeating: (0, 0, .max, .min),
            count: Self.stationCount
        )
        for row in 0..<rowCount {
            let (station, tenths) = measurement(row)
            states[station].count += 1
            states[station].sum += tenths
            states[station].minimum = min(states[station].minimum, tenths)
            states[station].maximum = max(states[station].maximum, tenths)
        }
        return states.indices.filter { states[$0].count > 0 }
            .map { station in
                let state = states[station]
                let magnitude = (2 * abs(state.sum) + state.count) / (2 * state.count)
                return Summary(
                    station: StationNames.name(station),
                    minimum: state.minimum,
                    average: state.sum < 0 ? -magnitude : magnitude,
                    maximum: state.maximum
                )
            }
            .sorted { $0.station.utf8.lexicographicallyPrecedes($1.station.utf8) }
    }
}
