package import Arguments
internal import Assembly
internal import StreamSQL

/// Every setting that the program knows.
package enum Settings {
    package static let schema = ConfigurationSchema(StreamSettings.keys + MigrationSettings.keys)
}
