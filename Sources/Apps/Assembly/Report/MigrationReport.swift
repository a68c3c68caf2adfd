internal import Charts
package import Failures
internal import Files
internal import MigrationControl
internal import MigrationJournal

/// The whole story of a migration as one page, made from its journal alone.
///
/// The page loads nothing: style and drawings stand in it. The same journal gives the same bytes, so the page of a
/// resumed migration tells what happened before as well.
package enum MigrationReport {
    /// Writes the page of one attempt of a migration: aside, flushed, renamed.
    ///
    /// - Parameters:
    ///   - name: the migration's name, or the id of one attempt.
    ///   - attempt: number of the attempt; nil: the latest, or the one that `name` is the id of.
    ///   - state: folder of the journal, which is only read.
    ///   - binary: version of this program.
    ///   - path: the page; nil: `reports/NAME-ATTEMPT.html` in the state folder.
    /// - Returns: where the page is.
    /// - Throws: `MIG_UNKNOWN`, what opening and reading a journal throws, and what writing a file does.
    @discardableResult
    package static func write(
        of name: String,
        attempt: Int? = nil,
        in state: String,
        binary: String,
        to path: String? = nil
    ) throws(Failure) -> String {
        let reader = try JournalReader.require(state, binary: binary)
        // A controller may write meanwhile: the page shows one moment.
        let source = try reader.journal.reading { () throws(Failure) in
            let record = try find(name, attempt, reader)
            return try ReportSource(of: record.id, in: reader.journal, binary: binary)
        }
        let page = page(of: source)
        let path = path ?? standardPath(of: source.story, in: state)
        if let folder = Directory.parent(of: path) { try Directory.create(folder) }
        let bytes = Array(page.utf8)
        try Directory.replace(path, with: bytes.span)
        return path
    }

    private static func find(
        _ name: String,
        _ attempt: Int?,
        _ reader: JournalReader
    ) throws(Failure) -> MigrationRecord {
        guard let attempt else { return try reader.resolve(name) }
        let named = try reader.journal.migrations().filter { $0.identity.name == name }
        guard !named.isEmpty else { return try reader.resolve(name) }
        if let record = named.first(where: { $0.identity.attempt == attempt }) { return record }
        throw Failure(
            "MIG_UNKNOWN",
            blame: .request,
            "there is no attempt \(attempt) of \(name)",
            remedy: "its attempts are "
                + named.map { "\($0.identity.attempt)" }.joined(separator: ", ")
        )
    }

    /// Where a page is written that nobody gave a place.
    private static func standardPath(of story: MigrationStory, in state: String) -> String {
        // A name is free text; as a file's name it must not lead elsewhere.
        let name = story.name.unicodeScalars.map { scalar in
            let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            return isPlain || scalar == "-" || scalar == "_" ? Character(scalar) : "-"
        }
        let file = "\(String(name.prefix(100)))-\(story.attempt).html"
        return Directory.join(Directory.join(state, "reports"), file)
    }

    private static func page(of source: ReportSource) -> String {
        let story = source.story
        var page = Markup()
        page.beginPage()
        page.element("html", ["lang": "en"]) {
            $0.element("head") {
                $0.empty("meta", ["charset": "utf-8"])
                $0.empty(
                    "meta",
                    ["name": "viewport", "content": "width=device-width, initial-scale=1"]
                )
                $0.element("title", text: "\(story.name) · attempt \(story.attempt) · Cutover")
                $0.style(ChartStyle.sheet + ReportStyle.sheet)
            }
            $0.element("body") {
                $0.element("main") {
                    ReportHeader(source).write(to: &$0)
                    ReportCourse(source).write(to: &$0)
                    ReportEvidence(source).write(to: &$0)
                    ReportSpeed(source).write(to: &$0)
                    ReportTables(source).write(to: &$0)
                    ReportJournal(source).write(to: &$0)
                }
            }
        }
        return page.text
    }
}
