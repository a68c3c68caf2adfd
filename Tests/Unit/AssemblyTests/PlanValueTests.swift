internal import Assembly
internal import Failures
internal import MigrationRules
internal import Testing

@Suite("Values of plans")
struct PlanValueTests {
    private static let text = """
        apiVersion: cutover/v1
        kind: Migration
        metadata: { name: p }
        spec:
          target: stream/p
          primary: { adapter: stream, ref: v1 }
          candidate: { adapter: stream, ref: "v2:2" }
          effects: transactional
          unit: { kind: key-window, targetingKey: [origin, dest], eventTime: t, window: tumbling 1h, lateness: 5s }
          checks: { errors: { kind: rate, metric: failed/total, promote: "<= 0.1%" } }
          stages:
            - { name: shadow, strategy: shadow, sample: 100% }
            - { name: canary, strategy: canary, weight: 10% }
            - { name: full, strategy: full }

        """

    /// A part of the plan and what stands there instead, with `^` where the failure has to be.
    struct Case: Sendable, CustomTestStringConvertible {
        var part: String
        var replacement: String
        var remedy: String

        init(_ part: String, _ replacement: String, _ remedy: String) {
            self.part = part
            self.replacement = replacement
            self.remedy = remedy
        }

        var testDescription: String { replacement }
    }

    private static func place(of mark: Character, in text: String) -> String {
        let before = text.prefix { $0 != mark }
        let line = before.count { $0 == "\n" } + 1
        let column = before.reversed().prefix { $0 != "\n" }.count + 1
        return "p.yaml:\(line):\(column)"
    }

    @Test("The plan itself is good")
    func plainPlan() {
        let file = PlanFileTests.read(Self.text)
        #expect(file.failures.isEmpty, "\(file.failures)")
        #expect(file.findings.isEmpty, "\(file.findings)")
    }

    @Test(
        "What nobody could obey is refused at its place, before anything runs",
        arguments: [
            Case("tumbling 1h", "^tumbling 0h", "1ms to 3650d"),
            Case("tumbling 1h", "^tumbling -1h", "write"),
            Case("tumbling 1h", "^tumbling 3651d", "1ms to 3650d"),
            Case("tumbling 1h", "^tumbling 300000d", "write"),
            Case("tumbling 1h", "^tumbling 10us", "milliseconds"),
            Case("tumbling 1h", "^hopping 1h 0s", "1ms to 3650d"),
            Case("tumbling 1h", "^hopping 0s 5m", "1ms to 3650d"),
            Case("tumbling 1h", "^hopping 1h 7m", "a multiple of the slide"),
            Case("tumbling 1h", "^hopping 1h 2h", "a multiple of the slide"),
            Case("tumbling 1h", "^cumulating 1d 0s", "1ms to 3650d"),
            Case("tumbling 1h", "^cumulating 1d 7h", "a multiple of the step"),
            Case("lateness: 5s", "lateness: ^-5s", "write"),
            Case("metric: failed/total", "metric: ^x/0", "known are failed/total"),
            Case("metric: failed/total", "metric: ^faild/total", "nearest is failed/total"),
            Case("metric: failed/total", "metric: ^failed/compared", "known are failed/total"),
            Case("rate, metric: failed", "rate-ratio, metric: ^mismatched", "known are failed"),
            Case(
                "rate, metric: failed/total",
                "quantile, q: 0.99, metric: ^unit_second",
                "nearest is unit_seconds"
            ),
            Case("rate, metric: failed/total", "count, metric: ^faild", "nearest is failed"),
            Case("adapter: stream, ref: v1", "adapter: ^nope, ref: v1", "known are exec, stream"),
            Case("adapter: stream, ref: v1", "adapter: ^steam, ref: v1", "nearest is stream"),
            Case("adapter: stream, ref: v1", "adapter: ^exec", "say what runs"),
            Case("adapter: stream, ref: v1", "adapter: ^stream, command: ./x", "adapter: exec"),
            Case("ref: v1", "ref: ^v9", "v1"),
            Case("ref: \"v2:2\"", "ref: ^\"v2:99999\"", "1 to 1024"),
            Case("ref: \"v2:2\"", "ref: v2:^99999", "1 to 1024"),
            Case("ref: \"v2:2\"", "ref: ^\"flink:local\"", "v2:8"),
            Case("[origin, dest]", "[origin, ^origin]", "once"),
            Case("weight: 10%", "weight: ^0", "strategy: shadow"),
            Case("weight: 10%", "primary_percentage: ^100", "a weight above 0"),
            Case("sample: 100%", "sample: ^0", "a sample above 0"),
        ]
    )
    func valuesAreChecked(_ example: Case) throws {
        let marked = Self.text.replacing(
            example.part,
            with: example.replacement,
            maxReplacements: 1
        )
        try #require(marked.contains("^"))
        let file = PlanFileTests.read(marked.replacing("^", with: ""))
        let failure = try #require(file.failures.first)
        #expect(file.failures.count == 1, "\(file.failures)")
        #expect(failure.code == "MIG_PLAN_SYNTAX")
        #expect(failure.position?.description == Self.place(of: "^", in: marked), "\(failure)")
        #expect(failure.remedy.contains(example.remedy), "\(failure)")
        #expect(file.plan == nil)
    }

    @Test(
        "Every metric that is counted can be asked for",
        arguments: [
            "rate, metric: mismatch/compared", "rate, metric: shed/total",
            "rate-ratio, metric: timeout/total", "quantile, q: 0.5, metric: unit_seconds",
            "mean, metric: unit_seconds", "mean, metric: bytes/busy_seconds",
            "ratio, metric: records/busy_seconds", "count, metric: mismatch",
            "count, metric: failed/total", "threshold, provider: prometheus, metric: anything",
        ]
    )
    func metricsAreKnown(_ check: String) {
        let text = Self.text.replacing("rate, metric: failed/total", with: check)
        #expect(PlanFileTests.read(text).failures.isEmpty)
    }

    @Test("Windows are read with their size and their distance")
    func windowsAreRead() {
        func window(_ text: String) -> WindowPlan? {
            PlanFileTests.read(Self.text.replacing("tumbling 1h", with: text)).plan?.unit.window
        }
        #expect(window("tumbling 3650d")?.sizeMs == 3650 * 86_400_000)
        #expect(window("hopping 1h 5m")?.slideMs == 300_000)
        #expect(window("cumulating 1d 6h")?.sizeMs == 86_400_000)
        #expect(window("tumbling 1ms")?.slideMs == nil)
    }
}
