internal import Failures
internal import Files
internal import JSON
internal import Routing

/// What a router must not forget: its table, its barriers, and which share each generation compares.
///
/// As a file it is one JSON object: `table` (a route table's canonical text), `log`, `pending`, `highest`,
/// `shares` (generation to ppm), `fenced`.
struct RouterMemory: Sendable {
    private(set) var table: RouteTable
    var barriers: BarrierMachine.Persistent
    private(set) var shares: [Int: Int] = [:]
    /// The candidate's results are not wanted: the migration went back to the baseline.
    private(set) var isFenced = false

    /// Most bytes of the file: a table's, and as much again for the rest.
    private static let sizeLimit = 2 * RouteTable.sizeLimit

    init(_ table: RouteTable) {
        self.table = table
        barriers = BarrierMachine.Persistent(log: table.rules.log)
        take(table)
    }

    mutating func take(_ table: RouteTable) {
        self.table = table
        shares[table.generation] = table.rules.shadowPPM
        isFenced =
            table.generation > 0 && table.thresholdPPM == 0 && table.rules.shadowPPM == 0
            && table.rules.cohorts.isEmpty
    }
}

// MARK: - As a file

extension RouterMemory {
    func json() throws(Failure) -> JSONValue {
        [
            "table": JSONValue(try table.canonicalText),
            "log": JSONValue(barriers.log.entries.map(\.json)),
            "pending": barriers.pending?.json ?? .null,
            "highest": barriers.highest?.json ?? .null,
            "shares": JSONValue(
                shares.sorted { $0.key < $1.key }.map { [JSONValue($0), JSONValue($1)] }
            ),
            "fenced": JSONValue(isFenced),
        ]
    }

    init(reading path: String) throws(Failure) {
        let bytes = try Directory.read(path, limit: Self.sizeLimit)
        do throws(JSONError) {
            let json = try JSONValue(parsing: bytes.span)
            let table = try Self.table(try json.member("table").requireString(), path)
            self.init(table)
            var entries: [RouteLog.Entry] = []
            for entry in try json.member("log").requireArray() {
                entries.append(try RouteLog.Entry(entry))
            }
            guard let log = RouteLog(entries) else { throw Self.damaged("generations fall") }
            barriers = BarrierMachine.Persistent(log: log)
            barriers.pending = try Self.proposal(try json.member("pending"))
            barriers.highest = try Self.proposal(try json.member("highest"))
            for share in try json.member("shares").requireArray() {
                let pair = try share.requireArray()
                guard pair.count == 2 else { throw Self.damaged("a share is no pair") }
                shares[Int(try pair[0].requireInteger())] = Int(try pair[1].requireInteger())
            }
            isFenced = try json.member("fenced").requireBool()
        } catch {
            throw error.failure("MIG_ROUTER_STATE", blame: .outside).located(in: path)
        }
    }

    private static func table(_ text: String, _ path: String) throws(JSONError) -> RouteTable {
        do throws(Failure) {
            return try RouteTable(parsing: text, source: path)
        } catch {
            throw damaged(error.problem)
        }
    }

    private static func damaged(_ problem: String) -> JSONError {
        JSONError(
            problem,
            remedy: "remove the file: the router then starts from the journal's tables",
            at: nil
        )
    }

    private static func proposal(_ json: JSONValue) throws(JSONError) -> BarrierProposal? {
        guard !json.isNull else { return nil }
        return BarrierProposal(
            fence: Int(try json.member("fence").requireInteger()),
            generation: Int(try json.member("generation").requireInteger()),
            barrier: try json.member("barrier").requireInteger(),
            thresholdPPM: Int(try json.member("thresholdPPM").requireInteger()),
            base: Int(try json.member("base").requireInteger())
        )
    }
}

extension Failure {
    fileprivate func located(in path: String) -> Failure {
        var failure = self
        failure.problem = "\(path): \(problem)"
        return failure
    }
}

extension RouteLog.Entry {
    fileprivate var json: JSONValue {
        [
            "generation": JSONValue(generation), "barrier": JSONValue(barrier),
            "thresholdPPM": JSONValue(thresholdPPM),
        ]
    }

    fileprivate init(_ json: JSONValue) throws(JSONError) {
        self.init(
            generation: Int(try json.member("generation").requireInteger()),
            barrier: try json.member("barrier").requireInteger(),
            thresholdPPM: Int(try json.member("thresholdPPM").requireInteger())
        )
    }
}

extension BarrierProposal {
    fileprivate var json: JSONValue {
        [
            "fence": JSONValue(fence), "generation": JSONValue(generation),
            "barrier": JSONValue(barrier), "thresholdPPM": JSONValue(thresholdPPM),
            "base": JSONValue(base),
        ]
    }
}
