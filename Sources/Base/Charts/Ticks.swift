internal import Units

/// The round values that are written along an axis.
package enum Ticks {
    /// A value and what is written beside it.
    package struct Tick: Sendable, Hashable {
        package var value: Double
        package var label: String
    }

    /// 1, 2 or 5 times a power of ten, so that at most `count` (1…) steps cover `span`.
    package static func step(of span: Double, atMost count: Int) -> Double {
        precondition(span > 0 && span.isFinite && count > 0, "a span to divide is above 0")
        let rough = span / Double(count)
        var power = 1.0
        while power * 10 <= rough { power *= 10 }
        while power > rough, power > .leastNormalMagnitude { power /= 10 }
        for factor in [1.0, 2, 5] where power * factor >= rough * (1 - 1e-9) {
            return power * factor
        }
        return power * 10
    }

    /// Multiples of a step within a domain.
    static func multiples(of step: Double, in domain: ClosedRange<Double>) -> [Double] {
        let slack = 1e-9
        let first = (domain.lowerBound / step - slack).rounded(.up)
        let last = (domain.upperBound / step + slack).rounded(.down)
        guard first <= last, last - first < 1000 else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// Plain numbers: `0`, `50 k`, `100 k`.
    package static func numbers(in domain: ClosedRange<Double>, atMost count: Int) -> [Tick] {
        guard domain.lowerBound < domain.upperBound else { return [] }
        let step = step(of: domain.upperBound - domain.lowerBound, atMost: count)
        let largest = max(domain.lowerBound.magnitude, domain.upperBound.magnitude)
        let prefixes = [(1e9, " G"), (1e6, " M"), (1e4, " k")]
        let prefix = prefixes.first { largest >= $0.0 }
        let factor = prefix.map { $0.0 == 1e4 ? 1e3 : $0.0 } ?? 1
        var digits = 0
        var part = step / factor
        while part < 1 - 1e-9, digits < 9 {
            part *= 10
            digits += 1
        }
        return multiples(of: step, in: domain).map { value in
            let text = NumberText.fixed(value / factor, digits: digits)
            return Tick(
                value: value,
                label: signed(text) + (value == 0 ? "" : prefix?.1 ?? "")
            )
        }
    }

    /// Shares of one in percent.
    package static func shares(in domain: ClosedRange<Double>, atMost count: Int) -> [Tick] {
        let percent = domain.lowerBound * 100...domain.upperBound * 100
        return numbers(in: percent, atMost: count).map {
            Tick(value: $0.value / 100, label: $0.label + "%")
        }
    }

    /// Milliseconds since something: steps that clocks have, in one unit.
    package static func elapsed(
        inMilliseconds domain: ClosedRange<Double>,
        atMost count: Int
    ) -> [Tick] {
        guard domain.lowerBound < domain.upperBound, count > 0 else { return [] }
        let rough = (domain.upperBound - domain.lowerBound) / Double(count)
        let (step, unit, factor) = timeStep(rough)
        return multiples(of: step, in: domain).map { value in
            let scaled = value / factor
            let isWhole = (scaled - scaled.rounded()).magnitude < 1e-9
            let digits =
                isWhole ? 0 : (scaled * 10 - (scaled * 10).rounded()).magnitude < 1e-9 ? 1 : 2
            let text = NumberText.fixed(scaled, digits: digits)
            return Tick(value: value, label: "\(signed(text)) \(unit)")
        }
    }

    private static func timeStep(
        _ rough: Double
    ) -> (step: Double, unit: String, factor: Double) {
        let (second, minute, hour, day) = (1e3, 6e4, 3.6e6, 8.64e7)
        if rough <= 0.1 * second {
            let step = max(1, step(of: max(rough, 1), atMost: 1))
            return step >= 100 ? (step, "s", second) : (step, "ms", 1)
        }
        let seconds = [0.2, 0.5, 1, 2, 5, 10, 15, 30].map { ($0 * second, "s", second) }
        let minutes = [1.0, 2, 5, 10, 15, 30].map { ($0 * minute, "min", minute) }
        let hours = [1.0, 2, 3, 6, 12].map { ($0 * hour, "h", hour) }
        for choice in seconds + minutes + hours where choice.0 >= rough { return choice }
        let step = step(of: max(rough / day, 1), atMost: 1)
        return (step * day, "d", day)
    }

    /// Nanoseconds on an axis of equal factors: `1 ms`, `10 ms`; where there are few powers, also 2 and 5 times them.
    package static func durations(
        inNanoseconds domain: ClosedRange<Double>,
        atMost count: Int
    ) -> [Tick] {
        func values(_ factors: [Double]) -> [Double] {
            var values: [Double] = []
            var power = 1.0
            while power <= domain.upperBound, power < 1e18 {
                values += factors.map { $0 * power }.filter { domain.contains($0) }
                power *= 10
            }
            return values
        }
        let fine = values([1, 2, 5])
        let coarse = fine.count <= count ? fine : values([1])
        let stride = max(1, (coarse.count + count - 1) / count)
        return coarse.enumerated().filter { $0.offset % stride == 0 }.map {
            Tick(value: $0.element, label: Duration.nanoseconds(Int64($0.element)).exactText)
        }
    }

    /// A number with a real minus sign.
    package static func signed(_ text: String) -> String {
        text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }
}
