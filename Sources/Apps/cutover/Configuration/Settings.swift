package import Arguments
internal import Assembly
internal import Failures
internal import StreamSQL

/// Every setting that the program knows.
package enum Settings {
    package static let schema = ConfigurationSchema(
        StreamSettings.keys + StaticRoute.keys + MigrationSettings.keys
    )

    /// Checks what the environment and the file say beside the settings of jobs, which each job checks with its own.
    ///
    /// - Throws: `CFG_UNKNOWN_KEY`, and what a bad value gives.
    static func checkOthers(_ layers: ConfigurationLayers) throws(Failure) {
        let others = ConfigurationLayers(
            environment: layers.environment.filter { !$0.key.hasPrefix("CUTOVER_STREAM_") },
            file: layers.file.filter { !StreamSettings.isOwn($0.key) }
        )
        _ = try schema.resolve(others)
    }
}
