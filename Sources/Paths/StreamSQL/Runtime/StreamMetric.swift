/// Every metric that a running job gives, as `docs/reference/metrics.md` lists them.
package enum StreamMetric: String, CaseIterable, Sendable {
    case recordsIn = "records_in_total"
    case recordsOut = "records_out_total"
    case late = "late_total"
    case rejected = "rejected_total"
    case deadLetters = "dlq_total"
    case watermark = "watermark_seconds"
    case watermarkLag = "watermark_lag_seconds"
    case operatorBusy = "operator_busy_seconds_total"
    case backpressure = "backpressure_seconds_total"
    case queueBatches = "queue_batches"
    case queueBytes = "queue_bytes"
    case stateBytes = "state_bytes"
    case stateKeys = "state_keys"
    case deadLetterBytes = "dlq_bytes"
    case deadLetterLimit = "dlq_limit_bytes"
    case latency = "latency_seconds"

    /// `cutover_stream_records_in_total`.
    package var name: String { "cutover_stream_" + rawValue }

    /// What Prometheus calls its kind.
    package var kind: String {
        switch self {
        case .recordsIn, .recordsOut, .late, .rejected, .deadLetters, .operatorBusy,
            .backpressure:
            "counter"
        case .latency: "histogram"
        default: "gauge"
        }
    }

    /// Labels beside `job`.
    package var labels: [String] {
        switch self {
        case .recordsIn, .watermark, .watermarkLag: ["source"]
        case .rejected: ["stage", "code"]
        case .operatorBusy: ["op"]
        case .latency: ["kind"]
        default: []
        }
    }

    /// One line for the metric's help.
    package var help: String {
        switch self {
        case .recordsIn: "Records read: accepted, rejected and skipped."
        case .recordsOut: "Rows given to the sink."
        case .late: "Rows that came after all their windows had closed."
        case .rejected: "Rows that could not be used, by stage and code."
        case .deadLetters: "Rows kept as dead letters."
        case .watermark: "Event time up to which a source is complete, in seconds since 1970."
        case .watermarkLag: "Seconds from a live source's watermark to the clock."
        case .operatorBusy: "Seconds of all threads in a task."
        case .backpressure: "Seconds for which readers waited for room (V2)."
        case .queueBatches: "Steps and decoded pieces in flight (V2)."
        case .queueBytes: "Bytes of rows decoded and not yet committed (V2)."
        case .stateBytes: "Bytes of operator state."
        case .stateKeys: "Groups, sessions, open (key, window) pairs and waiting rows in operators."
        case .deadLetterBytes: "Bytes of the job's dead letters."
        case .deadLetterLimit: "Bytes that the job's dead letters may have."
        case .latency:
            "Seconds from when rows entered the sequence to when what they gave was handed to the sink."
        }
    }
}
