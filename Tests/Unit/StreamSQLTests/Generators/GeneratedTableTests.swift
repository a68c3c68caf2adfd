import Columns
import Failures
import StreamSQL
import Testing

@Suite("Generated tables")
struct GeneratedTableTests {
    @Test("any part of a table is the same as that part of the whole")
    func partsEqualTheWhole() throws {
        let events = try NexmarkEvents(count: 3_000)
        let tables: [any GeneratedTable] =
            events.tables + [
                try MeasurementTable(rows: 300), try TickTable(rows: 300, keys: 7),
            ]
        for table in tables {
            let whole = table.batch(0..<table.rowCount)
            for range in [0..<1, 1..<50, 17..<table.rowCount, 40..<40] {
                let part = table.batch(range)
                #expect(part.rowCount == range.count)
                #expect(part.schema == table.schema)
                let expected = whole.slice(range)
                for column in 0..<table.schema.count {
                    let same =
                        part.columns[column].valueArray == expected.columns[column].valueArray
                    #expect(same, "\(table.name).\(table.schema[column].name) in \(range)")
                }
            }
        }
    }

    @Test("another seed gives other rows")
    func seedsDiffer() throws {
        let first = try TickTable(rows: 100, seed: 1).batch(0..<100).columns[1].valueArray
        let second = try TickTable(rows: 100, seed: 2).batch(0..<100).columns[1].valueArray
        #expect(first != second)
    }

    @Test("a size outside its range is refused with the option's name")
    func refusesSizes() {
        let negative = #expect(throws: Failure.self) { _ = try NexmarkEvents(count: -1) }
        #expect(negative?.code == "CFG_VALUE")
        #expect(negative?.problem == "--events is -1")
        let keys = #expect(throws: Failure.self) { _ = try TickTable(rows: 1, keys: 0) }
        #expect(keys?.problem == "--keys is 0")
    }
}

@Suite("Nexmark events")
struct NexmarkEventsTests {
    @Test("a million events are 20,000 people, 60,000 auctions and 920,000 bids")
    func countsOfAMillion() throws {
        let events = try NexmarkEvents(count: 1_000_000)
        #expect(events.tables.map(\.rowCount) == [20_000, 60_000, 920_000, 10_000])
        #expect(events.tables.map(\.name) == ["person", "auction", "bid", "side_input"])
    }

    @Test("counts add up for every rest", arguments: 0...101)
    func countsAddUp(count: Int) throws {
        let events = try NexmarkEvents(count: count)
        let kinds = (0..<count).map { $0 % 50 }
        #expect(events.personCount == kinds.count { $0 == 0 })
        #expect(events.auctionCount == kinds.count { (1...3).contains($0) })
        #expect(events.bidCount == kinds.count { $0 > 3 })
    }

    @Test("identifiers ascend from 1000 and times are those of the events")
    func identifiersAndTimes() throws {
        let events = try NexmarkEvents(count: 5_000)
        let people = NexmarkPeople(events).batch(0..<100)
        let auctions = NexmarkAuctions(events).batch(0..<300)
        #expect(integers(people, "id") == (0..<100).map { 1000 + $0 })
        #expect(integers(auctions, "id") == (0..<300).map { 1000 + $0 })
        #expect(
            integers(people, "customTime")
                == (0..<100).map { (1_700_000_000_000 + $0 * 50) * 1000 }
        )
        let bids = NexmarkBids(events).batch(0..<events.bidCount)
        #expect(integers(bids, "customTime").first == 1_700_000_000_004_000)
        let times = [people, auctions, bids].flatMap { integers($0, "customTime") }
        #expect(Set(times).count == 100 + 300 + 4_600)
    }

    @Test("hot sellers, auctions and bidders get their shares")
    func hotShares() throws {
        let events = try NexmarkEvents(count: 500_000)
        let bids = NexmarkBids(events).batch(400_000..<420_000)
        let hotAuctions = integers(bids, "auction").count { ($0 - 1000) % 100 == 0 }
        let hotBidders = integers(bids, "bidder").count { ($0 - 1000) % 100 == 1 }
        // One in 110, and one in 1,010, of the cold ones looks hot too.
        #expect((10_000...10_400).contains(hotAuctions))
        #expect((14_800...15_300).contains(hotBidders))
        let auctions = NexmarkAuctions(events).batch(20_000..<30_000)
        let hotSellers = integers(auctions, "seller").count { ($0 - 1000) % 100 == 0 }
        #expect((7_350...7_700).contains(hotSellers))
        #expect(Set(integers(auctions, "category")) == [10, 11, 12, 13, 14])
        #expect(integers(bids, "price").allSatisfy { (100..<100_000_000).contains($0) })
    }

    @Test("an auction expires within twice the time of a hundred auctions")
    func expiry() throws {
        let events = try NexmarkEvents(count: 100_000)
        let auctions = NexmarkAuctions(events).batch(0..<events.auctionCount)
        let durations = zip(integers(auctions, "expires"), integers(auctions, "customTime"))
            .map { ($0 - $1) / 1000 }
        #expect(durations.allSatisfy { (1...2 * 1666).contains($0) })
        #expect(durations.max().map { $0 > 3_200 } == true)
    }

    @Test("rows have the benchmark's mean sizes")
    func meanSizes() throws {
        let events = try NexmarkEvents(count: 100_000)
        for (table, expected) in zip(events.tables, [200.0, 500.0, 100.0]) {
            let batch = table.batch(0..<table.rowCount)
            var size = 0
            for (field, column) in zip(table.schema.fields, batch.columns)
            where !["channel", "url"].contains(field.name) {
                for value in column.valueArray {
                    if case .text(let text) = value { size += text.utf8.count } else { size += 8 }
                }
            }
            let mean = Double(size) / Double(batch.rowCount)
            #expect(abs(mean - expected) < expected * 0.01, "\(table.name): \(mean)")
        }
    }

    @Test("letters and digits are all used, about equally often")
    func letters() throws {
        let events = try NexmarkEvents(count: 100_000)
        let bids = NexmarkBids(events).batch(0..<2_000)
        var counts = [UInt8: Int]()
        for text in texts(bids, "extra") { for byte in text.utf8 { counts[byte, default: 0] += 1 } }
        let mean = counts.values.reduce(0, +) / 26
        #expect(counts.keys.sorted() == Array(UInt8(ascii: "a")...UInt8(ascii: "z")))
        #expect(counts.values.allSatisfy { abs($0 - mean) < mean / 5 })
        let people = NexmarkPeople(events).batch(0..<200)
        let cards = texts(people, "creditCard")
        #expect(cards.allSatisfy { $0.count == 19 && $0.split(separator: " ").count == 4 })
        #expect(Set(cards).count == 200)
        #expect(Set(cards.joined().utf8).count == 11)
    }

    @Test("half of the channels are hot and nine tenths of the addresses name a channel")
    func channels() throws {
        let bids = NexmarkBids(try NexmarkEvents(count: 20_000)).batch(0..<10_000)
        let hot = texts(bids, "channel").count { !$0.hasPrefix("channel-") }
        #expect((4_800...5_200).contains(hot))
        let urls = texts(bids, "url")
        #expect(urls.allSatisfy { $0.hasPrefix("https://www.nexmark.com/") })
        #expect((8_850...9_150).contains(urls.count { $0.contains("&channel_id=") }))
    }

    private func integers(_ batch: Batch, _ name: String) -> [Int] {
        values(batch, name).compactMap {
            if case .integer(let value) = $0 { Int(value) } else { nil }
        }
    }

    private func texts(_ batch: Batch, _ name: String) -> [String] {
        values(batch, name).compactMap { if case .text(let value) = $0 { value } else { nil } }
    }

    private func values(_ batch: Batch, _ name: String) -> [Value] {
        batch.schema.index(of: name).map { batch.columns[$0].valueArray } ?? []
    }
}

@Suite("Measurements")
struct MeasurementTableTests {
    @Test("the summaries are those of the rows")
    func summaries() throws {
        let table = try MeasurementTable(rows: 20_000)
        let batch = table.batch(0..<20_000)
        var groups: [String: [Int]] = [:]
        for row in 0..<batch.rowCount {
            guard case .text(let station) = batch.columns[0].value(row),
                case .decimal(let tenths) = batch.columns[1].value(row)
            else { continue }
            groups[station, default: []].append(Int(tenths))
        }
        let summaries = table.summaries()
        #expect(summaries.count == 413)
        #expect(groups.count == 413)
        for summary in summaries {
            let tenths = try #require(groups[summary.station])
            let mean = Double(tenths.reduce(0, +)) / Double(tenths.count)
            #expect(summary.minimum == tenths.min())
            #expect(summary.maximum == tenths.max())
            #expect(summary.average == Int(mean.rounded(.toNearestOrAwayFromZero)))
        }
    }

    @Test("temperatures spread by ten degrees around the stations' means")
    func spread() throws {
        let table = try MeasurementTable(rows: 413_000)
        let means = table.summaries().map { Double($0.average) }
        #expect(means.count == 413)
        #expect(means.allSatisfy { (-170...320).contains($0) })
        var (count, sum, squares) = (0.0, 0.0, 0.0)
        let batch = table.batch(0..<100_000)
        for row in 0..<batch.rowCount where batch.columns[0].value(row) == .text("Aldera") {
            guard case .decimal(let tenths) = batch.columns[1].value(row) else { continue }
            let value = Double(Int(tenths))
            (count, sum, squares) = (count + 1, sum + value, squares + value * value)
        }
        let deviation = (squares / count - (sum / count) * (sum / count)).squareRoot()
        #expect((85...115).contains(deviation))
    }
}

@Suite("Ticks")
struct TickTableTests {
    @Test("times rise, symbols are as many as asked for and prices are quarters")
    func shape() throws {
        let batch = try TickTable(rows: 100_000, keys: 500).batch(0..<100_000)
        #expect(Set(batch.columns[1].valueArray).count == 500)
        guard case .integers(let times) = batch.columns[0].values,
            case .doubles(let prices) = batch.columns[2].values
        else {
            Issue.record("layouts")
            return
        }
        #expect((1..<times.count).allSatisfy { times[$0] >= times[$0 - 1] })
        #expect(times[99_999] - times[0] == 9_999_000)
        #expect((0..<prices.count).allSatisfy { prices[$0] * 4 == (prices[$0] * 4).rounded() })
    }
}
