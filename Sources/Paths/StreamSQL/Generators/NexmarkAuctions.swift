package import Columns

/// Table `auction`: what is offered, by whom and until when.
package struct NexmarkAuctions: GeneratedTable {
    let events: NexmarkEvents

    package init(_ events: NexmarkEvents) { self.events = events }

    package var name: String { "auction" }
    package var rowCount: Int { events.auctionCount }
    package var schema: Schema { Self.schema }

    static let schema = Schema([
        Field("id", .bigint),
        Field("itemName", .string),
        Field("description", .string),
        Field("initialBid", .bigint),
        Field("reserve", .bigint),
        Field("customTime", .timestamp(precision: 3)),
        Field("expires", .timestamp(precision: 3)),
        Field("seller", .bigint),
        Field("category", .bigint),
        Field("extra", .string),
    ])

    private static let firstCategory = 10
    private static let categoryCount = 5
    /// Events in which a hundred auctions begin.
    private static let horizonEvents =
        100 * NexmarkEvents.epochSize / NexmarkEvents.auctionsPerEpoch
    /// Bytes of the seven numeric columns.
    private static let fixedSize = 7 * 8

    private struct Numbers: ~Copyable {
        var ids, initialBids, reserves, times, expiries, sellers, categories: BufferBuilder<Int64>

        init(capacity: Int) {
            ids = BufferBuilder(capacity: capacity)
            initialBids = BufferBuilder(capacity: capacity)
            reserves = BufferBuilder(capacity: capacity)
            times = BufferBuilder(capacity: capacity)
            expiries = BufferBuilder(capacity: capacity)
            sellers = BufferBuilder(capacity: capacity)
            categories = BufferBuilder(capacity: capacity)
        }
    }

    package func batch(_ rows: Range<Int>) -> Batch {
        var numbers = Numbers(capacity: rows.count)
        var names = TextBuilder(capacity: rows.count, byteCapacity: rows.count * 16)
        var descriptions = TextBuilder(capacity: rows.count, byteCapacity: rows.count * 64)
        var extras = TextBuilder(capacity: rows.count, byteCapacity: rows.count * 512)
        for row in rows {
            let (epoch, place) = row.quotientAndRemainder(
                dividingBy: NexmarkEvents.auctionsPerEpoch
            )
            let event = epoch * NexmarkEvents.epochSize + 1 + place
            let draws = Draws(seed: events.seed, row: event)
            appendNumbers(row, event, draws, to: &numbers)
            let nameSize = 5 + draws.below(16, 8)
            draws.appendLetters(nameSize, from: 12, to: &names)
            names.endRow()
            let descriptionSize = 20 + draws.below(81, 9)
            draws.appendLetters(descriptionSize, from: 16, to: &descriptions)
            descriptions.endRow()
            let size = Self.fixedSize + nameSize + descriptionSize
            let extra = NexmarkEvents.extraSize(size, mean: 500, draws, 10)
            draws.appendLetters(extra, from: 32, to: &extras)
            extras.endRow()
        }
        return Batch(
            schema: schema,
            columns: [
                Column(.bigint, .integers(numbers.ids.finish())),
                Column(.string, .texts(names.finish())),
                Column(.string, .texts(descriptions.finish())),
                Column(.bigint, .integers(numbers.initialBids.finish())),
                Column(.bigint, .integers(numbers.reserves.finish())),
                Column(.timestamp(precision: 3), .integers(numbers.times.finish())),
                Column(.timestamp(precision: 3), .integers(numbers.expiries.finish())),
                Column(.bigint, .integers(numbers.sellers.finish())),
                Column(.bigint, .integers(numbers.categories.finish())),
                Column(.string, .texts(extras.finish())),
            ],
            rowCount: rows.count
        )
    }

    @inline(__always)
    private func appendNumbers(
        _ row: Int,
        _ event: Int,
        _ draws: Draws,
        to numbers: inout Numbers
    ) {
        numbers.ids.append(Int64(NexmarkEvents.firstID + row))
        let initialBid = NexmarkEvents.price(draws, 0)
        numbers.initialBids.append(Int64(initialBid))
        numbers.reserves.append(Int64(initialBid + NexmarkEvents.price(draws, 2)))
        numbers.times.append(events.microseconds(event))
        let horizon =
            events.milliseconds(event + Self.horizonEvents) - events.milliseconds(event)
        let duration = 1 + draws.below(max(2 * horizon, 1), 4)
        numbers.expiries.append(Int64(events.milliseconds(event) + duration) * 1000)
        let isHot = draws.below(4, 5) > 0
        let seller =
            isHot
            ? NexmarkEvents.lastPerson(event) / 100 * 100
            : NexmarkEvents.anyPerson(event, draws, 6)
        numbers.sellers.append(Int64(NexmarkEvents.firstID + seller))
        numbers.categories.append(
            Int64(Self.firstCategory + draws.below(Self.categoryCount, 7))
        )
    }
}
