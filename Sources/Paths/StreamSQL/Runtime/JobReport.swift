internal import Failures
package import Hashing

/// What a run of one job did.
package struct JobReport: Sendable {
    /// What one source gave.
    package struct Source: Sendable {
        package var table: String
        /// Records read: accepted, rejected and skipped.
        package var rowsIn: Int
        package var rowsRejected: Int
        /// Fields that a lenient format turned into NULL.
        package var fieldsNulled: Int
        /// Rows that a lenient format left out.
        package var rowsSkipped: Int
    }

    package var name: String
    /// Name of the sink's table; nil for a SELECT.
    package var sink: String?
    package var sources: [Source]
    package var rowsOut: Int
    package var rowsLate: Int
    /// Windows refused to rows that counted in others.
    package var partlyLate: Int
    /// Refused rows by stage and code, as in `decode DECODE_NUMBER`.
    package var rejectedCounts: [String: Int]
    package var firstLate: JobLedger.Example?
    package var firstRejected: JobLedger.Example?
    /// Operators whose rows V2 could not spread evenly.
    package var skews: [KeySkew]
    package var digest: SegmentDigest
    package var elapsed: Duration

    /// Records read by all sources.
    package var rowsIn: Int { sources.reduce(0) { $0 + $1.rowsIn } }

    /// Rows rejected or left out, by all sources and operators.
    package var rowsBad: Int {
        rejectedCounts.values.reduce(0, +) + sources.reduce(0) { $0 + $1.rowsSkipped }
    }
}
