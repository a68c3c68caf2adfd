/// The generations of a target whose units are pairs of a key and a window.
///
/// A window's owner follows from where it starts: the highest generation whose barrier is at or before the
/// start decides. So a window keeps its owner whatever comes later, and late data find it.
package struct RouteLog: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var generation: Int
        /// Event time, in the target's own unit, from which the generation owns windows.
        package var barrier: Int64
        package var thresholdPPM: Int

        package init(generation: Int, barrier: Int64, thresholdPPM: Int) {
            self.generation = generation
            self.barrier = barrier
            self.thresholdPPM = thresholdPPM
        }
    }

    /// In rising order of generations.
    package let entries: [Entry]
    /// The entries that decide for some window, with rising generations and rising barriers.
    private let steps: [Entry]

    package init() {
        entries = []
        steps = []
    }

    /// nil where generations do not rise from entry to entry.
    package init?(_ entries: [Entry]) {
        self.entries = entries
        var steps: [Entry] = []
        for entry in entries {
            // A later generation decides from its barrier on, whatever earlier ones said about that time.
            while let last = steps.last, last.barrier >= entry.barrier { steps.removeLast() }
            steps.append(entry)
        }
        self.steps = steps
        for (earlier, later) in zip(entries, entries.dropFirst())
        where earlier.generation >= later.generation { return nil }
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// What decides about windows that start at `start`; nil before the first barrier, where the primary
    /// owns everything.
    package func entry(forWindowStart start: Int64) -> Entry? {
        steps.last { $0.barrier <= start }
    }

    /// Whether `earlier` is a beginning of this log: nothing that was activated may be forgotten.
    package func continues(_ earlier: RouteLog) -> Bool {
        entries.starts(with: earlier.entries)
    }

    /// Whether a generation above `generation` decides about every window, so that earlier ones decide nothing.
    package func beginsAnew(after generation: Int) -> Bool {
        entries.contains { $0.generation > generation && $0.barrier == Self.beginning }
    }

    /// This log and one entry more; nil where its generation is not the highest.
    package func appending(_ entry: Entry) -> RouteLog? { RouteLog(entries + [entry]) }
}

extension RouteLog {
    /// The barrier of a rollback: it lies before every window, so that the generation decides about each one
    /// that is not emitted yet.
    package static let beginning = Int64(-RouteRules.exactLimit)
}
