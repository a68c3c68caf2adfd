internal import JSON
internal import MigrationJournal
internal import Testing

@Suite("The chain of events")
struct JournalEventTests {
    private func event(
        _ seq: Int,
        _ type: String,
        actor: String,
        cause: Int?,
        milliseconds: Int64,
        payload: JSONObject,
        after previous: String
    ) throws -> JournalEvent {
        try JournalEvent(
            migration: "mig-001",
            seq: seq,
            fence: 1,
            type: type,
            actor: actor,
            cause: cause,
            at: JournalTime(milliseconds: milliseconds).description,
            binary: "1.0.0",
            payload: payload,
            after: previous
        )
    }

    @Test("Two linked events hash to the published vectors")
    func vectorsHold() throws {
        let first = try event(
            1,
            "plan.validated",
            actor: "user:ana",
            cause: nil,
            milliseconds: 1_767_603_600_000,
            payload: ["plan": "sha256:00"],
            after: JournalEvent.origin
        )
        #expect(first.at == "2026-01-05T09:00:00.000Z")
        #expect(first.hash == "22fa523179fb797e1a69229ae9423258fc12015e48bcd6f688be13b20837cfbf")
        let second = try event(
            2,
            "migration.started",
            actor: "controller:c1",
            cause: 1,
            milliseconds: 1_767_603_601_250,
            payload: ["weight_ppm": 0, "stage": "shadow", "generation": 1],
            after: first.hash
        )
        #expect(second.hash == "f2359f6d9642eaedc53768125cffda41d9adb96c67f7eb49522aac317ce29f5c")
    }

    @Test("A payload that has no exact text is refused")
    func inexactPayloadsAreRefused() {
        #expect(throws: JSONError.self) {
            try event(
                1,
                "x",
                actor: "a",
                cause: nil,
                milliseconds: 0,
                payload: ["n": 9_007_199_254_740_993],
                after: JournalEvent.origin
            )
        }
    }
}
