internal import Foundation
internal import Processes
internal import Testing

/// A file system in memory that only one command sees.
enum SmallDisk {
    /// How a command gets a name space of its own in which it may mount; nil where the system forbids it.
    static let prefix: [String]? = [["-m"], ["-r", "-m"]].first { options in
        var process = ChildProcess(
            "/usr/bin/unshare",
            options + ["/usr/bin/mount", "-t", "tmpfs", "none", "/mnt"]
        )
        process.timeLimit = .seconds(10)
        return (try? process.run())?.isSuccess ?? false
    }

    static var isPossible: Bool { prefix != nil }

    /// Runs the demo on a disk of `$3` KiB, makes the disk large, and goes on; `$1` is the program, `$2` the folder.
    static let script = """
        set -u
        mkdir -p "$2" && mount -t tmpfs -o "size=$3k" none "$2" || exit 99
        "$1" demo --json --speed max --state "$2" >"$2.full.json" 2>"$2.full.txt"
        echo $? >"$2.full.status"
        mount -o remount,size=256m "$2" || exit 99
        "$1" demo --json --speed max --resume --state "$2" >"$2.again.json"
        status=$?
        if [ $status = 2 ]; then
            "$1" demo --json --speed max --state "$2" >"$2.again.json"
            status=$?
        fi
        cat "$2.again.json"
        exit $status
        """
}

extension DemoRig {
    /// What the demo says on a full disk, and what it says when there is room again.
    func demo(onDiskOf kibibytes: Int) throws -> (full: Result, again: Result) {
        let options = try #require(SmallDisk.prefix)
        var process = ChildProcess(
            "/usr/bin/unshare",
            options + [
                "/bin/sh", "-c", SmallDisk.script, "sh", Self.program, state, "\(kibibytes)",
            ]
        )
        process.timeLimit = .seconds(120)
        let again = Result(try process.run())
        func file(_ suffix: String) throws -> String {
            try String(contentsOfFile: "\(state).full.\(suffix)", encoding: .utf8)
        }
        let status = Int(try file("status").dropLast())
        return (Result(status: status, output: try file("json"), errors: try file("txt")), again)
    }
}
