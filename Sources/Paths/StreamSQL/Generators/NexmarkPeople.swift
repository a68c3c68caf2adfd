package import Columns

/// Table `person`: everybody who sells or bids.
package struct NexmarkPeople: GeneratedTable {
    let events: NexmarkEvents

    package init(_ events: NexmarkEvents) { self.events = events }

    package var name: String { "person" }
    package var rowCount: Int { events.personCount }
    package var schema: Schema { Self.schema }

    static let schema = Schema([
        Field("id", .bigint),
        Field("name", .string),
        Field("emailAddress", .string),
        Field("creditCard", .string),
        Field("city", .string),
        Field("state", .string),
        Field("customTime", .timestamp(precision: 3)),
        Field("extra", .string),
    ])

    private static let firstNames = [
        "Ada", "Bruno", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Irene", "Jonas",
        "Karin",
    ]
    private static let lastNames = [
        "Archer", "Baker", "Carter", "Dyer", "Fisher", "Gardner", "Hunter", "Mason", "Potter",
    ]
    private static let cities = TextDictionary(
        TextValues([
            "Boise", "Cheyenne", "Eugene", "Flagstaff", "Oakland", "Phoenix", "Portland",
            "San Diego",
            "Seattle", "Spokane",
        ])
    )
    private static let states = TextDictionary(TextValues(["AZ", "CA", "ID", "OR", "WA", "WY"]))

    /// Bytes of the card number and of the two numeric columns.
    private static let fixedSize = 19 + 2 * 8

    package func batch(_ rows: Range<Int>) -> Batch {
        var names = TextBuilder(capacity: rows.count, byteCapacity: rows.count * 16)
        var addresses = TextBuilder(capacity: rows.count, byteCapacity: rows.count * 20)
        var cards = TextBuilder(capacity: rows.count, byteCapacity: rows.count * 20)
        var extras = TextBuilder(capacity: rows.count, byteCapacity: rows.count * 128)
        var ids = BufferBuilder<Int64>(capacity: rows.count)
        var times = BufferBuilder<Int64>(capacity: rows.count)
        var cities = BufferBuilder<Int32>(capacity: rows.count)
        var states = BufferBuilder<Int32>(capacity: rows.count)
        for row in rows {
            let event = row * NexmarkEvents.epochSize
            let draws = Draws(seed: events.seed, row: event)
            ids.append(Int64(NexmarkEvents.firstID + row))
            times.append(events.microseconds(event))
            let city = draws.below(Self.cities.values.count, 2)
            let state = draws.below(Self.states.values.count, 3)
            cities.append(Int32(city))
            states.append(Int32(state))
            let before = names.byteCount + addresses.byteCount
            appendName(draws, to: &names)
            appendAddress(draws, to: &addresses)
            appendCard(draws, to: &cards)
            let size =
                names.byteCount + addresses.byteCount - before + Self.fixedSize
                + Self.cities.values.range(city).count + Self.states.values.range(state).count
            let extra = NexmarkEvents.extraSize(size, mean: 200, draws, 8)
            draws.appendLetters(extra, from: 16, to: &extras)
            extras.endRow()
        }
        return Batch(
            schema: schema,
            columns: [
                Column(.bigint, .integers(ids.finish())),
                Column(.string, .texts(names.finish())),
                Column(.string, .texts(addresses.finish())),
                Column(.string, .texts(cards.finish())),
                Column(.string, .coded(codes: cities.finish(), dictionary: Self.cities)),
                Column(.string, .coded(codes: states.finish(), dictionary: Self.states)),
                Column(.timestamp(precision: 3), .integers(times.finish())),
                Column(.string, .texts(extras.finish())),
            ],
            rowCount: rows.count
        )
    }

    private func appendName(_ draws: Draws, to names: inout TextBuilder) {
        let first = Self.firstNames[draws.below(Self.firstNames.count, 0)]
        let last = Self.lastNames[draws.below(Self.lastNames.count, 1)]
        names.appendPart(first.utf8Span.span)
        names.appendPart(32)
        names.appendPart(last.utf8Span.span)
        names.endRow()
    }

    /// Seven letters at five letters.
    private func appendAddress(_ draws: Draws, to addresses: inout TextBuilder) {
        draws.appendLetters(7, from: 4, to: &addresses)
        addresses.appendPart(64)
        draws.appendLetters(5, from: 5, to: &addresses)
        addresses.appendPart(".com".utf8Span.span)
        addresses.endRow()
    }

    /// Four groups of four digits.
    private func appendCard(_ draws: Draws, to cards: inout TextBuilder) {
        for group in 0..<4 {
            if group > 0 { cards.appendPart(32) }
            draws.appendDigits(4, from: 10 + UInt64(group), to: &cards)
        }
        cards.endRow()
    }
}
