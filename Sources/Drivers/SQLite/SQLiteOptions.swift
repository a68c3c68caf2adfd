/// How a database is opened.
package struct SQLiteOptions: Sendable {
    package enum Access: Sendable {
        /// Creates the file where it is missing.
        case create
        case readWrite
        /// Also opens damaged files, and never changes a byte of the database's content.
        case readOnly
    }

    package var access: Access
    /// How long a statement waits for another process's lock before it fails with `STATE_BUSY`.
    package var busyTimeout: Duration
    /// Most bytes of one text, of one row, and of the SQL of one statement.
    package var valueSizeLimit: Int
    /// The name of the layer that writes files, as registered with SQLite; nil for the standard one.
    ///
    /// Tests put a faulty disk here.
    package var fileLayer: String?

    package init(
        access: Access = .create,
        busyTimeout: Duration = .milliseconds(5000),
        valueSizeLimit: Int = 64 << 20,
        fileLayer: String? = nil
    ) {
        self.access = access
        self.busyTimeout = busyTimeout
        self.valueSizeLimit = valueSizeLimit
        self.fileLayer = fileLayer
    }
}
