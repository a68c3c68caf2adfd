import Observe
import TestKit
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("the text is Prometheus' own, in a fixed order")
    func exposition() throws {
        let registry = MetricsRegistry()
        let jobs = ["b", "a"].map { job in
            registry.counter(
                "cutover_rows_total",
                "Rows read",
                labels: ["job": job, "side": "old"]
            )
        }
        jobs[0].add(3)
        jobs[1].cell(worker: 0).add(40)
        jobs[1].cell(worker: 1).add(2)
        registry.counter("cutover_busy_seconds_total", "Time\nat \\work", unit: .nanoseconds)
            .add(1_500_000_000)
        registry.gauge("cutover_state_bytes", "Bytes", labels: ["path": "a\\b\"c\nd"]).set(1 << 20)
        registry.gauge("cutover_lag_seconds", "Lag") { .nan }
        registry.gauge("cutover_lag_seconds", "Lag", labels: ["side": "new"]) { -.infinity }
        let histogram = registry.histogram(
            "cutover_latency_seconds",
            "Latency",
            bounds: [0.1, 1],
            labels: ["job": "a"]
        )
        for value in [0.05, 0.1, 0.5, 7] { histogram.record(value) }
        histogram.record(.milliseconds(250))
        try expectGolden(registry.prometheusText, "metrics.exposition")
    }

    @Test("asking again gives the same instrument")
    func identity() {
        let registry = MetricsRegistry()
        let first = registry.counter("a_total", "A", labels: ["x": "1"])
        let second = registry.counter("a_total", "A", labels: ["x": "1"])
        #expect(first === second)
        #expect(first.cell(worker: 3) === second.cell(worker: 3))
        #expect(first !== registry.counter("a_total", "A", labels: ["x": "2"]))
    }

    @Test("counts are exact among threads")
    func concurrency() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("a_total", "A")
        let gauge = registry.gauge("b", "B")
        let histogram = registry.histogram("c", "C", bounds: [1])
        await withTaskGroup { group in
            for worker in 0..<8 {
                group.addTask {
                    let cell = counter.cell(worker: worker % 4)
                    for _ in 0..<1000 {
                        cell.add()
                        counter.add(2)
                        gauge.add(0.5)
                        histogram.record(2)
                    }
                }
            }
        }
        #expect(counter.value == 24_000)
        #expect(gauge.value == 4000)
        #expect(histogram.snapshot.counts == [0, 8000])
        #expect(histogram.snapshot.sum == 16_000)
    }

    @Test("a value falls into the first bucket whose bound it does not exceed")
    func buckets() {
        checkProperty("the bucket is the linear search's", Gen.double, rounds: 500) { value in
            let registry = MetricsRegistry()
            let histogram = registry.histogram("a", "A", bounds: [-1, 0, 0.125, 7, 1e9])
            histogram.record(value)
            let place = histogram.bounds.firstIndex { value <= $0 } ?? histogram.bounds.count
            return histogram.snapshot.counts.firstIndex(of: 1) == place
        }
    }

    @Test("a family with too many series puts the rest together")
    func seriesLimit() {
        let registry = MetricsRegistry(seriesLimit: 2)
        for name in 0..<5 { registry.counter("a_total", "A", labels: ["key": "\(name)"]).add() }
        #expect(registry.prometheusText.contains("a_total{key=\"overflow\"} 3\n"))
    }

    @Test("removed series are gone")
    func removal() {
        let registry = MetricsRegistry()
        registry.gauge("a", "A", labels: ["job": "x", "side": "old"]).set(1)
        registry.gauge("a", "A", labels: ["job": "y"]).set(2)
        registry.remove("a", matching: ["job": "x"])
        #expect(registry.prometheusText == "# HELP a A\n# TYPE a gauge\na{job=\"y\"} 2\n")
        registry.remove("a", matching: [:])
        #expect(registry.prometheusText.isEmpty)
    }

    @Test("a name of two kinds, or a bad one, stops the program")
    func misuse() async {
        await #expect(processExitsWith: .failure) {
            let registry = MetricsRegistry()
            _ = registry.gauge("a_total", "A")
            _ = registry.counter("a_total", "A")
        }
        await #expect(processExitsWith: .failure) { _ = MetricsRegistry().gauge("1a", "A") }
        await #expect(processExitsWith: .failure) {
            _ = MetricsRegistry().gauge("a", "A", labels: ["b-c": "x"])
        }
    }
}
