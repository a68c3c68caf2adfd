package import JSON
internal import MigrationRules

/// The snapshot as commands and programs read it.
extension MigrationSnapshot {
    package var json: JSONValue {
        [
            "name": JSONValue(name), "migration": JSONValue(migration),
            "attempt": JSONValue(attempt), "target": JSONValue(target),
            "phase": JSONValue(phase.rawValue), "stage": JSONValue(stage),
            "stage_number": JSONValue(stageIndex.map { $0 + 1 }),
            "stages": JSONValue(stageNames.map { JSONValue($0) }),
            "stage_state": JSONValue(stageState?.rawValue),
            "hold": hold.map {
                ["reason": JSONValue($0.reason.rawValue), "detail": JSONValue($0.detail)]
            } ?? .null,
            "rollback_trigger": JSONValue(rollbackTrigger),
            "generation": JSONValue(generation),
            "weight_ppm": [
                "set": JSONValue(weightSetPPM), "acked": JSONValue(weightAckedPPM),
                "seen": JSONValue(weightSeenPPM), "shadow": JSONValue(shadowPPM),
            ],
            "routers": JSONValue(
                routers.map {
                    [
                        "id": JSONValue($0.id), "alive": JSONValue($0.isAlive),
                        "generation": JSONValue($0.generation),
                    ]
                }
            ),
            "positions": JSONValue(
                positions.sorted { $0.key < $1.key }.map {
                    ["router": JSONValue($0.key), "position": JSONValue($0.value.position)]
                }
            ),
            "soak": [
                "ms": JSONValue(soak.milliseconds), "ms_wanted": JSONValue(soak.wantedMilliseconds),
                "units": JSONValue(soak.units), "units_wanted": JSONValue(soak.wantedUnits),
            ],
            "checks": JSONValue(checks.map(\.json)),
            "comparisons": comparisons.json,
            "units": ["primary": JSONValue(primaryUnits), "candidate": JSONValue(candidateUnits)],
            "controlled": JSONValue(isControlled), "trouble": JSONValue(trouble),
            "journal": ["seq": JSONValue(seq), "head": JSONValue(head)],
            "events": JSONValue(events.map(\.json)),
        ]
    }
}

extension MigrationSnapshot.CheckView {
    var json: JSONValue {
        [
            "name": JSONValue(name), "role": JSONValue(role.rawValue),
            "verdict": JSONValue(verdict.rawValue),
            "harm": Self.json(harm), "safe": Self.json(safe),
            "units": JSONValue(units), "units_required": JSONValue(unitsRequired),
            "detail": JSONValue(detail),
        ]
    }

    private static func json(_ evidence: LogEvidence?) -> JSONValue {
        guard let evidence else { return .null }
        return ["ln_e": JSONValue(evidence.value), "bound": JSONValue(evidence.bound)]
    }
}

extension MigrationSnapshot.EventView {
    var json: JSONValue {
        [
            "seq": JSONValue(seq), "type": JSONValue(type), "at_ms": JSONValue(atMs),
            "actor": JSONValue(actor), "detail": JSONValue(detail),
        ]
    }
}
