internal import Failures

/// The arguments of a window table function while they are read, by position or by name.
struct TableFunctionArguments {
    let kind: TableFunctionSyntax.Kind
    let position: SourcePosition
    private var input: RelationSyntax?
    private var partition: [Identifier] = []
    private var timeColumn: Identifier?
    private var positional: [ExpressionSyntax] = []
    private var named: [String: ExpressionSyntax] = [:]

    init(kind: TableFunctionSyntax.Kind, position: SourcePosition) {
        self.kind = kind
        self.position = position
    }

    mutating func setInput(
        _ relation: RelationSyntax,
        _ partition: [Identifier],
        name: String?,
        at position: SourcePosition
    ) throws(Failure) {
        try check(name, is: "DATA", isMissing: input == nil, at: position)
        input = relation
        self.partition = partition
        if !partition.isEmpty, kind != .session {
            throw .request(
                "TYPE_ARGUMENT",
                "\(kind.rawValue) has a PARTITION BY",
                remedy: "only SESSION has one: group by the columns instead",
                at: position
            )
        }
    }

    mutating func setTime(
        _ column: Identifier,
        name: String?,
        at position: SourcePosition
    ) throws(Failure) {
        try check(name, is: "TIMECOL", isMissing: timeColumn == nil, at: position)
        timeColumn = column
    }

    mutating func add(
        _ argument: ExpressionSyntax,
        name: String?,
        at position: SourcePosition
    ) throws(Failure) {
        guard let name else {
            guard named.isEmpty, input != nil, timeColumn != nil else { throw wrong(at: position) }
            positional.append(argument)
            return
        }
        let known = durationNames + (kind == .session ? [] : ["OFFSET"])
        guard known.contains(name), named[name] == nil else {
            let near = nearestName(to: name, among: known + ["DATA", "TIMECOL"])
            throw .request(
                "TYPE_ARGUMENT",
                "\(kind.rawValue) takes no argument \(name)\(named[name] == nil ? "" : " twice")",
                remedy: near.map { "did you mean \($0)?" } ?? signature,
                at: position
            )
        }
        named[name] = argument
    }

    /// The whole function, with its durations in the order of its parameters.
    func function() throws(Failure) -> TableFunctionSyntax {
        let names = durationNames
        var durations: [ExpressionSyntax] = []
        var offset = named["OFFSET"]
        if named.isEmpty {
            durations = Array(positional.prefix(names.count))
            let rest = positional.dropFirst(names.count)
            guard rest.count <= (kind == .session ? 0 : 1) else { throw wrong(at: position) }
            offset = rest.first
        } else {
            durations = names.compactMap { named[$0] }
        }
        guard let input, let timeColumn, durations.count == names.count else {
            throw wrong(at: position)
        }
        return TableFunctionSyntax(
            kind: kind,
            input: input,
            partition: partition,
            timeColumn: timeColumn,
            durations: durations,
            offset: offset,
            position: position
        )
    }

    private var durationNames: [String] {
        switch kind {
        case .tumble: ["SIZE"]
        case .hop: ["SLIDE", "SIZE"]
        case .cumulate: ["STEP", "SIZE"]
        case .session: ["GAP"]
        }
    }

    private var signature: String {
        let partition = kind == .session ? " [PARTITION BY …]" : ""
        let offset = kind == .session ? "" : "[, OFFSET]"
        let durations = durationNames.joined(separator: ", ")
        return
            "write \(kind.rawValue)(TABLE t\(partition), DESCRIPTOR(time), \(durations)\(offset))"
    }

    private func wrong(at position: SourcePosition) -> Failure {
        .request(
            "TYPE_ARGUMENT",
            "the arguments of \(kind.rawValue) do not fit",
            remedy: signature,
            at: position
        )
    }

    private func check(
        _ name: String?,
        is expected: String,
        isMissing: Bool,
        at position: SourcePosition
    ) throws(Failure) {
        if (name ?? expected) != expected || !isMissing { throw wrong(at: position) }
    }
}
