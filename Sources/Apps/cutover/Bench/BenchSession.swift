internal import Arguments
internal import Columns
internal import Failures
internal import Files
internal import Flow
internal import Foundation
internal import Processes
internal import StreamSQL

/// One benchmark: every case, every contestant, round by round.
struct BenchSession {
    private let request: BenchRequest
    private let console: Console
    /// For scripts and answers; removed at the end.
    private let scratch: String
    private var probe = ProcessorProbe()

    /// Further tries of a run that does not count, in each round.
    static let extraTries = 3
    /// Between tries: what takes the processors away is often short.
    static let wait = Duration.milliseconds(200)

    init(_ request: BenchRequest, console: Console) {
        self.request = request
        self.console = console
        scratch = NSTemporaryDirectory() + "cutover-bench-\(UUID().uuidString)"
    }

    /// Runs all cases.
    ///
    /// - Throws: what making data and running throws; a peer that fails is told in the report.
    mutating func run() throws(Failure) -> BenchReport {
        let machine = BenchMachine()
        try Directory.create(scratch)
        // What cannot be removed is in the system's folder for such things.
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let data = BenchData(
            suite: request.suite,
            rows: request.rows,
            directory: request.dataDirectory,
            console: console
        )
        let folder = try data.supply()
        var report = BenchReport(request, machine: machine)
        for item in try request.suite.cases(folder: folder, resources: request.resources) {
            try console.interruption.check()
            let found =
                switch item.measure {
                case .time: try measureTime(item)
                case .peakMemory: try measureMemory(item)
                }
            if let difference = found.difference {
                console.note("\(item.name): \(difference.contestant) has other rows than v1")
            }
            report.cases.append(found)
        }
        return report
    }

    // MARK: Time

    private mutating func measureTime(_ item: BenchCase) throws(Failure) -> BenchCaseReport {
        let lanes = request.contestants.filter { $0.takesPart(in: item) }
        let runner = try BenchRunner(item, scratch: scratch, console: console)
        let total = lanes.count * (request.rounds + 1)
        let count = SharedCount()
        count.update(done: 0, total: total)
        let line = ProgressLine(title: "\(request.suite.rawValue) \(item.name)", noun: "runs")
        return try line.show(on: console) {
            count.value
        } during: { () throws(Failure) -> BenchCaseReport in
            var found = BenchCaseReport(item.name, lanes, rounds: request.rounds)
            try warmUp(runner, &found)
            guard found.difference == nil else { return found }
            count.update(done: lanes.count, total: total)
            for round in 0..<request.rounds {
                for index in lanes.indices where found.rows[index].failure == nil {
                    try measure(runner, lanes[index], &found, index)
                    guard found.difference == nil else { return found }
                    count.update(done: (round + 1) * lanes.count + index + 1, total: total)
                }
            }
            return found
        }
    }

    /// Runs everybody once and holds their rows against V1's.
    private func warmUp(_ runner: BenchRunner, _ found: inout BenchCaseReport) throws(Failure) {
        let needsRows = found.rows.contains { $0.contestant.isPeer }
        let reference = try runner.reference(keepsRows: needsRows)
        found.rowsIn = reference.outcome.rowsIn ?? 0
        found.digest = reference.outcome.digest
        for index in found.rows.indices where found.difference == nil {
            let contestant = found.rows[index].contestant
            switch contestant.engine {
            case .own(let processor):
                let outcome = try runner.run(processor)
                found.rows[index].take(outcome)
                guard outcome.digest != reference.outcome.digest else { continue }
                found.difference = try runner.difference(contestant.name, processor)
            case .peer(let peer):
                do throws(Failure) {
                    let (outcome, difference) = try runner.answer(
                        peer,
                        threads: contestant.threads,
                        reference
                    )
                    found.rows[index].take(outcome)
                    found.difference = difference
                } catch {
                    guard error.code == "BENCH_PEER" else { throw error }
                    found.rows[index].failure = error
                    console.note(error.description)
                }
            }
        }
    }

    /// One counted run, or the reason why there is none.
    private mutating func measure(
        _ runner: BenchRunner,
        _ contestant: BenchContestant,
        _ found: inout BenchCaseReport,
        _ index: Int
    ) throws(Failure) {
        for _ in 0...Self.extraTries {
            try console.interruption.check()
            if let complaint = try probe.complaint(threads: contestant.threads) {
                found.rows[index].discard(complaint)
                pause(for: Self.wait)
                continue
            }
            let outcome: BenchOutcome
            do throws(Failure) {
                outcome = try runner.run(contestant)
            } catch {
                guard error.code == "BENCH_PEER" else { throw error }
                found.rows[index].failure = error
                console.note(error.description)
                return
            }
            if let digest = outcome.digest, digest != found.digest {
                found.difference = BenchDifference(
                    contestant.name,
                    summary: "a later run's digest is \(digest), not \(found.digest ?? "")",
                    example: "run `cutover stream compare` to find the rows"
                )
                return
            }
            if let complaint = try probe.complaint(threads: contestant.threads) {
                found.rows[index].discard(complaint)
                continue
            }
            found.rows[index].seconds.append(outcome.seconds)
            return
        }
    }

    // MARK: Memory

    private func measureMemory(_ item: BenchCase) throws(Failure) -> BenchCaseReport {
        let lanes = request.contestants.filter { !$0.isPeer }
        var found = BenchCaseReport(item.name, lanes, rounds: 1)
        let path = Directory.join(scratch, "\(item.script.name).sql")
        let memory = BenchMemory(console: console)
        let count = SharedCount()
        let line = ProgressLine(title: "\(request.suite.rawValue) \(item.name)", noun: "runs")
        return try line.show(on: console) {
            count.value
        } during: { () throws(Failure) -> BenchCaseReport in
            try Directory.replace(path, with: Array(item.script.text.utf8).span)
            let reference = try memory.run(path, processor: "v1")
            found.rowsIn = reference.rowsIn
            for index in lanes.indices {
                count.update(done: index, total: lanes.count)
                guard case .own(let processor) = lanes[index].engine else { continue }
                let run =
                    processor == "v1" ? reference : try memory.run(path, processor: processor)
                found.rows[index].rowsIn = run.rowsIn
                found.rows[index].rowsOut = run.rowsOut
                found.rows[index].peakBytes = run.peakBytes
                guard run.digest != reference.digest else { continue }
                found.difference = BenchDifference(
                    lanes[index].name,
                    summary: "its digest is \(run.digest), not \(reference.digest)",
                    example: "run `cutover stream compare` to find the rows"
                )
                return found
            }
            return found
        }
    }
}
