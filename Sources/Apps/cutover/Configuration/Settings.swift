package import Arguments

/// Every setting that the program knows.
package enum Settings {
    package static let schema = ConfigurationSchema(stream)

    private static let stream: [ConfigurationKey] = [
        ConfigurationKey(
            "stream",
            "processor",
            .text,
            default: "v2",
            "Implementation that runs a script: v1, v2 or v2:WORKERS",
            environmentAliases: ["PROCESSOR_CONFIG"]
        ),
        ConfigurationKey(
            "stream",
            "batch.rows",
            .count(1...1_048_576),
            default: "8192",
            "Rows that travel together"
        ),
        ConfigurationKey(
            "stream",
            "failure.strategy",
            .choice(["fail", "log", "dlq"]),
            default: "fail",
            "What happens to a row that cannot be read"
        ),
        ConfigurationKey(
            "stream",
            "division.by.zero",
            .choice(["error", "null"]),
            default: "error",
            "Result of dividing an integer or a DECIMAL by zero"
        ),
    ]
}
