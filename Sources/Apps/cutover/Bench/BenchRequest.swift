internal import Arguments
internal import Failures
internal import Files
internal import Flow
internal import Foundation
internal import SQLFront

/// What somebody wants to be measured.
struct BenchRequest: Sendable {
    let suite: BenchSuite
    let rows: Int
    let rounds: Int
    /// In the order in which they run; the first one that is V1 is what others are held against.
    let contestants: [BenchContestant]
    /// Absolute; where the suites' folders are.
    let dataDirectory: String
    /// The clone.
    let resources: String

    /// - Throws: `CFG_VALUE`, `CFG_MISSING`, what wrong processor strings throw, and what installing peers throws.
    init(_ invocation: Invocation, console: Console) throws(Failure) {
        resources = try Self.clone()
        guard let suite = BenchSuite(rawValue: invocation.argument("SUITE") ?? "") else {
            preconditionFailure("the argument is one of the suites")
        }
        self.suite = suite
        let isQuick = invocation.flag("quick")
        if suite == .flights, invocation.isGiven("rows") {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--rows cannot change how many flights there were",
                remedy: "leave it out, or use another suite",
                at: invocation.position(of: "rows")
            )
        }
        if suite == .routing, invocation.isGiven("peers") {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "routing has no other engine to be held against",
                remedy: "leave --peers out, or use another suite",
                at: invocation.position(of: "peers")
            )
        }
        rows = invocation.integer("rows") ?? suite.standardRows(isQuick: isQuick)
        rounds = invocation.integer("runs") ?? (isQuick ? 1 : 5)
        let data = invocation.text("data") ?? Directory.join(resources, "data")
        dataDirectory = URL(fileURLWithPath: data).standardizedFileURL.path
        let own = try Self.list(invocation, "processors").map { (text) throws(Failure) in
            try Self.own(text)
        }
        var peers: [BenchPeer] = []
        for text in try Self.list(invocation, "peers") {
            peers.append(try BenchPeer(text, resources: resources, console: console))
        }
        guard own.map(\.name) == Self.unique(own.map(\.name)),
            peers.map(\.name) == Self.unique(peers.map(\.name))
        else {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--processors or --peers names somebody twice",
                remedy: "name each once"
            )
        }
        for index in peers.indices { try peers[index].install() }
        contestants = own + Self.contestants(peers, threads: own.map(\.threads))
    }

    /// A peer runs once for each number of threads that an own implementation has.
    private static func contestants(_ peers: [BenchPeer], threads: [Int]) -> [BenchContestant] {
        Set(threads).sorted().flatMap { count in
            peers.map { BenchContestant(name: $0.name, engine: .peer($0), threads: count) }
        }
    }

    private static func own(_ text: String) throws(Failure) -> BenchContestant {
        let processor = try ProcessorConfiguration.parse(text, source: "--processors")
        let threads: Int
        switch processor {
        case .parallel(let parallel):
            threads = min(parallel.partitions ?? .max, onlineProcessorCount())
        case .serial, .flink: threads = 1
        }
        return BenchContestant(name: text, engine: .own(processor: text), threads: threads)
    }

    /// The parts of a list with commas.
    private static func list(
        _ invocation: Invocation,
        _ option: String
    ) throws(Failure) -> [String] {
        guard let text = invocation.text(option) else { return [] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.allSatisfy({ !$0.isEmpty }) else {
            throw Failure(
                "CFG_VALUE",
                blame: .request,
                "--\(option) has an empty name in \"\(text)\"",
                remedy: "separate names by single commas",
                at: invocation.position(of: option)
            )
        }
        return parts
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    /// Scripts, queries and the peers' programs are in a clone only.
    private static func clone() throws(Failure) -> String {
        guard let resources = Installation.current.resources,
            Installation.current.kind == .clone
        else {
            throw Failure(
                "CFG_MISSING",
                blame: .request,
                "this program has no clone beside it, which holds the benchmarks' scripts",
                remedy: "run ./cutover in a clone"
            )
        }
        return resources
    }
}
