internal import Arguments

extension CommandTree {
    /// Streaming SQL.
    static var stream: CommandTree {
        CommandTree(
            Command(
                "stream",
                "run streaming SQL over files, on one thread or on many",
                discussion: """
                    A script is standard SQL with Flink's windowing functions. V1 runs it on one thread, V2 on \
                    many, with the same bytes as the result.
                    """
            ),
            [
                streamRun,
                streamCompare,
                streamExplain,
                streamValidate,
                streamShell,
                streamGen,
                streamBench,
            ]
        )
    }
}
