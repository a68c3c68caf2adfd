package import Arguments
internal import StreamSQL

/// Every setting that the program knows.
package enum Settings {
    package static let schema = ConfigurationSchema(StreamSettings.keys)
}
