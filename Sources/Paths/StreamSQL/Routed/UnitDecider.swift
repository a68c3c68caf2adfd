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

    /// Decides about rows in the order of their windows; keys are only hashed where a candidate may be wanted.
    ///
    /// - Throws: `MIG_KEY_TYPE`.
    mutating func decide(_ batch: Batch, _ rules: WindowOwnership) throws(Failure) -> [Unit] {
        let starts = shape.identity.starts(batch)
        if !rules.isFenced { try hasher.hash(batch, rules) }
        var units: [Unit] = []
        units.reserveCapacity(batch.rowCount)
        var first = 0
        while first < batch.rowCount {
            let window = rules.window(startingAt: starts[first])
            var end = first + 1
            while end < batch.rowCount, starts[end] == starts[first] { end += 1 }
            if rules.isFenced {
                let unit = Unit(decision: rules.fenced(window), hash: nil)
                units.append(contentsOf: repeatElement(unit, count: end - first))
            } else {
                for row in first..<end {
                    let hash = hasher.hash(row)
                    let decision = rules.decide(
                        hash: hash,
                        sampleHash: hasher.sampleHash(row),
                        in: window
                    )
                    units.append(Unit(decision: decision, hash: hash))
                }
            }
            first = end
        }
        return units
    }
}

/// The hashes of the targeting columns of a batch, under the keys of a table.
struct KeyHasher: Sendable {
    private let columns: [Int]
    private var hashes: RouteHashes?
    private var samples: RouteHashes?
    private var hasSamples = false

    init(columns: [Int]) { self.columns = columns }

    /// - Throws: `MIG_KEY_TYPE`.
    mutating func hash(_ batch: Batch, _ rules: WindowOwnership) throws(Failure) {
        let table = rules.table
        if hashes?.key != table.key {
            hashes = RouteHashes(table.key)
            samples = RouteHashes(table.sampleKey)
        }
        let keys = columns.map { batch.columns[$0] }
        try hashes?.hash(keys)
        hasSamples = rules.needsSamples
        if hasSamples { try samples?.hash(keys) }
    }

    func hash(_ row: Int) -> UInt64? { hashes?.hash(row) }

    /// Nil too where the rules sample no keys.
    func sampleHash(_ row: Int) -> UInt64? { hasSamples ? samples?.hash(row) : nil }
}
