import Columns
import Failures
import SQLFront
import Testing

/// Binds scripts over a few declared tables.
enum PlanFixture {
    static let tables = """
        CREATE TABLE flights (
          dep_delay INT, origin STRING, dest STRING, distance INT, price DECIMAL(10, 2), ratio DOUBLE,
          time_hour TIMESTAMP(3), WATERMARK FOR time_hour AS time_hour - INTERVAL '5' MINUTE
        ) WITH ('connector' = 'filesystem', 'path' = 'flights.csv', 'format' = 'csv',
          'csv.null-literal' = 'NA');
        CREATE TABLE bid (
          auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, customTime TIMESTAMP(3),
          WATERMARK FOR customTime AS customTime - INTERVAL '4' SECOND
        ) WITH ('connector' = 'filesystem', 'path' = 'bid.json', 'format' = 'json');
        CREATE TABLE person (
          id BIGINT, name STRING, state STRING, customTime TIMESTAMP(3),
          WATERMARK FOR customTime AS customTime
        ) WITH ('connector' = 'filesystem', 'path' = 'person.json', 'format' = 'json');
        CREATE TABLE events (
          id BIGINT, millis BIGINT, ts AS TO_TIMESTAMP_LTZ(millis, 3), twice AS id * 2,
          WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
        ) WITH ('connector' = 'datagen', 'rows-per-second' = '10');

        """

    static func check(_ text: String) -> StreamScript.Report {
        StreamScript.check(tables + text, source: "t.sql", options: .init(name: "t"))
    }

    /// The plan of the last job.
    static func plan(_ text: String) throws -> Plan {
        let report = check(text)
        if let failure = report.failures.first { throw failure }
        return try #require(report.script.jobs.last).plan
    }

    /// The operators of the last job, from the sink down, indented.
    static func tree(_ text: String) throws -> String {
        var lines: [String] = []
        func walk(_ plan: Plan, _ depth: Int) {
            lines.append(String(repeating: "  ", count: depth) + plan.label)
            for input in plan.inputs { walk(input, depth + 1) }
        }
        walk(try plan(text), 0)
        return lines.joined(separator: "\n")
    }
}
