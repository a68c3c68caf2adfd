internal import Columns
internal import SQLFront

extension ProgramRun {
    /// The faults with their messages.
    func errors(_ faults: [Fault]) -> [RowError] {
        faults.map { fault in
            let node = program.nodes[Int(fault.node)]
            return RowError(
                row: Int(fault.row),
                code: fault.reason.code,
                message: message(fault, node),
                position: node.position
            )
        }
    }

    private func message(_ fault: Fault, _ node: Node) -> String {
        let operands = node.operands.map { operand in
            let type = program.nodes[operand].type
            let value = Input(type, cells[operand].content).value(Int(fault.row))
            return ValueText.literal(value, type)
        }
        let text = expression(node, operands)
        return switch fault.reason {
        case .overflow: "the result of \(text) does not fit \(node.type)"
        case .divisionByZero: "division by zero in \(text)"
        case .cast: "\(text): the text is no \(node.type)"
        case .regex: "\(text): the pattern is no regular expression"
        case .stringLength: "the result of \(text) is longer than a text may be"
        case .argument: "\(text): an argument is outside its range"
        }
    }

    /// The operation with the values of its operands.
    private func expression(_ node: Node, _ operands: [String]) -> String {
        switch node.operation {
        case .call(let function, _): return function.sqlText(operands)
        case .cast(let isTry):
            return "\(isTry ? "TRY_CAST" : "CAST")(\(operands[0]) AS \(node.type))"
        default: return operands.joined(separator: ", ")
        }
    }
}
