internal import Foundation
internal import Hashing
internal import TestKit
internal import Testing

@Suite("Publishing of output", .scratchDirectory, .timeLimit(.minutes(5)))
struct PublishingTests {
    private func whole(_ rig: DeliveryRig) throws -> String {
        let result = try rig.run("stream run job.sql --output whole --processor v1")
        #expect(result.status == 0, "\(result.errors)")
        #expect(rig.parts("whole").count > 3)
        return try rig.text("whole")
    }

    @Test(
        "A job killed at any step of its publishing leaves nothing that looks complete and is not"
    )
    func killedAtSteps() throws {
        let rig = try DeliveryRig()
        let whole = try whole(rig)
        let steps = [
            "part-opened", "part-opened:3", "parts-closed", "commit-written", "part-renamed",
            "part-renamed:3", "parts-named", "published",
        ]
        for processor in ["v1", "v2:3"] {
            for step in steps {
                try rig.removeAll("out")
                let line = "stream run job.sql --processor \(processor) --json"
                let killed = try rig.run(line, breakAt: "kill:\(step)")
                #expect(killed.status == nil, "\(step): \(killed.output)")
                try checkComplete(rig, whole, step)
                let again = try rig.run(line)
                let isPublished = try again.failure == "SINK_NOT_EMPTY"
                #expect(again.status == 0 || isPublished, "\(step): \(again.output)")
                #expect(try rig.text("out") == whole, "\(step)")
                #expect(!rig.isUnfinished("out"))
                #expect(rig.names("out").allSatisfy { !$0.hasSuffix(".inprogress") })
            }
        }
    }

    @Test(
        "A replacing job killed at any step leaves the old result, the new one, or says that it is unfinished"
    )
    func replacingKilledAtSteps() throws {
        let rig = try DeliveryRig()
        let whole = try whole(rig)
        for step in ["parts-closed", "commit-written", "part-renamed:2", "part-removed:2"] {
            try rig.removeAll("out")
            let line = "stream run job.sql --processor v2:2 --overwrite"
            #expect(try rig.run(line).status == 0)
            #expect(try rig.run(line, breakAt: "kill:\(step)").status == nil)
            try checkComplete(rig, whole, step)
            #expect(try rig.run(line).status == 0)
            #expect(try rig.text("out") == whole, "\(step)")
        }
    }

    /// What a reader sees is nothing, everything, or marked as unfinished.
    private func checkComplete(_ rig: DeliveryRig, _ whole: String, _ place: String) throws {
        guard !rig.parts("out").isEmpty, !rig.isUnfinished("out") else { return }
        #expect(try rig.text("out") == whole, "\(place)")
    }

    @Test("A job killed at any moment gives the whole result when it is run again")
    func killedAtMoments() throws {
        let rig = try DeliveryRig(rows: 30_000)
        let whole = try whole(rig)
        var generator = SeededGenerator(seed: 20_260_101)
        for round in 0..<24 {
            try rig.removeAll("out")
            let pause = Int.random(in: 2...140, using: &generator)
            let processor = round % 2 == 0 ? "v1" : "v2:2"
            let line = "stream run job.sql --processor \(processor) --json"
            let text = String(format: "%.3f", Double(pause) / 1000)
            _ = try rig.bash(
                "\"$0\" \(line) > log 2>&1 & sleep \(text); kill -9 $! 2> kill.log; wait"
            )
            try checkComplete(rig, whole, "after \(pause) ms")
            let again = try rig.run(line)
            let isPublished = try again.failure == "SINK_NOT_EMPTY"
            #expect(again.status == 0 || isPublished, "\(again.output)")
            #expect(try rig.text("out") == whole, "after \(pause) ms")
        }
    }

    @Test("Two runs of one job do not meet: the second one is told which process has the folder")
    func twoRuns() throws {
        let rig = try DeliveryRig()
        let line = """
            "$0" stream run job.sql --rate 10 > log 2>&1 & first=$!
            for try in {1..100}; do [ -s out/.cutover.lock ] && break; sleep 0.05; done
            "$0" stream run job.sql --json; status=$?
            echo "process $first"
            kill -9 $first; wait $first 2> kill.log
            exit $status
            """
        let both = try rig.bash(line)
        #expect(both.status == 1, "\(both.errors)")
        let lines = both.output.split(separator: "\n")
        #expect(lines.count == 2, "\(both.output)")
        #expect(lines.first?.contains("JOB_RUNNING") == true)
        #expect(lines.first?.contains("\(lines.last ?? "?") is running a job") == true)
        // The lock died with its holder.
        #expect(try rig.run("stream run job.sql").status == 0)
    }

    @Test("--append adds to what is there, --overwrite replaces the job's own parts only")
    func existingOutput() throws {
        let rig = try DeliveryRig()
        let whole = try whole(rig)
        #expect(try rig.run("stream run job.sql").status == 0)
        #expect(try rig.run("stream run job.sql --json").failure == "SINK_NOT_EMPTY")
        #expect(try rig.run("stream run job.sql --append --name other").status == 0)
        #expect(try rig.text("out") == whole + whole)
        try rig.write("out/notes.txt", "mine")
        #expect(try rig.run("stream run job.sql --overwrite").status == 0)
        // Epoch 0 was this job's, 1 is the other one's, and 2 replaces 0.
        let epochs = Set(rig.parts("out").map { $0.prefix(13) })
        #expect(epochs == ["notes.txt", "part-00000001", "part-00000002"])
        #expect(try rig.text("out") == "mine" + whole + whole)
    }

    @Test(
        "A full disk fails the job with IO_SPACE, and leaves nothing to be seen",
        arguments: ["csv", "parquet"]
    )
    func fullDisk(format: String) throws {
        let rig = try DeliveryRig(rows: 30_000, format: format)
        let limited = try rig.bash(
            "trap '' XFSZ; ulimit -f 4; exec \"$0\" stream run job.sql --json"
        )
        #expect(limited.status == 1, "\(limited.output) \(limited.errors)")
        #expect(try limited.failure == "IO_SPACE", "\(limited.output)")
        #expect(limited.output.contains("\"remedy\":\"free space"))
        #expect(rig.names("out") == [".cutover.lock"])
        guard try rig.bash("unshare -rm true").status == 0 else { return }
        try rig.removeAll("out")
        let full = try rig.bash(
            """
            mkdir -p out; exec unshare -rm bash -c '
            mount -t tmpfs -o size=12k none out
            "$0" stream run job.sql --json
            ls -A out' "$0"
            """
        )
        #expect(full.output.contains("\"code\":\"IO_SPACE\""), "\(full.output) \(full.errors)")
        #expect(full.output.split(separator: "\n").dropFirst() == [".cutover.lock"])
    }

    @Test("A folder that cannot be written to is an error before any row is read")
    func readOnlyFolder() throws {
        let rig = try DeliveryRig()
        guard try rig.bash("unshare -rm true").status == 0 else { return }
        let result = try rig.bash(
            """
            mkdir -p out; exec unshare -rm bash -c '
            mount -t tmpfs -o ro none out
            exec "$0" stream run job.sql --json' "$0"
            """
        )
        #expect(result.status == 1)
        #expect(try result.failure == "IO_WRITE")
        #expect(result.output.contains("change the permissions"))
    }
}
