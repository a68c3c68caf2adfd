extension MetricsRegistry {
    /// The media type of ``prometheusText``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All metrics in Prometheus' text format, families and series in the order of their names.
    package var prometheusText: String {
        var text = ""
        for (name, family) in snapshot.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(Self.escaped(family.help, quotes: false))\n"
            text += "# TYPE \(name) \(family.kind)\n"
            let series = family.series.map { (labels: Self.pairs($0.key), instrument: $0.value) }
            for (labels, instrument) in series.sorted(by: {
                $0.labels.lexicographicallyPrecedes($1.labels)
            }) {
                text += Self.lines(name, labels, instrument)
            }
        }
        return text
    }

    /// `name="value"` per label, sorted by name.
    private static func pairs(_ labels: Labels) -> [String] {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }
    }

    private static func lines(_ name: String, _ labels: [String], _ instrument: Instrument)
        -> String
    {
        switch instrument {
        case .counter(let counter, .plain): return line(name, labels, String(counter.value))
        case .counter(let counter, .nanoseconds):
            return line(name, labels, number(Double(counter.value) / 1e9))
        case .gauge(let gauge): return line(name, labels, number(gauge.value))
        case .read(let read): return line(name, labels, number(read()))
        case .histogram(let histogram): return lines(name, labels, histogram)
        }
    }

    private static func lines(_ name: String, _ labels: [String], _ histogram: Histogram) -> String
    {
        let (counts, sum) = histogram.snapshot
        var text = ""
        var cumulated = 0
        for (count, bound) in zip(counts, histogram.bounds + [.infinity]) {
            cumulated += count
            text += line("\(name)_bucket", labels + ["le=\"\(number(bound))\""], String(cumulated))
        }
        text += line("\(name)_sum", labels, number(sum))
        return text + line("\(name)_count", labels, String(cumulated))
    }

    private static func line(_ name: String, _ labels: [String], _ value: String) -> String {
        let braces = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
        return "\(name)\(braces) \(value)\n"
    }

    /// A number as Prometheus reads it: `1`, `0.25`, `1e+21`, `NaN`, `+Inf`.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let integer = Int64(exactly: value), integer.magnitude < 1 << 53 {
            return String(integer)
        }
        return value.description
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: escaped.append(contentsOf: "\\\"".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
