/// The scalar functions and operators of stream SQL, after overloads are resolved.
///
/// What the binder guarantees about operands, so that evaluators stay small:
/// - arithmetic (`add` … `modulo`, `negate`): all operands integer, or all DECIMAL (each with its own scale; an
///   integer beside a DECIMAL is cast first), or all approximate. The result type is the call's.
/// - comparisons: both sides of one physical layout (decimals with their own scales), or an integer against
///   an approximate number, which compares exactly.
/// - temporal arithmetic has its own cases; text functions get text; everything else is cast.
/// A NULL operand makes the result NULL unless the case says otherwise.
package enum ScalarFunction: String, Hashable, Sendable, CaseIterable {
    // Arithmetic
    case add, subtract, multiply, divide, modulo, negate

    // Comparison, three-valued
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    /// Never NULL; NULL is not distinct from NULL.
    case isDistinctFrom, isNotDistinctFrom

    // Logic, three-valued; an error in the right operand counts only where the left one does not decide
    case and, or, not
    /// Never NULL.
    case isNull, isNotNull, isTrue, isNotTrue, isFalse, isNotFalse

    // Temporal arithmetic; months clamp to the end of the month
    /// (date, time or timestamp, interval) → the first operand's type.
    case addInterval, subtractInterval
    /// (timestamp or date, same) → INTERVAL DAY TO SECOND.
    case timeDifference
    /// (interval, interval) → interval of the same kind.
    case addIntervals, subtractIntervals
    /// (interval, integer) → interval.
    case multiplyInterval

    // Mathematics: `abs` `ceil` `floor` `round` `truncate` `sign` keep their operand's kind, the rest is DOUBLE
    case abs, ceil, floor, sign
    /// (number, digits INT).
    case round, truncate
    case power, sqrt, ln, log10, exp
    /// (base, number).
    case log
    /// All operands of the result's type; NULL if any operand is NULL.
    case greatest, least

    // Text; positions and lengths count Unicode scalars from 1
    case charLength, octetLength, upper, lower
    /// (text, characters).
    case trim, trimLeading, trimTrailing
    /// (text, start[, length]): start 0 counts as 1, a negative one from the end.
    case substring
    case left, right
    /// (needle, text[, start]): 0 if absent.
    case position
    case replace
    /// NULL if any operand is NULL; also `||`.
    case concat
    /// (separator, texts…): skips NULL texts; NULL only for a NULL separator.
    case concatWithSeparator
    case padLeft, padRight, repeatText, reverse, initCap
    /// (text, replacement, start[, length]).
    case overlay
    /// (text, separator, index from 0): out of range NULL.
    case splitIndex
    /// (text, separator, index from 1): out of range empty.
    case splitPart
    case ascii, chr, md5, sha256
    /// (text, pattern[, escape]): `%` and `_` match every character, newlines too.
    case like
    /// (text, pattern): unanchored search.
    case regexp
    /// (text, pattern[, group INT]): NULL without a match.
    case regexpExtract
    /// (text, pattern, replacement): replaces all.
    case regexpReplace

    // Time
    /// The job's clock: TIMESTAMP_LTZ(3); fixed per job in batch mode, per batch in streaming mode.
    case currentTimestamp
    /// The job's clock as TIMESTAMP(3) in the session's zone.
    case localTimestamp
    /// (unit as text literal, temporal) → BIGINT; unit: see ``TimeUnit``.
    case extract
    /// (temporal or text cast to TIMESTAMP, Java pattern) → STRING.
    case dateFormat
    /// (text[, Java pattern]) → TIMESTAMP(3); bad text is NULL.
    case toTimestamp
    /// (integer[, precision 0 or 3]) or (text[, pattern]) → TIMESTAMP_LTZ(3).
    case toTimestampLTZ
    /// (text[, Java pattern]) → DATE; bad text is NULL.
    case toDate
    /// (seconds BIGINT[, Java pattern]) → STRING in the session's zone.
    case fromUnixtime
    /// () from the clock, or (text[, Java pattern]) → BIGINT seconds.
    case unixTimestamp
    /// (unit literal, BIGINT count, temporal) → the temporal's type.
    case timestampAdd
    /// (unit literal, from, to) → INT, truncated toward zero.
    case timestampDiff
    /// (temporal, unit literal) → the temporal's type.
    case floorTo, ceilTo

    // Conditional; COALESCE, IF and IFNULL keep errors of operands that are not needed silent
    case coalesce
    /// (a, b): NULL if a = b, else a.
    case nullIf

    // JSON
    /// (text, path literal) → STRING.
    case jsonValue
}

/// Units of EXTRACT, FLOOR … TO, TIMESTAMPADD and TIMESTAMPDIFF, as upper-case literals in calls.
package enum TimeUnit: String, Hashable, Sendable, CaseIterable {
    case microsecond = "MICROSECOND"
    case millisecond = "MILLISECOND"
    case second = "SECOND"
    case minute = "MINUTE"
    case hour = "HOUR"
    case day = "DAY"
    /// ISO week, Monday first.
    case week = "WEEK"
    case month = "MONTH"
    case quarter = "QUARTER"
    case year = "YEAR"
    /// 1 = Sunday … 7 = Saturday.
    case dayOfWeek = "DOW"
    /// 1 = Monday … 7 = Sunday.
    case isoDayOfWeek = "ISODOW"
    case dayOfYear = "DOY"
    case isoYear = "ISOYEAR"
    case epoch = "EPOCH"
    case decade = "DECADE"
    case century = "CENTURY"
    case millennium = "MILLENNIUM"
}
