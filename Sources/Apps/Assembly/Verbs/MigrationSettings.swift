package import Arguments
package import MigrationControl
internal import MigrationRules

/// Settings of controllers, and of the verbs that work without one.
package struct MigrationSettings: Sendable {
    /// The state folder.
    package var state: String
    private var tick: Duration
    private var lateness: Duration
    /// Length of an interval of evidence.
    package var interval: Duration
    private var maxIdle: Duration
    private var lease: Duration
    private var ackDeadline: Duration

    /// Section of the keys.
    package static let section = "migration"

    package static let keys = [
        ConfigurationKey(
            section,
            "state",
            .folder,
            default: ".cutover",
            "Folder of the journal, of its locks and of the controller's socket",
            environmentAliases: ["CUTOVER_STATE"]
        ),
        ConfigurationKey(
            section,
            "tick",
            .duration,
            default: "5s",
            "How often a controller decides"
        ),
        ConfigurationKey(
            section,
            "interval",
            .duration,
            default: "10s",
            "Length of an interval of evidence"
        ),
        ConfigurationKey(
            section,
            "lateness",
            .duration,
            default: "5m",
            "How late a router's report may be before the router counts as missing"
        ),
        ConfigurationKey(
            section,
            "max-idle",
            .duration,
            default: "15m",
            "How long the candidate may run no unit before its evidence is no-data"
        ),
        ConfigurationKey(
            section,
            "lease",
            .duration,
            default: "15s",
            "How long the right to write lasts without being renewed"
        ),
        ConfigurationKey(
            section,
            "ack-deadline",
            .duration,
            default: "60s",
            "How long routers may take to acknowledge a shift"
        ),
    ]

    /// What a configuration with ``keys`` says.
    package init(_ configuration: Configuration) {
        func duration(_ name: String) -> Duration {
            configuration.duration("\(Self.section).\(name)") ?? .zero
        }
        state = configuration.text("\(Self.section).state") ?? ".cutover"
        tick = duration("tick")
        interval = duration("interval")
        lateness = duration("lateness")
        maxIdle = duration("max-idle")
        lease = duration("lease")
        ackDeadline = duration("ack-deadline")
    }

    /// The times of a controller.
    package var control: ControlSettings {
        func milliseconds(_ duration: Duration) -> Int { max(1, Int(duration / .milliseconds(1))) }
        var settings = ControlSettings(
            tickMs: milliseconds(tick),
            latenessMs: Int(lateness / .milliseconds(1))
        )
        settings.machine.maxIdleMs = milliseconds(maxIdle)
        settings.machine.ackDeadlineMs = milliseconds(ackDeadline)
        settings.leaseMs = milliseconds(lease)
        return settings
    }
}
