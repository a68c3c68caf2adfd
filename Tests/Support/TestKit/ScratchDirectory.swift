package import Foundation
package import Testing

/// Gives each test a folder of its own, removed when the test ends.
package struct ScratchDirectory: TestTrait, SuiteTrait, TestScoping {
    /// The running test's folder; only under the trait `.scratchDirectory`.
    @TaskLocal package static var current: URL?

    package var isRecursive: Bool { true }

    package func scopeProvider(for test: Test, testCase: Test.Case?) -> ScratchDirectory? {
        testCase == nil ? nil : self
    }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "cutover-test-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Self.$current.withValue(folder) { try await function() }
    }
}

extension Trait where Self == ScratchDirectory {
    /// Gives each test a folder of its own: ``scratchPath(_:)``.
    package static var scratchDirectory: Self { Self() }
}

/// The path of `name` in the running test's own folder.
package func scratchPath(_ name: String) throws -> String {
    let folder = try #require(
        ScratchDirectory.current,
        "the test has no trait .scratchDirectory"
    )
    return folder.appending(path: name).path(percentEncoded: false)
}
