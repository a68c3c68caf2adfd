package import Failures
internal import MigrationControl
internal import MigrationRules
package import StreamSQL

/// What a caller decides about a stream job that runs under its target's migration.
package struct LiveRequest: Sendable {
    package typealias Engine =
        @Sendable (String) -> Result<(engine: StreamEngine, name: String), Failure>

    /// Folder of the journal, the locks and the routers' files.
    package var stateDirectory: String
    /// The migration's target, such as `stream/flights-hourly`.
    package var target: String
    /// Version of this program, as events carry it.
    package var binary: String
    /// The engine of an implementation's name in a plan, `v1` or `v2:4`, with its canonical name.
    package var engine: Engine
    package var tickMs = 5000
    package var intervalMs = 10_000
    /// Event seconds per second of the wall; nil reads as fast as both sides compute.
    package var speed: Double?
    /// Rows per second; nil reads as fast as both sides compute.
    package var rowsPerSecond: Double?
    /// Per stage how many rows may go on before the input waits until it has passed; nil never waits.
    package var quotas: [Int64]?
    package var fault: Fault?
    /// Whether a migration that has ended will do: its job was stopped before anybody had seen its result.
    package var takesEnded = false

    /// A mistake that is put in on purpose.
    package struct Fault: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case candidate(LiveFault)
            /// The process is killed in the middle of the stage.
            case killController
        }

        package var kind: Kind
        /// The stage from which on it happens.
        package var stage: String

        package init(_ kind: Kind, from stage: String) {
            self.kind = kind
            self.stage = stage
        }
    }

    package init(
        stateDirectory: String,
        target: String,
        binary: String,
        engine: @escaping Engine
    ) {
        self.stateDirectory = stateDirectory
        self.target = target
        self.binary = binary
        self.engine = engine
    }

    /// A request with the times of a configuration.
    package init(
        _ settings: MigrationSettings,
        target: String,
        binary: String,
        engine: @escaping Engine
    ) {
        self.init(
            stateDirectory: settings.state,
            target: target,
            binary: binary,
            engine: engine
        )
        tickMs = settings.control.machine.tickMs
        intervalMs = Int(settings.interval / .milliseconds(1))
    }
}
