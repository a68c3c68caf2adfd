import Foundation
import TestKit
import Testing

@Suite("Property runner")
struct PropertyTests {
    @Test("a true property has no counterexample")
    func truePropertyHolds() {
        checkProperty("reversing twice changes nothing", Gen.array(of: Gen<Int>.integer())) {
            Array($0.reversed().reversed()) == $0
        }
    }

    @Test("a false property is found, made simple, and can be replayed")
    func canaryIsFoundAndShrunk() {
        let numbers = Gen.array(of: Gen<Int>.integer(in: 0...10_000))
        let outcome = runProperty("no array holds a number over 100", numbers) { array in
            array.allSatisfy { $0 <= 100 }
        }
        #expect(outcome.counterexample == [101])
        let again = runProperty("no array holds a number over 100", numbers) { array in
            array.allSatisfy { $0 <= 100 }
        }
        #expect(again.seed == outcome.seed)
        #expect(again.round == outcome.round)
    }

    @Test("a broken property is recorded with its seed and how to replay it")
    func failureIsRecorded() {
        withKnownIssue {
            checkProperty("every boolean is false", Gen<Bool>.bool) { !$0 }
        } matching: { issue in
            let text = issue.comments.map(\.rawValue).joined()
            return text.contains("seed=") && text.contains("replay: PROPERTY_SEED=")
        }
    }

    @Test("a property that throws is broken")
    func throwingIsFailing() {
        let outcome = runProperty("nothing is thrown", Gen<Int>.integer()) { _ in
            throw CancellationError()
        }
        #expect(outcome.counterexample == 0)
        #expect(outcome.reason.contains("CancellationError"))
    }
}

@Suite("Scratch directory", .scratchDirectory)
struct ScratchDirectoryTests {
    @Test("each test writes into a folder of its own")
    func ownFolder() throws {
        let path = try scratchPath("a.txt")
        #expect(!FileManager.default.fileExists(atPath: path))
        try Data("a".utf8).write(to: URL(filePath: path))
        #expect(FileManager.default.fileExists(atPath: path))
    }
}

@Suite("Golden files")
struct GoldenTests {
    @Test("the diff shows what changed and three lines around it")
    func diff() throws {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\n"
        let new = "a\nb\nc\nd\nE\nf\ng\nh\n"
        #expect(unifiedDiff(old, new) == " b\n c\n d\n-e\n+E\n f\n g\n h")
        #expect(unifiedDiff(old, old).isEmpty)
    }

    static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

    @Test("a text that equals its file passes, any other is recorded", .disabled(if: isUpdating))
    func comparison() throws {
        try expectGolden("one\ntwo\n", "golden.comparison")
        withKnownIssue { try expectGolden("one\n2\n", "golden.comparison") }
        withKnownIssue { try expectGolden("", "golden.missing") }
    }
}
