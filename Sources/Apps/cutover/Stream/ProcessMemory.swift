internal import Failures
internal import Files

/// How much memory this process has taken.
enum ProcessMemory {
    /// The most bytes that were resident at once since the program began; nil where the system does not tell.
    ///
    /// Read from /proc, because getrusage's figure survives exec and so may be the parent's.
    static var peakBytes: Int? {
        guard let bytes = try? Directory.read("/proc/self/status", limit: 1 << 20) else {
            return nil
        }
        return peakBytes(status: String(decoding: bytes, as: UTF8.self))
    }

    /// What the line `VmHWM:  12345 kB` says.
    static func peakBytes(status: String) -> Int? {
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        guard words.count == 3, words[2] == "kB", let kibibytes = Int(words[1]) else { return nil }
        return kibibytes << 10
    }
}
