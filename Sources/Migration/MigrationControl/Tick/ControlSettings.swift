package import MigrationRules

/// Times that hold for all migrations of a controller, in milliseconds.
package struct ControlSettings: Sendable, Hashable {
    /// Tick, longest idleness of the candidate, deadline of acknowledgements.
    package var machine = MachineSettings()
    /// How long a report of a closed interval may be late before its router counts as missing.
    package var latenessMs = 300_000
    /// How long routers may take to answer one proposed barrier; then a later one is proposed.
    package var barrierTimeoutMs = 20_000
    /// How long a router may be behind before its table is sent again.
    package var resendMs = 1000
    /// How often progress is stored where nothing else is.
    package var storeMs = 10_000
    package var leaseMs = 15_000
    /// Objects that a reverse probe reads.
    package var probeCount = 100

    package init() {}

    /// Settings that follow from a tick: for short migrations everything waits for less.
    package init(tickMs: Int, latenessMs: Int) {
        machine.tickMs = tickMs
        self.latenessMs = latenessMs
        resendMs = max(2 * tickMs, 100)
    }
}
