internal import Columns
internal import Failures

/// Decodes the options of the `datagen` connector; names and defaults are Flink's.
struct DatagenOptions {
    let fields: [Field]
    let table: CreateTableSyntax

    func decode(_ reader: inout OptionReader) throws(Failure) -> Connector {
        let rate = try reader.integer("rows-per-second", in: 1...1_000_000_000) ?? 10_000
        let count = try reader.integer("number-of-rows", in: 0...Int64.max)
        var rules: [Connector.Datagen.FieldRule] = []
        for field in fields { rules.append(try rule(for: field, &reader)) }
        try checkNames(&reader)
        return .datagen(.init(rowsPerSecond: rate, rowCount: count, rules: rules))
    }

    /// Options of fields that the table does not have.
    private func checkNames(_ reader: inout OptionReader) throws(Failure) {
        let names = fields.map(\.name)
        for option in reader.remaining(in: "fields.") {
            let parts = option.key.split(separator: ".", omittingEmptySubsequences: false)
            let name = parts.dropFirst().dropLast().joined(separator: ".")
            guard !names.contains(name) else { continue }
            let near = nearestName(to: name, among: names)
            throw .request(
                "CFG_UNKNOWN_KEY",
                "'\(option.key)' names no field of \(table.name.text)",
                remedy: near.map { "nearest is 'fields.\($0).…'" }
                    ?? "fields are \(names.joined(separator: ", "))",
                at: option.keyPosition
            )
        }
    }

    private func rule(
        for field: Field,
        _ reader: inout OptionReader
    ) throws(Failure) -> Connector.Datagen.FieldRule {
        let prefix = "fields.\(field.name)."
        let kind = reader.take(prefix + "kind")
        let generator: Connector.Datagen.Generator
        switch kind?.value ?? "random" {
        case "random": generator = try random(field, prefix, &reader)
        case "sequence": generator = try sequence(field, prefix, &reader)
        default:
            throw kind.map { OptionReader.invalid($0, expected: "random or sequence") }
                ?? .request("CFG_VALUE", "no kind", remedy: "", at: table.position)
        }
        let nulls = reader.take(prefix + "null-rate")
        var nullRate = 0.0
        if let nulls {
            guard let rate = Double(nulls.value), (0...1).contains(rate) else {
                throw OptionReader.invalid(nulls, expected: "a share from 0 to 1")
            }
            nullRate = rate
        }
        return .init(generator: generator, nullRate: nullRate)
    }

    private func sequence(
        _ field: Field,
        _ prefix: String,
        _ reader: inout OptionReader
    ) throws(Failure) -> Connector.Datagen.Generator {
        let range = field.type.integerRange ?? Int64.min...Int64.max
        guard field.type.isNumeric || field.type.isText else {
            throw .request(
                "CFG_VALUE",
                "a sequence cannot fill \(field.name) \(field.type)",
                remedy: "use 'random'",
                at: table.position
            )
        }
        let start = try reader.integer(prefix + "start", in: range)
        let end = try reader.integer(prefix + "end", in: range)
        guard let start, let end, start <= end else {
            throw .request(
                "CFG_VALUE",
                "the sequence of \(field.name) has no start and end in order",
                remedy: "give '\(prefix)start' and '\(prefix)end'",
                at: table.position
            )
        }
        return .sequence(start: start, end: end)
    }

    private func random(
        _ field: Field,
        _ prefix: String,
        _ reader: inout OptionReader
    ) throws(Failure) -> Connector.Datagen.Generator {
        switch field.type {
        case .char(let length): return .randomText(length: length)
        case .varchar, .string, .bytes:
            let limit = Int64(min(TypeRules.textLength(field.type) ?? 1 << 20, 1 << 20))
            let length = try reader.integer(prefix + "length", in: 0...limit)
            return .randomText(length: Int(length ?? min(100, limit)))
        case .timestamp, .timestampLTZ:
            return .past(maximum: try reader.duration(prefix + "max-past") ?? 0)
        case .boolean:
            return .random(minimum: .boolean(false), maximum: .boolean(true))
        case .date: return .random(minimum: .integer(0), maximum: .integer(24_854))
        case .time:
            return .random(
                minimum: .integer(0),
                maximum: .integer(TemporalText.dayMicroseconds - 1)
            )
        case .float, .double: return try approximate(field, prefix, &reader)
        case .decimal(let precision, let scale):
            return try decimal(precision, scale, prefix, &reader)
        default:
            let range = field.type.integerRange ?? Int64.min...Int64.max
            let low = try reader.integer(prefix + "min", in: range) ?? range.lowerBound
            let high = try reader.integer(prefix + "max", in: range) ?? range.upperBound
            try checkOrder(low <= high, field)
            return .random(minimum: .integer(low), maximum: .integer(high))
        }
    }

    private func approximate(
        _ field: Field,
        _ prefix: String,
        _ reader: inout OptionReader
    ) throws(Failure) -> Connector.Datagen.Generator {
        let largest =
            field.type == .float
            ? Double(Float.greatestFiniteMagnitude) : Double.greatestFiniteMagnitude
        var bounds: [Double] = []
        for (name, fallback) in [("min", 0), ("max", largest)] {
            let option = reader.take(prefix + name)
            let value = option.map { Double($0.value) } ?? fallback
            guard let value, value.isFinite, value.magnitude <= largest else {
                throw OptionReader.invalid(
                    option ?? table.options[0],
                    expected: "a number of type \(field.type)"
                )
            }
            bounds.append(value)
        }
        try checkOrder(bounds[0] <= bounds[1], field)
        return .random(minimum: .double(bounds[0]), maximum: .double(bounds[1]))
    }

    private func decimal(
        _ precision: Int,
        _ scale: Int,
        _ prefix: String,
        _ reader: inout OptionReader
    ) throws(Failure) -> Connector.Datagen.Generator {
        let largest = Int128.powerOfTen(precision) - 1
        var bounds: [Int128] = []
        for (name, fallback) in [("min", -largest), ("max", largest)] {
            guard let option = reader.take(prefix + name) else {
                bounds.append(fallback)
                continue
            }
            let literal = try? Literals.number(option.value, at: option.valuePosition)
            let type = DataType.decimal(precision: precision, scale: scale)
            guard case .decimal(let unscaled)? = literal?.converted(to: type).literalValue else {
                throw OptionReader.invalid(option, expected: "a number of type \(type)")
            }
            bounds.append(unscaled)
        }
        try checkOrder(bounds[0] <= bounds[1], fields[0])
        return .random(minimum: .decimal(bounds[0]), maximum: .decimal(bounds[1]))
    }

    private func checkOrder(_ isOrdered: Bool, _ field: Field) throws(Failure) {
        if isOrdered { return }
        throw .request(
            "CFG_VALUE",
            "the least value of \(field.name) is above the greatest",
            remedy: "swap 'min' and 'max'",
            at: table.position
        )
    }
}
