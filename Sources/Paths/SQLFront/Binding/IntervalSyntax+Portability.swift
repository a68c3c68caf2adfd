internal import Failures

extension IntervalSyntax {
    /// Digits that Flink gives the leading amount of an interval where none are written.
    private static let standardDigits: Int64 = 2

    /// Units that Flink's interval literals have.
    private static let knownWords: Set<String> = [
        "YEAR", "YEARS", "QUARTER", "MONTH", "MONTHS", "WEEK", "DAY", "DAYS", "HOUR", "HOURS",
        "MINUTE", "MINUTES", "SECOND", "SECONDS",
    ]

    /// Notes what Flink refuses of the literal.
    func notePortability(in context: BindingContext, at position: SourcePosition) {
        if !Self.knownWords.contains(field.word) {
            context.notice(
                "PORT_INTERVAL_UNIT",
                "Flink has no interval of \(field.word): write a unit such as DAY or MONTH",
                at: position
            )
        }
        let amount = text.drop { !$0.isNumber }.prefix { $0.isNumber }.drop { $0 == "0" }
        let digits = field.digits ?? Self.standardDigits
        guard amount.count > digits else { return }
        context.notice(
            "PORT_INTERVAL_PRECISION",
            "Flink takes at most \(digits) digits before \(field.word) here: write \(field.word)(\(amount.count))",
            at: position
        )
    }
}
