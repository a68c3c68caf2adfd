import Arguments
import Failures
import TestKit
import Testing
import Units

@Suite("Configuration")
struct ConfigurationTests {
    static let schema = ConfigurationSchema([
        ConfigurationKey(
            "stream",
            "processor",
            .text,
            default: "v2",
            "Engine",
            environmentAliases: ["PROCESSOR_CONFIG"],
            fileAliases: ["engine.name"]
        ),
        ConfigurationKey(
            "stream",
            "batch.rows",
            .integer(1...65_536),
            default: "8192",
            "Rows",
            fileAliases: ["max_batch_size"]
        ),
        ConfigurationKey("stream", "batch.latency", .duration, default: "100 ms", "Wait"),
        ConfigurationKey("stream", "buffer.bytes", .byteCount, default: "64 MiB", "Buffer"),
        ConfigurationKey("stream", "dlq.path", .folder, default: "off", or: ["off"], "Rejects"),
        ConfigurationKey("stream", "dlq.max.rate", .share, default: "1%", "Rejects' share"),
        ConfigurationKey("stream", "strict", .boolean, default: "false", "Strict"),
        ConfigurationKey("stream", "skew", .number(0...1), "Skew"),
        ConfigurationKey("", "log-level", .choice(["info", "debug"]), default: "info", "Log"),
    ])

    typealias Setting = ConfigurationLayers.Setting

    static func file(_ line: Int) -> Failure.Position {
        .text(SourcePosition(source: "cutover.yaml", line: line, column: 3))
    }

    @Test("each layer wins over those below it, and the origin is known")
    func precedence() throws {
        let statement = Failure.Position.text(SourcePosition(source: "a.sql", line: 2, column: 1))
        var layers = ConfigurationLayers(
            flags: ["stream.processor": Setting("v1", at: nil)],
            statements: ["stream.processor": Setting("s", at: statement)],
            environment: [
                "CUTOVER_STREAM_PROCESSOR": "e", "PROCESSOR_CONFIG": "alias", "HOME": "/",
            ],
            file: ["stream.processor": Setting("f", at: Self.file(4))]
        )
        var seen: [String] = []
        func record() throws {
            let entry = try Self.schema.resolve(layers)["stream.processor"]
            seen.append("\(entry.value?.text ?? "-") from \(entry.origin)")
        }
        try record()
        layers.flags = [:]
        try record()
        layers.statements = [:]
        try record()
        layers.environment["CUTOVER_STREAM_PROCESSOR"] = nil
        try record()
        layers.environment = [:]
        try record()
        layers.file = [:]
        try record()
        #expect(
            seen == [
                "v1 from flag", "s from SET a.sql:2:1",
                "e from environment CUTOVER_STREAM_PROCESSOR",
                "alias from environment PROCESSOR_CONFIG", "f from file cutover.yaml:4:3",
                "v2 from default",
            ]
        )
    }

    @Test("values are read as their kinds")
    func types() throws {
        let layers = ConfigurationLayers(
            environment: [
                "CUTOVER_STREAM_BATCH_LATENCY": "1 min", "CUTOVER_STREAM_STRICT": "on",
                "CUTOVER_STREAM_DLQ_MAX_RATE": "0.1%", "CUTOVER_LOG_LEVEL": "DEBUG",
                "CUTOVER_STREAM_SKEW": "0.25", "CUTOVER_NO_INSTALL": "1",
            ]
        )
        let configuration = try Self.schema.resolve(layers)
        #expect(configuration.duration("stream.batch.latency") == .seconds(60))
        #expect(configuration.bool("stream.strict") == true)
        #expect(configuration.share("stream.dlq.max.rate")?.value == 1000)
        #expect(configuration.text("log-level") == "debug")
        #expect(configuration.number("stream.skew") == 0.25)
        #expect(configuration.integer("stream.batch.rows") == 8192)
        #expect(configuration.byteCount("stream.buffer.bytes") == .mebibytes(64))
        #expect(configuration.text("stream.dlq.path") == "off")
        #expect(configuration.entries.count == Self.schema.keys.count)
        #expect(try Self.schema.resolve(ConfigurationLayers())["stream.skew"].value == nil)
    }

    @Test("unknown keys are errors with their place and the nearest name")
    func unknownKeys() {
        let file = ConfigurationLayers(file: ["stream.batch.row": Setting("1", at: Self.file(7))])
        let statement = ConfigurationLayers(statements: ["stream.procesor": Setting("v1")])
        let flag = ConfigurationLayers(flags: ["streem.processor": Setting("v1")])
        let variable = ConfigurationLayers(environment: ["CUTOVER_STREAM_PROCESOR": "v1"])
        let expected = [
            "cutover.yaml:7:3: error CFG_UNKNOWN_KEY: no key \"stream.batch.row\"; nearest is stream.batch.rows",
            "error CFG_UNKNOWN_KEY: no key \"stream.procesor\"; nearest is stream.processor",
            "error CFG_UNKNOWN_KEY: no key \"streem.processor\"; nearest is stream.processor",
            "CUTOVER_STREAM_PROCESOR:1:1: error CFG_UNKNOWN_KEY: the environment variable "
                + "CUTOVER_STREAM_PROCESOR names no key; nearest is CUTOVER_STREAM_PROCESSOR",
        ]
        let actual = [file, statement, flag, variable].map { layers in
            do throws(Failure) {
                _ = try Self.schema.resolve(layers)
                return "no error"
            } catch {
                return error.description
            }
        }
        #expect(actual == expected)
    }

    @Test("bad values are errors with their place and what is allowed")
    func badValues() {
        let layers = [
            ConfigurationLayers(file: ["stream.batch.rows": Setting("0", at: Self.file(3))]),
            ConfigurationLayers(environment: ["CUTOVER_LOG_LEVEL": "inf"]),
            ConfigurationLayers(statements: ["stream.dlq.path": Setting("")]),
            ConfigurationLayers(flags: ["stream.strict": Setting("maybe")]),
        ]
        let remedies = ["from 1 to 65536", "nearest is info", "or off", "write true or false"]
        for (layer, remedy) in zip(layers, remedies) {
            let error = #expect(throws: Failure.self) { _ = try Self.schema.resolve(layer) }
            #expect(error?.code == "CFG_VALUE")
            #expect(error?.remedy.contains(remedy) == true, "\(error?.remedy ?? "")")
        }
    }

    @Test("old names in files work with a notice, but not beside the new one")
    func fileAliases() throws {
        var layers = ConfigurationLayers(
            file: ["stream.max_batch_size": Setting("5", at: Self.file(3))]
        )
        let configuration = try Self.schema.resolve(layers)
        #expect(configuration.integer("stream.batch.rows") == 5)
        #expect(
            configuration.notices == [
                "cutover.yaml:3:3: stream.max_batch_size is now called stream.batch.rows"
            ]
        )
        layers.file["stream.batch.rows"] = Setting("6")
        let error = #expect(throws: Failure.self) { _ = try Self.schema.resolve(layers) }
        #expect(error?.code == "CFG_VALUE")
        let whole = ConfigurationLayers(file: ["engine.name": Setting("v1")])
        #expect(try Self.schema.resolve(whole).text("stream.processor") == "v1")
        let partial = ConfigurationLayers(file: ["stream.engine.name": Setting("v1")])
        #expect(throws: Failure.self) { _ = try Self.schema.resolve(partial) }
    }

    @Test("a bad value gives the key's own code")
    func valueCodes() throws {
        let key = ConfigurationKey("a", "b", .integer(1...2), "B", valueCode: "MIG_STATIC_VALUE")
        let layers = ConfigurationLayers(file: ["a.b": Setting("3")])
        let error = #expect(throws: Failure.self) {
            _ = try ConfigurationSchema([key]).resolve(layers)
        }
        #expect(error?.code == "MIG_STATIC_VALUE")
    }
}
