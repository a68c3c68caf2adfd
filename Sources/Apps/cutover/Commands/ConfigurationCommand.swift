internal import Arguments
internal import Failures
internal import JSON

extension CommandTree {
    static var configuration: CommandTree {
        CommandTree(
            Command("config", "settings, and where each comes from"),
            [showConfiguration]
        )
    }

    private static var showConfiguration: CommandTree {
        CommandTree(
            Command(
                "show",
                "print each effective setting and its origin",
                discussion: """
                    A flag is stronger than a SET statement, that than an environment variable, that than \
                    the configuration file, that than the default. Shown is what holds before a command \
                    line adds its flags and a script its SET statements.
                    """,
                examples: [
                    .init("cutover config show", "what holds here and now"),
                    .init("cutover config show --config my.json", "what holds with that file"),
                ]
            )
        ) { (invocation, console) throws(Failure) in
            let configuration = try ConfigurationFile.effective(invocation, console)
            for notice in configuration.notices { console.complain(notice) }
            let isJSON = invocation.flag("json")
            try console.write(isJSON ? configuration.json + "\n" : configuration.table)
            return .done
        }
    }
}

extension Configuration {
    /// One line a key: its path, its value and its origin, in columns.
    var table: String {
        let rows = entries.map { entry in
            (entry.key.path, entry.value?.text ?? "(unset)", entry.origin.description)
        }
        let first = rows.map(\.0.count).max() ?? 0
        let second = rows.map(\.1.count).max() ?? 0
        return rows.reduce(into: "") { text, row in
            text += row.0 + String(repeating: " ", count: first - row.0.count + 2)
            text += row.1 + String(repeating: " ", count: second - row.1.count + 2)
            text += row.2 + "\n"
        }
    }

    /// `{"settings":[{"key","value","origin","summary"}]}` in one line.
    var json: String {
        let settings = entries.map { entry -> JSONValue in
            [
                "key": JSONValue(entry.key.path), "value": JSONValue(entry.value?.text),
                "origin": JSONValue(entry.origin.description),
                "summary": JSONValue(entry.key.summary),
            ]
        }
        let report: JSONValue = ["settings": JSONValue(settings)]
        return report.compactText
    }
}
