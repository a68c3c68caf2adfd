/// A plan that uses every part of the language.
enum FullPlan {
    static let text = """
        apiVersion: cutover/v1
        kind: Migration
        metadata: { name: trades-v2, owner: streams-team }
        spec:
          target: stream/trades-aggregation
          primary:   { adapter: stream, ref: v1 }
          candidate: { adapter: stream, ref: "v2:8", shadow: { command: ./sandbox } }
          unit:
            kind: key-window
            targetingKey: [symbol]
            eventTime: ts
            window: tumbling 1m
            lateness: 30s
            handoff: snapshot
          effects: transactional
          dependsOn: [schema-v2]
          routing:
            salt: auto
            missingKey: primary
            assign: hash
            maxWorkShare: 1.5x
            onControlLoss: hold
            barrierMargin: 2
            pins: [{ key: [AAPL], side: v2 }]
          compare:
            align: [symbol, window_start]
            rules:
              - { path: $.vwap, tol: absrel, abs: 1e-9, rel: 1e-9 }
              - { path: $.emit_ts, ignore: { reason: wall clock, owner: ana, expires: 2026-12-31 } }
              - { path: "$.tags", list: { keyed: [id] }, sensitive: true }
            examples: { keep: 20, sensitive: false }
            noise: { of: 1% }
          invariants: [ conservation, { uniqueness: [symbol, window_start] }, { no-split: symbol } ]
          checks:
            errors: { role: guard, kind: rate, metric: failed/total, promote: "<= 0.1%", rollback: "> 1%" }
            errors-rel: { kind: rate-ratio, metric: failed/total, rollback: "> 1.5x" }
            throughput: { role: gate,  kind: ratio, metric: records/busy_seconds, promote: ">= 6x" }
            p99: { kind: quantile, metric: unit_seconds, q: 0.99, rollback: "> 1.10x" }
            memory: { kind: threshold, provider: prometheus, query: "max(rss_bytes)", hold: "> 400MiB", for: 2, window: 1m }
          stages:
            - { name: shadow, strategy: shadow, sample: 100%, soak: { min: 24h } }
            - name: canary-10
              strategy: canary
              weight: 10%
              warmup: 10m
              soak: { min: 24h, max: 72h }
              reversibility: compensate(undo, tell)
              onNoData: { hold: 1h, then: rollback }
            - { name: canary-90, strategy: canary, weight: 90%, soak: { min: 48h }, approval: { by: [oncall], expires: 12h } }
            - { name: full, strategy: full, soak: { min: 24h } }
          defaults:
            onInconclusive: hold
            onNoData: hold
            onError: { hold: 30m, then: rollback-stage }
            alpha: { rollback: 0.01, promote: 0.05 }
          rollback: { to: baseline, standby: hot, deadline: 60s, cooldown: 0s, drill: each-stage, verify: [conservation], compensate: [] }
          finalize: { reverseWindow: 72h, commit: manual, onCommit: [{ hook: retire-v1 }] }
          windows:  { allow: ["Mon-Thu 09:00-17:00 Europe/Berlin"], deny: ["2026-12-20/2027-01-03"] }
          throttle: { any: ["source_lag_seconds > 30"], panic: "source_lag_seconds > 600" }
          notify:   [{ on: [hold, rollback, stuck], webhook: $PAGER_URL, within: 5m, repeat: 15m }]
          frontier: { column: created, lag: 5m, window: 1h, tieBreak: [id], quarantine: { max: 10, retry: 3 } }
          compatibility:
            readers: [v1, v2]
            data: [plain]
            matrix: { v1: { plain: ok }, v2: { plain: degraded } }

        """
}
