internal import Columns

/// Why an operation has no result for a row; the message is made only if somebody sees the error.
enum FaultReason: UInt8, Sendable {
    case overflow
    case divisionByZero
    case cast
    case regex
    case stringLength
    case argument

    /// The documented name of the error.
    var code: String {
        switch self {
        case .overflow: "EVAL_OVERFLOW"
        case .divisionByZero: "EVAL_DIV_ZERO"
        case .cast: "EVAL_CAST"
        case .regex: "EVAL_REGEX"
        case .stringLength: "EVAL_STRING_LENGTH"
        case .argument: "EVAL_CAST"
        }
    }
}

/// A row that a node has no value for.
///
/// Lists of faults ascend by row, with one fault per row.
struct Fault: Sendable {
    var row: Int32
    /// The node that failed; its operands' values explain why.
    var node: Int32
    var reason: FaultReason
}

extension [Fault] {
    /// Both lists; where both have a row, this one's fault is kept, because it happened first.
    func merging(_ later: [Fault]) -> [Fault] {
        if later.isEmpty { return self }
        if isEmpty { return later }
        var merged: [Fault] = []
        merged.reserveCapacity(count + later.count)
        var (first, second) = (0, 0)
        while first < count || second < later.count {
            let left = first < count ? self[first].row : Int32.max
            let right = second < later.count ? later[second].row : Int32.max
            merged.append(left <= right ? self[first] : later[second])
            if left <= right { first += 1 }
            if right <= left { second += 1 }
        }
        return merged
    }

    /// The faults of rows whose bit is set.
    func inside(_ rows: Bitmap) -> [Fault] {
        isEmpty ? self : filter { rows[Int($0.row)] }
    }
}
