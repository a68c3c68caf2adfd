internal import Failures
internal import MigrationControl
internal import MigrationJournal
internal import MigrationRules
internal import Units

/// Everything that a page tells, read from the journal once.
struct ReportSource: Sendable {
    let story: MigrationStory
    let events: [JournalEvent]
    /// Version of the program that makes the page.
    let binary: String
    /// Wall clock of the first event, and of the last thing that is known, in milliseconds.
    let startMs: Int
    let endMs: Int

    init(
        of migration: String,
        in journal: MigrationJournal,
        binary: String
    ) throws(Failure) {
        let story = try MigrationStory(of: migration, in: journal)
        self.story = story
        // A controller may go on meanwhile; the page ends where the story does.
        events = try journal.events(of: migration, limit: max(story.seq, 1)).filter {
            $0.seq <= story.seq
        }
        self.binary = binary
        startMs = story.events.first?.atMs ?? 0
        var end = story.events.last?.atMs ?? startMs
        if !story.phase.isTerminal {
            end = story.intervals.reduce(end) { max($0, $1.startMs + $1.durationMs) }
        }
        endMs = max(end, startMs)
    }

    /// Milliseconds since the first event.
    func elapsed(_ atMs: Int) -> Double { Double(atMs - startMs) }

    /// What an axis of time shows.
    var domain: ClosedRange<Double> { 0...max(elapsed(endMs), 1) }

    static let axisTitle = "since the first event"

    /// A stretch as people read it.
    func lasting(_ fromMs: Int, _ toMs: Int?) -> String {
        Duration.milliseconds((toMs ?? endMs) - fromMs).roundedText
    }

    /// Stages behind the lines of a chart.
    var stretches: [(span: MigrationStory.Span, from: Double, to: Double)] {
        story.spans.map { ($0, elapsed($0.fromMs), elapsed($0.toMs ?? endMs)) }
    }
}
