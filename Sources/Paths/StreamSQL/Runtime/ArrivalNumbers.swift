internal import Columns

/// Numbers for the rows of operator inputs at which several edges end.
///
/// Rows of different sources have different numbers, but the numbers of an operator's output begin at 0 again,
/// and a source that is read twice gives the same rows twice. Where such edges meet, as below a UNION ALL, rows
/// are numbered anew: by step, within a step by edge, within an edge by row. All of these are the same on both
/// schedulers, for any number of partitions.
struct ArrivalNumbers {
    /// A step has fewer rows than this for one operator.
    private static let stepShift: Int64 = 32

    private let isNumbered: [Bool]
    private var next: [Int64]

    /// - Parameters:
    ///   - isNumbered: per input of the operator.
    ///   - step: the step's place in the sequence of steps.
    init(_ isNumbered: [Bool], step: Int) {
        self.isNumbered = isNumbered
        next = isNumbered.map { _ in Int64(step) << Self.stepShift }
    }

    /// Numbers the rows that arrive next at an input; to be called in the order of the edges.
    mutating func number(_ rows: inout SequencedBatch, input: Int) {
        guard isNumbered[input] else { return }
        rows.sequence = .consecutive(first: next[input])
        next[input] += Int64(rows.batch.rowCount)
    }
}

extension StreamGraph {
    /// Per operator and input whether rows of several edges meet there whose numbers can be equal.
    var numberedInputs: [[Bool]] {
        var edgeCounts = operators.map { $0.inputSchemas.map { _ in 0 } }
        var isAmbiguous = operators.map { $0.inputSchemas.map { _ in false } }
        for source in sources {
            var met: Set<Destination> = []
            for case .operator(let index, let input) in source.edges.map(\.destination) {
                edgeCounts[index][input] += 1
                if !met.insert(.operator(index, input: input)).inserted {
                    isAmbiguous[index][input] = true
                }
            }
        }
        for case .operator(let index, let input) in operators.flatMap(\.edges).map(\.destination) {
            edgeCounts[index][input] += 1
            isAmbiguous[index][input] = true
        }
        return zip(isAmbiguous, edgeCounts).map { flags, counts in
            zip(flags, counts).map { $0 && $1 > 1 }
        }
    }
}
