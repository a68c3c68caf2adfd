internal import Foundation
internal import Hashing
internal import JSON
internal import TestKit
internal import Testing

@Suite("The demo's live migration", .serialized, .scratchDirectory, .timeLimit(.minutes(10)))
struct LiveMigrationTests {
    @Test("a good candidate takes over, and every window comes out right")
    func completes() throws {
        let rig = try DemoRig()
        let result = try rig.demo()
        try rig.expect(result, "completed", status: 0)
        let json = try result.json
        #expect(json["mismatches"]?.integer == 0)
        #expect(json["candidate_served"]?.integer ?? 0 > 80_000)
        #expect(json["compared"]?.integer ?? 0 > 150_000)
        #expect(json["attempt"]?.integer == 1)
    }

    @Test(
        "a candidate that lies is rolled back, and nothing wrong comes out",
        arguments: [
            "bad-candidate", "missing-rows", "extra-rows", "late-rows", "one-digit@shadow",
            "bad-candidate@full",
        ]
    )
    func lies(_ fault: String) throws {
        let rig = try DemoRig()
        let result = try rig.demo("--fault \(fault)")
        try rig.expect(result, "rolled-back", status: 1)
        #expect(try result.json["mismatches"]?.integer ?? 0 >= 1)
    }

    @Test("a candidate whose workers fail loses the job, and no window")
    func workersFail() throws {
        let rig = try DemoRig()
        let result = try rig.demo("--fault kill-candidate")
        try rig.expect(result, "rolled-back", status: 1)
        #expect(try result.json["mismatches"]?.integer == 0)
    }

    @Test(
        "a process that is killed in a stage goes on as if nothing had happened",
        arguments: ["shadow", "canary-10", "canary-50", "canary-90", "full"]
    )
    func resumes(_ stage: String) throws {
        let rig = try DemoRig()
        let killed = try rig.demo("--fault kill-controller@\(stage)")
        #expect(killed.status == nil && killed.output.isEmpty, "\(killed.output)")
        let refused = try rig.demo()
        #expect(refused.status == 2)
        #expect(refused.output.contains("--resume") && refused.output.contains("--discard"))
        try rig.expect(try rig.demo("--resume"), "completed", status: 0)
        #expect(try rig.demo("--resume").status == 2)
    }

    @Test(
        "a demo that is killed before it tells its outcome tells it when it is resumed",
        arguments: [("", "completed", 0, 0), ("--fault bad-candidate", "rolled-back", 1, 1)],
        [true, false]
    )
    func untold(
        _ ending: (fault: String, phase: String, status: Int, mismatches: Int64),
        _ isPublished: Bool
    ) throws {
        let rig = try DemoRig()
        let told = try rig.demo(ending.fault)
        try rig.expect(told, ending.phase, status: ending.status)
        // What a kill leaves behind then: the mark, and the rows or none.
        try Data(#"{"after":0}"#.utf8).write(to: URL(filePath: "\(rig.state)/demo.json"))
        if !isPublished {
            try FileManager.default.removeItem(atPath: "\(rig.state)/flights-demo")
        }
        #expect(try rig.demo().status == 2)
        let again = try rig.demo("--resume")
        try rig.expect(again, ending.phase, status: ending.status)
        for member in ["attempt", "journal_head", "generations", "windows"] {
            #expect(try again.json[member] == told.json[member], "\(member)")
        }
        #expect(try again.json["mismatches"]?.integer ?? -1 >= ending.mismatches)
        #expect(try rig.demo("--resume").status == 2)
    }

    @Test("a demo that is killed while it begins is gone on with")
    func killedAtTheBeginning() throws {
        let rig = try DemoRig()
        for moment in stride(from: 0.01, through: 0.15, by: 0.01) {
            let resumed = try rig.demo("--resume", killedAfter: moment)
            guard resumed.status == 2 else { continue }
            _ = try rig.demo("", killedAfter: moment)
        }
        let resumed = try rig.demo("--resume")
        try rig.expect(
            resumed.status == 2 ? try rig.demo() : resumed,
            "completed",
            status: 0
        )
    }

    @Test("a demo that is killed in its stride can be resumed at full speed")
    func resumesFaster() throws {
        let rig = try DemoRig()
        let killed = try rig.run("demo --json --speed 1000000", killedAfter: 5)
        #expect(killed.status == nil, "\(killed.errors)")
        try rig.expect(try rig.demo("--resume"), "completed", status: 0)
    }

    @Test("a demo that is killed can be given up for a new one")
    func discards() throws {
        let rig = try DemoRig()
        #expect(try rig.demo("--fault kill-controller").status == nil)
        let result = try rig.demo("--discard")
        try rig.expect(result, "completed", status: 0)
        #expect(try result.json["attempt"]?.integer == 2)
    }

    @Test(
        "a store that was restored from a copy is stuck until somebody goes on above what was seen",
        arguments: [true, false]
    )
    func restoredStores(_ isDiscarded: Bool) throws {
        let rig = try DemoRig()
        #expect(try rig.demo("--fault kill-controller@canary-10").status == nil)
        let files = FileManager.default
        let copy = rig.state + "-copy"
        try? files.removeItem(atPath: rig.state + "/control.sock")
        try files.copyItem(atPath: rig.state, toPath: copy)
        #expect(try rig.demo("--resume --fault kill-controller@canary-90").status == nil)
        // The copy comes back; what the router has promised does not go with it.
        try files.removeItem(atPath: copy + "/routers")
        try files.moveItem(atPath: rig.state + "/routers", toPath: copy + "/routers")
        try files.removeItem(atPath: rig.state)
        try files.moveItem(atPath: copy, toPath: rig.state)
        try rig.expect(try rig.demo("--resume"), "stuck", status: 4)
        let plain = try rig.run("retry flights-demo --reason again")
        #expect(plain.errors.contains("MIG_ROUTER_AHEAD") && plain.errors.contains("--adopt"))
        if isDiscarded {
            try rig.expect(try rig.demo("--discard"), "completed", status: 0)
        } else {
            let adopted = try rig.run("retry flights-demo --adopt --reason restored --json")
            #expect(try adopted.json["outcome"]?.string == "done", "\(adopted)")
            try rig.expect(try rig.demo("--resume"), "rolled-back", status: 1)
            try rig.expect(try rig.demo(), "completed", status: 0)
        }
        let verified = try rig.run("journal verify flights-demo --json")
        #expect(verified.status == 0, "\(verified)")
    }

    @Test("whenever it is killed, again and again, the end is the same", arguments: 0..<4)
    func killedAtMoments(_ seed: UInt64) throws {
        let rig = try DemoRig()
        var generator = SeededGenerator(seed: seed)
        func moment() -> Double { 0.3 + Double(generator.next() % 4000) / 1000 }
        var result = try rig.demo("", killedAfter: moment())
        for _ in 0..<3 where result.status != 0 {
            // Before the migration had begun there is nothing to go on with.
            let next = try rig.demo("--resume", killedAfter: moment())
            result = next.status == 2 ? try rig.demo("", killedAfter: moment()) : next
        }
        if result.status != 0 {
            let last = try rig.demo("--resume")
            result = last.status == 2 ? try rig.demo() : last
        }
        try rig.expect(result, "completed", status: 0)
    }

    @Test("a fault at a stage that the plan lacks is refused before anything begins")
    func unknownStage() throws {
        let rig = try DemoRig()
        let result = try rig.demo("--fault bad-candidate@canary-11")
        #expect(result.status == 2)
        #expect(result.output.contains("canary-10"), "\(result.output)")
        #expect(!FileManager.default.fileExists(atPath: rig.state))
    }

    @Test("a flipped bit in the journal is found, or has changed nothing of the story")
    func flippedBits() throws {
        let rig = try DemoRig()
        #expect(try rig.demo().status == 0)
        let story = try rig.run("journal export flights-demo").output
        #expect(story.split(separator: "\n").count > 30)
        let journal = URL(filePath: "\(rig.state)/journal.db")
        let log = FileManager.default.contents(atPath: "\(rig.state)/journal.db-wal")
        #expect(log?.count ?? 0 == 0, "the controller folds the log when it ends")
        let sound = try Data(contentsOf: journal)
        var found = 0
        for seed in 0..<UInt64(48) {
            var generator = SeededGenerator(seed: seed)
            let bit = Int(generator.next() % UInt64(sound.count * 8))
            var bytes = sound
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            try bytes.write(to: journal)
            let verified = try rig.run("journal verify flights-demo --json")
            switch verified.status {
            case 0:
                #expect(try verified.json["chain"]?.string == "intact", "bit \(bit)")
                #expect(try rig.run("journal export flights-demo").output == story, "bit \(bit)")
            case 4: found += 1
            default: Issue.record("bit \(bit): \(verified)")
            }
            let status = try rig.run("status flights-demo --json").status
            #expect(status == 0 || (status == 4 && verified.status == 4), "bit \(bit)")
        }
        #expect(found > 0)
        try sound.write(to: journal)
        #expect(try rig.run("journal verify flights-demo").status == 0)
    }

    @Test(
        "a disk that is full loses nothing: with room again the demo goes on",
        .enabled(if: SmallDisk.isPossible, "this system lets nobody mount a disk"),
        arguments: [300, 900, 12_000]
    )
    func fullDisk(_ kibibytes: Int) throws {
        let rig = try DemoRig()
        let (full, again) = try rig.demo(onDiskOf: kibibytes)
        #expect(full.status == 1, "\(full.errors)")
        #expect(try full.json["error"]?["code"]?.string == "IO_SPACE", "\(full.errors)")
        try rig.expect(again, "completed", status: 0)
    }

    @Test("two demos at once: the second one says who is at work")
    func twoAtOnce() async throws {
        let rig = try DemoRig()
        async let first = rig.demo()
        var second = try rig.run("demo --json --resume", killedAfter: 0.01)
        for _ in 0..<200 where second.status != 2 {
            try await Task.sleep(for: .milliseconds(20))
            second = try rig.run("demo --json --resume")
            if second.output.contains("MIG_STATE_LOCKED") { break }
        }
        #expect(second.output.contains("MIG_STATE_LOCKED"))
        try rig.expect(try await first, "completed", status: 0)
    }
}
