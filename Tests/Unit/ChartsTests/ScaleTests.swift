internal import Charts
internal import Testing

@Suite("Scales and ticks")
struct ScaleTests {
    @Test("values stand in proportion, also where the drawing counts downwards")
    func linear() {
        let scale = Scale(0...200, from: 300, to: 100)
        #expect(scale.position(of: 0) == 300)
        #expect(scale.position(of: 50) == 250)
        #expect(scale.position(of: 200) == 100)
    }

    @Test("values outside stand at the nearer end, and what is no number at the start")
    func outside() {
        let scale = Scale(-1...1, from: 0, to: 10)
        #expect(scale.position(of: 7) == 10)
        #expect(scale.position(of: -.infinity) == 0)
        #expect(scale.position(of: .nan) == 0)
    }

    @Test("equal factors have equal distances on a logarithmic scale")
    func logarithmic() {
        let scale = Scale(1...1000, from: 0, to: 90, spread: .logarithmic)
        #expect((scale.position(of: 10) - 30).magnitude < 1e-9)
        #expect((scale.position(of: 100) - 60).magnitude < 1e-9)
    }

    @Test("a single value stands in the middle")
    func single() {
        #expect(Scale(5...5, from: 0, to: 10).position(of: 5) == 5)
        let scale = Scale(8...8, from: 0, to: 10, spread: .logarithmic)
        #expect((scale.position(of: 8) - 5).magnitude < 1e-9)
    }

    @Test(
        "steps are 1, 2 or 5 times a power of ten, and never too many",
        arguments: [1e-9, 0.03, 0.7, 1, 9.99, 10, 42, 1234, 8e17]
    )
    func steps(_ span: Double) {
        for count in 1...12 {
            let step = Ticks.step(of: span, atMost: count)
            #expect(span / step <= Double(count) * (1 + 1e-6))
            var leading = step
            while leading >= 9.999_999 { leading /= 10 }
            while leading < 0.999_999_9 { leading *= 10 }
            #expect([1.0, 2, 5].contains { ($0 - leading).magnitude < 1e-6 }, "\(step)")
        }
    }

    @Test("numbers are written with as many digits as their step needs")
    func numberLabels() {
        func labels(_ domain: ClosedRange<Double>, _ count: Int) -> [String] {
            Ticks.numbers(in: domain, atMost: count).map(\.label)
        }
        #expect(labels(0...1, 5) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(labels(-12...6, 4) == ["−10", "−5", "0", "5"])
        #expect(labels(0...240_000, 3) == ["0", "100 k", "200 k"])
        #expect(labels(0...2_400_000, 5) == ["0.0", "0.5 M", "1.0 M", "1.5 M", "2.0 M"])
        #expect(labels(3...3, 5).isEmpty)
    }

    @Test("shares are written in percent")
    func shareLabels() {
        #expect(
            Ticks.shares(in: 0...1, atMost: 5).map(\.label)
                == ["0%", "20%", "40%", "60%", "80%", "100%"]
        )
    }

    @Test("time has the steps of clocks, in one unit")
    func timeLabels() {
        func labels(_ end: Double, _ count: Int) -> [String] {
            Ticks.elapsed(inMilliseconds: 0...end, atMost: count).map(\.label)
        }
        #expect(labels(40, 4) == ["0 ms", "10 ms", "20 ms", "30 ms", "40 ms"])
        #expect(labels(2600, 6) == ["0 s", "0.5 s", "1 s", "1.5 s", "2 s", "2.5 s"])
        #expect(labels(32_000, 4) == ["0 s", "10 s", "20 s", "30 s"])
        #expect(labels(150_000, 8) == ["0 s", "30 s", "60 s", "90 s", "120 s", "150 s"])
        #expect(labels(7_200_000, 4) == ["0 min", "30 min", "60 min", "90 min", "120 min"])
        #expect(labels(86_400_000, 4) == ["0 h", "6 h", "12 h", "18 h", "24 h"])
        #expect(labels(9 * 86_400_000, 5) == ["0 d", "2 d", "4 d", "6 d", "8 d"])
        #expect(labels(0, 4).isEmpty)
    }

    @Test("there are never many more ticks than wanted, however long or short the time is")
    func tickCounts() {
        for exponent in 0..<16 {
            var end = 1.0
            for _ in 0..<exponent { end *= 7 }
            let count = Ticks.elapsed(inMilliseconds: 0...end, atMost: 6).count
            #expect((1...7).contains(count), "\(end) ms: \(count)")
        }
    }

    @Test("durations are written in their own units")
    func durationLabels() {
        let wide = Ticks.durations(inNanoseconds: 5e5...2e9, atMost: 6)
        #expect(wide.map(\.label) == ["1 ms", "10 ms", "100 ms", "1 s"])
        let narrow = Ticks.durations(inNanoseconds: 9e6...60e6, atMost: 6)
        #expect(narrow.map(\.label) == ["10 ms", "20 ms", "50 ms"])
    }
}
