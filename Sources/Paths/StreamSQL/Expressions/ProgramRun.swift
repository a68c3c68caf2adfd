internal import Columns
internal import SQLFront

/// What a node came to: its values, and the rows that it or a needed operand failed for.
struct Cell: Sendable {
    var content: Content
    /// Ascending by row, one per row.
    var faults: [Fault] = []
}

/// One evaluation of a program over a batch.
struct ProgramRun {
    let program: Program
    let batch: Batch
    let context: EvaluationContext
    let clock: Int64
    /// Of the nodes evaluated so far.
    private(set) var cells: [Cell] = []

    init(program: Program, batch: Batch, context: EvaluationContext, clock: Int64) {
        self.program = program
        self.batch = batch
        self.context = context
        self.clock = clock
        cells.reserveCapacity(program.nodes.count)
    }

    mutating func evaluateAll() {
        for index in program.nodes.indices { cells.append(cell(index)) }
    }

    /// Evaluates one node whose operands are literals; the cells of other nodes become NULL.
    mutating func evaluate(constantNode index: Int) {
        for node in program.nodes[..<index] {
            if case .literal(let value) = node.operation {
                cells.append(Cell(content: .scalar(value)))
            } else {
                cells.append(Cell(content: .scalar(.null)))
            }
        }
        cells.append(cell(index))
    }

    private func cell(_ index: Int) -> Cell {
        let node = program.nodes[index]
        switch node.operation {
        case .column(let column): return Cell(content: .vector(batch.columns[column]))
        case .literal(let value): return Cell(content: .scalar(value))
        case .call(.coalesce, _): return coalesce(node, index)
        case .choice(let hasOtherwise): return choice(node, index, hasOtherwise: hasOtherwise)
        default: break
        }
        let inputs = node.operands.map { Input(program.nodes[$0].type, cells[$0].content) }
        var cell = result(node, index, inputs)
        if case .cast(isTry: true) = node.operation {
            cell = cell.withNulls(count: batch.rowCount, node)
        }
        guard node.operands.contains(where: { !cells[$0].faults.isEmpty }) else { return cell }
        cell.faults = operandFaults(node).merging(cell.faults)
        return cell
    }

    /// The faults of operands that count.
    private func operandFaults(_ node: Node) -> [Fault] {
        switch node.operation {
        case .call(.and, _), .call(.or, _):
            let left = cells[node.operands[0]]
            let right = cells[node.operands[1]]
            guard !right.faults.isEmpty else { return left.faults }
            let input = Input(program.nodes[node.operands[0]].type, left.content)
            // FALSE decides an AND, TRUE an OR.
            let isAnd = if case .call(.and, _) = node.operation { true } else { false }
            let decided =
                isAnd ? input.falses(count: batch.rowCount) : input.trues(count: batch.rowCount)
            return left.faults.merging(right.faults.inside(~decided))
        default:
            return node.operands.reduce([]) { $0.merging(cells[$1].faults) }
        }
    }

    /// The values and own faults of a node for all rows; one value where all operands are constant.
    private func result(_ node: Node, _ index: Int, _ inputs: [Input]) -> Cell {
        let count = batch.rowCount
        if inputs.allSatisfy(\.isScalar) {
            let single = applied(node, index, inputs, count: 1)
            if single.faults.isEmpty {
                return Cell(content: .scalar(Input(node.type, single.content).value(0)))
            }
            let reason = single.faults[0].reason
            let faults = (0..<count).map {
                Fault(row: Int32(truncatingIfNeeded: $0), node: Int32(index), reason: reason)
            }
            return Cell(content: .scalar(.null), faults: faults)
        }
        return resultByEntries(node, index, inputs) ?? applied(node, index, inputs, count: count)
    }

    func applied(_ node: Node, _ index: Int, _ inputs: [Input], count: Int) -> Cell {
        var call = Call(
            type: node.type,
            inputs: inputs,
            count: count,
            context: context,
            clock: clock,
            node: Int32(index)
        )
        let column = call.evaluate(node.operation)
        return Cell(content: .vector(column), faults: call.faults)
    }

    /// A call for operations that this type decides itself.
    private func call(_ node: Node, _ index: Int) -> Call {
        Call(
            type: node.type,
            inputs: [],
            count: batch.rowCount,
            context: context,
            clock: clock,
            node: Int32(index)
        )
    }
}

extension ProgramRun {
    /// CASE: the first branch whose condition is TRUE; conditions after it and other branches do not count.
    private func choice(_ node: Node, _ index: Int, hasOtherwise: Bool) -> Cell {
        let count = batch.rowCount
        var remaining = Bitmap(repeating: true, count: count)
        var faults: [Fault] = []
        var alternatives: [Alternative] = []
        let branchCount = node.operands.count / 2
        for branch in 0..<branchCount {
            let condition = cells[node.operands[branch * 2]]
            let result = cells[node.operands[branch * 2 + 1]]
            faults = faults.merging(condition.faults.inside(remaining))
            let rows = remaining & Input(.boolean, condition.content).trues(count: count)
            faults = faults.merging(result.faults.inside(rows))
            alternatives.append(
                Alternative(rows: rows, input: input(node.operands[branch * 2 + 1]))
            )
            remaining = remaining & ~rows
        }
        if hasOtherwise, let last = node.operands.last {
            faults = faults.merging(cells[last].faults.inside(remaining))
            alternatives.append(Alternative(rows: remaining, input: input(last)))
        }
        return chosen(node, index, alternatives, faults)
    }

    /// COALESCE: the first operand that is not NULL; those after it do not count.
    private func coalesce(_ node: Node, _ index: Int) -> Cell {
        let count = batch.rowCount
        var remaining = Bitmap(repeating: true, count: count)
        var faults: [Fault] = []
        var alternatives: [Alternative] = []
        for operand in node.operands {
            let input = input(operand)
            faults = faults.merging(cells[operand].faults.inside(remaining))
            let valid = input.validity(count: count)
            let rows = valid.map { remaining & $0 } ?? remaining
            alternatives.append(Alternative(rows: rows, input: input))
            guard let valid else { break }
            remaining = remaining & ~valid
        }
        return chosen(node, index, alternatives, faults)
    }

    private func input(_ operand: Int) -> Input {
        Input(program.nodes[operand].type, cells[operand].content)
    }

    private func chosen(
        _ node: Node,
        _ index: Int,
        _ alternatives: [Alternative],
        _ faults: [Fault]
    ) -> Cell {
        // One alternative for all rows, as COALESCE of a column without NULLs gives, needs no copy.
        for alternative in alternatives where alternative.rows.setCount == batch.rowCount {
            return Cell(content: alternative.input.retyped(node.type).content, faults: faults)
        }
        let column = call(node, index).choose(alternatives)
        return Cell(content: .vector(column), faults: faults)
    }
}

extension Cell {
    /// TRY_CAST: rows with a fault become NULL.
    fileprivate func withNulls(count: Int, _ node: Node) -> Cell {
        guard !faults.isEmpty else { return self }
        guard case .vector(let column) = content else { return Cell(content: .scalar(.null)) }
        let valid = ~Bitmap(rowsOf: faults, count: count)
        return Cell(
            content: .vector(
                Column(
                    node.type,
                    column.values,
                    validity: intersection(column.validity, valid)
                )
            )
        )
    }
}

extension Input {
    /// The same operand under another type of the same layout.
    fileprivate func retyped(_ type: DataType) -> Input {
        switch content {
        case .scalar: Input(type, content)
        case .vector(let column):
            // A column of bare NULLs has integers behind it, whatever the type wanted.
            column.type == .null
                ? Input(type, .scalar(.null)) : Input(type, .vector(column.retyped(type)))
        }
    }
}
