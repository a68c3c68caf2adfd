internal import Failures
internal import Foundation
internal import Hashing
internal import JSON
internal import MigrationJournal
internal import TestKit
internal import Testing

/// A small story that the tests tell to journals.
enum JournalScript {
    static let identity = MigrationIdentity(
        id: "flights-demo-1",
        name: "flights-demo",
        target: "stream/flights-hourly",
        attempt: 1,
        salt: "flights-demo-1"
    )
    static let normal = #"{"apiVersion":"cutover/v1"}"#
    static let plan = PlanRecord(
        hash: "sha256:" + SHA256.hexadecimal(normal),
        apiVersion: "cutover/v1",
        source: "apiVersion: cutover/v1\n",
        normal: normal
    )

    static func time(_ second: Int) -> JournalTime {
        JournalTime(milliseconds: 1_767_603_600_000 + Int64(second) * 1000)
    }

    static func state(named name: String = "state") throws -> String {
        try #require(ScratchDirectory.current).appending(path: name).path
    }

    static func open(
        _ state: String,
        access: JournalOptions.Access = .create,
        fileLayer: String? = nil
    ) throws(Failure) -> MigrationJournal {
        try MigrationJournal(
            state: state,
            options: JournalOptions(access: access, binary: "1.0.0", fileLayer: fileLayer)
        )
    }

    /// A journal under a lease with one migration that is ready.
    static func ready(_ state: String) throws -> (MigrationJournal, MigrationRecord) {
        let journal = try open(state)
        try journal.takeLease(holder: "controller:c1", at: time(0))
        let draft = try journal.create(identity, plan, at: time(0))
        var next = draft.state
        next.phase = "ready"
        return (journal, try journal.commit(step(draft, next, "plan.validated", 1)))
    }

    /// A transition whose event says what the state becomes, so that ``rules`` can fold it.
    static func step(
        _ record: MigrationRecord,
        _ state: MigrationState,
        _ type: String,
        _ second: Int,
        route: RouteRecord? = nil,
        intents: [IntentDraft] = [],
        evidence: [EvidenceRecord] = []
    ) -> JournalTransition {
        var payload: JSONObject = [
            "phase": JSONValue(state.phase), "stage": JSONValue(state.stageIndex),
            "stage_state": JSONValue(state.stageState), "generation": JSONValue(state.generation),
            "hold": JSONValue(state.holdReason),
        ]
        if record.seq == 0 {
            payload["plan"] = JSONValue(state.planHash)
            for member in identity.json.members { payload[member.name] = member.value }
        }
        let event = EventDraft(
            type,
            actor: "controller:c1",
            cause: record.seq == 0 ? nil : record.seq,
            at: time(second),
            binary: "1.0.0",
            payload: payload
        )
        return JournalTransition(
            from: record,
            to: state,
            event,
            route: route,
            intents: intents,
            evidence: evidence
        )
    }

    /// The shift to the first stage: a state, a table, an intent and evidence in one transition.
    static func shift(_ record: MigrationRecord, to generation: Int) -> JournalTransition {
        var next = record.state
        next.phase = "running"
        next.stageState = "shifting"
        next.generation = generation
        return step(
            record,
            next,
            "stage.shift.intended",
            2,
            route: RouteRecord(generation: generation, table: "{\"generation\":\(generation)}"),
            intents: [
                IntentDraft("publish-route", idempotencyKey: "route-\(generation)")
            ],
            evidence: [
                EvidenceRecord(
                    generation: generation,
                    stage: "shadow",
                    check: "errors",
                    intervalStart: time(0),
                    counts: ["units": 10, "bad": 0],
                    queryHash: "q"
                )
            ]
        )
    }

    static let rules = JournalRules(
        fold: { (state, event, _) throws(Failure) in
            var next = state
            let payload = event.payload
            guard event.type != "controller.started" else { return next }
            next.phase = payload["phase"]?.string ?? next.phase
            next.stageIndex = payload["stage"]?.integer.map { Int($0) } ?? next.stageIndex
            next.stageState = payload["stage_state"]?.string ?? next.stageState
            next.generation = payload["generation"]?.integer.map { Int($0) } ?? next.generation
            next.holdReason = payload["hold"]?.string
            return next
        },
        recompute: { (event, evidence) throws(Failure) in
            guard let expected = event.payload["units"]?.integer,
                let generation = event.payload["generation"]?.integer
            else { return nil }
            let counts = try evidence("shadow", Int(generation)).map {
                $0.counts["units"]?.integer ?? 0
            }
            return counts.reduce(0, +) == expected
        }
    )
}
