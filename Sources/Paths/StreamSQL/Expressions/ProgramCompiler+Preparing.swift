internal import Columns
internal import Failures
internal import Patterns
internal import SQLFront

extension ProgramCompiler {
    /// Compiles the constant patterns, units and paths of a call.
    func prepare(
        _ function: ScalarFunction,
        _ operands: [Int],
        at position: SourcePosition
    ) throws(Failure) -> Preparation {
        switch function {
        case .like: return try preparedLike(operands, at: position)
        case .regexp, .regexpExtract, .regexpReplace:
            guard let pattern = text(operands[1]) else { return .none }
            do throws(PatternError) {
                return .regex(try Pattern(pattern))
            } catch {
                throw Self.refused(pattern, error, at: position)
            }
        case .dateFormat, .toTimestamp, .toDate, .fromUnixtime, .unixTimestamp, .toTimestampLTZ:
            return try preparedDatePattern(function, operands, at: position)
        case .extract, .timestampAdd, .timestampDiff:
            return .unit(try unit(operands[0], function, at: position))
        case .floorTo, .ceilTo: return .unit(try unit(operands[1], function, at: position))
        case .jsonValue: return .jsonPath(try jsonPath(operands[1], at: position))
        default: return .none
        }
    }

    private func preparedLike(
        _ operands: [Int],
        at position: SourcePosition
    ) throws(Failure) -> Preparation {
        guard let pattern = text(operands[1]) else { return .none }
        var escape: String?
        if operands.count > 2 {
            guard let constant = text(operands[2]) else { return .none }
            escape = constant
        }
        do throws(PatternError) {
            return .like(try LikePattern(pattern, escape: escape))
        } catch {
            throw Self.refused(pattern, error, at: position)
        }
    }

    private func preparedDatePattern(
        _ function: ScalarFunction,
        _ operands: [Int],
        at position: SourcePosition
    ) throws(Failure) -> Preparation {
        // TO_TIMESTAMP_LTZ of a number has a precision instead.
        guard operands.count > 1, program.nodes[operands[1]].type.isText,
            let pattern = text(operands[1])
        else { return .none }
        do throws(DatePattern.Problem) {
            return .datePattern(try DatePattern(pattern))
        } catch {
            throw Failure(
                "TYPE_ARGUMENT",
                blame: .request,
                "\(function.sqlName) does not know \(error.text)",
                remedy: "use the letters y M d D H h K k m s S E a Q, and quotes around other text",
                at: .text(position)
            )
        }
    }

    private func unit(
        _ operand: Int,
        _ function: ScalarFunction,
        at position: SourcePosition
    ) throws(Failure) -> TimeUnit {
        let name = text(operand)
        guard let unit = name.flatMap(TimeUnit.init(rawValue:)) else {
            throw Failure(
                "TYPE_ARGUMENT",
                blame: .request,
                "\(function.sqlName) does not know the unit \(name ?? "that is computed")",
                remedy: "use one of \(TimeUnit.allCases.map(\.rawValue).joined(separator: ", "))",
                at: .text(position)
            )
        }
        return unit
    }

    private func jsonPath(_ operand: Int, at position: SourcePosition) throws(Failure) -> JSONPath {
        let text = text(operand)
        do throws(JSONPath.Problem) {
            guard let text else { throw JSONPath.Problem(text: "a path that is computed") }
            return try JSONPath(text)
        } catch {
            throw Failure(
                "TYPE_ARGUMENT",
                blame: .request,
                "JSON_VALUE does not take \(error.text)\(text.map { ": '\($0)'" } ?? "")",
                remedy: "write a path such as '$.name', '$.list[0]' or '$[''a b'']'",
                at: .text(position)
            )
        }
    }

    /// The text of a constant operand; nil for one that is computed or NULL.
    private func text(_ operand: Int) -> String? {
        guard case .literal(.text(let text)) = program.nodes[operand].operation else { return nil }
        return text
    }

    private static func refused(
        _ pattern: String,
        _ error: PatternError,
        at position: SourcePosition
    ) -> Failure {
        Failure(
            "EVAL_REGEX",
            blame: .request,
            "the pattern '\(pattern)' has \(error)",
            remedy: "look-around, back-references and possessive repetitions are not supported; "
                + "write the pattern without them, and balance its brackets",
            at: .text(position)
        )
    }
}
