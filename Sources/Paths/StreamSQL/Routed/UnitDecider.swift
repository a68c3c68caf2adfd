internal import Columns
internal import Failures
internal import Routing

/// Decides about the units that rows of the aggregate's output stand for; reused from batch to batch.
struct UnitDecider: Sendable {
    struct Unit: Sendable {
        var decision: WindowOwnership.Decision
        /// Of the key; nil where it has none that can be routed.
        var hash: UInt64?
    }

    private let shape: RoutedShape
    private var hasher: KeyHasher

    init(_ shape: RoutedShape) {
        self.shape = shape
        hasher = KeyHasher(columns: shape.targetingOutputs)
    }

    /// - Throws: `MIG_KEY_TYPE`.
    mutating func decide(_ batch: Batch, _ rules: WindowOwnership) throws(Failure) -> [Unit] {
        try hasher.hash(batch, rules.table)
        let starts = shape.identity.starts(batch)
        return (0..<batch.rowCount).map { row in
            let hash = hasher.hash(row)
            let decision = rules.decide(
                hash: hash,
                sampleHash: hasher.sampleHash(row),
                start: starts[row]
            )
            return Unit(decision: decision, hash: hash)
        }
    }
}

/// The hashes of the targeting columns of a batch, under the keys of a table.
struct KeyHasher: Sendable {
    private let columns: [Int]
    private var hashes: RouteHashes?
    private var samples: RouteHashes?

    init(columns: [Int]) { self.columns = columns }

    /// - Throws: `MIG_KEY_TYPE`.
    mutating func hash(_ batch: Batch, _ table: RouteTable) throws(Failure) {
        if hashes?.key != table.key {
            hashes = RouteHashes(table.key)
            samples = RouteHashes(table.sampleKey)
        }
        let keys = columns.map { batch.columns[$0] }
        try hashes?.hash(keys)
        try samples?.hash(keys)
    }

    func hash(_ row: Int) -> UInt64? { hashes?.hash(row) }

    func sampleHash(_ row: Int) -> UInt64? { samples?.hash(row) }
}
