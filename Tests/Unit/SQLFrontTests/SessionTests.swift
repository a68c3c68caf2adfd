import Failures
import SQLFront
import Testing

@Suite("Sessions of statements")
struct SessionTests {
    @Test("a statement ends at its semicolon, not at one in a text, a name or a comment")
    func statementEnds() throws {
        let text = "SELECT 'a;''b', `c;`, \"d;\" -- e;\n/* f; */ FROM t; SELECT 2"
        let first = try #require(StatementScanner.first(in: text))
        #expect(first.statement == "SELECT 'a;''b', `c;`, \"d;\" -- e;\n/* f; */ FROM t;")
        #expect(first.rest == " SELECT 2")
        #expect(StatementScanner.first(in: first.rest) == nil)
        #expect(StatementScanner.first(in: "SELECT 'open;") == nil)
    }

    @Test("blanks and comments are no statement")
    func blanks() {
        #expect(StatementScanner.isBlank(" \n-- nothing;\n/* nor here */ "))
        #expect(!StatementScanner.isBlank("SELECT"))
        #expect(!StatementScanner.isBlank(";"))
    }

    @Test("declarations and settings stay, and a failure takes back what its text declared")
    func declarationsStay() throws {
        let session = StreamSession(source: "", name: "s")
        let declared = session.check(
            "CREATE TABLE t (a INT) WITH ('connector' = 'datagen'); SET 'parallelism.default' = '3';"
        )
        #expect(declared.failures.isEmpty)
        let broken = session.check(
            "CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT b FROM t;"
        )
        #expect(broken.failures.map(\.code) == ["BIND_COLUMN"])
        #expect(session.relationNames == ["t"])
        #expect(session.columnNames == ["a"])
        let used = session.check("SELECT a FROM t LIMIT 1;")
        let job = try #require(used.script.jobs.first)
        #expect(job.settings.parallelism == 3)
    }

    @Test("warnings are those of the text that was given last")
    func warnings() {
        let session = StreamSession(source: "", name: "s")
        #expect(session.check("SET 'pipeline.name' = 'x'").warnings.count == 1)
        #expect(session.check("SELECT 1").warnings.isEmpty)
    }

    @Test("only a SELECT that may have more rows is capped")
    func capping() throws {
        let session = StreamSession(source: "", name: "s")
        _ = session.check(
            "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'p', 'format' = 'csv');"
        )
        func isCapped(_ text: String) throws -> Bool {
            let job = try #require(session.check(text).script.jobs.first)
            return job.capped(at: 5).plan != job.plan
        }
        #expect(try isCapped("SELECT a FROM t"))
        #expect(try isCapped("SELECT a FROM t ORDER BY a"))
        #expect(try !isCapped("SELECT a + 1 FROM t LIMIT 9"))
        #expect(try !isCapped("SELECT 1"))
        #expect(try !isCapped("INSERT INTO t SELECT a FROM t"))
    }
}
