internal import Failures
internal import Files
internal import Flow
internal import Foundation
internal import JSON
internal import Units

/// Where figures were measured, and with which versions.
struct BenchMachine: Sendable {
    let processor: String
    let cores: Int
    let memory: Int
    let kernel: String
    /// Load of the last minute when the benchmark began.
    let load: Double

    /// The machine that this process runs on.
    init() {
        let lines = Self.text("/proc/cpuinfo").split(separator: "\n")
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        processor = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
        cores = onlineProcessorCount()
        memory = Int(ProcessInfo.processInfo.physicalMemory)
        kernel = Self.text("/proc/sys/kernel/osrelease")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        load = Self.text("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? -1
    }

    /// Empty where the system does not tell.
    private static func text(_ path: String) -> String {
        guard let bytes = try? Directory.read(path, limit: 4 << 20) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    var json: JSONValue {
        [
            "cpu": JSONValue(processor), "cores": JSONValue(cores), "memory": JSONValue(memory),
            "kernel": JSONValue(kernel), "load": load < 0 ? .null : JSONValue(load),
        ]
    }

    var text: String {
        let load = self.load < 0 ? "unknown" : NumberText.fixed(self.load, digits: 2)
        return "\(processor), \(cores) cores, \(ByteCount(bytes: memory).rounded), "
            + "Linux \(kernel), load \(load)"
    }
}
