internal import Columns
internal import Failures
internal import SQLFront

/// The states of all aggregates of an operator, shared where aggregates need the same ones.
///
/// Slots are groups of windows; whoever owns this decides which. SUM, AVG, COUNT, MIN and MAX of one argument
/// under one FILTER have one state between them.
final class AggregateStates {
    private var states: [any AggregateState] = []
    /// States by the FILTER column of their rows; the first entry has none.
    private var filterGroups: [(filter: Int?, states: [Int])] = [(nil, [])]
    /// Per call its state.
    private var stateOfCall: [Int] = []
    let calls: [AggregateCall]
    private var masked: [Int32] = []
    private(set) var slotCount = 0

    /// - Parameters:
    ///   - calls: aggregates over the columns of `input`.
    ///   - input: schema of the rows that will be added.
    init(_ calls: [AggregateCall], input: Schema) {
        self.calls = calls
        let measured = Set(calls.compactMap { StateIdentity.measure(of: $0, input) })
        var known: [StateIdentity: Int] = [:]
        for call in calls {
            let identity = StateIdentity(call, input, measured: measured)
            if let index = known[identity] {
                stateOfCall.append(index)
                continue
            }
            let index = states.count
            known[identity] = index
            stateOfCall.append(index)
            states.append(identity.makeState(input))
            if let group = filterGroups.firstIndex(where: { $0.filter == identity.filter }) {
                filterGroups[group].states.append(index)
            } else {
                filterGroups.append((identity.filter, [index]))
            }
        }
    }

    func grow(to slotCount: Int) {
        guard slotCount > self.slotCount else { return }
        self.slotCount = slotCount
        for state in states { state.grow(to: slotCount) }
    }

    /// Adds every row to its slot; a negative slot leaves the row out.
    func add(_ slots: Span<Int32>, _ rows: Batch, _ sequence: RowNumbers) {
        for (filter, members) in filterGroups where !members.isEmpty {
            guard let filter else {
                for member in members { states[member].add(slots, rows, sequence) }
                continue
            }
            mask(slots, by: rows.columns[filter])
            let span = masked.span
            for member in members { states[member].add(span, rows, sequence) }
        }
    }

    /// Leaves out the rows in which a BOOLEAN column is not TRUE.
    private func mask(_ slots: Span<Int32>, by column: Column) {
        masked.removeAll(keepingCapacity: true)
        guard case .booleans(let bits) = column.values else {
            // A bare NULL as the filter is never TRUE.
            masked.append(contentsOf: repeatElement(-1, count: slots.count))
            return
        }
        let trues = column.validity.map { bits & $0 } ?? bits
        let words = trues.words.span
        masked.reserveCapacity(slots.count)
        for row in slots.indices {
            let bit = words[row >> 6] &>> UInt64(row & 63) & 1
            masked.append(bit == 1 ? slots[row] : -1)
        }
    }

    func merge(_ sources: Span<Int32>, into targets: Span<Int32>) {
        for state in states { state.merge(sources, into: targets) }
    }

    func clear(_ slots: Span<Int32>) {
        for state in states { state.clear(slots) }
    }

    /// One column per call with the results of slots.
    func results(_ slots: Span<Int32>, faults: inout [GroupFault]) -> [Column] {
        var columns: [Column] = []
        for (call, state) in zip(calls, stateOfCall) {
            columns.append(states[state].result(of: call, slots, faults: &faults))
        }
        return columns
    }

    var byteCount: Int { states.reduce(0) { $0 + $1.byteCount } + masked.capacity * 4 }
}

/// What makes two aggregates share a state.
private struct StateIdentity: Hashable {
    enum Kind: Hashable {
        /// Rows in which none of the arguments is NULL.
        case rows
        case measure
        case minimum, maximum
        case booleans
        case moments
        case first, last, any
        case list(separator: String)
        case distinct(AggregateFunction, separator: String?)
    }

    var kind: Kind
    var arguments: [Int]
    var filter: Int?

    init(kind: Kind, arguments: [Int], filter: Int?) {
        self.kind = kind
        self.arguments = arguments
        self.filter = filter
    }

    /// The measure that a call needs, if it needs one.
    static func measure(of call: AggregateCall, _ input: Schema) -> StateIdentity? {
        switch call.function {
        case .sum, .average:
            if call.isDistinct { return nil }
        case .minimum, .maximum: break
        default: return nil
        }
        let physical = input[call.arguments[0]].type.physical
        guard physical != .text, physical != .boolean else { return nil }
        return StateIdentity(kind: .measure, arguments: call.arguments, filter: call.filter)
    }

    init(_ call: AggregateCall, _ input: Schema, measured: Set<StateIdentity>) {
        if let measure = Self.measure(of: call, input) {
            self = measure
            return
        }
        self.init(kind: .rows, arguments: call.arguments, filter: call.filter)
        switch call.function {
        case .minimum, .maximum:
            let isText = input[call.arguments[0]].type.physical == .text
            kind = isText ? (call.function == .minimum ? .minimum : .maximum) : .booleans
        // The first value is the first of the distinct ones, too.
        case .firstValue: kind = .first
        case .anyValue: kind = .any
        case _ where call.isDistinct && !call.arguments.isEmpty:
            kind = .distinct(call.function, separator: call.separator)
        case .count: shareCount(input, measured)
        case .lastValue: kind = .last
        case .listAggregate: kind = .list(separator: call.separator ?? ",")
        default: kind = .moments
        }
    }

    /// Counts with a measure that exists anyway, where it counts the same rows.
    private mutating func shareCount(_ input: Schema, _ measured: Set<StateIdentity>) {
        arguments.removeAll { !input[$0].isNullable }
        // In an order that does not change between processes, because checkpoints hold states by their place.
        let candidates = measured.sorted { $0.arguments.lexicographicallyPrecedes($1.arguments) }
        for candidate in candidates where candidate.filter == filter {
            let isNullable = input[candidate.arguments[0]].isNullable
            if arguments == (isNullable ? candidate.arguments : []) {
                self = candidate
                return
            }
        }
    }

    func makeState(_ input: Schema) -> any AggregateState {
        let types = arguments.map { input[$0].type }
        switch kind {
        case .rows: return RowCounts(arguments: arguments)
        case .measure: return Self.makeMeasure(arguments[0], types[0])
        case .minimum: return TextExtreme(argument: arguments[0], isMaximum: false)
        case .maximum: return TextExtreme(argument: arguments[0], isMaximum: true)
        case .booleans: return BooleanExtremes(argument: arguments[0])
        case .moments: return Moments(argument: arguments[0], type: types[0])
        case .first:
            return ChosenValues(
                argument: arguments[0],
                type: types[0],
                isLast: false,
                takesNull: false
            )
        case .last:
            return ChosenValues(
                argument: arguments[0],
                type: types[0],
                isLast: true,
                takesNull: false
            )
        case .any:
            return ChosenValues(
                argument: arguments[0],
                type: types[0],
                isLast: false,
                takesNull: true
            )
        case .list(let separator):
            return TextLists(argument: arguments[0], separator: separator)
        case .distinct(let function, let separator):
            return DistinctValues(
                arguments: arguments,
                types: types,
                inner: Self.inner(function, separator, types)
            )
        }
    }

    private static func makeMeasure(_ argument: Int, _ type: DataType) -> any AggregateState {
        switch type {
        case .float, .double: DoubleMeasures(argument: argument)
        case .decimal(_, let scale): DecimalMeasures(argument: argument, scale: scale)
        default: IntegerMeasures(argument: argument)
        }
    }

    /// The state that distinct values go into, as column 0 of a batch of their own.
    private static func inner(
        _ function: AggregateFunction,
        _ separator: String?,
        _ types: [DataType]
    ) -> (() -> any AggregateState)? {
        let kind: Kind
        switch function {
        case .count: return nil
        case .sum, .average: kind = .measure
        case .lastValue: kind = .last
        case .listAggregate: kind = .list(separator: separator ?? ",")
        default: kind = .moments
        }
        let identity = StateIdentity(kind: kind, arguments: [0], filter: nil)
        let schema = Schema(types.map { Field("value", $0) })
        return { identity.makeState(schema) }
    }
}

extension AggregateStates {
    /// Writes the states of slots, in their order.
    func write(_ slots: Span<Int32>, to output: inout StateWriter) {
        for state in states { state.write(slots, to: &output) }
    }

    /// Reads what `write` wrote into as many slots, which are empty.
    func read(_ slots: Span<Int32>, from input: inout StateReader) throws(Failure) {
        for state in states { try state.read(slots, from: &input) }
    }
}
