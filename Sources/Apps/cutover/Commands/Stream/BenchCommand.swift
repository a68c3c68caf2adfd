internal import Arguments
internal import Failures
internal import JSON
internal import Observe

extension CommandTree {
    static var streamBench: CommandTree {
        CommandTree(
            Command(
                "bench",
                "measure scripts on V1, V2 and other engines, round by round",
                discussion: """
                    Makes the suite's data once and runs every case: everybody once to warm up, when each one's \
                    rows are held against V1's, then in rounds, one after another. tumbling has the cases scan, \
                    csv, memory, parquet and peak-memory; the other suites run the example scripts. Shown are \
                    the median, the shortest and the longest run, and how many times as fast we are with as \
                    many threads.

                    A run counts where the processors were free before it and after it; with fewer than three \
                    such runs a figure is not measurable. Other rows than V1's give no figure, and exit status 1. \
                    A missed target fails nothing.

                    routing measures what a migration costs: a route decision against SipHash in C, a live job with \
                    weight 0 against the job alone, and what a stalled candidate in shadow does to the time until \
                    windows are written. The primary is the first of --processors.
                    """,
                positionals: [
                    .init(
                        "SUITE",
                        .choice(BenchSuite.allCases.map(\.rawValue)),
                        "What is measured: tumbling, 1brc, flights, nexmark, routing"
                    )
                ],
                options: [
                    .value(
                        "rows",
                        .count(1...1_000_000_000_000),
                        "Rows of the data (default 10M, with --quick 1M, nexmark 100k)"
                    ),
                    .value(
                        "peers",
                        .text,
                        "Other engines: duckdb, flink, or NAME=PROGRAM with the options of peer_duckdb.py",
                        placeholder: "LIST"
                    ),
                    .value(
                        "processors",
                        .text,
                        "Own implementations",
                        placeholder: "LIST",
                        default: "v1,v2:1,v2:2"
                    ),
                    .value("runs", .integer(1...1000), "Rounds (default 5, with --quick 1)"),
                    .flag("quick", "One round on fewer rows"),
                    .value("data", .folder, "Where data is made and kept (default: the clone's)"),
                    .flag("record", "Keep the report in Benchmarks/results, unless rows differ"),
                ],
                examples: [
                    .init(
                        "cutover stream bench tumbling --rows 10M --peers duckdb,flink",
                        "the whole table, in some minutes"
                    ),
                    .init("cutover stream bench nexmark --quick --json", "a first look"),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            // Ctrl-C is looked at between steps, so that no child is left behind.
            try console.interruption.calling { () -> Void in
            } during: { () throws(Failure) -> ExitCode in
                try bench(invocation, console)
            }
        }
    }

    private static func bench(
        _ invocation: Invocation,
        _ console: Console
    ) throws(Failure) -> ExitCode {
        let request = try BenchRequest(invocation, console: console)
        func show(_ json: JSONValue, _ text: String) throws(Failure) {
            if invocation.flag("json") { try console.write(json) } else { try console.write(text) }
        }
        func record(
            _ request: BenchRequest,
            _ json: JSONValue,
            _ text: String,
            isSound: Bool
        ) throws(Failure) {
            guard isSound else {
                return console.complain("nothing was recorded, because rows differ")
            }
            let record = BenchRecord(resources: request.resources)
            for name in try record.write(request, json: json, text: text) {
                console.note("recorded \(name)")
            }
        }
        guard request.suite != .routing else {
            var bench = RoutingBench(request, console: console)
            let report = try bench.run()
            let table = RoutingTable(report: report, terminal: console.outputTerminal)
            try show(report.json, table.text)
            if invocation.flag("record") {
                let text = RoutingTable(report: report, terminal: .plain).text
                try record(request, report.json, text, isSound: report.isSound)
            }
            return report.isSound ? .done : .failed
        }
        var session = BenchSession(request, console: console)
        let report = try session.run()
        try show(report.json, BenchTable(report: report, terminal: console.outputTerminal).text)
        if invocation.flag("record") {
            let text = BenchTable(report: report, terminal: .plain).text
            try record(request, report.json, text, isSound: !report.differs)
        }
        return report.isSound ? .done : .failed
    }
}
