package import Columns

/// Table `bid`: who offered how much for which auction.
package struct NexmarkBids: GeneratedTable {
    let events: NexmarkEvents

    package init(_ events: NexmarkEvents) { self.events = events }

    package var name: String { "bid" }
    package var rowCount: Int { events.bidCount }
    package var schema: Schema { Self.schema }

    static let schema = Schema([
        Field("auction", .bigint),
        Field("bidder", .bigint),
        Field("price", .bigint),
        Field("channel", .string),
        Field("url", .string),
        Field("customTime", .timestamp(precision: 3)),
        Field("extra", .string),
    ])

    private static let hotChannels = ["Google", "Facebook", "Baidu", "Apple"]
    private static let channelCount = 10_000
    /// The hot channels, then `channel-0` and so on.
    private static let channels = TextDictionary(
        TextValues(hotChannels + (0..<channelCount).map { "channel-\($0)" })
    )
    /// Bytes of the four numeric columns.
    ///
    /// Channel and address do not count towards the mean size of 100 bytes,
    /// because the benchmark got them later and kept the filling.
    private static let fixedSize = 4 * 8

    package func batch(_ rows: Range<Int>) -> Batch {
        var auctions = BufferBuilder<Int64>(capacity: rows.count)
        var bidders = BufferBuilder<Int64>(capacity: rows.count)
        var prices = BufferBuilder<Int64>(capacity: rows.count)
        var times = BufferBuilder<Int64>(capacity: rows.count)
        var channels = BufferBuilder<Int32>(capacity: rows.count)
        var urls = TextBuilder(capacity: rows.count, byteCapacity: rows.count * 80)
        var extras = TextBuilder(capacity: rows.count, byteCapacity: rows.count * 32)
        for row in rows {
            let (epoch, place) = row.quotientAndRemainder(dividingBy: NexmarkEvents.bidsPerEpoch)
            let event = epoch * NexmarkEvents.epochSize + 1 + NexmarkEvents.auctionsPerEpoch + place
            let draws = Draws(seed: events.seed, row: event)
            auctions.append(Int64(NexmarkEvents.firstID + auction(event, draws)))
            bidders.append(Int64(NexmarkEvents.firstID + bidder(event, draws)))
            prices.append(Int64(NexmarkEvents.price(draws, 4)))
            times.append(events.microseconds(event))
            channels.append(Int32(channel(draws)))
            appendURL(draws, to: &urls)
            let extra = NexmarkEvents.extraSize(Self.fixedSize, mean: 100, draws, 10)
            draws.appendLetters(extra, from: 16, to: &extras)
            extras.endRow()
        }
        return Batch(
            schema: schema,
            columns: [
                Column(.bigint, .integers(auctions.finish())),
                Column(.bigint, .integers(bidders.finish())),
                Column(.bigint, .integers(prices.finish())),
                Column(.string, .coded(codes: channels.finish(), dictionary: Self.channels)),
                Column(.string, .texts(urls.finish())),
                Column(.timestamp(precision: 3), .integers(times.finish())),
                Column(.string, .texts(extras.finish())),
            ],
            rowCount: rows.count
        )
    }

    /// Half of the bids go to the first of the last hundred auctions, the others to any of the last
    /// hundred or to one of ten that do not exist yet.
    @inline(__always)
    private func auction(_ event: Int, _ draws: Draws) -> Int {
        let last = NexmarkEvents.lastAuction(event)
        if draws.below(2, 0) > 0 { return last / 100 * 100 }
        let known = last + 1
        let active = min(known, 100)
        return known - active + draws.below(active + 10, 1)
    }

    /// Three quarters of the bids come from the second of the last hundred people.
    @inline(__always)
    private func bidder(_ event: Int, _ draws: Draws) -> Int {
        draws.below(4, 2) > 0
            ? NexmarkEvents.lastPerson(event) / 100 * 100 + 1
            : NexmarkEvents.anyPerson(event, draws, 3)
    }

    @inline(__always)
    private func channel(_ draws: Draws) -> Int {
        let hot = Self.hotChannels.count
        return draws.below(2, 6) > 0
            ? draws.below(hot, 7)
            : hot + draws.below(Self.channelCount, 7)
    }

    @inline(__always)
    private func appendURL(_ draws: Draws, to urls: inout TextBuilder) {
        urls.appendPart("https://www.nexmark.com".utf8Span.span)
        for folder in 0..<3 {
            urls.appendPart(47)
            draws.appendLetters(5, from: 12 + UInt64(folder), to: &urls)
        }
        urls.appendPart("/item.htm?query=1".utf8Span.span)
        if draws.below(10, 8) > 0 {
            urls.appendPart("&channel_id=".utf8Span.span)
            urls.appendPart(decimal: draws.below(Self.channelCount, 9))
        }
        urls.endRow()
    }
}
