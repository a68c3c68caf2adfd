/// Which implementation runs a job, as a processor string such as `v2:8:affinity` says it.
///
/// Its description is the canonical string: parsing it gives the same configuration.
package enum ProcessorConfiguration: Hashable, Sendable {
    /// V1: one thread.
    case serial(isTransactional: Bool)
    /// V2: partition-parallel.
    case parallel(Parallel)
    case flink(Flink)

    package struct Parallel: Hashable, Sendable {
        /// Nil: as many as the machine has processors.
        package var partitions: Int?
        /// Threads are bound to processors.
        package var bindsThreads = false
        package var isTransactional = false
        /// Nil is `smart`.
        package var strategy: DistributionStrategy?
        package var batchRows: Int?
        package var bufferBatches: Int?
        /// Microseconds.
        package var latency: Int64?

        package init(partitions: Int? = nil) { self.partitions = partitions }
    }

    package struct Flink: Hashable, Sendable {
        /// Nil is a mini cluster in the process.
        package var address: Address?
        package var parallelism: Int?

        package struct Address: Hashable, Sendable {
            /// A name or an address; one of IPv6 in brackets.
            package var host: String
            package var port: Int

            package init(host: String, port: Int) {
                self.host = host
                self.port = port
            }
        }

        package init(address: Address? = nil, parallelism: Int? = nil) {
            self.address = address
            self.parallelism = parallelism
        }
    }

    /// What runs where nothing is configured.
    package static let standard = ProcessorConfiguration.parallel(Parallel())
}

/// How V2 spreads rows; anything but `smart` is an override that the plan must allow.
package enum DistributionStrategy: String, Hashable, Sendable, CaseIterable {
    case hash
    case sticky
    case smart
    case roundRobin = "round_robin"
    case fanIn = "fan_in"

    /// The strategy of a canonical or an old name, in lower case.
    package init?(name: String) {
        switch name {
        case "always_hash": self = .hash
        case "sticky_partition": self = .sticky
        case "smart_repartition": self = .smart
        default: self.init(rawValue: name)
        }
    }
}

extension ProcessorConfiguration: CustomStringConvertible {
    package var description: String {
        switch self {
        case .serial(let isTransactional): isTransactional ? "v1:transactional" : "v1:simple"
        case .parallel(let parallel): parallel.description
        case .flink(let flink): flink.description
        }
    }
}

extension ProcessorConfiguration.Parallel: CustomStringConvertible {
    package var description: String {
        var pieces = ["v2"]
        if let partitions { pieces.append("\(partitions)") }
        if bindsThreads { pieces.append("affinity") }
        if isTransactional { pieces.append("transactional") }
        if let strategy { pieces.append("strategy=\(strategy.rawValue)") }
        if let batchRows { pieces.append("batch=\(batchRows)") }
        if let bufferBatches { pieces.append("buffer=\(bufferBatches)") }
        if let latency { pieces.append("latency=\(latency / 1_000)ms") }
        return pieces.joined(separator: ":")
    }
}

extension ProcessorConfiguration.Flink: CustomStringConvertible {
    package var description: String {
        let place = address.map { "\($0.host):\($0.port)" } ?? "local"
        return "flink:\(place)\(parallelism.map { ":\($0)" } ?? "")"
    }
}
