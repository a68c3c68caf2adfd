internal import CArrow
package import Columns
package import Failures

/// A condition on one column that every wanted row fulfils.
package struct ParquetCondition: Hashable, Sendable {
    package enum Comparison: Hashable, Sendable {
        case equal
        case less
        case lessOrEqual
        case greater
        case greaterOrEqual
        /// The value beside it is ignored.
        case isNull
        case isNotNull
    }

    package var column: String
    package var comparison: Comparison
    /// A value of the column's physical layout, decimals at the column's scale.
    package var value: Value

    package init(_ column: String, _ comparison: Comparison, _ value: Value = .null) {
        self.column = column
        self.comparison = comparison
        self.value = value
    }
}

extension ParquetReader {
    /// The row groups that may hold rows which fulfil all conditions, in file order.
    ///
    /// A group is left out only where its statistics prove that no row fulfils one of them.
    package func rowGroups(matching conditions: [ParquetCondition]) throws(Failure) -> [Int] {
        var groups = Array(0..<rowGroupCount)
        for condition in conditions where !groups.isEmpty {
            let statistics = try statistics(of: condition.column)
            groups.removeAll { group in
                !statistics[group].allows(condition, rowCount: rowCount(ofRowGroup: group))
            }
        }
        return groups
    }

    private func statistics(of name: String) throws(Failure) -> [GroupStatistics] {
        let index = try index(of: name)
        var importer = ArrowImporter(path: path, field: fields[index])
        let unknown = GroupStatistics(least: .null, most: .null, nullCount: nil)
        // A column whose type is not imported, or that is nested or coded by its type, prunes nothing.
        guard fields[index].meaning != nil, fields[index].entryFormat == nil else {
            return [GroupStatistics](repeating: unknown, count: rowGroupCount)
        }
        var schema = unsafe ArrowSchema()
        var array = unsafe ArrowArray()
        var nullCounts = [Int64](repeating: -1, count: rowGroupCount)
        var failure = ArrowFailure()
        let code = unsafe carrow_reader_statistics(
            handle,
            Int32(index),
            &schema,
            &array,
            &nullCounts,
            &failure.error
        )
        guard code == CARROW_OK else { throw failure.reading(path) }
        // SAFETY: both structures are filled; the schema is released here, the array by its owner.
        if let release = unsafe schema.release { unsafe release(&schema) }
        let column = try importer.column(unsafe ImportedArray(array).column)
        return (0..<rowGroupCount).map { group in
            GroupStatistics(
                least: column.value(group * 2),
                most: column.value(group * 2 + 1),
                nullCount: nullCounts[group] < 0 ? nil : Int(nullCounts[group])
            )
        }
    }
}

/// What the footer says of a column in one row group.
private struct GroupStatistics {
    /// NULL where unknown.
    var least: Value
    var most: Value
    var nullCount: Int?

    func allows(_ condition: ParquetCondition, rowCount: Int) -> Bool {
        switch condition.comparison {
        case .isNull: return nullCount != 0
        case .isNotNull: return nullCount != rowCount
        default: break
        }
        if nullCount == rowCount { return false }
        guard let low = order(least, condition.value), let high = order(most, condition.value)
        else {
            return true
        }
        // Statistics leave NaN out, and NaN is greater than every number.
        let mayHoldNaN = if case .double = least { true } else { false }
        switch condition.comparison {
        case .equal: return low <= 0 && high >= 0
        case .less: return low < 0
        case .lessOrEqual: return low <= 0
        case .greater: return high > 0 || mayHoldNaN
        case .greaterOrEqual: return high >= 0 || mayHoldNaN
        case .isNull, .isNotNull: return true
        }
    }

    /// How a bound compares with a value; nil where that is unknown or means nothing.
    private func order(_ bound: Value, _ value: Value) -> Int? {
        switch (bound, value) {
        case (.integer(let a), .integer(let b)): a < b ? -1 : a > b ? 1 : 0
        case (.decimal(let a), .decimal(let b)): a < b ? -1 : a > b ? 1 : 0
        case (.double(let a), .double(let b)):
            a.isNaN || b.isNaN ? nil : a < b ? -1 : a > b ? 1 : 0
        case (.boolean(let a), .boolean(let b)): (a ? 1 : 0) - (b ? 1 : 0)
        case (.text(let a), .text(let b)): bytes(Array(a.utf8), Array(b.utf8))
        case (.bytes(let a), .bytes(let b)): bytes(a, b)
        default: nil
        }
    }

    private func bytes(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    }
}
