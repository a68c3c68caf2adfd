internal import Columns

/// Orders the inner joins of a FROM list so that each source is joined by an equality with those before it,
/// where the conditions allow that.
///
/// Sources keep their order where they can: a plan in which every step is connected stays as it is.
struct JoinOrdering {
    /// Sources in the order of the script.
    private var leaves: [Plan] = []
    private var conditions: [Expression]
    private let join: Plan

    /// The joins reordered, as a projection that restores the columns, and the conditions over the joins;
    /// nil where the order is good.
    static func reordered(
        _ plan: Plan,
        _ conditions: [Expression]
    ) -> (joins: Plan, conditions: [Expression], columns: [Expression])? {
        var ordering = JoinOrdering(join: plan, conditions: conditions)
        ordering.flatten(plan, offset: 0)
        guard ordering.leaves.count > 2 else { return nil }
        let order = ordering.greedyOrder()
        guard order != Array(order.indices) else { return nil }
        return ordering.rebuilt(order)
    }

    private init(join: Plan, conditions: [Expression]) {
        self.join = join
        self.conditions = conditions
    }

    /// Collects the sources and conditions of inner joins that stand directly on each other.
    private mutating func flatten(_ plan: Plan, offset: Int) {
        guard case .join(let left, let right, let join) = plan.operation, join.kind == .inner,
            join.window == nil
        else {
            leaves.append(plan)
            return
        }
        let width = left.schema.count
        let columns = plan.outputColumns()
        for (first, second) in zip(join.leftKeys, join.rightKeys) {
            let sides = [columns[first], columns[second + width]]
            let equal = Expression.call(.equal, sides, .boolean, at: plan.position)
            conditions.append(equal.shifted(by: offset))
        }
        conditions += (join.residual?.conjuncts ?? []).map { $0.shifted(by: offset) }
        flatten(left, offset: offset)
        flatten(right, offset: offset + width)
    }

    private var offsets: [Int] {
        var next = 0
        return leaves.map { leaf in
            defer { next += leaf.schema.count }
            return next
        }
    }

    /// From the first source on always the first one that an equality connects, else the first one left.
    private func greedyOrder() -> [Int] {
        let offsets = offsets
        func leaf(of column: Int) -> Int { (offsets.lastIndex { $0 <= column }) ?? 0 }
        let links = conditions.compactMap { condition -> Set<Int>? in
            guard case .call(.equal, _) = condition.kind else { return nil }
            let ends = Set(condition.columns.map(leaf))
            return ends.count > 1 ? ends : nil
        }
        var order = [0]
        while order.count < leaves.count {
            let rest = leaves.indices.filter { !order.contains($0) }
            let connected = rest.first { candidate in
                links.contains {
                    $0.contains(candidate) && $0.subtracting([candidate]).isSubset(of: order)
                }
            }
            order.append(connected ?? rest[0])
        }
        return order
    }

    private func rebuilt(
        _ order: [Int]
    ) -> (joins: Plan, conditions: [Expression], columns: [Expression]) {
        let offsets = offsets
        var places = [Int](repeating: 0, count: join.schema.count)
        var next = 0
        for leaf in order {
            for column in 0..<leaves[leaf].schema.count {
                places[offsets[leaf] + column] = next
                next += 1
            }
        }
        func moved(_ expression: Expression) -> Expression {
            expression.mappingColumns { column, original in
                var result = original
                result.kind = .column(places[column])
                return result
            }
        }
        let joins = order.dropFirst().reduce(leaves[order[0]]) { left, leaf in
            .join(left, leaves[leaf], Join(.inner, leftKeys: [], rightKeys: []), at: join.position)
        }
        return (joins, conditions.map(moved), join.outputColumns().map(moved))
    }
}
