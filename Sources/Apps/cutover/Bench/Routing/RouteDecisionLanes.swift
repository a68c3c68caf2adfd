internal import Columns
internal import Failures
internal import Hashing
internal import Peers
internal import Routing
internal import Units

/// Decides about keys of twelve bytes in several ways, each as often.
struct RouteDecisionLanes {
    enum Lane: String, CaseIterable {
        /// SipHash-2-4 in C of the key's bytes alone.
        case key = "siphash-c"
        /// The same in C of the message that routing hashes: a length of four bytes, and the key.
        case message = "siphash-c-message"
        /// The table's version looked at, the key hashed, its bucket held against the weight.
        case decision
        /// The same for a batch of keys at once, as the live job does it.
        case batch
    }

    static let keySize = 12
    private static let keyCount = 1024
    private static let salt = "bench-001"
    private static let messageSize = keySize + 4

    private var reader: RouteReader
    private var hashes: RouteHashes
    private let column: Column
    /// All keys, and all messages, one after another.
    private let keys: [UInt8]
    private let messages: [UInt8]
    private let peer: SipHashPeer
    /// Times that all keys are decided about in a run.
    private let passes: Int

    /// - Parameter decisions: of one run, about.
    /// - Throws: `MIG_ROUTE_TABLE`.
    init(decisions: Int) throws(Failure) {
        var rules = RouteRules(target: "bench/routing")
        rules.migration = Self.salt
        rules.generation = 1
        rules.salt = Self.salt
        rules.thresholdPPM = 100_000
        rules.compareFromPPM = RouteRules.compareFrom(thresholdPPM: 100_000)
        let table = try RouteTable(rules)
        reader = RouteBoard(table).reader()
        hashes = RouteHashes(table.key)
        let key = SipKey(tag: RouteKey.Purpose.route.rawValue, salt: Self.salt)
        peer = SipHashPeer(low: key.low, high: key.high)
        passes = max(1, decisions / Self.keyCount)
        let texts = (0..<Self.keyCount).map { "key-\(10_000_000 + $0)" }
        column = Column(.string, .texts(TextValues(texts)))
        keys = texts.flatMap { Array($0.utf8) }
        messages = texts.flatMap { [UInt8(Self.keySize), 0, 0, 0] + Array($0.utf8) }
        precondition(keys.count == Self.keyCount * Self.keySize, "keys of twelve bytes")
    }

    /// Decisions of one run.
    var decisions: Int { passes * Self.keyCount }

    /// Whether C's hash of the message and every way to decide agree on all keys.
    mutating func agree() throws(Failure) -> Bool {
        try hashes.hash([column])
        for index in 0..<Self.keyCount {
            let begin = index * Self.messageSize
            let expected = peer.hash(Array(messages[begin..<begin + Self.messageSize]))
            let first = index * Self.keySize
            let text = keys.span.extracting(first..<first + Self.keySize)
            let alone = reader.table.key.hash(text: text)
            let bucket = reader.table.decide(text: text).bucket
            guard alone == expected, hashes.hash(index) == expected,
                bucket == RouteHash.bucket(expected)
            else { return false }
        }
        return true
    }

    /// One run.
    ///
    /// - Returns: seconds for each decision, and a sum of what was found, so that nothing can be left out.
    mutating func run(_ lane: Lane) throws(Failure) -> (seconds: Double, sum: UInt64) {
        let start = ContinuousClock.now
        let sum =
            switch lane {
            case .key: peer.sum(messages: keys, size: Self.keySize, passes: passes)
            case .message: peer.sum(messages: messages, size: Self.messageSize, passes: passes)
            case .decision: decideAll()
            case .batch: try decideBatches()
            }
        let elapsed = ContinuousClock.now - start
        return (elapsed.inSeconds / Double(decisions), sum)
    }

    /// By how much deciding changes the heap, in bytes.
    mutating func heapGrowth() throws(Failure) -> Int {
        _ = try run(.decision)
        let before = heapByteCount()
        _ = decideAll()
        return heapByteCount() - before
    }

    private mutating func decideAll() -> UInt64 {
        var candidates: UInt64 = 0
        // A copy of the reference: looking at the table's version may change this value.
        let keys = keys
        let bytes = keys.span
        for _ in 0..<passes {
            for index in 0..<Self.keyCount {
                let first = index &* Self.keySize
                let text = bytes.extracting(first..<first &+ Self.keySize)
                if case .candidate = reader.decide(text: text).side { candidates &+= 1 }
            }
        }
        return candidates
    }

    private mutating func decideBatches() throws(Failure) -> UInt64 {
        var candidates: UInt64 = 0
        for _ in 0..<passes {
            _ = reader.refresh()
            try hashes.hash([column])
            for index in 0..<Self.keyCount {
                let decision = reader.decide(hash: hashes.hash(index))
                if case .candidate = decision.side { candidates &+= 1 }
            }
        }
        return candidates
    }
}
