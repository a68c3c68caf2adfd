internal import Columns
internal import Failures

/// The window of a SELECT that is named by its GROUP BY or its WINDOW clause.
struct SelectWindow {
    /// Over the relation's columns; for a session without its partition, which is the GROUP BY.
    var specification: WindowSpecification
    var fields: [Field]
    /// The group window's function, such as `TUMBLE`; nil for a WINDOW clause.
    var function: String?
    /// Whether `window_start` and its siblings are columns of the SELECT.
    var hasColumns: Bool

    /// `window_start`, `window_end` or `window_time`.
    func column(_ name: String) -> Expression? {
        guard hasColumns, let index = fields.firstIndex(where: { $0.name == name }) else {
            return nil
        }
        return property(index)
    }

    /// 0 start, 1 end, 2 time.
    func property(_ index: Int) -> Expression {
        .column(
            SelectSpace.window + index,
            fields[index].type,
            isNullable: false,
            at: SourcePosition(line: 1, column: 1)
        )
    }
}

/// Builds window specifications from their three spellings.
struct WindowBuilder {
    let context: BindingContext
    /// The relation that is cut into windows.
    let plan: Plan

    /// The specification for durations in the order (size), (slide, size), (step, max) or (gap).
    func specification(
        _ kind: TableFunctionSyntax.Kind,
        time: Expression,
        durations: [Expression],
        offset: Expression?,
        partition: [Int],
        at position: SourcePosition
    ) throws(Failure) -> WindowSpecification {
        let column = try timeColumn(time)
        var lengths: [Int64] = []
        for duration in durations { lengths.append(try length(duration, kind)) }
        var shift: Int64 = 0
        if let offset { shift = try signedLength(offset, kind) }
        let windowKind: WindowSpecification.Kind
        switch kind {
        case .tumble:
            windowKind = .tumble(size: lengths[0], offset: shift)
        case .hop:
            try requireMultiple(lengths[1], of: lengths[0], "HOP's size", "slide", at: position)
            windowKind = .hop(slide: lengths[0], size: lengths[1], offset: shift)
        case .cumulate:
            try requireMultiple(
                lengths[1],
                of: lengths[0],
                "CUMULATE's maximum",
                "step",
                at: position
            )
            windowKind = .cumulate(step: lengths[0], maximum: lengths[1], offset: shift)
        case .session:
            windowKind = .session(gap: lengths[0], partition: partition)
        }
        return WindowSpecification(windowKind, timeColumn: column, tick: tick(of: column))
    }

    /// The column of an event-time attribute; in batch mode of any timestamp.
    private func timeColumn(_ time: Expression) throws(Failure) -> Int {
        guard time.type.isTimestamp else {
            throw .request(
                "PLAN_WINDOW_TIME",
                "windows need a TIMESTAMP and got \(time.type)",
                remedy: "compute one in CREATE TABLE with AS, and declare WATERMARK FOR it",
                at: time.position
            )
        }
        if case .timestampLTZ = time.type, context.settings.zoneOffset != 0 {
            throw .notYet(
                "a window on TIMESTAMP_LTZ with a time zone other than UTC",
                remedy: "use a TIMESTAMP column, or SET 'table.local-time-zone' = 'UTC'",
                at: time.position
            )
        }
        let isAttribute = time.columnIndex != nil && time.columnIndex == plan.timeColumn
        guard let column = time.columnIndex, isAttribute || context.settings.isBatch else {
            let name = time.columnIndex.flatMap { index in
                index < plan.schema.count ? plan.schema[index].name : nil
            }
            throw .request(
                "PLAN_WINDOW_TIME",
                "\(name.map { "\"\($0)\"" } ?? "this expression") is not an event-time attribute",
                remedy: "declare WATERMARK FOR it in CREATE TABLE, and select it unchanged",
                at: time.position
            )
        }
        return column
    }

    private func tick(of column: Int) -> Int64 {
        switch plan.schema[column].type {
        case .timestamp(let precision) where precision > 3: 1
        case .timestampLTZ(let precision) where precision > 3: 1
        default: 1_000
        }
    }

    private func length(
        _ duration: Expression,
        _ kind: TableFunctionSyntax.Kind
    ) throws(Failure) -> Int64 {
        let value = try signedLength(duration, kind)
        guard value > 0 else {
            throw .request(
                "TYPE_ARGUMENT",
                "a duration of \(kind.rawValue) is not positive",
                remedy: "write INTERVAL '1' MINUTE or 1m",
                at: duration.position
            )
        }
        return value
    }

    private func signedLength(
        _ duration: Expression,
        _ kind: TableFunctionSyntax.Kind
    ) throws(Failure) -> Int64 {
        guard duration.type == .intervalDayToSecond,
            case .integer(let value)? = duration.literalValue
        else {
            throw .request(
                "TYPE_ARGUMENT",
                "a duration of \(kind.rawValue) is \(duration.type), not a length of time",
                remedy: "write INTERVAL '1' MINUTE or 1m; months have no fixed length",
                at: duration.position
            )
        }
        return value
    }

    private func requireMultiple(
        _ whole: Int64,
        of part: Int64,
        _ wholeName: String,
        _ partName: String,
        at position: SourcePosition
    ) throws(Failure) {
        guard whole % part == 0 else {
            throw .request(
                "PLAN_WINDOW_MULTIPLE",
                "\(wholeName) \(DurationUnit.text(whole)) is no multiple of its \(partName) "
                    + DurationUnit.text(part),
                remedy: "choose lengths that divide",
                at: position
            )
        }
        guard whole / part <= ScriptLimits.panes else {
            throw .request(
                "PLAN_LIMIT",
                "a row would be in \(whole / part) windows",
                remedy: "at most \(ScriptLimits.panes) are possible: use a longer \(partName)",
                at: position
            )
        }
    }
}
