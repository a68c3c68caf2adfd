internal import Columns
internal import Synchronization

/// What a node came to for each entry of a dictionary.
struct EntryResults: Sendable {
    /// A row for each entry; texts are in `texts` instead.
    let column: Column
    /// Entries that failed, ascending.
    let faults: [Fault]
    /// Distinct results of a node that gives texts, and for each entry the code of its own.
    let texts: (dictionary: TextDictionary, codes: Buffer<Int32>)?
}

/// Remembers the results for the dictionaries that a node met last.
///
/// Batches of one source share a dictionary object, so most batches find their results here; and the text
/// results of all of them share one dictionary too.
final class DictionaryMemory: Sendable {
    /// Dictionaries remembered; a few, because several threads may read several sources.
    private static let capacity = 8

    private struct Memory {
        var entries: [(key: TextDictionary, results: EntryResults)] = []
        var next = 0
    }

    private let memory = Mutex(Memory())

    func results(for dictionary: TextDictionary) -> EntryResults? {
        memory.withLock { memory in
            memory.entries.first { $0.key === dictionary }?.results
        }
    }

    func remember(_ results: EntryResults, for dictionary: TextDictionary) {
        memory.withLock { memory in
            if memory.entries.count < Self.capacity {
                memory.entries.append((dictionary, results))
            } else {
                memory.entries[memory.next] = (dictionary, results)
                memory.next = (memory.next + 1) % Self.capacity
            }
        }
    }
}
