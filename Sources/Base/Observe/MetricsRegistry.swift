internal import Synchronization

/// All metrics of a process, by name and labels; asking again for the same gives the same instrument.
///
/// Asking for a name as two kinds, or for a name that Prometheus does not allow, is a mistake of the
/// program and stops it. A family keeps at most `seriesLimit` series; further label values share one
/// series whose labels all say `overflow`.
package final class MetricsRegistry: Sendable {
    package typealias Labels = [String: String]

    /// What the number in a counter or gauge counts.
    package enum Unit: Sendable, Equatable {
        case plain
        /// Counted in nanoseconds, shown in seconds.
        case nanoseconds
    }

    enum Instrument: Sendable {
        case counter(Counter, Unit)
        case gauge(Gauge)
        case read(@Sendable () -> Double)
        case histogram(Histogram)

        var kind: String {
            switch self {
            case .counter: "counter"
            case .gauge, .read: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    struct Family: Sendable {
        var help: String
        var kind: String
        var series: [Labels: Instrument] = [:]
    }

    private let families = Mutex<[String: Family]>([:])
    private let seriesLimit: Int

    package init(seriesLimit: Int = 2000) { self.seriesLimit = seriesLimit }

    /// A counter; its name ends in `_total`.
    package func counter(
        _ name: String,
        _ help: String,
        unit: Unit = .plain,
        labels: Labels = [:]
    ) -> Counter {
        precondition(name.hasSuffix("_total"), "the counter \(name) ends in _total")
        let found = instrument(name, help, labels) { .counter(Counter(), unit) }
        guard case .counter(let counter, unit) = found else { Self.stop(name, found) }
        return counter
    }

    package func gauge(_ name: String, _ help: String, labels: Labels = [:]) -> Gauge {
        let found = instrument(name, help, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = found else { Self.stop(name, found) }
        return gauge
    }

    /// A gauge that is read at each scrape; a second reader for the same series replaces the first.
    package func gauge(
        _ name: String,
        _ help: String,
        labels: Labels = [:],
        read: @escaping @Sendable () -> Double
    ) {
        _ = instrument(name, help, labels, replacing: true) { .read(read) }
    }

    package func histogram(
        _ name: String,
        _ help: String,
        bounds: [Double] = Histogram.durationBounds,
        labels: Labels = [:]
    ) -> Histogram {
        precondition(labels["le"] == nil, "the label le belongs to the buckets")
        let found = instrument(name, help, labels) { .histogram(Histogram(bounds: bounds)) }
        guard case .histogram(let histogram) = found, histogram.bounds == bounds else {
            Self.stop(name, found)
        }
        return histogram
    }

    /// Forgets the series of a family that have these labels among theirs, such as a finished job's.
    package func remove(_ name: String, matching labels: Labels) {
        families.withLock { families in
            guard var family = families[name] else { return }
            family.series = family.series.filter { series in
                !labels.allSatisfy { series.key[$0.key] == $0.value }
            }
            families[name] = family.series.isEmpty ? nil : family
        }
    }

    /// What a scrape would show, family by family.
    var snapshot: [String: Family] { families.withLock { $0 } }

    private func instrument(
        _ name: String,
        _ help: String,
        _ labels: Labels,
        replacing: Bool = false,
        make: () -> Instrument
    ) -> Instrument {
        precondition(Self.isName(name), "\"\(name)\" is no name of a metric")
        precondition(labels.keys.allSatisfy(Self.isLabel), "a label of \(name) has no good name")
        return families.withLock { families in
            let made = make()
            var family = families[name] ?? Family(help: help, kind: made.kind)
            precondition(family.kind == made.kind, "\(name) is a \(family.kind)")
            var labels = labels
            if family.series[labels] == nil, family.series.count >= seriesLimit {
                labels = labels.mapValues { _ in "overflow" }
            }
            if let found = family.series[labels], !replacing { return found }
            family.series[labels] = made
            families[name] = family
            return made
        }
    }

    private static func stop(_ name: String, _ found: Instrument) -> Never {
        preconditionFailure("\(name) is another \(found.kind)")
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && !isDigit(name.utf8.first)
            && name.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ":") }
    }

    private static func isLabel(_ name: String) -> Bool {
        !name.isEmpty && !isDigit(name.utf8.first) && !name.hasPrefix("__")
            && name.utf8.allSatisfy(isWord)
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { (0x30...0x39).contains($0) } ?? false
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (0x41...0x5a).contains(byte)
            || (0x61...0x7a).contains(byte)
    }
}
